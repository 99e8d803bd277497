import type { Day } from '../domain/day.ts';
import { describeInstrument } from '../domain/instrument.ts';
import { type BarHistory, type NavHistory, type SeriesRenewal, sizeOfBars, sizeOfNavs } from '../domain/series.ts';
import { checkBars, checkNavs, withoutIdleDays } from './series-check.ts';
import { continueBars, continueNavs } from './series-tail.ts';
import { type Freshness, freshnessOfBars, freshnessOfNavs, type HeldSeries } from './session-freshness.ts';
import type { SessionMarkets } from './session-markets.ts';

/** What the cache looks at in a series of any kind. */
export interface CachedSeries {
  readonly code: string;
  readonly source: string;
  readonly revision: string;
  readonly renewal: SeriesRenewal;
}

/** What the cache has to know of one kind of series. */
export interface SeriesKind<T> {
  /** What is kept of a value. Throws for one that must not be: NOT_FOUND without any day, else DATA_INVALID. */
  checked(value: T, code: string): T;
  daysOf(value: T): Int32Array;
  /** A value with what a source has from the tail's first day on; undefined when they are not of a piece. */
  continued(held: T, tail: T): T | undefined;
  /** How a value stands that only a load can renew. */
  freshness(value: T, held: HeldSeries): Freshness;
  /** Bytes that a value takes up. */
  sizeOf(value: T): number;
}

/** Daily bars, which are renewed by the sessions of their market. */
export function barsKind(markets: SessionMarkets): SeriesKind<BarHistory> {
  const clockOf = (code: string) => markets.bars(describeInstrument(code));
  return {
    checked(value, code) {
      const clock = value.renewal === 'SESSION' ? clockOf(code) : undefined;
      const kept = clock === undefined ? value : withoutIdleDays(value, (day: Day) => clock.isSession(day));
      checkBars(kept, code);
      return kept;
    },
    daysOf: ({ columns }) => columns.day,
    continued: continueBars,
    freshness: ({ code }, held) => freshnessOfBars(clockOf(code), held),
    sizeOf: sizeOfBars,
  };
}

/** NAVs, which are looked for between the instants at which they are published. */
export function navsKind(markets: SessionMarkets): SeriesKind<NavHistory> {
  return {
    checked(value, code) {
      checkNavs(value, code);
      return value;
    },
    daysOf: ({ day }) => day,
    continued: continueNavs,
    freshness({ code, navMarket, day }, held) {
      const clock = markets.navs(describeInstrument(code), navMarket);
      return freshnessOfNavs(clock, { ...held, lastDay: day.at(-1) ?? Number.NEGATIVE_INFINITY });
    },
    sizeOf: sizeOfNavs,
  };
}
