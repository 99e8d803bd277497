import type { Day } from '../domain/day.ts';
import { describeInstrument } from '../domain/instrument.ts';
import { type BarHistory, type NavHistory, type SeriesRenewal, sizeOfBars, sizeOfNavs } from '../domain/series.ts';
import { checkBars, checkNavs, withoutIdleDays } from './series-check.ts';
import { continueBars, continueNavs } from './series-tail.ts';
import { type Freshness, freshnessOfBars, freshnessOfNavs, type HeldSeries } from './sessions/session-freshness.ts';
import type { SessionMarkets } from './sessions/session-markets.ts';

/** What the cache looks at in a series of any kind. */
export interface CachedSeries {
  readonly code: string;
  readonly source: string;
  readonly revision: string;
  readonly renewal: SeriesRenewal;
  /** Milliseconds since the epoch. */
  readonly fetchedAt: number;
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
  const clockOf = remembered(({ code }: BarHistory) => markets.bars(describeInstrument(code)));
  return {
    checked(value, code) {
      const clock = value.renewal === 'SESSION' ? clockOf(value) : undefined;
      const kept = clock === undefined ? value : withoutIdleDays(value, (day: Day) => clock.isSession(day));
      checkBars(kept, code);
      return kept;
    },
    daysOf: ({ columns }) => columns.day,
    continued: continueBars,
    freshness: (value, held) => freshnessOfBars(clockOf(value), held),
    sizeOf: sizeOfBars,
  };
}

/** NAVs, which are looked for between the instants at which they are published. */
export function navsKind(markets: SessionMarkets): SeriesKind<NavHistory> {
  const clockOf = remembered(({ code, navMarket }: NavHistory) => markets.navs(describeInstrument(code), navMarket));
  return {
    checked(value, code) {
      checkNavs(value, code);
      return value;
    },
    daysOf: ({ day }) => day,
    continued: continueNavs,
    freshness: (value, held) =>
      freshnessOfNavs(clockOf(value), { ...held, lastDay: value.day.at(-1) ?? Number.NEGATIVE_INFINITY }),
    sizeOf: sizeOfNavs,
  };
}

/** Which clock a code has is told by dozens of rules, and asked at every read. */
function remembered<T extends object, Clock>(find: (value: T) => Clock): (value: T) => Clock {
  const found = new WeakMap<T, { readonly clock: Clock }>();
  return (value) => {
    const known = found.get(value) ?? { clock: find(value) };
    found.set(value, known);
    return known.clock;
  };
}
