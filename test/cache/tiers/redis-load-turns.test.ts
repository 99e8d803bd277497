import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LocalTurns } from '../../../src/cache/tiers/local-turns.ts';
import { RedisLoadTurns, type RedisLoadTurnsOptions } from '../../../src/cache/tiers/redis-load-turns.ts';
import { RedisConnection } from '../../../src/transport/redis-connection.ts';
import { freePort } from '../../support/free-port.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { runNode } from '../../support/process.ts';
import { describeOnRedis } from '../../support/redis.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const PROCESS = fileURLToPath(new URL('sharing-process.ts', import.meta.url));
const KEY = 'deskgraph:cache:v1:turn:bars:A';
const WAIT = { timeout: 10_000, interval: 10 };
const never = new AbortController().signal;

const opened: RedisConnection[] = [];

afterEach(() => {
  for (const connection of opened.splice(0)) connection.close();
});

/** Turns as another process would take them; tokens are counted. */
function turnsOf(url: string, name: string, overrides: Partial<RedisLoadTurnsOptions> = {}) {
  const clock = new ManualClock();
  const faults: string[] = [];
  const onFault = ({ message }: Error): void => void faults.push(message);
  const connection = new RedisConnection({ url, clock: new ManualClock(), random: () => 0, onFault });
  opened.push(connection);
  let count = 0;
  const newToken = (): string => `${name}${++count}`;
  const shared = { connection, kind: 'bars', clock, random: () => 0.5, newToken, onFault } as const;
  return { turns: new RedisLoadTurns({ ...shared, ...overrides }), clock, faults };
}

