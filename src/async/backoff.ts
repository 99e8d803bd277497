const LEAST_MS = 500;
const MOST_MS = 30_000;

/**
 * Delays between attempts: any one between half a second and a ceiling that doubles with each attempt, up to 30
 * seconds. That much jitter keeps many who lost the same server from coming back at the same time.
 */
export class Backoff {
  readonly #random: () => number;
  #ceilingMs = LEAST_MS;

  /** `random` answers numbers from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Milliseconds to wait before the next attempt. */
  next(): number {
    this.#ceilingMs = Math.min(MOST_MS, this.#ceilingMs * 2);
    return Math.round(LEAST_MS + this.#random() * (this.#ceilingMs - LEAST_MS));
  }

  /** The last attempt proved good: the next delay is a first one again. */
  reset(): void {
    this.#ceilingMs = LEAST_MS;
  }
}
