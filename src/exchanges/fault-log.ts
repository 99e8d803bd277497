import type { Clock } from '../async/clock.ts';
import type { Logger } from '../logger.ts';

const INTERVAL_MS = 60_000;

/** Tells the log what a venue sent that cannot be used: once a minute at most, with how often it happened. */
export class FaultLog {
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  #count = 0;
  #quietUntil = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, logger: Logger | undefined) {
    this.#clock = clock;
    this.#logger = logger;
  }

  unreadable(reason: string): void {
    this.#count += 1;
    const now = this.#clock.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + INTERVAL_MS;
    this.#logger?.warn({ count: this.#count, reason }, 'received what cannot be read');
    this.#count = 0;
  }
}
