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
  /** It was asked for what clients of the venue always ask for, which does not begin the recording. */
  readonly isGreeting?: boolean;
}

/** A request over HTTP. */
export interface ReplayPageRequest {
  readonly method: string;
  readonly path: string;
  /** Scheme, host and port of the replay's sockets. */
  readonly socketOrigin: string;
}

/** Texts that a venue sends of its own accord. */
export interface ReplayPulse {
  readonly everyMs: number;
  /** `now` is milliseconds since the epoch. */
  text(now: number): string;
}

/** A recorded session as its venue would serve it. */
export interface VenueReplay {
  /** Paths of the venue's sockets under the names that `urls` of a gateway's configuration has for them. */
  readonly paths: Readonly<Record<string, string>>;
  readonly maxRequestBytes: number;
  /** What the venue says first on each connection. */
  readonly greeting?: readonly string[] | undefined;
  readonly pulse?: ReplayPulse | undefined;
  /** Whether the venue packs its texts with gzip. */
  readonly isPacked?: boolean | undefined;
  /** In the order of their times. */
  readonly pushes: readonly RecordedPush[];
  readonly symbols: readonly string[];
  /** Channels of which there is something to send. */
  readonly channels: readonly MarketChannel[];
  /** In the venue's words. Never throws, whatever came in. `subscriptions` are those of the connection before. */
  answer(request: string, path: string, subscriptions?: ReadonlySet<string>): ReplayAnswer;
  /** The JSON text of a page that the venue has beside its sockets; undefined for one that it has not. */
  answerPage?(request: ReplayPageRequest): string | undefined;
}
