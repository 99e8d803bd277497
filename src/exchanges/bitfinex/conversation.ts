import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type MarketTopic, topicName } from '../../domain/market-topic.ts';
import { BarSeries } from '../bar-series.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { textOf, unreadable } from '../wire-values.ts';
import { ChannelNumbers } from './channel-numbers.ts';
import {
  ALREADY_SUBSCRIBED,
  NOT_SUBSCRIBED,
  PAUSED,
  RESTARTING,
  RESUMED,
  SUBSCRIPTION_FAILED,
  topicOf,
  UNKNOWN_PAIR,
  writeConfiguration,
  writeSubscribe,
  writeUnsubscribe,
} from './dialect.ts';
import { readChannel, toParts } from './normalize.ts';

/** What is said on one connection to Bitfinex, which numbers the channels of each connection anew. */
export class BitfinexConversation implements VenueConversation {
  readonly greeting = [writeConfiguration()];
  readonly #numbers = new ChannelNumbers();
  readonly #bars = new BarSeries();
  /** Names of the topics that were asked for, and not given up since. */
  readonly #wanted = new Set<string>();

  subscribe(topics: readonly MarketTopic[]): readonly string[] {
    for (const topic of topics) this.#wanted.add(topicName(topic));
    return topics.filter((topic) => this.#numbers.of(topic) === undefined).flatMap(writeSubscribe);
  }

  /** A channel that has no number yet is given up when it gets one. */
  unsubscribe(topics: readonly MarketTopic[]): readonly string[] {
    this.#bars.forget(topics);
    for (const topic of topics) this.#wanted.delete(topicName(topic));
    return topics.flatMap((topic) => this.#giveUp(topic));
  }

  isServed(topic: MarketTopic): boolean {
    return this.#numbers.of(topic) !== undefined;
  }

  *read(text: string, receivedAt: number): Generator<VenueEvent, void, undefined> {
    const message = parseExactJson(text);
    if (isObject(message)) return yield* this.#readEvent(message, text);
    const parts = Array.isArray(message) ? toParts(message) : undefined;
    if (parts === undefined) return yield unreadable(text, 'an event, or a list with the number of a channel');
    // The heartbeats of a channel may come before its number is told.
    if (parts.name === 'hb') return;
    const topic = this.#numbers.topicOf(parts.channelId);
    if (topic === undefined) return yield unreadable(text, 'the number of a channel that was subscribed to');
    yield* readChannel({ ...parts, topic }, text, receivedAt, this.#bars);
  }

  #readEvent(event: JsonObject, text: string): readonly VenueEvent[] {
    switch (event.event) {
      case 'subscribed':
        return this.#acknowledge(event, text);
      case 'unsubscribed':
        return this.#end(event.chanId);
      case 'error':
        return this.#fail(event);
      case 'info':
        return this.#inform(event);
      case 'conf':
        return event.status === 'OK' ? [] : [{ type: 'TROUBLE', reason: 'the times of frames are not to be had' }];
      case 'pong':
        return [];
      default:
        return [unreadable(text, 'a known event')];
    }
  }

  #acknowledge(event: JsonObject, text: string): VenueEvent[] {
    const topic = topicOf(event);
    const { chanId: channelId } = event;
    if (topic === undefined || typeof channelId !== 'string')
      return [unreadable(text, 'a topic of ours and its number')];
    this.#numbers.set(channelId, topic);
    if (this.#wanted.has(topicName(topic))) return [{ type: 'SUBSCRIBED', topic }];
    return this.#giveUp(topic).map((request) => ({ type: 'ANSWER', text: request }));
  }

  #end(channelId: unknown): VenueEvent[] {
    const topic = typeof channelId === 'string' ? this.#numbers.end(channelId) : undefined;
    return topic === undefined ? [] : [{ type: 'UNSUBSCRIBED', topic }];
  }

  #fail(event: JsonObject): VenueEvent[] {
    const { code, chanId: channelId } = event;
    const reason = `${textOf(code)} ${textOf(event.msg)}`;
    const topic = topicOf(event);
    if (code === NOT_SUBSCRIBED && channelId !== undefined) return this.#end(channelId);
    if (topic === undefined) return [{ type: 'TROUBLE', reason }];
    if (code === ALREADY_SUBSCRIBED && this.isServed(topic)) return [{ type: 'SUBSCRIBED', topic }];
    const isUnknown = code === UNKNOWN_PAIR || (code === SUBSCRIPTION_FAILED && reason.includes('invalid'));
    if (!isUnknown) return [{ type: 'TROUBLE', reason }];
    this.#wanted.delete(topicName(topic));
    return [{ type: 'REFUSED', topic, reason }];
  }

  #inform({ code, platform, msg }: JsonObject): readonly VenueEvent[] {
    const said = textOf(msg);
    if (code === RESTARTING) return [{ type: 'CLOSING', reason: said === '' ? 'the venue restarts' : said }];
    if (code === PAUSED) return [{ type: 'TROUBLE', reason: 'the venue pauses for maintenance' }];
    if (code === RESUMED) return this.#subscribeAnew();
    const isPaused = isObject(platform) && platform.status === '0';
    return isPaused ? [{ type: 'TROUBLE', reason: 'the venue is in maintenance' }] : [];
  }

  /** After a pause the venue's books may be others than those that it has sent. */
  #subscribeAnew(): VenueEvent[] {
    const topics = this.#numbers.topics();
    this.#bars.forget(topics);
    const requests = topics.flatMap((topic) => [...this.#giveUp(topic), ...writeSubscribe(topic)]);
    return requests.map((text) => ({ type: 'ANSWER', text }));
  }

  #giveUp(topic: MarketTopic): string[] {
    const channelId = this.#numbers.giveUp(topic);
    return channelId === undefined ? [] : [writeUnsubscribe(channelId)];
  }
}
