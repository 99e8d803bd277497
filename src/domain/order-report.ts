import type { LiveFill } from './live-order.ts';
import type { OrderStatus, OrderType, TimeInForce } from './order.ts';
import type { Offset, Side } from './trade.ts';

/**
 * What a venue says of one order at one moment, in whichever way it said so: a push, the answer to a question, a row of
 * a list. Decimals are the venue's digits without exponent, times are milliseconds since the epoch by its clock.
 */
export interface OrderReport {
  readonly symbol: string;
  readonly orderId: string;
  /** Null for an order that was placed without one. */
  readonly clientOrderId: string | null;
  readonly side: Side;
  readonly offset: Offset;
  readonly type: OrderType | null;
  readonly timeInForce: TimeInForce | null;
  readonly status: OrderStatus;
  /** Null for a market order. */
  readonly price: string | null;
  readonly volume: string | null;
  readonly filledVolume: string | null;
  readonly averagePrice: string | null;
  readonly statusMessage: string | null;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  /** Fills that the report brings along; others may be known already. */
  readonly fills: readonly LiveFill[];
}

/** A fill as a venue lists it, apart from its order. */
export interface FillReport {
  readonly symbol: string;
  readonly orderId: string;
  readonly fill: LiveFill;
}
