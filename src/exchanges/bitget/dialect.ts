import { isObject, parseExactJson } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { inBatches } from '../batches.ts';

/**
 * Path of the socket. This file has the words of Bitget's public WebSocket v3, that of unified accounts, for both ends of
 * it: https://www.bitget.com/api-doc/uta/websocket/intro
 */
export const SOCKET_PATH = '/v3/ws/public';

/** Not JSON. */
export const PING = 'ping';
export const PONG = 'pong';

/** The largest request that the venue takes, in bytes. */
export const MAX_REQUEST_BYTES = 4096;

/** The codes of errors that say that there is no such topic or symbol. */
export const REFUSING_CODES: readonly string[] = ['30001', '30016'];

/** One topic of one symbol; klines have an interval. */
export interface BitgetArgument {
  readonly instType: string;
  readonly topic: string;
  readonly symbol: string;
  readonly interval?: string;
}

export interface BitgetOperation {
  readonly op: 'subscribe' | 'unsubscribe';
  readonly args: readonly BitgetArgument[];
}

/** The same symbol may name a pair and a future; this product reads pairs. */
const MARKET = 'spot';
const SYMBOL = /^[A-Za-z0-9]{1,32}$/;
/** As many of the longest arguments stay below MAX_REQUEST_BYTES. */
const MAX_ARGUMENTS = 40;

/** The venue's day begins at midnight in Hong Kong. */
const KLINE_INTERVALS: ReadonlyMap<LiveBarInterval, string> = new Map([
  ['M1', '1m'],
  ['M3', '3m'],
  ['M5', '5m'],
  ['M15', '15m'],
  ['M30', '30m'],
  ['H1', '1H'],
  ['H4', '4H'],
]);
const INTERVALS: ReadonlyMap<unknown, LiveBarInterval> = new Map(
  [...KLINE_INTERVALS].map(([interval, text]) => [text, interval]),
);

export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && SYMBOL.test(received);
}

export function isServed(topic: MarketTopic): boolean {
  if (topic.channel === 'bars' && !KLINE_INTERVALS.has(topic.interval)) return false;
  return isSymbol(topic.symbol);
}

/** The venue's name of a topic that it serves. */
export function toArgument(topic: MarketTopic): BitgetArgument {
  const { symbol } = topic;
  if (topic.channel !== 'bars') {
    return { instType: MARKET, topic: topic.channel === 'ticks' ? 'ticker' : 'publicTrade', symbol };
  }
  return { instType: MARKET, topic: 'kline', symbol, interval: KLINE_INTERVALS.get(topic.interval) ?? '' };
}

/** The topic that an `arg` names; undefined for one that is not ours to subscribe to. */
export function toTopic(arg: unknown): MarketTopic | undefined {
  if (!isArgument(arg) || arg.instType.toLowerCase() !== MARKET || !isSymbol(arg.symbol)) return undefined;
  const { symbol } = arg;
  if (arg.topic === 'ticker') return { channel: 'ticks', symbol };
  if (arg.topic === 'publicTrade') return { channel: 'trades', symbol };
  const interval = arg.topic === 'kline' ? INTERVALS.get(arg.interval) : undefined;
  return interval === undefined ? undefined : { channel: 'bars', symbol, interval };
}

/** Requests that subscribe to the topics, or end that, in batches that the venue takes. */
export function writeOperations(op: BitgetOperation['op'], topics: readonly MarketTopic[]): string[] {
  return inBatches(topics.map(toArgument), MAX_ARGUMENTS).map((args) => JSON.stringify({ op, args }));
}

/** What a client asks for; undefined for what the venue calls an invalid request. */
export function parseOperation(text: string): BitgetOperation | undefined {
  const request = parseExactJson(text);
  if (!isObject(request) || (request.op !== 'subscribe' && request.op !== 'unsubscribe')) return undefined;
  const { op, args } = request;
  return Array.isArray(args) && args.length > 0 && args.every(isArgument) ? { op, args } : undefined;
}

export function acknowledge(event: BitgetOperation['op'], arg: BitgetArgument): string {
  return JSON.stringify({ event, arg });
}

export function refuseRequest(): string {
  return JSON.stringify({ event: 'error', code: '30003', msg: 'Invalid op' });
}

export function refuseArgument(arg: BitgetArgument): string {
  const names = `instType:${arg.instType},topic:${arg.topic},symbol:${arg.symbol}`.slice(0, 128);
  return JSON.stringify({ event: 'error', arg, code: '30001', msg: `${names} doesn't exist` });
}

/** The topic that the text of an error names, where it says it nowhere else; klines are not told apart by it. */
export function topicOfRefusal(message: string): MarketTopic | undefined {
  const [, instType, topic, symbol] =
    /instType:([^,]{1,32}),topic:([^,]{1,32}),symbol:([^, ]{1,32})/.exec(message) ?? [];
  return toTopic({ instType, topic, symbol });
}

export function isArgument(received: unknown): received is BitgetArgument {
  if (!isObject(received)) return false;
  const { instType, topic, symbol, interval } = received;
  const hasNames = typeof instType === 'string' && typeof topic === 'string' && typeof symbol === 'string';
  return hasNames && (interval === undefined || typeof interval === 'string');
}
