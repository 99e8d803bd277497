import type { Keyed, KeyedSubscription } from '../bus.ts';
import { PullReader } from './pull-reader.ts';

/** What a topic with keys needs to know of a reader that ends. */
export interface KeyedReaderOwner<Value> {
  delete(reader: KeyedReader<Value>): void;
}

/** A reader of a topic with keys: which values it wants. */
export abstract class KeyedReader<Value> extends PullReader<Keyed<Value>> {
  readonly keys: ReadonlySet<string> | undefined;
  readonly #where: ((value: Value) => boolean) | undefined;
  readonly #owner: KeyedReaderOwner<Value>;

  constructor({ keys, where }: KeyedSubscription<Value>, owner: KeyedReaderOwner<Value>) {
    super();
    this.keys = keys === undefined ? undefined : new Set(keys);
    this.#where = where;
    this.#owner = owner;
  }

  /** Ends it after what it has not read yet. */
  fail(error: Error): void {
    this.end(error);
  }

  protected detach(): void {
    this.#owner.delete(this);
  }

  /** Whether it wants the value. A publisher must not suffer from a reader's `where`, so that its throw ends the reader. */
  protected wants(value: Value): boolean {
    if (this.#where === undefined || !this.isOpen) return this.isOpen;
    try {
      return this.#where(value);
    } catch (thrown) {
      this.abort(thrown instanceof Error ? thrown : new Error('a filter threw what is no error', { cause: thrown }));
      return false;
    }
  }
}
