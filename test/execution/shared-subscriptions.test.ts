import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { type ExecutionResult, GraphQLError, GraphQLInt, GraphQLObjectType, GraphQLSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { SharedDelivery } from '../../src/domain/stream.ts';
import { createExecution } from '../../src/execution/execution.ts';
import type { ResponseStream } from '../../src/execution/response-stream.ts';
import {
  type Leave,
  type Member,
  type Payload,
  type SharedSubscription,
  SharedSubscriptions,
} from '../../src/execution/shared-subscriptions.ts';
import { Feed } from './feed.ts';

interface Quote {
  readonly symbol: string;
  readonly seq: number;
  readonly openTime?: string;
}

const CONFLATED: SharedDelivery<Quote> = { kind: 'CONFLATED', keyOf: ({ symbol }) => symbol };
const TAPE: SharedDelivery<Quote> = { ...CONFLATED, kind: 'TAPE' };

/** Remembers everything that it is told. */
class Recorder implements Member {
  readonly seen: string[] = [];
  readonly writes: (readonly Payload[])[] = [];
  readonly endings: unknown[] = [];

  deliver(payloads: readonly Payload[]): void {
    this.writes.push(payloads);
    for (const { json } of payloads) this.seen.push(json.toString());
  }

  end(error?: unknown): void {
    this.endings.push(error);
  }
}

/** A subscription whose payloads are texts like `A1`: symbol and seq. */
function desk() {
  const feed = new Feed<Quote>();
  let resolved = 0;
  let encoded = 0;
  const quote: GraphQLObjectType = new GraphQLObjectType({
    name: 'Quote',
    fields: {
      seq: {
        type: GraphQLInt,
        resolve: ({ seq }: Quote) => {
          resolved++;
          return seq;
        },
      },
    },
  });
  const subscription = new GraphQLObjectType({
    name: 'Subscription',
    fields: { quote: { type: quote, subscribe: () => feed.subscribe(), resolve: (event) => event } },
  });
  const execution = createExecution({ schema: new GraphQLSchema({ query: quote, subscription }) });
  const start = (): Promise<ResponseStream | ExecutionResult> =>
    execution.subscribe({
      document: parse('subscription { quote { seq } }'),
      contextOfEvent: () => ({}),
      onFault: (error) => {
        throw error;
      },
    });
  const encode = ({ data }: ExecutionResult): Buffer => {
    encoded++;
    return Buffer.from(JSON.stringify(data));
  };
  const asked = (options: Partial<SharedSubscription> = {}): SharedSubscription => ({
    key: 'quotes',
    delivery: CONFLATED as SharedDelivery<unknown>,
    start,
    encode,
    ...options,
  });
  const shared = new SharedSubscriptions();
  const join = async (member: Member, options: Partial<SharedSubscription> = {}): Promise<Leave> => {
    const joined = await shared.join(asked(options), member);
    if (typeof joined !== 'function') throw new Error(`received ${JSON.stringify(joined)}, wanted to follow`);
    return joined;
  };
  return { feed, shared, asked, join, counts: () => ({ resolved, encoded }) };
}

function text(seq: number): string {
  return JSON.stringify({ quote: { seq } });
}

/** Until everything that was published has reached the members. */
async function settle({ feed }: { readonly feed: Feed<Quote> }): Promise<void> {
  await feed.untilAwaited();
  await nextTurn();
}

describe('identical subscriptions', () => {
  it('run once for each event, however many follow', async () => {
    const { feed, shared, join, counts } = desk();
    const members = Array.from({ length: 50 }, () => new Recorder());
    await Promise.all(members.map((member) => join(member)));
    feed.publish({ symbol: 'A', seq: 1 }, { symbol: 'A', seq: 2 }, { symbol: 'B', seq: 3 });
    await settle({ feed });
    expect([shared.size, feed.opened, counts()]).toEqual([1, 1, { resolved: 3, encoded: 3 }]);
    for (const { seen, writes } of members) {
      expect(seen).toEqual([text(1), text(2), text(3)]);
      // The very same list for all, in one go.
      expect(writes).toHaveLength(1);
      expect(writes[0]).toBe(members[0]?.writes[0]);
    }
  });

  it('are told by one signal when they are over: left by all, at their end, or never started', async () => {
    const signals: AbortSignal[] = [];
    const { feed, shared, asked, join } = desk();
    const { start } = asked();
    const noting: Partial<SharedSubscription> = {
      start: (signal) => {
        signals.push(signal);
        return start(signal);
      },
    };
    const [leaveFirst, leaveLast] = [await join(new Recorder(), noting), await join(new Recorder(), noting)];
    leaveFirst();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    leaveLast();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await join(new Recorder(), noting);
    feed.end();
    await feed.untilReaders(0);
    await nextTurn();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    const refused = asked({
      start: (signal) => {
        signals.push(signal);
        return Promise.reject(new Error('no source'));
      },
    });
    await expect(shared.join(refused, new Recorder())).rejects.toThrow('no source');
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, true]);
  });

  it('run once for each key of their own', async () => {
    const { feed, shared, join, counts } = desk();
    const members = [new Recorder(), new Recorder(), new Recorder()];
    await Promise.all(members.map((member, index) => join(member, { key: index === 0 ? 'one' : 'other' })));
    feed.publish({ symbol: 'A', seq: 1 });
    await settle({ feed });
    expect([shared.size, feed.opened, counts().resolved]).toEqual([2, 2, 2]);
    for (const { seen } of members) expect(seen).toEqual([text(1)]);
  });

  it('give their source back with the last who leaves, and start anew after that', async () => {
    const { feed, shared, join } = desk();
    const [first, second] = [new Recorder(), new Recorder()];
    const leaveFirst = await join(first);
    const leaveSecond = await join(second);
    leaveFirst();
    leaveFirst();
    feed.publish({ symbol: 'A', seq: 1 });
    await settle({ feed });
    expect([feed.readers, shared.size, first.seen, second.seen]).toEqual([1, 1, [], [text(1)]]);
    leaveSecond();
    expect([feed.readers, shared.size]).toEqual([0, 0]);
    const third = new Recorder();
    const leaveThird = await join(third);
    feed.publish({ symbol: 'A', seq: 2 });
    await settle({ feed });
    expect([feed.opened, third.seen]).toEqual([2, [text(2)]]);
    leaveThird();
    expect([feed.readers, first.endings, third.endings]).toEqual([0, [], []]);
  });

  it('go on for who waits for the start when the one before has left', async () => {
    const { feed, join } = desk();
    const late = new Recorder();
    const joins = [join(new Recorder()), join(late)] as const;
    (await joins[0])();
    const leave = await joins[1];
    feed.publish({ symbol: 'A', seq: 1 });
    await settle({ feed });
    expect(late.seen).toEqual([text(1)]);
    leave();
    expect(feed.readers).toBe(0);
  });
});

