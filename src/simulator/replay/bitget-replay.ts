import { parseObject } from '../../domain/json-text.ts';
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
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

/** A session recorded at Bitget's socket for unified accounts. Fails with SessionError when there is no data in it. */
export function createBitgetReplay(session: readonly SessionFrame[]): VenueReplay {
  const isSubscribe = (text: string): boolean => parseOperation(text)?.op === 'subscribe';
  const recording = readRecording(session, { source: 'a Bitget channel', channelOf, isSubscribe });
  const known = new Set(recording.pushes.map(({ subscription }) => subscription));
  // A topic that this product reads is quiet when nothing of it was recorded; any other is unknown then.
  const isServed = (arg: BitgetArgument): boolean =>
    known.has(subscriptionOf(arg)) || (recording.symbols.includes(arg.symbol) && toTopic(arg) !== undefined);

  const answer = (text: string): ReplayAnswer => {
    if (text === PING) return { texts: [PONG] };
    const operation = parseOperation(text);
    if (operation === undefined) return { texts: [refuseRequest()] };
    const { op, args } = operation;
    const texts = args.map((arg) => (isServed(arg) ? acknowledge(op, arg) : refuseArgument(arg)));
    const subscriptions = args.filter(isServed).map(subscriptionOf);
    return op === 'subscribe' ? { texts, subscribed: subscriptions } : { texts, unsubscribed: subscriptions };
  };

  return { ...recording, paths: { public: SOCKET_PATH }, maxRequestBytes: MAX_REQUEST_BYTES, answer };
}

function channelOf(text: string): RecordedChannel | undefined {
  const frame = parseObject(text);
  if (frame?.event !== undefined || !Array.isArray(frame?.data) || !isArgument(frame.arg)) return undefined;
  const { arg } = frame;
  return { subscription: subscriptionOf(arg), symbol: arg.symbol, channel: toTopic(arg)?.channel };
}

function subscriptionOf({ instType, topic, symbol, interval = '' }: BitgetArgument): string {
  return JSON.stringify([instType.toLowerCase(), topic, symbol, interval]);
}
