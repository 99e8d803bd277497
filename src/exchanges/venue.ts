import type { ConnectionKind } from '../domain/gateway.ts';
import type { LiveBar } from '../domain/live-bar.ts';
import type { MarketTopic } from '../domain/market-topic.ts';
import type { Print } from '../domain/market-trade.ts';
import type { Quote } from '../domain/tick.ts';
import type { Heartbeat } from '../transport/heartbeat.ts';
import type { VenueAccount } from './venue-account.ts';

/** What makes one exchange differ from another. No I/O, no clock: frames in, events out, and back. */
export interface Venue {
  /** As configured: `okx`. */
  readonly name: string;
  readonly sockets: readonly VenueSocket[];
  /** Undefined: only its market data is read. */
  readonly account?: VenueAccount | undefined;
}

/** One kind of socket of a venue. */
export interface VenueSocket {
  readonly kind: Exclude<ConnectionKind, 'REST'>;
  /** The venue's own; the configuration may name another. */
  readonly url: string;
  readonly heartbeat: Heartbeat;
  /** Whether this socket serves the topic. */
  carries(topic: MarketTopic): boolean;
  /** Frames that subscribe to the topics, each as large as the venue takes it. */
  subscribe(topics: readonly MarketTopic[]): readonly string[];
  unsubscribe(topics: readonly MarketTopic[]): readonly string[];
  /** Called anew for each connection, since what a reader remembers ends with it. */
  createReader(): FrameReader;
}

/** What a frame says. Never throws, whatever came in. `receivedAt` is milliseconds since the epoch. */
export type FrameReader = (text: string, receivedAt: number) => Iterable<VenueEvent>;

export type VenueEvent =
  | { readonly type: 'SUBSCRIBED'; readonly topic: MarketTopic }
  | { readonly type: 'UNSUBSCRIBED'; readonly topic: MarketTopic }
  /** The venue does not have the topic. */
  | { readonly type: 'REFUSED'; readonly topic: MarketTopic; readonly reason: string }
  /** Something that we asked for did not work, which may pass. */
  | { readonly type: 'TROUBLE'; readonly reason: string }
  | { readonly type: 'QUOTE'; readonly quote: Omit<Quote, 'gateway' | 'stale'> }
  | { readonly type: 'PRINT'; readonly print: Omit<Print, 'gateway'> }
  | { readonly type: 'BAR'; readonly bar: Omit<LiveBar, 'gateway'> }
  /** The venue will close this connection. */
  | { readonly type: 'CLOSING'; readonly reason: string }
  /** A frame, or a part of one, that is not what the venue documents. */
  | { readonly type: 'UNREADABLE'; readonly reason: string };
