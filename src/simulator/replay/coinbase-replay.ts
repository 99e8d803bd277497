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
import { recordedPushes } from './recorded-pushes.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

/** A session recorded at Coinbase Exchange's feed. Fails with SessionError when there is no data in it. */
export function createCoinbaseReplay(session: readonly SessionFrame[]): VenueReplay {
  const pushes = recordedPushes(session, {
    venue: 'Coinbase',
    subscriptionOf: channelOfText,
    isSubscribe: (text) => parseRequest(text)?.type === 'subscribe',
  });
  const channels = new Set(pushes.map(({ subscription }) => subscription));
  const symbols = new Set([...channels].map(symbolOf));
  return {
    paths: { public: FEED_PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    pushes,
    symbols: [...symbols].sort(),
    channels: marketChannels(channels),
    answer: (text, _path, subscriptions = new Set()) => answer(text, subscriptions, symbols),
  };
}

function answer(text: string, subscriptions: ReadonlySet<string>, symbols: ReadonlySet<string>): ReplayAnswer {
  const request = parseRequest(text);
  if (request === undefined) return { texts: [writeError('invalid request')] };
  const { type, channels } = request;
  const isGreeting = channels.every(isHeartbeat);
  const unknown = channels.find((channel) => !isHeartbeat(channel) && !symbols.has(symbolOf(channel)));
  if (unknown !== undefined) return { texts: [writeRefusal(symbolOf(unknown))] };
  const others = [...subscriptions].filter((channel) => !channels.includes(channel));
  if (type === 'unsubscribe') return { texts: [writeSubscriptions(others)], unsubscribed: channels };
  return { texts: [writeSubscriptions([...others, ...channels])], subscribed: channels, isGreeting };
}

function channelOfText(text: string): string | undefined {
  const message = parseObject(text);
  return channelOfMessage(message?.type, message?.product_id);
}

function isHeartbeat(channel: string): boolean {
  return channel.startsWith('heartbeat ');
}

function symbolOf(channel: string): string {
  return channel.split(' ')[1] ?? '';
}

function marketChannels(channels: ReadonlySet<string>): MarketChannel[] {
  const names = new Set([...channels].map((channel) => channel.split(' ')[0]));
  const ticks: MarketChannel[] = names.has('ticker') ? ['ticks'] : [];
  return names.has('matches') ? [...ticks, 'trades', 'bars'] : ticks;
}
