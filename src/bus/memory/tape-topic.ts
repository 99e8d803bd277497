import { CodedError } from '../../domain/errors.ts';
import type { Sequenced } from '../../domain/stream.ts';
import { type Keyed, type Reader, TAPE_MOST_BEHIND, type TapeSubscription, type TapeTopic } from '../bus.ts';
import { KeyedReader, type KeyedReaderOwner } from './keyed-reader.ts';
import { ReaderIndex } from './reader-index.ts';

export interface TapeTopicOptions {
  /** Names the counting of this process. */
  readonly epoch: string;
}

/** A tape that says how it has counted what it was given. */
export interface CountingTapeTopic<Value> extends TapeTopic<Value> {
  publish(key: string, value: Value): Sequenced;
}

/** A tape in this process. */
export function createTapeTopic<Value>(options: TapeTopicOptions): CountingTapeTopic<Value> {
  return new MemoryTapeTopic(options);
}

class MemoryTapeTopic<Value> implements CountingTapeTopic<Value> {
  readonly #options: TapeTopicOptions;
  /** Where each key stands. */
  readonly #counts = new Map<string, Sequenced>();
  #epoch: string;
  #forgotten = 0;
  readonly #readers = new ReaderIndex<TapeReader<Value>>();

  constructor(options: TapeTopicOptions) {
    this.#options = options;
    this.#epoch = options.epoch;
  }

  get readers(): number {
    return this.#readers.size;
  }

  publish(key: string, value: Value): Sequenced {
    const { seq, epoch } = this.#counts.get(key) ?? { seq: 0, epoch: this.#epoch };
    const count = { seq: seq + 1, epoch };
    this.#counts.set(key, count);
    if (!this.#readers.hasReaders(key)) return count;
    const keyed = { ...value, ...count };
    this.#readers.visit(key, (reader) => reader.offer(keyed));
    return count;
  }

  subscribe(subscription: TapeSubscription<Value> = {}): Reader<Keyed<Value>> {
    const reader = new TapeReader(subscription, this.#readers);
    this.#readers.add(reader);
    return reader;
  }

  interrupt(key: string): void {
    if (!this.#counts.delete(key)) return;
    this.#forgotten += 1;
    this.#epoch = `${this.#options.epoch}.${this.#forgotten}`;
  }

  fail(key: string, error: Error): void {
    this.#readers.visitNamed(key, (reader) => reader.fail(error));
  }
}

class TapeReader<Value> extends KeyedReader<Value> {
  readonly #mostBehind: number;
  #arrived: Keyed<Value>[] = [];
  /** Older than what arrived, the oldest last: a queue of two arrays moves nothing when one is taken. */
  #leaving: Keyed<Value>[] = [];

  constructor(subscription: TapeSubscription<Value>, owner: KeyedReaderOwner<Value>) {
    super(subscription, owner);
    this.#mostBehind = subscription.mostBehind ?? TAPE_MOST_BEHIND;
  }

  offer(value: Keyed<Value>): void {
    if (!this.wants(value)) return;
    this.#arrived.push(value);
    if (this.#arrived.length + this.#leaving.length > this.#mostBehind) this.abort(tooSlow(this.#mostBehind));
    else this.wake();
  }

  protected take(): Keyed<Value> | undefined {
    if (this.#leaving.length === 0) {
      this.#leaving = this.#arrived.reverse();
      this.#arrived = [];
    }
    return this.#leaving.pop();
  }

  protected drop(): void {
    this.#arrived = [];
    this.#leaving = [];
  }
}

function tooSlow(mostBehind: number): CodedError {
  return new CodedError('SLOW_CONSUMER', `more than ${mostBehind} values waited to be read, subscribe again`);
}
