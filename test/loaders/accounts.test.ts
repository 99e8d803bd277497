import { describe, expect, it } from 'vitest';
import { type AccountSnapshot, MOST_MARKS } from '../../src/domain/account.ts';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { type AccountReads, createAccountLoaders } from '../../src/loaders/accounts.ts';
import type { AccountFilter, AccountKey, AccountListing, AccountRangeKey } from '../../src/store/accounts.ts';

const ann: Viewer = { ...LOCAL_VIEWER, subject: 'ann', roles: ['VIEWER'], accountPatterns: ['ann-*'] };
const key = (accountCookie: string): AccountKey => ({ source: 'HISTORY', accountCookie });

/** A store in memory that holds every account, and counts how it is asked. */
function countingStore(portfolios: Readonly<Record<string, string>>) {
  const asked: string[][] = [];
  const listed: AccountFilter[] = [];
  const note = <Key extends AccountKey>(keys: readonly Key[]): readonly Key[] => {
    asked.push(keys.map(({ accountCookie }) => accountCookie));
    return keys;
  };
  const listings: AccountListing[] = Object.entries(portfolios).map(([accountCookie, portfolio]) => ({
    ...key(accountCookie),
    portfolio,
  }));
  const snapshot = ({ accountCookie }: AccountKey) => ({ accountCookie }) as AccountSnapshot; // only identity matters here
  const store: AccountReads = {
    listAccounts: async (filter) => {
      listed.push(filter);
      return listings;
    },
    latestSnapshots: async (keys) => note(keys).map(snapshot),
    snapshotsOfDay: async (keys) => note(keys).map(snapshot),
    equityRows: async (keys) =>
      note(keys).map(() => [
        { tradingDay: 1, balance: 2, available: 0, margin: 0, deposit: 0, withdraw: 0, preBalance: 0 },
      ]),
    equityMarks: async (keys) => note(keys).map(() => [{ at: 1, balance: 2 }]),
    trades: async (keys) => note(keys).map(() => []),
    orders: async (keys) => note(keys).map(() => []),
  };
  return { store, asked, listed };
}

