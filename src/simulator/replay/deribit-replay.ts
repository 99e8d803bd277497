import { isObject, parseExactJson } from '../../domain/json-text.ts';
import { MARKET_CHANNELS } from '../../domain/market-topic.ts';
import {
  MAX_REQUEST_BYTES,
  notificationOf,
  parseRequest,
  SOCKET_PATH,
  toTopic,
  writeError,
  writeResult,
} from '../../exchanges/deribit/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { recordedPushes } from './recorded-pushes.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

/** Of JSON-RPC 2.0. */
const METHOD_NOT_FOUND = -32_601;
const INVALID_REQUEST = -32_600;

/** A session recorded at Deribit. Fails with SessionError when there is no data in it. */
export function createDeribitReplay(session: readonly SessionFrame[]): VenueReplay {
  const pushes = recordedPushes(session, {
    venue: 'Deribit',
    subscriptionOf: channelOfText,
    isSubscribe: (text) => parseRequest(text)?.method === 'public/subscribe',
  });
  const channels = [...new Set(pushes.map(({ subscription }) => subscription))];
  const topics = channels.flatMap((channel) => toTopic(channel) ?? []);
  const symbols = new Set(topics.map(({ symbol }) => symbol));
  // A channel that this product reads is quiet when nothing of it was recorded; any other is unknown then.
  const isServed = (channel: string) => channels.includes(channel) || symbols.has(toTopic(channel)?.symbol ?? '');
  return {
    paths: { public: SOCKET_PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    pushes,
    symbols: [...symbols].sort(),
    channels: MARKET_CHANNELS.filter((channel) => topics.some((topic) => topic.channel === channel)),
    answer: (text) => answer(text, isServed),
  };
}

function answer(text: string, isServed: (channel: string) => boolean): ReplayAnswer {
  const request = parseRequest(text);
  if (request === undefined) return { texts: [writeError(null, INVALID_REQUEST, 'Invalid Request')] };
  const { id, method } = request;
  const channels = request.channels.filter(isServed);
  if (method === 'public/subscribe') return { texts: [writeResult(id, channels)], subscribed: channels };
  if (method === 'public/unsubscribe') return { texts: [writeResult(id, channels)], unsubscribed: channels };
  if (method === 'public/set_heartbeat') return { texts: [writeResult(id, 'ok')] };
  if (method === 'public/test') return { texts: [writeResult(id, { version: '1.2.26' })] };
  return { texts: [writeError(id, METHOD_NOT_FOUND, 'Method not found')] };
}

function channelOfText(text: string): string | undefined {
  const message = parseExactJson(text);
  const channel = isObject(message) ? notificationOf(message)?.channel : undefined;
  return typeof channel === 'string' ? channel : undefined;
}
