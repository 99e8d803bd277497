import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BAR_FIGURES, lowerBound, sliceBars } from '../../src/domain/series.ts';
import { anyBars } from '../support/bars.ts';

describe('sliceBars', () => {
  it('holds exactly the rows of the inclusive range, in every column', () => {
    fc.assert(
      fc.property(
        anyBars,
        fc.integer({ min: 15_990, max: 16_800 }),
        fc.integer({ min: -5, max: 400 }),
        (bars, start, length) => {
          const end = start + length;
          const cut = sliceBars(bars, start, end);
          const isInside = (_: number, index: number): boolean => {
            const at = bars.day[index] ?? 0;
            return at >= start && at <= end;
          };
          expect([...cut.day]).toEqual([...bars.day].filter(isInside));
          for (const figure of BAR_FIGURES) expect([...cut[figure]]).toEqual([...bars[figure]].filter(isInside));
        },
      ),
    );
  });
});

describe('lowerBound', () => {
  it('is the number of days before the one asked for', () => {
    fc.assert(
      fc.property(anyBars, fc.integer({ min: 15_990, max: 16_800 }), ({ day }, wanted) => {
        expect(lowerBound(day, wanted)).toBe(day.filter((at) => at < wanted).length);
      }),
    );
  });
});
