import { describe, expect, it } from 'vitest';
import { BarSeries } from '../../../src/exchanges/bar-series.ts';
import { readFrame } from '../../../src/exchanges/kraken/normalize.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import {
  CANDLE,
  CANDLE_SNAPSHOT,
  HALTED_TICKER,
  HEARTBEAT,
  NEXT_CANDLE,
  PONG,
  REFUSED,
  STATUS,
  SUBSCRIBED,
  TICKER,
  TRADE,
  TRADE_SNAPSHOT,
} from './kraken-frames.ts';

const RECEIVED_AT = 1_783_641_602_000;

function read(text: string, bars = new BarSeries()): VenueEvent[] {
  return [...readFrame(text, RECEIVED_AT, bars)];
}

function kinds(events: readonly VenueEvent[]): string[] {
  return events.map(({ type }) => type);
}

/** The frame with another value of the first field of this name. */
function having(frame: string, name: string, value: string): string {
  return frame.replace(new RegExp(`"${name}":("[^"]*"|[\\d.]+)`), `"${name}":${value}`);
}

describe('a trade of Kraken', () => {
  it('is a print with the digits of the venue, its long id and the milliseconds of its time', () => {
    const print = {
      symbol: 'BTC/USD',
      tradeId: '9007199254740993123',
      timestamp: Date.UTC(2026, 6, 10) + 123,
      receivedAt: RECEIVED_AT,
      price: '100.10',
      size: '0.25',
      side: 'BUY',
    };
    expect(read(TRADE)).toEqual([{ type: 'PRINT', print }]);
  });

  it('of before the subscription is no news', () => {
    expect(read(TRADE_SNAPSHOT)).toEqual([]);
  });

  it.each([
    ['price', '1.5e-7', { price: '0.00000015' }],
    ['qty', '2E3', { size: '2000' }],
    ['side', '"sell"', { side: 'SELL' }],
    ['side', '"hold"', { side: null }],
    ['trade_id', '""', { tradeId: null }],
    ['timestamp', '"2026-02-31T00:00:00Z"', { timestamp: expect.any(Number) }],
    ['timestamp', '"2026-13-01T00:00:00Z"', { timestamp: null }],
    ['timestamp', '"now"', { timestamp: null }],
    ['timestamp', '1783641602', { timestamp: null }],
    ['timestamp', '"2026-07-10T00:00:00Z"', { timestamp: Date.UTC(2026, 6, 10) }],
  ])('with the %s %s is a print with %j', (name, value, print) => {
    expect(read(having(TRADE, name, value))).toMatchObject([{ type: 'PRINT', print }]);
  });

  it.each([
    ['price', '0'],
    ['price', '-1'],
    ['price', '"NaN"'],
    ['qty', '0.0'],
    ['qty', '[]'],
    ['symbol', '""'],
    ['symbol', 'null'],
  ])('with the %s %s cannot be read', (name, value) => {
    expect(kinds(read(having(TRADE, name, value)))).toEqual(['UNREADABLE']);
  });
});

