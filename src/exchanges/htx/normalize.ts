import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { BarSeries, VenueBar } from '../bar-series.ts';
import type { QuoteParts } from '../quote-parts.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toLevel, toOhlcv, toPrice } from '../wire-figures.ts';
import { isId, toInstant, toPositiveDecimal, toSide, unreadable } from '../wire-values.ts';
import { topicOf } from './dialect.ts';

/** What the pushes of one connection are put together with. */
export interface HtxMemory {
  readonly quotes: QuoteParts;
  readonly bars: BarSeries;
}

interface Push {
  readonly symbol: string;
  readonly tick: JsonObject;
  /** As the venue sent it, of the whole frame. */
  readonly time: unknown;
  readonly receivedAt: number;
}

/** What a push says. Never throws. Trades of before `since`, in milliseconds since the epoch, are left out. */
export function* readPush(
  message: JsonObject,
  text: string,
  receivedAt: number,
  { quotes, bars, since }: HtxMemory & { readonly since: number },
): Generator<VenueEvent, void, undefined> {
  const { ch: channel, tick, ts: time } = message;
  const topic = topicOf(channel);
  if (topic === undefined || !isObject(tick))
    return yield unreadable(text, 'a tick of a channel that was subscribed to');
  const push: Push = { symbol: topic.symbol, tick, time, receivedAt };
  if (topic.channel === 'trades') return yield* readTrades(push, text, since);
  if (topic.channel === 'bars') {
    const bar = readCandle(push, topic.interval);
    return yield* bar === undefined ? [unreadable(text, 'a candle')] : bars.put(bar);
  }
  const isBest = String(channel).endsWith('.bbo');
  const event = isBest ? readBest(push, quotes) : readDay(push, quotes);
  yield event ?? unreadable(text, isBest ? 'the best prices' : 'the figures of a day');
}

/**
 * In the order in which they were traded, other than the venue lists them:
 * https://huobiapi.github.io/docs/spot/v1/en/#trade-detail
 */
function* readTrades(push: Push, text: string, since: number): Generator<VenueEvent, void, undefined> {
  const { data } = push.tick;
  if (!Array.isArray(data)) return yield unreadable(text, 'a list of trades');
  const trades = data.map((row) => readTrade(row, push));
  if (trades.includes(undefined)) yield unreadable(text, 'trades as the channel has them');
  const prints = trades.filter((trade) => trade !== undefined);
  for (const print of prints.toSorted(byTime)) if ((print.timestamp ?? since) >= since) yield { type: 'PRINT', print };
}

type Trade = Extract<VenueEvent, { readonly type: 'PRINT' }>['print'];

function readTrade(row: unknown, { symbol, receivedAt }: Push): Trade | undefined {
  if (!isObject(row)) return undefined;
  const price = toPositiveDecimal(row.price);
  const size = toPositiveDecimal(row.amount);
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(row.tradeId) ? row.tradeId : null;
  return {
    symbol,
    tradeId,
    timestamp: toInstant(row.ts),
    receivedAt,
    price,
    size,
    side: toSide(row.direction) ?? null,
  };
}

/** Ids rise with each trade of a symbol. */
function byTime(left: Trade, right: Trade): number {
  const [leftId, rightId] = [left.tradeId ?? '', right.tradeId ?? ''];
  if (leftId.length !== rightId.length) return leftId.length - rightId.length;
  return leftId < rightId ? -1 : Number(leftId > rightId);
}

/** https://huobiapi.github.io/docs/spot/v1/en/#best-bid-offer */
function readBest({ symbol, tick, time, receivedAt }: Push, quotes: QuoteParts): VenueEvent | undefined {
  if (tick.symbol !== undefined && tick.symbol !== symbol) return undefined;
  const [bid, bidSize] = toLevel(tick.bid, tick.bidSize);
  const [ask, askSize] = toLevel(tick.ask, tick.askSize);
  const figures = { bid, bidSize, ask, askSize };
  if (Object.values(figures).some(Number.isNaN)) return undefined;
  return quotes.put(symbol, { timestamp: toInstant(tick.quoteTime) ?? toInstant(time), receivedAt, figures });
}

/**
 * `close` is the last price where `lastPrice` does not say it. Its best prices are older than those of the other channel.
 * https://huobiapi.github.io/docs/spot/v1/en/#market-ticker
 */
function readDay({ symbol, tick, time, receivedAt }: Push, quotes: QuoteParts): VenueEvent | undefined {
  const [last, lastSize] = toLevel(tick.lastPrice ?? tick.close, tick.lastSize);
  const figures = {
    last,
    lastSize,
    open24h: toPrice(tick.open),
    high24h: toPrice(tick.high),
    low24h: toPrice(tick.low),
    volume24h: toFigure(tick.amount),
  };
  if (!sayAnything(figures)) return undefined;
  return quotes.put(symbol, { timestamp: toInstant(time), receivedAt, figures });
}

/**
 * `id` is when it began, in seconds; `amount` is in base coins, `vol` in those that are paid with:
 * https://huobiapi.github.io/docs/spot/v1/en/#market-candlestick
 */
function readCandle({ symbol, tick }: Push, interval: LiveBarInterval): VenueBar | undefined {
  const { id, open, high, low, close, amount: volume } = tick;
  const openTime = toInstant(id);
  const ohlcv = toOhlcv({ open, high, low, close, volume });
  if (openTime === null || openTime > 1e10 || ohlcv === undefined) return undefined;
  return { symbol, interval, openTime: openTime * 1000, ...ohlcv };
}
