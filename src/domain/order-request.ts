import type { OrderType, TimeInForce } from './order.ts';
import type { Offset, Side } from './trade.ts';

export const MARGIN_MODES = ['CASH', 'CROSS', 'ISOLATED'] as const;
export type MarginMode = (typeof MARGIN_MODES)[number];

/** An order that somebody wants to place, as it is sent: checked, and complete but for what the venue decides. */
export interface OrderRequest {
  readonly gateway: string;
  readonly accountCookie: string;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  /** Decimal text above zero: base coins, also for a market buy, or contracts. */
  readonly volume: string;
  /** Decimal text above zero; null for MARKET. */
  readonly price: string | null;
  /** Null for MARKET. */
  readonly timeInForce: TimeInForce | null;
  readonly offset: Offset;
  readonly reduceOnly: boolean;
  /** Null: the gateway's own. */
  readonly marginMode: MarginMode | null;
  /** 1 to 32 of A-Z a-z 0-9, unique for the account. */
  readonly clientOrderId: string;
}

/** A request that was written down before it was sent, so that it is never sent twice. */
export interface OrderSubmission {
  readonly request: OrderRequest;
  /** Milliseconds since the epoch. */
  readonly submittedAt: number;
}

/** Names one order of an account: exactly one of the two ids is a text. */
export type OrderTarget =
  | { readonly orderId: string; readonly clientOrderId?: undefined }
  | { readonly orderId?: undefined; readonly clientOrderId: string };
