import { describe, expect, it } from 'vitest';
import { HtxConversation } from '../../../src/exchanges/htx/conversation.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { BEST, CANDLE, DAY, NEXT_CANDLE, TRADE } from './htx-frames.ts';

const RECEIVED_AT = 1_618_678_071_000;

function read(...texts: readonly string[]): VenueEvent[] {
  const conversation = new HtxConversation();
  return texts.flatMap((text) => [...conversation.read(text, RECEIVED_AT)]);
}

function kinds(events: readonly VenueEvent[]): string[] {
  return events.map(({ type }) => type);
}

/** The frame with another value of the last field of this name. */
function having(frame: string, name: string, value: string): string {
  return frame.replace(new RegExp(`(.*)"${name}":("[^"]*"|[-\\d.E]+)`), `$1"${name}":${value}`);
}

/** A frame of trades with these ids, in this order. */
function trades(...ids: readonly number[]): string {
  const rows = ids.map((id) => ({ id, ts: 1_618_678_071_887, tradeId: id, amount: 1, price: 2, direction: 'sell' }));
  return JSON.stringify({ ch: 'market.a.trade.detail', ts: 1, tick: { id: 1, ts: 1, data: rows } });
}

describe('a trade of HTX', () => {
  it('is a print with the digits of the venue, its exponent expanded, and the id of the trade', () => {
    const print = {
      symbol: 'trioeth',
      tradeId: '100045088885',
      timestamp: 1_618_678_027_940,
      receivedAt: RECEIVED_AT,
      price: '0.00000092',
      size: '20995.88',
      side: 'BUY',
    };
    expect(read(TRADE)).toEqual([{ type: 'PRINT', print }]);
  });

  it('has its turn among others of its frame, where the venue lists the newest first', () => {
    const ids = (...frames: string[]) =>
      read(...frames).map((event) => (event.type === 'PRINT' ? event.print.tradeId : event));
    expect(ids(trades(1000, 999, 998))).toEqual(['998', '999', '1000']);
    expect(ids(trades(998, 999))).toEqual(['998', '999']);
  });

  it('that the venue sends first of all is no news when it is older than the subscription', () => {
    const acknowledgement = (ts: number) =>
      `{"id":"1","status":"ok","subbed":"market.trioeth.trade.detail","ts":${ts}}`;
    expect(kinds(read(acknowledgement(1_618_678_070_653), TRADE))).toEqual([]);
    expect(kinds(read(acknowledgement(1_618_678_070_653), TRADE, TRADE))).toEqual(['PRINT']);
    expect(kinds(read(acknowledgement(1_618_678_027_940), TRADE))).toEqual(['PRINT']);
  });

  it.each([
    ['direction', '"sell"', { side: 'SELL' }],
    ['direction', '""', { side: null }],
    ['ts', '"soon"', { timestamp: null }],
    ['tradeId', '9007199254740993123', { tradeId: '9007199254740993123' }],
    ['price', '716.0', { price: '716.0' }],
    ['price', '"716.0"', { price: '716.0' }],
  ])('with the %s %s is a print with %j', (name, value, print) => {
    expect(read(having(TRADE, name, value))).toMatchObject([{ type: 'PRINT', print }]);
  });

  it.each([
    ['price', '0'],
    ['price', '-1'],
    ['amount', 'null'],
    ['amount', '1e99'],
  ])('with the %s %s cannot be read', (name, value) => {
    expect(kinds(read(having(TRADE, name, value)))).toEqual(['UNREADABLE']);
  });

  it('can be read beside one that cannot', () => {
    expect(kinds(read(having(trades(2, 1), 'price', '0')))).toEqual(['UNREADABLE', 'PRINT']);
  });
});

