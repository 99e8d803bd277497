import { monthOf, weekdayOf } from './day.ts';
import { BAR_FIGURES, type BarColumns, type BarFigure } from './series.ts';

/** How much time one bar covers; GraphQL's BarInterval. */
export const BAR_INTERVALS = ['DAY', 'WEEK', 'MONTH'] as const;
export type BarInterval = (typeof BAR_INTERVALS)[number];

/**
 * Daily bars as bars of an interval: the first open, the highest high, the lowest low, the last close, volume and
 * amount summed. A week is Monday to Sunday; a bar is dated by its last session. Missing figures are passed over; one
 * that is missing on every day of the bar stays missing. DAY answers the very columns.
 */
export function resample(columns: BarColumns, interval: BarInterval): BarColumns {
  if (interval === 'DAY') return columns;
  const starts = startsOfBars(columns.day, interval);
  const resampled = emptyColumns(starts.length);
  for (const [bar, from] of starts.entries()) {
    const to = starts[bar + 1] ?? columns.day.length;
    resampled.day[bar] = columns.day[to - 1] ?? 0;
    for (const figure of BAR_FIGURES) {
      resampled[figure][bar] = MERGE[figure](columns[figure].subarray(from, to));
    }
  }
  return resampled;
}

/** The index of the first day of each week or month that has one. */
function startsOfBars(days: Int32Array, interval: 'WEEK' | 'MONTH'): number[] {
  const starts: number[] = [];
  let current = Number.NaN;
  for (const [index, day] of days.entries()) {
    const bar = interval === 'WEEK' ? day - weekdayOf(day) : monthOf(day);
    if (bar !== current) starts.push(index);
    current = bar;
  }
  return starts;
}

function emptyColumns(length: number): BarColumns {
  return {
    day: new Int32Array(length),
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
    amount: new Float64Array(length),
  };
}

const MERGE: Readonly<Record<BarFigure, (figures: Float64Array) => number>> = {
  open: (figures) => figures.find(isKnown) ?? Number.NaN,
  high: (figures) => fold(figures, Math.max),
  low: (figures) => fold(figures, Math.min),
  close: (figures) => figures.findLast(isKnown) ?? Number.NaN,
  volume: (figures) => fold(figures, add),
  amount: (figures) => fold(figures, add),
};

function fold(figures: Float64Array, combine: (left: number, right: number) => number): number {
  let result = Number.NaN;
  for (const figure of figures) {
    if (isKnown(figure)) result = isKnown(result) ? combine(result, figure) : figure;
  }
  return result;
}

function add(left: number, right: number): number {
  return left + right;
}

function isKnown(figure: number): boolean {
  return !Number.isNaN(figure);
}
