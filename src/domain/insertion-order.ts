import type { QifiOrder } from './order.ts';
import { finish, type Steps, sortInSteps, visitInSteps } from './steps.ts';
import { inCodeUnits } from './text-order.ts';

/** Ascending by (createdAt, orderId); orders of unknown age come first. */
export function inOrderOfInsertion(left: QifiOrder, right: QifiOrder): number {
  return (left.createdAt ?? 0) - (right.createdAt ?? 0) || inCodeUnits(left.orderId, right.orderId);
}

/** The place of an order in a list that ascends as `inOrderOfInsertion` says: what a cursor holds. */
export function placeOfOrder(order: QifiOrder): string {
  return [String(order.createdAt ?? 0).padStart(16, '0'), order.orderId].join('\0');
}

/** The orders of one account in the order of their insertion, each once, at the state of its latest day. */
export function distinctOrders(orders: readonly QifiOrder[]): QifiOrder[] {
  return finish(distinctOrdersInSteps(orders));
}

/** `distinctOrders`, in steps. */
export function* distinctOrdersInSteps(orders: readonly QifiOrder[]): Steps<QifiOrder[]> {
  const latest = new Map<string, QifiOrder>();
  yield* visitInSteps(orders, (order) => {
    const other = latest.get(order.orderId);
    if (other === undefined || dayOrNone(order) >= dayOrNone(other)) latest.set(order.orderId, order);
  });
  return yield* sortInSteps([...latest.values()], inOrderOfInsertion);
}

function dayOrNone({ tradingDay }: QifiOrder): number {
  return tradingDay ?? -Infinity;
}
