import type { Clock } from '../../async/clock.ts';
import type { GapMark, LosslessSubscription, LosslessTopic, LosslessTopicOptions, Positioned, Reader } from '../bus.ts';
import { LosslessReader } from './lossless-reader.ts';
import { StreamTail } from './stream-tail.ts';

const STALL_TIMEOUT_MS = 30_000;

export interface MemoryLosslessTopicOptions<Event> extends LosslessTopicOptions<Event> {
  readonly clock: Clock;
}

/** A lossless topic that may be fed with what other processes publish. */
export interface FedLosslessTopic<Event extends Positioned> extends LosslessTopic<Event> {
  /** An event that another process has published after its event at `after`, or has not. */
  feed(stream: string, event: Event, after: number): void;
  /** Events of the stream, or of all, may have been missed: readers look into the history. */
  missed(stream?: string): void;
}

/** A lossless topic in this process. */
export function createLosslessTopic<Event extends Positioned>(
  options: MemoryLosslessTopicOptions<Event>,
): FedLosslessTopic<Event> {
  return new MemoryLosslessTopic(options);
}

interface Stream<Event extends Positioned> {
  readonly tail: StreamTail<Event>;
  readonly readers: Set<LosslessReader<Event>>;
}

class MemoryLosslessTopic<Event extends Positioned> implements FedLosslessTopic<Event> {
  readonly #options: MemoryLosslessTopicOptions<Event>;
  /** Streams with readers. */
  readonly #followed = new Map<string, Stream<Event>>();
  /** Streams without readers, the one used last at the end. */
  readonly #idle = new Map<string, Stream<Event>>();
  #readers = 0;

  constructor(options: MemoryLosslessTopicOptions<Event>) {
    this.#options = options;
  }

  get readers(): number {
    return this.#readers;
  }

  publish(name: string, event: Event): void {
    const stream = this.#stream(name);
    if (stream.readers.size === 0) this.#keepIdle(name, stream);
    stream.tail.push(event);
    for (const reader of stream.readers) reader.notify();
  }

  /** In one process nobody else is there. */
  offer(): void {}

  feed(name: string, event: Event, after: number): void {
    // What nobody reads is in the history when somebody does.
    const stream = this.#followed.get(name);
    this.#idle.delete(name);
    if (stream?.tail.feed(event, after) === true) for (const reader of stream.readers) reader.notify();
  }

  missed(name?: string): void {
    this.#idle.clear();
    const followed = name === undefined ? [...this.#followed.values()] : [this.#followed.get(name)];
    for (const stream of followed) {
      stream?.tail.forget();
      for (const reader of stream?.readers ?? []) reader.notify();
    }
  }

  subscribe(subscription: LosslessSubscription): Reader<Event | GapMark> {
    const { history, clock, stallTimeoutMs = STALL_TIMEOUT_MS } = this.#options;
    const name = subscription.stream;
    const stream = this.#stream(name);
    const onEnd = (reader: LosslessReader<Event>): void => {
      this.#readers -= 1;
      stream.readers.delete(reader);
      if (stream.readers.size > 0) return;
      this.#followed.delete(name);
      this.#keepIdle(name, stream);
    };
    const reader = new LosslessReader(subscription, { history, tail: stream.tail, clock, stallTimeoutMs, onEnd });
    this.#readers += 1;
    stream.readers.add(reader);
    this.#idle.delete(name);
    this.#followed.set(name, stream);
    return reader;
  }

  #stream(name: string): Stream<Event> {
    const known = this.#followed.get(name) ?? this.#idle.get(name);
    return known ?? { tail: new StreamTail(this.#options.tail), readers: new Set() };
  }

  /** Puts a stream without readers behind all others of its kind; those used longest ago are forgotten. */
  #keepIdle(name: string, stream: Stream<Event>): void {
    this.#idle.delete(name);
    this.#idle.set(name, stream);
    for (const oldest of this.#idle.keys()) {
      if (this.#idle.size <= this.#options.tail.maxIdleStreams) return;
      this.#idle.delete(oldest);
    }
  }
}
