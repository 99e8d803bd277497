import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { openEvents } from './event-reader.ts';
import { type Quote, type ServedDesk, serveDesk } from './served-desk.ts';

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
  await Promise.all([desk.feeds.quotes, desk.feeds.prints].map((feed) => feed.untilReaders(0)));
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
