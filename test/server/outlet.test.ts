import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outlet } from '../../src/server/outlet.ts';
import { fill, readBytes, type SocketPair, socketPair } from './socket-pair.ts';

const STALL_TIMEOUT_MS = 1_000;
const MEGABYTE = 1024 * 1024;

let pair: SocketPair;
let stalls: number;
let behinds: number;
let isOpen: boolean;

beforeEach(async () => {
  pair = await socketPair();
  stalls = 0;
  behinds = 0;
  isOpen = true;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
  pair.close();
});

function outletOf({ near }: SocketPair, behindBytes = 64 * 1024): Outlet {
  return new Outlet({
    writable: near,
    socket: near,
    behindBytes,
    stallTimeoutMs: STALL_TIMEOUT_MS,
    isOpen: () => isOpen,
    onBehind: () => behinds++,
    onStall: () => stalls++,
  });
}

/** Writes one piece of many megabytes, of which the kernel takes a part. */
function writeMuch(outlet: Outlet): number {
  const much = 32 * MEGABYTE;
  outlet.write(Buffer.alloc(much, '.'));
  return much;
}

/** The far side takes some, until the near side notices. */
async function takeSome({ near, far }: SocketPair): Promise<void> {
  const waiting = (): unknown => Reflect.get(Object(Reflect.get(near, '_handle')), 'writeQueueSize');
  const before = waiting();
  while (waiting() === before) {
    far.read();
    await nextTurn();
  }
}

describe('an outlet', () => {
  it('is behind when more waits than it may, until everything has left', async () => {
    const outlet = outletOf(pair);
    expect(outlet.isBehind).toBe(false);
    let drains = 0;
    const stop = outlet.onDrain(() => {
      drains++;
    });
    fill(pair.near, 64 * 1024);
    expect(outlet.isBehind).toBe(true);
    pair.far.resume();
    await once(pair.near, 'drain');
    expect([outlet.isBehind, drains]).toEqual([false, 1]);
    stop();
    pair.far.pause();
    fill(pair.near, 64 * 1024);
    pair.far.resume();
    await once(pair.near, 'drain');
    expect(drains).toBe(1);
  });

  it('is not behind with what nobody would say has left', () => {
    const outlet = outletOf(pair, 10);
    pair.near.cork();
    outlet.write(Buffer.alloc(100));
    expect([pair.near.writableLength > 10, outlet.isBehind]).toEqual([true, false]);
    pair.near.uncork();
  });

  it('writes nothing when nothing more may be said', async () => {
    const outlet = outletOf(pair);
    outlet.write(Buffer.from('first'));
    isOpen = false;
    outlet.write(Buffer.from('second'));
    isOpen = true;
    outlet.write(Buffer.from('third'));
    expect((await readBytes(pair.far, 10)).toString()).toBe('firstthird');
  });

  it('gives a reader up that is behind and takes nothing for so long, once', () => {
    const outlet = outletOf(pair);
    writeMuch(outlet);
    vi.advanceTimersByTime(STALL_TIMEOUT_MS - 1);
    expect(stalls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(stalls).toBe(1);
    vi.advanceTimersByTime(10 * STALL_TIMEOUT_MS);
    expect(stalls).toBe(1);
  });

  it('watches also what somebody else has written', () => {
    const outlet = outletOf(pair);
    fill(pair.near, 64 * 1024);
    outlet.watch();
    vi.advanceTimersByTime(STALL_TIMEOUT_MS);
    expect(stalls).toBe(1);
  });

  it('bears with a reader that is slow, however large the piece that it is taking', async () => {
    const outlet = outletOf(pair);
    writeMuch(outlet);
    for (let round = 0; round < 5; round++) {
      await takeSome(pair);
      vi.advanceTimersByTime(STALL_TIMEOUT_MS);
      expect(stalls).toBe(0);
    }
    vi.advanceTimersByTime(STALL_TIMEOUT_MS);
    expect(stalls).toBe(1);
  });

  it('forgets the time when a reader has caught up', async () => {
    const outlet = outletOf(pair);
    const much = writeMuch(outlet);
    vi.advanceTimersByTime(STALL_TIMEOUT_MS - 1);
    await readBytes(pair.far, much);
    if (outlet.isBehind) await once(pair.near, 'drain');
    writeMuch(outlet);
    vi.advanceTimersByTime(STALL_TIMEOUT_MS - 1);
    expect(stalls).toBe(0);
    vi.advanceTimersByTime(1);
    expect(stalls).toBe(1);
  });

  it('gives up also a reader that has caught up in part, and takes no more', async () => {
    const outlet = outletOf(pair, 10 * MEGABYTE);
    writeMuch(outlet);
    outlet.write(Buffer.alloc(8 * MEGABYTE, '.'));
    while (pair.near.writableLength > 10 * MEGABYTE) {
      pair.far.read();
      await nextTurn();
    }
    expect([outlet.isBehind, outlet.isWatched]).toEqual([false, true]);
    vi.advanceTimersByTime(2 * STALL_TIMEOUT_MS);
    expect(stalls).toBe(1);
  });

  it('tells whether a reader takes what waits for it, and not of what the kernel takes at once', async () => {
    const outlet = outletOf(pair);
    outlet.write(Buffer.from('a little'));
    expect(outlet.takesBytes()).toBe(false);
    writeMuch(outlet);
    outlet.takesBytes();
    expect(outlet.takesBytes()).toBe(false);
    await takeSome(pair);
    expect([outlet.takesBytes(), outlet.takesBytes()]).toEqual([true, false]);
  });

  it('tells each time when its reader falls behind', async () => {
    const outlet = outletOf(pair);
    for (const times of [1, 2]) {
      const much = writeMuch(outlet);
      outlet.write(Buffer.from('.'));
      expect(behinds).toBe(times);
      await readBytes(pair.far, much + 1);
      if (outlet.isWatched) await once(pair.near, 'drain');
    }
  });

  it('gives nobody up who is gone', async () => {
    const outlet = outletOf(pair);
    writeMuch(outlet);
    pair.near.destroy();
    await once(pair.near, 'close');
    vi.advanceTimersByTime(10 * STALL_TIMEOUT_MS);
    expect([stalls, vi.getTimerCount()]).toEqual([0, 0]);
  });
});
