import { findTwins, isSameTimed } from './fill-twins.ts';
import { finish, type Steps, sortInSteps, visitInSteps } from './steps.ts';
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
 * The fills of one account in time order, each once and of the earliest day that holds it: QUANTAXIS stores some in two
 * rows. Instant, id and instrument make a fill. Ids begin anew with a day, so that fills without an instant are one only
 * when they are equal in all but their day.
 *
 * A fill that one row holds with its instant and another without is one fill as well, the one that knows it, when id,
 * order, instrument, side, offset, price and volume are the same and the days are no farther apart than one trading day
 * from the next. That takes two real fills for one only if they were of the same order: a fill that names no order is
 * never taken for another. Where ids are unique there are no two such fills; where they are numbers that begin anew with
 * a day, at gateways of futures, an order ends with its day as well.
 */
export function distinctTrades(trades: readonly Trade[]): Trade[] {
  return finish(distinctTradesInSteps(trades));
}

/** `distinctTrades`, in steps. */
export function* distinctTradesInSteps(trades: readonly Trade[]): Steps<Trade[]> {
  const ascending = yield* sortInSteps(trades, inTimeOrder);
  const twins = yield* findTwins(ascending);
  const distinct: Trade[] = [];
  const untimed = new Set<string>();
  let before: Trade | undefined;
  yield* visitInSteps(ascending, (trade) => {
    if (trade.tradedAtNanos === null) {
      if (twins.untimed.has(trade)) return;
      const content = contentOf(trade);
      if (untimed.has(content)) return;
      untimed.add(content);
      distinct.push(trade);
    } else if (before === undefined || !isSameTimed(trade, before)) {
      before = trade;
      const tradingDay = twins.earlierDays.get(trade);
      distinct.push(tradingDay === undefined ? trade : { ...trade, tradingDay });
    }
  });
  return distinct;
}

/** All that a fill of one account says but its instant and day. */
function contentOf(trade: Trade): string {
  const { tradeId, orderId, instrumentId, exchangeId, side, offset, price, volume, commission } = trade;
  return JSON.stringify([tradeId, orderId, instrumentId, exchangeId, side, offset, price, volume, commission]);
}
