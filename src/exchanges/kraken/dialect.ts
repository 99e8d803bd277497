import { isObject, parseExactJson } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import { type MarketTopic, topicName } from '../../domain/market-topic.ts';
import { inBatches } from '../batches.ts';

/**
 * Path of the socket. This file has the words of Kraken's WebSocket API v2 for both ends of it:
 * https://docs.kraken.com/api/docs/websocket-v2/ticker
 */
export const PATH = '/v2';

/** What is subscribed to: one channel of one pair. */
export interface KrakenSubscription {
  readonly channel: 'ticker' | 'trade' | 'ohlc';
  /** As the venue writes pairs in this API: `BTC/USD`. */
  readonly symbol: string;
  /** Minutes, of `ohlc` alone. */
  readonly interval?: number | undefined;
}

export interface KrakenOperation {
  readonly method: 'subscribe' | 'unsubscribe';
  readonly subscriptions: readonly KrakenSubscription[];
  /** As it was sent, to be sent back. */
  readonly requestId: string | undefined;
}

/** Minutes by interval: https://docs.kraken.com/api/docs/websocket-v2/ohlc. There are no bars of three minutes. */
const MINUTES: ReadonlyMap<LiveBarInterval, number> = new Map([
  ['M1', 1],
  ['M5', 5],
  ['M15', 15],
  ['M30', 30],
  ['H1', 60],
  ['H4', 240],
  ['D1', 1440],
]);
const INTERVALS: ReadonlyMap<string, LiveBarInterval> = new Map(
  [...MINUTES].map(([interval, minutes]) => [String(minutes), interval]),
);

const MAX_SYMBOL_LENGTH = 64;
const MAX_SYMBOLS = 100;
/** The `req_id` of requests for tickers and for trades; of candles it is this and the minutes. */
const TICKER_REQUEST = 1;
const TRADE_REQUEST = 2;
const CANDLE_REQUEST = 10_000;

export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && received !== '' && received.length <= MAX_SYMBOL_LENGTH;
}

/** The length of candles of so many minutes, as the wire has it; undefined for another. */
export function intervalOf(minutes: unknown): LiveBarInterval | undefined {
  return typeof minutes === 'string' ? INTERVALS.get(minutes) : undefined;
}

/** The venue's name of the topic; undefined where it has no such thing. */
export function toSubscription(topic: MarketTopic): KrakenSubscription | undefined {
  const { symbol } = topic;
  if (!isSymbol(symbol)) return undefined;
  if (topic.channel !== 'bars') return { channel: topic.channel === 'ticks' ? 'ticker' : 'trade', symbol };
  const interval = MINUTES.get(topic.interval);
  return interval === undefined ? undefined : { channel: 'ohlc', symbol, interval };
}

/** The topic of a channel of a pair; undefined for one that is not ours to subscribe to. */
export function toTopic(channel: unknown, symbol: unknown, minutes: unknown): MarketTopic | undefined {
  if (!isSymbol(symbol)) return undefined;
  if (channel === 'ticker') return { channel: 'ticks', symbol };
  if (channel === 'trade') return { channel: 'trades', symbol };
  const interval = channel === 'ohlc' ? intervalOf(minutes) : undefined;
  return interval === undefined ? undefined : { channel: 'bars', symbol, interval };
}

/**
 * Requests that subscribe to the topics, or end that: one for each channel and 100 pairs. The number of a request says
 * what it asks for, since a refusal names nothing but that and the pair.
 */
export function writeOperations(method: KrakenOperation['method'], topics: readonly MarketTopic[]): string[] {
  const distinct = new Map(topics.map((topic) => [topicName(topic), toSubscription(topic)]));
  const groups = new Map<number, KrakenSubscription[]>();
  for (const subscription of distinct.values()) {
    if (subscription === undefined) continue;
    const requestId = requestIdOf(subscription);
    groups.set(requestId, [...(groups.get(requestId) ?? []), subscription]);
  }
  return [...groups].flatMap(([requestId, group]) => writeGroup(method, requestId, group));
}

/** The topic that a request with this number asked for of a pair. */
export function topicOfRequest(requestId: unknown, symbol: unknown): MarketTopic | undefined {
  const number = typeof requestId === 'string' ? Number(requestId) : Number.NaN;
  if (number === TICKER_REQUEST) return toTopic('ticker', symbol, undefined);
  if (number === TRADE_REQUEST) return toTopic('trade', symbol, undefined);
  return toTopic('ohlc', symbol, String(number - CANDLE_REQUEST));
}

/** What a client asks for; undefined for what is no request for these channels. */
export function parseOperation(text: string): KrakenOperation | undefined {
  const request = parseExactJson(text);
  if (!isObject(request) || !isObject(request.params)) return undefined;
  const { method } = request;
  const { channel, symbol: symbols, interval = '1' } = request.params;
  if ((method !== 'subscribe' && method !== 'unsubscribe') || !Array.isArray(symbols)) return undefined;
  const topics = symbols.map((symbol) => toTopic(channel, symbol, interval));
  const subscriptions = topics.map((topic) => topic && toSubscription(topic)).filter((each) => each !== undefined);
  if (subscriptions.length !== symbols.length || symbols.length === 0) return undefined;
  return { method, subscriptions, requestId: typeof request.req_id === 'string' ? request.req_id : undefined };
}

/** https://docs.kraken.com/api/docs/websocket-v2/ping */
export function writePing(count: number): string {
  return JSON.stringify({ method: 'ping', req_id: count });
}

/** The answer to a ping; undefined for any other text. */
export function pongTo(text: string): string | undefined {
  const request = parseExactJson(text);
  if (!isObject(request) || request.method !== 'ping') return undefined;
  return JSON.stringify({ method: 'pong', req_id: numberOf(request.req_id) });
}

export function acknowledge({ method, requestId }: KrakenOperation, subscription: KrakenSubscription): string {
  return JSON.stringify({ method, result: subscription, success: true, req_id: numberOf(requestId) });
}

export function refuseSymbol({ method, requestId }: KrakenOperation, symbol: string): string {
  const error = `Currency pair not supported ${symbol}`;
  return JSON.stringify({ error, method, success: false, symbol, req_id: numberOf(requestId) });
}

export function refuseRequest(): string {
  return JSON.stringify({ error: 'Malformed request', success: false });
}

function writeGroup(
  method: KrakenOperation['method'],
  requestId: number,
  group: readonly KrakenSubscription[],
): string[] {
  return inBatches(group, MAX_SYMBOLS).map((part) => {
    const [{ channel, interval } = { channel: 'ticker' }] = part;
    const symbol = part.map((each) => each.symbol);
    // Of its own accord a ticker comes with trades only, and the best prices are old by then.
    const trigger = channel === 'ticker' ? { event_trigger: 'bbo' } : {};
    return JSON.stringify({ method, params: { channel, symbol, interval, ...trigger }, req_id: requestId });
  });
}

function requestIdOf({ channel, interval = 0 }: KrakenSubscription): number {
  if (channel === 'ohlc') return CANDLE_REQUEST + interval;
  return channel === 'ticker' ? TICKER_REQUEST : TRADE_REQUEST;
}

function numberOf(requestId: unknown): number | undefined {
  return typeof requestId === 'string' ? Number(requestId) : undefined;
}
