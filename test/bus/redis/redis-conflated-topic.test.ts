import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Keyed } from '../../../src/bus/bus.ts';
import { RedisConflatedTopic } from '../../../src/bus/redis/redis-conflated-topic.ts';
import { CodedError } from '../../../src/domain/errors.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { describeOnRedis, type RedisSuite } from '../../support/redis.ts';
import { linkTo } from '../../support/redis-link.ts';
import { Puller, take } from '../reading.ts';

interface Quoted {
  readonly symbol: string;
  readonly price: number;
  readonly stale: boolean;
}

const quoted = (symbol: string, price: number): Quoted => ({ symbol, price, stale: false });
const brief = (state: Keyed<Quoted> | undefined): string | undefined =>
  state && `${state.price} #${state.seq}${state.stale ? ' stale' : ''}`;

/** Processes on one Redis, each with its own link and topic. */
async function openProcesses({ server }: RedisSuite, ...ids: readonly string[]) {
  const processes = await Promise.all(
    ids.map(async (id) => {
      const { link, faults } = linkTo(server.url, id);
      const topic = new RedisConflatedTopic<Quoted>({
        ...{ link, name: 'quotes', epoch: id, clock: new ManualClock() },
        stale: (value) => (value.stale ? undefined : { ...value, stale: true }),
      });
      await link.open();
      return { id, link, topic, faults };
    }),
  );
  return Object.assign(processes, {
    [Symbol.asyncDispose]: async () => {
      for (const { link } of processes) await link.close();
    },
  });
}

type Process = Awaited<ReturnType<typeof openProcesses>>[number];

function only<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error('wanted one more process');
  return item;
}

const agree = (processes: readonly Process[], key: string, wanted: string | undefined) =>
  vi.waitFor(() => {
    for (const { topic } of processes) expect(brief(topic.latest(key))).toBe(wanted);
  });

