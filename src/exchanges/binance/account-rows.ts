import { addDecimals, divideDecimals, isPositiveDecimal } from '../../domain/decimal-text.ts';
import { quoted } from '../../domain/errors.ts';
import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { LiveFill } from '../../domain/live-order.ts';
import { type OrderStatus, type OrderType, TIMES_IN_FORCE, type TimeInForce } from '../../domain/order.ts';
import type { FillReport, OrderReport } from '../../domain/order-report.ts';
import type { Side } from '../../domain/trade.ts';
import type { RowReading } from '../row-reading.ts';
import type { CurrencyBalance } from '../venue-account.ts';
import { isId, textOf, toDecimal, toInstant, toPositiveDecimal, toUnsignedDecimal } from '../wire-values.ts';
import type { BinanceOrderStatus } from './account-dialect.ts';

const STATUSES: ReadonlyMap<unknown, OrderStatus> = new Map<BinanceOrderStatus, OrderStatus>([
  ['NEW', 'OPEN'],
  // Waits for another order of its list.
  ['PENDING_NEW', 'OPEN'],
  ['PARTIALLY_FILLED', 'PARTIALLY_FILLED'],
  ['FILLED', 'FILLED'],
  ['CANCELED', 'CANCELLED'],
  ['PENDING_CANCEL', 'OPEN'],
  ['REJECTED', 'REJECTED'],
  ['EXPIRED', 'EXPIRED'],
  ['EXPIRED_IN_MATCH', 'EXPIRED'],
]);
const SIDES: ReadonlyMap<unknown, Side> = new Map([
  ['BUY', 'BUY'],
  ['SELL', 'SELL'],
]);
const TYPES: ReadonlyMap<unknown, OrderType> = new Map([
  ['LIMIT', 'LIMIT'],
  ['LIMIT_MAKER', 'LIMIT'],
  ['MARKET', 'MARKET'],
]);
/** Decimals of an average price, which the venue does not tell. */
const AVERAGE_DECIMALS = 16;

/** The words of an event and of a row of REST for the same things. */
interface OrderWords {
  readonly symbol: unknown;
  readonly orderId: unknown;
  readonly clientOrderId: unknown;
  readonly side: unknown;
  readonly type: unknown;
  readonly timeInForce: unknown;
  readonly status: unknown;
  readonly price: unknown;
  readonly volume: unknown;
  /** What a market order was to spend; zero or absent for any other. */
  readonly quoteVolume: unknown;
  readonly filledVolume: unknown;
  /** What the fills came to in the quote currency; below zero when that is not known. */
  readonly filledQuote: unknown;
  readonly statusMessage: string | null;
  readonly createdAt: unknown;
  readonly updatedAt: unknown;
  readonly fills: readonly LiveFill[];
}

/**
 * An order as the socket pushes it. Of a cancel, `c` is the id of the request and `C` the order's own.
 * https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream#order-update
 */
export function readExecutionReport(event: JsonObject): RowReading<OrderReport> {
  const { s: symbol, i: orderId, c, C, S: side, o: type, f: timeInForce, X: status, p: price, q: volume } = event;
  return readWords({
    ...{ symbol, orderId, side, type, timeInForce, status, price, volume },
    clientOrderId: isId(C) && C !== 'null' ? C : c,
    quoteVolume: event.Q,
    filledVolume: event.z,
    filledQuote: event.Z,
    statusMessage: messageOf(event.r) ?? messageOf(event.eR),
    createdAt: event.O,
    updatedAt: event.T,
    fills: readFillsOfEvent(event),
  });
}

/** An order as REST lists it: https://developers.binance.com/docs/binance-spot-api-docs/rest-api#query-order-user_data */
export function readOrderRow(row: unknown): RowReading<OrderReport> {
  if (!isObject(row)) return { wanted: 'an order' };
  const { symbol, orderId, clientOrderId, side, type, timeInForce, status, price } = row;
  return readWords({
    ...{ symbol, orderId, clientOrderId, side, type, timeInForce, status, price },
    volume: row.origQty,
    quoteVolume: row.origQuoteOrderQty,
    filledVolume: row.executedQty,
    filledQuote: row.cummulativeQuoteQty,
    statusMessage: messageOf(row.expiryReason),
    createdAt: row.time,
    updatedAt: row.updateTime,
    fills: [],
  });
}

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api#account-trade-list-user_data */
export function readFillRow(row: unknown): RowReading<FillReport> {
  if (!isObject(row)) return { wanted: 'a fill' };
  const { symbol, orderId, id, price, qty, commission, commissionAsset, time } = row;
  const fill = readFill({ tradeId: id, price, volume: qty, fee: commission, feeCurrency: commissionAsset, at: time });
  if (!isId(symbol) || !isId(orderId)) return { wanted: 'a fill with symbol and orderId' };
  if (fill === undefined) return { wanted: 'a fill with id, price, qty and time' };
  return { value: { symbol, orderId, fill } };
}

