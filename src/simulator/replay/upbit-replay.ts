import { parseObject } from '../../domain/json-text.ts';
import type { MarketChannel } from '../../domain/market-topic.ts';
import {
  channelText,
  MAX_REQUEST_BYTES,
  parseRequest,
  SOCKET_PATH,
  symbolOf,
  writeError,
  writeList,
} from '../../exchanges/upbit/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

/** A session recorded at Upbit. Fails with SessionError when there is no data in it. */
export function createUpbitReplay(session: readonly SessionFrame[]): VenueReplay {
  const isSubscribe = (text: string): boolean => (parseRequest(text)?.channels ?? []).length > 0;
  const recording = readRecording(session, { source: 'a Upbit channel', channelOf, isSubscribe });
  return {
    ...recording,
    paths: { public: SOCKET_PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    answer: (text, _path, subscriptions = new Set()) => answer(text, subscriptions, recording.symbols),
  };
}

function answer(text: string, subscriptions: ReadonlySet<string>, symbols: readonly string[]): ReplayAnswer {
  if (text === 'PING') return { texts: ['{"status":"UP"}'] };
  const request = parseRequest(text);
  if (request === undefined) return { texts: [writeError('WRONG_FORMAT', 'the request is no list of objects')] };
  const { ticket, channels, asksForList } = request;
  if (channels?.some((channel) => !symbols.includes(symbolOf(channel))) === true) {
    return { texts: [writeError('INVALID_PARAM', 'the request has a code that does not exist')] };
  }
  const subscribed = channels ?? [...subscriptions];
  const unsubscribed = [...subscriptions].filter((channel) => !subscribed.includes(channel));
  return { texts: asksForList ? [writeList(ticket, subscribed)] : [], subscribed, unsubscribed };
}

function channelOf(text: string): RecordedChannel | undefined {
  const message = parseObject(text);
  const subscription = message && channelText(message.type, message.code);
  return subscription === undefined
    ? undefined
    : { subscription, symbol: symbolOf(subscription), channel: marketChannelOf(subscription) };
}

function marketChannelOf(channel: string): MarketChannel {
  if (channel.startsWith('candle.')) return 'bars';
  return channel.startsWith('trade ') ? 'trades' : 'ticks';
}
