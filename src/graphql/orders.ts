import { formatDay } from '../domain/day.ts';
import { placeOfOrder } from '../domain/insertion-order.ts';
import { type LiveFill, type LiveOrder, targetOfOrderKey } from '../domain/live-order.ts';
import { ORDER_STATUSES, ORDER_TYPES, type QifiOrder, TIMES_IN_FORCE } from '../domain/order.ts';
import { pageOf } from '../domain/page.ts';
import { ownsAccount } from '../domain/viewer.ts';
import { accountKeyOf } from './account-id.ts';
import { AccountNode } from './accounts.ts';
import { builder } from './builder.ts';
import { connectionType, pageArguments } from './connection.ts';
import type { GraphContext } from './context.ts';
import { describedEnum } from './described-enum.ts';
import { decodeKey, encodeKey } from './global-id.ts';
import { isWithin, openRange } from './ranges.ts';
import { storedValue } from './stored-value.ts';
import { OffsetEnum, SideEnum } from './trades.ts';

export const OrderStatusEnum = describedEnum('OrderStatus', {
  description: 'Where an order stands. New values may be added: keep a default branch.',
  values: ORDER_STATUSES,
  meaning: {
    PENDING: 'Sent, not yet acknowledged by the venue.',
    OPEN: 'Working, nothing filled yet.',
    PARTIALLY_FILLED: 'Working, a part filled.',
    FILLED: 'Filled in full.',
    CANCELLED: 'Cancelled; a part may have been filled.',
    REJECTED: 'Refused by the venue, or never received by it.',
    EXPIRED: 'Ended by its time in force or by settlement.',
    UNKNOWN: 'Not known: the venue did not answer, or the document says something unheard of.',
  },
});

export const OrderTypeEnum = describedEnum('OrderType', {
  description: 'How an order is priced.',
  values: ORDER_TYPES,
  meaning: { LIMIT: 'At its price or better.', MARKET: 'At whatever price the market gives.' },
});

export const TimeInForceEnum = describedEnum('TimeInForce', {
  description: 'How long an order works.',
  values: TIMES_IN_FORCE,
  meaning: {
    GTC: 'Until it is cancelled.',
    GTD: 'Until a date.',
    GFD: 'Until the end of the trading day.',
    IOC: 'At once, the rest is cancelled.',
    FOK: 'At once and in full, or not at all.',
    POST_ONLY: 'Only if it would rest in the book.',
  },
});

export const Fill = builder.objectRef<LiveFill>('Fill').implement({
  description: 'A fill of a live order.',
  fields: (t) => ({
    tradeId: t.exposeString('tradeId', { description: "The venue's own id of the fill." }),
    price: t.expose('price', { type: 'Decimal', description: 'Per unit, in the quote currency.' }),
    volume: t.expose('volume', { type: 'Decimal', description: 'Base coins or contracts.' }),
    fee: t.expose('fee', {
      type: 'Decimal',
      nullable: true,
      description: 'Positive when paid; null when the venue does not say.',
    }),
    feeCurrency: t.exposeString('feeCurrency', { nullable: true, description: 'What the fee is counted in.' }),
    at: t.expose('at', { type: 'DateTime', description: "The venue's time of the fill." }),
  }),
});

/** Instead of a QIFI store in the id of a live order. */
const LIVE = 'LIVE';

export const Order = builder.objectRef<QifiOrder | LiveOrder>('Order');

/** What only a live order has. */
function liveOf(order: QifiOrder | LiveOrder): LiveOrder | undefined {
  return 'gateway' in order ? order : undefined;
}

async function loadLiveOrder(
  { viewer, recordedOrders }: GraphContext,
  accountCookie: unknown,
  orderKey: unknown,
): Promise<LiveOrder | null> {
  if (typeof accountCookie !== 'string' || typeof orderKey !== 'string') return null;
  const target = targetOfOrderKey(orderKey);
  if (target === undefined || !ownsAccount(viewer, accountCookie)) return null;
  const order = await recordedOrders.order(accountCookie, target);
  return order?.orderKey === orderKey ? order : null;
}

