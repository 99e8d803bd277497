import { quoted } from '../../domain/errors.ts';
import { isObject, type JsonObject, parseObject } from '../../domain/json-text.ts';
import type { LiveBarInterval } from '../../domain/live-bar.ts';
import type { VenueEvent } from '../venue.ts';
import { sayAnything, toFigure, toLevel, toOhlcv } from '../wire-figures.ts';
import { isId, textOf, toInstant, toPositiveDecimal, toSide, unreadable } from '../wire-values.ts';
import { CLOSING_FOR_UPGRADE, intervalOf, isSymbol, NO_SUCH_CHANNEL, topicOfRefusal, toTopic } from './dialect.ts';

interface Push {
  readonly symbol: string;
  readonly receivedAt: number;
}

/** What a frame of the public or the business socket says. Never throws. */
export function* readFrame(text: string, receivedAt: number): Generator<VenueEvent, void, undefined> {
  const message = parseObject(text);
  if (message === undefined) return yield unreadable(text, 'an object');
  if (message.event !== undefined) {
    const event = readEvent(message, text);
    return event === undefined ? undefined : yield event;
  }
  const { arg, data } = message;
  if (!isObject(arg) || !isSymbol(arg.instId) || !Array.isArray(data)) return yield unreadable(text, 'arg and data');
  const readRow = rowReader(arg.channel);
  if (readRow === undefined) return yield unreadable(text, 'a channel that was subscribed to');
  const push = { symbol: arg.instId, receivedAt };
  for (const row of data) yield readRow(row, push) ?? unreadable(text, 'rows as the channel has them');
}

/** What the venue says of the connection; undefined for what needs no answer. */
function readEvent(message: JsonObject, text: string): VenueEvent | undefined {
  const topic = toTopic(message.arg);
  const said = textOf(message.msg);
  switch (message.event) {
    case 'subscribe':
      return topic === undefined ? unreadable(text, 'a topic of ours') : { type: 'SUBSCRIBED', topic };
    case 'unsubscribe':
      return topic === undefined ? unreadable(text, 'a topic of ours') : { type: 'UNSUBSCRIBED', topic };
    case 'error': {
      const reason = `${textOf(message.code)} ${said}`;
      const refused = topic ?? topicOfRefusal(said);
      // Whatever else went wrong passes: the topic is asked for again when its acknowledgement does not come.
      if (message.code !== NO_SUCH_CHANNEL || refused === undefined) return { type: 'TROUBLE', reason };
      return { type: 'REFUSED', topic: refused, reason };
    }
    case 'channel-conn-count':
      return undefined;
    case 'channel-conn-count-error': {
      const reason = `too many connections with the channel ${quoted(textOf(message.channel))}`;
      return { type: 'TROUBLE', reason };
    }
    case 'notice':
      if (message.code === CLOSING_FOR_UPGRADE) return { type: 'CLOSING', reason: said };
      return unreadable(text, `the notice ${CLOSING_FOR_UPGRADE}`);
    default:
      return unreadable(text, 'a known event');
  }
}

type RowReader = (row: unknown, push: Push) => VenueEvent | undefined;

function rowReader(channel: unknown): RowReader | undefined {
  if (channel === 'trades') return readTrade;
  if (channel === 'tickers') return readTicker;
  const interval = intervalOf(channel);
  return interval === undefined ? undefined : (row, push) => readCandle(row, push, interval);
}

/** https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-trades-channel */
function readTrade(row: unknown, { symbol, receivedAt }: Push): VenueEvent | undefined {
  if (!isRowOf(symbol, row)) return undefined;
  const price = toPositiveDecimal(row.px);
  const size = toPositiveDecimal(row.sz);
  if (price === undefined || size === undefined) return undefined;
  const tradeId = isId(row.tradeId) ? row.tradeId : null;
  const side = toSide(row.side) ?? null;
  return {
    type: 'PRINT',
    print: { symbol, tradeId, timestamp: toInstant(row.ts), receivedAt, price, size, side },
  };
}

/** They come empty where there is none, and never as null. */
const TICKER_FIGURES: readonly string[] = [
  ...['last', 'lastSz', 'bidPx', 'bidSz', 'askPx', 'askSz'],
  ...['open24h', 'high24h', 'low24h', 'vol24h'],
];

/** https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-tickers-channel */
function readTicker(row: unknown, { symbol, receivedAt }: Push): VenueEvent | undefined {
  if (!isRowOf(symbol, row)) return undefined;
  const [bid, bidSize] = toLevel(row.bidPx, row.bidSz);
  const [ask, askSize] = toLevel(row.askPx, row.askSz);
  const figures = {
    last: toFigure(row.last),
    lastSize: toFigure(row.lastSz),
    bid,
    bidSize,
    ask,
    askSize,
    open24h: toFigure(row.open24h),
    high24h: toFigure(row.high24h),
    low24h: toFigure(row.low24h),
    volume24h: toFigure(row.vol24h),
  };
  if (!sayAnything(figures) || TICKER_FIGURES.some((name) => row[name] === null)) return undefined;
  return { type: 'QUOTE', quote: { symbol, timestamp: toInstant(row.ts), receivedAt, ...figures } };
}

/** https://www.okx.com/docs-v5/en/#order-book-trading-market-data-ws-candlesticks-channel */
function readCandle(row: unknown, { symbol }: Push, interval: LiveBarInterval): VenueEvent | undefined {
  if (!Array.isArray(row) || (row[8] !== '0' && row[8] !== '1')) return undefined;
  const openTime = toInstant(row[0]);
  const [, open, high, low, close, volume] = row;
  const figures = toOhlcv({ open, high, low, close, volume });
  if (openTime === null || figures === undefined) return undefined;
  return { type: 'BAR', bar: { symbol, interval, openTime, ...figures, isClosed: row[8] === '1' } };
}

function isRowOf(symbol: string, row: unknown): row is JsonObject {
  return isObject(row) && (row.instId === undefined || row.instId === symbol);
}
