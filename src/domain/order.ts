import type { AccountSource } from './account.ts';
import type { Faulty } from './data-faults.ts';
import type { Day } from './day.ts';
import type { Offset, Side } from './trade.ts';

export const ORDER_STATUSES = [
  'PENDING',
  'OPEN',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELLED',
  'REJECTED',
  'EXPIRED',
  'UNKNOWN',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** Statuses that an order never leaves: nothing of it works at the venue any more. */
export const FINISHED_ORDER_STATUSES: readonly OrderStatus[] = ['FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'];

export const ORDER_TYPES = ['LIMIT', 'MARKET'] as const;
export type OrderType = (typeof ORDER_TYPES)[number];

export const TIMES_IN_FORCE = ['GTC', 'GTD', 'GFD', 'IOC', 'FOK', 'POST_ONLY'] as const;
export type TimeInForce = (typeof TIMES_IN_FORCE)[number];

/** An order as a QIFI document holds it. Prices and volumes are decimal text. */
export interface QifiOrder extends Faulty {
  readonly source: AccountSource;
  readonly accountCookie: string;
  readonly tradingDay: Day | null;
  readonly orderId: string;
  readonly instrumentId: string;
  readonly exchangeId: string | null;
  readonly side: Side;
  readonly offset: Offset;
  readonly type: OrderType | null;
  readonly timeInForce: TimeInForce | null;
  readonly status: OrderStatus;
  readonly price: string | null;
  readonly volume: string | null;
  /**
   * Null when the document does not tell: for a cancelled order of the Python writer, which loses it, the sum of the
   * document's fills of the order, if it has any.
   */
  readonly filledVolume: string | null;
  readonly remainingVolume: string | null;
  readonly statusMessage: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number | null;
}
