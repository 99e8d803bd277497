import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EquityRow } from '../../src/domain/account.ts';
import { formatDay } from '../../src/domain/day.ts';
import { moneyMoved } from '../../src/domain/equity.ts';
import { type MonthlyProfitMode, monthlyProfit } from '../../src/domain/monthly-profit.ts';
import { row } from '../support/equity.ts';

const profits = (rows: readonly EquityRow[], mode: MonthlyProfitMode) =>
  monthlyProfit(rows, mode).map(({ month, profit }) => [formatDay(month), profit]);

/** January 100, nothing in February, March 150, April 160. */
const GAPPED = [row('2020-01-31', 100), row('2020-03-31', 150), row('2020-04-30', 160)];

describe('monthlyProfit in the mode CARRY', () => {
  it('carries the last month-end over a month without a record', () => {
    expect(profits(GAPPED, 'CARRY')).toEqual([
      ['2020-01-31', 0],
      ['2020-03-31', 50],
      ['2020-04-30', 10],
    ]);
  });

  it("starts the first month from the first day's preBalance, or else from its balance", () => {
    const later = row('2020-01-03', 130);
    expect(profits([row('2020-01-02', 110, { preBalance: 100 }), later], 'CARRY')).toEqual([['2020-01-31', 30]]);
    expect(profits([row('2020-01-02', 110), later], 'CARRY')).toEqual([['2020-01-31', 20]]);
  });

  it('takes out money moved, once', () => {
    const opening = row('2020-01-02', 100_010, { preBalance: 0, deposit: 100_000, withdraw: 0 });
    const moving = row('2020-02-03', 90_030.25, { preBalance: 100_010, deposit: 5000, withdraw: 15_000 });
    expect(profits([opening, moving], 'CARRY')).toEqual([
      ['2020-01-31', 10],
      ['2020-02-29', 20.25],
    ]);
    expect(profits([row('2020-01-02', 100_010, { deposit: 100_000 })], 'CARRY')).toEqual([['2020-01-31', 0]]);
  });

  it('names a running month by its last calendar day', () => {
    expect(profits([row('2020-02-03', 1, { preBalance: 0 })], 'CARRY')).toEqual([['2020-02-29', 1]]);
  });

  it('adds up to what was earned, whatever the days', () => {
    const anyRows = fc
      .uniqueArray(fc.integer({ min: 18_000, max: 18_400 }), { minLength: 1, maxLength: 60 })
      .chain((days) =>
        fc.tuple(
          ...days
            .toSorted((a, b) => a - b)
            .map((tradingDay) =>
              fc.record({
                tradingDay: fc.constant(tradingDay),
                balance: fc.integer({ min: 0, max: 1_000_000 }),
                preBalance: fc.integer({ min: 0, max: 1_000_000 }),
                deposit: fc.nat(1000),
                withdraw: fc.nat(1000),
                available: fc.constant(null),
                margin: fc.constant(null),
              }),
            ),
        ),
      );
    fc.assert(
      fc.property(anyRows, (rows) => {
        const earned = (rows.at(-1)?.balance ?? 0) - (rows[0]?.preBalance ?? 0);
        const moved = rows.reduce((sum, each) => sum + moneyMoved(each), 0);
        const counted = monthlyProfit(rows, 'CARRY').reduce((sum, { profit }) => sum + profit, 0);
        expect(counted).toBe(earned - moved);
      }),
    );
  });
});

describe('monthlyProfit in the mode LEGACY', () => {
  it('loses a month without a record and the one after it', () => {
    expect(profits(GAPPED, 'LEGACY')).toEqual([
      ['2020-01-31', 0],
      ['2020-04-30', 10],
    ]);
  });

  it('starts from the first balance, whatever came before', () => {
    const rows = [row('2020-01-02', 110, { preBalance: 100 }), row('2020-01-31', 150), row('2020-02-28', 160)];
    expect(profits(rows, 'LEGACY')).toEqual([
      ['2020-01-31', 40],
      ['2020-02-29', 10],
    ]);
  });

  it('rounds balances half to even, negative ones too', () => {
    const rows = [
      row('2020-01-02', 0),
      row('2020-02-03', 100_000.5),
      row('2020-03-03', 100_001.5),
      row('2020-04-03', -1.5),
    ];
    expect(profits(rows, 'LEGACY')).toEqual([
      ['2020-01-31', 0],
      ['2020-02-29', 100_000],
      ['2020-03-31', 2],
      ['2020-04-30', -100_004],
    ]);
  });

  it('counts money moved as profit', () => {
    const rows = [row('2020-01-02', 100), row('2020-02-03', 1100, { deposit: 1000 })];
    expect(profits(rows, 'LEGACY')).toEqual([
      ['2020-01-31', 0],
      ['2020-02-29', 1000],
    ]);
  });
});

describe('monthlyProfit', () => {
  it('is [] of nothing and crosses years', () => {
    expect(profits([], 'CARRY')).toEqual([]);
    expect(profits([], 'LEGACY')).toEqual([]);
    const rows = [row('2019-12-31', 1), row('2020-01-02', 3)];
    const expected = [
      ['2019-12-31', 0],
      ['2020-01-31', 2],
    ];
    expect(profits(rows, 'CARRY')).toEqual(expected);
    expect(profits(rows, 'LEGACY')).toEqual(expected);
  });
});
