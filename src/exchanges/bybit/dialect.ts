import { type JsonObject, parseObject } from '../../domain/json-text.ts';
import { LIVE_BAR_INTERVALS, type LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import type { ChannelAnswer } from '../channel-conversation.ts';

/**
 * The markets of Bybit. This file has the words of its public WebSocket API v5 for the client's end of it:
 * https://bybit-exchange.github.io/docs/v5/ws/connect
 */
export type BybitMarket = 'spot' | 'linear' | 'inverse';

/** Path of the market's socket. */
export function pathOf(market: BybitMarket): string {
  return `/v5/public/${market}`;
}

/** Channels that the spot market takes in one request; the others take as many at least. */
export const CHANNELS_PER_REQUEST = 10;

/** Before the market's answer to a request with a channel that there is not; the others of the request are not served. */
export const NO_SUCH_CHANNEL = 'error:handler not found,topic:';
const NO_SUCH_SYMBOL = 'Invalid symbol :[';
const ALREADY_SUBSCRIBED = 'error:already subscribed,topic:';

const INTERVALS: Readonly<Record<LiveBarInterval, string>> = {
  M1: '1',
  M3: '3',
  M5: '5',
  M15: '15',
  M30: '30',
  H1: '60',
  H4: '240',
  // From midnight UTC on.
  D1: 'D',
};

const INTERVALS_BY_TEXT: ReadonlyMap<string | undefined, LiveBarInterval> = new Map(
  LIVE_BAR_INTERVALS.map((interval) => [INTERVALS[interval], interval]),
);

const SYMBOL = /^[\p{L}\p{N}_-]{1,32}$/u;

/** Whether a text can be a symbol: `BTCUSDT`, `BTC-26MAR27`, `BTCUSDH27`. */
export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && SYMBOL.test(received);
}

/**
 * The channels of a topic. The tickers of the spot market are without the best prices; those of the others have them, and
 * a book beside them would be told of out of order.
 */
export function channelsOf(topic: MarketTopic, market: BybitMarket): readonly string[] {
  const { symbol } = topic;
  if (topic.channel === 'bars') return [`kline.${INTERVALS[topic.interval]}.${symbol}`];
  if (topic.channel === 'trades') return [`publicTrade.${symbol}`];
  return market === 'spot' ? [`orderbook.1.${symbol}`, `tickers.${symbol}`] : [`tickers.${symbol}`];
}

export interface ChannelContent {
  readonly kind: 'trades' | 'tickers' | 'best' | 'bars';
  readonly symbol: string;
  /** Of bars. */
  readonly interval?: LiveBarInterval | undefined;
}

/** What a channel brings; undefined for one that is not ours to subscribe to. */
export function contentOf(channel: unknown): ChannelContent | undefined {
  if (typeof channel !== 'string') return undefined;
  const parts = channel.split('.');
  const symbol = parts.at(-1);
  if (!isSymbol(symbol) || parts.length > 3) return undefined;
  const [name, argument] = parts;
  if (parts.length === 2) {
    if (name === 'publicTrade') return { kind: 'trades', symbol };
    return name === 'tickers' ? { kind: 'tickers', symbol } : undefined;
  }
  if (name === 'orderbook') return argument === '1' ? { kind: 'best', symbol } : undefined;
  const interval = INTERVALS_BY_TEXT.get(argument);
  return name !== 'kline' || interval === undefined ? undefined : { kind: 'bars', symbol, interval };
}

/** https://bybit-exchange.github.io/docs/v5/ws/connect#how-to-subscribe-to-topics */
export function writeRequest(op: 'subscribe' | 'unsubscribe', args: readonly string[], id: number): string {
  return JSON.stringify({ req_id: String(id), op, args });
}

/** https://bybit-exchange.github.io/docs/v5/ws/connect#how-to-send-the-heartbeat-packet */
export function writePing(count: number): string {
  return JSON.stringify({ req_id: String(count), op: 'ping' });
}

/** Whether a text of the venue answers a ping. */
export function isPong(text: string): boolean {
  if (text.length > 512 || !text.includes('"pong"')) return false;
  const answer = parseObject(text);
  return answer?.op === 'pong' || (answer?.op === 'ping' && answer.ret_msg === 'pong');
}

/** The answer to a request; undefined for another message. A ping is none. */
export function parseAnswer(message: JsonObject): ChannelAnswer | undefined {
  if (typeof message.success !== 'boolean' || typeof message.op !== 'string') return undefined;
  const reason = typeof message.ret_msg === 'string' ? message.ret_msg.slice(0, 256) : '';
  const id = typeof message.req_id === 'string' && message.req_id !== '' ? message.req_id : undefined;
  return { outcome: message.success ? 'DONE' : failureOf(reason), id, reason };
}

function failureOf(reason: string): ChannelAnswer['outcome'] {
  if (reason.startsWith(NO_SUCH_CHANNEL) || reason.startsWith(NO_SUCH_SYMBOL)) return 'REFUSED';
  return reason.startsWith(ALREADY_SUBSCRIBED) ? 'REPEATED' : 'FAILED';
}
