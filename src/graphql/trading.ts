import { CodedError, quoted } from '../domain/errors.ts';
import { isFinishedOrder, type LiveOrder } from '../domain/live-order.ts';
import type { QifiOrder } from '../domain/order.ts';
import { assertSymbol, type OrderForm, toOrderRequest, toOrderTarget } from '../domain/order-form.ts';
import { MARGIN_MODES } from '../domain/order-request.ts';
import { ownsAccount, requireRole } from '../domain/viewer.ts';
import type { PlaceOutcome } from '../exchanges/gateways.ts';
import { accountArgument } from './account-argument.ts';
import { builder } from './builder.ts';
import type { GraphContext } from './context.ts';
import { describedEnum } from './described-enum.ts';
import { ErrorInterface, type ErrorShape, NotFound, Refusal } from './errors.ts';
import { Order, OrderTypeEnum, TimeInForceEnum } from './orders.ts';
import { resultUnion } from './result-union.ts';
import { sessionOf } from './sessions.ts';
import { OffsetEnum, SideEnum } from './trades.ts';

const MarginModeEnum = describedEnum('MarginMode', {
  description: 'What an order is paid with.',
  values: MARGIN_MODES,
  meaning: {
    CASH: 'With what the account owns; nothing is borrowed.',
    CROSS: 'On margin that all positions of the account share.',
    ISOLATED: 'On margin set aside for this position alone.',
  },
});

const PlaceOrderInput = builder.inputType('PlaceOrderInput', {
  description:
    'An order to place. volume is in base coins (also for a market buy) or contracts. timeInForce: GTC for LIMIT when absent; MARKET takes none.',
  fields: (t) => ({
    gateway: t.string({ required: true, description: 'Name of the gateway that places it, as configured.' }),
    accountCookie: t.string({ required: true, description: "Exact name of the account; it has to be the gateway's." }),
    symbol: t.string({ required: true, description: "The venue's own name of the instrument, such as BTC-USDT." }),
    side: t.field({ type: SideEnum, required: true, description: 'Whether it buys or sells.' }),
    type: t.field({ type: OrderTypeEnum, required: true, defaultValue: 'LIMIT', description: 'How it is priced.' }),
    volume: t.field({
      type: 'Decimal',
      required: true,
      description: 'Base coins, also for a market buy, or contracts; above zero.',
    }),
    price: t.field({
      type: 'Decimal',
      description: 'In quote currency: the limit of a LIMIT order, absent for MARKET.',
    }),
    timeInForce: t.field({
      type: TimeInForceEnum,
      description: 'How long it works: GTC for LIMIT when absent; MARKET takes none.',
    }),
    offset: t.field({
      type: OffsetEnum,
      required: true,
      defaultValue: 'NONE',
      description: 'Whether it opens or closes a position, where the venue wants to know.',
    }),
    reduceOnly: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether it may only make a position smaller.',
    }),
    marginMode: t.field({
      type: MarginModeEnum,
      description: "What it is paid with; the gateway's own mode when absent.",
    }),
    clientOrderId: t.string({
      required: true,
      description:
        '1 to 32 of A-Z a-z 0-9, unique for the account. A repeat with the same content answers the first order, with other content BAD_USER_INPUT.',
    }),
  }),
});

const CancelOrderInput = builder.inputType('CancelOrderInput', {
  description:
    'The order to cancel. Exactly one of the two ids. gateway and symbol for an order that this server has not seen.',
  fields: (t) => ({
    accountCookie: t.string({ required: true, description: 'Exact name of the account whose order it is.' }),
    orderId: t.string({ description: "The venue's id of the order. Not together with clientOrderId." }),
    clientOrderId: t.string({ description: 'The id that was given to placeOrder. Not together with orderId.' }),
    gateway: t.string({ description: 'The gateway it was sent through, for an order that this server has not seen.' }),
    symbol: t.string({
      description: "The venue's own name of its instrument, for an order that this server has not seen.",
    }),
  }),
});

/** A refused order; `venueCode` is the venue's own, null when the refusal is this server's. */
class Rejection extends Refusal {
  readonly venueCode: string | null;

  constructor(refused: ErrorShape & { readonly venueCode?: string | null }) {
    super('OrderRejected', refused);
    this.venueCode = refused.venueCode ?? null;
  }
}

const OrderRejected = builder.objectRef<Rejection>('OrderRejected').implement({
  description:
    'code: ORDER_REJECTED, GATEWAY_DOWN, TRADING_DISABLED or BAD_USER_INPUT. An outcome that is not known is an Order with status UNKNOWN, never this.',
  interfaces: [ErrorInterface],
  isTypeOf: (value) => value instanceof Rejection,
  fields: (t) => ({
    venueCode: t.exposeString('venueCode', {
      nullable: true,
      description: "The venue's own code of the refusal; null when the refusal is not the venue's.",
    }),
  }),
});

const PlaceOrderResult = resultUnion('PlaceOrderResult', {
  description: 'The order as it stands after the venue has answered, or why it was refused.',
  success: Order,
  refusals: [OrderRejected],
});

const CancelOrderResult = resultUnion('CancelOrderResult', {
  description: 'The order as it stands after the venue has answered, why the cancel was refused, or NotFound.',
  success: Order,
  refusals: [OrderRejected, NotFound],
});

