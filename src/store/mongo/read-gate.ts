import type { Clock } from '../../async/clock.ts';
import { CodedError } from '../../domain/errors.ts';

export interface ReadGateOptions {
  readonly clock: Clock;
  /** How many reads go on at once. */
  readonly most: number;
}

const LONGEST_WAIT_MS = 20_000;
/** Who has waited for less may find what has come back meanwhile. */
const LONG_WAIT_MS = 1500;

interface Waiting {
  readonly since: number;
  readonly enter: () => void;
  readonly refuse: (error: CodedError) => void;
}

/**
 * Lets so many reads go on at a time that neither connections nor memory run out. The others wait for them in their
 * order: a burst is answered as fast as the deployment answers, and not refused.
 */
export class ReadGate {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor({ clock, most }: ReadGateOptions) {
    this.#clock = clock;
    this.#most = most;
  }

  /** What `work` answers. Fails with UPSTREAM_UNAVAILABLE after 20 seconds behind others. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running < this.#most) this.#running++;
    else await this.#wait();
    try {
      return await work();
    } finally {
      const [next] = this.#waiting;
      // Whoever is next takes the place over.
      if (next === undefined) this.#running--;
      else next.enter();
    }
  }

  /** Refuses those that have waited for long, since a read has found for as long that it fails. */
  refuse(error: CodedError): void {
    const now = this.#clock.now();
    for (const waiting of this.#waiting) if (now - waiting.since >= LONG_WAIT_MS) waiting.refuse(error);
  }

  async #wait(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const tooLong = new CodedError('UPSTREAM_UNAVAILABLE', 'the account store answers too slowly');
    const cancel = this.#clock.after(LONGEST_WAIT_MS, () => waiting.refuse(tooLong));
    const leave = (): void => {
      cancel();
      this.#waiting.delete(waiting);
    };
    const waiting: Waiting = {
      since: this.#clock.now(),
      enter: () => {
        leave();
        resolve();
      },
      refuse: (error) => {
        leave();
        reject(error);
      },
    };
    this.#waiting.add(waiting);
    await promise;
  }
}
