import type { AccountDocument } from './account-document.ts';
import { figureText, isPositiveDecimal } from './decimal-text.ts';
import type { LiveFill, LiveOrder } from './live-order.ts';
import type { QifiOrder } from './order.ts';
import { orderOfDocument } from './order-join.ts';
import type { Trade } from './trade.ts';

const NANOS_PER_MILLISECOND = 1_000_000n;

/** The orders of a QIFI state, each with those of its fills that the same state has. */
export function ordersOfDocument({ snapshot, orders, trades }: AccountDocument): LiveOrder[] {
  const tradesOf = Map.groupBy(trades, ({ orderId }) => orderId);
  return orders.map((order) => {
    const fills = fillsOfOrder(order, { trades: tradesOf.get(order.orderId) ?? [], currency: snapshot.currency });
    return orderOfDocument(order, fills);
  });
}

interface OrderTrades {
  /** Of the order, by their `orderId`; others are passed over. */
  readonly trades: readonly Trade[];
  /** Of the account, in which its commissions are. */
  readonly currency: string | null;
}

/**
 * The trades of an order as fills. Those of another instrument are legs of a combination, which was ordered as a whole:
 * their volumes do not add up to its own. A trade without price or volume says nothing; one without a time is taken to
 * have been when the order was inserted, and is passed over when that is not known either.
 */
export function fillsOfOrder(
  { orderId, instrumentId, createdAt }: Pick<QifiOrder, 'orderId' | 'instrumentId' | 'createdAt'>,
  { trades, currency }: OrderTrades,
): LiveFill[] {
  return trades.flatMap((trade) => {
    if (trade.orderId !== orderId || trade.instrumentId !== instrumentId) return [];
    const price = figureText(trade.price);
    const volume = figureText(trade.volume);
    const at = trade.tradedAtNanos === null ? createdAt : Number(trade.tradedAtNanos / NANOS_PER_MILLISECOND);
    if (price === null || volume === null || at === null || !isPositiveDecimal(volume)) return [];
    const commission = figureText(trade.commission);
    const fee = commission !== null && isPositiveDecimal(commission) ? commission : null;
    return [{ tradeId: trade.tradeId, price, volume, fee, feeCurrency: fee === null ? null : currency, at }];
  });
}
