import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mean, median, roundHalfAway, sampleDeviation } from '../../src/domain/statistics.ts';

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

describe('median', () => {
  it('is the middle one, or the mean of the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([10, 9])]).toEqual([2, 2.5, 9.5]);
  });

  it('has as many values at or below it as at or above, and does not reorder what it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1 }), (values) => {
        const before = [...values];
        const middle = median(values);
        const half = values.length / 2;
        expect(values.filter((value) => value <= middle).length).toBeGreaterThanOrEqual(half);
        expect(values.filter((value) => value >= middle).length).toBeGreaterThanOrEqual(half);
        expect(values).toEqual(before);
      }),
    );
  });
});

describe('mean', () => {
  it('is the sum over the count', () => {
    expect(mean([1, 2, 6])).toBe(3);
  });
});
