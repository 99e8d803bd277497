import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { inBatches } from '../batches.ts';

/** Path of the socket. This file has the words of Deribit's JSON-RPC for both ends of it: https://docs.deribit.com */
export const SOCKET_PATH = '/ws/api/v2';

/** Far more than any request of a client here, in bytes. */
export const MAX_REQUEST_BYTES = 65_536;

/** Of the requests that keep a connection; those for channels count from 1. */
export const HEARTBEAT_ID = 0;

/** The code of an error, of JSON-RPC 2.0. */
export const INVALID_PARAMS = '-32602';

/** Seconds between heartbeats, the fewest that the venue takes: https://docs.deribit.com/api-reference/session-management/public-set_heartbeat */
const HEARTBEAT_SECONDS = 10;
const MAX_CHANNELS = 100;
/** Names hold no dots, which separate the parts of a channel: `BTC-PERPETUAL`, `XRP_USDC-30MAY25-2d2-C`. */
const INSTRUMENT = /^[A-Za-z0-9_-]{1,64}$/;

/** There is no 240, and what hour `1D` begins at is documented nowhere. */
const RESOLUTIONS: ReadonlyMap<LiveBarInterval, string> = new Map([
  ['M1', '1'],
  ['M3', '3'],
  ['M5', '5'],
  ['M15', '15'],
  ['M30', '30'],
  ['H1', '60'],
]);
const INTERVALS: ReadonlyMap<unknown, LiveBarInterval> = new Map(
  [...RESOLUTIONS].map(([interval, resolution]) => [resolution, interval]),
);

const TICKS = /^ticker\.([^.]+)\.100ms$/;
const TRADES = /^trades\.([^.]+)\.100ms$/;
const BARS = /^chart\.trades\.([^.]+)\.([^.]+)$/;

export type ChannelMethod = 'public/subscribe' | 'public/unsubscribe';

export interface DeribitRequest {
  readonly id: unknown;
  readonly method: string;
  /** Of a request for channels. */
  readonly channels: readonly string[];
}

export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && INSTRUMENT.test(received);
}

export function isServed(topic: MarketTopic): boolean {
  if (topic.channel === 'bars' && !RESOLUTIONS.has(topic.interval)) return false;
  return isSymbol(topic.symbol);
}

/** The venue's name of a topic that it serves; whoever has no key gets changes of 100 ms together. */
export function toChannel(topic: MarketTopic): string {
  if (topic.channel === 'bars') return `chart.trades.${topic.symbol}.${RESOLUTIONS.get(topic.interval)}`;
  return `${topic.channel === 'ticks' ? 'ticker' : 'trades'}.${topic.symbol}.100ms`;
}

/** The topic that a channel brings; undefined for one that is not ours to subscribe to. */
export function toTopic(channel: unknown): MarketTopic | undefined {
  if (typeof channel !== 'string') return undefined;
  const ticks = TICKS.exec(channel)?.[1];
  if (isSymbol(ticks)) return { channel: 'ticks', symbol: ticks };
  const trades = TRADES.exec(channel)?.[1];
  if (isSymbol(trades)) return { channel: 'trades', symbol: trades };
  const [, symbol, resolution] = BARS.exec(channel) ?? [];
  const interval = INTERVALS.get(resolution);
  return isSymbol(symbol) && interval !== undefined ? { channel: 'bars', symbol, interval } : undefined;
}

/** A channel list in pieces that one request takes. */
export function toBatches(channels: readonly string[]): readonly (readonly string[])[] {
  return inBatches(channels, MAX_CHANNELS);
}

export function writeChannels(id: number, method: ChannelMethod, channels: readonly string[]): string {
  return writeRequest(id, method, { channels });
}

/** From now on the venue wants a sign of life from time to time. */
export function writeSetHeartbeat(): string {
  return writeRequest(HEARTBEAT_ID, 'public/set_heartbeat', { interval: HEARTBEAT_SECONDS });
}

export function writeTest(): string {
  return writeRequest(HEARTBEAT_ID, 'public/test', {});
}

/** Whether the venue wants a sign of life at once. */
export function isTestRequest(text: string): boolean {
  // Asked of every text that comes: hardly any is one.
  if (!text.includes('"test_request"')) return false;
  const message = parseExactJson(text);
  return (
    isObject(message) &&
    message.method === 'heartbeat' &&
    isObject(message.params) &&
    message.params.type === 'test_request'
  );
}

/** What a client asks for; undefined for what is no request. */
export function parseRequest(text: string): DeribitRequest | undefined {
  const request = parseExactJson(text);
  if (!isObject(request) || typeof request.method !== 'string') return undefined;
  const channels = isObject(request.params) ? request.params.channels : undefined;
  const names = Array.isArray(channels) ? channels.filter((channel) => typeof channel === 'string') : [];
  return { id: request.id, method: request.method, channels: names };
}

/** `id` as parseRequest read it. */
export function writeResult(id: unknown, result: unknown): string {
  return JSON.stringify({ jsonrpc: '2.0', id: numberOf(id), result, testnet: false });
}

export function writeError(id: unknown, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id: numberOf(id), error: { code, message } });
}

/** Channel and data of a notification; undefined for any other message. */
export function notificationOf(message: JsonObject): { readonly channel: unknown; readonly data: unknown } | undefined {
  if (message.method !== 'subscription' || !isObject(message.params)) return undefined;
  return { channel: message.params.channel, data: message.params.data };
}

function writeRequest(id: number, method: string, params: object): string {
  return JSON.stringify({ jsonrpc: '2.0', id, method, params });
}

function numberOf(id: unknown): number | null {
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : null;
}
