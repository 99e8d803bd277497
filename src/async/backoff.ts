const LEAST_MS = 500;
const DEFAULT_MOST_MS = 30_000;

/**
 * Delays between attempts: any one between half a second and a ceiling that doubles with each attempt, up to `mostMs`. That much jitter keeps many who lost the same server from coming back at the same time.
 */
export class Backoff {
  readonly #random: () => number;
  readonly #mostMs: number;
  #ceilingMs = LEAST_MS;

  /** `random` answers numbers from 0 to below 1. */
  constructor(random: () => number, mostMs = DEFAULT_MOST_MS) {
    this.#random = random;
    this.#mostMs = mostMs;
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    this.#ceilingMs = Math.min(this.#mostMs, this.#ceilingMs * 2);
    return Math.round(LEAST_MS + this.#random() * (this.#ceilingMs - LEAST_MS));
  }

  /** The last attempt proved good: the next delay is a first one again. */
  reset(): void {
    this.#ceilingMs = LEAST_MS;
  }
}
