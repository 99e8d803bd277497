import type { MarketTopic } from '../domain/market-topic.ts';
import { TopicChannels } from './topic-channels.ts';
import type { VenueEvent } from './venue.ts';

export type ChannelOperation = 'subscribe' | 'unsubscribe';

/** How a venue wants to be asked for its channels. */
export interface ChannelRequestsOptions {
  /** At least one for each topic: the venue's own texts. */
  channelsOf(topic: MarketTopic): readonly string[];
  /** The channels in groups, each of which the venue takes in one request. */
  batchesOf(channels: readonly string[]): readonly (readonly string[])[];
  /** Ids rise from 1 on each connection. */
  write(operation: ChannelOperation, channels: readonly string[], id: number): string;
}

interface ChannelRequest {
  readonly operation: ChannelOperation;
  readonly channels: readonly string[];
  /** Topics that are given up with it. */
  readonly ended: readonly MarketTopic[];
}

/** The requests of one connection, for venues whose answers name a request by its id and nothing else. */
export class ChannelRequests {
  readonly #options: ChannelRequestsOptions;
  readonly #channels: TopicChannels;
  /** Those that were not answered, by their ids as text, oldest first. */
  readonly #open = new Map<string, ChannelRequest>();
  #count = 0;

  constructor(options: ChannelRequestsOptions) {
    this.#options = options;
    this.#channels = new TopicChannels((topic) => options.channelsOf(topic));
  }

  /** As VenueConversation has it; so are the next two. */
  subscribe(topics: readonly MarketTopic[]): readonly string[] {
    return this.#batches(this.#channels.add(topics)).map((batch) => this.#write('subscribe', batch));
  }

  unsubscribe(topics: readonly MarketTopic[]): readonly string[] {
    const batches = this.#batches(this.#channels.remove(topics));
    return batches.map((batch, index) =>
      this.#write('unsubscribe', batch, index === batches.length - 1 ? topics : undefined),
    );
  }

  isServed(topic: MarketTopic): boolean {
    return this.#channels.isServed(topic);
  }

  /** The id of the request that waits longest, for answers that name none. */
  get oldest(): string | undefined {
    return this.#open.keys().next().value;
  }

  /** The venue has done what was asked. No events for a request that there is not; so it is with the next two. */
  done(id: string): readonly VenueEvent[] {
    const request = this.#take(id);
    if (request?.operation === 'unsubscribe') return request.ended.map((topic) => ({ type: 'UNSUBSCRIBED', topic }));
    return this.#acknowledge(request?.channels ?? []);
  }

  /** The venue did not take the request since it serves one of the channels already; of the others it says nothing. */
  repeated(id: string): readonly VenueEvent[] {
    const request = this.#take(id);
    if (request?.operation !== 'subscribe') return [];
    return request.channels.length === 1 ? this.#acknowledge(request.channels) : this.#askOneByOne(request);
  }

  /** The venue does not have one of the channels, so each of several is asked for by itself: the others are there. */
  refused(id: string, reason: string): readonly VenueEvent[] {
    const request = this.#take(id);
    if (request?.operation !== 'subscribe') return [];
    const [channel, ...others] = request.channels;
    return channel === undefined || others.length > 0 ? this.#askOneByOne(request) : this.#refuse(channel, reason);
  }

  /** Something went wrong that may pass: what was not acknowledged is asked for again in time. */
  failed(id: string, reason: string): readonly VenueEvent[] {
    this.#take(id);
    return [{ type: 'TROUBLE', reason }];
  }

  #acknowledge(channels: readonly string[]): VenueEvent[] {
    const served = channels.flatMap((channel) => this.#channels.acknowledge(channel));
    return served.map((topic) => ({ type: 'SUBSCRIBED', topic }));
  }

  #askOneByOne({ channels }: ChannelRequest): VenueEvent[] {
    const needed = channels.filter((channel) => this.#channels.topicsOf(channel).length > 0);
    return needed.map((channel) => ({ type: 'ANSWER', text: this.#write('subscribe', [channel]) }));
  }

  #refuse(channel: string, reason: string): VenueEvent[] {
    const topics = this.#channels.topicsOf(channel);
    const others = this.#channels.remove(topics).filter((other) => other !== channel);
    return [
      ...topics.map((topic): VenueEvent => ({ type: 'REFUSED', topic, reason })),
      ...this.#batches(others).map(
        (batch): VenueEvent => ({ type: 'ANSWER', text: this.#write('unsubscribe', batch) }),
      ),
    ];
  }

  #batches(channels: readonly string[]): readonly (readonly string[])[] {
    return channels.length === 0 ? [] : this.#options.batchesOf(channels);
  }

  #write(operation: ChannelOperation, channels: readonly string[], ended: readonly MarketTopic[] = []): string {
    this.#count += 1;
    this.#open.set(String(this.#count), { operation, channels, ended });
    return this.#options.write(operation, channels, this.#count);
  }

  #take(id: string): ChannelRequest | undefined {
    const request = this.#open.get(id);
    this.#open.delete(id);
    return request;
  }
}
