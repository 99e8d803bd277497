import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { BarSeries, VenueBar } from '../bar-series.ts';
import type { QuoteParts } from '../quote-parts.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toLevel, toOhlcv, toPrice } from '../wire-figures.ts';
import { isId, toInstant, toPositiveDecimal, toSide, unreadable } from '../wire-values.ts';
import { topicOf } from './dialect.ts';

/** What the pushes of one connection are put together with. */
export interface KucoinMemory {
  readonly quotes: QuoteParts;
  readonly bars: BarSeries;
}

interface Push {
  readonly symbol: string;
  readonly data: JsonObject;
  readonly receivedAt: number;
}

/** What a push says. Never throws. */
export function* readPush(
  message: JsonObject,
  text: string,
  receivedAt: number,
  { quotes, bars }: KucoinMemory,
): Generator<VenueEvent, void, undefined> {
  const { topic: channel, data } = message;
  const topic = topicOf(channel);
  if (topic === undefined || !isObject(data)) return yield unreadable(text, 'data of a channel that was subscribed to');
  const push = { symbol: topic.symbol, data, receivedAt };
  if (topic.channel === 'trades') return yield readMatch(push) ?? unreadable(text, 'a match');
  if (topic.channel === 'bars') {
    const bar = readCandle(push, topic.interval);
    return yield* bar === undefined ? [unreadable(text, 'a candle')] : bars.put(bar);
  }
  const isSnapshot = message.subject === 'trade.snapshot';
  const event = isSnapshot ? readSnapshot(push, quotes) : readTicker(push, quotes);
  yield event ?? unreadable(text, isSnapshot ? 'the figures of a day' : 'a ticker');
}

/** https://www.kucoin.com/docs/websocket/spot-trading/public-channels/match-execution-data */
function readMatch({ symbol, data, receivedAt }: Push): VenueEvent | undefined {
  if (data.symbol !== symbol) return undefined;
  const price = toPositiveDecimal(data.price);
  const size = toPositiveDecimal(data.size);
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(data.tradeId) ? data.tradeId : null;
  const timestamp = millisecondsOf(data.time);
  return {
    type: 'PRINT',
    print: { symbol, tradeId, timestamp, receivedAt, price, size, side: toSide(data.side) ?? null },
  };
}

/** https://www.kucoin.com/docs/websocket/spot-trading/public-channels/ticker */
function readTicker({ symbol, data, receivedAt }: Push, quotes: QuoteParts): VenueEvent | undefined {
  const [bid, bidSize] = toLevel(data.bestBid, data.bestBidSize);
  const [ask, askSize] = toLevel(data.bestAsk, data.bestAskSize);
  const [last, lastSize] = toLevel(data.price, data.size);
  const figures = { last, lastSize, bid, bidSize, ask, askSize };
  if (!sayAnything(figures)) return undefined;
  return quotes.put(symbol, { timestamp: toInstant(data.time), receivedAt, figures });
}

/** https://www.kucoin.com/docs/websocket/spot-trading/public-channels/symbol-snapshot, pushed every two seconds. */
function readSnapshot({ symbol, data, receivedAt }: Push, quotes: QuoteParts): VenueEvent | undefined {
  const row = data.data;
  if (!isObject(row) || row.symbol !== symbol) return undefined;
  const figures = {
    open24h: toPrice(row.open),
    high24h: toPrice(row.high),
    low24h: toPrice(row.low),
    volume24h: toFigure(row.vol),
  };
  if (!sayAnything(figures)) return undefined;
  return quotes.put(symbol, { timestamp: toInstant(row.datetime), receivedAt, figures });
}

/** In the order of the venue: time, open, close, high, low, volume in base coins, turnover. */
function readCandle({ symbol, data }: Push, interval: LiveBarInterval): VenueBar | undefined {
  if (data.symbol !== symbol || !Array.isArray(data.candles)) return undefined;
  const [seconds, open, close, high, low, volume] = data.candles;
  const openTime = toInstant(seconds);
  const ohlcv = toOhlcv({ open, high, low, close, volume });
  if (openTime === null || openTime > 1e10 || ohlcv === undefined) return undefined;
  return { symbol, interval, openTime: openTime * 1000, ...ohlcv };
}

/** Of nanoseconds since the epoch. */
function millisecondsOf(received: unknown): number | null {
  return typeof received === 'string' && /^\d{7,19}$/.test(received) ? toInstant(received.slice(0, -6)) : null;
}
