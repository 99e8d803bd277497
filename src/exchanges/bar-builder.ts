import { addDecimals } from '../domain/decimal-text.ts';
import type { LiveBarInterval } from '../domain/live-bar.ts';
import type { VenueEvent } from './venue.ts';

export type BarEvent = Extract<VenueEvent, { readonly type: 'BAR' }>;

/** A print as bars are built from it: milliseconds since the epoch by the venue's clock, and decimal texts. */
export interface BuildingPrint {
  readonly at: number;
  readonly price: string;
  readonly size: string;
}

interface Forming {
  readonly openTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: string;
}

const MINUTE = 60_000;
const LENGTHS: Readonly<Record<LiveBarInterval, number>> = {
  M1: MINUTE,
  M3: 3 * MINUTE,
  M5: 5 * MINUTE,
  M15: 15 * MINUTE,
  M30: 30 * MINUTE,
  H1: 60 * MINUTE,
  H4: 240 * MINUTE,
  D1: 1440 * MINUTE,
};

/**
 * Builds the bars of one symbol and one length from its prints, for venues that send none. Bars lie on multiples of their
 * length since the epoch. The first is that of the interval after the one in which the venue was first heard, whose
 * beginning may have been missed; an interval without prints has no bar. A bar closes when the venue's clock has come to
 * a later interval; a print that comes after that changes nothing.
 */
export class BarBuilder {
  readonly #symbol: string;
  readonly #interval: LiveBarInterval;
  /** Of the earliest interval that may have a bar; undefined before the venue's clock was heard. */
  #earliest: number | undefined;
  #forming: Forming | undefined;

  constructor(symbol: string, interval: LiveBarInterval) {
    this.#symbol = symbol;
    this.#interval = interval;
  }

  /** The bars that a print ends and changes, in this order. */
  add(print: BuildingPrint): readonly BarEvent[] {
    const closed = this.hear(print.at);
    const openTime = this.#startOf(print.at);
    if (this.#earliest === undefined || openTime < this.#earliest) return closed;
    this.#forming = this.#forming === undefined ? begun(openTime, print) : grown(this.#forming, print);
    return [...closed, this.#event(this.#forming, false)];
  }

  /** The venue's clock shows `at`: the bar that ends by that, if any. */
  hear(at: number): readonly BarEvent[] {
    this.#earliest ??= this.#startOf(at) + LENGTHS[this.#interval];
    return this.pass(at);
  }

  /** The same with a time that may have passed long ago, and so does not tell where the first bar may begin. */
  pass(at: number): readonly BarEvent[] {
    if (this.#earliest === undefined) return [];
    const start = this.#startOf(at);
    this.#earliest = Math.max(this.#earliest, start);
    const forming = this.#forming;
    if (forming === undefined || forming.openTime >= start) return [];
    this.#forming = undefined;
    return [this.#event(forming, true)];
  }

  #startOf(at: number): number {
    return at - (at % LENGTHS[this.#interval]);
  }

  #event({ openTime, open, high, low, close, volume }: Forming, isClosed: boolean): BarEvent {
    const figures = { open, high, low, close, volume: Number(volume) };
    return { type: 'BAR', bar: { symbol: this.#symbol, interval: this.#interval, openTime, ...figures, isClosed } };
  }
}

function begun(openTime: number, { price, size }: BuildingPrint): Forming {
  const only = Number(price);
  return { openTime, open: only, high: only, low: only, close: only, volume: size };
}

function grown(forming: Forming, { price, size }: BuildingPrint): Forming {
  const close = Number(price);
  return {
    ...forming,
    high: Math.max(forming.high, close),
    low: Math.min(forming.low, close),
    close,
    volume: addDecimals(forming.volume, size),
  };
}
