import type { MarketChannel } from '../../domain/market-topic.ts';

/** A frame of data that is to be sent. */
export interface RecordedPush {
  /** Milliseconds of the recording since its first subscription. */
  readonly afterMs: number;
  /** What a connection must be subscribed to; the same text for the same channel of the same symbol. */
  readonly subscription: string;
  readonly text: string;
}

/** What a request of a client brings about. */
export interface ReplayAnswer {
  /** To be sent one by one. */
  readonly texts: readonly string[];
  readonly subscribed?: readonly string[];
  readonly unsubscribed?: readonly string[];
}

/** A recorded session as its venue would serve it. */
export interface VenueReplay {
  /** Paths of the venue's sockets under the names that `urls` of a gateway's configuration has for them. */
  readonly paths: Readonly<Record<string, string>>;
  readonly maxRequestBytes: number;
  /** In the order of their times. */
  readonly pushes: readonly RecordedPush[];
  readonly symbols: readonly string[];
  /** Channels of which there is something to send. */
  readonly channels: readonly MarketChannel[];
  /** In the venue's words. Never throws, whatever came in. */
  answer(request: string, path: string): ReplayAnswer;
}
