import type { LiveFill, LiveOrder, OrderEventKind } from '../domain/live-order.ts';

/** What happened to an order, before it has its place in the stream. */
export interface NewOrderEvent {
  /** Made of what happened, so that one fact has one id however it became known. */
  readonly eventId: string;
  readonly kind: OrderEventKind;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** After the change. */
  readonly order: LiveOrder;
  readonly fill: LiveFill | null;
}

export interface StoredOrderEvent extends NewOrderEvent {
  /** Dense for each account and epoch, from 1. */
  readonly seq: number;
}

/** What is kept of an account's stream. */
export interface OrderStreamBounds {
  /** Names the counting; made with the first event and kept as long as its events are. */
  readonly epoch: string;
  /** seq of the oldest event kept; `lastSeq` + 1 when none is. */
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** The events of the orders of each account. What was answered is durable. */
export interface OrderEventStore {
  /**
   * Appends the events whose id the account does not have yet, in the order given, and answers those with their numbers.
   * All or nothing.
   */
  append(accountCookie: string, events: readonly NewOrderEvent[]): Promise<readonly StoredOrderEvent[]>;
  /** The events with a larger seq, oldest first, at most `limit`. */
  read(accountCookie: string, afterSeq: number, limit: number): Promise<readonly StoredOrderEvent[]>;
  /** Undefined before the first event. */
  bounds(accountCookie: string): Promise<OrderStreamBounds | undefined>;
  /** The latest state of each order that is not finished, or was last changed at `endedSince` or later, by insertion. */
  orders(accountCookie: string, endedSince: number): Promise<readonly LiveOrder[]>;
  /** Forgets events that happened before, except the latest one of each order that is not finished. */
  trim(before: number): Promise<void>;
}
