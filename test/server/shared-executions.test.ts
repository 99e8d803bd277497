import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { openEvents } from './event-reader.ts';
import { type Line, type Quote, type ServedDesk, serveDesk } from './served-desk.ts';

const VIEWERS: Readonly<Record<string, Viewer>> = {
  ann: { ...LOCAL_VIEWER, subject: 'ann', roles: ['VIEWER'], accountPatterns: ['a*'] },
  bob: { ...LOCAL_VIEWER, subject: 'bob', roles: ['VIEWER'], accountPatterns: ['a*'] },
  eve: { ...LOCAL_VIEWER, subject: 'eve', roles: ['TRADER'], accountPatterns: ['a*'] },
};

let desk: ServedDesk;
const ends: (() => void)[] = [];

beforeEach(async () => {
  desk = await serveDesk({}, { viewerOf: async (who = '') => VIEWERS[who] ?? LOCAL_VIEWER });
});

afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await Promise.all([desk.feeds.quotes, desk.feeds.prints, desk.feeds.lines].map((feed) => feed.untilReaders(0)));
  await desk.close();
});

interface Subscription {
  readonly query: string;
  readonly variables?: object;
  /** Who asks. */
  readonly authorization: string;
}

/** Reads events of a subscription, over whichever transport. */
interface Follower {
  /** The data of the next so many events. */
  take(count: number): Promise<unknown[]>;
}

async function overSocket({ query, variables = {}, authorization }: Subscription): Promise<Follower> {
  const client = await connectSocket(desk.port, { headers: { authorization } });
  ends.push(() => client.webSocket.terminate());
  client.subscribe('1', query, { variables });
  await client.rest();
  return { take: async (count) => (await client.take(count)).map(({ payload }) => Object(payload).data) };
}

async function overEvents({ query, variables = {}, authorization }: Subscription): Promise<Follower> {
  const events = await openEvents(desk, query, { variables, headers: { authorization } });
  ends.push(() => events.destroy());
  const take = async (count: number): Promise<unknown[]> => {
    const taken: unknown[] = [];
    while (taken.length < count) taken.push(JSON.parse((await events.next()).data).data);
    return taken;
  };
  return { take };
}

const DOCUMENT = 'subscription ($most: Int) { quotes(most: $most) { symbol seq } }';
const TAPE = DOCUMENT.replace('quotes', 'prints');

describe.each([
  ['of what is conflated', DOCUMENT, 'quotes'],
  ['of the tape', TAPE, 'prints'],
] as const)('executions %s', (_what, query, name) => {
  it('are exactly one for each event and distinct document, variables and scope, whoever follows over whatever', async () => {
    // Ann and Bob may do and see the same; Eve may do something else.
    const asked: readonly Subscription[] = [
      { query, variables: { most: 1 }, authorization: 'ann' },
      { query, variables: { most: 1 }, authorization: 'bob' },
      { query, variables: { most: 2 }, authorization: 'bob' },
      { query, variables: { most: 1 }, authorization: 'eve' },
      { query: query.replace('symbol seq', 'seq symbol'), variables: { most: 1 }, authorization: 'ann' },
    ];
    const distinct = 4;
    const followers: Follower[] = [];
    for (const subscription of asked) {
      for (let copy = 0; copy < 3; copy++) {
        followers.push(await overSocket(subscription), await overEvents(subscription));
      }
    }
    const feed = desk.feeds[name];
    await feed.untilReaders(distinct);
    const events: Quote[] = Array.from({ length: 10 }, (_, index) => ({ symbol: 'AB'.charAt(index % 2), seq: index }));
    feed.publish(...events.slice(0, 6));
    await feed.untilAwaited();
    feed.publish(...events.slice(6));
    for (const follower of followers) {
      expect(await follower.take(events.length)).toEqual(events.map((event) => ({ [name]: event })));
    }
    expect(desk.feeds.resolved).toBe(events.length * distinct);
    expect(feed.opened).toBe(distinct);
  });
});

