import type { AssetType } from '../domain/asset-rules.ts';
import type { Day } from '../domain/day.ts';
import type { BarHistory, CorporateEvent, NavHistory } from '../domain/series.ts';

/** The revision of what a source does not have, where a look tells that. */
export const NO_HISTORY = 'none';

/**
 * A vendor of daily history. A source answers the whole history of a canonical code at once. It throws NOT_FOUND for
 * a code that it does not have, UPSTREAM_UNAVAILABLE when it cannot be asked, and DATA_INVALID when what came back is
 * not a usable series.
 */
export interface PriceSource {
  /** As shown in answers: `folder`. */
  readonly name: string;
  /** Kinds of instruments that it can have; it is asked for no other. Undefined: it is asked for every code. */
  readonly assetTypes?: readonly AssetType[] | undefined;
  /**
   * With `from`, since when there were rows, nothing before that day is needed: a source that is asked over a network may
   * leave it out, and answers a history without any day when it has none from then on.
   */
  loadBars(code: string, signal: AbortSignal, from?: Day): Promise<BarHistory>;
  /** As loadBars. */
  loadNavs(code: string, signal: AbortSignal, from?: Day): Promise<NavHistory>;
  /**
   * All splits and dividends of a code, ascending by day, at the cost of one request at most. Missing where a source
   * tells none, or only beside the bars. Fails like loadBars, with NOT_FOUND where it does not know whether there are any.
   */
  loadEvents?: ((code: string, signal: AbortSignal) => Promise<readonly CorporateEvent[]>) | undefined;
  /**
   * Whether asking again would give the same bars: the revision that a load would carry now, at the cost of a look, or
   * NO_HISTORY. Undefined when only a load could tell. Fails with NOT_FOUND or UPSTREAM_UNAVAILABLE.
   */
  barsRevision(code: string): Promise<string | undefined>;
  navsRevision(code: string): Promise<string | undefined>;
  /** barsRevision at once, where a look takes microseconds; undefined: barsRevision has to be asked. Never fails. */
  barsRevisionAtOnce?(code: string): string | undefined;
}
