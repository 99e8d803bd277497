import { subtractDecimals } from '../../domain/decimal-text.ts';
import { quoted } from '../../domain/errors.ts';
import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { LiveFill } from '../../domain/live-order.ts';
import type { OrderStatus, OrderType, TimeInForce } from '../../domain/order.ts';
import type { FillReport, OrderReport } from '../../domain/order-report.ts';
import type { Offset, Side } from '../../domain/trade.ts';
import { type PositionLeg, toFigure } from '../position-legs.ts';
import type { RowReading } from '../row-reading.ts';
import type { CurrencyBalance } from '../venue-account.ts';
import { isId, textOf, toDecimal, toInstant, toPositiveDecimal, toUnsignedDecimal } from '../wire-values.ts';
import type { BybitOrderStatus } from './account-dialect.ts';
import type { BybitMarket } from './dialect.ts';

const STATUSES: ReadonlyMap<unknown, OrderStatus> = new Map<BybitOrderStatus, OrderStatus>([
  ['Created', 'OPEN'],
  ['New', 'OPEN'],
  ['PartiallyFilled', 'PARTIALLY_FILLED'],
  ['Untriggered', 'OPEN'],
  ['Triggered', 'OPEN'],
  ['Filled', 'FILLED'],
  ['Cancelled', 'CANCELLED'],
  ['PartiallyFilledCanceled', 'CANCELLED'],
  ['Deactivated', 'CANCELLED'],
  ['Rejected', 'REJECTED'],
]);
const SIDES: ReadonlyMap<unknown, Side> = new Map([
  ['Buy', 'BUY'],
  ['Sell', 'SELL'],
]);
const TYPES: ReadonlyMap<unknown, OrderType> = new Map([
  ['Limit', 'LIMIT'],
  ['Market', 'MARKET'],
]);
const TIMES: ReadonlyMap<unknown, TimeInForce> = new Map([
  ['GTC', 'GTC'],
  ['IOC', 'IOC'],
  ['FOK', 'FOK'],
  ['PostOnly', 'POST_ONLY'],
]);
/** Of one side alone, where long and short stand beside each other. */
const HEDGE_SIDES: ReadonlyMap<unknown, PositionLeg['direction']> = new Map([
  ['1', 'LONG'],
  ['2', 'SHORT'],
]);
const NO_REASON: readonly string[] = ['', 'EC_NoError', 'UNKNOWN'];

/** An order of a list or a push, without its fills: https://bybit-exchange.github.io/docs/v5/order/open-order */
export function readOrderRow(row: unknown, category: BybitMarket): RowReading<OrderReport> {
  if (!isObject(row)) return { wanted: 'an order' };
  const { symbol, orderId, orderLinkId } = row;
  const [side, status, type] = [SIDES.get(row.side), STATUSES.get(row.orderStatus), TYPES.get(row.orderType) ?? null];
  if (!isId(symbol) || !isId(orderId)) return { wanted: 'an order with symbol and orderId' };
  if (side === undefined || status === undefined) return { wanted: 'an order with side and orderStatus' };
  return {
    value: {
      ...{ symbol, orderId, side, status, type, fills: [] },
      clientOrderId: isId(orderLinkId) ? orderLinkId : null,
      offset: offsetOf(row, side),
      timeInForce: type === 'MARKET' ? null : (TIMES.get(row.timeInForce) ?? null),
      price: type === 'MARKET' ? null : (toDecimal(row.price) ?? null),
      volume: isOfMoney(row, category) ? null : (toPositiveDecimal(row.qty) ?? null),
      filledVolume: toUnsignedDecimal(row.cumExecQty) ?? null,
      averagePrice: toPositiveDecimal(row.avgPrice) ?? null,
      statusMessage: status === 'REJECTED' || status === 'CANCELLED' ? reasonOf(row) : null,
      createdAt: toInstant(row.createdTime),
      updatedAt: toInstant(row.updatedTime),
    },
  };
}

/** https://bybit-exchange.github.io/docs/v5/order/execution */
export function readFillRow(row: unknown): RowReading<FillReport> {
  if (!isObject(row)) return { wanted: 'an execution' };
  const { symbol, orderId } = row;
  const fill = readFill(row);
  if (!isId(symbol) || !isId(orderId)) return { wanted: 'an execution with symbol and orderId' };
  if (fill === undefined) return { wanted: 'an execution with execId, price, quantity and time' };
  return { value: { symbol, orderId, fill } };
}