describeOnRedis('turns to load, over Redis', (redis) => {
  it('are given to one after the other', async () => {
    const { server, admin } = redis();
    const [first, second] = [turnsOf(server.url, 'first'), turnsOf(server.url, 'second')];
    const held = await first.turns.take('A', never);
    expect(held.hasWaited).toBe(false);
    expect(await admin.get(KEY)).toBe('first1');
    let isTaken = false;
    const waiting = second.turns.take('A', never).finally(() => {
      isTaken = true;
    });
    // It asks again every 50 to 150 ms.
    for (let times = 0; times < 5; times++) {
      await vi.waitFor(() => expect(second.clock.untilNext).toBe(100), WAIT);
      second.clock.advance(100);
    }
    expect(isTaken).toBe(false);
    await held[Symbol.asyncDispose]();
    await vi.waitFor(() => {
      second.clock.advance(100);
      expect(isTaken).toBe(true);
    }, WAIT);
    const taken = await waiting;
    expect(taken.hasWaited).toBe(true);
    expect(await admin.get(KEY)).toBe('second1');
    await taken[Symbol.asyncDispose]();
    expect(await admin.dbsize()).toBe(0);
    expect([first.clock.pending, second.clock.pending]).toEqual([0, 0]);
  });

  it('of different codes and kinds are independent', async () => {
    const { server } = redis();
    const { turns } = turnsOf(server.url, 'a');
    const navs = turnsOf(server.url, 'b', { kind: 'navs' }).turns;
    const taken = [await turns.take('A', never), await turns.take('B', never), await navs.take('A', never)];
    expect(taken.map(({ hasWaited }) => hasWaited)).toEqual([false, false, false]);
    for (const turn of taken) await turn[Symbol.asyncDispose]();
  });

  it('are renewed each third of their lease as long as they are held', async () => {
    const { server, admin } = redis();
    const { turns, clock } = turnsOf(server.url, 'a', { leaseMs: 30_000 });
    const turn = await turns.take('A', never);
    expect(await admin.pttl(KEY)).toBeLessThanOrEqual(30_000);
    for (let times = 0; times < 3; times++) {
      await admin.pexpire(KEY, 1000);
      clock.advance(10_000);
      await vi.waitFor(async () => expect(await admin.pttl(KEY)).toBeGreaterThan(20_000), WAIT);
      await vi.waitFor(() => expect(clock.untilNext).toBe(10_000), WAIT);
    }
    await turn[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
    await turn[Symbol.asyncDispose]();
  });

  it('that were lost are not taken from whoever has them since', async () => {
    const { server, admin } = redis();
    const [first, second] = [turnsOf(server.url, 'first'), turnsOf(server.url, 'second')];
    const lost = await first.turns.take('A', never);
    const alsoLost = await turnsOf(server.url, 'third').turns.take('B', never);
    await admin.flushall();
    const turn = await second.turns.take('A', never);
    expect(turn.hasWaited).toBe(false);
    await admin.pexpire(KEY, 1000);
    first.clock.advance(10_000);
    // It has asked, learned it, and asks no more.
    await vi.waitFor(async () => expect(String(await admin.info('commandstats'))).toMatch(/cmdstat_eval:calls=/), WAIT);
    await vi.waitFor(() => expect(first.clock.pending).toBe(0), WAIT);
    await lost[Symbol.asyncDispose]();
    await alsoLost[Symbol.asyncDispose]();
    expect(await admin.get(KEY)).toBe('second1');
    expect(await admin.pttl(KEY)).toBeLessThanOrEqual(1000);
  });

  it('are not taken away by a holder that believes to have them and gives them back', async () => {
    const { server, admin } = redis();
    const lost = await turnsOf(server.url, 'first').turns.take('A', never);
    await admin.set(KEY, 'another');
    await lost[Symbol.asyncDispose]();
    expect(await admin.get(KEY)).toBe('another');
  });

  it('are not waited for any longer than somebody wants them', async () => {
    const { server, admin } = redis();
    const [first, second] = [turnsOf(server.url, 'first'), turnsOf(server.url, 'second')];
    const turn = await first.turns.take('A', never);
    const controller = new AbortController();
    const waiting = second.turns.take('A', controller.signal);
    await vi.waitFor(() => expect(second.clock.pending).toBe(1), WAIT);
    controller.abort(new Error('no longer'));
    await expect(waiting).rejects.toThrow('no longer');
    expect(second.clock.pending).toBe(0);
    await expect(second.turns.take('B', controller.signal)).rejects.toThrow('no longer');
    await turn[Symbol.asyncDispose]();
    expect(await admin.dbsize()).toBe(0);
  });

  it('are given back when nobody wants them any more by the time that they are had', async () => {
    const { server, admin } = redis();
    const { turns, clock } = turnsOf(server.url, 'a');
    const controller = new AbortController();
    const taking = turns.take('A', controller.signal);
    controller.abort(new Error('no longer'));
    await expect(taking).rejects.toThrow('no longer');
    expect(await admin.dbsize()).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('are had at once where Redis is away', async () => {
    const { turns, faults } = turnsOf(`redis://127.0.0.1:${await freePort()}`, 'a');
    for (let times = 0; times < 3; times++) {
      await using turn = await turns.take('A', never);
      expect(turn.hasWaited).toBe(false);
    }
    expect(faults).toEqual([expect.stringMatching(/^Redis is away: connect ECONNREFUSED/)]);
    const controller = new AbortController();
    const taking = turns.take('A', controller.signal);
    controller.abort(new Error('no longer'));
    await expect(taking).rejects.toThrow('no longer');
  });

  it('are had at once where Redis goes away while they are waited for, and are then one more', async () => {
    const { server } = redis();
    const [first, second] = [turnsOf(server.url, 'first'), turnsOf(server.url, 'second')];
    const held = await first.turns.take('A', never);
    const waiting = second.turns.take('A', never);
    await vi.waitFor(() => expect(second.clock.pending).toBe(1), WAIT);
    await server.kill();
    second.clock.advance(100);
    const turn = await waiting;
    expect(turn.hasWaited).toBe(true);
    first.clock.advance(10_000);
    await turn[Symbol.asyncDispose]();
    await held[Symbol.asyncDispose]();
    await vi.waitFor(() => expect(first.clock.pending).toBe(0), WAIT);
    await server.start();
  });

  it('are had at once where Redis refuses them, which is told once', async () => {
    const { server, admin } = redis();
    const { turns, faults } = turnsOf(server.url, 'a');
    await admin.replicaof('127.0.0.1', '1');
    for (let times = 0; times < 3; times++) {
      await using turn = await turns.take('A', never);
      expect(turn.hasWaited).toBe(false);
    }
    expect(faults).toEqual([expect.stringMatching(/^cannot take turns to load bars over Redis: READONLY /)]);
    await admin.replicaof('NO', 'ONE');
  });

  it('let processes that miss the same series load it once', { timeout: 60_000 }, async () => {
    using folder = temporaryFolder();
    const run = () => runNode([PROCESS, redis().server.url, 'A', '3'], { cwd: folder.path }).finished;
    const outputs = await Promise.all([run(), run(), run()]);
    // The load ends when the last one has asked, so that this one may come just after it.
    expect(outputs.map(({ stdout, stderr }) => stdout + stderr).sort()).toEqual([
      'turn\nloaded at once\n',
      expect.stringMatching(/^turn\nshared (at once|after waiting)\n$/),
      expect.stringMatching(/^turn\nshared (at once|after waiting)\n$/),
    ]);
  });

  it('of a process that was killed are free when their lease has ended', { timeout: 60_000 }, async () => {
    const { server, admin } = redis();
    using folder = temporaryFolder();
    // It loads until a second one asks, which none does.
    const holder = runNode([PROCESS, server.url, 'A', '2'], { cwd: folder.path });
    await holder.waitFor(/turn/);
    const { turns, clock } = turnsOf(server.url, 'next');
    const waiting = turns.take('A', never);
    await vi.waitFor(() => expect(clock.untilNext).toBe(100), WAIT);
    holder.child.kill('SIGKILL');
    await holder.finished;
    const leftMs = await admin.pttl(KEY);
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(10_000);
    // As if that time were over.
    await admin.pexpire(KEY, 1);
    await vi.waitFor(async () => {
      clock.advance(100);
      expect(await admin.get(KEY)).toBe('next1');
    }, WAIT);
    const turn = await waiting;
    expect(turn.hasWaited).toBe(true);
    await turn[Symbol.asyncDispose]();
  });

  it('of a process that stood still for longer than its lease are those of others', { timeout: 60_000 }, async () => {
    const { server, admin } = redis();
    using folder = temporaryFolder();
    const holder = runNode([PROCESS, server.url, 'A', '2'], { cwd: folder.path });
    await holder.waitFor(/turn/);
    holder.child.kill('SIGSTOP');
    await admin.pexpire(KEY, 1);
    await vi.waitFor(async () => expect(await admin.exists(KEY)).toBe(0), WAIT);
    const turn = await turnsOf(server.url, 'next').turns.take('A', never);
    expect(await admin.get(KEY)).toBe('next1');
    await admin.incr('asked:A');
    holder.child.kill('SIGCONT');
    // It loads as well, and leaves the turn that is another's alone.
    expect((await holder.finished).stdout).toBe('turn\nloaded at once\n');
    expect(await admin.get(KEY)).toBe('next1');
    await turn[Symbol.asyncDispose]();
  });
});

describe('turns of one process', () => {
  it('are had at once', async () => {
    const turns = new LocalTurns();
    await using first = await turns.take('A', never);
    await using second = await turns.take('A', never);
    expect([first.hasWaited, second.hasWaited]).toEqual([false, false]);
    await expect(turns.take('A', AbortSignal.abort(new Error('no longer')))).rejects.toThrow('no longer');
  });
});