describe('a quote of HTX', () => {
  const best = { bid: 7541.16, bidSize: 0.002329, ask: 7543.59, askSize: 2.323241 };
  const day = {
    last: 7542.01,
    lastSize: 0.0125,
    open24h: 7500.5,
    high24h: 7600.25,
    low24h: 7400.75,
    volume24h: 23_456.7801,
  };
  const none = Object.fromEntries(Object.keys(day).map((name) => [name, null]));

  it('is put together of the best prices and the figures of the day, whose own prices are older', () => {
    const quote = { symbol: 'btcusdt', timestamp: 1_575_158_404_057, receivedAt: RECEIVED_AT, ...best };
    expect(read(BEST, DAY)).toEqual([
      { type: 'QUOTE', quote: { ...quote, ...none } },
      { type: 'QUOTE', quote: { ...quote, ...day, timestamp: 1_575_158_404_123 } },
    ]);
  });

  it.each([
    [BEST, 'bid', '0', { bid: null, bidSize: null, ask: 7543.59 }],
    [BEST, 'ask', 'null', { ask: null, askSize: null }],
    [BEST, 'quoteTime', 'null', { timestamp: 1_575_158_404_058 }],
    [DAY, 'lastPrice', 'null', { last: 7542.01, lastSize: 0.0125 }],
    [DAY, 'amount', '0', { volume24h: 0 }],
  ])('%.60s with the %s %s says %j', (frame, name, value, quote) => {
    expect(read(having(frame, name, value))).toMatchObject([{ type: 'QUOTE', quote }]);
  });

  it.each([
    [BEST, 'bid', '"many"'],
    [BEST, 'askSize', '-1'],
    [BEST, 'symbol', '"ethusdt"'],
    [DAY, 'open', '{}'],
    [DAY, 'amount', '-1'],
  ])('%.60s with the %s %s cannot be read', (frame, name, value) => {
    expect(kinds(read(having(frame, name, value)))).toEqual(['UNREADABLE']);
  });
});

describe('a candle of HTX', () => {
  const bar = {
    symbol: 'btcusdt',
    interval: 'M1',
    openTime: 1_575_158_400_000,
    open: 7540,
    high: 7544.25,
    low: 7538.5,
    close: 7542.01,
    volume: 12.345678,
  };
  const flat = { open: 7542.01, high: 7542.01, low: 7542.01, close: 7542.01, volume: 0.00015 };

  it('is a bar with its volume in base coins, which has closed when the next is there', () => {
    expect(read(CANDLE, NEXT_CANDLE)).toEqual([
      { type: 'BAR', bar: { ...bar, isClosed: false } },
      { type: 'BAR', bar: { ...bar, isClosed: true } },
      { type: 'BAR', bar: { ...bar, ...flat, openTime: 1_575_158_460_000, isClosed: false } },
    ]);
  });

  it.each([
    ['id', '1575158400000'],
    ['id', '"now"'],
    ['open', 'null'],
    ['high', '-1'],
    ['amount', '""'],
  ])('with the %s %s cannot be read', (name, value) => {
    expect(kinds(read(having(CANDLE, name, value)))).toEqual(['UNREADABLE']);
  });

  it.each(['1day', '3min', '1week'])('of %s is none of ours', (period) => {
    expect(kinds(read(CANDLE.replace('1min', period)))).toEqual(['UNREADABLE']);
  });
});

describe('a frame that HTX does not send', () => {
  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"status":"ok"}',
    '{"status":"ok","subbed":7.5e3}'.replace('7.5e3', '[]'),
    '{"ch":"market.a.depth.step0","tick":{}}',
    '{"ch":"market.a.trade.detail","tick":{"data":{}}}',
    '{"ch":"market.a.trade.detail","tick":{"data":[null]}}',
    '{"ch":"market.a.ticker","tick":{}}',
    '{"ch":["market.a.ticker"],"tick":{}}',
    `{"ch":"market.${'a'.repeat(65)}.ticker","tick":{}}`,
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('cannot be read: %.60s', (text) => {
    const [event, ...others] = read(text);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'UNREADABLE', reason: expect.stringMatching(/^received .*, wanted /) });
  });
});
