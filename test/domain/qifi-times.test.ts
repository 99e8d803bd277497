import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../src/domain/day.ts';
import { tradingDayOf, updateTimeOf } from '../../src/domain/qifi-times.ts';
import { plainValue } from '../../src/domain/qifi-values.ts';

describe('tradingDayOf', () => {
  it.each([
    ['2020-01-16'],
    ['20200116'],
    [' 2020-01-16 '],
    ['2020-01-16 15:00:00'],
    ['2020-01-16T15:00:00'],
    [20200116],
    [20200116n],
    [new Date('2020-01-16T00:00:00Z')],
  ])('reads %s', (value) => {
    expect(formatDay(tradingDayOf(value) ?? 0)).toBe('2020-01-16');
  });

  it.each([[''], ['2020-02-30'], ['2020-1-6'], ['202001160'], ['16.01.2020'], [0], [null], [undefined], [{}], [true]])(
    'knows no day in %o',
    (value) => {
      expect(tradingDayOf(value)).toBeUndefined();
    },
  );
});

it('tradingDayOf takes a year, a month and a day in digits, with or without dashes, and no digit behind them', () => {
  const dash = fc.constantFrom('-', '');
  const digits = fc.constantFrom('01', '02', '13', '31', '1', 'x1', '016');
  const tail = fc.constantFrom('', ' ', '5', ' 5', 'T15:00', '-');
  fc.assert(
    fc.property(fc.constantFrom('2020', ' 2021', '202'), dash, digits, dash, digits, tail, (...pieces) => {
      const text = pieces.join('');
      const match = /^(\d{4})-?(\d{2})-?(\d{2})(?!\d)/.exec(text.trim());
      const iso = match === null ? '' : `${match[1]}-${match[2]}-${match[3]}`;
      expect(tradingDayOf(text)).toBe(parseDay(iso));
    }),
  );
});

describe('updateTimeOf', () => {
  it.each([
    ['2020-01-16 20:59:01', '2020-01-16T12:59:01.000Z'],
    ['2020-01-16 20:59:01.118236', '2020-01-16T12:59:01.118Z'],
    ['2020-01-16 10:30:00_112233', '2020-01-16T02:30:00.112Z'],
    ['2020-01-16 10:30:00.5', '2020-01-16T02:30:00.500Z'],
    ['2020-01-16 00:00:00', '2020-01-15T16:00:00.000Z'],
  ])('takes %s for wall time in Shanghai', (text, instant) => {
    expect(new Date(updateTimeOf(text) ?? 0).toISOString()).toBe(instant);
  });

  it('takes a BSON date for wall time that was stored as if it were UTC', () => {
    const written = Date.UTC(2020, 0, 16, 20, 59, 1, 118);
    const forms = [
      new Date(written),
      { $date: '2020-01-16T20:59:01.118Z' },
      { $date: { $numberLong: String(written) } },
      { $date: written },
    ];
    for (const form of forms) expect(updateTimeOf(plainValue(form))).toBe(written - 8 * 3_600_000);
  });

  it.each([
    [''],
    ['yesterday'],
    ['2020-01-16'],
    ['2020-01-16 24:00:00'],
    ['2020-01-16 10:60:00'],
    ['2020-13-16 10:00:00'],
    [1579141800],
    [null],
    [{}],
  ])('knows no time in %o', (value) => {
    expect(updateTimeOf(value)).toBeUndefined();
  });
});

it.each([new Date(Number.NaN), new Date(-8_640_000_000_000_000), new Date(8_640_000_000_000_000)])(
  'a BSON date that no calendar has, such as %s, is no day and no instant',
  (date) => {
    expect(tradingDayOf(date)).toBeUndefined();
    expect(updateTimeOf(date)).toBeUndefined();
  },
);
