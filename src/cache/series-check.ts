import { type Day, formatDay } from '../domain/day.ts';
import { CodedError, notFound, quoted } from '../domain/errors.ts';
import { BAR_FIGURES, type BarColumns, type BarHistory, type NavHistory } from '../domain/series.ts';

/**
 * Throws DATA_INVALID unless this is a usable history of the code: columns of one length, days strictly ascending,
 * figures that are finite or missing. Throws NOT_FOUND for one without any day.
 */
export function checkBars({ code, columns, source }: BarHistory, wanted: string): void {
  checkCode(code, { wanted, source });
  checkDays(columns.day, { wanted, source });
  for (const figure of BAR_FIGURES) checkColumn(columns[figure], columns.day.length, { name: figure, wanted, source });
}

/** As checkBars, for NAVs. */
export function checkNavs({ code, day, nav, accumulated, source }: NavHistory, wanted: string): void {
  checkCode(code, { wanted, source });
  checkDays(day, { wanted, source });
  checkColumn(nav, day.length, { name: 'NAV', wanted, source });
  checkColumn(accumulated, day.length, { name: 'accumulated NAV', wanted, source });
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

interface ColumnSubject extends Subject {
  readonly name: string;
}

function checkColumn(column: Float64Array, length: number, { name, wanted, source }: ColumnSubject): void {
  const subject = `${name} of ${quoted(wanted)} from ${source}`;
  if (column.length !== length) throw invalid(`received ${column.length} values of ${subject}, wanted ${length}`);
  if (column.includes(Number.POSITIVE_INFINITY) || column.includes(Number.NEGATIVE_INFINITY)) {
    throw invalid(`received an infinite value as ${subject}, wanted finite ones`);
  }
}

function invalid(message: string): CodedError {
  return new CodedError('DATA_INVALID', message);
}
