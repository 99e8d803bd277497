import { isObject, parseExactJson } from '../../domain/json-text.ts';
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
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

/** Of JSON-RPC 2.0. */
const METHOD_NOT_FOUND = -32_601;
const INVALID_REQUEST = -32_600;

/** A session recorded at Deribit. Fails with SessionError when there is no data in it. */
export function createDeribitReplay(session: readonly SessionFrame[]): VenueReplay {
  const isSubscribe = (text: string): boolean => parseRequest(text)?.method === 'public/subscribe';
  const recording = readRecording(session, { source: 'a Deribit channel', channelOf, isSubscribe });
  const known = new Set(recording.pushes.map(({ subscription }) => subscription));
  // A channel that this product reads is quiet when nothing of it was recorded; any other is unknown then.
  const isServed = (channel: string) =>
    known.has(channel) || recording.symbols.includes(toTopic(channel)?.symbol ?? '');
  return {
    ...recording,
    paths: { public: SOCKET_PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
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

function channelOf(text: string): RecordedChannel | undefined {
  const message = parseExactJson(text);
  const subscription = isObject(message) ? notificationOf(message)?.channel : undefined;
  return typeof subscription === 'string' ? { subscription, ...toTopic(subscription) } : undefined;
}
