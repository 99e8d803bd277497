import { isObject } from '../../domain/json-text.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import type { VenueBar } from '../bar-series.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toLevel, toOhlcv, toPrice } from '../wire-figures.ts';
import { isId, toInstant, toPositiveDecimal, toSide } from '../wire-values.ts';

/** Numbers are the texts that they were written as. Amounts are in base coins, and in dollars for inverse contracts. */
export interface Push<Topic extends MarketTopic = MarketTopic> {
  readonly topic: Topic;
  readonly data: unknown;
  readonly receivedAt: number;
}

type BarTopic = Extract<MarketTopic, { readonly channel: 'bars' }>;

/** https://docs.deribit.com/subscriptions/market-data/tradesinstrument_nameinterval */
export function readTrade(row: unknown, { topic: { symbol }, receivedAt }: Push): VenueEvent | undefined {
  if (!isObject(row) || !isOf(symbol, row.instrument_name)) return undefined;
  const [price, size] = [toPositiveDecimal(row.price), toPositiveDecimal(row.amount)];
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(row.trade_id) ? row.trade_id : null;
  const [timestamp, side] = [toInstant(row.timestamp), toSide(row.direction) ?? null];
  return { type: 'PRINT', print: { symbol, tradeId, timestamp, receivedAt, price, size, side } };
}

/** https://docs.deribit.com/subscriptions/market-data/tickerinstrument_nameinterval */
export function readTicker({ topic: { symbol }, data, receivedAt }: Push): VenueEvent | undefined {
  if (!isObject(data) || !isOf(symbol, data.instrument_name)) return undefined;
  const stats = isObject(data.stats) ? data.stats : {};
  const [bid, bidSize] = toLevel(data.best_bid_price, data.best_bid_amount);
  const [ask, askSize] = toLevel(data.best_ask_price, data.best_ask_amount);
  const figures = {
    ...{ last: toPrice(data.last_price), lastSize: null, bid, bidSize, ask, askSize, open24h: null },
    high24h: toFigure(stats.high),
    low24h: toFigure(stats.low),
    volume24h: toFigure(stats.volume),
  };
  if (!sayAnything(figures)) return undefined;
  return { type: 'QUOTE', quote: { symbol, timestamp: toInstant(data.timestamp), receivedAt, ...figures } };
}

/** https://docs.deribit.com/subscriptions/market-data/charttradesinstrument_nameresolution */
export function readCandle({ topic, data }: Push<BarTopic>): VenueBar | undefined {
  if (!isObject(data)) return undefined;
  const openTime = toInstant(data.tick);
  const { open, high, low, close, volume } = data;
  const figures = toOhlcv({ open, high, low, close, volume });
  if (openTime === null || figures === undefined) return undefined;
  return { symbol: topic.symbol, interval: topic.interval, openTime, ...figures };
}

function isOf(symbol: string, instrument: unknown): boolean {
  return instrument === undefined || instrument === symbol;
}
