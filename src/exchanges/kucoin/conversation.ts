import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type MarketTopic, topicName } from '../../domain/market-topic.ts';
import { BarSeries } from '../bar-series.ts';
import { QuoteParts } from '../quote-parts.ts';
import { TopicChannels } from '../topic-channels.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { textOf, unreadable } from '../wire-values.ts';
import { channelsOf, type KucoinRequest, NO_SUCH_TOPIC, toBatches, topicOf, writeRequest } from './dialect.ts';
import { readPush } from './normalize.ts';

/** What is said on one connection to KuCoin, which answers requests by their numbers and says no more of them. */
export class KucoinConversation implements VenueConversation {
  readonly awaitsReady = true;
  readonly #channels = new TopicChannels(channelsOf);
  readonly #memory = { quotes: new QuoteParts(), bars: new BarSeries() };
  /** Those that the venue has not answered, by id. */
  readonly #requests = new Map<string, KucoinRequest>();
  #lastId = 0;

  subscribe(topics: readonly MarketTopic[]): readonly string[] {
    return toBatches(this.#channels.add(topics)).map((batch) => this.#request('subscribe', batch));
  }

  unsubscribe(topics: readonly MarketTopic[]): readonly string[] {
    this.#memory.bars.forget(topics);
    this.#memory.quotes.forget(topics);
    return toBatches(this.#channels.remove(topics)).map((batch) => this.#request('unsubscribe', batch));
  }

  isServed(topic: MarketTopic): boolean {
    return this.#channels.isServed(topic);
  }

  *read(text: string, receivedAt: number): Generator<VenueEvent, void, undefined> {
    const message = parseExactJson(text);
    if (!isObject(message)) return yield unreadable(text, 'an object');
    switch (message.type) {
      case 'message':
        return yield* readPush(message, text, receivedAt, this.#memory);
      case 'welcome':
        return yield { type: 'READY' };
      case 'ack':
        return yield* this.#acknowledge(this.#answered(message));
      case 'error':
        return yield* this.#fail(this.#answered(message), message);
      case 'pong':
        return;
      default:
        yield unreadable(text, 'a known type');
    }
  }

  #request(type: KucoinRequest['type'], channels: readonly string[]): string {
    this.#lastId += 1;
    const request = { id: String(this.#lastId), type, channels };
    this.#requests.set(request.id, request);
    return writeRequest(request);
  }

  #answered({ id }: JsonObject): KucoinRequest | undefined {
    const request = typeof id === 'string' ? this.#requests.get(id) : undefined;
    if (request !== undefined) this.#requests.delete(request.id);
    return request;
  }

  #acknowledge(request: KucoinRequest | undefined): VenueEvent[] {
    const channels = request?.channels ?? [];
    if (request?.type === 'unsubscribe')
      return distinctTopics(channels).map((topic) => ({ type: 'UNSUBSCRIBED', topic }));
    return channels.flatMap((channel) =>
      this.#channels.acknowledge(channel).map((topic) => ({ type: 'SUBSCRIBED', topic })),
    );
  }

  /**
   * One symbol that the venue does not have spoils a request for many, and is not named for certain: each half is asked
   * for again, until it is alone.
   */
  #fail(request: KucoinRequest | undefined, { code, data }: JsonObject): VenueEvent[] {
    const reason = `${textOf(code)} ${textOf(data)}`;
    if (code !== NO_SUCH_TOPIC || request === undefined) return [{ type: 'TROUBLE', reason }];
    const { type, channels } = request;
    const [only] = channels;
    if (only !== undefined && channels.length === 1) {
      return type === 'unsubscribe' ? this.#acknowledge(request) : this.#refuse(only, reason);
    }
    const middle = Math.ceil(channels.length / 2);
    const halves = [channels.slice(0, middle), channels.slice(middle)];
    return halves.map((half) => ({ type: 'ANSWER', text: this.#request(type, half) }));
  }

  #refuse(channel: string, reason: string): VenueEvent[] {
    const topics = this.#channels.topicsOf(channel);
    const others = this.#channels.remove(topics).filter((each) => each !== channel);
    const ends = toBatches(others).map((batch) => this.#request('unsubscribe', batch));
    return [
      ...topics.map((topic): VenueEvent => ({ type: 'REFUSED', topic, reason })),
      ...ends.map((text): VenueEvent => ({ type: 'ANSWER', text })),
    ];
  }
}

function distinctTopics(channels: readonly string[]): MarketTopic[] {
  const topics = channels.map(topicOf).filter((topic) => topic !== undefined);
  return [...new Map(topics.map((topic) => [topicName(topic), topic])).values()];
}
