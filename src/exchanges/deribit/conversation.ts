import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { BarSeries } from '../bar-series.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { textOf, unreadable } from '../wire-values.ts';
import {
  type ChannelMethod,
  HEARTBEAT_ID,
  INVALID_PARAMS,
  notificationOf,
  toBatches,
  toChannel,
  toTopic,
  writeChannels,
  writeSetHeartbeat,
} from './dialect.ts';
import { readCandle, readTicker, readTrade } from './normalize.ts';

interface Asked {
  readonly method: ChannelMethod;
  readonly channels: readonly string[];
}

/** What is said on one connection: requests are answered by their ids, with the channels for which they had an effect. */
export class DeribitConversation implements VenueConversation {
  readonly greeting = [writeSetHeartbeat()];
  readonly #bars = new BarSeries();
  readonly #asked = new Map<string, Asked>();
  #requests = HEARTBEAT_ID;

  subscribe(topics: readonly MarketTopic[]): readonly string[] {
    return this.#ask('public/subscribe', topics);
  }

  unsubscribe(topics: readonly MarketTopic[]): readonly string[] {
    this.#bars.forget(topics);
    return this.#ask('public/unsubscribe', topics);
  }

  read(text: string, receivedAt: number): readonly VenueEvent[] {
    const message = parseExactJson(text);
    if (!isObject(message)) return [unreadable(text, 'an object')];
    if (message.id !== undefined) return this.#answer(message, text);
    if (message.method === 'heartbeat') return [];
    const notification = notificationOf(message);
    const topic = toTopic(notification?.channel);
    if (topic === undefined) return [unreadable(text, 'data of a channel that was subscribed to')];
    const push = { topic, data: notification?.data, receivedAt };
    if (topic.channel === 'ticks') return [readTicker(push) ?? unreadable(text, 'a ticker')];
    if (topic.channel === 'bars') {
      const candle = readCandle({ ...push, topic });
      return candle === undefined ? [unreadable(text, 'a candle')] : this.#bars.put(candle);
    }
    if (!Array.isArray(push.data)) return [unreadable(text, 'a list of trades')];
    return push.data.map((row) => readTrade(row, push) ?? unreadable(text, 'trades as the channel has them'));
  }

  #ask(method: ChannelMethod, topics: readonly MarketTopic[]): readonly string[] {
    return toBatches(topics.map(toChannel)).map((channels) => this.#write({ method, channels }));
  }

  #write(asked: Asked): string {
    this.#requests += 1;
    this.#asked.set(String(this.#requests), asked);
    return writeChannels(this.#requests, asked.method, asked.channels);
  }

  #answer({ id, result, error }: JsonObject, text: string): readonly VenueEvent[] {
    const asked = this.#asked.get(textOf(id));
    this.#asked.delete(textOf(id));
    if (isObject(error)) return this.#failed(error, asked);
    if (id === String(HEARTBEAT_ID)) return [];
    if (asked === undefined || !Array.isArray(result)) return [unreadable(text, 'the channels of a request of ours')];
    return asked.channels.flatMap((channel) => eventOf(asked.method, channel, result.includes(channel)));
  }

  /** A request that the venue cannot read may hold one channel that it does not know: they are asked for one by one. */
  #failed({ code, message }: JsonObject, asked: Asked | undefined): readonly VenueEvent[] {
    const reason = `${textOf(code)} ${textOf(message)}`.trim();
    if (asked?.method !== 'public/subscribe' || textOf(code) !== INVALID_PARAMS) return [{ type: 'TROUBLE', reason }];
    const { method, channels } = asked;
    const [only, ...others] = channels.flatMap((channel) => toTopic(channel) ?? []);
    if (only !== undefined && others.length === 0) return [{ type: 'REFUSED', topic: only, reason }];
    return channels.map((channel) => ({ type: 'ANSWER', text: this.#write({ method, channels: [channel] }) }));
  }
}

/** The venue leaves out of its answer the channels that there are not. */
function eventOf(method: ChannelMethod, channel: string, isDone: boolean): readonly VenueEvent[] {
  const topic = toTopic(channel);
  if (topic === undefined) return [];
  if (method === 'public/unsubscribe') return isDone ? [{ type: 'UNSUBSCRIBED', topic }] : [];
  if (isDone) return [{ type: 'SUBSCRIBED', topic }];
  return [{ type: 'REFUSED', topic, reason: `the venue did not subscribe to ${channel}` }];
}
