/** A call that is under way, and whether this caller started it. */
export interface Flight<Value> {
  readonly result: Promise<Value>;
  readonly isJoined: boolean;
}

/** Lets a task ask whether later callers would still join it. */
export interface FlightTicket {
  isCurrent(): boolean;
}

/**
 * Calls by key of which at most one is under way at a time: whoever asks meanwhile gets the same promise. What a call
 * came to is not remembered, success or failure.
 */
export class SingleFlight<Value> {
  readonly #underWay = new Map<string, Promise<Value>>();

  /** Joins the call for the key, or starts it. */
  run(key: string, task: (ticket: FlightTicket) => Promise<Value>): Flight<Value> {
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return { result: underWay, isJoined: true };
    const isCurrent = (): boolean => this.#underWay.get(key) === result;
    // A turn later, so that a task that throws or ends at once still finds itself under way.
    const result: Promise<Value> = Promise.resolve()
      .then(() => task({ isCurrent }))
      .finally(() => {
        if (isCurrent()) this.#underWay.delete(key);
      });
    this.#underWay.set(key, result);
    return { result, isJoined: false };
  }

  isUnderWay(key: string): boolean {
    return this.#underWay.has(key);
  }

  /** Those who wait still get their answer; whoever asks from now on starts anew. */
  forget(key: string): void {
    this.#underWay.delete(key);
  }

  /** Forgets every call that is under way. */
  forgetAll(): void {
    this.#underWay.clear();
  }
}
