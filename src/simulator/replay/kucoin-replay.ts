import { isObject, parseExactJson } from '../../domain/json-text.ts';
import {
  ADMISSION_TARGET,
  acknowledge,
  parseRequest,
  pongTo,
  refuseChannel,
  SYMBOLS_TARGET,
  topicOf,
  welcome,
  writeAdmission,
  writeSymbols,
} from '../../exchanges/kucoin/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

const PATH = '/endpoint';
const TOKEN = 'replay';
const MAX_REQUEST_BYTES = 65_536;

/**
 * A session recorded at KuCoin. A channel that was not recorded is quiet, a symbol that was not is unknown and spoils the
 * request that names it. Fails with SessionError when there is nothing to send.
 */
export function createKucoinReplay(session: readonly SessionFrame[]): VenueReplay {
  const isSubscribe = (text: string): boolean => parseRequest(text)?.type === 'subscribe';
  const recording = readRecording(session, { source: 'a KuCoin channel', channelOf, isSubscribe });
  const isServed = (channel: string): boolean => recording.symbols.includes(topicOf(channel)?.symbol ?? '');

  const answer = (text: string): ReplayAnswer => {
    const pong = pongTo(text);
    if (pong !== undefined) return { texts: [pong] };
    const request = parseRequest(text);
    if (request === undefined) return { texts: [] };
    const { type, channels } = request;
    const unknown = channels.find((channel) => !isServed(channel));
    if (unknown !== undefined) return { texts: [refuseChannel(request, unknown)] };
    const texts = [acknowledge(request)];
    return type === 'subscribe' ? { texts, subscribed: channels } : { texts, unsubscribed: channels };
  };
  return {
    ...recording,
    paths: { public: PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    greeting: [welcome('replay')],
    answer,
    answerPage: ({ method, path, socketOrigin }) => {
      if (method === 'POST' && path === ADMISSION_TARGET) return writeAdmission(`${socketOrigin}${PATH}`, TOKEN);
      return method === 'GET' && path === SYMBOLS_TARGET ? writeSymbols(recording.symbols) : undefined;
    },
  };
}

function channelOf(text: string): RecordedChannel | undefined {
  const frame = parseExactJson(text);
  if (!isObject(frame) || frame.type !== 'message' || typeof frame.topic !== 'string') return undefined;
  const topic = topicOf(frame.topic);
  return topic && { subscription: frame.topic, symbol: topic.symbol, channel: topic.channel };
}