builder.queryFields((t) => ({
  openOrders: t.field({
    type: [Order],
    nullable: true,
    description:
      'The orders of an account that still work, in the order of their insertion: at its venue, or as its latest QIFI state has them when no gateway carries it.',
    args: { accountCookie: accountArgument(t.arg) },
    resolve: (_root, { accountCookie }, context) => openOrdersOf(context, accountCookie),
  }),
  order: t.field({
    type: Order,
    nullable: true,
    description:
      'One order of an account. Exactly one of the two ids. Asks the venue when the order is not known here, under the symbols of the gateway; null when it is not known there either.',
    args: {
      accountCookie: accountArgument(t.arg),
      orderId: t.arg.string({ description: "The venue's id of the order. Not together with clientOrderId." }),
      clientOrderId: t.arg.string({ description: 'The id that was given to placeOrder. Not together with orderId.' }),
    },
    resolve: async (_root, { accountCookie, ...ids }, context) => {
      const target = toOrderTarget(ids);
      if (!ownsAccount(context.viewer, accountCookie)) return null;
      const session = sessionOf(context, accountCookie);
      if (session !== undefined) return (await session.order(target)) ?? null;
      const stored = (await storedOrders(context, accountCookie)).find(({ orderId }) => orderId === target.orderId);
      return stored ?? (await context.recordedOrders.order(accountCookie, target)) ?? null;
    },
  }),
}));

builder.mutationFields((t) => ({
  placeOrder: t.field({
    type: PlaceOrderResult,
    nullable: true,
    description:
      'Sends an order to a venue, once, whatever happens on the way. Needs the role TRADER and an account that is yours.',
    args: { input: t.arg({ type: PlaceOrderInput, required: true, description: 'What to place, and where.' }) },
    resolve: async (_root, { input }, context) => orRejection(place(input, context)),
  }),
  cancelOrder: t.field({
    type: CancelOrderResult,
    nullable: true,
    description: 'Asks the venue to cancel an order. Needs the role TRADER and an account that is yours.',
    args: { input: t.arg({ type: CancelOrderInput, required: true, description: 'Which order.' }) },
    resolve: async (_root, { input }, context) => orRejection(cancel(input, context)),
  }),
}));

/** Null: no gateway carries the account, none ever did, and there is no state of it. */
async function openOrdersOf(context: GraphContext, accountCookie: string): Promise<QifiOrder[] | null> {
  const { viewer, recordedOrders, now, loaders } = context;
  if (!ownsAccount(viewer, accountCookie)) return null;
  const session = sessionOf(context, accountCookie);
  if (session !== undefined) return [...(await session.openOrders())];
  const state = await loaders.accounts.latest.load({ source: 'REALTIME', accountCookie });
  if (state !== undefined) {
    const isOpen = (order: QifiOrder): boolean => order.tradingDay === state.tradingDay && !isFinishedOrder(order);
    return (await storedOrders(context, accountCookie)).filter(isOpen);
  }
  const { bounds, orders } = await recordedOrders.state(accountCookie, { since: now(), most: 0 });
  return bounds === undefined ? null : [...orders];
}

function storedOrders({ loaders }: GraphContext, accountCookie: string): Promise<readonly QifiOrder[]> {
  return loaders.accounts.orders.load({ source: 'REALTIME', accountCookie });
}

async function place(form: OrderForm, context: GraphContext): Promise<LiveOrder | Rejection> {
  assertTrader(context);
  const { gateway, accountCookie } = form;
  const request = toOrderRequest(form);
  const session = sessionOf(context, accountCookie);
  const isCarried = context.gateways.some(({ name, account }) => name === gateway && account === session);
  if (session === undefined || !isCarried) throw noSuchAccount(gateway, accountCookie);
  return answerOf(await session.placeOrder(request));
}

interface CancelForm {
  readonly accountCookie: string;
  readonly orderId?: string | null | undefined;
  readonly clientOrderId?: string | null | undefined;
  readonly gateway?: string | null | undefined;
  readonly symbol?: string | null | undefined;
}

async function cancel(form: CancelForm, context: GraphContext): Promise<LiveOrder | Refusal> {
  assertTrader(context);
  const { accountCookie, gateway, symbol, ...ids } = form;
  const target = toOrderTarget(ids);
  if (symbol != null) assertSymbol(symbol);
  const session = sessionOf(context, accountCookie);
  const isCarried = context.gateways.some(({ name, account }) => name === (gateway ?? name) && account === session);
  if (session === undefined || !isCarried) return noSuchOrder();
  const outcome = await session.cancelOrder(target, symbol ?? undefined);
  return outcome.type === 'NOT_FOUND' ? noSuchOrder() : answerOf(outcome);
}

function noSuchOrder(): Refusal {
  return new Refusal('NotFound', { code: 'NOT_FOUND', message: 'there is no such order that is yours' });
}

function assertTrader({ viewer }: GraphContext): void {
  requireRole(viewer, 'TRADER', 'placing and cancelling orders');
}

function noSuchAccount(gateway: string, accountCookie: string): CodedError {
  const message = `there is no gateway ${quoted(gateway)} with the account ${quoted(accountCookie)}`;
  return new CodedError('BAD_USER_INPUT', message);
}

function answerOf(outcome: PlaceOutcome): LiveOrder | Rejection {
  return outcome.type === 'ORDER' ? outcome.order : new Rejection(outcome);
}

/** What was asked wrongly is an answer to whoever places orders. */
async function orRejection<Answer>(asked: Promise<Answer>): Promise<Answer | Rejection> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'BAD_USER_INPUT') return new Rejection(error);
    throw error;
  }
}
