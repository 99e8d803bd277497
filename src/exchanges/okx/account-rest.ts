import type { Position } from '../../domain/account.ts';
import { badUserInput } from '../../domain/errors.ts';
import { isObject } from '../../domain/json-text.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import type { MarginMode, OrderRequest, OrderTarget } from '../../domain/order-request.ts';
import { joinLegs, type PositionLeg } from '../position-legs.ts';
import { type RestAnswer, unclear } from '../rest-answers.ts';
import { type RowReading, readAll } from '../row-reading.ts';
import type {
  CurrencyBalance,
  PlacedOrder,
  VenueAnswer,
  VenuePage,
  VenueRequest,
  VenueRest,
} from '../venue-account.ts';
import { isId } from '../wire-values.ts';
import {
  BALANCE_PATH,
  CANCEL_ORDER_PATH,
  CODES,
  EXPIRY_HEADER,
  FILLS_PATH,
  FINISHED_ORDERS_PATH,
  INSTRUMENT_TYPES,
  MOST_ROWS,
  type OkxOrderName,
  type OkxOrderRequest,
  OPEN_ORDERS_PATH,
  ORDER_PATH,
  POSITIONS_PATH,
  TIME_PATH,
} from './account-dialect.ts';
import { readBalanceDetail, readFillRow, readOrderRow } from './account-rows.ts';
import { acknowledgedOrder, isTooFast, queriedRows, readServerTime } from './answers.ts';
import { poolName } from './limits.ts';
import { readPositionRow } from './position-legs.ts';
import { signatureHeaders } from './sign.ts';

const TRADE_MODES: Readonly<Record<MarginMode, string>> = { CASH: 'cash', CROSS: 'cross', ISOLATED: 'isolated' };

/** The requests about an account. `url` is scheme, host and port. */
export function createOkxRest(url: string): VenueRest {
  return {
    url,
    sign: signatureHeaders,
    clockFaultCodes: [CODES.timestampExpired, CODES.badTimestamp],
    serverTime: { target: TIME_PATH, read: readServerTime },
    limitedUntil: (answer, now) => (isTooFast(answer) ? now : undefined),
    placeOrder: (request, expiresAt) => ({
      ...post(ORDER_PATH, toOkxOrder(request), acknowledgedOrder),
      pool: poolName(`POST ${ORDER_PATH}`, request.symbol),
      headers: { ...JSON_BODY, [EXPIRY_HEADER]: String(expiresAt) },
    }),
    cancelOrder: (symbol, target) => ({
      ...post(CANCEL_ORDER_PATH, toName(symbol, target), acknowledgedOrder),
      pool: poolName(`POST ${CANCEL_ORDER_PATH}`, symbol),
    }),
    order: (symbol, target) => get(ORDER_PATH, { ...toName(symbol, target) }, readOrder),
    openOrders: (after) => list(OPEN_ORDERS_PATH, { after }, ORDERS),
    finishedOrderLists: INSTRUMENT_TYPES,
    finishedOrders: (instType, since, after) =>
      list(FINISHED_ORDERS_PATH, { instType, begin: String(since), after }, ORDERS),
    fills: (since, after) => list(FILLS_PATH, { begin: String(since), after }, FILLS),
    positions: () => get(POSITIONS_PATH, {}, readPositions),
    balances: () => get(BALANCE_PATH, {}, readBalances),
  };
}

const JSON_BODY = { 'content-type': 'application/json' };

function post(target: string, body: object, read: (answer: RestAnswer) => VenueAnswer<PlacedOrder>) {
  return { method: 'POST', target, body: JSON.stringify(body), headers: JSON_BODY, read } as const;
}

type Query = Readonly<Record<string, string | undefined>>;

function get<Value>(path: string, query: Query, read: VenueRequest<Value>['read']): VenueRequest<Value> {
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const search = new URLSearchParams(given).toString();
  const target = search === '' ? path : `${path}?${search}`;
  return { method: 'GET', target, body: '', read, pool: poolName(`GET ${path}`) };
}

/**
 * Without posSide, which only an account in long/short mode takes, and we do not know the mode: a position is closed by
 * an order that may only reduce it, as net mode has it. Throws BAD_USER_INPUT for a time in force that the venue lacks.
 * https://www.okx.com/docs-v5/en/#order-book-trading-trade-post-place-order
 */
