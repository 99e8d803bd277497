import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type MarketTopic, topicName } from '../../domain/market-topic.ts';
import { BarBuilder } from '../bar-builder.ts';
import { TopicChannels } from '../topic-channels.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { textOf, unreadable } from '../wire-values.ts';
import { channelsOf, channelText, productOfRefusal, readChannels, writeRequests } from './dialect.ts';
import { readHeartbeat, readMatch, readTicker } from './normalize.ts';

/**
 * The venue ends a connection that asks for nothing within 5 s, and is heard every second by this:
 * https://docs.cdp.coinbase.com/exchange/websocket-feed/overview#subscribe
 */
const GREETING_CHANNEL = channelText('heartbeat', 'BTC-USD');

/** What is said on one connection to the feed. Bars are built from the matches of this connection. */
export class CoinbaseConversation implements VenueConversation {
  readonly greeting = writeRequests('subscribe', [GREETING_CHANNEL]);
  readonly #channels = new TopicChannels(channelsOf);
  /** What the venue said last that the connection is subscribed to. */
  #listed: ReadonlySet<string> = new Set();
  /** By symbol and name of the topic; only of what the venue has said that it serves. */
  readonly #builders = new Map<string, Map<string, BarBuilder>>();

  subscribe(topics: readonly MarketTopic[]): readonly string[] {
    const requests = writeRequests('subscribe', this.#channels.add(topics));
    this.#build(topics.filter((topic) => this.isServed(topic)));
    return requests;
  }

  unsubscribe(topics: readonly MarketTopic[]): readonly string[] {
    this.#stopBuilding(topics);
    const channels = this.#channels.remove(topics).filter((channel) => channel !== GREETING_CHANNEL);
    return writeRequests('unsubscribe', channels);
  }

  isServed(topic: MarketTopic): boolean {
    return this.#channels.isServed(topic);
  }

  read(text: string, receivedAt: number): readonly VenueEvent[] {
    const message = parseExactJson(text);
    if (!isObject(message)) return [unreadable(text, 'an object')];
    switch (message.type) {
      case 'match':
        return this.#match(message, receivedAt) ?? [unreadable(text, 'a match')];
      case 'ticker':
        return this.#ticker(message, receivedAt) ?? [unreadable(text, 'a ticker')];
      case 'heartbeat':
        return this.#heartbeat(message) ?? [unreadable(text, 'a heartbeat')];
      case 'subscriptions':
        return this.#subscriptions(message) ?? [unreadable(text, 'the channels of the connection')];
      case 'error':
        return this.#error(message);
      default:
        // The last match before the subscription is no news, and the venue may add types that clients have to ignore.
        return typeof message.type === 'string' ? [] : [unreadable(text, 'a type')];
    }
  }

  #match(message: JsonObject, receivedAt: number): readonly VenueEvent[] | undefined {
    const match = readMatch(message, receivedAt);
    if (match === undefined) return undefined;
    const { at, print } = match;
    return [{ type: 'PRINT', print }, ...this.#buildersOf(print.symbol).flatMap((each) => each.add({ at, ...print }))];
  }

  /** The one that a subscription begins with has the time of the last match, which may be of long ago. */
  #ticker(message: JsonObject, receivedAt: number): readonly VenueEvent[] | undefined {
    const event = readTicker(message, receivedAt);
    if (event === undefined) return undefined;
    const { symbol, timestamp } = event.quote;
    return [event, ...this.#buildersOf(symbol).flatMap((each) => each.pass(timestamp ?? 0))];
  }

  #heartbeat(message: JsonObject): readonly VenueEvent[] | undefined {
    const heartbeat = readHeartbeat(message);
    return heartbeat && this.#buildersOf(heartbeat.symbol).flatMap((each) => each.hear(heartbeat.at));
  }

  #subscriptions(message: JsonObject): readonly VenueEvent[] | undefined {
    const channels = readChannels(message.channels);
    if (channels === undefined) return undefined;
    const listed = new Set(channels);
    const lost = new Set(
      [...this.#listed].flatMap((channel) => (listed.has(channel) ? [] : this.#channels.lose(channel))),
    );
    const served = new Set([...listed].flatMap((channel) => this.#acknowledge(channel)));
    this.#listed = listed;
    this.#stopBuilding(lost);
    this.#build(served);
    return [
      ...[...lost].map((topic): VenueEvent => ({ type: 'UNSUBSCRIBED', topic })),
      ...[...served].map((topic): VenueEvent => ({ type: 'SUBSCRIBED', topic })),
    ];
  }

  #acknowledge(channel: string): readonly MarketTopic[] {
    const isNews = this.#channels.topicsOf(channel).some((topic) => !this.isServed(topic));
    return isNews ? this.#channels.acknowledge(channel) : [];
  }

  #error({ message, reason }: JsonObject): readonly VenueEvent[] {
    const said = `${textOf(message)}: ${textOf(reason)}`;
    const product = productOfRefusal(textOf(reason));
    const topics = product === undefined ? [] : this.#topicsOf(product);
    if (topics.length === 0) return [{ type: 'TROUBLE', reason: said }];
    this.#stopBuilding(topics);
    this.#channels.remove(topics);
    return topics.map((topic) => ({ type: 'REFUSED', topic, reason: said }));
  }

  /** Each topic has a channel that all topics of its kind have. */
  #topicsOf(symbol: string): readonly MarketTopic[] {
    return [channelText('ticker', symbol), channelText('matches', symbol)].flatMap((channel) =>
      this.#channels.topicsOf(channel),
    );
  }

  #buildersOf(symbol: string): readonly BarBuilder[] {
    return [...(this.#builders.get(symbol)?.values() ?? [])];
  }

  #build(topics: Iterable<MarketTopic>): void {
    for (const topic of topics) {
      if (topic.channel !== 'bars') continue;
      const builders = this.#builders.get(topic.symbol) ?? new Map<string, BarBuilder>();
      this.#builders.set(topic.symbol, builders);
      const name = topicName(topic);
      if (!builders.has(name)) builders.set(name, new BarBuilder(topic.symbol, topic.interval));
    }
  }

  #stopBuilding(topics: Iterable<MarketTopic>): void {
    for (const topic of topics) {
      const builders = this.#builders.get(topic.symbol);
      builders?.delete(topicName(topic));
      if (builders?.size === 0) this.#builders.delete(topic.symbol);
    }
  }
}
