import { compareDecimals, isPositiveDecimal } from './decimal-text.ts';
import {
  isUnsettledOrder,
  type LiveFill,
  type LiveOrder,
  type OrderChange,
  type OrderEventKind,
} from './live-order.ts';
import { FINISHED_ORDER_STATUSES, type OrderStatus } from './order.ts';
import { addFill, type Execution, executionOf, totalsOf } from './order-execution.ts';

/** One change, and how far the order had come with it. */
interface Step {
  readonly kind: OrderEventKind;
  readonly fill: LiveFill | null;
  readonly reached: Reached;
}

type Reached = Pick<LiveOrder, 'status'> & Execution;

/**
 * The steps that lead from one state of an order to one that was joined from it, oldest first; the order of the last is
 * `after`. None when nothing changed that a reader can see. `now`, in milliseconds since the epoch, is the time of
 * changes whose order tells none.
 *
 * An order ends with one change at most: whatever is learned of it later, fills too, is UPDATED. The id of a change is
 * a JSON list of what happened: gateway, account and order, and then the fill's id, the kind, or the state that an
 * UPDATED led to. It may hold long symbols and a venue's words. Orders of QIFI states tell no time of their changes:
 * there it is the time of the change before that tells an UPDATED from an earlier one which led to the same.
 */
export function orderChanges(before: LiveOrder | undefined, after: LiveOrder, now: number): readonly OrderChange[] {
  if (after.status === 'PENDING') return [];
  const start = startOf(before, after);
  const accepted = acceptance(start, after);
  const fills = fillSteps(accepted?.reached ?? start, after);
  const told = [...(accepted === undefined ? [] : [accepted]), ...fills];
  const last = lastStep({ before, after, start, told });
  const steps = last === undefined ? told : [...told, last];

  const time = after.updatedAt ?? after.createdAt ?? now;
  const firstFillAt = fills[0]?.fill?.at ?? time;
  return steps.map(({ kind, fill, reached: state }, index) => ({
    eventId: eventIdOf({ kind, fill, before, after }),
    kind,
    at: fill?.at ?? (kind === 'ACCEPTED' ? Math.min(after.createdAt ?? time, firstFillAt) : time),
    order: index === steps.length - 1 ? after : { ...after, ...reasonOf(before), ...state },
    fill,
  }));
}

function startOf(before: LiveOrder | undefined, after: LiveOrder): Reached {
  const { volume } = after;
  if (before === undefined) {
    const filledVolume = after.filledVolume === null ? null : '0';
    return { status: 'PENDING', ...executionOf({ fills: [], filledVolume, averagePrice: null, volume }) };
  }
  const known = new Set(before.fills.map(({ tradeId }) => tradeId));
  const fills = after.fills.filter(({ tradeId }) => known.has(tradeId));
  return { status: before.status, ...executionOf({ ...before, fills, volume }) };
}

function acceptance(start: Reached, { status, filledVolume }: LiveOrder): Step | undefined {
  if (!isUnsettledOrder(start) || isUnsettledOrder({ status })) return undefined;
  if (status === 'REJECTED' && !isPositiveDecimal(filledVolume ?? '0')) return undefined;
  return { kind: 'ACCEPTED', fill: null, reached: { ...start, status: 'OPEN' } };
}

function fillSteps(start: Reached, after: LiveOrder): readonly Step[] {
  const known = new Set(start.fills.map(({ tradeId }) => tradeId));
  const news = after.fills.filter(({ tradeId }) => !known.has(tradeId));
  const steps: Step[] = [];
  let execution: Execution = start;
  let totals = totalsOf(start.fills);
  for (const [index, fill] of news.entries()) {
    totals = addFill(totals, fill);
    execution = executionOf({ ...execution, fills: [...execution.fills, fill], volume: after.volume }, totals);
    const isLast = index === news.length - 1;
    steps.push(fillStep({ fill, execution, isAll: isLast && isSame(execution.filledVolume, after.filledVolume) }));
  }
  return steps;

  function fillStep({ fill, execution, isAll }: { fill: LiveFill; execution: Execution; isAll: boolean }): Step {
    if (isEnd(start.status)) {
      return { kind: 'UPDATED', fill, reached: { ...execution, status: isAll ? after.status : start.status } };
    }
    const kind = isAll && after.status === 'FILLED' ? 'FILLED' : 'PARTIALLY_FILLED';
    return { kind, fill, reached: { ...execution, status: kind } };
  }
}

