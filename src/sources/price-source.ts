import type { Day } from '../domain/day.ts';
import type { BarHistory, NavHistory } from '../domain/series.ts';

/**
 * A vendor of daily history. A source answers the whole history of a canonical code at once. It throws NOT_FOUND for
 * a code that it does not have, UPSTREAM_UNAVAILABLE when it cannot be asked, and DATA_INVALID when what came back is
 * not a usable series.
 */
export interface PriceSource {
  /** As shown in answers: `folder`. */
  readonly name: string;
  /**
   * With `from` nothing before that day is needed: a source that is asked over a network may leave it out, and answers
   * a history without any day when there is none from then on.
   */
  loadBars(code: string, signal: AbortSignal, from?: Day): Promise<BarHistory>;
  /** As loadBars. */
  loadNavs(code: string, signal: AbortSignal, from?: Day): Promise<NavHistory>;
  /**
   * Whether asking again would give the same bars: the revision that a load would carry now, at the cost of a look.
   * Undefined when only a load could tell. Fails with NOT_FOUND or UPSTREAM_UNAVAILABLE.
   */
  barsRevision(code: string): Promise<string | undefined>;
  navsRevision(code: string): Promise<string | undefined>;
}
