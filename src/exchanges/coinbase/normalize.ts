import type { JsonObject } from '../../domain/json-text.ts';
import type { Side } from '../../domain/trade.ts';
import { isoInstant } from '../iso-instant.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toLevel } from '../wire-figures.ts';
import { isId, toPositiveDecimal } from '../wire-values.ts';
import { isSymbol } from './dialect.ts';

/** A message says whose order was resting; the other one took it. */
const TAKER_SIDES: ReadonlyMap<unknown, Side> = new Map([
  ['buy', 'SELL'],
  ['sell', 'BUY'],
]);

type PrintEvent = Extract<VenueEvent, { readonly type: 'PRINT' }>;
type QuoteEvent = Extract<VenueEvent, { readonly type: 'QUOTE' }>;

/** Undefined for what is no match. Numbers are texts: https://docs.cdp.coinbase.com/exchange/websocket-feed/channels#match */
export function readMatch(message: JsonObject, receivedAt: number): (PrintEvent & { readonly at: number }) | undefined {
  const { product_id: symbol, trade_id } = message;
  const [price, size] = [toPositiveDecimal(message.price), toPositiveDecimal(message.size)];
  const at = isoInstant(message.time);
  if (!isSymbol(symbol) || price === undefined || size === undefined || at === undefined) return undefined;
  const side = TAKER_SIDES.get(message.side) ?? null;
  const tradeId = isId(trade_id) ? trade_id : null;
  return { type: 'PRINT', at, print: { symbol, tradeId, timestamp: at, receivedAt, price, size, side } };
}

/**
 * Undefined for what is no ticker. The first one of a subscription may come without time, since there has been no match:
 * https://docs.cdp.coinbase.com/exchange/websocket-feed/channels#ticker-channel
 */
export function readTicker(message: JsonObject, receivedAt: number): QuoteEvent | undefined {
  const { product_id: symbol } = message;
  const timestamp = message.time === undefined ? null : isoInstant(message.time);
  const [bid, bidSize] = toLevel(message.best_bid, message.best_bid_size);
  const [ask, askSize] = toLevel(message.best_ask, message.best_ask_size);
  const [last, lastSize] = toLevel(message.price, message.last_size);
  const figures = {
    ...{ last, lastSize, bid, bidSize, ask, askSize },
    open24h: toFigure(message.open_24h),
    high24h: toFigure(message.high_24h),
    low24h: toFigure(message.low_24h),
    volume24h: toFigure(message.volume_24h),
  };
  if (!isSymbol(symbol) || timestamp === undefined || !sayAnything(figures)) return undefined;
  return { type: 'QUOTE', quote: { symbol, timestamp, receivedAt, ...figures } };
}

/** What the venue's clock shows; undefined for what is no heartbeat. */
export function readHeartbeat(message: JsonObject): { readonly symbol: string; readonly at: number } | undefined {
  const { product_id: symbol, time } = message;
  const at = isoInstant(time);
  return isSymbol(symbol) && at !== undefined ? { symbol, at } : undefined;
}
