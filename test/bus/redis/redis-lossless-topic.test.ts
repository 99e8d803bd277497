import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { SYSTEM_CLOCK } from '../../../src/async/clock.ts';
import type { GapMark } from '../../../src/bus/bus.ts';
import { RedisLosslessTopic } from '../../../src/bus/redis/redis-lossless-topic.ts';
import { StreamLog } from '../../../src/bus/redis/stream-log.ts';
import { describeOnRedis, type RedisSuite } from '../../support/redis.ts';
import { linkTo } from '../../support/redis-link.ts';
import { Puller, take } from '../reading.ts';
import { type Note, positions, StoredEvents } from '../stored-events.ts';

const TAIL = { maxEvents: 16, maxIdleStreams: 2 } as const;
const MAX_EVENTS = 50;
const KEY = 'deskgraph:bus:v1:notes:s';

/** The process that keeps the stream `s`, with a history that outlives it. */
async function openKeeper({ server }: RedisSuite, history: StoredEvents, { id = 'keeper', epoch = 'one' } = {}) {
  const { link, faults } = linkTo(server.url, id);
  /** Streams of which it was asked what is stored. */
  const looks: string[] = [];
  const topic = new RedisLosslessTopic<Note>({
    ...{ link, history, tail: TAIL, clock: SYSTEM_CLOCK, maxEvents: MAX_EVENTS },
    shared: {
      name: 'notes',
      keeps: (stream) => stream === 's',
      bounds: async (stream) => {
        looks.push(stream);
        const events = history.events(stream);
        const lastSeq = events.at(-1)?.position;
        return lastSeq === undefined ? undefined : { epoch, firstSeq: events[0]?.position ?? 1, lastSeq };
      },
    },
  });
  await link.open();
  const publish = (count = 1): void => {
    for (let at = 0; at < count; at++) {
      topic.publish('s', history.store('s', (history.events('s').at(-1)?.position ?? 0) + 1));
    }
  };
  return { link, topic, faults, looks, publish, history, [Symbol.asyncDispose]: () => link.close() };
}

/** A process that reads what others keep. */
async function openReader({ server }: RedisSuite, id = 'reader') {
  const { link } = linkTo(server.url, id);
  const log = new StreamLog<Note>({ link, name: 'notes', maxEvents: MAX_EVENTS });
  const topic = new RedisLosslessTopic<Note>({
    ...{ link, tail: TAIL, clock: SYSTEM_CLOCK, maxEvents: MAX_EVENTS },
    history: { read: (...asked) => log.read(...asked) },
    shared: { name: 'notes', keeps: () => false, bounds: async () => undefined },
  });
  await link.open();
  const follow = (after = 0, epoch?: string) => topic.subscribe({ stream: 's', after, epoch, cursorOf: String });
  return { link, topic, log, follow, [Symbol.asyncDispose]: () => link.close() };
}

const upTo = (last: number, first = 1): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at);
const shared = ({ admin }: RedisSuite, count: number) =>
  vi.waitFor(async () => expect(await admin.xlen(KEY)).toBe(count), { timeout: 5_000 });

