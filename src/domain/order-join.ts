import type { Day } from './day.ts';
import { compareDecimals, isPositiveDecimal } from './decimal-text.ts';
import { foreignOrderKey, type LiveFill, type LiveOrder, ownOrderKey } from './live-order.ts';
import type { OrderStatus, QifiOrder } from './order.ts';
import { executionOf, joinFills, largerDecimal } from './order-execution.ts';
import { compareNews, isOfVenue } from './order-news.ts';
import type { OrderReport } from './order-report.ts';
import type { OrderRequest } from './order-request.ts';

/** Where each status stands: an order only ever rises. */
const STATUS_RANK: Readonly<Record<OrderStatus, number>> = {
  PENDING: 0,
  UNKNOWN: 1,
  OPEN: 2,
  PARTIALLY_FILLED: 3,
  EXPIRED: 4,
  CANCELLED: 5,
  REJECTED: 6,
  FILLED: 7,
};

/** What a report does not say of its order. */
export interface OrderIdentity {
  readonly gateway: string;
  readonly accountCookie: string;
  readonly orderKey: string;
}

/** Why an order was refused, and when: milliseconds since the epoch. `code` is the venue's own. */
export interface RefusedOrder {
  readonly code: string | null;
  readonly reason: string;
  readonly at: number;
}

/** The state of an order of which nothing is known but this report. */
export function orderOfReport(report: OrderReport, of: OrderIdentity): LiveOrder {
  return settled({
    ...report,
    ...of,
    source: 'REALTIME',
    tradingDay: null,
    instrumentId: report.symbol,
    exchangeId: null,
    remainingVolume: null,
    venueCode: null,
    fills: joinFills(report.fills, []),
  });
}

/**
 * An order of a QIFI state with these fills of it. Its id names it among all orders of its account, whatever their day:
 * writers make random ids, or ids of a session, and an order may stand in the states of two days.
 */
export function orderOfDocument({ faults: _, ...order }: QifiOrder, fills: readonly LiveFill[]): LiveOrder {
  return settled({
    ...order,
    source: 'REALTIME',
    gateway: null,
    orderKey: foreignOrderKey(order.orderId),
    clientOrderId: null,
    symbol: order.instrumentId,
    averagePrice: null,
    venueCode: null,
    updatedAt: null,
    fills: joinFills(fills, []),
  });
}

/** The state of an order that was sent at `at`, as long as the venue says nothing of it. */
export function orderOfRequest(request: OrderRequest, status: 'PENDING' | 'UNKNOWN', at: number): LiveOrder {
  const { gateway, accountCookie, symbol, side, offset, type, timeInForce, price, volume, clientOrderId } = request;
  return {
    source: 'REALTIME',
    gateway,
    accountCookie,
    orderKey: ownOrderKey(clientOrderId),
    orderId: clientOrderId,
    clientOrderId,
    tradingDay: null,
    symbol,
    instrumentId: symbol,
    exchangeId: null,
    side,
    offset,
    type,
    timeInForce,
    status,
    price,
    volume,
    filledVolume: '0',
    remainingVolume: volume,
    averagePrice: null,
    statusMessage: null,
    venueCode: null,
    createdAt: at,
    updatedAt: null,
    fills: [],
  };
}

/** The state of an order that the venue did not take. */
export function refusedOrder(request: OrderRequest, { code, reason, at }: RefusedOrder): LiveOrder {
  return {
    ...orderOfRequest(request, 'PENDING', at),
    status: 'REJECTED',
    venueCode: code,
    statusMessage: reason,
    updatedAt: at,
  };
}

/**
 * What two states of one order tell together. Idempotent, commutative and associative, so that pushes, answers and lists
 * may come in any order and any number of times.
 *
 * The status is the one of higher rank, fills are a set, of `filledVolume` the larger counts; what is filled makes an
 * order PARTIALLY_FILLED or FILLED, whatever else was said. All that describes the order is that of the newer state:
 * the venue's before that of a request, then the one with the larger `updatedAt`, then the one with the larger content.
 * Where the newer says null, what the older knows is kept, but for the `statusMessage`, which passes with its status.
 * That is associative because a venue tells a field of an order always or never, and a request only once.
 *
 * An order is FILLED when its fills reach the volume that is known, and stays so: fills that overtake the news of a
 * raised volume end it too early. Whoever reads fills apart from their orders asks for the orders first.
 */
export function joinOrders(a: LiveOrder, b: LiveOrder): LiveOrder {
  const [newer, older] = compareNews(a, b) < 0 ? [b, a] : [a, b];
  return settled({
    ...newer,
    clientOrderId: newer.clientOrderId ?? older.clientOrderId,
    tradingDay: earlierDay(newer.tradingDay, older.tradingDay),
    exchangeId: newer.exchangeId ?? older.exchangeId,
    type: newer.type ?? older.type,
    timeInForce: newer.timeInForce ?? older.timeInForce,
    price: newer.price ?? older.price,
    volume: newer.volume ?? older.volume,
    venueCode: newer.venueCode ?? older.venueCode,
    createdAt: createdAtOf(newer, older),
    status: STATUS_RANK[newer.status] < STATUS_RANK[older.status] ? older.status : newer.status,
    filledVolume: largerDecimal(newer.filledVolume, older.filledVolume),
    averagePrice: reportedAverage(newer, older),
    fills: joinFills(newer.fills, older.fills),
  });
}

/** What a state and fills that became known apart from it tell together: a join as `joinOrders` is. */
export function withFills(order: LiveOrder, fills: readonly LiveFill[]): LiveOrder {
  return settled({ ...order, fills: joinFills(order.fills, fills) });
}

/** Whether a state of an order tells less of its way than another one does, as one that was read late. */
export function isBehind(state: LiveOrder, other: LiveOrder): boolean {
  const progress = STATUS_RANK[state.status] - STATUS_RANK[other.status];
  return (progress || compareDecimals(state.filledVolume ?? '0', other.filledVolume ?? '0')) < 0;
}

function settled(order: LiveOrder): LiveOrder {
  const execution = executionOf(order);
  return { ...order, ...execution, status: statusOf(order.status, order.volume, execution.filledVolume) };
}

function statusOf(status: OrderStatus, volume: string | null, filledVolume: string | null): OrderStatus {
  if (filledVolume === null || !isPositiveDecimal(filledVolume)) return status;
  if (volume !== null && isPositiveDecimal(volume) && compareDecimals(filledVolume, volume) >= 0) return 'FILLED';
  return STATUS_RANK[status] < STATUS_RANK.PARTIALLY_FILLED ? 'PARTIALLY_FILLED' : status;
}

function createdAtOf(newer: LiveOrder, older: LiveOrder): number | null {
  if (newer.createdAt === null || older.createdAt === null) return newer.createdAt ?? older.createdAt;
  return isOfVenue(newer) === isOfVenue(older) ? Math.min(newer.createdAt, older.createdAt) : newer.createdAt;
}

function earlierDay(one: Day | null, other: Day | null): Day | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

/** That of the larger filled volume: an average of less is not that of more, even where nothing better is known. */
function reportedAverage(one: LiveOrder, other: LiveOrder): string | null {
  if (one.filledVolume === null || other.filledVolume === null) {
    if (one.filledVolume !== null) return one.averagePrice;
    if (other.filledVolume !== null) return other.averagePrice;
    return largerDecimal(one.averagePrice, other.averagePrice);
  }
  const order = compareDecimals(one.filledVolume, other.filledVolume);
  if (order === 0) return largerDecimal(one.averagePrice, other.averagePrice);
  return order > 0 ? one.averagePrice : other.averagePrice;
}
