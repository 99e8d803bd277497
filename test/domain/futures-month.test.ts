import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Day, parseDay } from '../../src/domain/day.ts';
import { deliveryMonth, withOneDigitYear, withTwoDigitYear } from '../../src/domain/futures-month.ts';

const TODAY = day('2026-11-21');

function day(text: string): Day {
  return parseDay(text) ?? 0;
}

function monthText(month: number | undefined): string | undefined {
  return month === undefined ? undefined : `${Math.floor(month / 12)}-${(month % 12) + 1}`;
}

describe('deliveryMonth', () => {
  it.each([
    ['AU2512.SHF', '2025-12'],
    ['IF2601.CFX', '2026-1'],
    ['TA701.ZCE', '2027-1'],
    ['TA611.ZCE', '2026-11'],
    ['TA511.ZCE', '2025-11'],
    ['TA510.ZCE', '2035-10'],
    ['TA2101.ZCE', '2021-1'],
  ])('of %s is %s', (code, month) => {
    expect(monthText(deliveryMonth(code, TODAY))).toBe(month);
  });

  it.each(['TA.ZCE', 'TAL8.ZCE', 'AU2513.SHF', 'CLZ26.NYM', '600000.SH'])('of %s is none', (code) => {
    expect(deliveryMonth(code, TODAY)).toBeUndefined();
  });

  it('of one digit lies from a year ago to nine years ahead, on any day', () => {
    const days = fc.integer({ min: day('2000-01-01'), max: day('2090-12-31') });
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 12 }), (today, year, month) => {
        const date = new Date(today * 86_400_000);
        const present = date.getUTCFullYear() * 12 + date.getUTCMonth();
        const delivery = deliveryMonth(`TA${year}${String(month).padStart(2, '0')}.ZCE`, today) ?? 0;
        expect(delivery - present).toBeGreaterThanOrEqual(-12);
        expect(delivery - present).toBeLessThan(108);
        expect([Math.floor(delivery / 12) % 10, (delivery % 12) + 1]).toEqual([year, month]);
      }),
    );
  });
});

describe('a contract of Zhengzhou', () => {
  it('has one code for the exchange and for vendors, while both mean the same month', () => {
    expect(withOneDigitYear('TA2701.ZCE', TODAY)).toBe('TA701.ZCE');
    expect(withTwoDigitYear('TA701.ZCE', TODAY)).toBe('TA2701.ZCE');
    expect(withOneDigitYear('TA1701.ZCE', TODAY)).toBe('TA1701.ZCE');
    expect(withTwoDigitYear('TA510.ZCE', TODAY)).toBe('TA3510.ZCE');
  });

  it.each(['AU2512.SHF', 'TA.ZCE', 'TA701.ZCE', 'TA2613.ZCE', 'BTC-USDT'])('alone loses a digit: %s stays', (code) => {
    expect(withOneDigitYear(code, TODAY)).toBe(code);
  });

  it.each(['AU2512.SHF', 'TA2701.ZCE', 'TAL8.ZCE', '600000.SH'])('alone gains one: %s stays', (code) => {
    expect(withTwoDigitYear(code, TODAY)).toBe(code);
  });
});
