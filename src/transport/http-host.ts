import type { Clock } from '../async/clock.ts';
import { isLasting, type Stretch, stretchFrom } from '../async/stretch.ts';
import { HttpFailure } from './http-failure.ts';

/** So many failures in a row are no accident. */
const FAILURES_BEFORE_REST = 5;
const LEAST_REST_MS = 30_000;
const MOST_REST_MS = 600_000;

/** How a host stands. Times are milliseconds since the epoch. */
export interface HttpHostStatus {
  readonly host: string;
  readonly underWay: number;
  readonly waiting: number;
  /** Failures since the last answer. */
  readonly failures: number;
  /** Until when it is left alone; null when it may be asked. */
  readonly restsUntil: number | null;
  /** Of the last answer: from its turn to its last byte. */
  readonly latencyMs: number | null;
}

export interface HttpHostOptions {
  readonly name: string;
  readonly mostUnderWay: number;
  readonly clock: Clock;
}

interface Waiter {
  readonly admit: () => void;
  readonly refuse: (failure: HttpFailure) => void;
}

/**
 * One host, as all requests to it share it: few are under way at a time, in the order in which they came, and none
 * while the host is left alone. That is after five failures in a row for 30 s, after each further one twice as long up
 * to 10 minutes, and for as long as the host itself asks.
 */
export class HttpHost {
  readonly #options: HttpHostOptions;
  readonly #waiting = new Set<Waiter>();
  #underWay = 0;
  #failures = 0;
  /** As they stood when the last answer came. */
  #failuresBefore = 0;
  #rest: Stretch = stretchFrom(0, 0);
  #latencyMs: number | null = null;

  constructor(options: HttpHostOptions) {
    this.#options = options;
  }

  /** Resolves when it is the caller's turn, which `leave` ends. Fails with RESTING, or with the signal's reason. */
  async enter(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#isResting()) throw this.#resting();
    if (this.#underWay < this.#options.mostUnderWay) {
      this.#underWay += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = { admit: resolve, refuse: reject };
    const onAbort = (): void => {
      // At once, so that no turn is handed to who no longer waits for it.
      this.#waiting.delete(waiter);
      reject(signal.reason);
    };
    this.#waiting.add(waiter);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends a turn; the next in line takes it over. */
  leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#underWay -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.admit();
  }

  answered(latencyMs: number): void {
    this.#latencyMs = latencyMs;
    this.#failuresBefore = this.#failures;
    this.#failures = 0;
  }

  /** The last answer proved to be none. */
  discredit(): void {
    this.#failures = Math.max(this.#failures, this.#failuresBefore);
    this.failed();
    this.#failuresBefore = this.#failures;
  }

  failed(): void {
    this.#failures += 1;
    const excess = this.#failures - FAILURES_BEFORE_REST;
    if (excess >= 0) this.rest(Math.min(MOST_REST_MS, LEAST_REST_MS * 2 ** Math.min(excess, 10)));
  }

  /** Leaves the host alone for a time; whoever waits for a turn fails at once. Never shortens a rest. */
  rest(forMs: number): void {
    const rest = stretchFrom(this.#options.clock.now(), forMs);
    if (!this.#isResting() || rest.until > this.#rest.until) this.#rest = rest;
    if (!this.#isResting()) return;
    for (const waiter of this.#waiting) waiter.refuse(this.#resting());
    this.#waiting.clear();
  }

  get restsUntil(): number {
    return this.#rest.until;
  }

  status(): HttpHostStatus {
    return {
      host: this.#options.name,
      underWay: this.#underWay,
      waiting: this.#waiting.size,
      failures: this.#failures,
      restsUntil: this.#isResting() ? this.#rest.until : null,
      latencyMs: this.#latencyMs,
    };
  }

  #isResting(): boolean {
    return isLasting(this.#rest, this.#options.clock.now());
  }

  #resting(): HttpFailure {
    const { until } = this.#rest;
    return new HttpFailure('RESTING', `it is left alone until ${new Date(until).toISOString()}`, { retryAt: until });
  }
}
