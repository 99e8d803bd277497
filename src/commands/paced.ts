import type { Clock } from '../async/clock.ts';

export interface PacedOptions<Value> {
  /** The least time from one value that is passed on to the next. */
  readonly restMs: number;
  readonly clock: Clock;
  readonly pass: (value: Value) => void;
}

/** Passes values on at a bounded pace: the first at once, of those that come too fast only the newest. */
export class Paced<Value> {
  readonly #options: PacedOptions<Value>;
  #waiting: { readonly value: Value } | undefined;
  #cancelRest: (() => void) | undefined;

  constructor(options: PacedOptions<Value>) {
    this.#options = options;
  }

  offer(value: Value): void {
    this.#waiting = { value };
    if (this.#cancelRest === undefined) this.#passOn();
  }

  /** Drops what waits, and its timer. */
  stop(): void {
    this.#cancelRest?.();
    this.#cancelRest = undefined;
    this.#waiting = undefined;
  }

  #passOn(): void {
    const { clock, restMs, pass } = this.#options;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#cancelRest = waiting === undefined ? undefined : clock.after(restMs, () => this.#passOn());
    if (waiting !== undefined) pass(waiting.value);
  }
}
