import type { Position } from '../../domain/account.ts';
import { badUserInput } from '../../domain/errors.ts';
import { isObject } from '../../domain/json-text.ts';
import type { FillReport, OrderReport } from '../../domain/order-report.ts';
import type { OrderRequest, OrderTarget } from '../../domain/order-request.ts';
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
import {
  BALANCES_PATH,
  CANCEL_PATH,
  CODES,
  FILL_TYPES,
  FILLS_PATH,
  FINISHED_ORDERS_PATH,
  LISTED_MS,
  MOST_FILLS,
  MOST_ORDERS,
  MOST_POSITIONS,
  OPEN_ORDERS_PATH,
  PLACE_PATH,
  POSITIONS_PATH,
  SETTLE_COINS,
  TIME_PATH,
} from './account-dialect.ts';
import { bybitLimits } from './account-limits.ts';
import { readCoin, readFillRow, readOrderRow, readPositionRow } from './account-rows.ts';
import type { BybitMarket } from './dialect.ts';
import { type AnsweredRows, acknowledgedOrder, queriedRows, readServerTime } from './rest-answers.ts';
import { signatureHeaders } from './sign.ts';

/** The requests about one market of a unified account. `url` is scheme, host and port. */
export function createBybitRest(url: string, category: BybitMarket): VenueRest {
  const readOrder = (row: unknown) => readOrderRow(row, category);
  const positionPages = (after?: string) =>
    coinPage<Position>({ path: POSITIONS_PATH, category, limit: MOST_POSITIONS, after, readRows: readPositions });
  return {
    url,
    ...bybitLimits(category),
    sign: signatureHeaders,
    clockFaultCodes: [CODES.badTimestamp],
    serverTime: { target: TIME_PATH, read: readServerTime },
    placeOrder: (request, expiresAt) => ({ ...post(PLACE_PATH, toBybitOrder(request, category)), expiresAt }),
    cancelOrder: (symbol, target) => post(CANCEL_PATH, { category, symbol, ...nameOf(target) }),
    // What ended long ago is in the history alone.
    order: (symbol, target) => ({
      ...oneOrder(OPEN_ORDERS_PATH, { category, symbol, ...nameOf(target) }, readOrder),
      otherwise: oneOrder(FINISHED_ORDERS_PATH, { category, symbol, ...nameOf(target) }, readOrder),
    }),
    openOrders: (after) =>
      coinPage<OrderReport>({
        ...{ path: OPEN_ORDERS_PATH, category, limit: MOST_ORDERS, after },
        readRows: (rows) => readAll(rows, readOrder),
      }),
    finishedOrderLists: [category],
    finishedOrders: (_list, since, after) =>
      timePage<OrderReport>({
        ...{ path: FINISHED_ORDERS_PATH, category, limit: MOST_ORDERS, since, after },
        readRows: (rows) => readAll(rows, readOrder),
      }),
    fills: (since, after) =>
      timePage<FillReport>({
        ...{ path: FILLS_PATH, category, limit: MOST_FILLS, since, after },
        readRows: (rows) => readAll(rows.filter(isFill), readFillRow),
      }),
    // The spot market has none, and the others have them by the page: what is asked here shows that there is an account.
    positions: () => get(BALANCES_PATH, WALLET_QUERY, readNoPositions),
    ...(category === 'spot' ? {} : { positionPages }),
    balances: () => get(BALANCES_PATH, WALLET_QUERY, (answer) => readBalances(answer, category)),
  };
}

const WALLET_QUERY = 'accountType=UNIFIED';

function post(target: string, body: object): VenueRequest<PlacedOrder> {
  const headers = { 'content-type': 'application/json' };
  const content = { method: 'POST', target, body: JSON.stringify(body), headers } as const;
  return { ...content, priority: 'ORDER', pool: target, read: acknowledgedOrder };
}

function get<Value>(path: string, query: string, read: VenueRequest<Value>['read']): VenueRequest<Value> {
  return { method: 'GET', target: `${path}?${query}`, body: '', pool: path, read };
}

/**
 * Without an index of the position, which only an account with two sides beside each other takes: a position is closed by
 * an order that may only reduce it. Throws BAD_USER_INPUT for what the market does not have.
 * https://bybit-exchange.github.io/docs/v5/order/create-order
 */
function toBybitOrder(request: OrderRequest, category: BybitMarket): object {
  const { symbol, side, type, volume, price, clientOrderId } = request;
  const closes = request.reduceOnly || request.offset.startsWith('CLOSE');
  const isSpot = category === 'spot';
  if (isSpot && closes) {
    throw badUserInput('received an order that closes a position, wanted none: the spot market has no positions');
  }
  return {
    ...{ category, symbol, side: side === 'BUY' ? 'Buy' : 'Sell', qty: volume },
    ...(type === 'MARKET'
      ? { orderType: 'Market' }
      : { orderType: 'Limit', timeInForce: timeInForceOf(request), ...(price === null ? {} : { price }) }),
    orderLinkId: clientOrderId,
    // Otherwise the size of a market buy is an amount of the quote currency.
    ...(isSpot && type === 'MARKET' ? { marketUnit: 'baseCoin' } : {}),
    ...marginOf(request, isSpot),
    ...(closes ? { reduceOnly: true } : {}),
  };
}

function timeInForceOf({ timeInForce }: OrderRequest): string {
  switch (timeInForce) {
    case null:
    case 'GTC':
      return 'GTC';
    case 'IOC':
    case 'FOK':
      return timeInForce;
    case 'POST_ONLY':
      return 'PostOnly';
    default:
      throw badUserInput(
        `received timeInForce ${timeInForce}, wanted GTC, IOC, FOK or POST_ONLY, which this venue has`,
      );
  }
}

