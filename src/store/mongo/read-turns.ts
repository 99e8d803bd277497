/**
 * Shares the event loop among all reads of a deployment: one of them goes on in each turn, so that nothing else waits
 * for more than the part of one, however many there are.
 */
export class ReadTurns {
  readonly #waiting: (() => void)[] = [];
  #isGoing = false;

  /** Resolves in a turn that is nobody else's. */
  next(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    if (!this.#isGoing) this.#schedule();
    return promise;
  }

  #schedule(): void {
    this.#isGoing = true;
    setImmediate(() => {
      this.#waiting.shift()?.();
      this.#isGoing = this.#waiting.length > 0;
      if (this.#isGoing) this.#schedule();
    });
  }
}