interface Ending {
  readonly before: LiveOrder | undefined;
  readonly after: LiveOrder;
  readonly start: Reached;
  readonly told: readonly Step[];
}

/** What the steps before it did not tell. Whoever is told of the acceptance or the end looks at all of the order. */
function lastStep({ before, after, start, told }: Ending): Step | undefined {
  const isTold = (kind: OrderEventKind) => told.some((step) => step.kind === kind);
  if (isTold('FILLED')) return undefined;
  const reached = told.at(-1)?.reached ?? start;
  const step = { fill: null, reached: after };
  if (isEnd(after.status) && !isEnd(reached.status)) return { ...step, kind: after.status };
  const isAllTold =
    after.status === reached.status &&
    isSame(after.filledVolume, reached.filledVolume) &&
    (told.length > 0 || after.averagePrice === reached.averagePrice) &&
    (isTold('ACCEPTED') || before === undefined || isSameList(descriptionOf(before), descriptionOf(after))) &&
    replacedFills(before, after).length === 0;
  return isAllTold ? undefined : { ...step, kind: 'UPDATED' };
}

interface Happening {
  readonly kind: OrderEventKind;
  readonly fill: LiveFill | null;
  readonly before: LiveOrder | undefined;
  readonly after: LiveOrder;
}

function eventIdOf({ kind, fill, before, after }: Happening): string {
  const order = [after.gateway, after.accountCookie, after.orderKey];
  if (fill !== null) return JSON.stringify([...order, 'FILL', fill.tradeId]);
  if (kind !== 'UPDATED') return JSON.stringify([...order, kind]);
  const { status, filledVolume, averagePrice } = after;
  const time = after.gateway === null ? (before?.updatedAt ?? null) : after.updatedAt;
  const state = [status, filledVolume, averagePrice, time, ...descriptionOf(after)];
  return JSON.stringify([...order, kind, ...state, ...replacedFills(before, after).map(contentOf)]);
}

/** What a reader sees of an order beside its status, its execution and the time of its last news. */
function descriptionOf(order: LiveOrder): readonly unknown[] {
  const { orderId, clientOrderId, symbol, exchangeId, side, offset, createdAt } = order;
  const { type, timeInForce, price, volume, statusMessage, venueCode } = order;
  return [
    orderId,
    clientOrderId,
    symbol,
    exchangeId,
    side,
    offset,
    createdAt,
    type,
    timeInForce,
    price,
    volume,
    statusMessage,
    venueCode,
  ];
}

/** The reason that the venue gives belongs to the last change, not to those on the way to it. */
function reasonOf(before: LiveOrder | undefined): Pick<LiveOrder, 'statusMessage' | 'venueCode'> {
  return { statusMessage: before?.statusMessage ?? null, venueCode: before?.venueCode ?? null };
}

/** Fills that were known already, and of which more is known now. */
function replacedFills(before: LiveOrder | undefined, after: LiveOrder): readonly LiveFill[] {
  const known = new Map(before?.fills.map((fill) => [fill.tradeId, fill]));
  return after.fills.filter((fill) => {
    const earlier = known.get(fill.tradeId);
    return earlier !== undefined && !isSameList(contentOf(earlier), contentOf(fill));
  });
}

function contentOf({ tradeId, price, volume, fee, feeCurrency, at }: LiveFill): readonly unknown[] {
  return [tradeId, price, volume, fee, feeCurrency, at];
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.every((value, index) => value === other[index]);
}

function isSame(one: string | null, other: string | null): boolean {
  return one === null || other === null ? one === other : compareDecimals(one, other) === 0;
}

function isEnd(status: OrderStatus): status is 'FILLED' | 'CANCELLED' | 'REJECTED' | 'EXPIRED' {
  return FINISHED_ORDER_STATUSES.includes(status);
}
