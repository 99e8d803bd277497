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
  /** When the last frames left or will leave, as many as the rate counts. */
  #times: number[] = [];
  #waiting: { readonly text: string; readonly at: number }[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(options: FramePacerOptions) {
    this.#options = options;
  }

  /** Answers in how many milliseconds the last of the texts will have left. */
  send(texts: readonly string[]): number {
    const now = this.#options.clock.now();
    let last = now;
    for (const text of texts) {
      last = this.#book(now);
      if (last <= now && this.#waiting.length === 0) this.#options.send(text);
      else this.#waiting.push({ text, at: last });
    }
    this.#awaitNext();
    return last - now;
  }

  /** The connection is over: what waits is not sent, and the next one is counted anew. */
  clear(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#times = [];
    this.#waiting = [];
  }

  #book(now: number): number {
    const { rate } = this.#options;
    if (rate === undefined) return now;
    const oldest = this.#times.at(-rate.most);
    const at = Math.max(now, this.#times.at(-1) ?? now, oldest === undefined ? now : oldest + rate.perMs);
    this.#times = [...this.#times, at].slice(-rate.most);
    return at;
  }

  #awaitNext(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#cancelTimer !== undefined) return;
    const { clock, send } = this.#options;
    this.#cancelTimer = clock.after(next.at - clock.now(), () => {
      this.#cancelTimer = undefined;
      const now = clock.now();
      while (this.#waiting[0] !== undefined && this.#waiting[0].at <= now) send(this.#waiting.shift()?.text ?? '');
      this.#awaitNext();
    });
  }
}
