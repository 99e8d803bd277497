import type { EquityRow } from './account.ts';
import { moneyMoved } from './equity.ts';
import { mean, sampleDeviation } from './statistics.ts';

const TRADING_DAYS_PER_YEAR = 252;
const ROUNDING = 8 * Number.EPSILON;

/** Fractions, not percent. A figure that the rows do not define is null. */
export interface AccountPerformance {
  /** Trading days with a balance. */
  readonly days: number;
  /** Product of 1 + r, less 1. */
  readonly totalReturn: number | null;
  /** (1 + totalReturn) to the power of 252 / days, less 1. */
  readonly annualReturn: number | null;
  /** Sample deviation (n - 1) of r times the root of 252. */
  readonly annualVolatility: number | null;
  /** Mean of r over its sample deviation, times the root of 252; the risk-free rate is 0. */
  readonly sharpeRatio: number | null;
  /** The largest fall of the index, the running product of 1 + r, below a peak before it; 1 is everything. */
  readonly maxDrawdown: number | null;
  /** Days with r > 0 among the days with r other than 0. */
  readonly winRate: number | null;
  readonly tradeCount: number;
}

/**
 * Return and risk of an ascending daily series, free of money moved in and out: the return r of a day is
 * (balance - deposit + withdraw) / balance of the day before - 1. The first day is held against its preBalance. A day
 * that would be held against nothing, 0 or less has no return.
 */
export function performance(rows: readonly EquityRow[], tradeCount: number): AccountPerformance {
  const returns = dailyReturns(rows);
  const totalReturn = returns.length === 0 ? null : returns.reduce((index, r) => index * (1 + r), 1) - 1;
  const deviation = deviationOf(returns);
  const moving = returns.filter((r) => r !== 0);
  const yearly = Math.sqrt(TRADING_DAYS_PER_YEAR);
  return {
    days: rows.length,
    totalReturn: finite(totalReturn),
    annualReturn: totalReturn === null ? null : annualized(totalReturn, rows.length),
    annualVolatility: deviation === null ? null : finite(deviation * yearly),
    sharpeRatio: deviation === null || deviation === 0 ? null : finite((mean(returns) / deviation) * yearly),
    maxDrawdown: returns.length === 0 ? null : finite(maxDrawdown(returns)),
    winRate: moving.length === 0 ? null : moving.filter((r) => r > 0).length / moving.length,
    tradeCount,
  };
}

/** An account that owes more than it had has no rate of growth. */
function annualized(totalReturn: number, days: number): number | null {
  return totalReturn < -1 ? null : finite((1 + totalReturn) ** (TRADING_DAYS_PER_YEAR / days) - 1);
}

/** Returns of equal growth differ in their last bits; what is no more than that is no deviation. */
function deviationOf(returns: readonly number[]): number | null {
  const deviation = sampleDeviation(returns);
  return deviation !== null && deviation < ROUNDING ? 0 : deviation;
}

/** Balances from the edge of what a double holds can lead beyond it. */
function finite(figure: number | null): number | null {
  return figure !== null && Number.isFinite(figure) ? figure : null;
}

function dailyReturns(rows: readonly EquityRow[]): number[] {
  const returns: number[] = [];
  let before = rows[0]?.preBalance ?? 0;
  for (const row of rows) {
    if (before > 0) returns.push((row.balance - moneyMoved(row)) / before - 1);
    before = row.balance;
  }
  return returns;
}

function maxDrawdown(returns: readonly number[]): number {
  let index = 1;
  let peak = 1;
  let deepest = 0;
  for (const r of returns) {
    index *= 1 + r;
    peak = Math.max(peak, index);
    deepest = Math.max(deepest, 1 - index / peak);
  }
  return deepest;
}
