import type { LiveOrder, OrderChange, RecordedOrderChange } from '../domain/live-order.ts';
import type { OrderTarget } from '../domain/order-request.ts';

/** What is kept of an account's stream. */
export interface OrderStreamBounds {
  /** Names the counting; made with the first event and kept from then on, trimmed or not. */
  readonly epoch: string;
  /** seq of the oldest event that can be read; `lastSeq` + 1 when none can. Every event from here on can be. */
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Which orders that have ended are wanted. */
export interface EndedOrders {
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly most: number;
}

/** The orders of an account, and the bounds of its stream, at one moment. */
export interface OrderStreamState {
  /** Undefined before the first event. */
  readonly bounds: OrderStreamBounds | undefined;
  /** Ascending by (createdAt, orderId). */
  readonly orders: readonly LiveOrder[];
}

/**
 * The events of the orders of each account. What was answered is durable. Fails with UPSTREAM_UNAVAILABLE when the
 * store cannot be reached.
 */
export interface OrderEventStore {
  /**
   * Appends the events whose id the account does not have yet, in the order given, and answers those with their numbers.
   * All or nothing. The last event under an `orderKey` holds the present state of that order, whatever its ids. An event
   * of an order that was submitted through here settles its submission.
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
   * The state of each order that is not finished, and of those whose last event happened at `ended.since` or later, of
   * these the `ended.most` whose last event is the newest.
   */
  state(accountCookie: string, ended: EndedOrders): Promise<OrderStreamState>;
  /**
   * The last state that is kept of one order, finished or not. An orderId names the newest order that has it, by
   * (createdAt, seq); a clientOrderId the order that was placed with it through here, whose end is kept for good with its
   * submission, else the newest that has it.
   */
  order(accountCookie: string, target: OrderTarget): Promise<LiveOrder | undefined>;
  /**
   * Takes from the start of each stream the events up to the first that happened at `before` or later, so that what is
   * left has no hole even where the times of the venue are out of order. The last event of an order that is not finished
   * is still kept for `state`, `order` and its id, but can no longer be read; the ids of all others are forgotten.
   */
  trim(before: number): Promise<void>;
}
