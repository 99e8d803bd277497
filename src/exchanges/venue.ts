import type { Rate } from '../async/rate.ts';
import type { ConnectionKind } from '../domain/gateway.ts';
import type { LiveBar } from '../domain/live-bar.ts';
import type { MarketTopic } from '../domain/market-topic.ts';
import type { Print } from '../domain/market-trade.ts';
import type { Quote } from '../domain/tick.ts';
import type { Heartbeat } from '../transport/heartbeat.ts';
import type { VenueAccount } from './venue-account.ts';
import type { VenueContracts } from './venue-contracts.ts';

/** What makes one exchange differ from another. No I/O, no clock: frames in, events out, and back. */
export interface Venue {
  /** As configured: `okx`. */
  readonly name: string;
  readonly sockets: readonly VenueSocket[];
  /** Undefined: only its market data is read. */
  readonly account?: VenueAccount | undefined;
  /** Undefined: what it lists is not read. */
  readonly contracts?: VenueContracts | undefined;
}

/** One kind of socket of a venue. */
export interface VenueSocket {
  readonly kind: Exclude<ConnectionKind, 'REST'>;
  /** The venue's own; the configuration may name another. */
  readonly url: string;
  /** What the configuration calls its address where that does not follow from the kind. */
  readonly urlName?: 'market' | undefined;
  /** Of the request that opens a connection. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly heartbeat: Heartbeat;
  /** What the venue allows; what is absent has no bound that is known. */
  readonly limits?: SocketLimits | undefined;
  /** Where the venue has to be asked for an address before each connection. */
  readonly admission?: SocketAdmission | undefined;
  /** Whether this socket serves the topic. */
  carries(topic: MarketTopic): boolean;
  /** Of topics with the same text a connection takes only one; one without a text goes with every other. */
  rivalry?(topic: MarketTopic): string | undefined;
  /**
   * Called anew for each connection, since what is remembered ends with it. `now` is milliseconds since the epoch, for
   * venues that want each request to say its time.
   */
  converse(now: () => number): VenueConversation;
}

export interface SocketLimits {
  /** Attempts to connect, of all gateways of the venue together. */
  readonly connects?: Rate | undefined;
  /** Frames that we send on one connection. */
  readonly frames?: Rate | undefined;
  /** Topics on one connection; more of them take further connections. */
  readonly topics?: number | undefined;
  /** The venue ends every connection after so long; another one is ready before. */
  readonly lifetimeMs?: number | undefined;
}

/** A request, not signed, whose answer says where to connect: KuCoin's token. */
export interface SocketAdmission {
  readonly method: 'GET' | 'POST';
  /** Scheme, host, port and path; the configuration may name another by `urls.rest`. */
  readonly url: string;
  /** Path and query behind it. */
  readonly target: string;
  /** Undefined for an answer that says it not. `id` names the connection. */
  read(text: string, id: string): SocketAddress | undefined;
}

export interface SocketAddress {
  readonly url: string;
  /** Where the answer says that, too. */
  readonly heartbeat?: Heartbeat | undefined;
}

/** What is said on one connection. No I/O, no clock of its own. */
export interface VenueConversation {
  /** Frames that come first of all. */
  readonly greeting?: readonly string[] | undefined;
  /** Whether nothing but the greeting may be sent before a READY event. */
  readonly awaitsReady?: boolean | undefined;
  /**
   * Frames that subscribe to the topics, each as large as the venue takes it. Topics that were asked for already and not
   * acknowledged are asked for again.
   */
  subscribe(topics: readonly MarketTopic[]): readonly string[];
  unsubscribe(topics: readonly MarketTopic[]): readonly string[];
  /** Whether the venue serves a topic that was just asked for already, since another one has shared its channel. */
  isServed?(topic: MarketTopic): boolean;
  readonly read: FrameReader;
}

/** What a frame says. Never throws, whatever came in. `receivedAt` is milliseconds since the epoch. */
export type FrameReader = (text: string, receivedAt: number) => Iterable<VenueEvent>;

export type VenueEvent =
  /** From now on the venue takes subscriptions. */
  | { readonly type: 'READY' }
  /** What the venue has said wants an answer. */
  | { readonly type: 'ANSWER'; readonly text: string }
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
