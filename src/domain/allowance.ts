import { CodedError } from './errors.ts';

/** What an operation may still use of something. */
export class Allowance {
  readonly #most: number;
  readonly #what: string;
  #used = 0;

  /** `what` names what is counted: `bytes of output`. */
  constructor(most: number, what: string) {
    this.#most = most;
    this.#what = what;
  }

  /** Fails with COST_LIMIT when that is more than what is left, with a RangeError when it is less than nothing. */
  take(amount: number): void {
    if (!(amount >= 0)) throw new RangeError(`${amount} of an allowance cannot be taken`);
    this.#used += amount;
    if (this.#used <= this.#most) return;
    const message = `the operation asks for ${this.#used} ${this.#what} or more, wanted at most ${this.#most}`;
    throw new CodedError('COST_LIMIT', message);
  }
}
