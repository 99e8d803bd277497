import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RatePool } from '../../src/transport/rate-pool.ts';
import { RestQueue, type RestQueueOptions } from '../../src/transport/rest-queue.ts';
import type { RestPriority } from '../../src/transport/rest-rules.ts';
import { ManualClock } from '../support/manual-clock.ts';

const NOTHING = { drain: false, timeoutMs: 0 };

interface Asking {
  readonly priority?: RestPriority;
  readonly pool?: RatePool;
  readonly hold?: boolean;
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
}

let clock: ManualClock;
let queue: RestQueue;
let closed: string | undefined;
let dropped: [number, string][];
/** What became of the requests, in that order: `sent a`, `done a`, `QUEUE_FULL b`. */
let log: string[];
/** Ends the attempt of a request that is under way; with a number it is to be sent again after so many milliseconds. */
let finish: Map<string, (delayMs?: number) => void>;

function open(options: Partial<RestQueueOptions> = {}): void {
  queue = new RestQueue({
    clock,
    gate: () => closed,
    onDropped: (count, reason) => void dropped.push([count, reason]),
    ...options,
  });
}

beforeEach(() => {
  clock = new ManualClock();
  closed = undefined;
  dropped = [];
  log = [];
  finish = new Map();
  open();
});

afterEach(async () => {
  await queue.stop(NOTHING);
  expect(clock.pending).toBe(0);
});

function ask(name: string, asking: Asking = {}): void {
  const { priority = 'ACCOUNT', pool, hold = false, deadlineMs = Number.POSITIVE_INFINITY, signal } = asking;
  queue.add({
    ...{ priority, pool, hold, signal, weight: 1, deadlineAt: clock.now() + deadlineMs },
    attempt: async (ending) => {
      log.push(`sent ${name}`);
      const { promise, resolve } = Promise.withResolvers<number | undefined>();
      finish.set(name, resolve);
      ending.addEventListener('abort', () => resolve(undefined), { once: true });
      const delayMs = await promise;
      if (delayMs === undefined) log.push(`${ending.aborted ? 'aborted' : 'done'} ${name}`);
      return delayMs;
    },
    refuse: ({ kind }) => void log.push(`${kind} ${name}`),
  });
}

