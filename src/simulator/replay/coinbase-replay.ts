import { parseObject } from '../../domain/json-text.ts';
import type { MarketChannel } from '../../domain/market-topic.ts';
import {
  channelOfMessage,
  FEED_PATH,
  MAX_REQUEST_BYTES,
  parseRequest,
  writeError,
  writeRefusal,
  writeSubscriptions,
} from '../../exchanges/coinbase/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

const CHANNELS: ReadonlyMap<string | undefined, MarketChannel> = new Map([
  ['ticker', 'ticks'],
  ['matches', 'trades'],
]);

/** A session recorded at Coinbase Exchange's feed. Fails with SessionError when there is no data in it. */
export function createCoinbaseReplay(session: readonly SessionFrame[]): VenueReplay {
  const isSubscribe = (text: string): boolean => parseRequest(text)?.type === 'subscribe';
  const recording = readRecording(session, { source: 'a Coinbase channel', channelOf, isSubscribe });
  return {
    ...recording,
    paths: { public: FEED_PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    // Bars are built from matches.
    channels: recording.channels.flatMap((channel) => (channel === 'trades' ? ['trades', 'bars'] : channel)),
    answer: (text, _path, subscriptions = new Set()) => answer(text, subscriptions, recording.symbols),
  };
}

function answer(text: string, subscriptions: ReadonlySet<string>, symbols: readonly string[]): ReplayAnswer {
  const request = parseRequest(text);
  if (request === undefined) return { texts: [writeError('invalid request')] };
  const { type, channels } = request;
  const isGreeting = channels.every(isHeartbeat);
  const unknown = channels.find((channel) => !isHeartbeat(channel) && !symbols.includes(symbolOf(channel)));
  if (unknown !== undefined) return { texts: [writeRefusal(symbolOf(unknown))] };
  const others = [...subscriptions].filter((channel) => !channels.includes(channel));
  if (type === 'unsubscribe') return { texts: [writeSubscriptions(others)], unsubscribed: channels };
  return { texts: [writeSubscriptions([...others, ...channels])], subscribed: channels, isGreeting };
}

function channelOf(text: string): RecordedChannel | undefined {
  const message = parseObject(text);
  const subscription = channelOfMessage(message?.type, message?.product_id);
  if (subscription === undefined) return undefined;
  return { subscription, symbol: symbolOf(subscription), channel: CHANNELS.get(subscription.split(' ')[0]) };
}

function isHeartbeat(channel: string): boolean {
  return channel.startsWith('heartbeat ');
}

function symbolOf(channel: string): string {
  return channel.split(' ')[1] ?? '';
}
