import type { Redis } from 'ioredis';
import type { Clock } from '../../async/clock.ts';
import type {
  GapMark,
  LosslessSubscription,
  LosslessTopic,
  LosslessTopicOptions,
  Positioned,
  Reader,
  SharedStreams,
} from '../bus.ts';
import { createLosslessTopic, type FedLosslessTopic } from '../memory/lossless-topic.ts';
import type { Alive, LinkPart, RedisLink, Synchronising } from './redis-link.ts';
import { parseLogMessage, StreamLog } from './stream-log.ts';
import { StreamWriter } from './stream-writer.ts';

export interface RedisLosslessTopicOptions<Event> extends LosslessTopicOptions<Event> {
  readonly link: RedisLink;
  readonly shared: SharedStreams;
  /** Of its readers. */
  readonly clock: Clock;
  /** Events that Redis keeps of each stream. */
  readonly maxEvents: number;
}

/**
 * A lossless topic of several processes. What is published here is there at once for the readers of this process, and is
 * brought to Redis for those of others; what others publish is read from the history, which for their streams is Redis.
 */
export class RedisLosslessTopic<Event extends Positioned> implements LosslessTopic<Event>, LinkPart {
  readonly channel: string;
  readonly #link: RedisLink;
  readonly #shared: SharedStreams;
  readonly #local: FedLosslessTopic<Event>;
  readonly #writer: StreamWriter<Event>;

  constructor(options: RedisLosslessTopicOptions<Event>) {
    const { link, shared, history, maxEvents } = options;
    this.#link = link;
    this.#shared = shared;
    this.#local = createLosslessTopic(options);
    const log = new StreamLog<Event>({ link, name: shared.name, maxEvents });
    this.channel = log.channel;
    this.#writer = new StreamWriter({ link, log, history, shared, maxEvents });
    link.add(this);
  }

  get readers(): number {
    return this.#local.readers;
  }

  publish(stream: string, event: Event): void {
    this.#local.publish(stream, event);
    if (this.#shared.keeps(stream)) this.#writer.put(stream, event);
  }

  offer(stream: string): void {
    if (this.#shared.keeps(stream)) this.#writer.put(stream);
  }

  subscribe(subscription: LosslessSubscription): Reader<Event | GapMark> {
    return this.#local.subscribe(subscription);
  }

  receive(text: string): void {
    const message = parseLogMessage(text);
    if (message === undefined || message.by === this.#link.id || this.#shared.keeps(message.stream)) return;
    const { stream, epoch, after, event } = message;
    if (event === undefined || after === undefined) this.#local.missed(stream);
    // biome-ignore lint/suspicious/noExplicitAny: only processes of ours write it
    else this.#local.feed(stream, { ...(event as any), epoch }, after);
  }

  async synchronise(_client: Redis, { alive, isJoining }: Synchronising): Promise<void> {
    // What others who came have told is in the history and was published.
    if (!isJoining) return;
    this.#local.missed();
    this.#writer.compare(alive);
  }

  live(alive: Alive): void {
    this.#writer.live(alive);
  }

  lose(): void {}
}
