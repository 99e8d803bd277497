import { quoted } from '../../domain/errors.ts';
import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { LiveFill } from '../../domain/live-order.ts';
import type { OrderStatus, OrderType, TimeInForce } from '../../domain/order.ts';
import type { FillReport, OrderReport } from '../../domain/order-report.ts';
import type { Offset, Side } from '../../domain/trade.ts';
import type { RowReading } from '../row-reading.ts';
import type { CurrencyBalance } from '../venue-account.ts';
import { isId, textOf, toDecimal, toInstant, toPositiveDecimal, toSide, toUnsignedDecimal } from '../wire-values.ts';
import type { OkxOrderState } from './account-dialect.ts';
import { isSymbol } from './dialect.ts';

const STATUSES: ReadonlyMap<unknown, OrderStatus> = new Map<OkxOrderState, OrderStatus>([
  ['live', 'OPEN'],
  ['partially_filled', 'PARTIALLY_FILLED'],
  ['filled', 'FILLED'],
  ['canceled', 'CANCELLED'],
  ['mmp_canceled', 'CANCELLED'],
]);

interface Terms {
  readonly type: OrderType;
  readonly timeInForce: TimeInForce | null;
}

const TERMS: ReadonlyMap<unknown, Terms> = new Map<string, Terms>([
  ['limit', { type: 'LIMIT', timeInForce: 'GTC' }],
  ['market', { type: 'MARKET', timeInForce: null }],
  ['post_only', { type: 'LIMIT', timeInForce: 'POST_ONLY' }],
  ['fok', { type: 'LIMIT', timeInForce: 'FOK' }],
  ['ioc', { type: 'LIMIT', timeInForce: 'IOC' }],
]);

const OPENING_SIDES: ReadonlyMap<unknown, Side> = new Map([
  ['long', 'BUY'],
  ['short', 'SELL'],
]);

/**
 * An order of the socket or of a list: https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-order-channel
 * What it says of a figure that cannot be read is null: to lose the order would be worse.
 */
export function readOrderRow(row: unknown): RowReading<OrderReport> {
  if (!isObject(row)) return { wanted: 'an order' };
  const { instId: symbol, ordId: orderId, clOrdId } = row;
  const side = toSide(row.side);
  const status = STATUSES.get(row.state);
  if (!isSymbol(symbol) || !isId(orderId)) return { wanted: 'an order with instId and ordId' };
  if (side === undefined || status === undefined) return { wanted: 'an order with side and state' };
  const { type, timeInForce } = TERMS.get(row.ordType) ?? { type: null, timeInForce: null };
  return {
    value: {
      symbol,
      orderId,
      clientOrderId: isId(clOrdId) ? clOrdId : null,
      side,
      offset: readOffset(row, side),
      type,
      timeInForce,
      status,
      price: type === 'MARKET' ? null : (toDecimal(row.px) ?? null),
      // The amount to spend, not what is to be bought.
      volume: row.tgtCcy === 'quote_ccy' ? null : (toPositiveDecimal(row.sz) ?? null),
      filledVolume: toUnsignedDecimal(row.accFillSz) ?? null,
      averagePrice: isZero(row.avgPx) ? null : (toDecimal(row.avgPx) ?? null),
      statusMessage: textOf(row.cancelSourceReason) || null,
      createdAt: toInstant(row.cTime),
      updatedAt: toInstant(row.uTime),
      fills: readFillsOfOrder(row),
    },
  };
}

/** https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-transaction-details-last-3-days */
export function readFillRow(row: unknown): RowReading<FillReport> {
  if (!isObject(row)) return { wanted: 'a fill' };
  const { instId: symbol, ordId: orderId } = row;
  const fill = readFill(row, { fee: row.fee, feeCurrency: row.feeCcy });
  if (!isSymbol(symbol) || !isId(orderId)) return { wanted: 'a fill with instId and ordId' };
  if (fill === undefined) return { wanted: 'a fill with tradeId, price, size and time' };
  return { value: { symbol, orderId, fill } };
}

/** https://www.okx.com/docs-v5/en/#trading-account-websocket-account-channel */
export function readBalanceDetail(detail: unknown): RowReading<CurrencyBalance> {
  if (!isObject(detail) || !isId(detail.ccy)) return { wanted: 'a balance with its currency' };
  const total = toDecimal(detail.eq);
  if (total === undefined) return { wanted: `the equity in ${quoted(detail.ccy)}` };
  // Modes of the account that know no equity by currency leave availEq empty.
  const available = toDecimal(detail.availEq) ?? toDecimal(detail.availBal) ?? null;
  return { value: { currency: detail.ccy, total, available } };
}

/** Long and short positions beside each other say what an order does to which; one net position does not. */
function readOffset(row: JsonObject, side: Side): Offset {
  const openingSide = OPENING_SIDES.get(row.posSide);
  if (openingSide !== undefined) return side === openingSide ? 'OPEN' : 'CLOSE';
  return row.reduceOnly === 'true' ? 'CLOSE' : 'NONE';
}

/** The last fill, when the row says all of it: the list of fills has it in any case. */
function readFillsOfOrder(row: JsonObject): readonly LiveFill[] {
  const fees = feesOfLastFill(row);
  const fill = fees && readFill(row, fees);
  return fill === undefined ? [] : [fill];
}

interface ReceivedFee {
  readonly fee: unknown;
  readonly feeCurrency: unknown;
}

/** A push says what the last fill cost; a list says it only of an order that has one fill and no rebate. */
function feesOfLastFill(row: JsonObject): ReceivedFee | undefined {
  if (row.fillFee !== undefined) return { fee: row.fillFee, feeCurrency: row.fillFeeCcy };
  const isOnlyFill = row.fillSz === row.accFillSz && (row.rebate === undefined || isZero(row.rebate));
  return isOnlyFill ? { fee: row.fee, feeCurrency: row.feeCcy } : undefined;
}

function readFill(row: JsonObject, { fee, feeCurrency }: ReceivedFee): LiveFill | undefined {
  const price = toDecimal(row.fillPx);
  const volume = toPositiveDecimal(row.fillSz);
  const at = toInstant(row.fillTime) ?? toInstant(row.ts);
  if (!isId(row.tradeId) || price === undefined || volume === undefined || at === null) return undefined;
  return {
    tradeId: row.tradeId,
    price,
    volume,
    fee: toPaid(fee),
    feeCurrency: isId(feeCurrency) ? feeCurrency : null,
    at,
  };
}

/** The venue's fees are what the account gains by them: negative when it pays. */
function toPaid(received: unknown): string | null {
  const gained = toDecimal(received);
  if (gained === undefined) return null;
  if (gained.startsWith('-')) return gained.slice(1);
  return /[1-9]/.test(gained) ? `-${gained}` : gained;
}

function isZero(received: unknown): boolean {
  return received === '' || !/[1-9]/.test(toDecimal(received) ?? '1');
}
