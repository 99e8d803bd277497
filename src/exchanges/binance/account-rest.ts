import type { Position } from '../../domain/account.ts';
import { badUserInput } from '../../domain/errors.ts';
import { isObject } from '../../domain/json-text.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import type { OrderRequest, OrderTarget } from '../../domain/order-request.ts';
import type { RestTreatment } from '../../transport/rest-rules.ts';
import { type RestAnswer, unclear } from '../rest-answers.ts';
import { type RowReading, readAll } from '../row-reading.ts';
import type { CurrencyBalance, VenueAnswer, VenuePage, VenueRequest, VenueRest } from '../venue-account.ts';
import { isId } from '../wire-values.ts';
import {
  ACCOUNT_PATH,
  ALL_ORDERS_PATH,
  CODES,
  FILLS_PATH,
  MOST_ROWS,
  OPEN_ORDERS_PATH,
  ORDER_PATH,
  TIME_PATH,
} from './account-dialect.ts';
import { BINANCE_LIMITS, ORDER_POOL, WEIGHT_POOL, WEIGHTS } from './account-limits.ts';
import { readBalance, readFillRow, readOrderRow } from './account-rows.ts';
import { acknowledgedOrder, queried, readServerTime } from './rest-answers.ts';
import { API_KEY_HEADER, withSignature } from './sign.ts';

/** The requests about a spot account. `url` is scheme, host and port. */
export function createBinanceRest(url: string): VenueRest {
  return {
    url,
    ...BINANCE_LIMITS,
    sign: (_request, { apiKey }) => ({ [API_KEY_HEADER]: apiKey }),
    complete: withSignature,
    clockFaultCodes: [CODES.badTimestamp],
    serverTime: { target: TIME_PATH, read: readServerTime },
    placeOrder: (request, expiresAt) => ({
      method: 'POST',
      target: ORDER_PATH,
      body: formOf(toBinanceOrder(request)),
      expiresAt,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      ...{ priority: 'ORDER', pool: ORDER_POOL, read: acknowledgedOrder },
    }),
    cancelOrder: (symbol, target) => ({
      method: 'DELETE',
      target: `${ORDER_PATH}?${formOf(nameOf(symbol, target))}`,
      body: '',
      ...{ priority: 'ORDER', pool: WEIGHT_POOL, weight: WEIGHTS.cancel, read: acknowledgedOrder },
    }),
    order: (symbol, target) => get(ORDER_PATH, nameOf(symbol, target), readOrder, WEIGHTS.order),
    // All of them, in one answer.
    openOrders: () => get(OPEN_ORDERS_PATH, {}, readOpenOrders, WEIGHTS.openOrders),
    finishedOrderLists: [],
    isListedBySymbol: true,
    // Those that work are among them, which does no harm.
    finishedOrders: (symbol, since, after) => {
      const from = after === undefined ? { startTime: String(since) } : { orderId: after };
      const query = { symbol, ...from, limit: String(MOST_ROWS) };
      return get(ALL_ORDERS_PATH, query, (answer) => readPage(answer, readOrderRow, 'orderId'), WEIGHTS.allOrders);
    },
    fills: (since, after, symbol = '') => {
      const from = after === undefined ? { startTime: String(since) } : { fromId: after };
      const query = { symbol, ...from, limit: String(MOST_ROWS) };
      return get(FILLS_PATH, query, (answer) => readPage(answer, readFillRow, 'id'), WEIGHTS.fills);
    },
    positions: () => get(ACCOUNT_PATH, ACCOUNT_QUERY, readNoPositions, WEIGHTS.account),
    balances: () => get(ACCOUNT_PATH, ACCOUNT_QUERY, readBalances, WEIGHTS.account),
  };
}

type Parameters = Readonly<Record<string, string>>;

const ACCOUNT_QUERY: Parameters = { omitZeroBalances: 'true' };

function formOf(parameters: Parameters): string {
  return new URLSearchParams(parameters).toString();
}

function get<Value>(
  path: string,
  query: Parameters,
  read: VenueRequest<Value>['read'],
  weight: number,
): VenueRequest<Value> & RestTreatment {
  const search = formOf(query);
  return {
    method: 'GET',
    target: search === '' ? path : `${path}?${search}`,
    body: '',
    pool: WEIGHT_POOL,
    weight,
    read,
  };
}

