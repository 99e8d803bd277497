import { type Day, formatDay } from '../domain/day.ts';
import type { CorporateEvent, NavHistory, NavMarket } from '../domain/series.ts';
import { FIRST_MARKET_DAY } from './bar-rows.ts';
import { invalidReply } from './reply.ts';

/** One published NAV. NaN stands for a missing figure, Infinity for one that is no number. */
export interface NavRow {
  readonly day: Day;
  /** Per unit, in the fund's currency. */
  readonly nav: number;
  readonly accumulated: number;
}

/** What a vendor's reply came to. */
export interface ParsedNavs extends Pick<NavHistory, 'day' | 'nav' | 'accumulated' | 'navMarket'> {
  /** Splits and dividends of the fund, ascending by day. */
  readonly events: readonly CorporateEvent[];
  /** Rows without a NAV that can be. */
  readonly dropped: number;
}

export interface NavFacts {
  readonly lastPossibleDay: Day;
  readonly navMarket: NavMarket | undefined;
  readonly events: readonly CorporateEvent[];
}

/**
 * The columns of rows that have to come in ascending order; those without a NAV are left out and counted. Fails with
 * DATA_INVALID when days do not ascend or one lies in the future.
 */
export function collectNavs(rows: readonly NavRow[], { lastPossibleDay, navMarket, events }: NavFacts): ParsedNavs {
  const kept: NavRow[] = [];
  for (const [index, row] of rows.entries()) {
    const previous = rows[index - 1];
    if (row.day > lastPossibleDay) throw invalidReply(`a NAV of ${formatDay(row.day)}`, 'none of the future');
    if (row.day < FIRST_MARKET_DAY) throw invalidReply('a NAV of before 1800', 'one of a fund');
    if (previous !== undefined && previous.day >= row.day) {
      throw invalidReply(`${formatDay(row.day)} after ${formatDay(previous.day)}`, 'ascending days');
    }
    if (isPossible(row.nav)) kept.push(row);
  }
  if (kept.length === 0 && rows.some(({ nav }) => !Number.isNaN(nav))) {
    throw invalidReply(`${rows.length} rows without a NAV that can be`, 'NAVs');
  }
  return {
    day: Int32Array.from(kept, ({ day }) => day),
    nav: Float64Array.from(kept, ({ nav }) => nav),
    accumulated: Float64Array.from(kept, ({ accumulated }) => (isPossible(accumulated) ? accumulated : Number.NaN)),
    navMarket,
    events: events.toSorted((left, right) => left.day - right.day),
    dropped: rows.length - kept.length,
  };
}

function isPossible(nav: number): boolean {
  return nav > 0 && nav < Number.POSITIVE_INFINITY;
}
