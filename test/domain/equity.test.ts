import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EquityRow } from '../../src/domain/account.ts';
import { formatDay } from '../../src/domain/day.ts';
import { cutEquity, dayProfit, portfolioCurve, realtimeSeries } from '../../src/domain/equity.ts';
import { day } from '../support/bars.ts';
import { row } from '../support/equity.ts';

describe('cutEquity', () => {
  const rows = [row('2020-01-02', 1), row('2020-01-03', 2), row('2020-01-06', 3)];
  const cut = (start: number, end: number): number[] => cutEquity(rows, { start, end }).map(({ balance }) => balance);

  it('includes both ends, which need not be days of the series', () => {
    expect(cut(day('2020-01-03'), day('2020-01-06'))).toEqual([2, 3]);
    expect(cut(day('2020-01-04'), day('2020-01-05'))).toEqual([]);
    expect(cut(-Infinity, day('2020-01-02'))).toEqual([1]);
    expect(cut(-Infinity, Infinity)).toEqual([1, 2, 3]);
  });
});

describe('dayProfit', () => {
  it('is what the balance rose by, less money moved', () => {
    expect(dayProfit({ balance: 1100, preBalance: 1000, deposit: 200, withdraw: 50 })).toBe(-50);
    expect(dayProfit({ balance: 1100, preBalance: 1000, deposit: null, withdraw: null })).toBe(100);
  });

  it('is null without one of the balances', () => {
    expect(dayProfit({ balance: null, preBalance: 1, deposit: 0, withdraw: 0 })).toBeNull();
    expect(dayProfit({ balance: 1, preBalance: null, deposit: 0, withdraw: 0 })).toBeNull();
  });
});

describe('portfolioCurve', () => {
  it('carries each account between its own days, and counts nothing before its first', () => {
    const one = [row('2020-01-02', 100), row('2020-01-06', 110)];
    const other = [row('2020-01-03', 1000), row('2020-01-07', 900)];
    expect(portfolioCurve([one, other]).map((point) => [formatDay(point.tradingDay), point.balance])).toEqual([
      ['2020-01-02', 100],
      ['2020-01-03', 1100],
      ['2020-01-06', 1110],
      ['2020-01-07', 1010],
    ]);
  });

  it('counts money moved on its own day only', () => {
    const one = [
      row('2020-01-02', 100, { deposit: 50, withdraw: 0 }),
      row('2020-01-06', 110, { deposit: 0, withdraw: 5 }),
    ];
    const other = [row('2020-01-03', 1000, { deposit: 0, withdraw: 0 })];
    expect(portfolioCurve([one, other]).map(({ deposit, withdraw }) => [deposit, withdraw])).toEqual([
      [50, 0],
      [0, 0],
      [0, 5],
    ]);
  });

  it('is null where a part is missing', () => {
    const one = [row('2020-01-02', 100, { available: 60, margin: 40 })];
    const other = [row('2020-01-02', 1000, { available: null, margin: 1 })];
    expect(portfolioCurve([one, other])[0]).toMatchObject({ balance: 1100, available: null, margin: 41 });
  });

  it('is [] of nothing', () => {
    expect(portfolioCurve([])).toEqual([]);
    expect(portfolioCurve([[], []])).toEqual([]);
  });

  it('has every day once, ascending, with the sum of the latest balances', () => {
    const series: fc.Arbitrary<EquityRow[]> = fc
      .uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 20 })
      .chain((days) =>
        fc
          .array(fc.integer({ min: -1000, max: 1000 }), { minLength: days.length, maxLength: days.length })
          .map((balances) =>
            days
              .toSorted((a, b) => a - b)
              .map((tradingDay, at) => ({ ...row('2020-01-02', balances[at] ?? 0), tradingDay })),
          ),
      );
    fc.assert(
      fc.property(fc.array(series, { maxLength: 5 }), (all) => {
        const days = new Set(all.flatMap((rows) => rows.map(({ tradingDay }) => tradingDay)));
        const expected = [...days]
          .toSorted((a, b) => a - b)
          .map((at) => {
            const latest = all.map((rows) => rows.findLast(({ tradingDay }) => tradingDay <= at)?.balance ?? 0);
            return [at, latest.reduce((sum, balance) => sum + balance, 0)];
          });
        expect(portfolioCurve(all).map(({ tradingDay, balance }) => [tradingDay, balance])).toEqual(expected);
      }),
    );
  });
});

describe('realtimeSeries', () => {
  it('takes the last mark of a day, in Shanghai, that no row tells', () => {
    const marks = [
      { at: Date.parse('2020-01-15T15:59:00Z'), balance: 1 },
      { at: Date.parse('2020-01-15T16:01:00Z'), balance: 2 },
      { at: Date.parse('2020-01-16T07:00:00Z'), balance: 3 },
      { at: Date.parse('2020-01-17T07:00:00Z'), balance: 4 },
    ];
    const rows = [row('2020-01-14', 10), row('2020-01-16', 30)];
    const series = realtimeSeries(rows, marks);
    expect(series.map(({ tradingDay, balance }) => [formatDay(tradingDay), balance])).toEqual([
      ['2020-01-14', 10],
      ['2020-01-15', 1],
      ['2020-01-16', 30],
      ['2020-01-17', 4],
    ]);
    expect(series[1]).toMatchObject({ preBalance: null, available: null, margin: null });
  });
});
