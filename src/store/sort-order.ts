import type { QifiOrder } from '../domain/order.ts';

/** Ascending by code units, as pages are cut: SQLite compares text by UTF-8 bytes, which differs beyond U+FFFF. */
export function inCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Ascending by (createdAt, orderId); orders of unknown age come first. */
export function inOrderOfInsertion(left: QifiOrder, right: QifiOrder): number {
  return (left.createdAt ?? 0) - (right.createdAt ?? 0) || inCodeUnits(left.orderId, right.orderId);
}
