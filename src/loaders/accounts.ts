import DataLoader from 'dataloader';
import {
  type AccountSnapshot,
  type AccountSource,
  type EquityMark,
  type EquityRow,
  MOST_MARKS,
} from '../domain/account.ts';
import type { QifiOrder } from '../domain/order.ts';
import type { Trade } from '../domain/trade.ts';
import { ownsAccount, ownsEveryAccount, type Viewer } from '../domain/viewer.ts';
import type { AccountReading } from '../store/account-reading.ts';
import type {
  AccountDayKey,
  AccountFilter,
  AccountKey,
  AccountListing,
  AccountRangeKey,
  AccountStore,
} from '../store/accounts.ts';

/**
 * Account reads of one operation, batched by key. An account that is not the viewer's answers as one that does not
 * exist, here and nowhere else, so that no resolver can forget it.
 */
export interface AccountLoaders {
  readonly latest: DataLoader<AccountKey, AccountSnapshot | undefined, string>;
  readonly ofDay: DataLoader<AccountDayKey, AccountSnapshot | undefined, string>;
  readonly equityRows: DataLoader<AccountKey, readonly EquityRow[], string>;
  /** All that an operation asks for are bounded together: COST_LIMIT. */
  readonly equityMarks: DataLoader<AccountRangeKey, readonly EquityMark[], string>;
  readonly trades: DataLoader<AccountKey, readonly Trade[], string>;
  readonly orders: DataLoader<AccountKey, readonly QifiOrder[], string>;
  /** The viewer's accounts, ascending by account cookie. */
  list(filter: AccountFilter & { readonly portfolio?: string }): Promise<readonly AccountListing[]>;
  /** Names of the portfolios that hold an account of the viewer, ascending. */
  portfolios(source: AccountSource): Promise<readonly string[]>;
}

/** The part of the account store that loaders read. */
export type AccountReads = Pick<
  AccountStore,
  'listAccounts' | 'latestSnapshots' | 'snapshotsOfDay' | 'equityRows' | 'equityMarks' | 'trades' | 'orders'
>;

export function createAccountLoaders(
  store: AccountReads,
  viewer: Viewer,
  reading: AccountReading = {},
): AccountLoaders {
  const isOwn = (key: AccountKey): boolean => ownsAccount(viewer, key.accountCookie);
  const cacheKeyFn = (key: AccountKey): string => JSON.stringify([key.source, key.accountCookie]);
  // A list is read of all accounts: what it lacks says something of accounts that are not the viewer's.
  const readingOfLists = ownsEveryAccount(viewer) ? reading : { signal: reading.signal };
  const listings = new DataLoader(
    (filters: readonly AccountFilter[]) =>
      Promise.all(filters.map(async (filter) => ownListings(await store.listAccounts(filter, readingOfLists), isOwn))),
    { batch: false, cacheKeyFn: ({ source, search }) => JSON.stringify([source, search]) },
  );

  return {
    latest: new DataLoader(
      ownedOnly(isOwn, (keys) => store.latestSnapshots(keys, reading), undefined),
      { cacheKeyFn },
    ),
    ofDay: new DataLoader(
      ownedOnly(isOwn, (keys: readonly AccountDayKey[]) => store.snapshotsOfDay(keys, reading), undefined),
      {
        cacheKeyFn: (key) => JSON.stringify([key.source, key.accountCookie, key.tradingDay]),
      },
    ),
    equityRows: new DataLoader(
      ownedOnly(isOwn, (keys) => store.equityRows(keys, reading), []),
      { cacheKeyFn },
    ),
    equityMarks: new DataLoader(ownedOnly(isOwn, boundedMarks(store, reading), []), {
      cacheKeyFn: ({ source, accountCookie, start, end }) => JSON.stringify([source, accountCookie, start, end]),
    }),
    trades: new DataLoader(
      ownedOnly(isOwn, (keys) => store.trades(keys, reading), []),
      { cacheKeyFn },
    ),
    orders: new DataLoader(
      ownedOnly(isOwn, (keys) => store.orders(keys, reading), []),
      { cacheKeyFn },
    ),
    list: async ({ source, portfolio, search }) => {
      const own = await listings.load({ source, ...(search === undefined ? {} : { search }) });
      return portfolio === undefined ? own.all : (own.byPortfolio.get(portfolio) ?? []);
    },
    portfolios: async (source) => [...(await listings.load({ source })).byPortfolio.keys()].sort(),
  };
}

/** Reads marks, one batch after the other, until the operation has had as many as it may have. */
function boundedMarks(store: AccountReads, reading: AccountReading) {
  let left = MOST_MARKS;
  let before: Promise<unknown> = Promise.resolve();
  const read = async (keys: readonly AccountRangeKey[]) => {
    const lists = await store.equityMarks(keys, { ...reading, most: left });
    left -= lists.reduce((sum, { length }) => sum + length, 0);
    return lists;
  };
  return (keys: readonly AccountRangeKey[]) => {
    const lists = before.then(() => read(keys));
    before = lists.catch(() => undefined);
    return lists;
  };
}

/** The viewer's accounts of one source: read once an operation, however many portfolios ask for theirs. */
interface OwnListings {
  readonly all: readonly AccountListing[];
  readonly byPortfolio: ReadonlyMap<string, readonly AccountListing[]>;
}

function ownListings(listed: readonly AccountListing[], isOwn: (key: AccountKey) => boolean): OwnListings {
  const all = listed.filter(isOwn);
  const named = all.filter(({ portfolio }) => portfolio !== null);
  return { all, byPortfolio: Map.groupBy(named, ({ portfolio }) => portfolio ?? '') };
}

/** A batch function that asks the store for the viewer's keys only and answers `nothing` for all others. */
function ownedOnly<Key extends AccountKey, Value>(
  isOwn: (key: AccountKey) => boolean,
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
  nothing: Value,
): (keys: readonly Key[]) => Promise<readonly Value[]> {
  return async (keys) => {
    const own = keys.filter(isOwn);
    const values = own.length === 0 ? [] : await read(own);
    let next = 0;
    return keys.map((key) => (isOwn(key) ? (values[next++] ?? nothing) : nothing));
  };
}
