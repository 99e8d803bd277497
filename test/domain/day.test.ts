import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayInZone,
  dayOf,
  FIRST_DAY,
  formatDay,
  LAST_DAY,
  lastDayOfMonth,
  monthOf,
  parseDay,
  weekdayOf,
} from '../../src/domain/day.ts';

describe('days', () => {
  it.each([
    '2024-02-30',
    '2023-02-29',
    '2024-13-01',
    '2024-1-5',
    '24-01-05',
    '2024-01-05T00:00',
    ' 2024-01-05',
    '',
    '0000-00-00',
    '0000-01-01',
  ])('refuses %j', (text) => {
    expect(parseDay(text)).toBeUndefined();
  });

  it('reads leap days and the first years', () => {
    expect(formatDay(parseDay('2024-02-29') ?? 0)).toBe('2024-02-29');
    expect(formatDay(parseDay('0099-12-31') ?? 0)).toBe('0099-12-31');
    expect(parseDay('1970-01-01')).toBe(0);
  });

  it('writes what it reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_DAY, max: LAST_DAY }), (day) => {
        expect(parseDay(formatDay(day))).toBe(day);
      }),
    );
  });

  it('writes every day as the calendar of the platform does', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_DAY, max: LAST_DAY }), (day) => {
        expect(formatDay(day)).toBe(new Date(day * 86_400_000).toISOString().slice(0, 10));
      }),
    );
    expect([formatDay(FIRST_DAY), formatDay(LAST_DAY)]).toEqual(['0001-01-01', '9999-12-31']);
  });

  it('knows which days exist as the calendar of the platform does', () => {
    const of = (min: number, max: number) => fc.integer({ min, max });
    fc.assert(
      fc.property(of(0, 10_000), of(0, 13), of(0, 32), (year, month, dayOfMonth) => {
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, dayOfMonth);
        const isSame = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1;
        const exists = isSame && date.getUTCDate() === dayOfMonth && year >= 1 && year <= 9999;
        expect(dayOf(year, month, dayOfMonth)).toBe(exists ? date.getTime() / 86_400_000 : undefined);
      }),
    );
    expect([1900, 2000, 2023, 2024].map((year) => dayOf(year, 2, 29) !== undefined)).toEqual([
      false,
      true,
      false,
      true,
    ]);
  });

  it('knows weekdays and month ends', () => {
    expect(weekdayOf(0)).toBe(3);
    expect(weekdayOf(parseDay('2026-11-21') ?? 0)).toBe(5);
    expect(weekdayOf(-1)).toBe(2);
    expect(formatDay(lastDayOfMonth(monthOf(parseDay('2024-02-03') ?? 0)))).toBe('2024-02-29');
    expect(formatDay(lastDayOfMonth(monthOf(parseDay('2025-12-31') ?? 0)))).toBe('2025-12-31');
  });

  it('tells the day of an instant in a market of its own', () => {
    const instant = Date.parse('2026-11-20T17:30:00Z');
    expect(formatDay(dayInZone(instant, 'Asia/Shanghai'))).toBe('2026-11-21');
    expect(formatDay(dayInZone(instant, 'America/New_York'))).toBe('2026-11-20');
  });
});