/**
 * An execution as news of its order. It has no time of its own, so that whatever else describes the order counts as
 * newer: an execution does not say all of that.
 */
export function readExecution(row: JsonObject): RowReading<OrderReport> {
  const reading = readFillRow(row);
  if ('wanted' in reading) return reading;
  const side = SIDES.get(row.side);
  if (side === undefined) return { wanted: 'an execution with its side' };
  const { symbol, orderId, fill } = reading.value;
  const unknown = { type: null, timeInForce: null, price: null, volume: null, filledVolume: null, averagePrice: null };
  return {
    value: {
      ...unknown,
      ...{ symbol, orderId, side, offset: 'NONE', status: 'PARTIALLY_FILLED', fills: [fill] },
      clientOrderId: isId(row.orderLinkId) ? row.orderLinkId : null,
      ...{ statusMessage: null, createdAt: null, updatedAt: null },
    },
  };
}

/** https://bybit-exchange.github.io/docs/v5/position: `avgPrice` of a list is `entryPrice` of a push. */
export function readPositionRow(row: unknown): PositionLeg | undefined {
  if (!isObject(row) || !isId(row.symbol)) return undefined;
  const volume = toUnsignedDecimal(row.size);
  if (volume === undefined) return undefined;
  return {
    symbol: row.symbol,
    key: textOf(row.positionIdx),
    direction: HEDGE_SIDES.get(row.positionIdx) ?? (row.side === 'Sell' ? 'SHORT' : 'LONG'),
    volume: toFigure(volume),
    ...{ frozen: null, lastPrice: null },
    price: toFigure(toPositiveDecimal(row.avgPrice) ?? toPositiveDecimal(row.entryPrice)),
    profit: toFigure(row.unrealisedPnl),
    margin: toFigure(row.positionIM),
  };
}

/** Whether the row is of one side of a symbol that may have another one. */
export function isHedged({ key }: PositionLeg): boolean {
  return HEDGE_SIDES.has(key);
}

/**
 * A coin of the wallet: https://bybit-exchange.github.io/docs/v5/account/wallet-balance
 * What of it is available the venue does not say where all coins together are the margin.
 */
export function readCoin(row: unknown, category: BybitMarket): RowReading<CurrencyBalance> {
  if (!isObject(row) || !isId(row.coin)) return { wanted: 'a coin with its name' };
  const total = toDecimal(row.equity);
  if (total === undefined) return { wanted: `the equity in ${quoted(row.coin)}` };
  const [wallet, locked] = [toDecimal(row.walletBalance), toDecimal(row.locked)];
  const isKnown = category === 'spot' && wallet !== undefined && locked !== undefined;
  return { value: { currency: row.coin, total, available: isKnown ? subtractDecimals(wallet, locked) : null } };
}

function offsetOf({ positionIdx, reduceOnly }: JsonObject, side: Side): Offset {
  const direction = HEDGE_SIDES.get(positionIdx);
  if (direction !== undefined) return (direction === 'LONG') === (side === 'BUY') ? 'OPEN' : 'CLOSE';
  return reduceOnly === true ? 'CLOSE' : 'NONE';
}

/** Whether the quantity is what is to be spent: a market order to buy on the spot market, unless it says otherwise. */
function isOfMoney({ orderType, side, marketUnit }: JsonObject, category: BybitMarket): boolean {
  if (category !== 'spot' || orderType !== 'Market') return false;
  return marketUnit === 'quoteCoin' || (side === 'Buy' && marketUnit !== 'baseCoin');
}

function reasonOf({ rejectReason, cancelType }: JsonObject): string | null {
  return [textOf(rejectReason), textOf(cancelType)].find((text) => !NO_REASON.includes(text)) ?? null;
}

function readFill(row: JsonObject): LiveFill | undefined {
  const [price, volume, at] = [toDecimal(row.execPrice), toPositiveDecimal(row.execQty), toInstant(row.execTime)];
  if (!isId(row.execId) || price === undefined || volume === undefined || at === null) return undefined;
  const fee = toDecimal(row.execFee) ?? null;
  return { tradeId: row.execId, price, volume, at, fee, feeCurrency: isId(row.feeCurrency) ? row.feeCurrency : null };
}
