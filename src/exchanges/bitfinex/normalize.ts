import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { MarketTopic } from '../../domain/market-topic.ts';
import type { BarSeries, VenueBar } from '../bar-series.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toOhlcv, toPrice } from '../wire-figures.ts';
import { isId, toDecimal, toInstant, toPositiveDecimal, unreadable } from '../wire-values.ts';

/** A frame of a channel. */
export interface BitfinexFrame {
  /** What the number of its channel stands for on this connection. */
  readonly topic: MarketTopic;
  /** `te` and `tu` of trades; undefined where the frame has no name. */
  readonly name: string | undefined;
  readonly payload: unknown;
  /** The venue's time of the frame, in milliseconds since the epoch. */
  readonly time: number | null;
}

/**
 * The parts of a frame, which comes as a list: the number of the channel, a name or none, what it brings, and when it was
 * asked for its number and time. Undefined for what is none.
 */
export function toParts(
  message: readonly unknown[],
): (Omit<BitfinexFrame, 'topic'> & { readonly channelId: string }) | undefined {
  const [channelId, second, third] = message;
  if (typeof channelId !== 'string') return undefined;
  const name = typeof second === 'string' ? second : undefined;
  const last = message.at(-1);
  const time = typeof last === 'string' && /^\d{13}$/.test(last) ? toInstant(last) : null;
  return { channelId, name, payload: name === undefined ? second : third, time };
}

/** What a frame of a channel says. Never throws. */
export function* readChannel(
  frame: BitfinexFrame,
  text: string,
  receivedAt: number,
  bars: BarSeries,
): Generator<VenueEvent, void, undefined> {
  const { topic, name, payload } = frame;
  const { symbol } = topic;
  if (!Array.isArray(payload)) return yield unreadable(text, 'a list of what the channel brings');
  if (topic.channel === 'ticks') yield readTicker(payload, frame, receivedAt) ?? unreadable(text, 'a ticker');
  else if (topic.channel === 'bars') yield* readCandles(payload, symbol, topic.interval, text, bars);
  // A print is said twice: as it is made, and once more with what else is known of it.
  else if (name === 'tu') return;
  else if (name === 'te') yield readTrade(payload, symbol, receivedAt) ?? unreadable(text, 'a trade');
  // What was traded before we were there.
  else if (payload.every(Array.isArray)) return;
  else yield unreadable(text, 'te, tu or a snapshot');
}

/** Negative amounts were sold. https://docs.bitfinex.com/reference/ws-public-trades */
function readTrade(
  [id, time, amount, traded]: readonly unknown[],
  symbol: string,
  receivedAt: number,
): VenueEvent | undefined {
  const price = toPositiveDecimal(traded);
  const signed = toDecimal(amount);
  const isSold = signed?.startsWith('-') === true;
  const size = toPositiveDecimal(isSold ? signed?.slice(1) : signed);
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(id) ? id : null;
  const side = isSold ? 'SELL' : 'BUY';
  return { type: 'PRINT', print: { symbol, tradeId, timestamp: toInstant(time), receivedAt, price, size, side } };
}

/**
 * The sizes that it tells are those of 25 levels together, so they are left out; what opened the day is not told:
 * https://docs.bitfinex.com/reference/ws-public-ticker
 */
function readTicker(
  [best, , asked, , , , traded, volume, high, low]: readonly unknown[],
  { topic, time }: BitfinexFrame,
  receivedAt: number,
): VenueEvent | undefined {
  const [bid, ask, last] = [toPrice(best), toPrice(asked), toPrice(traded)];
  const figures = { last, lastSize: null, bid, bidSize: null, ask, askSize: null, open24h: null };
  const day = { high24h: toPrice(high), low24h: toPrice(low), volume24h: toFigure(volume) };
  if (!sayAnything({ ...figures, ...day })) return undefined;
  return { type: 'QUOTE', quote: { symbol: topic.symbol, timestamp: time, receivedAt, ...figures, ...day } };
}

/** A snapshot has many of them, of which only the newest is news. https://docs.bitfinex.com/reference/ws-public-candles */
function* readCandles(
  payload: readonly unknown[],
  symbol: string,
  interval: LiveBarInterval,
  text: string,
  series: BarSeries,
): Generator<VenueEvent, void, undefined> {
  const rows = Array.isArray(payload[0]) ? payload : [payload];
  if (payload.length === 0) return;
  const bars = rows.map((row) => readCandle(row, symbol, interval));
  if (bars.includes(undefined)) yield unreadable(text, 'candles of time, open, close, high, low and volume');
  const ordered = bars.filter((bar) => bar !== undefined).toSorted((left, right) => left.openTime - right.openTime);
  for (const bar of ordered.slice(-1)) yield* series.put(bar);
}

function readCandle(row: unknown, symbol: string, interval: LiveBarInterval): VenueBar | undefined {
  if (!Array.isArray(row)) return undefined;
  const [time, open, close, high, low, volume] = row;
  const openTime = toInstant(time);
  const ohlcv = toOhlcv({ open, high, low, close, volume });
  return openTime === null || ohlcv === undefined ? undefined : { symbol, interval, openTime, ...ohlcv };
}