describe('executions of a lossless stream', () => {
  const query = 'subscription { notes { text } }';
  const linesFrom = (first: number, count: number): Line[] =>
    Array.from({ length: count }, (_, index) => ({ cursor: `c${first + index}`, text: `line ${first + index}` }));
  const told = (lines: readonly Line[]) => lines.map(({ text }) => ({ notes: { text } }));

  it('are one for each event and distinct document and scope, though each reader is at its own place', async () => {
    const followers: Follower[] = [];
    for (const authorization of ['ann', 'bob', 'eve']) {
      for (let copy = 0; copy < 3; copy++) {
        followers.push(await overSocket({ query, authorization }), await overEvents({ query, authorization }));
      }
    }
    await desk.feeds.lines.untilReaders(followers.length);
    const lines = linesFrom(0, 20);
    desk.feeds.lines.publish(...lines);
    for (const follower of followers) expect(await follower.take(lines.length)).toEqual(told(lines));
    // Ann and Bob may do and see the same.
    expect(desk.feeds.resolved).toBe(2 * lines.length);
  });

  it('are none for who leaves, and go on for who stays', async () => {
    const [first, second] = [
      await overSocket({ query, authorization: 'ann' }),
      await overEvents({ query, authorization: 'ann' }),
    ];
    await desk.feeds.lines.untilReaders(2);
    desk.feeds.lines.publish(...linesFrom(0, 5));
    await first.take(5);
    ends.shift()?.();
    await desk.feeds.lines.untilReaders(1);
    desk.feeds.lines.publish(...linesFrom(5, 5));
    expect(await second.take(10)).toEqual(told(linesFrom(0, 10)));
    expect(desk.feeds.resolved).toBe(10);
  });

  it('do not wait for a reader that has stopped reading, which then gets every event', async () => {
    const stalled = await connectSocket(desk.port, { headers: { authorization: 'ann' } });
    ends.push(() => stalled.webSocket.terminate());
    stalled.subscribe('1', query);
    const other = await overSocket({ query, authorization: 'ann' });
    await desk.feeds.lines.untilReaders(2);
    stalled.webSocket.pause();
    const text = 'x'.repeat(100_000);
    const lines = linesFrom(0, 200).map((line) => ({ ...line, text: `${line.text} ${text}` }));
    desk.feeds.lines.publish(...lines);
    expect(await other.take(lines.length)).toEqual(told(lines));
    stalled.webSocket.resume();
    const seen = (await stalled.take(lines.length)).map(({ payload }) => Object(payload).data);
    expect(seen).toEqual(told(lines));
  });
});

describe('a selection', () => {
  const shared = [
    ['with a fragment', 'subscription { quotes { ...Q } } fragment Q on Quote { symbol seq }'],
    ['with a fragment in a fragment', 'subscription { quotes { ...Q } } fragment Q on Quote { ... on Quote { seq } }'],
    ['with a condition', 'subscription ($is: Boolean = true) { quotes { seq ... @include(if: $is) { symbol } } }'],
    ['with __typename', 'subscription { quotes { __typename seq } }'],
    ['that goes where it is the same for all', 'subscription { quotes { plain { plain { seq } } } }'],
  ] as const;

  it.each(shared)('%s is shared', async (_what, query) => {
    const followers = [
      await overSocket({ query, authorization: 'ann' }),
      await overEvents({ query, authorization: 'bob' }),
    ];
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    const [first, second] = [await followers[0]?.take(1), await followers[1]?.take(1)];
    expect(first).toMatchObject([{ quotes: {} }]);
    expect(second).toEqual(first);
    expect([desk.feeds.quotes.opened, desk.feeds.resolved]).toEqual([1, 1]);
  });

  it.each([
    ['below a fragment', 'subscription { quotes { ...Q } } fragment Q on Quote { same { seq } }'],
    ['below what is the same for all', 'subscription { quotes { plain { ... on Quote { same { seq } } } } }'],
  ])('that leads %s to what may depend on who asks is not', async (_what, query) => {
    await overSocket({ query, authorization: 'ann' });
    await overSocket({ query, authorization: 'ann' });
    await desk.feeds.quotes.untilReaders(2);
    expect(desk.feeds.quotes.opened).toBe(2);
  });
});
