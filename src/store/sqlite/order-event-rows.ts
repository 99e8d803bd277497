import {
  isFinishedOrder,
  type LiveFill,
  type LiveOrder,
  ORDER_EVENT_KINDS,
  type OrderChange,
  type RecordedOrderChange,
} from '../../domain/live-order.ts';
import { memberOf, type Row } from './column-values.ts';

/** The columns of an event whose order has no later one, as parameters of a statement; the fills of the order lie apart. */
export function eventColumns({ eventId, kind, at, order, fill }: OrderChange) {
  const { fills: _, ...content } = order;
  return {
    event_id: eventId,
    order_key: order.orderKey,
    order_id: order.orderId,
    client_order_id: order.clientOrderId,
    created_at: order.createdAt,
    kind,
    at,
    order_content: JSON.stringify(content),
    fill_content: fill === null ? null : JSON.stringify(fill),
    is_finished: isFinishedOrder(order) ? 1 : 0,
  };
}

export function toEvent(row: Row, fills: readonly LiveFill[]): RecordedOrderChange {
  return {
    seq: Number(row.seq),
    eventId: String(row.event_id),
    kind: memberOf(ORDER_EVENT_KINDS, row.kind),
    at: Number(row.at),
    order: toOrder(row, fills),
    fill: row.fill_content === null ? null : (JSON.parse(String(row.fill_content)) as LiveFill), // what eventColumns made
  };
}

export function toOrder(row: Row, fills: readonly LiveFill[]): LiveOrder {
  const content = JSON.parse(String(row.order_content)) as Omit<LiveOrder, 'fills'>; // what eventColumns made
  return { ...content, fills };
}