async function end(name: string, delayMs?: number): Promise<void> {
  finish.get(name)?.(delayMs);
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

const sent = (): string[] => log.filter((line) => line.startsWith('sent')).map((line) => line.slice(5));

describe('requests', () => {
  it('are under way three at a time, and as many as they are told', async () => {
    for (const name of ['a', 'b', 'c', 'd']) ask(name);
    expect(sent()).toEqual(['a', 'b', 'c']);
    expect(queue.status()).toEqual({ queued: 1, underWay: 3, dropped: 0 });
    await end('b');
    expect(sent()).toEqual(['a', 'b', 'c', 'd']);
    await queue.stop(NOTHING);
    open({ mostUnderWay: 1 });
    for (const name of ['e', 'f']) ask(name);
    expect(sent().slice(4)).toEqual(['e']);
  });

  it('of an account go ahead of market data', async () => {
    open({ mostUnderWay: 1 });
    for (const name of ['m1', 'm2']) ask(name, { priority: 'MARKET_DATA' });
    ask('a1');
    for (const name of ['m1', 'a1', 'm2']) await end(name);
    expect(sent()).toEqual(['m1', 'a1', 'm2']);
  });

  it('of orders go ahead of all others when they have waited for the same: a gate that opens', () => {
    open({ mostUnderWay: 2 });
    closed = 'down';
    for (const priority of ['MARKET_DATA', 'ACCOUNT', 'ORDER'] as const) {
      for (const count of [1, 2]) ask(`${priority}${count}`, { priority, hold: true });
    }
    closed = undefined;
    queue.gateChanged();
    expect(sent()).toEqual(['ORDER1', 'ORDER2', 'ACCOUNT1', 'ACCOUNT2']);
  });

  it('of orders do not wait for others that are slow, nor more than three of them at once', async () => {
    for (const name of ['a', 'b', 'c', 'd']) ask(name);
    for (const name of ['o1', 'o2', 'o3', 'o4']) ask(name, { priority: 'ORDER' });
    expect(sent()).toEqual(['a', 'b', 'c', 'o1', 'o2', 'o3']);
    expect(queue.status()).toEqual({ queued: 2, underWay: 6, dropped: 0 });
    await end('o2');
    expect(sent().slice(6)).toEqual(['o4']);
  });

  it('that have to wait for their pool keep none of another pool waiting', () => {
    const pool = new RatePool({ most: 1, everyMs: 2_000 });
    for (const name of ['a', 'b', 'c']) ask(name, { pool, priority: 'ORDER' });
    ask('d');
    expect(sent()).toEqual(['a', 'd']);
    clock.advance(1_999);
    expect(sent()).toEqual(['a', 'd']);
    clock.advance(1);
    expect(sent()).toEqual(['a', 'd', 'b']);
  });

  it('that are sent again keep no other waiting, and go ahead of those that came later', async () => {
    open({ mostUnderWay: 1 });
    for (const name of ['a', 'b', 'c']) ask(name);
    await end('a', 1_000);
    expect(queue.status()).toMatchObject({ queued: 2, underWay: 1 });
    expect(sent()).toEqual(['a', 'b']);
    clock.advance(1_000);
    await end('b');
    expect(sent()).toEqual(['a', 'b', 'a']);
    await end('a');
    expect(sent()).toEqual(['a', 'b', 'a', 'c']);
  });

  it('are refused when their time is over before their turn', () => {
    open({ mostUnderWay: 1 });
    ask('a');
    ask('b', { deadlineMs: 5_000 });
    clock.advance(4_999);
    expect(log).toEqual(['sent a']);
    clock.advance(1);
    expect(log).toEqual(['sent a', 'DEADLINE_PASSED b']);
    expect(queue.status()).toEqual({ queued: 0, underWay: 1, dropped: 0 });
  });

  it('are refused when whoever asked gives them up, before, while they wait and while they are under way', async () => {
    open({ mostUnderWay: 1 });
    const controllers = ['a', 'b'].map((name) => {
      const controller = new AbortController();
      ask(name, { signal: controller.signal });
      return controller;
    });
    ask('c', { signal: AbortSignal.abort(new Error('no')) });
    controllers[1]?.abort(new Error('no'));
    controllers[0]?.abort(new Error('no'));
    await end('a');
    expect(log).toEqual(['sent a', 'GIVEN_UP c', 'GIVEN_UP b', 'aborted a']);
  });
});

describe('a queue of 10,000', () => {
  it('that is full refuses a trader at once, and drops and counts what a producer asks', () => {
    for (let count = 0; count < 10_003; count += 1) ask(`${count}`, { priority: 'MARKET_DATA' });
    expect(queue.status()).toEqual({ queued: 10_000, underWay: 3, dropped: 0 });
    ask('producer', { priority: 'MARKET_DATA' });
    ask('trader');
    ask('order', { priority: 'ORDER' });
    expect(log.slice(3)).toEqual(['QUEUE_FULL producer', 'QUEUE_FULL trader', 'QUEUE_FULL order']);
    expect(queue.status()).toEqual({ queued: 10_000, underWay: 3, dropped: 1 });
    expect(dropped).toEqual([[1, '10000 requests wait already']]);
  });
});

describe('a closed gate', () => {
  it('refuses at once, and drops and counts what a producer asks', () => {
    closed = 'the gateway is DISCONNECTED';
    ask('trader');
    ask('producer', { priority: 'MARKET_DATA' });
    expect(log).toEqual(['GATEWAY_DOWN trader', 'GATEWAY_DOWN producer']);
    expect(dropped).toEqual([[1, 'the gateway is DISCONNECTED']]);
    expect(queue.status()).toEqual({ queued: 0, underWay: 0, dropped: 1 });
  });

  it('refuses what waits already when its turn comes, once', async () => {
    open({ mostUnderWay: 1 });
    for (const name of ['a', 'b', 'c']) ask(name);
    closed = 'down';
    await end('a');
    expect(log).toEqual(['sent a', 'done a', 'GATEWAY_DOWN b', 'GATEWAY_DOWN c']);
  });

  it('lets what is held wait until it opens, or its time is over', () => {
    closed = 'down';
    ask('a', { hold: true });
    ask('b', { hold: true, deadlineMs: 1_000 });
    ask('c', { hold: true, priority: 'MARKET_DATA' });
    expect(queue.status()).toEqual({ queued: 3, underWay: 0, dropped: 0 });
    clock.advance(1_000);
    expect(log).toEqual(['DEADLINE_PASSED b']);
    closed = undefined;
    queue.gateChanged();
    expect(sent()).toEqual(['a', 'c']);
  });

  it('of one priority leaves the others open', () => {
    open({ gate: (priority) => (priority === 'MARKET_DATA' ? 'down' : undefined) });
    ask('m', { priority: 'MARKET_DATA' });
    ask('o', { priority: 'ORDER' });
    expect(log).toEqual(['GATEWAY_DOWN m', 'sent o']);
  });
});

describe('stop', () => {
  it('ends what is under way and refuses what waits, unless told to drain', async () => {
    open({ mostUnderWay: 1 });
    for (const name of ['a', 'b', 'c']) ask(name);
    await end('a', 60_000);
    await queue.stop(NOTHING);
    expect(log).toEqual(['sent a', 'sent b', 'CLIENT_STOPPED c', 'CLIENT_STOPPED a', 'aborted b']);
    ask('d');
    expect(log.at(-1)).toBe('CLIENT_STOPPED d');
  });

  it('that drains sends what waits, and takes nothing more', async () => {
    open({ mostUnderWay: 1 });
    for (const name of ['a', 'b']) ask(name);
    let isOver = false;
    const stopped = queue.stop({ drain: true, timeoutMs: 5_000 }).then(() => {
      isOver = true;
    });
    ask('c');
    await end('a');
    expect(isOver).toBe(false);
    await end('b');
    await stopped;
    expect(log).toEqual(['sent a', 'CLIENT_STOPPED c', 'done a', 'sent b', 'done b']);
  });

  it('that drains ends what does not end in time, held requests included', async () => {
    open({ mostUnderWay: 1 });
    ask('a');
    ask('b', { hold: true });
    closed = 'down';
    const stopped = queue.stop({ drain: true, timeoutMs: 5_000 });
    clock.advance(4_999);
    expect(log).toEqual(['sent a']);
    clock.advance(1);
    await stopped;
    expect(log).toEqual(['sent a', 'CLIENT_STOPPED b', 'aborted a']);
  });

  it('may be told twice, and hangs for neither', async () => {
    ask('a');
    const draining = queue.stop({ drain: true, timeoutMs: 60_000 });
    await queue.stop(NOTHING);
    await draining;
    await queue.stop({ drain: true, timeoutMs: 60_000 });
    expect(log).toEqual(['sent a', 'aborted a']);
  });
});

it('every request is settled exactly once, whatever happens', async () => {
  const action = fc.oneof(
    fc.record({
      type: fc.constant('ask' as const),
      priority: fc.constantFrom<RestPriority>('ORDER', 'ACCOUNT', 'MARKET_DATA'),
      hold: fc.boolean(),
      isPooled: fc.boolean(),
      deadlineMs: fc.constantFrom(500, 5_000, 1e9),
    }),
    fc.record({ type: fc.constant('end' as const), which: fc.nat(3), delayMs: fc.option(fc.nat(2_000)) }),
    fc.record({ type: fc.constant('pass' as const), ms: fc.nat(3_000) }),
    fc.record({ type: fc.constant('gate' as const), isOpen: fc.boolean() }),
  );
  const property = fc.asyncProperty(fc.array(action, { maxLength: 60 }), fc.boolean(), async (actions, drain) => {
    log = [];
    finish = new Map();
    closed = undefined;
    open({ mostQueued: 5 });
    const pool = new RatePool({ most: 2, everyMs: 1_000 });
    let count = 0;
    for (const each of actions) {
      const underWay = [...finish.keys()];
      if (each.type === 'ask') {
        const { priority, hold, deadlineMs, isPooled } = each;
        ask(`${count++}`, { priority, hold, deadlineMs, ...(isPooled ? { pool } : {}) });
      } else if (each.type === 'pass') clock.advance(each.ms);
      else if (each.type === 'end') {
        const name = underWay[each.which] ?? '';
        const finishing = end(name, each.delayMs ?? undefined);
        finish.delete(name);
        await finishing;
      } else {
        closed = each.isOpen ? undefined : 'down';
        queue.gateChanged();
      }
      expect(queue.status().underWay).toBeLessThanOrEqual(2 * 3);
    }
    const stopped = queue.stop({ drain, timeoutMs: 1_000 });
    clock.advance(1_000);
    await stopped;
    const settled = log.filter((line) => !line.startsWith('sent')).map((line) => line.split(' ')[1]);
    expect(settled.toSorted()).toEqual(Array.from({ length: count }, (_, index) => `${index}`).toSorted());
    expect(queue.status()).toMatchObject({ queued: 0, underWay: 0 });
    expect(clock.pending).toBe(0);
  });
  await fc.assert(property);
});
