import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeskSocket } from '../../src/page/desk-socket.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { PageServer } from './page-server.ts';

let server: PageServer;
let clock: ManualClock;
let desk: DeskSocket;
let states: string[];

beforeEach(async () => {
  server = await PageServer.open();
  clock = new ManualClock();
  states = [];
  desk = new DeskSocket({
    endpoint: server.endpoint,
    onState: (state) => states.push(state),
    after: (delayMs, task) => clock.after(delayMs, task),
    random: () => 1,
  });
});
afterEach(async () => {
  desk.close();
  await server.close();
});

/** Follows `seq`, behind the last that came. */
function followSeq() {
  const heard: number[] = [];
  const ends: unknown[] = [];
  const stop = desk.follow<{ seq: number }>({
    query: 'subscription { seq }',
    variables: () => ({ after: heard.at(-1) ?? null }),
    onData: ({ seq }) => heard.push(seq),
    onEnd: (problem, code) => ends.push([problem, code]),
  });
  return { heard, ends, stop };
}

function nextOf(id: string | undefined, seq: number): object {
  return { type: 'next', id, payload: { data: { seq } } };
}

describe('the socket of the page', () => {
  it('follows a stream and answers when it is asked whether it lives', async () => {
    const { heard } = followSeq();
    const peer = await server.peer();
    const [asked] = await peer.welcome();
    expect(asked).toMatchObject({
      type: 'subscribe',
      payload: { query: 'subscription { seq }', variables: { after: null } },
    });
    peer.say(nextOf(asked?.id, 1));
    peer.say({ type: 'ping' });
    expect(await peer.next()).toEqual({ type: 'pong' });
    expect(heard).toEqual([1]);
    expect(states).toEqual(['CONNECTING', 'LIVE']);
  });

  it('connects again and goes on behind the last event', async () => {
    const { heard, ends } = followSeq();
    const first = await server.peer();
    const [asked] = await first.welcome();
    first.say(nextOf(asked?.id, 7));
    await expect.poll(() => heard).toEqual([7]);
    first.hangUp();
    await expect.poll(() => states.at(-1)).toBe('WAITING');
    expect(clock.untilNext).toBe(1_000);
    clock.advance(1_000);
    const second = await server.peer();
    const [again] = await second.welcome();
    expect(again?.payload?.variables).toEqual({ after: 7 });
    second.say(nextOf(again?.id, 8));
    await expect.poll(() => heard).toEqual([7, 8]);
    expect(ends).toEqual([]);
  });

  it('waits longer after each attempt in vain, at most ten seconds', async () => {
    followSeq();
    const delays: unknown[] = [];
    for (let attempt = 0; attempt < 6; attempt++) {
      (await server.peer()).hangUp();
      await expect.poll(() => states.at(-1)).toBe('WAITING');
      delays.push(clock.untilNext);
      clock.advance(clock.untilNext ?? 0);
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('connects at once when somebody looks at the page again', async () => {
    followSeq();
    (await server.peer()).hangUp();
    await expect.poll(() => states.at(-1)).toBe('WAITING');
    desk.wake();
    const peer = await server.peer();
    await peer.welcome();
    expect(states).toEqual(['CONNECTING', 'WAITING', 'CONNECTING', 'LIVE']);
    expect(clock.pending).toBe(1);
  });

  it('gives a connection up that says nothing, not even when it is asked', async () => {
    followSeq();
    const peer = await server.peer();
    await peer.welcome();
    clock.advance(15_000);
    expect(await peer.next()).toEqual({ type: 'ping' });
    peer.say({ type: 'pong' });
    await expect.poll(() => clock.untilNext).toBe(15_000);
    clock.advance(25_000);
    expect(states.at(-1)).toBe('WAITING');
    await peer.closed;
  });

  it('gives a connection up that nobody lets in', async () => {
    followSeq();
    const peer = await server.peer();
    await peer.next();
    clock.advance(10_000);
    expect(states).toEqual(['CONNECTING', 'WAITING']);
    await peer.closed;
  });

  it('follows again, behind the last event, what ended for a reason that passes', async () => {
    const { heard, ends } = followSeq();
    const peer = await server.peer();
    const [asked] = await peer.welcome();
    peer.say(nextOf(asked?.id, 3));
    const slow = { message: 'too slow', extensions: { code: 'SLOW_CONSUMER' } };
    peer.say({ type: 'error', id: asked?.id, payload: [slow] });
    await expect.poll(() => clock.pending).toBe(2);
    clock.advance(1_000);
    const again = await peer.next();
    expect(again.payload?.variables).toEqual({ after: 3 });
    expect(again.id).not.toBe(asked?.id);
    expect([heard, ends]).toEqual([[3], []]);
  });

  it('tells the end of a stream, and its code, once', async () => {
    const [refused, ended, failed] = [followSeq(), followSeq(), followSeq()];
    const peer = await server.peer();
    const [first, second, third] = await peer.welcome(3);
    const problem = { message: 'no such cursor', extensions: { code: 'STREAM_BAD_CURSOR' } };
    peer.say({ type: 'error', id: first?.id, payload: [problem] });
    peer.say({ type: 'complete', id: second?.id });
    peer.say({ type: 'next', id: third?.id, payload: { data: null, errors: [{ message: 'broken' }] } });
    expect(await peer.next()).toEqual({ type: 'complete', id: third?.id });
    expect([refused.ends, ended.ends, failed.ends]).toEqual([
      [['no such cursor', 'STREAM_BAD_CURSOR']],
      [[undefined, undefined]],
      [['broken', undefined]],
    ]);
    peer.hangUp();
    await expect.poll(() => states.at(-1)).toBe('WAITING');
    // None of them is asked for again on the next connection.
    followSeq();
    desk.wake();
    const [only] = await (await server.peer()).welcome();
    expect(Number(only?.id)).toBe(4);
  });

  it('hears nothing more of a stream that it has left', async () => {
    const left = followSeq();
    const kept = followSeq();
    const peer = await server.peer();
    const [first, second] = await peer.welcome(2);
    left.stop();
    expect(await peer.next()).toEqual({ type: 'complete', id: first?.id });
    peer.say(nextOf(first?.id, 1));
    peer.say(nextOf(second?.id, 2));
    await expect.poll(() => kept.heard).toEqual([2]);
    expect([left.heard, left.ends]).toEqual([[], []]);
  });

  it('leaves no timer and no connection behind when it is closed', async () => {
    followSeq();
    const peer = await server.peer();
    await peer.welcome();
    desk.close();
    await peer.closed;
    expect(clock.pending).toBe(0);
    expect(states.at(-1)).toBe('LIVE');
  });
});
