import type { Day } from './day.ts';
import { isFinishedOrder, type LiveOrder, type OrderChange } from './live-order.ts';
import type { TimeInForce } from './order.ts';
import { orderChanges } from './order-changes.ts';
import { isBehind, joinOrders } from './order-join.ts';

/** Why an order is EXPIRED whose end nobody saw. */
const UNSEEN_END = 'its trading day is over, and how it ended was not seen';

/** With these an order works no longer than its trading day. */
const ENDING_WITH_THE_DAY: readonly (TimeInForce | null)[] = ['GFD', 'IOC', 'FOK'];

/**
 * What a state of an order of a QIFI document tells that is not known yet, and was seen at `at`, in milliseconds since
 * the epoch: none when it is all known, however often it is seen. `known` is the state after the last change. A document
 * does not say when an order changed, so what is seen later is the newer state; unless it is behind what is known, and
 * then nothing but its fills is news.
 */
export function observedChanges(known: LiveOrder | undefined, seen: LiveOrder, at: number): readonly OrderChange[] {
  if (known === undefined) return orderChanges(undefined, { ...seen, updatedAt: at }, at);
  const updatedAt = isBehind(seen, known) ? null : Math.max(at, (known.updatedAt ?? 0) + 1);
  return orderChanges(known, joinOrders(known, { ...seen, updatedAt }), at);
}

/**
 * A change that was told before, and is true again since another process has told of an older state in between: told as
 * an update, so that who replays the changes ends at what is true.
 */
export function retoldChange(known: LiveOrder | undefined, change: OrderChange): OrderChange {
  const eventId = JSON.stringify([change.eventId, known?.updatedAt ?? null]);
  return { ...change, eventId, kind: 'UPDATED', fill: null };
}

/** Whether an order that was not finished when it was last seen cannot work any more on the trading day of its account. */
export function isOverdue({ gateway, tradingDay, ...order }: LiveOrder, today: Day | null): boolean {
  if (gateway !== null || tradingDay === null || today === null) return false;
  return today > tradingDay && !isFinishedOrder(order);
}

/**
 * The end of an overdue order of which nothing was seen; undefined when its time in force lets it work on. What it is
 * known to have been filled stays.
 */
export function expired(order: LiveOrder): LiveOrder | undefined {
  if (!ENDING_WITH_THE_DAY.includes(order.timeInForce)) return undefined;
  return { ...order, status: 'EXPIRED', statusMessage: UNSEEN_END };
}

/** The last instant that an order tells of itself, in milliseconds since the epoch; null when it tells none. */
export function lastInstantOf({ createdAt, fills }: LiveOrder): number | null {
  const instants = [...(createdAt === null ? [] : [createdAt]), ...fills.map(({ at }) => at)];
  return instants.length === 0 ? null : Math.max(...instants);
}
