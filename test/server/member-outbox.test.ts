import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Payload } from '../../src/execution/shared-subscriptions.ts';
import { MemberOutbox } from '../../src/server/member-outbox.ts';
import { Outlet } from '../../src/server/outlet.ts';
import { fill, type SocketPair, socketPair } from './socket-pair.ts';

let pair: SocketPair;

beforeEach(async () => {
  pair = await socketPair();
});

afterEach(() => pair.close());

const quote = (symbol: string, seq: number): Payload => ({ key: symbol, json: Buffer.from(`${symbol}${seq}`) });
const print = (seq: number): Payload => ({ key: undefined, json: Buffer.from(String(seq)) });

/** An outbox that notes what it writes, and when it ends. */
function outboxOf({ near }: SocketPair, behindBytes = 64 * 1024) {
  const outlet = new Outlet({
    writable: near,
    socket: near,
    behindBytes,
    stallTimeoutMs: 60_000,
    isOpen: () => true,
    onStall: () => {},
  });
  const writes: string[][] = [];
  const endings: unknown[] = [];
  const outbox = new MemberOutbox({
    outlet,
    frame: (payloads) => {
      writes.push(payloads.map(({ json }) => json.toString()));
      return Buffer.concat(payloads.map(({ json }) => json));
    },
    onEnd: (error) => endings.push(error),
  });
  return { outbox, outlet, writes, endings };
}

/** Makes the connection take no more. */
function stop(): void {
  fill(pair.near, 64 * 1024);
}

/** Makes it take everything. */
async function go(): Promise<void> {
  pair.far.resume();
  await once(pair.near, 'drain');
}

describe('the outbox of a member', () => {
  it('writes what is delivered at one go, as long as the connection takes it', () => {
    const { outbox, writes } = outboxOf(pair);
    outbox.open();
    outbox.deliver([quote('A', 1), quote('A', 2), print(3)]);
    outbox.deliver([quote('B', 1)]);
    expect(writes).toEqual([['A1', 'A2', '3'], ['B1']]);
  });

  it('holds the newest of each key before it is open, and every event without one', () => {
    const { outbox, writes, endings } = outboxOf(pair);
    outbox.deliver([quote('A', 1), quote('B', 1), print(1)]);
    outbox.deliver([quote('A', 2), print(2)]);
    outbox.end();
    expect([writes, endings]).toEqual([[], []]);
    outbox.open();
    outbox.open();
    expect([writes, endings]).toEqual([[['A2', 'B1', '1', '2']], [undefined]]);
  });

  it('lets a key that gets a newer payload keep its place, and writes them when the connection has drained', async () => {
    const { outbox, writes } = outboxOf(pair);
    outbox.open();
    outbox.deliver([quote('A', 1)]);
    stop();
    for (let seq = 2; seq <= 50; seq++) outbox.deliver([quote('B', seq), quote('A', seq), quote('C', seq)]);
    expect(writes).toEqual([['A1']]);
    await go();
    expect(writes.slice(1)).toEqual([['B50', 'A50', 'C50']]);
    outbox.deliver([quote('A', 51)]);
    expect(writes.slice(2)).toEqual([['A51']]);
  });

  it('writes what waits in slices, and stops when the connection takes no more', async () => {
    const { outbox, outlet, writes } = outboxOf(pair);
    outbox.open();
    stop();
    // So that the kernel does not take a whole slice.
    const large = Buffer.alloc(64 * 1024, '.');
    for (let seq = 1; seq <= 1_000; seq++) outbox.deliver([{ key: undefined, json: large }]);
    await go();
    expect([writes.map((slice) => slice.length), outlet.isBehind]).toEqual([[256], true]);
    while (writes.flat().length < 1_000) await once(pair.near, 'drain');
    expect(writes.map((slice) => slice.length)).toEqual([256, 256, 256, 232]);
  });

  it('does not wait for ever on a connection that is behind with less than makes it say when it has drained', async () => {
    const { outbox, writes } = outboxOf(pair, 1);
    outbox.open();
    pair.near.cork();
    for (let seq = 1; seq <= 10; seq++) outbox.deliver([print(seq)]);
    pair.near.uncork();
    expect(writes.flat()).toHaveLength(10);
  });

  it.each([undefined, new Error('the source')])('ends with %s once everything was written', async (error) => {
    const { outbox, writes, endings } = outboxOf(pair);
    outbox.open();
    stop();
    outbox.deliver([print(1)]);
    outbox.end(error);
    outbox.end(new Error('again'));
    outbox.deliver([print(2)]);
    expect(endings).toEqual([]);
    await go();
    expect([writes, endings]).toEqual([[['1']], [error]]);
  });

  it('bears with a reader that is 10,000 events behind, and ends with SLOW_CONSUMER at one more', async () => {
    const { outbox, writes, endings } = outboxOf(pair);
    outbox.open();
    stop();
    for (let seq = 1; seq <= 10_000; seq++) outbox.deliver([print(seq)]);
    expect(endings).toEqual([]);
    outbox.deliver([print(10_001)]);
    expect(endings).toEqual([expect.objectContaining({ code: 'SLOW_CONSUMER' })]);
    outbox.deliver([print(10_002)]);
    await go();
    expect([writes, endings.length]).toEqual([[], 1]);
  });

  it('bears with any number of events of the same keys', async () => {
    const { outbox, writes, endings } = outboxOf(pair);
    outbox.open();
    stop();
    for (let seq = 1; seq <= 100_000; seq++) outbox.deliver([quote(`K${seq % 20}`, seq)]);
    await go();
    expect(endings).toEqual([]);
    expect(writes).toEqual([Array.from({ length: 20 }, (_, index) => `K${(index + 1) % 20}${99_981 + index}`)]);
  });

  it('writes nothing more and ends no more once it was closed', async () => {
    const { outbox, writes, endings } = outboxOf(pair);
    outbox.open();
    stop();
    outbox.deliver([print(1)]);
    outbox.close();
    outbox.deliver([print(2)]);
    outbox.end();
    await go();
    expect([writes, endings]).toEqual([[], []]);
  });
});
