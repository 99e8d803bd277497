import { MARKET_CHANNELS, type MarketChannel } from '../../domain/market-topic.ts';
import { SessionError, type SessionFrame } from './parse-session.ts';
import type { RecordedPush, VenueReplay } from './venue-replay.ts';

/** What a recorded frame brings data of. */
export interface RecordedChannel {
  /** The same text for the same channel of the same symbol. */
  readonly subscription: string;
  readonly symbol: string;
  readonly channel: MarketChannel;
}

export interface RecordingRules {
  /** In words: `Kraken`. */
  readonly venue: string;
  /** Undefined for a frame that is no data, or data of another kind. */
  channelOf(text: string): RecordedChannel | undefined;
  /** Whether a text that was sent asks for data. */
  isSubscribe(text: string): boolean;
}

/** What of a session is to be sent again. Fails with SessionError when there is nothing. */
export function readRecording(
  session: readonly SessionFrame[],
  { venue, channelOf, isSubscribe }: RecordingRules,
): Pick<VenueReplay, 'pushes' | 'symbols' | 'channels'> {
  const recorded = session.flatMap((frame) => {
    const channel = frame.direction === 'in' ? channelOf(frame.text) : undefined;
    return channel === undefined ? [] : [{ ...frame, ...channel }];
  });
  const [first] = recorded;
  if (first === undefined) throw new SessionError(`received a session without a frame of a channel of ${venue}`);
  const asked = session.find(({ direction, text }) => direction === 'out' && isSubscribe(text));
  const startTime = asked?.time ?? first.time;
  const channels = new Set(recorded.map(({ channel }) => channel));
  return {
    pushes: recorded.map(({ time, text, subscription }): RecordedPush => {
      return { afterMs: Math.max(0, time - startTime) * 1000, subscription, text };
    }),
    symbols: [...new Set(recorded.map(({ symbol }) => symbol))].sort(),
    channels: MARKET_CHANNELS.filter((channel) => channels.has(channel)),
  };
}