describeOnRedis('a lossless topic of several processes', (redis) => {
  it('brings every event to the readers of another process, once and in order', async () => {
    await using keeper = await openKeeper(redis(), new StoredEvents());
    await using reader = await openReader(redis());
    keeper.publish(3);
    const one = reader.follow();
    keeper.publish(20);
    expect(positions(await take(one, 23))).toEqual(upTo(23));
    const other = reader.follow(10, 'one');
    expect(positions(await take(other, 13))).toEqual(upTo(23, 11));
    keeper.publish();
    expect(positions([...(await take(one, 1)), ...(await take(other, 1))])).toEqual([24, 24]);
    for (const each of [one, other]) await each.return();
  });

  it('asks Redis nothing for what is published while it reads', async () => {
    await using keeper = await openKeeper(redis(), new StoredEvents());
    await using reader = await openReader(redis());
    keeper.publish();
    const puller = new Puller(reader.follow());
    puller.pull();
    await vi.waitFor(() => expect(puller.waiting).toBe(0));
    puller.pull();
    keeper.publish();
    await vi.waitFor(() => expect(puller.waiting).toBe(0));
    puller.pull();
    const readsOf = async () =>
      Number(/cmdstat_xrange:calls=(\d+)/.exec(await redis().admin.info('commandstats'))?.[1]);
    const before = await readsOf();
    for (let count = 0; count < 10; count++) {
      keeper.publish();
      await vi.waitFor(() => expect(puller.waiting).toBe(0));
      puller.pull();
    }
    expect(positions(puller.values)).toEqual(upTo(12));
    expect(await readsOf()).toBe(before);
    await puller.reader.return();
  });

  it('brings what was stored before its keeper started, and goes on after a restart of the keeper', async () => {
    const history = new StoredEvents();
    for (const position of upTo(5)) history.store('s', position);
    await using reader = await openReader(redis());
    const one = reader.follow();
    {
      await using keeper = await openKeeper(redis(), history);
      keeper.topic.offer('s');
      expect(positions(await take(one, 5))).toEqual(upTo(5));
    }
    // Stored, and never told, by a keeper that died in between.
    history.store('s', 6);
    await using keeper = await openKeeper(redis(), history, { id: 'keeper after its restart' });
    keeper.topic.offer('s');
    expect(positions(await take(one, 1))).toEqual([6]);
    keeper.publish();
    expect(positions(await take(one, 1))).toEqual([7]);
    expect(await redis().admin.xlen(KEY)).toBe(7);
    await one.return();
  });

  it.each(['killed', 'frozen', 'emptied'] as const)('loses and repeats nothing when Redis is %s', async (fate) => {
    const { server, admin } = redis();
    await using keeper = await openKeeper(redis(), new StoredEvents());
    await using reader = await openReader(redis());
    const [one, idle] = [new Puller(reader.follow()), reader.follow()];
    one.pull(40);
    keeper.publish(10);
    await vi.waitFor(() => expect(one.values).toHaveLength(10));
    if (fate === 'killed') await server.kill();
    else if (fate === 'frozen') server.freeze();
    else await admin.flushall();
    keeper.publish(20);
    if (fate === 'killed') await server.start();
    else if (fate === 'frozen') {
      await vi.waitFor(() => expect([keeper.link.isUp, reader.link.isUp]).toEqual([false, false]));
      server.thaw();
    }
    keeper.publish(10);
    await vi.waitFor(() => expect(one.values).toHaveLength(40), { timeout: 5_000 });
    expect(positions(one.values)).toEqual(upTo(40));
    expect(positions(await take(idle, 40))).toEqual(upTo(40));
    await shared(redis(), 40);
    for (const each of [one.reader, idle]) await each.return();
  });

  it('has everything again in a Redis that lost its data though nothing was published since', async () => {
    await using keeper = await openKeeper(redis(), new StoredEvents());
    keeper.publish(7);
    await shared(redis(), 7);
    await redis().admin.flushall();
    await shared(redis(), 7);
    await using reader = await openReader(redis());
    const one = reader.follow();
    expect(positions(await take(one, 7))).toEqual(upTo(7));
    await one.return();
  });

  it('tells the gap where Redis keeps less than a reader wants, exactly', async () => {
    await using keeper = await openKeeper(redis(), new StoredEvents());
    await using reader = await openReader(redis());
    keeper.publish(70);
    await vi.waitFor(async () => expect((await reader.log.end('s')).lastSeq).toBe(70));
    expect(await redis().admin.xlen(KEY)).toBe(MAX_EVENTS);
    const [before, exact] = [reader.follow(19, 'one'), reader.follow(20, 'one')];
    const [gap, ...rest] = await take(before, 51);
    expect(gap).toEqual({ gap: { reason: 'TRIMMED', resumeAfter: 20, epoch: 'one' } });
    expect(positions(rest)).toEqual(upTo(70, 21));
    expect(positions(await take(exact, 50))).toEqual(upTo(70, 21));
    for (const each of [before, exact]) await each.return();
  });

  it('tells a reader that its stream is counted anew, be the new one shorter or longer', async () => {
    await using reader = await openReader(redis());
    const [ahead, behind] = [new Puller(reader.follow()), reader.follow(2, 'one')];
    ahead.pull(6);
    {
      await using keeper = await openKeeper(redis(), new StoredEvents());
      keeper.publish(5);
      await vi.waitFor(() => expect(ahead.values).toHaveLength(5));
    }
    await using keeper = await openKeeper(redis(), new StoredEvents(), { id: 'another', epoch: 'two' });
    keeper.publish(3);
    const gap: GapMark = { gap: { reason: 'EPOCH_CHANGED', resumeAfter: 0, epoch: 'two' } };
    await vi.waitFor(() => expect(ahead.values[5]).toEqual(gap));
    expect(positions(await take(ahead.reader, 3))).toEqual([1, 2, 3]);
    const [told, ...rest] = await take(behind, 4);
    expect(told).toEqual(gap);
    expect(positions(rest)).toEqual([1, 2, 3]);
    for (const each of [ahead.reader, behind]) await each.return();
  });

  it('leaves a stream alone that another process keeps, until that is gone', async () => {
    await using first = await openKeeper(redis(), new StoredEvents());
    first.publish(3);
    await shared(redis(), 3);
    await using second = await openKeeper(redis(), new StoredEvents(), { id: 'second', epoch: 'two' });
    second.publish(2);
    await vi.waitFor(() => expect(second.faults.join()).toContain('another process that lives has written there'));
    expect(await redis().admin.xlen(KEY)).toBe(3);
    // Looked at again and again, and told once.
    const looked = second.looks.length;
    await vi.waitFor(() => expect(second.looks.length).toBeGreaterThan(looked + 1));
    expect(second.faults).toHaveLength(1);
    await first.link.close();
    await shared(redis(), 2);
  });

  it('gives each reader of two processes the published sequence, whatever happens to Redis', async () => {
    const { server, admin } = redis();
    await using keeper = await openKeeper(redis(), new StoredEvents());
    await using one = await openReader(redis(), 'one');
    await using two = await openReader(redis(), 'two');
    const step = fc.constantFrom('publish', 'publish', 'publish', 'burst', 'flush', 'cut', 'reconnect', 'pause');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const begin = keeper.history.events('s').at(-1)?.position ?? 0;
        const pullers = [one, two].map(({ follow }) => new Puller(follow(begin, 'one')));
        const read: number[][] = [[], []];
        for (const what of steps) {
          if (what === 'publish') keeper.publish();
          else if (what === 'burst') keeper.publish(9);
          else if (what === 'flush') await admin.flushall();
          else if (what === 'cut') await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
          else if (what === 'reconnect') await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
          else await admin.ping();
        }
        const last = keeper.history.events('s').at(-1)?.position ?? 0;
        const wanted = upTo(last, begin + 1);
        for (const [index, puller] of pullers.entries()) {
          const items = wanted.length === 0 ? [] : await take(puller.reader, wanted.length);
          read[index] = positions(items).map(Number);
          await puller.reader.return();
        }
        expect(read).toEqual([wanted, wanted]);
      }),
      { numRuns: 15 },
    );
    expect(server.port).toBeGreaterThan(0);
  }, 60_000);
});
