import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RatePool } from '../../src/transport/rate-pool.ts';

const NOW = Date.UTC(2026, 10, 20);

describe('a pool', () => {
  it('lets so much through at once, and the rest when that is back', () => {
    const pool = new RatePool({ most: 3, everyMs: 2_000 });
    for (const at of [0, 500, 600]) {
      expect(pool.readyAt(1, NOW + at)).toBe(NOW + at);
      pool.take(1, NOW + at);
    }
    expect(pool.readyAt(1, NOW + 700)).toBe(NOW + 2_000);
    expect(pool.readyAt(2, NOW + 700)).toBe(NOW + 2_500);
    expect(pool.readyAt(1, NOW + 2_000)).toBe(NOW + 2_000);
  });

  it('never lets more through in any stretch of its length, whatever is asked when', () => {
    const asked = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 10 }), waitMs: fc.nat(3_000) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 }), asked, (most, requests) => {
        const pool = new RatePool({ most, everyMs: 1_000 });
        const taken: { at: number; weight: number }[] = [];
        let now = NOW;
        for (const { weight, waitMs } of requests) {
          now = Math.max(now + waitMs, pool.readyAt(weight, now + waitMs));
          expect(pool.readyAt(weight, now)).toBe(now);
          pool.take(weight, now);
          taken.push({ at: now, weight: Math.min(weight, most) });
        }
        for (const { at } of taken) {
          const during = taken.filter((each) => each.at >= at && each.at < at + 1_000);
          expect(during.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('lets a request of more than it holds through once it is full', () => {
    const pool = new RatePool({ most: 5, everyMs: 1_000 });
    expect(pool.readyAt(50, NOW)).toBe(NOW);
    pool.take(1, NOW);
    expect(pool.readyAt(50, NOW)).toBe(NOW + 1_000);
  });

  it('believes a venue that counts more, and not one that counts less', () => {
    const pool = new RatePool({ most: 10, everyMs: 1_000 });
    pool.take(4, NOW);
    pool.learn(8, NOW + 10);
    expect(pool.readyAt(6, NOW + 10)).toBe(NOW + 10);
    expect(pool.readyAt(7, NOW + 10)).toBe(NOW + 1_000);
    pool.learn(1, NOW + 20, NOW + 5_000);
    expect(pool.readyAt(1, NOW + 20)).toBe(NOW + 20);
    expect(pool.readyAt(2, NOW + 20)).toBe(NOW + 1_000);
    expect(pool.readyAt(6, NOW + 20)).toBe(NOW + 5_000);
  });

  it('that is closed lets nothing through until then, and is never opened early', () => {
    const pool = new RatePool({ most: 10, everyMs: 1_000 });
    pool.close(NOW, NOW + 30_000);
    pool.close(NOW + 1, NOW + 2_000);
    expect(pool.readyAt(1, NOW + 2_000)).toBe(NOW + 30_000);
    expect(pool.readyAt(1, NOW + 30_000)).toBe(NOW + 30_000);
  });

  it('forgets what was taken by a clock that has been set back since', () => {
    const pool = new RatePool({ most: 1, everyMs: 1_000 });
    pool.take(1, NOW);
    pool.close(NOW, NOW + 2_000);
    expect(pool.readyAt(1, NOW - 3_600_000)).toBe(NOW - 3_600_000);
  });
});