describe('who comes later', () => {
  it('first gets the newest payload of each key, also of this turn, and none of them again', async () => {
    const { feed, join } = desk();
    const first = new Recorder();
    await join(first);
    feed.publish({ symbol: 'A', seq: 1 }, { symbol: 'B', seq: 2 }, { symbol: 'A', seq: 3 });
    await feed.untilAwaited();
    const late = new Recorder();
    await join(late);
    expect(late.seen).toEqual([text(3), text(2)]);
    feed.publish({ symbol: 'B', seq: 4 });
    await settle({ feed });
    expect(late.seen).toEqual([text(3), text(2), text(4)]);
    expect(first.seen).toEqual([1, 2, 3, 4].map(text));
  });

  it('gets the newest part of a key only, while whoever is behind keeps them apart', async () => {
    const { feed, join } = desk();
    const delivery = { ...CONFLATED, partOf: ({ openTime }: Quote) => openTime } as SharedDelivery<unknown>;
    const first = new Recorder();
    await join(first, { delivery });
    feed.publish({ symbol: 'A', seq: 1, openTime: '09:00' }, { symbol: 'A', seq: 2, openTime: '09:01' });
    await settle({ feed });
    const late = new Recorder();
    await join(late, { delivery });
    expect(late.seen).toEqual([text(2)]);
    expect(new Set(first.writes.flat().map(({ key }) => key)).size).toBe(2);
  });

  it('gets nothing of a key that is over, until something new comes of it', async () => {
    const { feed, join } = desk();
    const delivery = { ...CONFLATED, isOver: ({ seq }: Quote) => seq % 2 === 0 } as SharedDelivery<unknown>;
    const first = new Recorder();
    await join(first, { delivery });
    feed.publish({ symbol: 'A', seq: 1 }, { symbol: 'B', seq: 3 }, { symbol: 'A', seq: 4 });
    await settle({ feed });
    const late = new Recorder();
    await join(late, { delivery });
    expect(late.seen).toEqual([text(3)]);
    feed.publish({ symbol: 'A', seq: 5 });
    await settle({ feed });
    const last = new Recorder();
    await join(last, { delivery });
    expect(new Set(last.seen)).toEqual(new Set([text(3), text(5)]));
    expect(first.seen).toEqual([1, 3, 4, 5].map(text));
  });

  it('gets nothing of the tape from before', async () => {
    const { feed, join } = desk();
    const delivery = TAPE as SharedDelivery<unknown>;
    await join(new Recorder(), { delivery });
    feed.publish({ symbol: 'A', seq: 1 });
    await feed.untilAwaited();
    const late = new Recorder();
    await join(late, { delivery });
    feed.publish({ symbol: 'A', seq: 2 });
    await settle({ feed });
    expect(late.seen).toEqual([text(2)]);
    expect(late.writes.flat().map(({ key }) => key)).toEqual([undefined]);
  });
});

