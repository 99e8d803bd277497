import type { Clock } from '../../async/clock.ts';

export interface ThrottleOptions {
  readonly clock: Clock;
  /** Above 0. */
  readonly maxPerSecond: number;
  /** Gets the keys whose pause is over, longest paused first. */
  readonly onResume: (keys: readonly string[]) => void;
}

/** setTimeout fires at once for more. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Lets each key pause for a while after something of it was delivered. One timer for all keys. */
export class Throttle {
  readonly #clock: Clock;
  readonly #onResume: (keys: readonly string[]) => void;
  readonly #intervalMs: number;
  /** When each key was delivered, oldest first. */
  readonly #pausedAt = new Map<string, number>();
  #cancelTimer: (() => void) | undefined;

  constructor({ clock, maxPerSecond, onResume }: ThrottleOptions) {
    if (!(maxPerSecond > 0)) throw new RangeError(`received maxPerSecond ${maxPerSecond}, wanted more than 0`);
    this.#clock = clock;
    this.#onResume = onResume;
    this.#intervalMs = 1000 / maxPerSecond;
  }

  isPaused(key: string): boolean {
    return this.#pausedAt.has(key);
  }

  pause(key: string): void {
    this.#pausedAt.set(key, this.#clock.now());
    this.#arm();
  }

  /** Ends every pause without a word. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#pausedAt.clear();
  }

  #arm(): void {
    const [oldest] = this.#pausedAt.values();
    if (oldest === undefined || this.#cancelTimer !== undefined) return;
    const delayMs = Math.min(Math.ceil(this.#remainingMs(oldest)), LONGEST_DELAY_MS);
    this.#cancelTimer = this.#clock.after(delayMs, () => this.#resume());
  }

  #resume(): void {
    this.#cancelTimer = undefined;
    const due: string[] = [];
    for (const [key, pausedAt] of this.#pausedAt) {
      if (this.#remainingMs(pausedAt) > 0) break;
      this.#pausedAt.delete(key);
      due.push(key);
    }
    this.#arm();
    this.#onResume(due);
  }

  /** 0 when the clock was set back, so that nothing waits until it is that late again. */
  #remainingMs(pausedAt: number): number {
    const elapsedMs = this.#clock.now() - pausedAt;
    return elapsedMs < 0 ? 0 : Math.max(0, this.#intervalMs - elapsedMs);
  }
}
