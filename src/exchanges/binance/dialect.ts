import { isObject, parseExactJson } from '../../domain/json-text.ts';
import { LIVE_BAR_INTERVALS, type LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';

/**
 * Paths of the sockets. This file has the words of Binance's public streams for both ends of them, spot:
 * https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams
 */
export const SPOT_PATH = '/stream';
/**
 * USD-M futures have had two since 2026-04-23; each acknowledges what the other one serves, and sends nothing:
 * https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams
 */
export const USDM_PUBLIC_PATH = '/public/stream';
export const USDM_MARKET_PATH = '/market/stream';

/** Event of a server that will close the connection. */
export const SERVER_SHUTDOWN = 'serverShutdown';

/** Streams of one connection, of either market. */
export const MOST_STREAMS = 1_024;
/** Streams that are asked for at once; longer requests are not documented to be taken. */
export const STREAMS_PER_REQUEST = 100;

const INTERVALS: Readonly<Record<LiveBarInterval, string>> = {
  M1: '1m',
  M3: '3m',
  M5: '5m',
  M15: '15m',
  M30: '30m',
  H1: '1h',
  H4: '4h',
  // From midnight UTC on, unless the stream's name says otherwise.
  D1: '1d',
};

const KLINES: ReadonlyMap<string, LiveBarInterval> = new Map(
  LIVE_BAR_INTERVALS.map((interval) => [`kline_${INTERVALS[interval]}`, interval]),
);

/** As exchangeInfo has them: no letter of them is a small one. */
const SYMBOL = /^[A-Z0-9\p{Lo}_.-]{1,32}$/u;

/** Whether a text can be a symbol: `BTCUSDT`, `BTCUSDT_270326`. */
export function isSymbol(received: string): boolean {
  return SYMBOL.test(received);
}

/** What a stream brings of a symbol. */
export interface StreamContent {
  readonly symbol: string;
  readonly kind: 'aggTrade' | 'bookTicker' | 'ticker' | 'kline' | 'book';
  /** Of bars. */
  readonly interval?: LiveBarInterval | undefined;
}

/** What a stream brings; undefined for one that we neither ask for nor know. */
export function contentOf(stream: string): StreamContent | undefined {
  const [name = '', type = '', ...rest] = stream.split('@');
  const symbol = name.toUpperCase();
  if (!isSymbol(symbol)) return undefined;
  if (/^(rpiDepth|depth\d*)$/.test(type)) return { symbol, kind: 'book' };
  if (rest.length > 0) return undefined;
  if (type === 'aggTrade' || type === 'bookTicker' || type === 'ticker') return { symbol, kind: type };
  const interval = KLINES.get(type);
  return interval === undefined ? undefined : { symbol, kind: 'kline', interval };
}

/** The streams of a topic at the spot market, which tells the best prices and the day apart. */
export function spotStreamsOf(topic: MarketTopic): readonly string[] {
  const name = topic.symbol.toLowerCase();
  return topic.channel === 'ticks' ? [`${name}@bookTicker`, `${name}@ticker`] : [streamOf(topic)];
}

/** The stream of a topic at USD-M futures: the figures of the day come over the other socket, so quotes are without them. */
export function streamOf(topic: MarketTopic): string {
  const name = topic.symbol.toLowerCase();
  if (topic.channel === 'bars') return `${name}@kline_${INTERVALS[topic.interval]}`;
  return topic.channel === 'ticks' ? `${name}@bookTicker` : `${name}@aggTrade`;
}

/** Which socket of USD-M futures serves the stream. */
export function usdmPathOf(stream: string): string {
  return /@(bookTicker|depth|rpiDepth|trade)/.test(stream) ? USDM_PUBLIC_PATH : USDM_MARKET_PATH;
}

export interface BinanceRequest {
  readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE';
  readonly params: readonly string[];
  /** As it was written: a number, or a text in quotes. */
  readonly id: string;
}

/** A request as the socket takes it: #live-subscribingunsubscribing-to-streams of the pages above. */
export function writeRequest(method: BinanceRequest['method'], params: readonly string[], id: number): string {
  return JSON.stringify({ method, params, id });
}

/** What a client asks for; undefined for what the venue calls an invalid request. */
export function parseRequest(text: string): BinanceRequest | undefined {
  const request = parseExactJson(text);
  if (!isObject(request)) return undefined;
  const { method, params, id } = request;
  if (method !== 'SUBSCRIBE' && method !== 'UNSUBSCRIBE') return undefined;
  if (!Array.isArray(params) || params.length === 0 || typeof id !== 'string') return undefined;
  if (!params.every((stream) => typeof stream === 'string')) return undefined;
  return { method, params, id };
}

export function acknowledge(id: string): string {
  return `{"result":null,"id":${idText(id)}}`;
}

export function refuseRequest(): string {
  return JSON.stringify({ error: { code: 2, msg: 'Invalid request: malformed request' } });
}

function idText(id: string): string {
  return /^\d+$/.test(id) ? id : JSON.stringify(id);
}
