import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';

/**
 * Path of the socket. This file has the words of Bitfinex' public WebSocket API v2 for both ends of it:
 * https://docs.bitfinex.com/docs/ws-public
 */
export const PATH = '/ws/2';

/** Codes of info events: https://docs.bitfinex.com/docs/ws-general */
export const RESTARTING = '20051';
export const PAUSED = '20060';
export const RESUMED = '20061';

/** Codes of error events: https://docs.bitfinex.com/docs/abbreviations-glossary#errorinfo-codes */
export const UNKNOWN_PAIR = '10001';
export const SUBSCRIPTION_FAILED = '10300';
export const ALREADY_SUBSCRIBED = '10301';
export const NOT_SUBSCRIBED = '10400';

/** The times and numbers of frames: a ticker has no time of its own. https://docs.bitfinex.com/docs/ws-general */
const TIMESTAMP_FLAG = 32_768;
const SEQUENCE_FLAG = 65_536;

/** Time frames by interval: https://docs.bitfinex.com/reference/ws-public-candles. There are none of 3 minutes or 4 hours. */
const TIME_FRAMES: ReadonlyMap<LiveBarInterval, string> = new Map([
  ['M1', '1m'],
  ['M5', '5m'],
  ['M15', '15m'],
  ['M30', '30m'],
  ['H1', '1h'],
  ['D1', '1D'],
]);
const INTERVALS: ReadonlyMap<string | undefined, LiveBarInterval> = new Map(
  [...TIME_FRAMES].map(([interval, frame]) => [frame, interval]),
);
/** Of a trading pair; what begins with f is lent. */
const SYMBOL = /^t[A-Za-z0-9:.]{1,63}$/;

/** What is subscribed to: `symbol` of tickers and trades, `key` of candles. */
export type BitfinexSubscription =
  | { readonly channel: 'ticker' | 'trades'; readonly symbol: string }
  | { readonly channel: 'candles'; readonly key: string };

export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && SYMBOL.test(received);
}

/** The venue's name of the topic; undefined where it has no such thing. */
export function toSubscription(topic: MarketTopic): BitfinexSubscription | undefined {
  const { symbol } = topic;
  if (!isSymbol(symbol)) return undefined;
  if (topic.channel !== 'bars') return { channel: topic.channel === 'ticks' ? 'ticker' : 'trades', symbol };
  const frame = TIME_FRAMES.get(topic.interval);
  return frame === undefined ? undefined : { channel: 'candles', key: `trade:${frame}:${symbol}` };
}

/** The topic that an event of the venue names; undefined for one that is not ours to subscribe to. */
export function topicOf({ channel, symbol, key }: JsonObject): MarketTopic | undefined {
  if (channel === 'candles') {
    const [, frame, of = ''] = (typeof key === 'string' ? /^trade:(\w{1,3}):(.+)$/.exec(key) : null) ?? [];
    const interval = INTERVALS.get(frame);
    return interval === undefined || !isSymbol(of) ? undefined : { channel: 'bars', symbol: of, interval };
  }
  if (!isSymbol(symbol)) return undefined;
  if (channel === 'ticker') return { channel: 'ticks', symbol };
  return channel === 'trades' ? { channel: 'trades', symbol } : undefined;
}

/** Asks for the times and numbers of frames. */
export function writeConfiguration(): string {
  return JSON.stringify({ event: 'conf', flags: TIMESTAMP_FLAG + SEQUENCE_FLAG });
}

/** One channel; none for a topic that the venue does not have. */
export function writeSubscribe(topic: MarketTopic): string[] {
  const subscription = toSubscription(topic);
  return subscription === undefined ? [] : [JSON.stringify({ event: 'subscribe', ...subscription })];
}

/** The number is the one that the venue has given to the channel on this connection. */
export function writeUnsubscribe(channelId: string): string {
  return `{"event":"unsubscribe","chanId":${channelId}}`;
}

export function writePing(count: number): string {
  return JSON.stringify({ event: 'ping', cid: count });
}

/** An event, with its numbers as texts; undefined for any other text. */
export function parseEvent(text: string): JsonObject | undefined {
  const event = parseExactJson(text);
  return isObject(event) ? event : undefined;
}

export function greet(): string {
  return JSON.stringify({ event: 'info', version: 2, serverId: 'replay', platform: { status: 1 } });
}

export function pongTo({ cid }: JsonObject, now: number): string {
  return JSON.stringify({ event: 'pong', ts: now, cid: Number(cid) });
}

export function confirmConfiguration({ flags }: JsonObject): string {
  return JSON.stringify({ event: 'conf', status: 'OK', flags: Number(flags) });
}

export function acknowledgeSubscribe(topic: MarketTopic, channelId: string): string {
  const pair = { pair: topic.symbol.slice(1) };
  return JSON.stringify({
    event: 'subscribed',
    chanId: Number(channelId),
    ...toSubscription(topic),
    ...(topic.channel === 'bars' ? {} : pair),
  });
}

export function acknowledgeUnsubscribe(channelId: string): string {
  return JSON.stringify({ event: 'unsubscribed', status: 'OK', chanId: Number(channelId) });
}

/** What the request named, and what is wrong with it. */
export function refuse(code: string, message: string, { event: _, ...request }: JsonObject): string {
  return JSON.stringify({ ...request, event: 'error', msg: message, code: Number(code) });
}
