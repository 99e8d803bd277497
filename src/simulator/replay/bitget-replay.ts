import { parseObject } from '../../domain/json-text.ts';
import { MARKET_CHANNELS } from '../../domain/market-topic.ts';
import {
  acknowledge,
  type BitgetArgument,
  isArgument,
  MAX_REQUEST_BYTES,
  PING,
  PONG,
  parseOperation,
  refuseArgument,
  refuseRequest,
  SOCKET_PATH,
  toTopic,
} from '../../exchanges/bitget/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { recordedPushes } from './recorded-pushes.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

/** A session recorded at Bitget's socket for unified accounts. Fails with SessionError when there is no data in it. */
export function createBitgetReplay(session: readonly SessionFrame[]): VenueReplay {
  const pushes = recordedPushes(session, {
    venue: 'Bitget',
    subscriptionOf: subscriptionOfText,
    isSubscribe: (text) => parseOperation(text)?.op === 'subscribe',
  });
  const recorded = pushes.map(({ text }) => argumentOf(text)).filter((arg) => arg !== undefined);
  const known = new Set(pushes.map(({ subscription }) => subscription));
  const symbols = new Set(recorded.map(({ symbol }) => symbol));
  const channels = recorded.map((arg) => toTopic(arg)?.channel);
  // A topic that this product reads is quiet when nothing of it was recorded; any other is unknown then.
  const isServed = (arg: BitgetArgument): boolean =>
    known.has(subscriptionOf(arg)) || (symbols.has(arg.symbol) && toTopic(arg) !== undefined);

  const answer = (text: string): ReplayAnswer => {
    if (text === PING) return { texts: [PONG] };
    const operation = parseOperation(text);
    if (operation === undefined) return { texts: [refuseRequest()] };
    const { op, args } = operation;
    const texts = args.map((arg) => (isServed(arg) ? acknowledge(op, arg) : refuseArgument(arg)));
    const subscriptions = args.filter(isServed).map(subscriptionOf);
    return op === 'subscribe' ? { texts, subscribed: subscriptions } : { texts, unsubscribed: subscriptions };
  };

  return {
    paths: { public: SOCKET_PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    pushes,
    symbols: [...symbols].sort(),
    channels: MARKET_CHANNELS.filter((channel) => channels.includes(channel)),
    answer,
  };
}

/** What a frame brings data of. */
function argumentOf(text: string): BitgetArgument | undefined {
  const frame = parseObject(text);
  return frame?.event === undefined && Array.isArray(frame?.data) && isArgument(frame.arg) ? frame.arg : undefined;
}

function subscriptionOfText(text: string): string | undefined {
  const arg = argumentOf(text);
  return arg && subscriptionOf(arg);
}

function subscriptionOf({ instType, topic, symbol, interval = '' }: BitgetArgument): string {
  return JSON.stringify([instType.toLowerCase(), topic, symbol, interval]);
}
