import { isObject, parseExactJson } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';

/**
 * Path of the socket. This file has the words of HTX's market data over WebSocket, every text of which the venue packs
 * with gzip, for both ends of it: https://huobiapi.github.io/docs/spot/v1/en/#websocket-market-data
 */
export const PATH = '/ws';

/** What is subscribed to is a text: `market.btcusdt.kline.1min`. One request names one. */
export interface HtxRequest {
  readonly type: 'sub' | 'unsub';
  readonly channel: string;
  /** As it was sent. */
  readonly id: string | undefined;
}

/**
 * Periods by interval: https://huobiapi.github.io/docs/spot/v1/en/#market-candlestick. There are no bars of three minutes, and a day of the venue begins at midnight in Singapore, 16:00
 * UTC.
 */
const PERIODS: ReadonlyMap<LiveBarInterval, string> = new Map([
  ['M1', '1min'],
  ['M5', '5min'],
  ['M15', '15min'],
  ['M30', '30min'],
  ['H1', '60min'],
  ['H4', '4hour'],
]);
const INTERVALS: ReadonlyMap<string, LiveBarInterval> = new Map(
  [...PERIODS].map(([interval, period]) => [period, interval]),
);
const SYMBOL = /^[a-z0-9]{1,64}$/;
const PING = /^\s*\{\s*"ping"\s*:\s*(\d{1,19})\s*\}\s*$/;

/** As the venue writes it: `btcusdt`. */
export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && SYMBOL.test(received);
}

/**
 * The venue's names of a topic, which are no other's; none where it has no such thing. Of a quote one channel tells the
 * best prices, another the last and the figures of the day.
 */
export function channelsOf(topic: MarketTopic): readonly string[] {
  const { symbol } = topic;
  if (topic.channel === 'bars') {
    const period = PERIODS.get(topic.interval);
    return period === undefined ? [] : [`market.${symbol}.kline.${period}`];
  }
  if (topic.channel === 'ticks') return [`market.${symbol}.bbo`, `market.${symbol}.ticker`];
  return [`market.${symbol}.trade.detail`];
}

/** The topic that a channel serves; undefined for one that is not ours to subscribe to. */
export function topicOf(channel: unknown): MarketTopic | undefined {
  if (typeof channel !== 'string') return undefined;
  const [, symbol, name = ''] = /^market\.([a-z0-9]{1,64})\.([a-z0-9.]{1,16})$/.exec(channel) ?? [];
  if (symbol === undefined) return undefined;
  if (name === 'bbo' || name === 'ticker') return { channel: 'ticks', symbol };
  if (name === 'trade.detail') return { channel: 'trades', symbol };
  const interval = name.startsWith('kline.') ? INTERVALS.get(name.slice('kline.'.length)) : undefined;
  return interval === undefined ? undefined : { channel: 'bars', symbol, interval };
}

/** The id repeats what is asked for, since a refusal names nothing else for certain. */
export function writeRequest(type: HtxRequest['type'], channel: string): string {
  return JSON.stringify({ [type]: channel, id: `${type} ${channel}` });
}

/** What a request with the id that `writeRequest` gives it asked for. */
export function requestOf(id: unknown): HtxRequest | undefined {
  const [, type, channel = ''] = (typeof id === 'string' ? /^(sub|unsub) (\S+)$/.exec(id) : null) ?? [];
  return (type === 'sub' || type === 'unsub') && typeof id === 'string' ? { type, channel, id } : undefined;
}

/** What a client asks for; undefined for what is no such request. */
export function parseRequest(text: string): HtxRequest | undefined {
  const request = parseExactJson(text);
  if (!isObject(request)) return undefined;
  const id = typeof request.id === 'string' ? request.id : undefined;
  if (typeof request.sub === 'string') return { type: 'sub', channel: request.sub, id };
  return typeof request.unsub === 'string' ? { type: 'unsub', channel: request.unsub, id } : undefined;
}

/** `now` is milliseconds since the epoch. */
export function writePing(now: number): string {
  return `{"ping":${now}}`;
}

/** The same number, which need not fit a JavaScript one; undefined for what is no ping. */
export function pongTo(text: string): string | undefined {
  const [, digits] = PING.exec(text) ?? [];
  return digits === undefined ? undefined : `{"pong":${digits}}`;
}

/** `time` is milliseconds since the epoch. */
export function acknowledge({ type, channel, id }: HtxRequest, time: number): string {
  return JSON.stringify({ id, status: 'ok', [type === 'sub' ? 'subbed' : 'unsubbed']: channel, ts: time });
}

export function refuseChannel({ id, channel }: HtxRequest, time: number): string {
  return refusal(id, `invalid topic ${channel}`, time);
}

export function refuseRequest(time: number): string {
  return refusal(undefined, 'invalid command', time);
}

function refusal(id: string | undefined, message: string, time: number): string {
  return JSON.stringify({ id, status: 'error', 'err-code': 'bad-request', 'err-msg': message, ts: time });
}
