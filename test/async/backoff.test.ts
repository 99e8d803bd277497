import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff } from '../../src/async/backoff.ts';

function delays(random: () => number, count: number): number[] {
  const backoff = new Backoff(random);
  return Array.from({ length: count }, () => backoff.next());
}

describe('Backoff', () => {
  it('doubles the ceiling up to 30 seconds', () => {
    const ceilings = delays(() => 1 - Number.EPSILON, 8);
    expect(ceilings).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('never waits less than half a second', () => {
    expect(new Set(delays(() => 0, 2000))).toEqual(new Set([500]));
  });

  it('chooses any delay up to the ceiling', () => {
    expect(delays(() => 0.5, 4)).toEqual([750, 1250, 2250, 4250]);
  });

  it('starts again after a reset', () => {
    const backoff = new Backoff(() => 0.999_999);
    for (let attempt = 0; attempt < 10; attempt += 1) backoff.next();
    backoff.reset();
    expect([backoff.next(), backoff.next()]).toEqual([1000, 2000]);
  });

  it('stays within its bounds whatever the chances are', () => {
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.array(chance, { minLength: 1, maxLength: 100 }), (chances) => {
        let index = 0;
        for (const delay of delays(() => chances[index++] ?? 0, chances.length)) {
          expect(delay).toBeGreaterThanOrEqual(500);
          expect(delay).toBeLessThanOrEqual(30_000);
        }
      }),
    );
  });
});
