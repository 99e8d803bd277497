import type { LiveOrder } from './live-order.ts';
import { compareTexts } from './order-execution.ts';

/**
 * Above zero when the first state of an order is the newer one; zero when both say the same, or one only says more. What
 * the venue says is newer than what was asked of it.
 */
export function compareNews(one: LiveOrder, other: LiveOrder): number {
  return (
    Number(isOfVenue(one)) - Number(isOfVenue(other)) ||
    compareTimes(one.updatedAt, other.updatedAt) ||
    compareTexts(one.statusMessage, other.statusMessage) ||
    compareTexts(one.orderId, other.orderId) ||
    compareTexts(one.symbol, other.symbol) ||
    compareTexts(one.side, other.side) ||
    compareTexts(one.offset, other.offset) ||
    compareKnown(one.type, other.type) ||
    compareKnown(one.timeInForce, other.timeInForce) ||
    compareKnown(one.price, other.price) ||
    compareKnown(one.volume, other.volume) ||
    compareKnown(one.venueCode, other.venueCode) ||
    compareKnown(one.clientOrderId, other.clientOrderId) ||
    compareKnown(one.exchangeId, other.exchangeId)
  );
}

/** Whether the venue has told of the order, and given it an id. */
export function isOfVenue({ orderId, clientOrderId }: LiveOrder): boolean {
  return orderId !== clientOrderId;
}

function compareTimes(one: number | null, other: number | null): number {
  if (one === other) return 0;
  return (one ?? Number.NEGATIVE_INFINITY) - (other ?? Number.NEGATIVE_INFINITY);
}

/** A field that only one of them knows makes none of them newer, since it is kept in any case. */
function compareKnown(one: string | null, other: string | null): number {
  return one === null || other === null ? 0 : compareTexts(one, other);
}
