import { inCodeUnits } from './text-order.ts';
import type { Trade } from './trade.ts';

/** Ascending in time, fills without an instant first; fills of one instant by id, instrument and day. */
export function inTimeOrder(left: Trade, right: Trade): number {
  const one = left.tradedAtNanos ?? 0n;
  const other = right.tradedAtNanos ?? 0n;
  if (one !== other) return one < other ? -1 : 1;
  return (
    inCodeUnits(left.tradeId, right.tradeId) ||
    inCodeUnits(left.instrumentId, right.instrumentId) ||
    (left.tradingDay ?? -Infinity) - (right.tradingDay ?? -Infinity) ||
    0 // two fills of no day
  );
}

/** The place of a fill in a list that ascends as `inTimeOrder` says: what a cursor holds. */
export function placeOfTrade(trade: Trade): string {
  const nanos = (trade.tradedAtNanos ?? 0n).toString().padStart(20, '0');
  const day = String(trade.tradingDay ?? '').padStart(7, '0');
  return [nanos, trade.tradeId, trade.instrumentId, day].join('\0');
}

/**
 * The fills of one account in time order, each once and of the earliest day that holds it: QUANTAXIS stores some under
 * two days. Instant, id and instrument make a fill. Ids begin anew with a day, so that fills without an instant are one
 * only when they are equal in all but their day.
 */
export function distinctTrades(trades: readonly Trade[]): Trade[] {
  const ascending = trades.toSorted(inTimeOrder);
  const untimed = new Set<string>();
  return ascending.filter((trade, index) => {
    if (trade.tradedAtNanos !== null) return !isSameTimed(trade, ascending[index - 1]);
    const content = contentOf(trade);
    if (untimed.has(content)) return false;
    untimed.add(content);
    return true;
  });
}

function isSameTimed(trade: Trade, before: Trade | undefined): boolean {
  return (
    before !== undefined &&
    before.tradedAtNanos === trade.tradedAtNanos &&
    before.tradeId === trade.tradeId &&
    before.instrumentId === trade.instrumentId
  );
}

/** All that a fill of one account says but its instant and day. */
function contentOf(trade: Trade): string {
  const { tradeId, orderId, instrumentId, exchangeId, side, offset, price, volume, commission } = trade;
  return JSON.stringify([tradeId, orderId, instrumentId, exchangeId, side, offset, price, volume, commission]);
}
