import { parseObject } from '../../domain/json-text.ts';
import {
  acknowledge,
  BUSINESS_PATH,
  isArgument,
  MAX_REQUEST_BYTES,
  type OkxArgument,
  PING,
  PONG,
  PUBLIC_PATH,
  parseOperation,
  pathOf,
  refuseArgument,
  refuseRequest,
  toTopic,
} from '../../exchanges/okx/dialect.ts';
import type { SessionFrame } from './parse-session.ts';
import { type RecordedChannel, readRecording } from './recording.ts';
import type { ReplayAnswer, VenueReplay } from './venue-replay.ts';

/** A session recorded at OKX, or at anything that speaks its protocol. Fails with SessionError when there is nothing to send. */
export function createOkxReplay(session: readonly SessionFrame[]): VenueReplay {
  const isSubscribe = (text: string): boolean => parseOperation(text)?.op === 'subscribe';
  const recording = readRecording(session, { source: 'an OKX channel', channelOf, isSubscribe });
  const channels = new Set(recording.pushes.map(({ subscription }) => JSON.parse(subscription)[0]));
  // A channel that this product reads is quiet when nothing of it was recorded; any other is unknown then.
  const isServed = (arg: OkxArgument, path: string): boolean =>
    recording.symbols.includes(arg.instId) &&
    pathOf(arg.channel) === path &&
    (channels.has(arg.channel) || toTopic(arg) !== undefined);

  const answer = (request: string, path: string): ReplayAnswer => {
    if (request === PING) return { texts: [PONG] };
    const operation = parseOperation(request);
    if (operation === undefined) return { texts: [refuseRequest(request)] };
    const { op, args } = operation;
    const texts = args.map((arg) => (isServed(arg, path) ? acknowledge(op, arg) : refuseArgument(arg)));
    const subscriptions = args.filter((arg) => isServed(arg, path)).map(subscriptionOf);
    return op === 'subscribe' ? { texts, subscribed: subscriptions } : { texts, unsubscribed: subscriptions };
  };

  const paths = { public: PUBLIC_PATH, business: BUSINESS_PATH };
  return { ...recording, paths, maxRequestBytes: MAX_REQUEST_BYTES, answer };
}

function channelOf(text: string): RecordedChannel | undefined {
  const frame = parseObject(text);
  if (frame?.event !== undefined || !Array.isArray(frame?.data) || !isArgument(frame.arg)) return undefined;
  const { arg } = frame;
  return { subscription: subscriptionOf(arg), symbol: arg.instId, channel: toTopic(arg)?.channel };
}

function subscriptionOf({ channel, instId }: OkxArgument): string {
  return JSON.stringify([channel, instId]);
}