builder.node(Order, {
  description:
    'An order of an account: of a QIFI snapshot, live at a venue (then instrumentId equals symbol), or of a QIFI state that orderEvents follows.',
  id: {
    resolve: (order) =>
      'orderKey' in order
        ? encodeKey(LIVE, order.accountCookie, '', order.orderKey)
        : encodeKey(
            order.source,
            order.accountCookie,
            order.tradingDay === null ? '' : formatDay(order.tradingDay),
            order.orderId,
          ),
  },
  loadOne: async (id, context) => {
    const { loaders } = context;
    const [source, accountCookie, , orderId] = decodeKey(id) ?? [];
    if (source === LIVE) return loadLiveOrder(context, accountCookie, orderId);
    const key = accountKeyOf(source, accountCookie);
    if (key === undefined) return null;
    const orders = await loaders.accounts.orders.load(key);
    return orders.find((order) => order.orderId === orderId) ?? null;
  },
  fields: (t) => ({
    orderId: t.exposeString('orderId', {
      description:
        "The venue's id, or the QIFI document's. The clientOrderId as long as the venue's id is not known, and when the venue refused the order.",
    }),
    clientOrderId: t.string({
      nullable: true,
      description: 'The id that the client chose; null for QIFI orders.',
      resolve: (order) => liveOf(order)?.clientOrderId ?? null,
    }),
    accountCookie: t.exposeString('accountCookie', { description: 'Whose order it is.' }),
    gateway: t.string({
      nullable: true,
      description: 'The gateway it was sent through; null for QIFI orders.',
      resolve: (order) => liveOf(order)?.gateway ?? null,
    }),
    instrumentId: t.exposeString('instrumentId', {
      description: 'As the QIFI document says it; the symbol for a live order.',
    }),
    symbol: t.string({
      nullable: true,
      description: "The venue's own name of the instrument; null for QIFI orders.",
      resolve: (order) => {
        const live = liveOf(order);
        return live === undefined || live.gateway === null ? null : live.symbol;
      },
    }),
    exchangeId: t.string({
      nullable: true,
      description: 'As the QIFI document says it.',
      resolve: (order, _args, context) => storedValue(order, 'exchangeId', context),
    }),
    side: t.expose('side', { type: SideEnum, description: 'Buys or sells.' }),
    offset: t.expose('offset', { type: OffsetEnum, description: 'Opens or closes.' }),
    type: t.expose('type', {
      type: OrderTypeEnum,
      nullable: true,
      description: 'How it is priced; null when the document does not say.',
    }),
    timeInForce: t.expose('timeInForce', {
      type: TimeInForceEnum,
      nullable: true,
      description: 'How long it works; null when the document does not say.',
    }),
    status: t.expose('status', { type: OrderStatusEnum, description: 'Where it stands.' }),
    price: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Its limit price; null for a market order.',
      resolve: (order, _args, context) => storedValue(order, 'price', context),
    }),
    volume: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Contracts, shares or base coins ordered.',
      resolve: (order, _args, context) => storedValue(order, 'volume', context),
    }),
    filledVolume: t.expose('filledVolume', {
      type: 'Decimal',
      nullable: true,
      description: 'The part filled; null when the document does not tell.',
    }),
    remainingVolume: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'The part not filled, as the source says it.',
      resolve: (order, _args, context) => storedValue(order, 'remainingVolume', context),
    }),
    averagePrice: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Volume-weighted price of its fills; null for orders of QIFI snapshots.',
      resolve: (order) => liveOf(order)?.averagePrice ?? null,
    }),
    statusMessage: t.exposeString('statusMessage', {
      nullable: true,
      description:
        "The venue's, the broker's or this server's words about its status. Show them, never interpret them.",
    }),
    tradingDay: t.expose('tradingDay', {
      type: 'Date',
      nullable: true,
      description: 'The trading day it belongs to; null for orders at a venue.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was inserted.',
      resolve: (order, _args, context) => storedValue(order, 'createdAt', context),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When it last changed; null for orders of QIFI snapshots. Of a QIFI state that is followed: when it was seen to have changed.',
      resolve: (order) => liveOf(order)?.updatedAt ?? null,
    }),
    fills: t.field({
      type: [Fill],
      description:
        'Of an order that is live or followed. [] for orders of QIFI snapshots, whose fills are Account.trades.',
      resolve: (order) => [...(liveOf(order)?.fills ?? [])],
    }),
  }),
});

export const OrderConnection = connectionType(Order, 'Orders in the order of their insertion, a page at a time.');

builder.objectFields(AccountNode, (t) => ({
  orders: t.field({
    type: OrderConnection,
    nullable: true,
    description: 'Orders of the QIFI documents in the order of their insertion, each once.',
    args: {
      start: t.arg({ type: 'Date', description: 'First trading day wanted, itself included.' }),
      end: t.arg({ type: 'Date', description: 'Last trading day wanted, itself included.' }),
      instrumentId: t.arg.string({ description: 'Only orders of this instrument, as the QIFI documents say it.' }),
      statuses: t.arg({ type: [OrderStatusEnum], description: 'Only orders that stand so.' }),
      ...pageArguments(t.arg),
    },
    resolve: async ({ snapshot }, args, { loaders }) => {
      const range = openRange(args);
      const orders = await loaders.accounts.orders.load(snapshot);
      const wanted = orders.filter(
        (order) =>
          isWithin(order.tradingDay, range) &&
          (args.instrumentId == null || order.instrumentId === args.instrumentId) &&
          (args.statuses == null || args.statuses.includes(order.status)),
      );
      return pageOf(wanted, args, placeOfOrder);
    },
  }),
}));
