import type { LiveOrder, OrderChange, RecordedOrderChange } from '../domain/live-order.ts';

/** What is kept of an account's stream. */
export interface OrderStreamBounds {
  /** Names the counting; made with the first event and kept from then on, trimmed or not. */
  readonly epoch: string;
  /** seq of the oldest event that can be read; `lastSeq` + 1 when none can. Every event from here on can be. */
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/**
 * The events of the orders of each account. What was answered is durable. Fails with UPSTREAM_UNAVAILABLE when the
 * store cannot be reached.
 */
export interface OrderEventStore {
  /**
   * Appends the events whose id the account does not have yet, in the order given, and answers those with their numbers.
   * All or nothing. The last event of an order holds its present state.
   */
  append(accountCookie: string, events: readonly OrderChange[]): Promise<readonly RecordedOrderChange[]>;
  /**
   * The events with a larger seq, oldest first, at most `limit`, without a hole among them. The first does not follow
   * `afterSeq` when `afterSeq` lies before `firstSeq` - 1: what lies between was trimmed.
   */
  read(accountCookie: string, afterSeq: number, limit: number): Promise<readonly RecordedOrderChange[]>;
  /** Undefined before the first event. */
  bounds(accountCookie: string): Promise<OrderStreamBounds | undefined>;
  /**
   * The state of each order that is not finished, and of those whose last event happened at `endedSince` or later,
   * ascending by (createdAt, orderId).
   */
  orders(accountCookie: string, endedSince: number): Promise<readonly LiveOrder[]>;
  /**
   * Takes from the start of each stream the events up to the first that happened at `before` or later, so that what is
   * left has no hole even where the times of the venue are out of order. The last event of an order that is not finished
   * is still kept for `orders` and for its id, but can no longer be read; the ids of all others are forgotten.
   */
  trim(before: number): Promise<void>;
}
