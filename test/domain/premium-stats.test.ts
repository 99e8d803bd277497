import { describe, expect, it } from 'vitest';
import { premiumStats } from '../../src/domain/premium-stats.ts';

/** Points on the days 1, 2, 3 and so on. */
function sliceOf(...premiums: number[]) {
  const columns = {
    day: Int32Array.from(premiums, (_, index) => index + 1),
    price: Float64Array.from(premiums, (premium) => 1 + premium),
    nav: new Float64Array(premiums.length).fill(1),
  };
  return { columns, from: 0, to: premiums.length };
}

describe('premiumStats', () => {
  it('describes the points and places the latest among them', () => {
    const stats = premiumStats(sliceOf(0.25, -0.5, 0.5, 0.25));
    expect(stats).toMatchObject({
      count: 4,
      mean: 0.125,
      std: 0.433013,
      min: -0.5,
      minDay: 2,
      max: 0.5,
      maxDay: 3,
      median: 0.25,
      // numpy.quantile([-0.5, 0.25, 0.25, 0.5], [0.05, 0.25, 0.75, 0.95])
      p05: -0.3875,
      p25: 0.0625,
      p75: 0.3125,
      p95: 0.4625,
      percentile: 0.75,
    });
    expect(stats?.zScore).toBeCloseTo(0.125 / Math.sqrt(0.5625 / 3), 12);
  });

  it('is of the slice alone, and dates the first of several extremes', () => {
    const slice = sliceOf(9, 0.5, 0.25, 0.5, 0.25, -9);
    expect(premiumStats({ ...slice, from: 1, to: 5 })).toMatchObject({
      count: 4,
      ...{ min: 0.25, minDay: 3, max: 0.5, maxDay: 2, percentile: 0.5 },
    });
  });

  it('is of the premiums before rounding', () => {
    // Rounded first, the two would be 0.000001 and 0.000002, and their median 0.000002.
    expect(premiumStats(sliceOf(0.00000051, 0.0000016))?.median).toBe(0.000001);
  });

  it('has no deviation of one point, and no score where nothing varies', () => {
    expect(premiumStats(sliceOf(0.25))).toMatchObject({
      ...{ count: 1, mean: 0.25, std: null, zScore: null, percentile: 1 },
      ...{ min: 0.25, p05: 0.25, median: 0.25, p95: 0.25, max: 0.25 },
    });
    expect(premiumStats(sliceOf(0.25, 0.25))).toMatchObject({ std: 0, zScore: null });
  });

  it('takes premiums for equal that only doubles keep apart', () => {
    const columns = {
      day: Int32Array.of(1, 2, 3),
      price: Float64Array.of(1.1, 0.7 * 1.1, 3.3),
      nav: Float64Array.of(1, 0.7, 3),
    };
    const quotients = Array.from(columns.price, (price, index) => price / (columns.nav[index] ?? 0));
    expect(quotients.at(-1)).toBeLessThan(Math.max(...quotients));
    expect(premiumStats({ columns, from: 0, to: 3 })).toMatchObject({ std: 0, zScore: null, percentile: 1 });
  });

  it('is undefined without points', () => {
    expect(premiumStats(sliceOf())).toBeUndefined();
    expect(premiumStats({ ...sliceOf(1, 2), from: 1, to: 1 })).toBeUndefined();
  });
});
