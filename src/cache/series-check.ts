import { formatDay } from '../domain/day.ts';
import { CodedError, notFound, quoted } from '../domain/errors.ts';
import { BAR_FIGURES, type BarHistory, type NavHistory } from '../domain/series.ts';

/**
 * Throws DATA_INVALID unless this is a usable history of the code: columns of one length, days strictly ascending,
 * figures that are finite or missing. Throws NOT_FOUND for one without any day.
 */
export function checkBars({ code, columns, source }: BarHistory, wanted: string): void {
  checkCode(code, { wanted, source });
  checkDays(columns.day, { wanted, source });
  for (const figure of BAR_FIGURES) checkColumn(columns[figure], columns.day.length, `${figure} of ${quoted(wanted)}`);
}

/** As checkBars, for NAVs. */
export function checkNavs({ code, day, nav, accumulated, source }: NavHistory, wanted: string): void {
  checkCode(code, { wanted, source });
  checkDays(day, { wanted, source });
  checkColumn(nav, day.length, `NAV of ${quoted(wanted)}`);
  checkColumn(accumulated, day.length, `accumulated NAV of ${quoted(wanted)}`);
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
      throw invalid(`received ${received} in the history of ${quoted(wanted)}, wanted ascending days`);
    }
  }
}

function checkColumn(column: Float64Array, length: number, name: string): void {
  if (column.length !== length) throw invalid(`received ${column.length} values of ${name}, wanted ${length}`);
  if (column.includes(Number.POSITIVE_INFINITY) || column.includes(Number.NEGATIVE_INFINITY)) {
    throw invalid(`received an infinite value in ${name}, wanted finite ones`);
  }
}

function invalid(message: string): CodedError {
  return new CodedError('DATA_INVALID', message);
}
