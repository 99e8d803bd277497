import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { BarSeries } from '../bar-series.ts';
import { QuoteParts } from '../quote-parts.ts';
import { TopicChannels } from '../topic-channels.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { textOf, toInstant, unreadable } from '../wire-values.ts';
import { channelsOf, requestOf, topicOf, writeRequest } from './dialect.ts';
import { readPush } from './normalize.ts';

const EVERYTHING = Number.NEGATIVE_INFINITY;

/** What is said on one connection to HTX. */
export class HtxConversation implements VenueConversation {
  readonly #channels = new TopicChannels(channelsOf);
  readonly #quotes = new QuoteParts();
  readonly #bars = new BarSeries();
  /**
   * Channels that have pushed nothing yet to when they were acknowledged: what the venue sends first of a tape is the last
   * trade, be it hours old.
   */
  readonly #beginnings = new Map<string, number>();

  subscribe(topics: readonly MarketTopic[]): readonly string[] {
    return this.#channels.add(topics).map((channel) => writeRequest('sub', channel));
  }

  unsubscribe(topics: readonly MarketTopic[]): readonly string[] {
    this.#bars.forget(topics);
    this.#quotes.forget(topics);
    return this.#channels.remove(topics).map((channel) => writeRequest('unsub', channel));
  }

  isServed(topic: MarketTopic): boolean {
    return this.#channels.isServed(topic);
  }

  *read(text: string, receivedAt: number): Generator<VenueEvent, void, undefined> {
    const message = parseExactJson(text);
    if (!isObject(message)) return yield unreadable(text, 'an object');
    if (message.ch !== undefined) {
      const memory = { quotes: this.#quotes, bars: this.#bars, since: this.#begin(message.ch) };
      return yield* readPush(message, text, receivedAt, memory);
    }
    if (message.ping !== undefined || message.pong !== undefined) return;
    if (message.status === 'error') return yield* this.#fail(message);
    if (message.status !== 'ok') return yield unreadable(text, 'a channel, or an answer');
    if (typeof message.subbed === 'string') yield* this.#acknowledge(message.subbed, message.ts);
    else if (typeof message.unsubbed === 'string') yield* toEnd(message.unsubbed);
    else yield unreadable(text, 'what is subscribed to');
  }

  /** Since when the trades of a push are news. */
  #begin(channel: unknown): number {
    if (typeof channel !== 'string') return EVERYTHING;
    const since = this.#beginnings.get(channel);
    this.#beginnings.delete(channel);
    return since ?? EVERYTHING;
  }

  #acknowledge(channel: string, time: unknown): VenueEvent[] {
    const topics = this.#channels.acknowledge(channel);
    const acknowledgedAt = toInstant(time);
    const isTape = topicOf(channel)?.channel === 'trades';
    if (isTape && acknowledgedAt !== null) this.#beginnings.set(channel, acknowledgedAt);
    return topics.map((topic) => ({ type: 'SUBSCRIBED', topic }));
  }

  #fail(message: JsonObject): VenueEvent[] {
    const said = textOf(message['err-msg']);
    const reason = `${textOf(message['err-code'])} ${said}`;
    const request = requestOf(message.id);
    if (request?.type === 'unsub' && said.includes('not subbed')) return toEnd(request.channel);
    if (request?.type !== 'sub' || !/^invalid (topic|symbol)/.test(said)) return [{ type: 'TROUBLE', reason }];
    const topics = this.#channels.topicsOf(request.channel);
    const others = this.#channels.remove(topics).filter((channel) => channel !== request.channel);
    return [
      ...topics.map((topic): VenueEvent => ({ type: 'REFUSED', topic, reason })),
      ...others.map((channel): VenueEvent => ({ type: 'ANSWER', text: writeRequest('unsub', channel) })),
    ];
  }
}

function toEnd(channel: string): VenueEvent[] {
  const topic = topicOf(channel);
  return topic === undefined ? [] : [{ type: 'UNSUBSCRIBED', topic }];
}