function toOkxOrder(request: OrderRequest): OkxOrderRequest {
  const { symbol, side, type, volume, price } = request;
  const isSpot = symbol.split('-').length === 2;
  const closes = request.offset.startsWith('CLOSE') && !isSpot;
  return {
    instId: symbol,
    tdMode: TRADE_MODES[request.marginMode ?? (isSpot ? 'CASH' : 'CROSS')],
    clOrdId: request.clientOrderId,
    side: side === 'BUY' ? 'buy' : 'sell',
    ordType: orderTypeOf(request),
    sz: volume,
    ...(price === null ? {} : { px: price }),
    // Otherwise the size of a market buy is an amount of the quote currency.
    ...(type === 'MARKET' && isSpot ? { tgtCcy: 'base_ccy' } : {}),
    ...(request.reduceOnly || closes ? { reduceOnly: true } : {}),
  };
}

function orderTypeOf({ type, timeInForce }: OrderRequest): string {
  if (type === 'MARKET') return 'market';
  switch (timeInForce) {
    case null:
    case 'GTC':
      return 'limit';
    case 'IOC':
      return 'ioc';
    case 'FOK':
      return 'fok';
    case 'POST_ONLY':
      return 'post_only';
    default:
      throw badUserInput(
        `received timeInForce ${timeInForce}, wanted GTC, IOC, FOK or POST_ONLY, which this venue has`,
      );
  }
}

function toName(symbol: string, { orderId, clientOrderId }: OrderTarget): OkxOrderName {
  return orderId === undefined ? { instId: symbol, clOrdId: clientOrderId } : { instId: symbol, ordId: orderId };
}

function readOrder(answer: RestAnswer): VenueAnswer<OrderReport> {
  const rows = queriedRows(answer);
  if (rows.type !== 'DONE') return rows;
  const [row] = rows.value;
  if (row === undefined) return { type: 'NOT_FOUND', code: null, reason: 'the venue answered no order' };
  const reading = readOrderRow(row);
  return 'value' in reading ? { type: 'DONE', value: reading.value } : unclear(answer, reading.wanted);
}

interface ListKind<Item> {
  readonly readRow: (row: unknown) => RowReading<Item>;
  /** The field whose value in the last row is where the next page starts. */
  readonly position: 'ordId' | 'billId';
}

const ORDERS = { readRow: readOrderRow, position: 'ordId' } as const;
const FILLS = { readRow: readFillRow, position: 'billId' } as const;

/** A page of a list, newest first; what is older than `after` comes next. */
function list<Item>(path: string, query: Query, { readRow, position }: ListKind<Item>): VenueRequest<VenuePage<Item>> {
  const read = (answer: RestAnswer): VenueAnswer<VenuePage<Item>> => {
    const rows = queriedRows(answer);
    if (rows.type !== 'DONE') return rows;
    const items = readAll(rows.value, readRow);
    if ('wanted' in items) return unclear(answer, items.wanted);
    if (items.value.length < MOST_ROWS) return { type: 'DONE', value: { items: items.value, next: undefined } };
    const last = rows.value.at(-1);
    const next = isObject(last) ? last[position] : undefined;
    if (!isId(next) || next === query.after) return unclear(answer, `the ${position} where the next page starts`);
    return { type: 'DONE', value: { items: items.value, next } };
  };
  return get(path, { ...query, limit: String(MOST_ROWS) }, read);
}

function readPositions(answer: RestAnswer): VenueAnswer<readonly Position[]> {
  const rows = queriedRows(answer);
  if (rows.type !== 'DONE') return rows;
  const legs = rows.value.map(readPositionRow);
  if (!legs.every((leg): leg is PositionLeg => leg !== undefined))
    return unclear(answer, 'positions with instId and pos');
  const bySymbol = Map.groupBy(legs, ({ symbol }) => symbol);
  return { type: 'DONE', value: [...bySymbol].map(([symbol, held]) => joinLegs(symbol, held)) };
}

function readBalances(answer: RestAnswer): VenueAnswer<readonly CurrencyBalance[]> {
  const rows = queriedRows(answer);
  if (rows.type !== 'DONE') return rows;
  const [account] = rows.value;
  if (!isObject(account) || !Array.isArray(account.details)) return unclear(answer, 'an account with details');
  const balances = readAll(account.details, readBalanceDetail);
  return 'value' in balances ? { type: 'DONE', value: balances.value } : unclear(answer, balances.wanted);
}
