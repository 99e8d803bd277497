import type { Clock } from '../../async/clock.ts';
import { isLasting, type Stretch, stretchFrom } from '../../async/stretch.ts';

export interface TierRestOptions {
  readonly clock: Clock;
  /** Told of the first failure after a success, and of no other. */
  readonly onFault: (error: unknown) => void;
}

const LEAST_MS = 1000;
const MOST_MS = 30_000;

/**
 * Does tasks that may fail, and after a failure none for a moment: a second, then twice as long, up to half a minute.
 * When that is over one task tries while all others still pass, so that what is broken slows down one of them.
 */
export class TierRest {
  readonly #options: TierRestOptions;
  #isBroken = false;
  #isTrying = false;
  #restMs = LEAST_MS;
  #present: Stretch = stretchFrom(0, 0);

  constructor(options: TierRestOptions) {
    this.#options = options;
  }

  /** What the task comes to; undefined when it fails or there is a rest. Never fails. */
  async attempt<Value>(task: () => Promise<Value>): Promise<Value | undefined> {
    if (!this.#isBroken) return this.insist(task);
    if (this.#isTrying || isLasting(this.#present, this.#options.clock.now())) return undefined;
    this.#isTrying = true;
    try {
      return await this.insist(task);
    } finally {
      this.#isTrying = false;
    }
  }

  /** The same without regard to a rest, for what somebody has asked for. */
  async insist<Value>(task: () => Promise<Value>): Promise<Value | undefined> {
    try {
      const value = await task();
      this.#isBroken = false;
      this.#restMs = LEAST_MS;
      return value;
    } catch (error) {
      this.#rest(error);
      return undefined;
    }
  }

  #rest(error: unknown): void {
    const now = this.#options.clock.now();
    // Of those that failed together the first counts.
    if (this.#isBroken && isLasting(this.#present, now)) return;
    this.#present = stretchFrom(now, this.#restMs);
    this.#restMs = Math.min(MOST_MS, this.#restMs * 2);
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#options.onFault(error);
  }
}
