import { type Day, formatDay } from '../domain/day.ts';
import type { BarColumns, CorporateEvent } from '../domain/series.ts';
import { invalidReply } from './reply.ts';

/** A bar as a vendor has it, in our units. NaN stands for a missing figure, Infinity for one that is no number. */
export interface BarRow {
  readonly day: Day;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly amount: number;
}

/** Rows that were left out, by reason. */
export interface DroppedRows {
  /** Of a session that is not over, or not yet final. */
  readonly unfinished: number;
  /** Without any price, or without any trade. */
  readonly empty: number;
  /** With figures that cannot be. */
  readonly faulty: number;
}

export interface CollectedBars {
  readonly columns: BarColumns;
  readonly dropped: DroppedRows;
}

/** What a vendor's reply came to. */
export interface ParsedBars extends CollectedBars {
  /** Ascending by day. */
  readonly events: readonly CorporateEvent[];
  /**
   * Whether the vendor tells splits and dividends of such an instrument, so that having none means that there are none.
   */
  readonly areEventsKnown: boolean;
}

export interface BarRules {
  /** No bar can be of a later day. */
  readonly lastPossibleDay: Day;
  /** Bars of later days are not finished. */
  readonly lastFinalDay: Day;
  /** How far rounding may put a price outside of low and high. Default a ten-thousandth of the close. */
  readonly tick?: number | undefined;
  /** Indexes of some publishers have a close and nothing else. Default false. */
  readonly allowsCloseOnly?: boolean | undefined;
  /** Of two rows of one day in a row the later counts; otherwise they are a fault. Default false. */
  readonly keepsLastOfDay?: boolean | undefined;
}

/** So many faulty rows are accidents of single days; beyond it and beyond one in a hundred, the whole is doubtful. */
const MOST_FAULTY = 3;
const MOST_FAULTY_SHARE = 0.01;
/** 1800-01-01, in days since the epoch: what is said to be older is no date. */
export const FIRST_MARKET_DAY: Day = -62_091;
/** In no currency does anything cost more. */
const HIGHEST_PRICE = 1e12;

/**
 * The columns of rows that have to come in ascending order. Rows that no series can hold are left out and counted.
 * Fails with DATA_INVALID when days do not ascend, when one lies in the future, and when too many rows are faulty.
 */
export function collectBars(rows: readonly BarRow[], rules: BarRules): CollectedBars {
  const kept: BarRow[] = [];
  const dropped = { unfinished: 0, empty: 0, faulty: 0 };
  let firstFault: string | undefined;
  for (const row of inOrder(rows, rules)) {
    const fault = faultOf(row, rules);
    if (isEmpty(row, rules)) dropped.empty += 1;
    else if (row.day > rules.lastFinalDay) dropped.unfinished += 1;
    else if (fault === undefined) kept.push(row);
    else {
      dropped.faulty += 1;
      firstFault ??= `${fault} on ${formatDay(row.day)}`;
    }
  }
  const isDoubtful = dropped.faulty > Math.max(MOST_FAULTY, rows.length * MOST_FAULTY_SHARE);
  if (firstFault !== undefined && (isDoubtful || kept.length === 0)) {
    throw invalidReply(`${dropped.faulty} faulty of ${rows.length} rows, the first with ${firstFault}`, 'daily bars');
  }
  return { columns: columnsOf(kept), dropped };
}

/** Columns without a row. */
export const NO_BARS: BarColumns = columnsOf([]);

function inOrder(rows: readonly BarRow[], { lastPossibleDay, keepsLastOfDay = false }: BarRules): readonly BarRow[] {
  const distinct: BarRow[] = [];
  for (const row of rows) {
    const previous = distinct.at(-1);
    if (row.day > lastPossibleDay) throw invalidReply(`a bar of ${formatDay(row.day)}`, 'none of the future');
    if (row.day < FIRST_MARKET_DAY) throw invalidReply('a bar of before 1800', 'one of a market');
    if (previous !== undefined && previous.day >= row.day) {
      const isRepeated = previous.day === row.day && keepsLastOfDay;
      if (!isRepeated) throw invalidReply(`${formatDay(row.day)} after ${formatDay(previous.day)}`, 'ascending days');
      distinct.pop();
    }
    distinct.push(row);
  }
  return distinct;
}

/** Where nothing was traded, some vendors write the last close or settlement and zeros beside it. */
function isEmpty({ open, high, low, close, volume }: BarRow, { allowsCloseOnly = false }: BarRules): boolean {
  const isBlank = [open, high, low].every((price) => Number.isNaN(price) || price === 0);
  if (!isBlank) return false;
  const hasClose = !Number.isNaN(close) && close !== 0;
  return hasClose ? !allowsCloseOnly && !(volume > 0) : true;
}

function faultOf({ close, volume, amount, ...row }: BarRow, rules: BarRules): string | undefined {
  if (!isPrice(close)) return `the close ${close}`;
  for (const [name, figure] of Object.entries({ volume, amount })) {
    if (figure < 0 || figure === Number.POSITIVE_INFINITY) return `the ${name} ${figure}`;
  }
  // What is missing and may be compares with nothing.
  const [open, high, low] = [row.open, row.high, row.low].map(zeroAsMissing) as [number, number, number];
  for (const [name, price] of Object.entries({ open, high, low })) {
    if (rules.allowsCloseOnly === true && Number.isNaN(price)) continue;
    if (!isPrice(price)) return `the ${name} ${price}`;
  }
  const tolerance = rules.tick ?? close * 1e-4;
  if (open < low - tolerance || close < low - tolerance) return `the low ${low} above open ${open} or close ${close}`;
  if (open > high + tolerance || close > high + tolerance)
    return `the high ${high} below open ${open} or close ${close}`;
  return high < low - tolerance ? `the high ${high} below the low ${low}` : undefined;
}

function isPrice(price: number): boolean {
  return price > 0 && price < HIGHEST_PRICE;
}

function zeroAsMissing(price: number): number {
  return price === 0 ? Number.NaN : price;
}

function columnsOf(rows: readonly BarRow[]): BarColumns {
  return {
    day: Int32Array.from(rows, (row) => row.day),
    open: Float64Array.from(rows, (row) => zeroAsMissing(row.open)),
    high: Float64Array.from(rows, (row) => zeroAsMissing(row.high)),
    low: Float64Array.from(rows, (row) => zeroAsMissing(row.low)),
    close: Float64Array.from(rows, (row) => row.close),
    volume: Float64Array.from(rows, (row) => row.volume),
    // A day with trades and no turnover is one whose turnover is not known.
    amount: Float64Array.from(rows, (row) => (row.amount === 0 && row.volume > 0 ? Number.NaN : row.amount)),
  };
}