describe('a subscription that does not go well', () => {
  it('is refused to all who waited for it, and tried again for the next', async () => {
    const { feed, shared, asked, join } = desk();
    const refusal = { errors: [new GraphQLError('not now')] };
    const started = Promise.withResolvers<ExecutionResult>();
    const start = () => started.promise;
    const joins = [1, 2, 3].map(() => shared.join(asked({ start }), new Recorder()));
    started.resolve(refusal);
    expect(await Promise.all(joins)).toEqual([refusal, refusal, refusal]);
    expect(shared.size).toBe(0);
    await join(new Recorder());
    expect(feed.readers).toBe(1);
  });

  it('rejects for all who waited when it cannot even be refused', async () => {
    const { shared, asked } = desk();
    const failure = new Error('no start');
    const joins = [1, 2].map(() => shared.join(asked({ start: () => Promise.reject(failure) }), new Recorder()));
    expect(await Promise.allSettled(joins)).toEqual(joins.map(() => ({ status: 'rejected', reason: failure })));
    expect(shared.size).toBe(0);
  });

  it.each([
    ['an error', new Error('the venue is gone'), new Error('the venue is gone')],
    ['nothing', undefined, new Error('the source of a subscription threw nothing')],
  ])('ends for all when its source throws %s, after what came before', async (_what, thrown, told) => {
    const { feed, shared, join } = desk();
    const members = [new Recorder(), new Recorder()];
    await Promise.all(members.map((member) => join(member)));
    feed.publish({ symbol: 'A', seq: 1 });
    feed.fail(thrown);
    await feed.untilReaders(0);
    await nextTurn();
    for (const { seen, endings } of members) expect([seen, endings]).toEqual([[text(1)], [told]]);
    expect(shared.size).toBe(0);
  });

  it('ends for all when an event has no key or cannot be encoded', async () => {
    const failure = new Error('not this one');
    const fail = (): never => {
      throw failure;
    };
    for (const fault of [{ encode: fail }, { delivery: { ...CONFLATED, keyOf: fail } }]) {
      const { feed, shared, join } = desk();
      const member = new Recorder();
      await join(member, fault);
      feed.publish({ symbol: 'A', seq: 1 });
      await feed.untilReaders(0);
      await nextTurn();
      expect([member.seen, member.endings, shared.size]).toEqual([[], [failure], 0]);
    }
  });

  it('just ends with a source that has an end', async () => {
    const { feed, shared, join } = desk();
    const member = new Recorder();
    const leave = await join(member);
    feed.publish({ symbol: 'A', seq: 1 });
    feed.end();
    await feed.untilReaders(0);
    await nextTurn();
    leave();
    expect([member.seen, member.endings, shared.size]).toEqual([[text(1)], [undefined], 0]);
  });
});

describe('a member that leaves in the middle of a flush', () => {
  it('costs the others nothing, whoever of them it takes along', async () => {
    const { feed, join } = desk();
    const leaves: Leave[] = [];
    const quitter = new Recorder();
    const taken = new Recorder();
    const stays = new Recorder();
    const deliver = quitter.deliver.bind(quitter);
    quitter.deliver = (payloads) => {
      deliver(payloads);
      leaves[0]?.();
      leaves[1]?.();
    };
    for (const member of [quitter, taken, stays]) leaves.push(await join(member));
    feed.publish({ symbol: 'A', seq: 1 });
    await settle({ feed });
    feed.publish({ symbol: 'A', seq: 2 });
    await settle({ feed });
    expect([quitter.seen, taken.seen, stays.seen]).toEqual([[text(1)], [], [text(1), text(2)]]);
    expect(feed.readers).toBe(1);
  });

  it('may be the last one', async () => {
    const { feed, shared, join } = desk();
    const member = new Recorder();
    const leave = await join(member);
    member.deliver = () => leave();
    feed.publish({ symbol: 'A', seq: 1 });
    feed.end();
    await feed.untilReaders(0);
    await nextTurn();
    expect([shared.size, member.endings]).toEqual([0, []]);
  });
});

