import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import type { VenueBar } from '../bar-series.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toLevel, toOhlcv, toPrice } from '../wire-figures.ts';
import { isId, textOf, toInstant, toPositiveDecimal, toSide } from '../wire-values.ts';

/** What all rows of a frame have in common. */
export interface Push {
  readonly symbol: string;
  /** The venue's time of the frame. */
  readonly timestamp: number | null;
  readonly receivedAt: number;
}

/** https://www.bitget.com/api-doc/uta/websocket/public/New-Trades-Channel */
export function readTrade(row: unknown, { symbol, receivedAt }: Push): VenueEvent | undefined {
  if (!isObject(row)) return undefined;
  const [price, size] = [toPositiveDecimal(row.p), toPositiveDecimal(row.v)];
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(row.i) ? row.i : null;
  const [timestamp, side] = [toInstant(row.T), toSide(textOf(row.S).toLowerCase()) ?? null];
  return { type: 'PRINT', print: { symbol, tradeId, timestamp, receivedAt, price, size, side } };
}

/** https://www.bitget.com/api-doc/uta/websocket/public/Tickers-Channel */
export function readTicker(row: unknown, { symbol, timestamp, receivedAt }: Push): VenueEvent | undefined {
  if (!isObject(row)) return undefined;
  const [bid, bidSize] = toLevel(row.bid1Price, row.bid1Size);
  const [ask, askSize] = toLevel(row.ask1Price, row.ask1Size);
  const figures = {
    ...{ last: toPrice(row.lastPrice), lastSize: null, bid, bidSize, ask, askSize },
    open24h: toFigure(row.openPrice24h),
    high24h: toFigure(row.highPrice24h),
    low24h: toFigure(row.lowPrice24h),
    volume24h: toFigure(row.volume24h),
  };
  return sayAnything(figures) ? { type: 'QUOTE', quote: { symbol, timestamp, receivedAt, ...figures } } : undefined;
}

/** https://www.bitget.com/api-doc/uta/websocket/public/Candlesticks-Channel */
export function readKline(row: unknown, topic: Extract<MarketTopic, { channel: 'bars' }>): VenueBar | undefined {
  if (!isObject(row)) return undefined;
  const { open, high, low, close, volume } = row;
  const [openTime, figures] = [toInstant(row.start), toOhlcv({ open, high, low, close, volume })];
  if (openTime === null || figures === undefined) return undefined;
  return { symbol: topic.symbol, interval: topic.interval, openTime, ...figures };
}

/** The rows of a frame that say what happens; undefined for a frame that has none as documented. */
export function liveRows({ action, data }: JsonObject, { channel }: MarketTopic): readonly unknown[] | undefined {
  if (!Array.isArray(data)) return undefined;
  if (action === 'update') return data;
  if (action !== 'snapshot') return undefined;
  // Tickers are always whole. Trades and klines begin with those of the past, of which the last kline still forms.
  if (channel === 'ticks') return data;
  return channel === 'trades' ? [] : data.slice(-1);
}
