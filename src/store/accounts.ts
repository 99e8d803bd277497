import type { AccountSnapshot, AccountSource, EquityMark, EquityRow } from '../domain/account.ts';
import type { AccountDocument } from '../domain/account-document.ts';
import type { Day } from '../domain/day.ts';
import type { QifiOrder } from '../domain/order.ts';
import type { Trade } from '../domain/trade.ts';
import type { AccountReading, MarkReading } from './account-reading.ts';

/** Names one account in one of the two QIFI stores. */
export interface AccountKey {
  readonly source: AccountSource;
  readonly accountCookie: string;
}

/** One account's state of one trading day. */
export interface AccountDayKey extends AccountKey {
  readonly tradingDay: Day;
}

/** The marks of one account within a range of instants, in milliseconds since the epoch. */
export interface AccountRangeKey extends AccountKey {
  /** The first instant, itself included; from the first mark on when absent. */
  readonly start?: number | undefined;
  /** The last instant, itself included; to the last mark when absent. */
  readonly end?: number | undefined;
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
 * What cannot be read never fails the rest: a figure is null and its fault is said beside it, and what has no identity
 * is left out and reported.
 */
export interface AccountStore {
  /** Resolves when accounts can be read. A store that has to wait for that gives up when the signal says so. */
  check(signal: AbortSignal): Promise<void>;
  /** Ascending by account cookie (code unit order), each account once, with the portfolio of its latest state. */
  listAccounts(filter: AccountFilter, reading?: AccountReading): Promise<readonly AccountListing[]>;
  latestSnapshots(
    keys: readonly AccountKey[],
    reading?: AccountReading,
  ): Promise<readonly (AccountSnapshot | undefined)[]>;
  snapshotsOfDay(
    keys: readonly AccountDayKey[],
    reading?: AccountReading,
  ): Promise<readonly (AccountSnapshot | undefined)[]>;
  /**
   * The daily series, ascending, one row a day; days without a balance are left out. For REALTIME the last mark of a
   * day makes its row when no state of the day does.
   */
  equityRows(keys: readonly AccountKey[], reading?: AccountReading): Promise<readonly (readonly EquityRow[])[]>;
  /**
   * Stored intraday marks within the range, ascending; empty for HISTORY. Fails with COST_LIMIT when they are more than
   * the reading allows, and has not more of them in memory by then.
   */
  equityMarks(keys: readonly AccountRangeKey[], reading?: MarkReading): Promise<readonly (readonly EquityMark[])[]>;
  /** In time order, each fill once: `distinctTrades`. */
  trades(keys: readonly AccountKey[], reading?: AccountReading): Promise<readonly (readonly Trade[])[]>;
  /** In the order of their insertion, each once, at its latest state: `distinctOrders`. */
  orders(keys: readonly AccountKey[], reading?: AccountReading): Promise<readonly (readonly QifiOrder[])[]>;
  /**
   * The latest state of each account as `latestSnapshots` has it, and the fills and orders of the same document, listed
   * as `trades` and `orders` list them. All of an account is of one moment, and never of an earlier one than what had
   * been answered when it was asked for.
   */
  latestDocuments(keys: readonly AccountKey[]): Promise<readonly (AccountDocument | undefined)[]>;
  /**
   * Calls `onChange` until it is disposed of, within about a second of every moment from which on `latestDocuments` may
   * answer something new, whoever wrote it; a store that cannot tell calls it each second.
   */
  changes(onChange: () => void): Disposable;
}

/** What an import writes to. */
export interface AccountWriter {
  /**
   * Upserts by (source, account, trading day), all of the documents or none; fills and orders of that day are replaced
   * by the document's. A state whose updatedAt is earlier than that of the stored one changes nothing but adds its mark.
   */
  writeDocuments(documents: readonly AccountDocument[]): Promise<void>;
}
