import type { Gateway } from '../domain/gateway.ts';
import type { LiveBar } from '../domain/live-bar.ts';
import type { MarketTopic } from '../domain/market-topic.ts';
import type { Print } from '../domain/market-trade.ts';
import type { Quote } from '../domain/tick.ts';

/** Where gateways put what they receive. Nothing here waits or throws. */
export interface MarketSink {
  quote(quote: Quote): void;
  print(print: Print): void;
  bar(bar: LiveBar): void;
  /** A gateway, or one of its connections, came to stand otherwise. */
  status(gateway: Gateway): void;
  /** The venue will not serve the topic to anybody: a symbol that it does not have. */
  refused(gateway: string, topic: MarketTopic, reason: string): void;
  /** The connection that carried the topic is lost: something of it may be missed. */
  interrupted(gateway: string, topic: MarketTopic): void;
  /** Nobody wants the topic any more: nothing of it follows, and what was told of it is not the present state. */
  dropped(gateway: string, topic: MarketTopic): void;
}

/** A configured session with a venue, seen from those who use it. */
export interface GatewaySession {
  readonly name: string;
  status(): Gateway;
  /**
   * Asks for market data as long as the answered function was not called; the same topic may be asked for by many.
   * What nobody asks for any more is given up after a while.
   */
  want(topics: readonly MarketTopic[]): () => void;
  setEnabled(isEnabled: boolean): void;
}
