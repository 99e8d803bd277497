interface Waiting {
  readonly cost: number;
  readonly resolve: () => void;
}

/**
 * Shares the turns of the event loop among work that is done in parts: of all parts together each turn does as much as
 * it may cost, in the order in which they were asked for, so that nothing else waits longer than that.
 */
export class TurnShare {
  readonly #costOfTurn: number;
  readonly #waiting: Waiting[] = [];
  #spent = 0;
  #isCounting = false;

  /** A turn does parts until they have cost so much; what the last one costs may come on top of it. */
  constructor(costOfTurn: number) {
    this.#costOfTurn = costOfTurn;
  }

  /** Undefined when the part may be done now, without a wait; otherwise resolves in the turn that has room for it. */
  take(cost: number): Promise<void> | undefined {
    if (this.#waiting.length === 0 && this.#hasRoom) {
      this.#spend(cost);
      return undefined;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ cost, resolve });
    return promise;
  }

  get #hasRoom(): boolean {
    return this.#spent < this.#costOfTurn;
  }

  #spend(cost: number): void {
    this.#spent += cost;
    if (this.#isCounting) return;
    this.#isCounting = true;
    setImmediate(() => this.#beginTurn());
  }

  #beginTurn(): void {
    this.#isCounting = false;
    this.#spent = 0;
    while (this.#hasRoom) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#spend(next.cost);
      next.resolve();
    }
  }
}
