import type { Clock } from '../../async/clock.ts';
import type { ConflatedSubscription, ConflatedTopic, Keyed, Reader } from '../bus.ts';
import { ConflatedReader, type Update } from './conflated-reader.ts';
import { ReaderIndex } from './reader-index.ts';

export interface ConflatedTopicOptions {
  /** Names the counting of this process. */
  readonly epoch: string;
  readonly clock: Clock;
}

/** A conflated topic that may be fed from elsewhere. */
export interface FedConflatedTopic<Value> extends ConflatedTopic<Value> {
  /** `passedOver` states of the key came before this one and are told to nobody; they are counted. */
  publish(key: string, value: Value, part?: string, passedOver?: number): void;
}

/** A conflated topic in this process. */
export function createConflatedTopic<Value>(options: ConflatedTopicOptions): FedConflatedTopic<Value> {
  return new MemoryConflatedTopic(options);
}

class MemoryConflatedTopic<Value> implements FedConflatedTopic<Value> {
  readonly #options: ConflatedTopicOptions;
  readonly #present = new Map<string, Update<Value>>();
  readonly #readers = new ReaderIndex<ConflatedReader<Value>>();
  /** Of keys that are published for the first time. */
  #epoch: string;
  #forgotten = 0;

  constructor(options: ConflatedTopicOptions) {
    this.#options = options;
    this.#epoch = options.epoch;
  }

  get readers(): number {
    return this.#readers.size;
  }

  publish(key: string, value: Value, part?: string, passedOver = 0): void {
    const { seq = 0, epoch = this.#epoch } = this.latest(key) ?? {};
    const next = { seq: seq + 1 + passedOver, epoch };
    const count = Number.isSafeInteger(next.seq) ? next : { seq: 1, epoch: this.#beginAnew() };
    const update = { key, part, state: { ...value, ...count } };
    this.#present.set(key, update);
    this.#readers.visit(key, (reader) => reader.offer(update));
  }

  latest(key: string): Keyed<Value> | undefined {
    return this.#present.get(key)?.state;
  }

  present(): readonly Keyed<Value>[] {
    return [...this.#present.values()].map(({ state }) => state);
  }

  subscribe(subscription: ConflatedSubscription<Value> = {}): Reader<Keyed<Value>> {
    const reader = new ConflatedReader({ subscription, owner: this.#readers, clock: this.#options.clock });
    this.#readers.add(reader);
    for (const key of reader.keys ?? this.#present.keys()) {
      const update = this.#present.get(key);
      if (update !== undefined) reader.offer(update);
    }
    return reader;
  }

  forget(key: string): void {
    if (!this.#present.delete(key)) return;
    // The count of the key is gone. What comes next must not look like a state that a reader has seen, so it is counted
    // under a name that was not there before.
    this.#beginAnew();
  }

  #beginAnew(): string {
    this.#forgotten += 1;
    this.#epoch = `${this.#options.epoch}.${this.#forgotten}`;
    return this.#epoch;
  }

  fail(key: string, error: Error): void {
    this.#readers.visitNamed(key, (reader) => reader.fail(error));
  }
}