describeOnRedis('a conflated topic of several processes', (redis) => {
  it('has in all of them what one has published, also in one that comes later', async () => {
    await using processes = await openProcesses(redis(), 'a', 'b');
    const [a, b] = processes.map(only);
    only(a).topic.publish('k', quoted('k', 1));
    only(a).topic.publish('k', quoted('k', 2));
    await agree(processes, 'k', '2 #2');
    await using late = await openProcesses(redis(), 'late');
    expect(brief(late[0]?.topic.latest('k'))).toBe('2 #1');
    only(b).topic.publish('l', quoted('l', 7));
    await agree([...processes, ...late], 'l', '7 #1');
  });

  it('counts what a reader of another process passed over', async () => {
    await using processes = await openProcesses(redis(), 'a', 'b');
    const [a, b] = processes.map(only);
    const reader = only(b).topic.subscribe();
    for (let price = 1; price <= 500; price++) only(a).topic.publish('k', quoted('k', price));
    await agree(processes, 'k', '500 #500');
    const [newest] = await take(reader, 1);
    expect(brief(newest)).toBe('500 #500');
    await reader.return();
  });

  it('forgets and fails everywhere, the failure with its code', async () => {
    await using processes = await openProcesses(redis(), 'a', 'b');
    const [a, b] = processes.map(only);
    const named = new Puller(only(b).topic.subscribe({ keys: ['k'] }));
    only(a).topic.publish('k', quoted('k', 1));
    await agree(processes, 'k', '1 #1');
    only(a).topic.forget('k');
    only(a).topic.fail('k', new CodedError('BAD_USER_INPUT', 'no such symbol'));
    named.pull(2);
    await vi.waitFor(() => expect(named.errors).toMatchObject([{ code: 'BAD_USER_INPUT', message: 'no such symbol' }]));
    await agree(processes, 'k', undefined);
    expect(await redis().admin.hlen('deskgraph:bus:v1:quotes')).toBe(0);
    only(a).topic.publish('k', quoted('k', 2));
    await vi.waitFor(() => expect(only(b).topic.latest('k')).toMatchObject({ price: 2, seq: 1 }));
    only(a).topic.fail('k', new Error('a secret'));
    expect(only(b).topic.latest('k')?.epoch).not.toBe('b');
  });

  it('does not go back to what it published before it forgot the key', async () => {
    await using processes = await openProcesses(redis(), 'a', 'b');
    const { topic } = only(processes[0]);
    const reader = new Puller(topic.subscribe());
    for (let price = 1; price <= 50; price++) {
      topic.publish('k', quoted('k', price));
      if (price % 3 === 0) topic.forget('k');
      if (price % 7 === 0) await redis().admin.ping();
    }
    await vi.waitFor(() => expect(only(processes[1]).topic.latest('k')).toMatchObject({ price: 50 }));
    await reader.drain(async () => void (await redis().admin.ping()));
    const prices = reader.values.map(({ price }) => price);
    expect(prices).toEqual(prices.toSorted((left, right) => left - right));
    expect(topic.latest('k')).toMatchObject({ price: 50 });
  });

  it('tells as stale what comes from a process that died, and as it was when that is there again', async () => {
    await using processes = await openProcesses(redis(), 'reader');
    const [reader] = processes.map(only);
    const dead = linkTo(redis().server.url, 'dead');
    const publisher = new RedisConflatedTopic<Quoted>({
      link: dead.link,
      name: 'quotes',
      epoch: 'x',
      clock: new ManualClock(),
    });
    await dead.link.open();
    publisher.publish('k', quoted('k', 1));
    await agree(processes, 'k', '1 #1');
    await dead.link.close();
    await agree(processes, 'k', '1 #2 stale');
    await using late = await openProcesses(redis(), 'late');
    await agree(late, 'k', '1 #1 stale');
    await using again = await openProcesses(redis(), 'dead');
    only(again[0]).topic.publish('k', quoted('k', 1));
    await vi.waitFor(() => expect(only(reader).topic.latest('k')).toMatchObject({ price: 1, stale: false }));
  });

  it('tells as stale what it has from others when Redis is away, however that is, and as fresh when it is back', async () => {
    const { server } = redis();
    await using processes = await openProcesses(redis(), 'a', 'b');
    const [a, b] = processes.map(only);
    only(a).topic.publish('k', quoted('k', 1));
    await agree(processes, 'k', '1 #1');
    await server.kill();
    await agree([only(b)], 'k', '1 #2 stale');
    // Its own are as they are.
    expect(brief(only(a).topic.latest('k'))).toBe('1 #1');
    await server.start();
    await agree([only(b)], 'k', '1 #3');
    server.freeze();
    await agree([only(b)], 'k', '1 #4 stale');
    server.thaw();
    await agree([only(b)], 'k', '1 #5');
    expect(only(b).faults.length).toBeGreaterThan(0);
  });

  it('brings what was published and forgotten while Redis was away', async () => {
    const { server } = redis();
    await using processes = await openProcesses(redis(), 'a', 'b');
    const [a, b] = processes.map(only);
    only(a).topic.publish('kept', quoted('kept', 1));
    only(a).topic.publish('gone', quoted('gone', 1));
    await agree(processes, 'gone', '1 #1');
    server.freeze();
    await vi.waitFor(() => expect([only(a).link.isUp, only(b).link.isUp]).toEqual([false, false]));
    for (let price = 2; price <= 9; price++) only(a).topic.publish('kept', quoted('kept', price));
    only(a).topic.forget('gone');
    server.thaw();
    await vi.waitFor(() => expect(only(b).topic.latest('kept')).toMatchObject({ price: 9, stale: false }));
    await agree(processes, 'gone', undefined);
  });

  it('notices that Redis has lost its data while the connections stood', async () => {
    await using processes = await openProcesses(redis(), 'a', 'b');
    only(processes[0]).topic.publish('k', quoted('k', 1));
    await agree(processes, 'k', '1 #1');
    await redis().admin.flushall();
    await vi.waitFor(async () => expect(await redis().admin.hlen('deskgraph:bus:v1:quotes')).toBe(1));
    await vi.waitFor(() => expect(only(processes[1]).topic.latest('k')).toMatchObject({ price: 1, stale: false }));
  });

  it('passes over what is no message', async () => {
    await using processes = await openProcesses(redis(), 'a');
    const { admin } = redis();
    const channel = 'deskgraph:bus:v1:quotes';
    const nonsense = ['', '{', 'null', '7', '[]', '{"key":1,"by":"x"}', '{"key":"k","by":"x","epoch":"e","seq":1}'];
    for (const text of nonsense) await admin.publish(channel, text);
    await admin.hset(channel, ...nonsense.flatMap((text, index) => [`k${index}`, text]));
    await using late = await openProcesses(redis(), 'late');
    const [a] = processes.map(only);
    only(a).topic.publish('k', quoted('k', 1));
    await agree([...processes, ...late], 'k', '1 #1');
    expect(only(late[0]).topic.present()).toHaveLength(1);
  });

  it('stays on the bus whatever stands in its channel and its hash', async () => {
    await using processes = await openProcesses(redis(), 'a');
    const { admin } = redis();
    const channel = 'deskgraph:bus:v1:quotes';
    const noText = { toString: 1, valueOf: 1 };
    const counted = { key: 'k', by: 'x', epoch: 'e', seq: 1, value: quoted('k', 666) };
    const nonsense = [
      ...[null, 7, [], noText, { code: noText, message: 'x' }, { code: 'x', message: noText }, { code: 'x' }].map(
        (failed) => ({ key: 'k', by: 'x', failed }),
      ),
      { ...counted, at: noText },
    ].map((message) => JSON.stringify(message));
    for (const text of nonsense) await admin.publish(channel, text);
    await admin.hset(channel, 'k', JSON.stringify({ ...counted, at: noText }));
    await using late = await openProcesses(redis(), 'late');
    const [a] = processes.map(only);
    only(a).topic.publish('k', quoted('k', 1));
    await agree([...processes, ...late], 'k', '1 #1');
    expect([...processes, ...late].map(({ faults, link }) => [faults, link.isUp])).toEqual([
      [[], true],
      [[], true],
    ]);
  });

  it('counts a key anew before its numbers are too large to be told apart', async () => {
    await using processes = await openProcesses(redis(), 'a');
    const [a] = processes.map(only);
    const tell = (epoch: string, seq: number) =>
      redis().admin.publish(
        'deskgraph:bus:v1:quotes',
        JSON.stringify({ key: 'k', by: 'x', epoch, seq, value: quoted('k', seq) }),
      );
    await tell('e', 1);
    await tell('e', Number.MAX_SAFE_INTEGER);
    await tell('f', 2);
    await agree(processes, 'k', '2 #1');
    expect(only(a).topic.latest('k')?.epoch).not.toBe('a');
  });

  it('takes the entries of a process that is gone away after a day', async () => {
    const { admin } = redis();
    const entry = (key: string, at: number): string =>
      JSON.stringify({ key, by: 'gone', epoch: 'e', seq: 1, at, value: quoted(key, 1) });
    const now = Date.now();
    await admin.hset(
      'deskgraph:bus:v1:quotes',
      'old',
      entry('old', now - 90_000_000),
      'new',
      entry('new', now - 60_000),
    );
    await using processes = await openProcesses(redis(), 'a');
    await vi.waitFor(async () => expect(await admin.hkeys('deskgraph:bus:v1:quotes')).toEqual(['new']));
    expect(brief(only(processes[0]).topic.latest('new'))).toBe('1 #1 stale');
  });

  it('comes to the same in all processes, whoever publishes what, also with two that publish the same key', async () => {
    await using processes = await openProcesses(redis(), 'a', 'b', 'c');
    const step = fc.record({ process: fc.nat(2), key: fc.constantFrom('x', 'y'), pause: fc.boolean() });
    let price = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        for (const { process, key, pause } of steps) {
          price += 1;
          only(processes[process]).topic.publish(key, quoted(key, price));
          if (pause) await redis().admin.ping();
        }
        await vi.waitFor(async () => {
          for (const key of new Set(steps.map((each) => each.key))) {
            const shared = JSON.parse((await redis().admin.hget('deskgraph:bus:v1:quotes', key)) ?? '{}');
            for (const { topic } of processes) expect(topic.latest(key)?.price).toBe(shared.value?.price);
          }
        });
      }),
      { numRuns: 30 },
    );
  });
});

describe('a link to a Redis that never was there', () => {
  it('is complained of once, and closes', async () => {
    const { link, faults } = linkTo('redis://127.0.0.1:1', 'alone');
    await link.open();
    expect(faults).toHaveLength(1);
    await link.close();
  });
});
