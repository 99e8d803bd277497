import { parseObject } from '../../domain/json-text.ts';
import { MARKET_CHANNELS, type MarketChannel } from '../../domain/market-topic.ts';
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
import { recordedPushes } from './recorded-pushes.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

/** A session recorded at Upbit. Fails with SessionError when there is no data in it. */
export function createUpbitReplay(session: readonly SessionFrame[]): VenueReplay {
  const pushes = recordedPushes(session, {
    venue: 'Upbit',
    subscriptionOf: channelOfText,
    isSubscribe: (text) => (parseRequest(text)?.channels ?? []).length > 0,
  });
  const symbols = new Set(pushes.map(({ subscription }) => symbolOf(subscription)));
  const channels = new Set(pushes.map(({ subscription }) => marketChannelOf(subscription)));
  return {
    paths: { public: SOCKET_PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    pushes,
    symbols: [...symbols].sort(),
    channels: MARKET_CHANNELS.filter((channel) => channels.has(channel)),
    answer: (text, _path, subscriptions = new Set()) => answer(text, subscriptions, symbols),
  };
}

function answer(text: string, subscriptions: ReadonlySet<string>, symbols: ReadonlySet<string>): ReplayAnswer {
  if (text === 'PING') return { texts: ['{"status":"UP"}'] };
  const request = parseRequest(text);
  if (request === undefined) return { texts: [writeError('WRONG_FORMAT', 'the request is no list of objects')] };
  const { ticket, channels, asksForList } = request;
  if (channels?.some((channel) => !symbols.has(symbolOf(channel))) === true) {
    return { texts: [writeError('INVALID_PARAM', 'the request has a code that does not exist')] };
  }
  const subscribed = channels ?? [...subscriptions];
  const unsubscribed = [...subscriptions].filter((channel) => !subscribed.includes(channel));
  return { texts: asksForList ? [writeList(ticket, subscribed)] : [], subscribed, unsubscribed };
}

function channelOfText(text: string): string | undefined {
  const message = parseObject(text);
  return message === undefined ? undefined : channelText(message.type, message.code);
}

function marketChannelOf(channel: string): MarketChannel {
  if (channel.startsWith('candle.')) return 'bars';
  return channel.startsWith('trade ') ? 'trades' : 'ticks';
}
