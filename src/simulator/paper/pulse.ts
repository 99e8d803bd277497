import type { Clock } from '../../async/clock.ts';

export interface PulseOptions {
  readonly clock: Clock;
  /** From one beat to the next, on average. */
  readonly stepMs: number;
  readonly random: () => number;
  /** Whether there is anybody to beat for. */
  readonly isWanted: () => boolean;
  readonly beat: () => void;
}

/** Steps that are taken only while somebody wants them. */
export class Pulse {
  readonly #options: PulseOptions;
  #cancelTimer: (() => void) | undefined;
  #isStopped = false;

  constructor(options: PulseOptions) {
    this.#options = options;
  }

  /** To be called when somebody may have come. */
  wake(): void {
    const { clock, stepMs, random, isWanted } = this.#options;
    if (this.#isStopped || this.#cancelTimer !== undefined || !isWanted()) return;
    const delayMs = Math.max(1, Math.round(stepMs * (0.7 + 0.6 * random())));
    this.#cancelTimer = clock.after(delayMs, () => {
      this.#cancelTimer = undefined;
      if (isWanted()) this.#options.beat();
      this.wake();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelTimer?.();
  }
}
