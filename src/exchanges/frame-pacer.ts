import type { Clock } from '../async/clock.ts';
import type { Rate } from '../async/rate.ts';

export interface FramePacerOptions {
  readonly clock: Clock;
  /** No bound when absent. */
  readonly rate?: Rate | undefined;
  send(text: string): void;
}

/** Sends the frames of one connection in their order, as fast as the venue takes them. */
export class FramePacer {
  readonly #options: FramePacerOptions;
  /** When the last frames left, as many as the rate counts; oldest first. */
  #times: number[] = [];
  #waiting: string[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(options: FramePacerOptions) {
    this.#options = options;
  }

  /** Answers in how many milliseconds the last of the texts will have left. */
  send(texts: readonly string[]): number {
    if (texts.length === 0) return 0;
    this.#waiting.push(...texts);
    this.#proceed();
    return this.#lastDelayMs();
  }

  /** The connection is over: what waits is not sent, and the next one is counted anew. */
  clear(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#times = [];
    this.#waiting = [];
  }

  /** Sends what may leave now, and looks again when more may. */
  #proceed(): void {
    const { clock, rate, send } = this.#options;
    const now = clock.now();
    this.#correct(now);
    const due: string[] = [];
    while (this.#waiting.length > 0 && freeAt(this.#times, rate, now) <= now) {
      due.push(this.#waiting.shift() ?? '');
      if (rate !== undefined) this.#times = [...this.#times, now].slice(-rate.most);
    }
    this.#cancelTimer?.();
    this.#cancelTimer =
      this.#waiting.length === 0 ? undefined : clock.after(freeAt(this.#times, rate, now) - now, () => this.#proceed());
    for (const text of due) send(text);
  }

  /** The clock on the wall may have been set back: whatever it says, what has left did so in the past. */
  #correct(now: number): void {
    const aheadMs = (this.#times.at(-1) ?? now) - now;
    if (aheadMs > 0) this.#times = this.#times.map((at) => at - aheadMs);
  }

  #lastDelayMs(): number {
    const { clock, rate } = this.#options;
    const now = clock.now();
    const times = [...this.#times];
    for (let count = 0; count < this.#waiting.length; count += 1) times.push(freeAt(times, rate, now));
    return this.#waiting.length === 0 ? 0 : (times.at(-1) ?? now) - now;
  }
}

/** From when on one more keeps the rate. */
function freeAt(times: readonly number[], rate: Rate | undefined, now: number): number {
  const oldest = rate && times.at(-rate.most);
  return rate === undefined || oldest === undefined ? now : Math.max(now, oldest + rate.perMs);
}
