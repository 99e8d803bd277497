import { isObject, type JsonObject, parseObject } from '../../domain/json-text.ts';
import { LIVE_BAR_INTERVALS, type LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { inBatches } from '../batches.ts';
import type { ChannelAnswer } from '../channel-conversation.ts';

/**
 * The markets of Gate, of futures those that are settled in USDT. This file has the words of its WebSocket API v4 for the
 * client's end of it: https://www.gate.com/docs/developers/apiv4/ws/en/ and https://www.gate.com/docs/developers/futures/ws/en/
 */
export type GateMarket = 'spot' | 'futures';

/** Paths of the sockets. */
export const PATHS: Readonly<Record<GateMarket, string>> = { spot: '/ws/v4/', futures: '/v4/ws/usdt' };

/** Of an error: an argument that the venue does not take. */
export const INVALID_ARGUMENT = '2';

/** Symbols in one request; with one that there is not, the venue refuses the whole request. */
const SYMBOLS_PER_REQUEST = 100;

const INTERVALS: Readonly<Partial<Record<LiveBarInterval, string>>> = {
  M1: '1m',
  M5: '5m',
  M15: '15m',
  M30: '30m',
  H1: '1h',
  H4: '4h',
  // From midnight UTC on.
  D1: '1d',
};

const INTERVALS_BY_TEXT: ReadonlyMap<string | undefined, LiveBarInterval> = new Map(
  LIVE_BAR_INTERVALS.flatMap((interval) => {
    const text = INTERVALS[interval];
    return text === undefined ? [] : [[text, interval] as const];
  }),
);

const SYMBOL = /^[\p{L}\p{N}.-]{1,32}(_[\p{L}\p{N}]{1,16}){1,2}$/u;

/** Whether a text can be a pair or a contract: `BTC_USDT`. */
export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && SYMBOL.test(received);
}

/** Whether the venue has bars of that length. */
export function hasInterval(interval: LiveBarInterval): boolean {
  return INTERVALS[interval] !== undefined;
}

/** The length of bars that the venue calls so: `1m`. */
export function intervalOf(text: string | undefined): LiveBarInterval | undefined {
  return INTERVALS_BY_TEXT.get(text);
}

/** The channels of a topic, each with what its payload names: `spot.trades BTC_USDT`, `spot.candlesticks 1m BTC_USDT`. */
export function channelsOf(topic: MarketTopic, market: GateMarket): readonly string[] {
  const { symbol } = topic;
  if (topic.channel === 'trades') return [`${market}.trades ${symbol}`];
  if (topic.channel === 'bars') return [`${market}.candlesticks ${INTERVALS[topic.interval]} ${symbol}`];
  return [`${market}.book_ticker ${symbol}`, `${market}.tickers ${symbol}`];
}

/** The channels in groups, each of which one request names: bars by themselves. */
export function batchesOf(channels: readonly string[]): readonly (readonly string[])[] {
  const groups = Map.groupBy(channels, (channel) => channel.split(' ', 1)[0] ?? '');
  return [...groups].flatMap(([name, group]) =>
    inBatches(group, name.endsWith('.candlesticks') ? 1 : SYMBOLS_PER_REQUEST),
  );
}

export type GateOperation = 'subscribe' | 'unsubscribe';

/** A request for a batch of channels. `time` is in seconds since the epoch. */
export function writeRequest(
  event: GateOperation,
  channels: readonly string[],
  { id, time }: { readonly id: number; readonly time: number },
): string {
  const parts = channels.map((channel) => channel.split(' '));
  const payload = parts.flatMap(([, ...rest]) => rest);
  return JSON.stringify({ time, id, channel: parts[0]?.[0], event, payload });
}

/** `time` is in seconds since the epoch. */
export function writePing(market: GateMarket, time: number): string {
  return JSON.stringify({ time, channel: `${market}.ping` });
}

/** Whether a text of the venue answers a ping. */
export function isPong(market: GateMarket, text: string): boolean {
  return text.length <= 512 && text.includes('.pong"') && parseObject(text)?.channel === `${market}.pong`;
}

/** The answer to a request, its numbers being texts; undefined for another message. */
export function parseAnswer({ id, event, error, result }: JsonObject): ChannelAnswer | undefined {
  const requestId = typeof id === 'string' && id !== '' ? id : undefined;
  if (isObject(error)) {
    const { code, message } = error;
    const words = typeof message === 'string' ? message.slice(0, 256) : '';
    return { outcome: failureOf(code, words), id: requestId, reason: `${String(code).slice(0, 16)} ${words}` };
  }
  if (event !== 'subscribe' && event !== 'unsubscribe') return undefined;
  if (!isObject(result) || result.status !== 'success') return undefined;
  return { outcome: 'DONE', id: requestId, reason: '' };
}

function failureOf(code: unknown, words: string): ChannelAnswer['outcome'] {
  if (code !== INVALID_ARGUMENT) return 'FAILED';
  if (/^unknown /i.test(words)) return 'REFUSED';
  return /^alert sub /i.test(words) ? 'REPEATED' : 'FAILED';
}
