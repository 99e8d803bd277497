import type { Day } from './day.ts';
import { FINISHED_ORDER_STATUSES, type QifiOrder } from './order.ts';
import type { OrderTarget } from './order-request.ts';
import type { StreamGap } from './stream.ts';

/**
 * An order whose changes are told: what a QIFI order holds, and what else is known of it. It is live at a venue, or one
 * of the QIFI state of an account that no gateway carries. `instrumentId` equals `symbol`. Decimals are the venue's
 * digits, times are milliseconds since the epoch. `orderId` is the venue's, and the `clientOrderId` as long as the
 * venue's is not known: while it is PENDING or UNKNOWN, and when it was refused.
 */
export interface LiveOrder extends QifiOrder {
  readonly source: 'REALTIME';
  /**
   * Names it among the orders of its account for as long as it is kept, whatever is learned of it:
   * `ownOrderKey(clientOrderId)` of the order that was placed through here under that id, else `foreignOrderKey(orderId)`.
   */
  readonly orderKey: string;
  /** The first under which a QIFI state had it; null for an order at a venue. */
  readonly tradingDay: Day | null;
  /** Null for an order of a QIFI state. */
  readonly gateway: string | null;
  readonly symbol: string;
  readonly clientOrderId: string | null;
  /** The venue's own code for its refusal; null for any other order. */
  readonly venueCode: string | null;
  readonly averagePrice: string | null;
  /** Of an order of a QIFI state: when it was seen to have changed. */
  readonly updatedAt: number | null;
  readonly fills: readonly LiveFill[];
}

/** The key of an order that was placed through here. */
export function ownOrderKey(clientOrderId: string): string {
  return `own:${clientOrderId}`;
}

/** The key of an order that came to the venue in another way. */
export function foreignOrderKey(orderId: string): string {
  return `foreign:${orderId}`;
}

/** The id with which the order of a key is asked for; undefined for a text that is no key. */
export function targetOfOrderKey(orderKey: string): OrderTarget | undefined {
  const [, kind, id = ''] = /^(own|foreign):(.+)$/s.exec(orderKey) ?? [];
  if (kind === undefined) return undefined;
  return kind === 'own' ? { clientOrderId: id } : { orderId: id };
}

/** Whether nothing of the order works at the venue any more. */
export function isFinishedOrder({ status }: Pick<LiveOrder, 'status'>): boolean {
  return FINISHED_ORDER_STATUSES.includes(status);
}

/** Whether it was placed through here and the venue has not said anything of it yet. */
export function isUnsettledOrder({ status }: Pick<LiveOrder, 'status'>): boolean {
  return status === 'PENDING' || status === 'UNKNOWN';
}

/** A fill of a live order. */
export interface LiveFill {
  /** The venue's own id. */
  readonly tradeId: string;
  readonly price: string;
  readonly volume: string;
  /** Positive when paid. */
  readonly fee: string | null;
  readonly feeCurrency: string | null;
  /** Milliseconds since the epoch, by the venue's clock. */
  readonly at: number;
}

export const ORDER_EVENT_KINDS = [
  'ACCEPTED',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELLED',
  'REJECTED',
  'EXPIRED',
  'UPDATED',
] as const;
export type OrderEventKind = (typeof ORDER_EVENT_KINDS)[number];

/** What the stream of an account's orders delivers. */
export type OrderStreamItem = OrderEvent | OrderSnapshot | StreamGap;

/** What happened to an order. */
export interface OrderChange {
  /** Made of what happened, so that one fact has one id however it became known. */
  readonly eventId: string;
  readonly kind: OrderEventKind;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** After the change. */
  readonly order: LiveOrder;
  readonly fill: LiveFill | null;
}

/** A change that has its place in the stream of its account. */
export interface RecordedOrderChange extends OrderChange {
  /** Dense for each account and epoch, from 1. */
  readonly seq: number;
}

/** One change of one order. */
export interface OrderEvent extends RecordedOrderChange {
  readonly type: 'OrderEvent';
  readonly cursor: string;
}

/** All open orders of an account, and those that ended within the retention. */
export interface OrderSnapshot {
  readonly type: 'OrderSnapshot';
  readonly cursor: string;
  readonly orders: readonly LiveOrder[];
}