type Step =
  | { readonly do: 'join' | 'turn' | 'wait' }
  | { readonly do: 'leave'; readonly who: number }
  | { readonly do: 'publish'; readonly symbols: readonly string[] };

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('join' as const) }),
    fc.record({ do: fc.constantFrom('turn' as const, 'wait' as const) }),
    fc.record({ do: fc.constant('leave' as const), who: fc.nat(9) }),
    fc.record({
      do: fc.constant('publish' as const),
      symbols: fc.array(fc.constantFrom('A', 'B', 'C'), { minLength: 1, maxLength: 5 }),
    }),
  ),
  { minLength: 1, maxLength: 30 },
);

interface Follower {
  readonly recorder: Recorder;
  readonly leave: Leave;
  /** How many events there were, at least and at most, when it came. */
  readonly cameAfter: { readonly delivered: number; readonly published: number };
}

/** One member stays throughout and sees everything; the others come and go. */
async function play(each: readonly Step[], kind: SharedDelivery<unknown>['kind']) {
  const { feed, join } = desk();
  const delivery = { ...CONFLATED, kind } as SharedDelivery<unknown>;
  const events: Quote[] = [];
  const witness = new Recorder();
  const leaveWitness = await join(witness, { delivery });
  const followers: Follower[] = [];
  const left: Follower[] = [];
  for (const step of each) {
    if (step.do === 'join') {
      const recorder = new Recorder();
      const delivered = witness.seen.length;
      const leave = await join(recorder, { delivery });
      followers.push({ recorder, leave, cameAfter: { delivered, published: events.length } });
    } else if (step.do === 'leave') {
      const [gone] = followers.splice(step.who, 1);
      gone?.leave();
      if (gone !== undefined) left.push(gone);
    } else if (step.do === 'publish') {
      const published = step.symbols.map((symbol, index) => ({ symbol, seq: events.length + index + 1 }));
      events.push(...published);
      feed.publish(...published);
    } else if (step.do === 'wait') await feed.untilAwaited();
    else await nextTurn();
  }
  await settle({ feed });
  leaveWitness();
  for (const { leave } of followers) leave();
  return { events, witness, followers, left, readers: feed.readers };
}

describe('over any interleaving of coming, going and publishing', () => {
  const seqsOf = ({ seen }: Recorder): number[] => seen.map((json) => JSON.parse(json).quote.seq);

  it('everybody gets the newest of each key first and then every event, once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (each) => {
        const { events, witness, followers, left, readers } = await play(each, 'CONFLATED');
        expect(readers).toBe(0);
        expect(seqsOf(witness)).toEqual(events.map(({ seq }) => seq));
        for (const { recorder, cameAfter } of [...followers, ...left]) {
          const seqs = seqsOf(recorder);
          const isStill = followers.some((follower) => follower.recorder === recorder);
          const explained = Array.from(
            { length: cameAfter.published - cameAfter.delivered + 1 },
            (_, index) => cameAfter.delivered + index,
          ).some((at) => {
            const newest = new Map<string, number>();
            for (const { symbol, seq } of events.slice(0, at)) newest.set(symbol, seq);
            const wanted = [...newest.values(), ...events.slice(at).map(({ seq }) => seq)];
            return JSON.stringify(isStill ? wanted : wanted.slice(0, seqs.length)) === JSON.stringify(seqs);
          });
          expect(explained, `${seqs} of ${JSON.stringify({ events, cameAfter })}`).toBe(true);
        }
      }),
    );
  });

  it('everybody gets the tape from where they came, once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (each) => {
        const { events, witness, followers, left, readers } = await play(each, 'TAPE');
        expect(readers).toBe(0);
        expect(seqsOf(witness)).toEqual(events.map(({ seq }) => seq));
        for (const { recorder, cameAfter } of [...followers, ...left]) {
          const seqs = seqsOf(recorder);
          const [first = cameAfter.published + 1] = seqs;
          expect(first).toBeGreaterThan(cameAfter.delivered);
          expect(first).toBeLessThanOrEqual(cameAfter.published + 1);
          expect(seqs).toEqual(seqs.map((_, index) => first + index));
        }
        for (const { recorder, cameAfter } of followers) {
          const [first = events.length + 1] = seqsOf(recorder);
          expect(first).toBeLessThanOrEqual(cameAfter.published + 1);
          expect(seqsOf(recorder)).toHaveLength(events.length - first + 1);
        }
      }),
    );
  });
});
