import { adjust, type PriceAdjustment } from '../domain/adjustment.ts';
import { type BarInterval, resample } from '../domain/resample.ts';
import type { BarColumns, BarHistory } from '../domain/series.ts';

/** How a history is looked at before a range is cut from it. */
export interface BarView {
  readonly interval: BarInterval;
  readonly adjustment: PriceAdjustment;
}

interface KnownView {
  readonly columns: BarColumns;
  readonly events: BarHistory['events'];
  readonly view: BarColumns;
}

/** Some 130 kB each for ten years of days. */
const MOST_KEPT = 256;

/**
 * Histories as weeks or months, adjusted or not, computed once for each version of a history. All operations share one,
 * so that what is made of a view can be kept as what is made of a history is. Those used longest ago go first.
 */
export class BarViews {
  /** In the order of their use. */
  readonly #known = new Map<string, KnownView>();

  of({ code, columns, events }: BarHistory, { interval, adjustment }: BarView): BarColumns {
    if (interval === 'DAY' && adjustment === 'NONE') return columns;
    const key = `${code} ${interval} ${adjustment}`;
    const known = this.#known.get(key);
    this.#known.delete(key);
    const isSame = known?.columns === columns && known.events === events;
    const view = isSame ? known.view : resample(adjust(columns, events, adjustment), interval);
    this.#known.set(key, { columns, events, view });
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KEPT && oldest !== undefined) this.#known.delete(oldest);
    return view;
  }
}
