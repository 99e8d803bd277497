import type { AccountSnapshot, AccountSource, EquityMark, EquityRow } from '../domain/account.ts';
import type { AccountDocument } from '../domain/account-document.ts';
import type { Day } from '../domain/day.ts';
import type { QifiOrder } from '../domain/order.ts';
import type { Trade } from '../domain/trade.ts';

/** Names one account in one of the two QIFI stores. */
export interface AccountKey {
  readonly source: AccountSource;
  readonly accountCookie: string;
}

/** One account's state of one trading day. */
export interface AccountDayKey extends AccountKey {
  readonly tradingDay: Day;
}

/** What a list of accounts can be narrowed by. */
export interface AccountFilter {
  readonly source: AccountSource;
  /** Case-insensitive substring of the account cookie, taken literally. */
  readonly search?: string;
}

/** An account in a list: enough to authorize, sort and page without reading its states. */
export interface AccountListing extends AccountKey {
  readonly portfolio: string | null;
}

/**
 * Where QIFI accounts are read from. Each method answers one value per key, in the order of the keys; an account that
 * is not there answers undefined or an empty list. Fails with UPSTREAM_UNAVAILABLE when the store cannot be reached.
 */
export interface AccountStore {
  /** Resolves when accounts can be read. A store that has to wait for that gives up when the signal says so. */
  check(signal: AbortSignal): Promise<void>;
  /** Ascending by account cookie (code unit order), each account once, with the portfolio of its latest state. */
  listAccounts(filter: AccountFilter): Promise<readonly AccountListing[]>;
  latestSnapshots(keys: readonly AccountKey[]): Promise<readonly (AccountSnapshot | undefined)[]>;
  snapshotsOfDay(keys: readonly AccountDayKey[]): Promise<readonly (AccountSnapshot | undefined)[]>;
  /**
   * The daily series, ascending, one row a day; days without a balance are left out. For REALTIME the last mark of a
   * day makes its row when no state of the day does.
   */
  equityRows(keys: readonly AccountKey[]): Promise<readonly (readonly EquityRow[])[]>;
  /** Stored intraday marks, ascending; empty for HISTORY. */
  equityMarks(keys: readonly AccountKey[]): Promise<readonly (readonly EquityMark[])[]>;
  /** In time order, each fill once: `distinctTrades`. */
  trades(keys: readonly AccountKey[]): Promise<readonly (readonly Trade[])[]>;
  /** In the order of their insertion, each once, at its latest state: `distinctOrders`. */
  orders(keys: readonly AccountKey[]): Promise<readonly (readonly QifiOrder[])[]>;
}

/** What an import writes to. */
export interface AccountWriter {
  /**
   * Upserts by (source, account, trading day), all of the documents or none; fills and orders of that day are replaced
   * by the document's. A state whose updatedAt is earlier than that of the stored one changes nothing but adds its mark.
   */
  writeDocuments(documents: readonly AccountDocument[]): Promise<void>;
}
