import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, quantile, roundHalfAway, sampleDeviation } from '../../src/domain/statistics.ts';

describe('roundHalfAway', () => {
  it('rounds halves away from zero on both sides', () => {
    expect([roundHalfAway(0.5, 0), roundHalfAway(-0.5, 0), roundHalfAway(2.5, 0), roundHalfAway(-2.5, 0)]).toEqual([
      1, -1, 3, -3,
    ]);
  });

  it('never answers a negative zero', () => {
    expect(Object.is(roundHalfAway(-1e-9, 6), 0)).toBe(true);
  });
});

describe('sampleDeviation', () => {
  it('divides by n - 1', () => {
    expect(sampleDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  });

  it('is null for fewer than two values and exactly zero for equal ones', () => {
    expect([sampleDeviation([]), sampleDeviation([1]), sampleDeviation([0.1, 0.1, 0.1])]).toEqual([null, null, 0]);
  });
});

describe('quantile', () => {
  it('is the middle one of an odd number, or half way between the two in the middle', () => {
    expect([quantile([1, 2, 3], 0.5), quantile([1, 2, 3, 4], 0.5), quantile([7], 0.5)]).toEqual([2, 2.5, 7]);
  });

  // numpy.quantile([1, 2, 4, 8, 16], [0.05, 0.25, 0.75, 0.95])
  it('lies between the two nearest values as numpy has it', () => {
    const quantiles = [0.05, 0.25, 0.75, 0.95].map((share) => quantile([1, 2, 4, 8, 16], share));
    for (const [index, wanted] of [1.2, 2, 8, 14.4].entries()) expect(quantiles[index]).toBeCloseTo(wanted, 12);
  });

  it('is NaN of nothing', () => {
    expect(quantile([], 0.5)).toBeNaN();
  });

  it('leaves its share of the values at or below it, and never shrinks as the share grows', () => {
    const anyShare = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), anyShare, anyShare, (values, one, other) => {
        const sorted = Float64Array.from(values).sort();
        const at = quantile(sorted, one);
        expect(sorted.filter((value) => value <= at).length).toBeGreaterThanOrEqual((values.length - 1) * one);
        expect(sorted.filter((value) => value >= at).length).toBeGreaterThanOrEqual((values.length - 1) * (1 - one));
        expect(quantile(sorted, Math.max(one, other))).toBeGreaterThanOrEqual(quantile(sorted, Math.min(one, other)));
      }),
    );
  });
});

describe('mean', () => {
  it('is the sum over the count', () => {
    expect(mean([1, 2, 6])).toBe(3);
  });
});
