import type { ContractReport, ContractTerms } from '../domain/contract.ts';
import type { Gateway } from '../domain/gateway.ts';
import type { BalanceState, PositionState } from '../domain/live-account.ts';
import type { LiveBar } from '../domain/live-bar.ts';
import type { LiveOrder } from '../domain/live-order.ts';
import type { MarketTopic } from '../domain/market-topic.ts';
import type { Print } from '../domain/market-trade.ts';
import type { OrderRequest, OrderTarget } from '../domain/order-request.ts';
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

/** Where the states of an account go as they come; its orders go to an OrderJournal. Nothing here waits or throws. */
export interface AccountSink {
  /** All volumes zero: it was closed, and nothing follows until it is opened again. */
  position(state: PositionState): void;
  balance(state: BalanceState): void;
}

/** The account of a gateway: what it holds at the venue, and the way to place orders for it. */
export interface AccountSession {
  readonly accountCookie: string;
  /** Whether what it holds was read from the venue since the start. */
  readonly hasCompared: boolean;
  /**
   * Sends the order to the venue, once. A request with a clientOrderId that was used before sends nothing: with the same
   * content it answers what became of that order.
   */
  placeOrder(request: OrderRequest): Promise<PlaceOutcome>;
  /** `symbol` is needed for an order that is not known here. */
  cancelOrder(target: OrderTarget, symbol?: string): Promise<CancelOutcome>;
  /**
   * As it is known here, else as the venue says; undefined when it knows of no such order. Fails with
   * UPSTREAM_UNAVAILABLE when the venue was to be asked and could not be.
   */
  order(target: OrderTarget): Promise<LiveOrder | undefined>;
  /** Orders that are not finished, ascending by (createdAt, orderId). Fails as the OrderJournal does. */
  openOrders(): Promise<readonly LiveOrder[]>;
}

export interface OrderRefusal {
  readonly type: 'REFUSED';
  readonly code: 'ORDER_REJECTED' | 'GATEWAY_DOWN' | 'TRADING_DISABLED' | 'BAD_USER_INPUT';
  readonly message: string;
  /** The venue's own code; null when the refusal is not the venue's. */
  readonly venueCode: string | null;
}

/** UNKNOWN is a status of the order, never a refusal. */
export type PlaceOutcome = { readonly type: 'ORDER'; readonly order: LiveOrder } | OrderRefusal;
export type CancelOutcome = PlaceOutcome | { readonly type: 'NOT_FOUND' };

/** What a gateway knows of the venue's contracts. */
export interface ContractsSession {
  /**
   * The stored list, by symbol, ascending; [] before the first was stored; undefined where the list is not read, which
   * only another process may know. Fails with UPSTREAM_UNAVAILABLE, or GATEWAY_DOWN where that process is gone.
   */
  list(): Promise<readonly ContractTerms[] | undefined>;
  /**
   * Fetches the venue's list and holds it against the stored one; `accept` stores the differences. Fails with
   * UPSTREAM_UNAVAILABLE when the venue or the store cannot be reached.
   */
  check(options: { readonly accept: boolean }): Promise<ContractReport>;
}

/** A configured session with a venue, seen from those who use it. */
export interface GatewaySession {
  readonly name: string;
  /** Undefined: it carries market data alone. */
  readonly account: AccountSession | undefined;
  /** Undefined or absent: what the venue lists is not read. */
  readonly contracts?: ContractsSession | undefined;
  status(): Gateway;
  /**
   * Asks for market data as long as the answered function was not called; the same topic may be asked for by many.
   * What nobody asks for any more is given up after a while.
   */
  want(topics: readonly MarketTopic[]): () => void;
  /** Where another process carries it, resolves when it was done there. */
  setEnabled(isEnabled: boolean): void | Promise<void>;
}
