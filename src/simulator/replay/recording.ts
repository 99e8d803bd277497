import { MARKET_CHANNELS, type MarketChannel } from '../../domain/market-topic.ts';
import { SessionError, type SessionFrame } from './parse-session.ts';
import type { RecordedPush, VenueReplay } from './venue-replay.ts';

/** What a recorded frame brings data of. */
export interface RecordedChannel {
  /** The same text for the same channel of the same symbol. */
  readonly subscription: string;
  readonly symbol?: string | undefined;
  /** Undefined: of none that this product has. */
  readonly channel?: MarketChannel | undefined;
}

/** How the frames of a venue are told apart. */
export interface RecordingRules {
  /** What brings data, as a SessionError has it: `a Kraken channel`. */
  readonly source: string;
  /** What a frame that came in brings data of; undefined for an answer and for all else that is not data. */
  channelOf(text: string): RecordedChannel | undefined;
  /** Whether a text that was sent asks for data. */
  isSubscribe(text: string): boolean;
}

/**
 * What of a session is to be sent again: the frames that bring data, by their times since its first subscription. What was
 * answered to requests is not among them, since each client has requests of its own. Fails with SessionError when there is
 * nothing else.
 */
export function readRecording(
  session: readonly SessionFrame[],
  { source, channelOf, isSubscribe }: RecordingRules,
): Pick<VenueReplay, 'pushes' | 'symbols' | 'channels'> {
  const recorded = session.flatMap(({ direction, time, text }) => {
    const channel = direction === 'in' ? channelOf(text) : undefined;
    return channel === undefined ? [] : [{ time, text, ...channel }];
  });
  const [first] = recorded;
  if (first === undefined) throw new SessionError(`received a session without a frame of ${source}`);
  const asked = session.find(({ direction, text }) => direction === 'out' && isSubscribe(text));
  const startTime = asked?.time ?? first.time;
  const symbols = new Set(recorded.flatMap(({ symbol }) => symbol ?? []));
  const channels = new Set(recorded.map(({ channel }) => channel));
  return {
    pushes: recorded.map(({ time, text, subscription }): RecordedPush => {
      return { afterMs: Math.max(0, time - startTime) * 1000, subscription, text };
    }),
    symbols: [...symbols].sort(),
    channels: MARKET_CHANNELS.filter((channel) => channels.has(channel)),
  };
}
