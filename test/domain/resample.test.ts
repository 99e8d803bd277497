import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, monthOf, weekdayOf } from '../../src/domain/day.ts';
import { resample } from '../../src/domain/resample.ts';
import { anyBars, barsOf } from '../support/bars.ts';

const BARS = barsOf([
  ['2024-02-29', 10, 12, 9, 11],
  ['2024-03-01', 11, 15, 10, 14],
  ['2024-03-04', 14, 14, 8, 9],
  ['2024-03-06', 9, 20, 9, 19],
]);

describe('resample', () => {
  it('answers the very columns for DAY', () => {
    expect(resample(BARS, 'DAY')).toBe(BARS);
  });

  it('makes weeks from Monday to Sunday, dated by their last session', () => {
    const weeks = resample(BARS, 'WEEK');
    expect(Array.from(weeks.day, formatDay)).toEqual(['2024-03-01', '2024-03-06']);
    expect([...weeks.open]).toEqual([10, 14]);
    expect([...weeks.high]).toEqual([15, 20]);
    expect([...weeks.low]).toEqual([9, 8]);
    expect([...weeks.close]).toEqual([14, 19]);
    expect([...weeks.volume]).toEqual([200, 200]);
    expect([...weeks.amount]).toEqual([2000, 2000]);
  });

  it('makes calendar months', () => {
    const months = resample(BARS, 'MONTH');
    expect(Array.from(months.day, formatDay)).toEqual(['2024-02-29', '2024-03-06']);
    expect([...months.open]).toEqual([10, 11]);
    expect([...months.close]).toEqual([11, 19]);
  });

  it('passes over missing figures, and keeps missing what is missing on every day', () => {
    const { NaN: missing } = Number;
    const week = resample(
      {
        ...barsOf([
          ['2024-03-04', missing, missing, missing, 5],
          ['2024-03-05', 6, 7, missing, missing],
        ]),
        volume: Float64Array.of(missing, 3),
      },
      'WEEK',
    );
    expect([week.open[0], week.high[0], week.low[0], week.close[0], week.volume[0]]).toEqual([6, 7, missing, 5, 3]);
  });

  it('answers no bars for no days', () => {
    expect(resample(barsOf([]), 'MONTH').day).toHaveLength(0);
  });

  it.each(['WEEK', 'MONTH'] as const)('keeps volume, extremes and the last day of every %s', (interval) => {
    const groupOf = (at: number): number => (interval === 'WEEK' ? at - weekdayOf(at) : monthOf(at));
    fc.assert(
      fc.property(anyBars, (bars) => {
        const resampled = resample(bars, interval);
        expect(sum(resampled.volume)).toBe(sum(bars.volume));
        expect(Math.max(...resampled.high)).toBe(Math.max(...bars.high));
        expect(Math.min(...resampled.low)).toBe(Math.min(...bars.low));
        expect(Array.from(resampled.day, groupOf)).toEqual([...new Set(Array.from(bars.day, groupOf))]);
        expect(resampled.day.every((at) => bars.day.includes(at))).toBe(true);
      }),
    );
  });
});

function sum(figures: Float64Array): number {
  return figures.reduce((total, figure) => (Number.isNaN(figure) ? total : total + figure), 0);
}
