import { isObject, parseObject } from '../../domain/json-text.ts';
import { LIVE_BAR_INTERVALS, type LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import { inBatches } from '../batches.ts';

/**
 * Paths of the sockets. This file has the words of OKX's public WebSocket API v5 for both ends of it:
 * https://www.okx.com/docs-v5/en/#overview-websocket
 */
export const PUBLIC_PATH = '/ws/v5/public';
export const BUSINESS_PATH = '/ws/v5/business';

/** Not JSON: https://www.okx.com/docs-v5/en/#overview-websocket-connect */
export const PING = 'ping';
export const PONG = 'pong';

/** The largest request that the venue takes, in bytes. */
export const MAX_REQUEST_BYTES = 65_536;

const INVALID_REQUEST = '60012';
/** The code of an error event. */
export const NO_SUCH_CHANNEL = '60018';
/** The code of a notice. */
export const CLOSING_FOR_UPGRADE = '64008';

/** What is subscribed to: one channel of one instrument. */
export interface OkxArgument {
  readonly channel: string;
  readonly instId: string;
}

export interface OkxOperation {
  readonly op: 'subscribe' | 'unsubscribe';
  readonly args: readonly OkxArgument[];
}

const CANDLE_CHANNELS: Readonly<Record<LiveBarInterval, string>> = {
  M1: 'candle1m',
  M3: 'candle3m',
  M5: 'candle5m',
  M15: 'candle15m',
  M30: 'candle30m',
  H1: 'candle1H',
  H4: 'candle4H',
  // The plain candle1D begins at midnight in Hong Kong.
  D1: 'candle1Dutc',
};

const INTERVALS: ReadonlyMap<unknown, LiveBarInterval> = new Map(
  LIVE_BAR_INTERVALS.map((interval) => [CANDLE_CHANNELS[interval], interval]),
);

const MAX_SYMBOL_LENGTH = 64;
/** As many of the longest symbols, every character of them escaped, stay below MAX_REQUEST_BYTES. */
const MAX_ARGUMENTS = 100;

/** Whether a text can be an instId: OKX's own have fewer than 40 characters. */
export function isSymbol(received: unknown): received is string {
  return typeof received === 'string' && received !== '' && received.length <= MAX_SYMBOL_LENGTH;
}

/** The length of the bars of a candle channel; undefined for another channel. */
export function intervalOf(channel: unknown): LiveBarInterval | undefined {
  return INTERVALS.get(channel);
}

/** Which socket serves the channel; the others answer that there is none. */
export function pathOf(channel: string): string {
  return channel.startsWith('candle') || channel === 'trades-all' ? BUSINESS_PATH : PUBLIC_PATH;
}

/** The venue's name of the topic. */
export function toArgument(topic: MarketTopic): OkxArgument {
  if (topic.channel === 'bars') return { channel: CANDLE_CHANNELS[topic.interval], instId: topic.symbol };
  return { channel: topic.channel === 'ticks' ? 'tickers' : 'trades', instId: topic.symbol };
}

/** The topic that an `arg` names; undefined for one that is not ours to subscribe to. */
export function toTopic(arg: unknown): MarketTopic | undefined {
  if (!isArgument(arg) || !isSymbol(arg.instId)) return undefined;
  const symbol = arg.instId;
  if (arg.channel === 'tickers') return { channel: 'ticks', symbol };
  if (arg.channel === 'trades') return { channel: 'trades', symbol };
  const interval = intervalOf(arg.channel);
  return interval === undefined ? undefined : { channel: 'bars', symbol, interval };
}

/** Requests that subscribe to the topics, or end that, in batches that the venue takes. */
export function writeOperations(op: OkxOperation['op'], topics: readonly MarketTopic[]): string[] {
  return inBatches(topics.map(toArgument), MAX_ARGUMENTS).map((args) => JSON.stringify({ op, args }));
}

/** What a client asks for; undefined for what the venue calls an invalid request. */
export function parseOperation(text: string): OkxOperation | undefined {
  const request = parseObject(text);
  if (request?.op !== 'subscribe' && request?.op !== 'unsubscribe') return undefined;
  const { op, args } = request;
  if (!Array.isArray(args) || args.length === 0 || !args.every(isArgument)) return undefined;
  return { op, args: args.map(({ channel, instId }) => ({ channel, instId })) };
}

export function acknowledge(event: OkxOperation['op'], { channel, instId }: OkxArgument): string {
  return JSON.stringify({ event, arg: { channel, instId } });
}

export function refuseRequest(text: string): string {
  return errorEvent(INVALID_REQUEST, `Invalid request: ${text.slice(0, 256)}`);
}

export function refuseArgument({ channel, instId }: OkxArgument): string {
  const what = `Wrong URL or channel:${channel.slice(0, 64)},instId:${instId.slice(0, 64)} doesn't exist.`;
  const advice = 'Please use the correct URL, channel and parameters referring to API document.';
  return errorEvent(NO_SUCH_CHANNEL, `${what} ${advice}`);
}

/** The topic that the text of a NO_SUCH_CHANNEL error names, which says it nowhere else. */
export function topicOfRefusal(message: string): MarketTopic | undefined {
  const [, channel, instId] = /channel:([^,]{1,64}),instId:(.{1,64}) doesn't exist/s.exec(message) ?? [];
  return toTopic({ channel, instId });
}

export function isArgument(received: unknown): received is OkxArgument {
  return isObject(received) && typeof received.channel === 'string' && typeof received.instId === 'string';
}

function errorEvent(code: string, msg: string): string {
  return JSON.stringify({ event: 'error', code, msg });
}
