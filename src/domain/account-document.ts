import type { AccountSnapshot } from './account.ts';
import type { QifiOrder } from './order.ts';
import type { Trade } from './trade.ts';

/** One QIFI document, decoded: the state, and the fills and orders that it holds. */
export interface AccountDocument {
  readonly snapshot: AccountSnapshot;
  readonly trades: readonly Trade[];
  readonly orders: readonly QifiOrder[];
}
