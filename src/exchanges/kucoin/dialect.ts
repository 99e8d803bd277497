import { isObject, parseExactJson } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { inBatches } from '../batches.ts';

/**
 * Where the address of a socket is asked for. This file has the words of KuCoin's WebSocket API for both ends of it:
 * https://www.kucoin.com/docs/websocket/basic-info/apply-connect-token/public-token-no-authentication-required-
 */
export const ADMISSION_TARGET = '/api/v1/bullet-public';

/** Where the pairs are listed: https://www.kucoin.com/docs/rest/spot-trading/market-data/get-symbols-list */
export const SYMBOLS_TARGET = '/api/v2/symbols';

/** The code of an answer that is none of an error. */
export const DONE = '200000';

/** The code of an error: there is no such topic. */
export const NO_SUCH_TOPIC = '404';

/** What is subscribed to is a text: `/market/candles:BTC-USDT_1min`. */
export interface KucoinRequest {
  /** As it was sent. */
  readonly id: string;
  readonly type: 'subscribe' | 'unsubscribe';
  readonly channels: readonly string[];
}

/** https://www.kucoin.com/docs/websocket/spot-trading/public-channels/klines */
const CANDLES: Readonly<Record<LiveBarInterval, string>> = {
  M1: '1min',
  M3: '3min',
  M5: '5min',
  M15: '15min',
  M30: '30min',
  H1: '1hour',
  H4: '4hour',
  D1: '1day',
};
const INTERVALS: ReadonlyMap<string | undefined, LiveBarInterval> = new Map(
  (Object.keys(CANDLES) as LiveBarInterval[]).map((interval) => [CANDLES[interval], interval]),
);
const SYMBOL = /^[A-Za-z0-9-]{1,64}$/;
/** https://www.kucoin.com/docs/basic-info/request-rate-limit/websocket */
const MAX_SYMBOLS = 100;

/** A text with other characters would name several symbols, or another channel. */
export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && SYMBOL.test(received);
}

/**
 * The venue's names of a topic, which are no other's: of a quote one channel tells the best prices and the last, another
 * the figures of the day.
 */
export function channelsOf(topic: MarketTopic): readonly string[] {
  const { symbol } = topic;
  if (topic.channel === 'bars') return [`/market/candles:${symbol}_${CANDLES[topic.interval]}`];
  if (topic.channel === 'ticks') return [`/market/ticker:${symbol}`, `/market/snapshot:${symbol}`];
  return [`/market/match:${symbol}`];
}

/** The topic that a channel serves; undefined for one that is not ours to subscribe to. */
export function topicOf(channel: unknown): MarketTopic | undefined {
  if (typeof channel !== 'string') return undefined;
  const [, kind, symbol, candle] = /^\/market\/([a-z]+):([A-Za-z0-9-]{1,64})(?:_(\w{1,8}))?$/.exec(channel) ?? [];
  if (symbol === undefined) return undefined;
  const interval = INTERVALS.get(candle);
  if (kind === 'candles') return interval === undefined ? undefined : { channel: 'bars', symbol, interval };
  if (candle !== undefined) return undefined;
  if (kind === 'match') return { channel: 'trades', symbol };
  return kind === 'ticker' || kind === 'snapshot' ? { channel: 'ticks', symbol } : undefined;
}

/** The channels in groups that one request can name: of one kind, and 100 of them. */
export function toBatches(channels: readonly string[]): readonly (readonly string[])[] {
  const kinds = Map.groupBy(channels, (channel) => channel.slice(0, channel.indexOf(':')));
  return [...kinds.values()].flatMap((group) => inBatches(group, MAX_SYMBOLS));
}

/** Of one kind: https://www.kucoin.com/docs/websocket/basic-info/subscribe/introduction */
export function writeRequest({ id, type, channels }: KucoinRequest): string {
  const [first = ''] = channels;
  const start = first.indexOf(':') + 1;
  const topic = first.slice(0, start) + channels.map((channel) => channel.slice(start)).join(',');
  return JSON.stringify({ id, type, topic, privateChannel: false, response: true });
}

/** What a client asks for; undefined for what is no such request. */
export function parseRequest(text: string): KucoinRequest | undefined {
  const request = parseExactJson(text);
  if (!isObject(request) || typeof request.id !== 'string' || typeof request.topic !== 'string') return undefined;
  const { id, type, topic } = request;
  const [, kind, names = ''] = /^(\/market\/[a-z]+:)(.+)$/.exec(topic) ?? [];
  if ((type !== 'subscribe' && type !== 'unsubscribe') || kind === undefined) return undefined;
  return { id, type, channels: names.split(',').map((name) => `${kind}${name}`) };
}

/** The id is a text, other than some clients have it. https://www.kucoin.com/docs/websocket/basic-info/ping */
export function writePing(now: number): string {
  return JSON.stringify({ id: String(now), type: 'ping' });
}

/** The answer to a ping; undefined for any other text. */
export function pongTo(text: string): string | undefined {
  const request = parseExactJson(text);
  return isObject(request) && request.type === 'ping' ? JSON.stringify({ id: request.id, type: 'pong' }) : undefined;
}

export function welcome(id: string): string {
  return JSON.stringify({ id, type: 'welcome' });
}

export function acknowledge({ id }: KucoinRequest): string {
  return JSON.stringify({ id, type: 'ack' });
}

export function refuseChannel({ id }: KucoinRequest, channel: string): string {
  return JSON.stringify({ id, type: 'error', code: Number(NO_SUCH_TOPIC), data: `topic ${channel} is not found` });
}

/** The answer to who asks for the address of a socket. */
export function writeAdmission(endpoint: string, token: string): string {
  const server = { endpoint, encrypt: false, protocol: 'websocket', pingInterval: 18_000, pingTimeout: 10_000 };
  return JSON.stringify({ code: DONE, data: { token, instanceServers: [server] } });
}

/** The list of pairs, of which nothing is known but their names. */
export function writeSymbols(symbols: readonly string[]): string {
  const rows = symbols.map((symbol) => {
    const [baseCurrency, quoteCurrency] = symbol.split('-');
    return { symbol, baseCurrency, quoteCurrency, enableTrading: true };
  });
  return JSON.stringify({ code: DONE, data: rows });
}
