import { isObject } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { DataFrame } from '../channel-conversation.ts';
import type { QuoteFigures, QuoteParts } from '../quote-parts.ts';
import type { VenueEvent } from '../venue.ts';
import { hasFault, toFigure, toOhlcv, toPrice, toStandingLevel } from '../wire-figures.ts';
import { isId, toInstant, toPositiveDecimal, toSide, unreadable } from '../wire-values.ts';
import { contentOf } from './dialect.ts';

interface Context {
  readonly symbol: string;
  readonly timestamp: number | null;
  readonly receivedAt: number;
  readonly quotes: QuoteParts;
}

/** What a frame of data says. Never throws. */
export function readData({ message, text, receivedAt, quotes }: DataFrame): readonly VenueEvent[] {
  const { topic, data, type, ts } = message;
  const content = contentOf(topic);
  if (content === undefined) return [unreadable(text, 'a channel that was subscribed to')];
  const { symbol, kind, interval } = content;
  const context = { symbol, timestamp: toInstant(ts), receivedAt, quotes };
  if (kind === 'tickers' || kind === 'best') {
    const event = kind === 'tickers' ? readTicker(data, context) : readBest(data, type, context);
    return [event ?? unreadable(text, `the fields of ${kind}`)];
  }
  if (!Array.isArray(data)) return [unreadable(text, 'rows')];
  return data.map((row) => {
    const event = interval === undefined ? readTrade(row, context) : readBar(row, context, interval);
    return event ?? unreadable(text, 'rows as the channel has them');
  });
}

/** Every frame of it is called a snapshot, and is live: https://bybit-exchange.github.io/docs/v5/websocket/public/trade */
function readTrade(row: unknown, { symbol, receivedAt }: Context): VenueEvent | undefined {
  if (!isObject(row) || row.s !== symbol) return undefined;
  const price = toPositiveDecimal(row.p);
  const size = toPositiveDecimal(row.v);
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(row.i) ? row.i : null;
  const side = typeof row.S === 'string' ? (toSide(row.S.toLowerCase()) ?? null) : null;
  return { type: 'PRINT', print: { symbol, tradeId, timestamp: toInstant(row.T), receivedAt, price, size, side } };
}

/**
 * Of derivatives, what has changed, the best prices included; of the spot market, all but those:
 * https://bybit-exchange.github.io/docs/v5/websocket/public/ticker
 */
function readTicker(data: unknown, context: Context): VenueEvent | undefined {
  if (!isObject(data) || data.symbol !== context.symbol) return undefined;
  return toQuote(
    {
      ...(data.lastPrice === undefined ? {} : { last: toPrice(data.lastPrice) }),
      ...(data.prevPrice24h === undefined ? {} : { open24h: toPrice(data.prevPrice24h) }),
      ...(data.highPrice24h === undefined ? {} : { high24h: toPrice(data.highPrice24h) }),
      ...(data.lowPrice24h === undefined ? {} : { low24h: toPrice(data.lowPrice24h) }),
      ...(data.volume24h === undefined ? {} : { volume24h: toFigure(data.volume24h) }),
      ...sideOf('bid', data.bid1Price, data.bid1Size),
      ...sideOf('ask', data.ask1Price, data.ask1Size),
    },
    context,
  );
}

/** What has changed of one side; it has no size without a price. */
function sideOf(side: 'bid' | 'ask', price: unknown, size: unknown): Partial<QuoteFigures> {
  if (price === undefined) return size === undefined ? {} : { [`${side}Size`]: toFigure(size) };
  const figure = toPrice(price);
  if (figure === null) return { [side]: null, [`${side}Size`]: null };
  return { [side]: figure, ...(size === undefined ? {} : { [`${side}Size`]: toFigure(size) }) };
}

/** A book of one level on each side: https://bybit-exchange.github.io/docs/v5/websocket/public/orderbook */
function readBest(data: unknown, type: unknown, context: Context): VenueEvent | undefined {
  if (!isObject(data) || data.s !== context.symbol || (type !== 'snapshot' && type !== 'delta')) return undefined;
  if (!isSide(data.b) || !isSide(data.a)) return undefined;
  const [bid, ask] = [bestOf(data.b, type), bestOf(data.a, type)];
  return toQuote(
    {
      ...(bid === undefined ? {} : { bid: bid[0], bidSize: bid[1] }),
      ...(ask === undefined ? {} : { ask: ask[0], askSize: ask[1] }),
    },
    context,
  );
}

type Level = readonly [price: unknown, size: unknown];

function isSide(received: unknown): received is readonly Level[] {
  return Array.isArray(received) && received.every((level) => Array.isArray(level) && level.length === 2);
}

/**
 * The level that a side has now; undefined: as before. A size of 0 takes the former best away, and the new one comes in
 * the same frame unless there is none.
 */
function bestOf(levels: readonly Level[], type: 'snapshot' | 'delta'): ReturnType<typeof toStandingLevel> | undefined {
  if (levels.length === 0 && type === 'delta') return undefined;
  const read = levels.map(([price, size]) => toStandingLevel(price, size));
  return read.find(([price]) => price !== null) ?? [null, null];
}

function toQuote(figures: Partial<QuoteFigures>, context: Context): VenueEvent | undefined {
  const { symbol, timestamp, receivedAt, quotes } = context;
  return hasFault(figures) ? undefined : quotes.put(symbol, { timestamp, receivedAt, figures });
}

/** https://bybit-exchange.github.io/docs/v5/websocket/public/kline */
function readBar(row: unknown, { symbol }: Context, interval: LiveBarInterval): VenueEvent | undefined {
  if (!isObject(row) || typeof row.confirm !== 'boolean') return undefined;
  const openTime = toInstant(row.start);
  const { open, high, low, close, volume } = row;
  const figures = toOhlcv({ open, high, low, close, volume });
  if (openTime === null || figures === undefined) return undefined;
  return { type: 'BAR', bar: { symbol, interval, openTime, ...figures, isClosed: row.confirm } };
}
