import type { Clock } from '../async/clock.ts';

const INTERVAL_MS = 60_000;

/** So many lines of a kind within a minute from the first, and a count of those that were too many. */
export class LineAllowance {
  readonly #clock: Clock;
  readonly #most: number;
  #lines = 0;
  #passedOver = 0;
  #until = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, most: number) {
    this.#clock = clock;
    this.#most = most;
  }

  /** How many were passed over since the last line; undefined: this one is, too. */
  take(): number | undefined {
    const now = this.#clock.now();
    if (now >= this.#until) {
      this.#lines = 0;
      this.#until = now + INTERVAL_MS;
    }
    if (this.#lines === this.#most) {
      this.#passedOver += 1;
      return undefined;
    }
    this.#lines += 1;
    const passedOver = this.#passedOver;
    this.#passedOver = 0;
    return passedOver;
  }
}
