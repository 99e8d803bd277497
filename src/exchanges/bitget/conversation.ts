import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { BarSeries } from '../bar-series.ts';
import type { VenueConversation, VenueEvent } from '../venue.ts';
import { textOf, toInstant, unreadable } from '../wire-values.ts';
import { REFUSING_CODES, topicOfRefusal, toTopic, writeOperations } from './dialect.ts';
import { liveRows, type Push, readKline, readTicker, readTrade } from './normalize.ts';

/** What is said on one connection. */
export class BitgetConversation implements VenueConversation {
  readonly #bars = new BarSeries();

  subscribe(topics: readonly MarketTopic[]): readonly string[] {
    return writeOperations('subscribe', topics);
  }

  unsubscribe(topics: readonly MarketTopic[]): readonly string[] {
    this.#bars.forget(topics);
    return writeOperations('unsubscribe', topics);
  }

  read(text: string, receivedAt: number): readonly VenueEvent[] {
    const message = parseExactJson(text);
    if (!isObject(message)) return [unreadable(text, 'an object')];
    const topic = toTopic(message.arg);
    if (message.event !== undefined) return [readEvent(message, topic) ?? unreadable(text, 'a known event')];
    const rows = topic && liveRows(message, topic);
    if (topic === undefined || rows === undefined) return [unreadable(text, 'rows of a topic that was subscribed to')];
    const push = { symbol: topic.symbol, timestamp: toInstant(message.ts), receivedAt };
    return rows.flatMap((row) => this.#row(row, topic, push) ?? unreadable(text, 'rows as the topic has them'));
  }

  #row(row: unknown, topic: MarketTopic, push: Push): VenueEvent | readonly VenueEvent[] | undefined {
    if (topic.channel !== 'bars') return topic.channel === 'ticks' ? readTicker(row, push) : readTrade(row, push);
    const bar = readKline(row, topic);
    return bar && this.#bars.put(bar);
  }
}

function readEvent({ event, code, msg }: JsonObject, topic: MarketTopic | undefined): VenueEvent | undefined {
  if (event === 'subscribe') return topic && { type: 'SUBSCRIBED', topic };
  if (event === 'unsubscribe') return topic && { type: 'UNSUBSCRIBED', topic };
  if (event !== 'error') return undefined;
  const reason = `${textOf(code)} ${textOf(msg)}`;
  const refused = REFUSING_CODES.includes(textOf(code)) ? (topic ?? topicOfRefusal(textOf(msg))) : undefined;
  return refused === undefined ? { type: 'TROUBLE', reason } : { type: 'REFUSED', topic: refused, reason };
}