/** What is free and what open orders hold, of one currency. */
export function readBalance(currency: unknown, free: unknown, locked: unknown): RowReading<CurrencyBalance> {
  if (!isId(currency)) return { wanted: 'a balance with its asset' };
  const [available, held] = [toDecimal(free), toDecimal(locked)];
  if (available === undefined || held === undefined)
    return { wanted: `what is free and locked of ${quoted(currency)}` };
  return { value: { currency, total: addDecimals(available, held), available } };
}

function readWords(words: OrderWords): RowReading<OrderReport> {
  const { symbol, orderId, clientOrderId } = words;
  const [side, status, type] = [SIDES.get(words.side), STATUSES.get(words.status), TYPES.get(words.type) ?? null];
  if (!isId(symbol) || !isId(orderId)) return { wanted: 'an order with symbol and id' };
  if (side === undefined || status === undefined) return { wanted: 'an order with side and status' };
  const filledVolume = toUnsignedDecimal(words.filledVolume) ?? null;
  return {
    value: {
      ...{ symbol, orderId, side, status, type, filledVolume, statusMessage: words.statusMessage, fills: words.fills },
      clientOrderId: isId(clientOrderId) ? clientOrderId : null,
      offset: 'NONE',
      timeInForce: timeInForceOf(words),
      price: type === 'MARKET' ? null : (toDecimal(words.price) ?? null),
      // The amount to spend, not what is to be bought.
      volume: toPositiveDecimal(words.quoteVolume) === undefined ? (toPositiveDecimal(words.volume) ?? null) : null,
      averagePrice: averageOf(filledVolume, toPositiveDecimal(words.filledQuote)),
      createdAt: toInstant(words.createdAt),
      updatedAt: toInstant(words.updatedAt),
    },
  };
}

function timeInForceOf({ type, timeInForce }: OrderWords): TimeInForce | null {
  if (type === 'LIMIT_MAKER') return 'POST_ONLY';
  if (type === 'MARKET') return null;
  return TIMES_IN_FORCE.find((each) => each === timeInForce) ?? null;
}

function averageOf(filledVolume: string | null, filledQuote: string | undefined): string | null {
  if (filledVolume === null || filledQuote === undefined || !isPositiveDecimal(filledVolume)) return null;
  return divideDecimals(filledQuote, filledVolume, AVERAGE_DECIMALS);
}

function messageOf(received: unknown): string | null {
  const text = textOf(received);
  return text === '' || text === 'NONE' ? null : text;
}

function readFillsOfEvent(event: JsonObject): readonly LiveFill[] {
  if (event.x !== 'TRADE') return [];
  const fill = readFill({
    ...{ tradeId: event.t, price: event.L, volume: event.l, fee: event.n, feeCurrency: event.N, at: event.T },
  });
  return fill === undefined ? [] : [fill];
}

interface FillWords {
  readonly tradeId: unknown;
  readonly price: unknown;
  readonly volume: unknown;
  /** Positive when paid. */
  readonly fee: unknown;
  readonly feeCurrency: unknown;
  readonly at: unknown;
}

function readFill({ tradeId, fee, feeCurrency, ...words }: FillWords): LiveFill | undefined {
  const [price, volume, at] = [toDecimal(words.price), toPositiveDecimal(words.volume), toInstant(words.at)];
  // An event without a trade has the id -1.
  if (!isId(tradeId) || tradeId.startsWith('-') || price === undefined || volume === undefined || at === null) {
    return undefined;
  }
  return {
    tradeId,
    price,
    volume,
    at,
    fee: toDecimal(fee) ?? null,
    feeCurrency: isId(feeCurrency) ? feeCurrency : null,
  };
}
