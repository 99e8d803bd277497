import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { Side } from '../../domain/trade.ts';
import type { VenueBar } from '../bar-series.ts';
import { isoInstant } from '../iso-instant.ts';
import type { QuotePart } from '../quote-parts.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toLevel, toOhlcv, toPrice } from '../wire-figures.ts';
import { isId, toInstant, toPositiveDecimal } from '../wire-values.ts';
import { intervalOf, isSymbol } from './dialect.ts';

const SIDES: ReadonlyMap<unknown, Side> = new Map([
  ['ASK', 'SELL'],
  ['BID', 'BUY'],
]);

interface SymbolPart extends QuotePart {
  readonly symbol: string;
}

/** Numbers are the texts that they were written as: https://docs.upbit.com/kr/reference/websocket-trade */
export function readTrade(message: JsonObject, receivedAt: number): VenueEvent | undefined {
  const { code: symbol, sequential_id } = message;
  const [price, size] = [toPositiveDecimal(message.trade_price), toPositiveDecimal(message.trade_volume)];
  if (!isSymbol(symbol) || price === undefined || size === undefined) return undefined;
  const tradeId = isId(sequential_id) ? sequential_id : null;
  const [timestamp, side] = [toInstant(message.trade_timestamp), SIDES.get(message.ask_bid) ?? null];
  return { type: 'PRINT', print: { symbol, tradeId, timestamp, receivedAt, price, size, side } };
}

/**
 * The open, the high and the low of the message are those of the day that began at midnight UTC, and not of 24 hours:
 * https://docs.upbit.com/kr/reference/websocket-ticker
 */
export function readTicker(message: JsonObject, receivedAt: number): SymbolPart | undefined {
  const { code: symbol } = message;
  const figures = {
    last: toPrice(message.trade_price),
    lastSize: toFigure(message.trade_volume),
    volume24h: toFigure(message.acc_trade_volume_24h),
  };
  if (!isSymbol(symbol) || !sayAnything(figures)) return undefined;
  return { symbol, timestamp: toMilliseconds(message.timestamp), receivedAt, figures };
}

/** https://docs.upbit.com/kr/reference/websocket-orderbook */
export function readBook(message: JsonObject, receivedAt: number): SymbolPart | undefined {
  const { code, orderbook_units: units } = message;
  const symbol = typeof code === 'string' ? code.split('.', 1)[0] : undefined;
  if (!isSymbol(symbol) || !Array.isArray(units)) return undefined;
  const best: unknown = units[0] ?? {};
  if (!isObject(best)) return undefined;
  const [bid, bidSize] = toLevel(best.bid_price, best.bid_size);
  const [ask, askSize] = toLevel(best.ask_price, best.ask_size);
  const figures = { bid, bidSize, ask, askSize };
  if (Object.values(figures).some(Number.isNaN)) return undefined;
  return { symbol, timestamp: toMilliseconds(message.timestamp), receivedAt, figures };
}

/** https://docs.upbit.com/kr/reference/websocket-candle */
export function readCandle(message: JsonObject): VenueBar | undefined {
  const { code: symbol, opening_price: open, high_price: high, low_price: low, trade_price: close } = message;
  const interval = intervalOf(message.type);
  const openTime = isoInstant(`${message.candle_date_time_utc}Z`);
  const figures = toOhlcv({ open, high, low, close, volume: message.candle_acc_trade_volume });
  if (!isSymbol(symbol) || interval === undefined || openTime === undefined || figures === undefined) return undefined;
  return { symbol, interval, openTime, ...figures };
}

/** Times of order books have been seen in microseconds, too. */
function toMilliseconds(received: unknown): number | null {
  return toInstant(typeof received === 'string' && /^\d{16}$/.test(received) ? received.slice(0, 13) : received);
}
