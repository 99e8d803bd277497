import { isObject, parseJson } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';

/**
 * Path of the socket. This file has the words of Upbit's public WebSocket for both ends of it:
 * https://docs.upbit.com/kr/reference/websocket-guide
 */
export const SOCKET_PATH = '/websocket/v1';

/** Far more than any request of a client here, in bytes. */
export const MAX_REQUEST_BYTES = 65_536;

/** Of errors that are about the codes of a request, which they do not name. */
export const REFUSING_ERRORS: readonly string[] = ['INVALID_PARAM', 'NO_CODES'];

const LIST_METHOD = 'LIST_SUBSCRIPTIONS';
/** A pair, the quote currency first: `KRW-BTC`. */
const CODE = /^[A-Z0-9]{1,16}-[A-Z0-9]{1,32}$/;
/** How many levels of the order book are wanted stands behind the code. */
const BOOK_DEPTH = '.1';

/** There is no candle of a day: https://docs.upbit.com/kr/reference/websocket-candle */
const CANDLE_TYPES: ReadonlyMap<LiveBarInterval, string> = new Map([
  ['M1', 'candle.1m'],
  ['M3', 'candle.3m'],
  ['M5', 'candle.5m'],
  ['M15', 'candle.15m'],
  ['M30', 'candle.30m'],
  ['H1', 'candle.60m'],
  ['H4', 'candle.240m'],
]);
const INTERVALS: ReadonlyMap<unknown, LiveBarInterval> = new Map(
  [...CANDLE_TYPES].map(([interval, type]) => [type, interval]),
);
const OTHER_TYPES: readonly unknown[] = ['ticker', 'trade', 'orderbook'];

export interface UpbitRequest {
  readonly ticket: string;
  /** What the connection is subscribed to from now on, as channelText writes it; undefined: nothing else than before. */
  readonly channels: readonly string[] | undefined;
  readonly asksForList: boolean;
}

export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && CODE.test(received);
}

export function isServed(topic: MarketTopic): boolean {
  if (topic.channel === 'bars' && !CANDLE_TYPES.has(topic.interval)) return false;
  return isSymbol(topic.symbol);
}

/** The length of the candles of a type; undefined for another type. */
export function intervalOf(type: unknown): LiveBarInterval | undefined {
  return INTERVALS.get(type);
}

/** One type of data of one pair: `trade KRW-BTC`. Undefined for what cannot be one. */
export function channelText(type: unknown, code: unknown): string | undefined {
  const symbol = typeof code === 'string' ? code.split('.', 1)[0] : undefined;
  if (!isSymbol(symbol) || !(OTHER_TYPES.includes(type) || INTERVALS.has(type))) return undefined;
  return `${type} ${symbol}`;
}

export function symbolOf(channel: string): string {
  return channel.split(' ')[1] ?? '';
}

/** The channels of a topic that the venue serves: the best prices come with the order book. */
export function channelsOf(topic: MarketTopic): readonly string[] {
  const { symbol } = topic;
  if (topic.channel === 'bars') return [`${CANDLE_TYPES.get(topic.interval)} ${symbol}`];
  return topic.channel === 'trades' ? [`trade ${symbol}`] : [`ticker ${symbol}`, `orderbook ${symbol}`];
}

/** From now on the connection is subscribed to these channels, at least one, and to no other. */
export function writeChannels(ticket: string, channels: readonly string[]): string {
  const byType = Map.groupBy(channels, typeOf);
  const types = [...byType].map(([type, ofType]) => ({ type, codes: codesOf(type, ofType), isOnlyRealtime: true }));
  return JSON.stringify([{ ticket }, ...types]);
}

/** What ends the last subscription, since a request has to name something: its pair's ticker, once. */
export function writeFarewell(ticket: string, symbol: string): string {
  return JSON.stringify([{ ticket }, { type: 'ticker', codes: [symbol], isOnlySnapshot: true }]);
}

/** Asks what the connection is subscribed to: https://docs.upbit.com/kr/reference/list-subscriptions */
export function writeListRequest(ticket: string): string {
  return JSON.stringify([{ ticket }, { method: LIST_METHOD }]);
}

/** What a client asks for; undefined for what is no request. */
export function parseRequest(text: string): UpbitRequest | undefined {
  const request = parseJson(text);
  if (!Array.isArray(request) || !request.every(isObject)) return undefined;
  const ticket = request.find((part) => part.ticket !== undefined)?.ticket;
  const asksForList = request.some(({ method }) => method === LIST_METHOD);
  const types = request.filter(({ type }) => type !== undefined);
  if (typeof ticket !== 'string' || (types.length === 0 && !asksForList)) return undefined;
  const lasting = types.filter((each) => each.isOnlySnapshot !== true);
  return { ticket, asksForList, channels: types.length === 0 ? undefined : lasting.flatMap(channelsOfPart) };
}

export function writeList(ticket: string, channels: readonly string[]): string {
  const byType = Map.groupBy(channels, typeOf);
  const result = [...byType].map(([type, ofType]) => ({ type, codes: ofType.map(symbolOf) }));
  return JSON.stringify({ method: LIST_METHOD, result, ticket });
}

/** The channels of a list that the venue sent; undefined for any other message. */
export function listedChannels({ method, result }: { readonly method?: unknown; readonly result?: unknown }) {
  if (method !== LIST_METHOD || !Array.isArray(result) || !result.every(isObject)) return undefined;
  return result.flatMap(channelsOfPart);
}

export function writeError(name: string, message: string): string {
  return JSON.stringify({ error: { name, message } });
}

function channelsOfPart({ type, codes }: { readonly type?: unknown; readonly codes?: unknown }): string[] {
  if (!Array.isArray(codes)) return [];
  return codes.map((code) => channelText(type, code)).filter((channel) => channel !== undefined);
}

function codesOf(type: string, channels: readonly string[]): string[] {
  return channels.map((channel) => `${symbolOf(channel)}${type === 'orderbook' ? BOOK_DEPTH : ''}`);
}

function typeOf(channel: string): string {
  return channel.split(' ')[0] ?? '';
}
