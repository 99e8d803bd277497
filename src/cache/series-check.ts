import { latestOfThePast } from '../async/stretch.ts';
import { type Day, dayOfInstant, FIRST_DAY, formatDay } from '../domain/day.ts';
import { CodedError, notFound, quoted } from '../domain/errors.ts';
import {
  BAR_FIGURES,
  type BarColumns,
  type BarHistory,
  type CorporateEvent,
  isSplitRatio,
  type NavHistory,
} from '../domain/series.ts';

/**
 * Throws DATA_INVALID unless this is a usable history of the code: columns of one length, days strictly ascending,
 * prices above zero, volume and turnover not below it, or missing, and splits and dividends that prices can be adjusted
 * by. Throws NOT_FOUND for one without any day.
 */
export function checkBars({ code, columns, source, events }: BarHistory, wanted: string): void {
  checkCode(code, { wanted, source });
  checkDays(columns.day, { wanted, source });
  for (const figure of BAR_FIGURES) {
    const mayBeZero = figure === 'volume' || figure === 'amount';
    checkColumn(columns[figure], {
      length: columns.day.length,
      name: `${figure} of ${quoted(wanted)} from ${source}`,
      mayBeZero,
    });
  }
  checkEvents(events, { wanted, source });
}

/** As checkBars, for NAVs. */
export function checkNavs({ code, day, nav, accumulated, source, events }: NavHistory, wanted: string): void {
  checkCode(code, { wanted, source });
  checkDays(day, { wanted, source });
  const { length } = day;
  checkColumn(nav, { length, name: `NAV of ${quoted(wanted)} from ${source}`, mayBeZero: false });
  checkColumn(accumulated, { length, name: `accumulated NAV of ${quoted(wanted)} from ${source}`, mayBeZero: false });
  checkEvents(events, { wanted, source });
}

/** More is no accident of single rows: a vendor that holds back answers with a part of what it has. */
const MOST_LOST_SHARE = 0.01;

/** Throws DATA_INVALID when a history is to replace one of the same code that had more than a hundredth more days. */
export function checkNotShrunk(days: Int32Array, held: Int32Array, { code, source }: Named): void {
  if (days.length >= held.length * (1 - MOST_LOST_SHARE)) return;
  throw invalid(`received ${days.length} days of ${quoted(code)} from ${source}, wanted the ${held.length} known ones`);
}

/**
 * The same history without days that are no sessions and have no trades. `isSession` answers undefined for days of
 * which nobody knows; those stay.
 */
export function withoutIdleDays(history: BarHistory, isSession: (day: Day) => boolean | undefined): BarHistory {
  const { day, volume } = history.columns;
  const isIdle = (at: number): boolean => !((volume[at] ?? 0) > 0) && isSession(day[at] as Day) === false;
  if (!day.some((_, at) => isIdle(at))) return history;
  const kept = (column: Float64Array): Float64Array => column.filter((_, at) => !isIdle(at));
  const { open, high, low, close, volume: traded, amount } = history.columns;
  const columns: BarColumns = {
    day: day.filter((_, at) => !isIdle(at)),
    open: kept(open),
    high: kept(high),
    low: kept(low),
    close: kept(close),
    volume: kept(traded),
    amount: kept(amount),
  };
  return { ...history, columns };
}

/** A night session on a Friday belongs to Monday, and Monday begins in Asia first. */
const MOST_DAYS_AHEAD = 5;

/**
 * Whether a checked series that was kept outside of this process can be one that a source gave before now. Only a series
 * that sessions renew is ever kept.
 */
export function isOfThePast(
  { renewal, fetchedAt }: Pick<BarHistory, 'renewal' | 'fetchedAt'>,
  days: Int32Array,
  now: number,
): boolean {
  const [first = FIRST_DAY, last = FIRST_DAY] = [days[0], days.at(-1)];
  if (renewal !== 'SESSION' || first < FIRST_DAY || last > dayOfInstant(now) + MOST_DAYS_AHEAD) return false;
  return fetchedAt >= 0 && fetchedAt <= latestOfThePast(now);
}

interface Named {
  readonly code: string;
  readonly source: string;
}

interface Subject {
  readonly wanted: string;
  readonly source: string;
}

function checkCode(code: string, { wanted, source }: Subject): void {
  if (code !== wanted)
    throw invalid(`received the history of ${quoted(code)} from ${source}, wanted ${quoted(wanted)}`);
}

function checkDays(days: Int32Array, { wanted, source }: Subject): void {
  if (days.length === 0) throw notFound(`no history for ${quoted(wanted)} in ${source}`);
  for (const [index, day] of days.entries()) {
    const previous = days[index - 1];
    if (previous !== undefined && previous >= day) {
      const received = `${formatDay(day)} after ${formatDay(previous)}`;
      throw invalid(`received ${received} in the history of ${quoted(wanted)} from ${source}, wanted ascending days`);
    }
  }
}

interface ColumnForm {
  readonly length: number;
  /** What is in it, and of what. */
  readonly name: string;
  readonly mayBeZero: boolean;
}

function checkColumn(column: Float64Array, { length, name, mayBeZero }: ColumnForm): void {
  if (column.length !== length) throw invalid(`received ${column.length} values of ${name}, wanted ${length}`);
  // What is missing compares with nothing.
  const fault = column.find(
    (figure) => figure < 0 || figure === Number.POSITIVE_INFINITY || (figure === 0 && !mayBeZero),
  );
  if (fault === undefined) return;
  throw invalid(`received ${fault} in ${name}, wanted finite values ${mayBeZero ? 'of zero or more' : 'above zero'}`);
}

/** Cash may be below zero: a rights issue is paid in. */
function checkEvents(events: readonly CorporateEvent[], { wanted, source }: Subject): void {
  for (const { day, ratio, cash } of events) {
    if (isSplitRatio(ratio) && Number.isFinite(cash)) continue;
    const received = `received a ratio of ${ratio} and cash of ${cash} on ${formatDay(day)}`;
    throw invalid(
      `${received} in the history of ${quoted(wanted)} from ${source}, wanted what prices can be adjusted by`,
    );
  }
}

function invalid(message: string): CodedError {
  return new CodedError('DATA_INVALID', message);
}
