import type { AccountSnapshot, EquityMark, EquityPoint, EquityRow, Figure } from './account.ts';
import type { Day, DayRange } from './day.ts';
import { shanghaiDayOf } from './qifi-times.ts';

/** The points of an ascending series that lie in the range; either end may be infinite. */
export function cutEquity<Point extends EquityPoint>(points: readonly Point[], range: DayRange): Point[] {
  return points.filter(({ tradingDay }) => tradingDay >= range.start && tradingDay <= range.end);
}

/** balance - preBalance - deposit + withdraw; null without one of the balances. Money that nobody noted is 0. */
export function dayProfit(state: Pick<AccountSnapshot, 'balance' | 'preBalance' | 'deposit' | 'withdraw'>): Figure {
  if (state.balance === null || state.preBalance === null) return null;
  return state.balance - state.preBalance - moneyMoved(state);
}

/** What a day's deposits and withdrawals added to the balance. */
export function moneyMoved({ deposit, withdraw }: Pick<EquityPoint, 'deposit' | 'withdraw'>): number {
  return (deposit ?? 0) - (withdraw ?? 0);
}

/**
 * The sum of several ascending series: a point for every day on which one of them has a point. From its first day on,
 * each counts with its latest point, so that the last point of the curve is the sum of the latest balances. Deposits
 * and withdrawals are those of the day itself. A sum that lacks a part is null.
 */
export function portfolioCurve(series: readonly (readonly EquityRow[])[]): EquityPoint[] {
  const days = [...new Set(series.flatMap((rows) => rows.map(({ tradingDay }) => tradingDay)))].sort((a, b) => a - b);
  const cursors = series.map((rows) => new CarriedRow(rows));
  return days.map((day) => {
    const counted = cursors.flatMap((cursor) => cursor.moveTo(day) ?? []);
    const ofDay = counted.filter(({ tradingDay }) => tradingDay === day);
    return {
      tradingDay: day,
      balance: counted.reduce((sum, row) => sum + row.balance, 0),
      available: sumOfFigures(counted, 'available'),
      margin: sumOfFigures(counted, 'margin'),
      deposit: sumOfFigures(ofDay, 'deposit'),
      withdraw: sumOfFigures(ofDay, 'withdraw'),
    };
  });
}

/** Walks one ascending series, day by day. */
class CarriedRow {
  readonly #rows: readonly EquityRow[];
  #next = 0;

  constructor(rows: readonly EquityRow[]) {
    this.#rows = rows;
  }

  /** The latest row of the day or before it. Days must not fall. */
  moveTo(day: Day): EquityRow | undefined {
    while ((this.#rows[this.#next]?.tradingDay ?? Infinity) <= day) this.#next++;
    return this.#rows[this.#next - 1];
  }
}

/** A daily series from ascending intraday marks: the last of each day in Shanghai. Marks know nothing but the balance. */
function dailyOfMarks(marks: readonly EquityMark[]): EquityRow[] {
  const lastOfDay = new Map(marks.map(({ at, balance }) => [shanghaiDayOf(at), balance]));
  const untold = { preBalance: null, available: null, margin: null, deposit: null, withdraw: null };
  return [...lastOfDay].map(([tradingDay, balance]) => ({ tradingDay, balance, ...untold }));
}

/** The daily series of a REALTIME account from ascending rows and marks: marks tell the days that no row tells. */
export function realtimeSeries(rows: readonly EquityRow[], marks: readonly EquityMark[]): EquityRow[] {
  const ofDay = new Map([...dailyOfMarks(marks), ...rows].map((row) => [row.tradingDay, row]));
  return [...ofDay.values()].sort((left, right) => left.tradingDay - right.tradingDay);
}

/** The sum of a figure; null when one of the parts lacks it, since what is known would pass for the whole. */
export function sumOfFigures<Name extends string>(
  parts: readonly Readonly<Record<Name, Figure>>[],
  figure: Name,
): Figure {
  let sum = 0;
  for (const part of parts) {
    const value = part[figure];
    if (value === null) return null;
    sum += value;
  }
  return sum;
}
