import type { EquityRow } from './account.ts';
import { type Day, lastDayOfMonth, monthOf } from './day.ts';
import { moneyMoved } from './equity.ts';

/** How a month without a record, the first month and money moved are counted; GraphQL's MonthlyProfitMode. */
export const MONTHLY_PROFIT_MODES = ['CARRY', 'LEGACY'] as const;
export type MonthlyProfitMode = (typeof MONTHLY_PROFIT_MODES)[number];

export interface MonthlyProfit {
  /** The last calendar day of the month. */
  readonly month: Day;
  readonly profit: number;
}

/**
 * Profit by calendar month from an ascending daily series, in the account's currency. A month without a record has no
 * entry.
 *
 * CARRY: the month-end balance less the last one known before it and less the money moved since. The first month
 * starts from the first day's preBalance, or, when that is not known, from the first day's balance.
 *
 * LEGACY: what QUANTAXIS' QA_QIFIMANAGER.month_assets_profit answers. Balances are rounded to whole units, half to
 * even; the first month starts from the first balance; after a month without a record the next one is missing too;
 * money moved counts as profit.
 */
export function monthlyProfit(rows: readonly EquityRow[], mode: MonthlyProfitMode): MonthlyProfit[] {
  return mode === 'CARRY' ? carriedProfit(rows) : legacyProfit(rows);
}

function carriedProfit(rows: readonly EquityRow[]): MonthlyProfit[] {
  const [first] = rows;
  if (first === undefined) return [];
  const profits: MonthlyProfit[] = [];
  let base = first.preBalance ?? first.balance;
  for (const [month, ofMonth] of byMonth(rows)) {
    // A first balance that stands in for an unknown preBalance already holds what that day moved.
    const moving = profits.length === 0 && first.preBalance === null ? ofMonth.slice(1) : ofMonth;
    const moved = moving.reduce((sum, row) => sum + moneyMoved(row), 0);
    const end = ofMonth.at(-1)?.balance ?? base;
    profits.push({ month: lastDayOfMonth(month), profit: end - base - moved });
    base = end;
  }
  return profits;
}

function legacyProfit(rows: readonly EquityRow[]): MonthlyProfit[] {
  const [first] = rows;
  if (first === undefined) return [];
  const profits: MonthlyProfit[] = [];
  const firstMonth = monthOf(first.tradingDay);
  let before = { month: firstMonth - 1, balance: roundHalfToEven(first.balance) };
  for (const [month, ofMonth] of byMonth(rows)) {
    const balance = roundHalfToEven(ofMonth.at(-1)?.balance ?? 0);
    if (month === before.month + 1) profits.push({ month: lastDayOfMonth(month), profit: balance - before.balance });
    before = { month, balance };
  }
  return profits;
}

/** Rows by month in ascending order, as `monthOf` numbers months. */
function byMonth(rows: readonly EquityRow[]): Map<number, EquityRow[]> {
  const months = new Map<number, EquityRow[]>();
  for (const row of rows) {
    const month = monthOf(row.tradingDay);
    const ofMonth = months.get(month);
    if (ofMonth === undefined) months.set(month, [row]);
    else ofMonth.push(row);
  }
  return months;
}

/** Python's round(x). */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
