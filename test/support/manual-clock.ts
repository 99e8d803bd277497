import type { Clock } from '../../src/async/clock.ts';

interface Timer {
  at: number;
  readonly task: () => void;
}

/** A clock that stands still until a test moves it. Timers run in the order of their times. */
export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(now = Date.UTC(2026, 10, 20, 4)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, delayMs), task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Timers that have not run. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Milliseconds until the next timer; undefined when there is none. */
  get untilNext(): number | undefined {
    const next = this.#next(Number.POSITIVE_INFINITY);
    return next === undefined ? undefined : next.at - this.#now;
  }

  /** Lets time pass and runs what becomes due meanwhile, also what that starts. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let timer = this.#next(end); timer !== undefined; timer = this.#next(end)) {
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.task();
    }
    this.#now = end;
  }

  /** Sets the clock, ahead or back, as somebody sets one on the wall. Timers wait for as long as they would have. */
  set(now: number): void {
    const byMs = now - this.#now;
    const timers = [...this.#timers];
    this.#now = now;
    for (const timer of timers) timer.at += byMs;
  }

  #next(end: number): Timer | undefined {
    return [...this.#timers].filter(({ at }) => at <= end).toSorted((left, right) => left.at - right.at)[0];
  }
}
