import { type DecidedAlignment, eventsOfFund, type PremiumHistory, premiumHistory } from '../domain/premium.ts';
import type { BarColumns, BarHistory, NavHistory } from '../domain/series.ts';

/** What the premiums of a fund are computed from. */
export interface PremiumSeries {
  readonly bars: BarHistory;
  readonly navs: NavHistory;
  readonly alignment: DecidedAlignment;
}

type ByAlignment = Map<DecidedAlignment, PremiumHistory>;

/**
 * The premiums of whole histories, computed once for each two histories and alignment, whatever ranges are cut from
 * them. All operations share one. They go with the histories: some 44 bytes a session, where those have 72.
 */
export class Premiums {
  readonly #known = new WeakMap<BarColumns, WeakMap<Float64Array, ByAlignment>>();

  of({ bars, navs, alignment }: PremiumSeries): PremiumHistory {
    const known = this.#knownOf(bars.columns, navs.nav);
    const premiums =
      known.get(alignment) ?? premiumHistory({ bars: bars.columns, navs, alignment, events: eventsOfFund(bars, navs) });
    known.set(alignment, premiums);
    return premiums;
  }

  #knownOf(columns: BarColumns, nav: Float64Array): ByAlignment {
    const ofBars = this.#known.get(columns) ?? new WeakMap<Float64Array, ByAlignment>();
    const known = ofBars.get(nav) ?? new Map();
    ofBars.set(nav, known);
    this.#known.set(columns, ofBars);
    return known;
  }
}
