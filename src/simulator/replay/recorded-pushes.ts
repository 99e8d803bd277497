import { SessionError, type SessionFrame } from './parse-session.ts';
import type { RecordedPush } from './venue-replay.ts';

/** How the frames of a venue are told apart. */
export interface FrameKinds {
  /** As a message of a SessionError has it: `Binance`. */
  readonly venue: string;
  /** What a frame that came in brings data of; undefined for an answer and for all else that is not data. */
  subscriptionOf(text: string): string | undefined;
  /** Whether a frame that went out subscribes to something. */
  isSubscribe(text: string): boolean;
}

/**
 * The frames of a session that bring data, by their times since its first subscription; what was answered to requests is
 * not among them, since each client has requests of its own. Fails with SessionError when there is none.
 */
export function recordedPushes(
  session: readonly SessionFrame[],
  { venue, subscriptionOf, isSubscribe }: FrameKinds,
): RecordedPush[] {
  const recorded = session.flatMap(({ direction, time, text }) => {
    const subscription = direction === 'in' ? subscriptionOf(text) : undefined;
    return subscription === undefined ? [] : [{ time, text, subscription }];
  });
  const [first] = recorded;
  if (first === undefined) throw new SessionError(`received a session without a frame of a ${venue} channel`);
  const startTime = session.find(({ direction, text }) => direction === 'out' && isSubscribe(text))?.time ?? first.time;
  return recorded.map(({ time, text, subscription }) => ({
    afterMs: Math.max(0, time - startTime) * 1000,
    subscription,
    text,
  }));
}