describe('a ticker of Kraken', () => {
  it('is a quote, be it of a snapshot or an update; what opened the day is not told', () => {
    const quote = {
      symbol: 'BTC/USD',
      timestamp: Date.UTC(2026, 6, 10, 0, 0, 1, 500),
      receivedAt: RECEIVED_AT,
      last: 100.05,
      lastSize: null,
      bid: 99.9,
      bidSize: 1.2,
      ask: 100.1,
      askSize: 2.3,
      open24h: null,
      high24h: 104.25,
      low24h: 91.5,
      volume24h: 3456.789,
    };
    expect(read(TICKER)).toEqual([{ type: 'QUOTE', quote }]);
    expect(read(TICKER.replace('update', 'snapshot'))).toEqual([{ type: 'QUOTE', quote }]);
  });

  it('of a pair that is halted is no tick', () => {
    expect(read(HALTED_TICKER)).toEqual([]);
  });

  it('without anybody who bids has no bid', () => {
    expect(read(having(TICKER, 'bid', '0.0'))).toMatchObject([{ quote: { bid: null, bidSize: null, ask: 100.1 } }]);
  });

  it('without a time, as the venue sent them once, has none', () => {
    expect(read(TICKER.replace(/,"timestamp":"[^"]*"/, ''))).toMatchObject([{ quote: { timestamp: null, bid: 99.9 } }]);
  });

  it.each([
    ['bid', '"many"'],
    ['ask_qty', '-1'],
    ['last', 'true'],
    ['volume', '{}'],
    ['symbol', '7e999999'.padEnd(70, '9')],
  ])('with the %s %s cannot be read', (name, value) => {
    expect(kinds(read(having(TICKER, name, value)))).toEqual(['UNREADABLE']);
  });
});

describe('a candle of Kraken', () => {
  const bar = {
    symbol: 'BTC/USD',
    interval: 'M1',
    openTime: Date.UTC(2023, 9, 4, 16, 25),
    open: 100,
    high: 104,
    low: 98.5,
    close: 101.25,
    volume: 12.5,
  };
  const next = { ...bar, openTime: Date.UTC(2023, 9, 4, 16, 26), open: 101.25, volume: 0.5 };

  it('is a bar that is forming, and one that has closed when the next is there', () => {
    const bars = new BarSeries();
    expect(read(CANDLE, bars)).toEqual([{ type: 'BAR', bar: { ...bar, isClosed: false } }]);
    expect(read(NEXT_CANDLE, bars)).toEqual([
      { type: 'BAR', bar: { ...bar, isClosed: true } },
      { type: 'BAR', bar: { ...next, isClosed: false } },
    ]);
  });

  it('of a snapshot is news only when it is the newest', () => {
    expect(read(CANDLE_SNAPSHOT)).toEqual([{ type: 'BAR', bar: { ...bar, isClosed: false } }]);
  });

  it.each([
    ['open', 'null'],
    ['high', '"NaN"'],
    ['low', '-1'],
    ['close', '""'],
    ['volume', 'false'],
    ['interval', '3'],
    ['interval', '"constructor"'],
    ['interval_begin', '"2023-10-04"'],
  ])('with the %s %s cannot be read', (name, value) => {
    expect(kinds(read(having(CANDLE, name, value)))).toEqual(['UNREADABLE']);
  });
});

describe('what Kraken says of the connection', () => {
  const h4 = { channel: 'bars', symbol: 'FOO/BAR', interval: 'H4' };
  const trades = { channel: 'trades', symbol: 'BTC/USD' };
  const failure = (error: string, method = 'subscribe'): string =>
    `{"error":"${error}","method":"${method}","success":false,"symbol":"BTC/USD","req_id":2}`;

  it.each<[string, unknown]>([
    [SUBSCRIBED, { type: 'SUBSCRIBED', topic: trades }],
    [SUBSCRIBED.replace('subscribe', 'unsubscribe'), { type: 'UNSUBSCRIBED', topic: trades }],
    [
      '{"method":"subscribe","result":{"channel":"ohlc","interval":1440,"snapshot":true,"symbol":"BTC/USD"},"success":true,"req_id":11440}',
      { type: 'SUBSCRIBED', topic: { channel: 'bars', symbol: 'BTC/USD', interval: 'D1' } },
    ],
    [REFUSED, { type: 'REFUSED', topic: h4, reason: 'Currency pair not supported FOO/BAR' }],
    [
      REFUSED.replace(/not supported FOO.BAR/, 'not in ISO 4217-A3 format FOOBAR'),
      { type: 'REFUSED', topic: h4, reason: 'Currency pair not in ISO 4217-A3 format FOOBAR' },
    ],
    [failure('Already subscribed'), { type: 'SUBSCRIBED', topic: trades }],
    [failure('Subscription Not Found', 'unsubscribe'), { type: 'UNSUBSCRIBED', topic: trades }],
    [failure('Exceeded msg rate'), { type: 'TROUBLE', reason: 'Exceeded msg rate' }],
    [
      failure('Already subscribed to one ohlc interval on this symbol'),
      { type: 'TROUBLE', reason: 'Already subscribed to one ohlc interval on this symbol' },
    ],
    [
      '{"error":"Malformed request","method":"subscribe","success":false}',
      { type: 'TROUBLE', reason: 'Malformed request' },
    ],
    [STATUS.replace('online', 'maintenance'), { type: 'TROUBLE', reason: 'the venue is in the state maintenance' }],
  ])('%s is understood', (text, event) => {
    expect(read(text)).toEqual([event]);
  });

  it.each([HEARTBEAT, STATUS, PONG])('%s says nothing', (text) => {
    expect(read(text)).toEqual([]);
  });

  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"channel":"trade"}',
    '{"channel":"trade","type":"update"}',
    '{"channel":"trade","type":"news","data":[]}',
    '{"channel":"book","type":"update","data":[{}]}',
    '{"channel":"trade","type":"update","data":[null]}',
    '{"method":"subscribe","success":true}',
    '{"method":"subscribe","success":true,"result":{"channel":"book","symbol":"BTC/USD"}}',
    '{"method":"add_order","success":true}',
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('cannot be read when it is %.60s', (text) => {
    const [event, ...others] = read(text);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'UNREADABLE', reason: expect.stringMatching(/^received .*, wanted /) });
  });
});
