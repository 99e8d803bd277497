import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { BarSeries, VenueBar } from '../bar-series.ts';
import { isoInstant } from '../iso-instant.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toLevel, toOhlcv, toPrice } from '../wire-figures.ts';
import { isId, textOf, toPositiveDecimal, toSide, unreadable } from '../wire-values.ts';
import { intervalOf, isSymbol, topicOfRequest, toTopic } from './dialect.ts';

/** How the venue says that it does not have a pair, or that it is none: `Currency pair not in ISO 4217-A3 format`. */
const UNKNOWN_PAIR = /not supported|not in ISO/i;
const NOT_READABLE = 'rows as the channel has them';
/** Only of pairs that are halted does the venue send times before this one. */
const FIRST_TRADING_DAY = Date.UTC(2011, 0, 1);

/** What a frame says. Never throws. `bars` are those of the connection. */
export function* readFrame(text: string, receivedAt: number, bars: BarSeries): Generator<VenueEvent, void, undefined> {
  const message = parseExactJson(text);
  if (!isObject(message)) return yield unreadable(text, 'an object');
  if (message.method !== undefined) {
    const event = readAnswer(message, text);
    return event === undefined ? undefined : yield event;
  }
  const { channel, type, data } = message;
  if (channel === 'heartbeat') return;
  if (!Array.isArray(data) || (type !== 'snapshot' && type !== 'update')) {
    return yield unreadable(text, 'a channel, type and data');
  }
  if (channel === 'status') yield* readStatus(data);
  else if (channel === 'ticker') for (const row of data) yield* readTicker(row, receivedAt, text);
  // The snapshot of a tape is what was traded before we were there.
  else if (channel === 'trade' && type === 'snapshot') return;
  else if (channel === 'trade')
    for (const row of data) yield readTrade(row, receivedAt) ?? unreadable(text, NOT_READABLE);
  else if (channel === 'ohlc') yield* readCandles(data, type === 'snapshot', text, bars);
  else yield unreadable(text, 'a channel that was subscribed to');
}

/** What the venue says to a request; undefined for what needs no answer. */
function readAnswer(message: JsonObject, text: string): VenueEvent | undefined {
  const { method, success, result, symbol } = message;
  if (method === 'pong') return undefined;
  if (method !== 'subscribe' && method !== 'unsubscribe') return unreadable(text, 'a known method');
  const type = method === 'subscribe' ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
  if (success === true && isObject(result)) {
    const topic = toTopic(result.channel, result.symbol, result.interval);
    return topic === undefined ? unreadable(text, 'a topic of ours') : { type, topic };
  }
  if (success !== false) return unreadable(text, 'success and result');
  return readFailure(type, textOf(message.error), topicOfRequest(message.req_id, symbol));
}

type Acknowledgement = 'SUBSCRIBED' | 'UNSUBSCRIBED';

/** https://docs.kraken.com/api/docs/websocket-v2/ticker names no errors: these are those that the venue sends. */
function readFailure(
  type: Acknowledgement,
  reason: string,
  topic: Extract<VenueEvent, { readonly type: Acknowledgement }>['topic'] | undefined,
): VenueEvent {
  if (topic === undefined) return { type: 'TROUBLE', reason };
  if (type === 'UNSUBSCRIBED') {
    return /not found/i.test(reason) ? { type, topic } : { type: 'TROUBLE', reason };
  }
  if (reason === 'Already subscribed') return { type, topic };
  return UNKNOWN_PAIR.test(reason) ? { type: 'REFUSED', topic, reason } : { type: 'TROUBLE', reason };
}

/** https://docs.kraken.com/api/docs/websocket-v2/status */
function* readStatus(data: readonly unknown[]): Generator<VenueEvent, void, undefined> {
  for (const row of data) {
    const system = isObject(row) ? textOf(row.system) : '';
    if (system !== 'online' && system !== '') yield { type: 'TROUBLE', reason: `the venue is in the state ${system}` };
  }
}

/** https://docs.kraken.com/api/docs/websocket-v2/trade */
function readTrade(row: unknown, receivedAt: number): VenueEvent | undefined {
  if (!isObject(row) || !isSymbol(row.symbol)) return undefined;
  const price = toPositiveDecimal(row.price);
  const size = toPositiveDecimal(row.qty);
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(row.trade_id) ? row.trade_id : null;
  const timestamp = isoInstant(row.timestamp) ?? null;
  const side = toSide(row.side) ?? null;
  return { type: 'PRINT', print: { symbol: row.symbol, tradeId, timestamp, receivedAt, price, size, side } };
}

/** https://docs.kraken.com/api/docs/websocket-v2/ticker; it does not tell what opened the day. */
function* readTicker(row: unknown, receivedAt: number, text: string): Generator<VenueEvent, void, undefined> {
  if (!isObject(row) || !isSymbol(row.symbol)) return yield unreadable(text, NOT_READABLE);
  const timestamp = isoInstant(row.timestamp) ?? null;
  const [bid, bidSize] = toLevel(row.bid, row.bid_qty);
  const [ask, askSize] = toLevel(row.ask, row.ask_qty);
  if (bid === null && ask === null && (timestamp ?? 0) < FIRST_TRADING_DAY) return;
  const prices = { last: toPrice(row.last), lastSize: null, bid, bidSize, ask, askSize, open24h: null };
  const day = { high24h: toPrice(row.high), low24h: toPrice(row.low), volume24h: toFigure(row.volume) };
  const figures = { ...prices, ...day };
  if (!sayAnything(figures)) return yield unreadable(text, NOT_READABLE);
  yield { type: 'QUOTE', quote: { symbol: row.symbol, timestamp, receivedAt, ...figures } };
}

/** Of a snapshot only the newest candle of a series is news. https://docs.kraken.com/api/docs/websocket-v2/ohlc */
function* readCandles(
  data: readonly unknown[],
  isSnapshot: boolean,
  text: string,
  series: BarSeries,
): Generator<VenueEvent, void, undefined> {
  const bars: VenueBar[] = [];
  for (const row of data) {
    const bar = readCandle(row);
    if (bar === undefined) yield unreadable(text, NOT_READABLE);
    else bars.push(bar);
  }
  const ordered = bars.toSorted((left, right) => left.openTime - right.openTime);
  for (const bar of isSnapshot ? newestOfEach(ordered) : ordered) yield* series.put(bar);
}

function readCandle(row: unknown): VenueBar | undefined {
  if (!isObject(row) || !isSymbol(row.symbol)) return undefined;
  const interval = intervalOf(row.interval);
  const openTime = isoInstant(row.interval_begin);
  const { open, high, low, close, volume } = row;
  const ohlcv = toOhlcv({ open, high, low, close, volume });
  if (interval === undefined || openTime === undefined || ohlcv === undefined) return undefined;
  return { symbol: row.symbol, interval, openTime, ...ohlcv };
}

function newestOfEach(ordered: readonly VenueBar[]): VenueBar[] {
  return [...new Map(ordered.map((bar) => [`${bar.interval} ${bar.symbol}`, bar])).values()];
}