/** On the spot market an order may borrow; the mode of contracts is one of the account. */
function marginOf({ marginMode }: OrderRequest, isSpot: boolean): object {
  if (marginMode === null) return {};
  if (isSpot && marginMode === 'CASH') return { isLeverage: 0 };
  if (isSpot && marginMode === 'CROSS') return { isLeverage: 1 };
  const wanted = isSpot ? 'CASH or CROSS' : "none: the account's own holds for all its contracts";
  throw badUserInput(`received marginMode ${marginMode}, wanted ${wanted}`);
}

function nameOf({ orderId, clientOrderId }: OrderTarget) {
  return orderId === undefined ? { orderLinkId: clientOrderId } : { orderId };
}

function oneOrder(
  path: string,
  query: Readonly<Record<string, string>>,
  readOrder: (row: unknown) => RowReading<OrderReport>,
): VenueRequest<OrderReport> {
  return get(path, new URLSearchParams(query).toString(), (answer): VenueAnswer<OrderReport> => {
    const received = queriedRows(answer);
    if (received.type !== 'DONE') return received;
    const [row] = received.value.rows;
    if (row === undefined) return { type: 'NOT_FOUND', code: null, reason: 'the venue answered no order' };
    const reading = readOrder(row);
    return 'value' in reading ? { type: 'DONE', value: reading.value } : unclear(answer, reading.wanted);
  });
}

interface PageOf<Item> {
  readonly path: string;
  readonly category: BybitMarket;
  readonly limit: number;
  readonly after: string | undefined;
  readonly readRows: (rows: readonly unknown[]) => RowReading<readonly Item[]>;
}

/** A page of what works or is held: of linear contracts coin by coin, since the venue wants one to be named. */
function coinPage<Item>({ path, category, limit, after, readRows }: PageOf<Item>): VenueRequest<VenuePage<Item>> {
  const { stage = '0', cursor } = parsePosition(after);
  const coins = category === 'linear' ? SETTLE_COINS : [undefined];
  const coin = coins[Number(stage)];
  const query = `category=${category}${coin === undefined ? '' : `&settleCoin=${coin}`}&limit=${limit}`;
  const nextStage = Number(stage) + 1;
  return get(path, withCursor(query, cursor), (answer) =>
    readPage(answer, readRows, ({ cursor: next }) => {
      if (next !== undefined) return positionOf(stage, next);
      return nextStage < coins.length ? positionOf(String(nextStage)) : undefined;
    }),
  );
}

/** A page of what happened since an instant: the venue lists seven days at once. */
function timePage<Item>(page: PageOf<Item> & { readonly since: number }): VenueRequest<VenuePage<Item>> {
  const { path, category, limit, since, after, readRows } = page;
  const { stage = String(since), cursor } = parsePosition(after);
  const nextStart = Number(stage) + LISTED_MS;
  const query = `category=${category}&startTime=${stage}&limit=${limit}`;
  return get(path, withCursor(query, cursor), (answer) =>
    readPage(answer, readRows, ({ cursor: next, time }) => {
      if (next !== undefined) return positionOf(stage, next);
      return time !== undefined && nextStart <= time ? positionOf(String(nextStart)) : undefined;
    }),
  );
}

function readPage<Item>(
  answer: RestAnswer,
  readRows: PageOf<Item>['readRows'],
  nextOf: (answered: AnsweredRows) => string | undefined,
): VenueAnswer<VenuePage<Item>> {
  const received = queriedRows(answer);
  if (received.type !== 'DONE') return received;
  const items = readRows(received.value.rows);
  if ('wanted' in items) return unclear(answer, items.wanted);
  return { type: 'DONE', value: { items: items.value, next: nextOf(received.value) } };
}

/** Where a page starts: the coin or the instant of its list, and the cursor within it, if it is not the first. */
function positionOf(stage: string, cursor = ''): string {
  return `${stage} ${cursor}`;
}

function parsePosition(after: string | undefined): { stage?: string; cursor?: string | undefined } {
  if (after === undefined) return {};
  const [stage = '', cursor = ''] = after.split(' ', 2);
  return { stage, cursor: cursor === '' ? undefined : cursor };
}

/** The venue gives cursors as they stand in a query. */
function withCursor(query: string, cursor: string | undefined): string {
  if (cursor === undefined) return query;
  return `${query}&cursor=${/^[\w%.~-]+$/.test(cursor) ? cursor : encodeURIComponent(cursor)}`;
}

function isFill(row: unknown): boolean {
  return !isObject(row) || FILL_TYPES.includes(row.execType);
}

function readPositions(rows: readonly unknown[]): RowReading<readonly Position[]> {
  const legs = rows.map(readPositionRow);
  if (!legs.every((leg): leg is PositionLeg => leg !== undefined)) return { wanted: 'positions with symbol and size' };
  const bySymbol = Map.groupBy(legs, ({ symbol }) => symbol);
  return { value: [...bySymbol].map(([symbol, held]) => joinLegs(symbol, held)) };
}

function readNoPositions(answer: RestAnswer): VenueAnswer<readonly Position[]> {
  const received = queriedRows(answer);
  return received.type === 'DONE' ? { type: 'DONE', value: [] } : received;
}

function readBalances(answer: RestAnswer, category: BybitMarket): VenueAnswer<readonly CurrencyBalance[]> {
  const received = queriedRows(answer);
  if (received.type !== 'DONE') return received;
  const [wallet] = received.value.rows;
  if (!isObject(wallet) || !Array.isArray(wallet.coin)) return unclear(answer, 'a wallet with its coins');
  const coins = readAll(wallet.coin, (row) => readCoin(row, category));
  return 'value' in coins ? { type: 'DONE', value: coins.value } : unclear(answer, coins.wanted);
}
