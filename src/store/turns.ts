import { setImmediate } from 'node:timers/promises';
import { giveUp, type Steps } from '../domain/steps.ts';
import { assertWanted } from './account-reading.ts';

/** What one turn of the event loop does, in short rows: a few milliseconds. */
const COST_OF_TURN = 2000;

interface Work {
  /** Does the next step and says what it cost; undefined: it has ended. */
  step(): number | undefined;
}

/**
 * Shares the event loop among all work of a store: a part in each turn, of one work after the other, so that none waits
 * for more than a part of each of the others, and nothing else for more than one part, however many there are.
 */
export class Turns {
  readonly #work: Work[] = [];
  #cost = 0;
  #isGoing = false;

  /**
   * Does all steps. Fails as they do, and with OVERLOADED when the signal aborts; then the steps are given up, which ends
   * what they hold.
   */
  run<Result>(steps: Steps<Result>, signal?: AbortSignal): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    const step = (): number | undefined => {
      try {
        assertWanted(signal);
        const { done, value } = steps.next();
        if (done !== true) return value;
        resolve(value);
      } catch (error) {
        reject(error);
        giveUp(steps);
      }
      return undefined;
    };
    this.#work.push({ step });
    if (!this.#isGoing) void this.#go();
    return promise;
  }

  async #go(): Promise<void> {
    this.#isGoing = true;
    for (let work = this.#work.shift(); work !== undefined; work = this.#work.shift()) {
      if (!this.#doPart(work)) this.#work.push(work);
      if (this.#cost < COST_OF_TURN) continue;
      await setImmediate();
      this.#cost = 0;
    }
    this.#isGoing = false;
  }

  /** Whether that was the last part. */
  #doPart(work: Work): boolean {
    while (this.#cost < COST_OF_TURN) {
      const cost = work.step();
      if (cost === undefined) return true;
      this.#cost += cost;
    }
    return false;
  }
}
