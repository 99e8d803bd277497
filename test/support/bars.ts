import fc from 'fast-check';
import { type Day, parseDay } from '../../src/domain/day.ts';
import type { BarColumns } from '../../src/domain/series.ts';

/** The day that an ISO text names. */
export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
}

/** Bars whose open, high, low and close are those of each row, with one volume and amount. */
export function barsOf(
  rows: readonly (readonly [date: string, open: number, high: number, low: number, close: number])[],
): BarColumns {
  return {
    day: Int32Array.from(rows, ([date]) => day(date)),
    open: Float64Array.from(rows, (row) => row[1]),
    high: Float64Array.from(rows, (row) => row[2]),
    low: Float64Array.from(rows, (row) => row[3]),
    close: Float64Array.from(rows, (row) => row[4]),
    volume: Float64Array.from(rows, () => 100),
    amount: Float64Array.from(rows, () => 1000),
  };
}

/** Bars that have only a close. */
export function closesOf(rows: readonly (readonly [date: string, close: number])[]): BarColumns {
  return barsOf(rows.map(([date, close]) => [date, Number.NaN, Number.NaN, Number.NaN, close]));
}

/** Ascending bars with gaps, some figures missing, closes known. */
export const anyBars: fc.Arbitrary<BarColumns> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 1, max: 12 }),
      prices: fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 4, maxLength: 4 }),
      volume: fc.option(fc.integer({ min: 0, max: 1_000_000 }), { nil: Number.NaN }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((rows) => {
    let at = 16_000;
    const days = rows.map(({ gap }) => {
      at += gap;
      return at;
    });
    return {
      day: Int32Array.from(days),
      open: Float64Array.from(rows, ({ prices }) => prices[0] ?? 1),
      high: Float64Array.from(rows, ({ prices }) => Math.max(...prices)),
      low: Float64Array.from(rows, ({ prices }) => Math.min(...prices)),
      close: Float64Array.from(rows, ({ prices }) => prices[1] ?? 1),
      volume: Float64Array.from(rows, ({ volume }) => volume),
      amount: Float64Array.from(rows, ({ volume, prices }) => volume * (prices[1] ?? 1)),
    };
  });