describe('account loaders', () => {
  it('ask the store once for all keys of a turn, each key once', async () => {
    const { store, asked } = countingStore({});
    const loaders = createAccountLoaders(store, ann);
    const loaded = await Promise.all(['ann-1', 'ann-2', 'ann-1'].map((name) => loaders.latest.load(key(name))));
    expect(loaded.map((each) => each?.accountCookie)).toEqual(['ann-1', 'ann-2', 'ann-1']);
    expect(asked).toEqual([['ann-1', 'ann-2']]);
  });

  it("answer somebody else's account like one that does not exist, and never ask the store for it", async () => {
    const { store, asked } = countingStore({});
    const loaders = createAccountLoaders(store, ann);
    const other = key('bob-1');
    expect(await loaders.latest.load(other)).toBeUndefined();
    expect(await loaders.ofDay.load({ ...other, tradingDay: 1 })).toBeUndefined();
    expect(await loaders.equityRows.load(other)).toEqual([]);
    expect(await loaders.equityMarks.load(other)).toEqual([]);
    expect(await loaders.trades.load(other)).toEqual([]);
    expect(await loaders.orders.load(other)).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('keep own and foreign keys of one turn apart', async () => {
    const { store, asked } = countingStore({});
    const loaders = createAccountLoaders(store, ann);
    const loaded = await Promise.all(['bob-1', 'ann-1', 'bob-2'].map((name) => loaders.latest.load(key(name))));
    expect(loaded.map((each) => each?.accountCookie)).toEqual([undefined, 'ann-1', undefined]);
    expect(asked).toEqual([['ann-1']]);
  });

  it('read the list of a source once an operation, however many portfolios ask for theirs', async () => {
    const portfolios = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`ann-${index}`, `p${index % 100}`]),
    );
    const { store, listed } = countingStore(portfolios);
    const loaders = createAccountLoaders(store, ann);
    const lists = await Promise.all(
      Array.from({ length: 100 }, (_, index) => loaders.list({ source: 'HISTORY', portfolio: `p${index}` })),
    );
    expect(lists.map((list) => list.length)).toEqual(Array(100).fill(3));
    await loaders.portfolios('HISTORY');
    expect(listed).toEqual([{ source: 'HISTORY' }]);
  });

  it('list only own accounts, and only portfolios that hold one', async () => {
    const { store } = countingStore({ 'ann-1': 'trend', 'bob-1': 'secret', 'ann-2': 'arbitrage', 'ann-3': 'trend' });
    const loaders = createAccountLoaders(store, ann);
    const listed = await loaders.list({ source: 'HISTORY' });
    expect(listed.map(({ accountCookie }) => accountCookie)).toEqual(['ann-1', 'ann-2', 'ann-3']);
    expect(await loaders.portfolios('HISTORY')).toEqual(['arbitrage', 'trend']);
  });

  it('read the marks of each range once, those of one turn together', async () => {
    const asked: (readonly AccountRangeKey[])[] = [];
    const { store } = countingStore({});
    const equityMarks: AccountReads['equityMarks'] = async (keys) => {
      asked.push(keys);
      return keys.map(({ start = 0 }) => [{ at: start, balance: 1 }]);
    };
    const loaders = createAccountLoaders({ ...store, equityMarks }, ann);
    const ranges = [{ start: 1, end: 2 }, { start: 1, end: 3 }, { start: 1 }, {}, { start: -Infinity, end: Infinity }];
    const load = (range: object) => loaders.equityMarks.load({ ...key('ann-1'), ...range });
    const found = await Promise.all([...ranges, ...ranges].map(load));
    expect(found.map(([mark]) => mark?.at)).toEqual([1, 1, 1, 0, 0, 1, 1, 1, 0, 0]);
    expect(asked).toEqual([ranges.slice(0, 4).map((range) => ({ ...key('ann-1'), ...range }))]);
  });

  it('bound the marks of an operation, in however many turns it asks for them', async () => {
    const bounds: (number | undefined)[] = [];
    const { store } = countingStore({});
    const equityMarks: AccountReads['equityMarks'] = async (keys, { most } = {}) => {
      bounds.push(most);
      if (bounds.length === 2) throw new Error('away');
      return keys.map(() => [
        { at: 1, balance: 1 },
        { at: 2, balance: 1 },
      ]);
    };
    const loaders = createAccountLoaders({ ...store, equityMarks }, ann);
    const load = (end: number) => loaders.equityMarks.load({ ...key('ann-1'), end }).catch(() => []);
    await Promise.all([load(1), load(2)]);
    await load(3);
    await load(4);
    expect(bounds).toEqual([MOST_MARKS, MOST_MARKS - 4, MOST_MARKS - 4]);
  });

  it('tell the store who waits for the answer, and what is to be reported', async () => {
    const readings: unknown[] = [];
    const { store } = countingStore({ 'ann-1': 'p' });
    const note = <Answer>(answer: (keys: readonly AccountKey[]) => Promise<Answer>) => {
      return (keys: readonly AccountKey[], reading: unknown) => {
        readings.push(reading);
        return answer(keys);
      };
    };
    const reading = { signal: new AbortController().signal, report: () => {} };
    const noting: AccountReads = {
      listAccounts: (filter, each) => {
        readings.push(each);
        return store.listAccounts(filter);
      },
      latestSnapshots: note(store.latestSnapshots),
      snapshotsOfDay: (keys, each) => note(() => store.snapshotsOfDay(keys))(keys, each),
      equityRows: note(store.equityRows),
      equityMarks: note(store.equityMarks),
      trades: note(store.trades),
      orders: note(store.orders),
    };
    const loaders = createAccountLoaders(noting, LOCAL_VIEWER, reading);
    const asked = key('ann-1');
    await loaders.latest.load(asked);
    await loaders.ofDay.load({ ...asked, tradingDay: 1 });
    await loaders.equityRows.load(asked);
    await loaders.equityMarks.load(asked);
    await loaders.trades.load(asked);
    await loaders.orders.load(asked);
    await loaders.list({ source: 'HISTORY' });
    expect(readings).toHaveLength(7);
    for (const each of readings) expect(each).toMatchObject(reading);
    // What a list lacks may be somebody else's.
    await createAccountLoaders(noting, ann, reading).list({ source: 'HISTORY' });
    expect(readings.at(-1)).toEqual({ signal: reading.signal });
  });

  it('fail every key of a batch when the store cannot be asked', async () => {
    const { store } = countingStore({});
    const failing: AccountReads = { ...store, latestSnapshots: () => Promise.reject(new Error('away')) };
    const loaders = createAccountLoaders(failing, ann);
    const loads = await Promise.allSettled(['ann-1', 'ann-2'].map((name) => loaders.latest.load(key(name))));
    expect(loads.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});
