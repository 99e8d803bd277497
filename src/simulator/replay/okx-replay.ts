import { parseObject } from '../../domain/json-text.ts';
import { MARKET_CHANNELS } from '../../domain/market-topic.ts';
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
import { SessionError, type SessionFrame } from './parse-session.ts';
import type { RecordedPush, ReplayAnswer, VenueReplay } from './venue-replay.ts';

/**
 * A session recorded at OKX, or at anything that speaks its protocol. What was answered to requests is not replayed,
 * since each client has requests of its own. Fails with SessionError when there is nothing else.
 */
export function createOkxReplay(session: readonly SessionFrame[]): VenueReplay {
  const recorded = session.flatMap((frame) => {
    const arg = frame.direction === 'in' ? argumentOf(frame.text) : undefined;
    return arg === undefined ? [] : [{ ...frame, arg }];
  });
  const [first] = recorded;
  if (first === undefined) throw new SessionError('received a session without a frame of an OKX channel');
  const startTime = session.find(isSubscribe)?.time ?? first.time;
  const pushes = recorded.map(({ time, text, arg }): RecordedPush => {
    return { afterMs: Math.max(0, time - startTime) * 1000, subscription: subscriptionOf(arg), text };
  });

  const symbols = new Set(recorded.map(({ arg }) => arg.instId));
  const channels = new Set(recorded.map(({ arg }) => arg.channel));
  // A channel that this product reads is quiet when nothing of it was recorded; any other is unknown then.
  const isServed = (arg: OkxArgument, path: string): boolean =>
    symbols.has(arg.instId) &&
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

  const topics = recorded.map(({ arg }) => toTopic(arg)?.channel);
  return {
    paths: { public: PUBLIC_PATH, business: BUSINESS_PATH },
    maxRequestBytes: MAX_REQUEST_BYTES,
    pushes,
    symbols: [...symbols].sort(),
    channels: MARKET_CHANNELS.filter((channel) => topics.includes(channel)),
    answer,
  };
}

/** The channel that a frame brings data of. */
function argumentOf(text: string): OkxArgument | undefined {
  const frame = parseObject(text);
  return frame?.event === undefined && Array.isArray(frame?.data) && isArgument(frame.arg) ? frame.arg : undefined;
}

function isSubscribe({ direction, text }: SessionFrame): boolean {
  return direction === 'out' && parseOperation(text)?.op === 'subscribe';
}

function subscriptionOf({ channel, instId }: OkxArgument): string {
  return JSON.stringify([channel, instId]);
}
