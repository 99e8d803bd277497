import type { Day } from './day.ts';

/** A daily series as columns of one length, ascending and without duplicate days. NaN stands for a missing figure. */
export interface BarColumns {
  readonly day: Int32Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Shares, contracts or coins, never lots. */
  readonly volume: Float64Array;
  /** Turnover in the quote currency. */
  readonly amount: Float64Array;
}

/** The figures of a bar, in the order in which they are written everywhere. */
export const BAR_FIGURES = ['open', 'high', 'low', 'close', 'volume', 'amount'] as const;
export type BarFigure = (typeof BAR_FIGURES)[number];

/**
 * What happened to a share between two closes. SPLIT: `ratio` new shares stand for one old. DIVIDEND: `cash` is paid
 * per old share, in the quote currency. An event may do both.
 */
export interface CorporateEvent {
  /** The first day that trades without the right. */
  readonly day: Day;
  readonly kind: 'SPLIT' | 'DIVIDEND';
  readonly ratio: number;
  readonly cash: number;
}

/** No share was ever split into more, or put together from more, at once. */
export const LARGEST_RATIO = 1e6;

/** Whether a split can have this ratio. */
export function isSplitRatio(ratio: number): boolean {
  return ratio >= 1 / LARGEST_RATIO && ratio <= LARGEST_RATIO;
}

/**
 * How one learns that a source has more. REVISION: it tells at a look, as a folder does whose files change. SESSION: it
 * has a further bar when a session of its market is final, and only a load shows it.
 */
export type SeriesRenewal = 'REVISION' | 'SESSION';

/** The full unadjusted daily history of one code, as one source gave it. Never changed, only replaced. */
export interface BarHistory {
  /** Canonical code. */
  readonly code: string;
  readonly columns: BarColumns;
  /** Ascending by day. */
  readonly events: readonly CorporateEvent[];
  /** False: nobody told the splits and dividends, so that having none does not mean that there are none. */
  readonly areEventsKnown: boolean;
  readonly renewal: SeriesRenewal;
  readonly source: string;
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number;
  /** Tells two versions of the same history apart; opaque, made by the source. */
  readonly revision: string;
}

/** Which market's clock strikes a fund's NAV; decides what AUTO alignment means. */
export const NAV_MARKETS = ['CN', 'HK', 'JP', 'US', 'EU', 'MIXED'] as const;
export type NavMarket = (typeof NAV_MARKETS)[number];

/** The full NAV history of one fund. `accumulated` is NaN where the source has none. */
export interface NavHistory {
  readonly code: string;
  readonly day: Int32Array;
  readonly nav: Float64Array;
  readonly accumulated: Float64Array;
  /** Undefined when nobody said; such a fund is aligned SAME_DATE. */
  readonly navMarket: NavMarket | undefined;
  /** Splits and dividends as the fund's own NAV knows them, ascending by day; empty where nobody told any. */
  readonly events: readonly CorporateEvent[];
  readonly renewal: SeriesRenewal;
  readonly source: string;
  readonly fetchedAt: number;
  readonly revision: string;
}

/** The first index whose day is not before `day`; the length when there is none. `days` is ascending. */
export function lowerBound(days: Int32Array, day: Day): number {
  let from = 0;
  let to = days.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((days[middle] as number) < day) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Columns that share memory with `columns`, cut to the inclusive range. */
export function sliceBars(columns: BarColumns, start: Day, end: Day): BarColumns {
  const from = lowerBound(columns.day, start);
  const to = Math.max(from, lowerBound(columns.day, end + 1));
  return {
    day: columns.day.subarray(from, to),
    open: columns.open.subarray(from, to),
    high: columns.high.subarray(from, to),
    low: columns.low.subarray(from, to),
    close: columns.close.subarray(from, to),
    volume: columns.volume.subarray(from, to),
    amount: columns.amount.subarray(from, to),
  };
}

/** Bytes that a history takes up: its arrays exactly, the rest by estimate. */
export function sizeOfBars(history: BarHistory): number {
  return history.columns.day.length * (4 + 6 * 8) + history.events.length * 48 + 256;
}

/** Bytes that a NAV history takes up: its arrays exactly, the rest by estimate. */
export function sizeOfNavs(history: NavHistory): number {
  return history.day.length * (4 + 2 * 8) + history.events.length * 48 + 256;
}
