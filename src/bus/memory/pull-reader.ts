import type { Reader } from '../bus.ts';

type Pull<Value> = PromiseWithResolvers<IteratorResult<Value, void>>;

/**
 * Hands what a kind of reader holds to those who pull, in the order of their pulls, and ends once: by `return`, or by an
 * error that one pull rejects with.
 */
export abstract class PullReader<Value extends object> implements Reader<Value> {
  readonly #pulls: Pull<Value>[] = [];
  #state: 'OPEN' | 'ENDING' | 'DONE' = 'OPEN';
  #error: Error | undefined;

  next(): Promise<IteratorResult<Value, void>> {
    const value = this.#state === 'DONE' || this.isAwaited ? undefined : this.take();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    const pull = Promise.withResolvers<IteratorResult<Value, void>>();
    this.#pulls.push(pull);
    this.#conclude();
    return pull.promise;
  }

  return(): Promise<IteratorResult<Value, void>> {
    const wasOpen = this.#state === 'OPEN';
    this.#state = 'DONE';
    this.#error = undefined;
    if (wasOpen) this.detach();
    this.drop();
    this.#conclude();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Somebody waits for a value. */
  protected get isAwaited(): boolean {
    return this.#pulls.length > 0;
  }

  /** Neither returned nor ended by an error. */
  protected get isOpen(): boolean {
    return this.#state === 'OPEN';
  }

  /** Takes out the next value; undefined when there is none now. */
  protected abstract take(): Value | undefined;

  /** Leaves the topic and stops every timer. Called once. */
  protected abstract detach(): void;

  /** Forgets what was not read. */
  protected abstract drop(): void;

  /** To be called when `take` may have something new. */
  protected wake(): void {
    while (this.isAwaited) {
      const value = this.take();
      if (value === undefined) return;
      this.give(value);
    }
  }

  /** Answers the pull that waits longest. */
  protected give(value: Value): void {
    this.#pulls.shift()?.resolve({ value, done: false });
  }

  /** Nothing new comes any more: pulls get what is left, then one rejects. */
  protected end(error: Error): void {
    if (!this.isOpen) return;
    this.#state = 'ENDING';
    this.#error = error;
    this.detach();
    this.wake();
    this.#conclude();
  }

  /** What was not read is lost: the next pull rejects. */
  protected abort(error: Error): void {
    this.drop();
    this.end(error);
  }

  /** Answers the pulls for which there is no value because it has ended. */
  #conclude(): void {
    if (this.#state === 'OPEN') return;
    if (this.#error !== undefined && this.isAwaited) {
      this.#state = 'DONE';
      this.#pulls.shift()?.reject(this.#error);
      this.#error = undefined;
    }
    if (this.#state !== 'DONE') return;
    for (const pull of this.#pulls.splice(0)) pull.resolve({ value: undefined, done: true });
  }
}
