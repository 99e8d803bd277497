import { CodedError } from '../../domain/errors.ts';
import { type Keyed, type KeyedSubscription, type Reader, TAPE_MOST_BEHIND, type TapeTopic } from '../bus.ts';
import { KeyedReader } from './keyed-reader.ts';
import { ReaderIndex } from './reader-index.ts';

export interface TapeTopicOptions {
  /** Names the counting of this process. */
  readonly epoch: string;
}

/** A tape in this process. */
export function createTapeTopic<Value>(options: TapeTopicOptions): TapeTopic<Value> {
  return new MemoryTapeTopic(options);
}

class MemoryTapeTopic<Value> implements TapeTopic<Value> {
  readonly #epoch: string;
  readonly #lastSeqs = new Map<string, number>();
  readonly #readers = new ReaderIndex<TapeReader<Value>>();

  constructor({ epoch }: TapeTopicOptions) {
    this.#epoch = epoch;
  }

  get readers(): number {
    return this.#readers.size;
  }

  publish(key: string, value: Value): void {
    const seq = (this.#lastSeqs.get(key) ?? 0) + 1;
    this.#lastSeqs.set(key, seq);
    if (!this.#readers.hasReaders(key)) return;
    const keyed = { ...value, seq, epoch: this.#epoch };
    this.#readers.visit(key, (reader) => reader.offer(keyed));
  }

  subscribe(subscription: KeyedSubscription<Value> = {}): Reader<Keyed<Value>> {
    const reader = new TapeReader(subscription, this.#readers);
    this.#readers.add(reader);
    return reader;
  }

  fail(key: string, error: Error): void {
    this.#readers.visitNamed(key, (reader) => reader.fail(error));
  }
}

class TapeReader<Value> extends KeyedReader<Value> {
  #arrived: Keyed<Value>[] = [];
  /** Older than what arrived, the oldest last: a queue of two arrays moves nothing when one is taken. */
  #leaving: Keyed<Value>[] = [];

  offer(value: Keyed<Value>): void {
    if (!this.wants(value)) return;
    this.#arrived.push(value);
    if (this.#arrived.length + this.#leaving.length > TAPE_MOST_BEHIND) this.abort(tooSlow());
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

function tooSlow(): CodedError {
  return new CodedError('SLOW_CONSUMER', `more than ${TAPE_MOST_BEHIND} values waited to be read, subscribe again`);
}
