import { isObject, type JsonObject } from '../../domain/json-text.ts';
import type { DataFrame } from '../channel-conversation.ts';
import type { QuoteFigures } from '../quote-parts.ts';
import type { VenueEvent } from '../venue.ts';
import { hasFault, toFigure, toOhlcv, toPrice, toStandingLevel } from '../wire-figures.ts';
import { isId, toDecimal, toInstant, toPositiveDecimal, toSide, unreadable } from '../wire-values.ts';
import { type GateMarket, intervalOf, isSymbol } from './dialect.ts';

/** An update of a channel. */
export interface UpdateFrame extends DataFrame {
  readonly market: GateMarket;
}

/** NONE: the row is none of the market's. */
type RowReader = (row: JsonObject, frame: UpdateFrame) => VenueEvent | 'NONE' | undefined;

const READERS: ReadonlyMap<unknown, RowReader> = new Map<string, RowReader>([
  ['spot.trades', readSpotTrade],
  ['futures.trades', readFuturesTrade],
  ['spot.book_ticker', readBest],
  ['futures.book_ticker', readBest],
  ['spot.tickers', readSpotDay],
  ['futures.tickers', readFuturesDay],
  ['spot.candlesticks', readBar],
  ['futures.candlesticks', readBar],
]);

/** What an update says. Never throws. */
export function readUpdate(frame: UpdateFrame): readonly VenueEvent[] {
  const { message, text, market } = frame;
  const { channel, result } = message;
  const read = READERS.get(channel);
  if (read === undefined || !String(channel).startsWith(`${market}.`))
    return [unreadable(text, 'a channel that was subscribed to')];
  return (Array.isArray(result) ? result : [result]).flatMap((row) => {
    const event = isObject(row) ? read(row, frame) : undefined;
    return event === 'NONE' ? [] : [event ?? unreadable(text, 'rows as the channel has them')];
  });
}

/** https://www.gate.com/docs/developers/apiv4/ws/en/#public-trades-channel */
function readSpotTrade(row: JsonObject, { receivedAt }: UpdateFrame): VenueEvent | undefined {
  const { currency_pair: symbol, side } = row;
  return toPrint(row, { symbol, size: row.amount, side: toSide(side) ?? null, receivedAt });
}

/** A negative size is a sale; `is_internal` is one of insurance or deleveraging: https://www.gate.com/docs/developers/futures/ws/en/#trades-api */
function readFuturesTrade(row: JsonObject, { receivedAt }: UpdateFrame): VenueEvent | 'NONE' | undefined {
  if (row.is_internal === true) return 'NONE';
  const signed = toDecimal(row.size);
  if (signed === undefined) return undefined;
  const isSale = signed.startsWith('-');
  const size = isSale ? signed.slice(1) : signed;
  return toPrint(row, { symbol: row.contract, size, side: isSale ? 'SELL' : 'BUY', receivedAt });
}

interface PrintParts {
  readonly symbol: unknown;
  readonly size: unknown;
  readonly side: 'BUY' | 'SELL' | null;
  readonly receivedAt: number;
}

function toPrint(row: JsonObject, parts: PrintParts): VenueEvent | undefined {
  const { symbol, side, receivedAt } = parts;
  const price = toPositiveDecimal(row.price);
  const size = toPositiveDecimal(parts.size);
  if (!isSymbol(symbol) || price === undefined || size === undefined) return undefined;
  const tradeId = isId(row.id) ? row.id : null;
  const timestamp = wholeInstant(row.create_time_ms) ?? secondsInstant(row.create_time);
  return { type: 'PRINT', print: { symbol, tradeId, timestamp, receivedAt, price, size, side } };
}

/** https://www.gate.com/docs/developers/apiv4/ws/en/#best-bid-or-ask-price */
function readBest(row: JsonObject, { receivedAt, quotes }: UpdateFrame): VenueEvent | undefined {
  if (!isSymbol(row.s) || row.b === undefined || row.a === undefined) return undefined;
  const [bid, bidSize] = toStandingLevel(row.b, row.B);
  const [ask, askSize] = toStandingLevel(row.a, row.A);
  const figures = { bid, bidSize, ask, askSize };
  return hasFault(figures) ? undefined : quotes.put(row.s, { timestamp: toInstant(row.t), receivedAt, figures });
}

/** Its best prices are older than those of book_ticker: https://www.gate.com/docs/developers/apiv4/ws/en/#tickers-channel */
function readSpotDay(row: JsonObject, frame: UpdateFrame): VenueEvent | undefined {
  return toDay(row, row.currency_pair, row.base_volume, frame);
}

/** Volumes are in contracts: https://www.gate.com/docs/developers/futures/ws/en/#tickers-api */
function readFuturesDay(row: JsonObject, frame: UpdateFrame): VenueEvent | undefined {
  return toDay(row, row.contract, row.volume_24h, frame);
}

/** The venue does not tell where the day began. What a row leaves out stays as it was. */
function toDay(row: JsonObject, symbol: unknown, volume: unknown, frame: UpdateFrame): VenueEvent | undefined {
  if (!isSymbol(symbol) || row.last === undefined) return undefined;
  const figures: Partial<QuoteFigures> = {
    last: toPrice(row.last),
    ...(row.high_24h === undefined ? {} : { high24h: toPrice(row.high_24h) }),
    ...(row.low_24h === undefined ? {} : { low24h: toPrice(row.low_24h) }),
    ...(volume === undefined ? {} : { volume24h: toFigure(volume) }),
  };
  if (hasFault(figures)) return undefined;
  const { message, receivedAt, quotes } = frame;
  return quotes.put(symbol, { timestamp: toInstant(row.t) ?? toInstant(message.time_ms), receivedAt, figures });
}

/**
 * `n` names length and symbol, `w` says that the bar is closed:
 * https://www.gate.com/docs/developers/apiv4/ws/en/#candlesticks-channel
 */
function readBar(row: JsonObject, { market }: UpdateFrame): VenueEvent | undefined {
  const [, length, symbol] = typeof row.n === 'string' ? (/^([^_]+)_(.+)$/.exec(row.n) ?? []) : [];
  const interval = intervalOf(length);
  const openTime = secondsInstant(row.t);
  const volume = market === 'spot' ? coinsOf(row) : row.v;
  const figures = toOhlcv({ open: row.o, high: row.h, low: row.l, close: row.c, volume });
  if (interval === undefined || !isSymbol(symbol) || openTime === null || figures === undefined) return undefined;
  return { type: 'BAR', bar: { symbol, interval, openTime, ...figures, isClosed: row.w === true } };
}

/** `v` is in quote currency at the spot market, `a` in base coins; the venue has not always sent that. */
function coinsOf({ a, v }: JsonObject): unknown {
  return a === undefined && toFigure(v) === 0 ? v : a;
}

/** Of milliseconds with decimals. */
function wholeInstant(received: unknown): number | null {
  return typeof received === 'string' ? toInstant(received.replace(/\.\d*$/, '')) : null;
}

function secondsInstant(received: unknown): number | null {
  return typeof received === 'string' && /^\d{1,10}$/.test(received) ? Number(received) * 1000 : null;
}
