import type { MarketTopic } from '../domain/market-topic.ts';
import type { Quote } from '../domain/tick.ts';
import type { VenueEvent } from './venue.ts';

/** The figures of a quote. */
export type QuoteFigures = Omit<Quote, 'gateway' | 'symbol' | 'timestamp' | 'receivedAt' | 'stale'>;

/** What one frame says of a symbol. Times are milliseconds since the epoch. */
export interface QuotePart {
  readonly timestamp: number | null;
  readonly receivedAt: number;
  /** What is absent stays as it was; null: the venue says that there is none. */
  readonly figures: Partial<QuoteFigures>;
}

const NOTHING: QuoteFigures = {
  last: null,
  lastSize: null,
  bid: null,
  bidSize: null,
  ask: null,
  askSize: null,
  open24h: null,
  high24h: null,
  low24h: null,
  volume24h: null,
};

/** Puts quotes together on one connection, for venues that tell the best prices and the day's figures apart. */
export class QuoteParts {
  readonly #figures = new Map<string, QuoteFigures>();

  /** The quote of the symbol with this part in it. */
  put(symbol: string, { timestamp, receivedAt, figures }: QuotePart): Extract<VenueEvent, { readonly type: 'QUOTE' }> {
    const whole = { ...(this.#figures.get(symbol) ?? NOTHING), ...figures };
    this.#figures.set(symbol, whole);
    return { type: 'QUOTE', quote: { symbol, timestamp, receivedAt, ...whole } };
  }

  /** What comes of these topics later does not go on from here. */
  forget(topics: readonly MarketTopic[]): void {
    for (const { channel, symbol } of topics) if (channel === 'ticks') this.#figures.delete(symbol);
  }
}
