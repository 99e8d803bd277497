import type { DeskFill, DeskOrder, OrderStreamItem } from './order-stream.ts';

/** What a reader of an account's orders has seen. Grows no further than the limits below. */
export interface OrderList {
  /** Behind the last item: where the stream goes on; undefined before the first snapshot. */
  readonly cursor: string | undefined;
  /** How often the stream has begun its numbering anew while it was read. */
  readonly epoch: number;
  /** Of the last event of this epoch; 0 before the first. */
  readonly lastSeq: number;
  /** The events that made the present state came as a snapshot, so the next seq may be any higher one. */
  readonly isBehindSnapshot: boolean;
  /** Newest first. */
  readonly orders: readonly DeskOrder[];
  /** Oldest first. */
  readonly log: readonly LogLine[];
}

/** A line of the event log. `line` counts them all, those that fell out included. */
export type LogLine = { readonly line: number } & (
  | LoggedEvent
  | { readonly type: 'snapshot'; readonly orderCount: number }
  | { readonly type: 'gap'; readonly reason: string }
  /** Numbers that were neither delivered nor announced as lost. */
  | { readonly type: 'hole'; readonly from: number; readonly to: number }
);

export interface LoggedEvent {
  readonly type: 'event';
  readonly epoch: number;
  readonly seq: number;
  readonly eventId: string;
  readonly kind: string;
  readonly at: string;
  readonly orderId: string;
  readonly symbol: string;
  readonly fill: DeskFill | null;
}

export const EMPTY_ORDER_LIST: OrderList = {
  cursor: undefined,
  epoch: 1,
  lastSeq: 0,
  isBehindSnapshot: true,
  orders: [],
  log: [],
};

/** Finished orders beyond these, the oldest ones, are let go. Open ones all stay. */
export const MOST_FINISHED_ORDERS = 200;
export const MOST_LOG_LINES = 500;

const FINISHED = ['FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'];

export function isFinished({ status }: DeskOrder): boolean {
  return FINISHED.includes(status);
}

/** The list after an item of the stream; the same list when the item says nothing new. */
export function applyOrderItem(list: OrderList, item: OrderStreamItem): OrderList {
  switch (item.__typename) {
    case 'OrderSnapshot':
      return logged(
        { ...list, cursor: item.cursor, isBehindSnapshot: true, orders: arranged(item.orders.toReversed()) },
        { type: 'snapshot', orderCount: item.orders.length },
      );
    case 'StreamGap': {
      const after = item.reason === 'EPOCH_CHANGED' ? { ...list, epoch: list.epoch + 1, lastSeq: 0 } : list;
      return logged(after, { type: 'gap', reason: item.reason });
    }
    case 'OrderEvent':
      return item.seq <= list.lastSeq ? list : withEvent(list, item);
    default:
      // A type that a later server may add.
      return list;
  }
}

/** The list of a reader whose cursor the server does not take: it starts with a snapshot, as if the numbering were new. */
export function withoutCursor(list: OrderList): OrderList {
  const anew = { ...list, cursor: undefined, epoch: list.epoch + 1, lastSeq: 0, isBehindSnapshot: true };
  return logged(anew, { type: 'gap', reason: 'STREAM_BAD_CURSOR' });
}

function withEvent(list: OrderList, event: Extract<OrderStreamItem, { __typename: 'OrderEvent' }>): OrderList {
  const { seq, cursor, eventId, kind, at, order, fill } = event;
  const isHole = !list.isBehindSnapshot && seq > list.lastSeq + 1;
  const before = isHole ? logged(list, { type: 'hole', from: list.lastSeq + 1, to: seq - 1 }) : list;
  const symbol = order.symbol ?? order.instrumentId;
  const isKnown = list.orders.some(({ id }) => id === order.id);
  const orders = isKnown ? list.orders.map((each) => (each.id === order.id ? order : each)) : [order, ...list.orders];
  return logged(
    { ...before, cursor, lastSeq: seq, isBehindSnapshot: false, orders: arranged(orders) },
    { type: 'event', epoch: list.epoch, seq, eventId, kind, at, orderId: order.orderId, symbol, fill },
  );
}

type Unnumbered<Line> = Line extends LogLine ? Omit<Line, 'line'> : never;

function logged(list: OrderList, entry: Unnumbered<LogLine>): OrderList {
  const line = (list.log.at(-1)?.line ?? 0) + 1;
  return { ...list, log: [...list.log, { ...entry, line }].slice(-MOST_LOG_LINES) };
}

function arranged(orders: readonly DeskOrder[]): readonly DeskOrder[] {
  const newestFirst = orders.toSorted((one, other) => compareTexts(timeOf(other), timeOf(one)));
  const oldestKept = newestFirst.filter(isFinished).at(MOST_FINISHED_ORDERS - 1);
  if (oldestKept === undefined) return newestFirst;
  const last = newestFirst.indexOf(oldestKept);
  return newestFirst.filter((order, place) => place <= last || !isFinished(order));
}

function timeOf({ createdAt, updatedAt }: DeskOrder): string {
  return createdAt ?? updatedAt ?? '';
}

/** All instants are of one form, so their texts sort as they do. */
function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
