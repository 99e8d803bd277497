import type { Clock } from '../async/clock.ts';
import type { Quote } from '../domain/tick.ts';

export interface QuoteBoardOptions {
  readonly clock: Clock;
  /** Without any data for so long, quotes are not what the venue would say now. */
  readonly staleAfterMs: number;
  publish(quote: Quote): void;
}

/** The newest quote of each symbol that one socket carries, published once more as stale when the socket goes silent. */
export class QuoteBoard {
  readonly #options: QuoteBoardOptions;
  readonly #newest = new Map<string, Quote>();
  #lastDataAt = 0;
  #cancelSilence: (() => void) | undefined;

  constructor(options: QuoteBoardOptions) {
    this.#options = options;
  }

  /** Data came on the socket, be it of other kinds or symbols. */
  heard(): void {
    this.#lastDataAt = this.#options.clock.now();
    if (this.#cancelSilence === undefined) this.#waitForSilence(this.#options.staleAfterMs);
  }

  put(quote: Quote): void {
    this.#newest.set(quote.symbol, quote);
    this.#options.publish(quote);
  }

  /** Another socket brings the quotes from now on, and has brought these: of each symbol the newer one holds. */
  takeOver(quotes: Iterable<Quote>): void {
    for (const quote of quotes) {
      // As any data, they are the present state only as long as more follows.
      this.heard();
      const known = this.#newest.get(quote.symbol);
      if (known === undefined || saidAt(quote) >= saidAt(known)) this.put(quote);
      else if (known.stale) this.put({ ...known, stale: false });
    }
  }

  forget(symbol: string): void {
    this.#newest.delete(symbol);
  }

  /** The socket is lost, or as good as that. */
  expire(): void {
    this.#cancelSilence?.();
    this.#cancelSilence = undefined;
    for (const quote of [...this.#newest.values()]) if (!quote.stale) this.put({ ...quote, stale: true });
  }

  /** One timer looks back instead of one that every frame sets anew. */
  #waitForSilence(delayMs: number): void {
    const { clock, staleAfterMs } = this.#options;
    this.#cancelSilence = clock.after(delayMs, () => {
      const leftMs = staleAfterMs - (clock.now() - this.#lastDataAt);
      // The wall clock may have been set back meanwhile.
      if (leftMs > 0) this.#waitForSilence(Math.min(staleAfterMs, leftMs));
      else this.expire();
    });
  }
}

function saidAt({ timestamp, receivedAt }: Quote): number {
  return timestamp ?? receivedAt;
}
