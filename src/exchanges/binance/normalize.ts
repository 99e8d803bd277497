import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { Side } from '../../domain/trade.ts';
import type { DataFrame } from '../channel-conversation.ts';
import type { QuoteParts } from '../quote-parts.ts';
import type { VenueEvent } from '../venue.ts';
import { hasFault, sayAnything, toFigure, toLevel, toOhlcv, toPrice } from '../wire-figures.ts';
import { isId, toInstant, toPositiveDecimal, unreadable } from '../wire-values.ts';
import { contentOf, type StreamContent } from './dialect.ts';

/** By `m`, whether the buyer's order was there first. */
const TAKERS: ReadonlyMap<unknown, Side> = new Map([
  [true, 'SELL'],
  [false, 'BUY'],
]);

/** What a frame of a combined stream says; undefined for one that is passed over. Never throws. */
export function readStream({ message, text, receivedAt, quotes }: DataFrame): VenueEvent | undefined {
  const { stream, data } = message;
  const content = typeof stream === 'string' ? contentOf(stream) : undefined;
  if (content === undefined || !isObject(data)) return unreadable(text, 'data of a stream that was subscribed to');
  // Order books are not asked for; a session may have been recorded with them.
  if (content.kind === 'book') return undefined;
  if (data.s !== content.symbol) return unreadable(text, 'data of the symbol of the stream');
  return readData(data, { ...content, receivedAt, quotes }) ?? unreadable(text, `the fields of ${content.kind}`);
}

interface Context extends StreamContent {
  readonly receivedAt: number;
  readonly quotes: QuoteParts;
}

function readData(data: JsonObject, context: Context): VenueEvent | undefined {
  switch (context.kind) {
    case 'aggTrade':
      return readTrade(data, context);
    case 'bookTicker':
      return readBest(data, context);
    case 'ticker':
      return readDay(data, context);
    default:
      return readKline(data, context);
  }
}

/**
 * All that one order took at one price; insurance fund and liquidations without a book are not among them:
 * https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#aggregate-trade-streams
 */
function readTrade(data: JsonObject, { symbol, receivedAt }: Context): VenueEvent | undefined {
  const price = toPositiveDecimal(data.p);
  const size = toPositiveDecimal(data.q);
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(data.a) ? data.a : null;
  const timestamp = toInstant(data.T);
  const side = TAKERS.get(data.m) ?? null;
  return { type: 'PRINT', print: { symbol, tradeId, timestamp, receivedAt, price, size, side } };
}

/**
 * Without a time at the spot market:
 * https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#individual-symbol-book-ticker-streams
 */
function readBest(data: JsonObject, { symbol, receivedAt, quotes }: Context): VenueEvent | undefined {
  if (data.b === undefined || data.a === undefined) return undefined;
  const [bid, bidSize] = toLevel(data.b, data.B);
  const [ask, askSize] = toLevel(data.a, data.A);
  const figures = { bid, bidSize, ask, askSize };
  return hasFault(figures) ? undefined : quotes.put(symbol, { timestamp: toInstant(data.E), receivedAt, figures });
}

/**
 * Once a second, so that its best prices are older than those of bookTicker:
 * https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#individual-symbol-ticker-streams
 */
function readDay(data: JsonObject, { symbol, receivedAt, quotes }: Context): VenueEvent | undefined {
  if (data.c === undefined) return undefined;
  const [last, lastSize] = toLevel(data.c, data.Q);
  const figures = {
    last,
    lastSize,
    open24h: toPrice(data.o),
    high24h: toPrice(data.h),
    low24h: toPrice(data.l),
    volume24h: toFigure(data.v),
  };
  return sayAnything(figures) ? quotes.put(symbol, { timestamp: toInstant(data.E), receivedAt, figures }) : undefined;
}

/** https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams#klinecandlestick-streams-for-utc */
function readKline({ k }: JsonObject, { symbol, interval }: Context): VenueEvent | undefined {
  if (!isObject(k) || interval === undefined || typeof k.x !== 'boolean') return undefined;
  const openTime = toInstant(k.t);
  const figures = toOhlcv({ open: k.o, high: k.h, low: k.l, close: k.c, volume: k.v });
  if (openTime === null || figures === undefined) return undefined;
  return { type: 'BAR', bar: { symbol, interval, openTime, ...figures, isClosed: k.x } };
}
