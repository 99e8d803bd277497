import DataLoader from 'dataloader';
import type { AccountSnapshot, AccountSource, EquityMark, EquityRow } from '../domain/account.ts';
import type { QifiOrder } from '../domain/order.ts';
import type { Trade } from '../domain/trade.ts';
import { ownsAccount, type Viewer } from '../domain/viewer.ts';
import type { AccountDayKey, AccountFilter, AccountKey, AccountListing, AccountStore } from '../store/accounts.ts';

/**
 * Account reads of one operation, batched by key. An account that is not the viewer's answers as one that does not
 * exist, here and nowhere else, so that no resolver can forget it.
 */
export interface AccountLoaders {
  readonly latest: DataLoader<AccountKey, AccountSnapshot | undefined, string>;
  readonly ofDay: DataLoader<AccountDayKey, AccountSnapshot | undefined, string>;
  readonly equityRows: DataLoader<AccountKey, readonly EquityRow[], string>;
  readonly equityMarks: DataLoader<AccountKey, readonly EquityMark[], string>;
  readonly trades: DataLoader<AccountKey, readonly Trade[], string>;
  readonly orders: DataLoader<AccountKey, readonly QifiOrder[], string>;
  /** The viewer's accounts, ascending by account cookie. */
  list(filter: AccountFilter & { readonly portfolio?: string }): Promise<readonly AccountListing[]>;
  /** Names of the portfolios that hold an account of the viewer, ascending. */
  portfolios(source: AccountSource): Promise<readonly string[]>;
}

export function createAccountLoaders(store: AccountStore, viewer: Viewer): AccountLoaders {
  const isOwn = (key: AccountKey): boolean => ownsAccount(viewer, key.accountCookie);
  const cacheKeyFn = (key: AccountKey): string => JSON.stringify([key.source, key.accountCookie]);
  const listings = new DataLoader(
    (filters: readonly AccountFilter[]) => Promise.all(filters.map((filter) => ownListings(store, filter, isOwn))),
    { batch: false, cacheKeyFn: ({ source, search }) => JSON.stringify([source, search]) },
  );

  return {
    latest: new DataLoader(
      ownedOnly(isOwn, (keys) => store.latestSnapshots(keys), undefined),
      { cacheKeyFn },
    ),
    ofDay: new DataLoader(
      ownedOnly(isOwn, (keys: readonly AccountDayKey[]) => store.snapshotsOfDay(keys), undefined),
      {
        cacheKeyFn: (key) => JSON.stringify([key.source, key.accountCookie, key.tradingDay]),
      },
    ),
    equityRows: new DataLoader(
      ownedOnly(isOwn, (keys) => store.equityRows(keys), []),
      { cacheKeyFn },
    ),
    equityMarks: new DataLoader(
      ownedOnly(isOwn, (keys) => store.equityMarks(keys), []),
      { cacheKeyFn },
    ),
    trades: new DataLoader(
      ownedOnly(isOwn, (keys) => store.trades(keys), []),
      { cacheKeyFn },
    ),
    orders: new DataLoader(
      ownedOnly(isOwn, (keys) => store.orders(keys), []),
      { cacheKeyFn },
    ),
    list: async ({ source, portfolio, search }) => {
      const own = await listings.load({ source, ...(search === undefined ? {} : { search }) });
      return portfolio === undefined ? own.all : (own.byPortfolio.get(portfolio) ?? []);
    },
    portfolios: async (source) => [...(await listings.load({ source })).byPortfolio.keys()].sort(),
  };
}

/** The viewer's accounts of one source: read once an operation, however many portfolios ask for theirs. */
interface OwnListings {
  readonly all: readonly AccountListing[];
  readonly byPortfolio: ReadonlyMap<string, readonly AccountListing[]>;
}

async function ownListings(
  store: AccountStore,
  filter: AccountFilter,
  isOwn: (key: AccountKey) => boolean,
): Promise<OwnListings> {
  const all = (await store.listAccounts(filter)).filter(isOwn);
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
