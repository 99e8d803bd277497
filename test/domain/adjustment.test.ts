import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjust } from '../../src/domain/adjustment.ts';
import type { BarColumns, CorporateEvent } from '../../src/domain/series.ts';
import { anyBars, closesOf, day } from '../support/bars.ts';

const CLOSES = closesOf([
  ['2024-03-01', 100],
  ['2024-03-04', 110],
  ['2024-03-06', 22],
  ['2024-03-07', 21],
]);
const SPLIT: CorporateEvent = { day: day('2024-03-06'), kind: 'SPLIT', ratio: 5, cash: 0 };
const DIVIDEND: CorporateEvent = { day: day('2024-03-07'), kind: 'DIVIDEND', ratio: 1, cash: 1.1 };

const anyEvents = (bars: BarColumns): fc.Arbitrary<CorporateEvent[]> =>
  fc.array(
    fc
      .record({
        day: fc.integer({ min: (bars.day[0] ?? 0) - 3, max: (bars.day.at(-1) ?? 0) + 3 }),
        kind: fc.constantFrom('SPLIT' as const, 'DIVIDEND' as const),
        size: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
      })
      .map(({ day: at, kind, size }) =>
        kind === 'SPLIT' ? { day: at, kind, ratio: 1 + 10 * size, cash: 0 } : { day: at, kind, ratio: 1, cash: size },
      ),
    { maxLength: 4 },
  );
const anyCase = anyBars.chain((bars) => fc.tuple(fc.constant(bars), anyEvents(bars)));

describe('adjust', () => {
  it('answers the very columns for NONE and without events', () => {
    expect(adjust(CLOSES, [SPLIT], 'NONE')).toBe(CLOSES);
    expect(adjust(CLOSES, [], 'FORWARD')).toBe(CLOSES);
  });

  it('divides prices before a split and multiplies their volume', () => {
    const { close, volume, amount } = adjust(CLOSES, [SPLIT], 'FORWARD');
    expect([...close]).toEqual([20, 22, 22, 21]);
    expect([...volume]).toEqual([500, 500, 100, 100]);
    expect(amount).toBe(CLOSES.amount);
  });

  it('takes a dividend out by its share of the close before, and leaves volume alone', () => {
    const { close, volume } = adjust(CLOSES, [DIVIDEND], 'FORWARD');
    [95, 104.5, 20.9, 21].forEach((expected, index) => {
      expect(close[index]).toBeCloseTo(expected, 9);
    });
    expect([...volume]).toEqual([100, 100, 100, 100]);
  });

  it('keeps the first price for BACKWARD', () => {
    expect([...adjust(CLOSES, [SPLIT], 'BACKWARD').close]).toEqual([100, 110, 110, 105]);
    expect([...adjust(CLOSES, [SPLIT], 'BACKWARD').volume]).toEqual([100, 100, 20, 20]);
  });

  it('applies an ex-day without a session to the next session', () => {
    const halted = { ...SPLIT, day: day('2024-03-05') };
    expect(adjust(CLOSES, [halted], 'FORWARD')).toEqual(adjust(CLOSES, [SPLIT], 'FORWARD'));
  });

  it('changes nothing for events before the first session, on it and after the last', () => {
    const outside = ['2024-02-01', '2024-03-01', '2024-03-08'].map((date) => ({ ...SPLIT, day: day(date) }));
    expect(adjust(CLOSES, outside, 'FORWARD')).toBe(CLOSES);
  });

  it('pays the dividend of a day per share as it was before the split of that day', () => {
    const both: CorporateEvent[] = [SPLIT, { ...DIVIDEND, day: SPLIT.day, cash: 10 }];
    expect(adjust(CLOSES, both, 'FORWARD').close[1]).toBeCloseTo((110 - 10) / 5, 9);
  });

  it('refuses a dividend that is not below the close that it is paid from', () => {
    expect(() => adjust(CLOSES, [{ ...DIVIDEND, cash: 22 }], 'FORWARD')).toThrow(
      expect.objectContaining({ code: 'DATA_INVALID' }),
    );
  });

  it('makes the return over every session what a holder made', () => {
    fc.assert(
      fc.property(anyCase, ([bars, events]) => {
        const { close } = adjust(bars, events, 'FORWARD');
        bars.close.forEach((raw, index) => {
          const before = bars.close[index - 1];
          if (before === undefined) return;
          expect((close[index] ?? 0) / (close[index - 1] ?? 0)).toBeCloseTo(
            raw / referencePrice(bars, events, index),
            9,
          );
        });
      }),
    );
  });

  it('differs between FORWARD and BACKWARD by one constant', () => {
    fc.assert(
      fc.property(anyCase, ([bars, events]) => {
        const forward = adjust(bars, events, 'FORWARD');
        const backward = adjust(bars, events, 'BACKWARD');
        const constant = (backward.close[0] ?? 0) / (forward.close[0] ?? 0);
        backward.close.forEach((price, index) => {
          expect(price / ((forward.close[index] ?? 0) * constant)).toBeCloseTo(1, 9);
        });
        expect(backward.close[0]).toBe(bars.close[0]);
        expect(forward.close.at(-1)).toBe(bars.close.at(-1));
      }),
    );
  });
});

/** What a share before the session is worth after the rights that leave it: the definition, event by event. */
function referencePrice(bars: BarColumns, events: readonly CorporateEvent[], index: number): number {
  const from = bars.day[index - 1] ?? 0;
  const to = bars.day[index] ?? 0;
  return events
    .filter((event) => from < event.day && event.day <= to)
    .toSorted((left, right) => left.day - right.day || left.kind.localeCompare(right.kind))
    .reduce((price, { cash, ratio }) => (price - cash) / ratio, bars.close[index - 1] ?? 0);
}