/**
 * Throws BAD_USER_INPUT for what a spot account does not have.
 * https://developers.binance.com/docs/binance-spot-api-docs/rest-api#new-order-trade
 */
function toBinanceOrder(request: OrderRequest): Parameters {
  const { symbol, side, volume, price, clientOrderId } = request;
  if (request.reduceOnly || request.offset.startsWith('CLOSE')) {
    throw badUserInput('received an order that closes a position, wanted none: a spot account has no positions');
  }
  if (request.marginMode !== null && request.marginMode !== 'CASH') {
    throw badUserInput(`received marginMode ${request.marginMode}, wanted CASH, which a spot account has`);
  }
  return {
    ...{ symbol, side, ...termsOf(request), quantity: volume },
    ...(price === null ? {} : { price }),
    newClientOrderId: clientOrderId,
    // What became of it is pushed.
    newOrderRespType: 'ACK',
  };
}

function termsOf({ type, timeInForce }: OrderRequest): Parameters {
  if (type === 'MARKET') return { type };
  switch (timeInForce) {
    case null:
    case 'GTC':
      return { type, timeInForce: 'GTC' };
    case 'IOC':
    case 'FOK':
      return { type, timeInForce };
    case 'POST_ONLY':
      return { type: 'LIMIT_MAKER' };
    default:
      throw badUserInput(
        `received timeInForce ${timeInForce}, wanted GTC, IOC, FOK or POST_ONLY, which this venue has`,
      );
  }
}

function nameOf(symbol: string, { orderId, clientOrderId }: OrderTarget): Parameters {
  return orderId === undefined ? { symbol, origClientOrderId: clientOrderId } : { symbol, orderId };
}

function readOrder(answer: RestAnswer): VenueAnswer<OrderReport> {
  return readValue(answer, readOrderRow);
}

function readValue<Value>(answer: RestAnswer, readRow: (row: unknown) => RowReading<Value>): VenueAnswer<Value> {
  const received = queried(answer);
  if (received.type !== 'DONE') return received;
  const reading = readRow(received.value);
  return 'value' in reading ? { type: 'DONE', value: reading.value } : unclear(answer, reading.wanted);
}

function readOpenOrders(answer: RestAnswer): VenueAnswer<VenuePage<OrderReport>> {
  const orders = readValue(answer, (rows) => readRows(rows, readOrderRow));
  return orders.type === 'DONE' ? { type: 'DONE', value: { items: orders.value, next: undefined } } : orders;
}

function readRows<Item>(rows: unknown, readRow: (row: unknown) => RowReading<Item>): RowReading<readonly Item[]> {
  return Array.isArray(rows) ? readAll(rows, readRow) : { wanted: 'a list' };
}

/** A page, oldest first; the next begins behind the id of its last row. */
function readPage<Item>(
  answer: RestAnswer,
  readRow: (row: unknown) => RowReading<Item>,
  idName: 'orderId' | 'id',
): VenueAnswer<VenuePage<Item>> {
  return readValue(answer, (rows): RowReading<VenuePage<Item>> => {
    const items = readRows(rows, readRow);
    if ('wanted' in items) return items;
    if (items.value.length < MOST_ROWS) return { value: { items: items.value, next: undefined } };
    const last: unknown = Array.isArray(rows) ? rows.at(-1) : undefined;
    const id = isObject(last) ? last[idName] : undefined;
    if (!isId(id) || !/^\d+$/.test(id)) return { wanted: `the ${idName} where the next page starts` };
    return { value: { items: items.value, next: String(BigInt(id) + 1n) } };
  });
}

function readNoPositions(answer: RestAnswer): VenueAnswer<readonly Position[]> {
  return readValue(answer, (account) => (isObject(account) ? { value: [] } : { wanted: 'an account' }));
}

function readBalances(answer: RestAnswer): VenueAnswer<readonly CurrencyBalance[]> {
  return readValue(answer, (account) =>
    isObject(account)
      ? readRows(account.balances, (row) =>
          isObject(row) ? readBalance(row.asset, row.free, row.locked) : { wanted: 'a balance' },
        )
      : { wanted: 'an account' },
  );
}
