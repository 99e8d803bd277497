import { describe, expect, it } from 'vitest';
import { KucoinConversation } from '../../../src/exchanges/kucoin/conversation.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { CANDLE, MATCH, NEXT_CANDLE, SNAPSHOT, TICKER } from './kucoin-frames.ts';

const RECEIVED_AT = 1_619_378_340_000;

function read(...texts: readonly string[]): VenueEvent[] {
  const conversation = new KucoinConversation();
  return texts.flatMap((text) => [...conversation.read(text, RECEIVED_AT)]);
}

function kinds(events: readonly VenueEvent[]): string[] {
  return events.map(({ type }) => type);
}

/** The frame with another value of the last field of this name. */
function having(frame: string, name: string, value: string): string {
  return frame.replace(new RegExp(`(.*)"${name}":("[^"]*"|[\\d.]+)`), `$1"${name}":${value}`);
}

describe('a match of KuCoin', () => {
  it('is a print with the digits of the venue and the milliseconds of its nanoseconds', () => {
    const print = {
      symbol: 'DAPPT-BTC',
      tradeId: '6085c09769bc506996295e36',
      timestamp: 1_619_378_327_739,
      receivedAt: RECEIVED_AT,
      price: '0.0000001117',
      size: '81.8814',
      side: 'BUY',
    };
    expect(read(MATCH)).toEqual([{ type: 'PRINT', print }]);
  });

  it.each([
    ['side', '"sell"', { side: 'SELL' }],
    ['side', '"hold"', { side: null }],
    ['time', '1619378327739050725', { timestamp: 1_619_378_327_739 }],
    ['time', '""', { timestamp: null }],
    ['time', '"99999999999999999999"', { timestamp: null }],
    ['tradeId', 'null', { tradeId: null }],
    ['price', '"1.50"', { price: '1.50' }],
  ])('with the %s %s is a print with %j', (name, value, print) => {
    expect(read(having(MATCH, name, value))).toMatchObject([{ type: 'PRINT', print }]);
  });

  it.each([
    ['price', '"0"'],
    ['price', '""'],
    ['size', '"-1"'],
    ['symbol', '"OTHER-BTC"'],
  ])('with the %s %s cannot be read', (name, value) => {
    expect(kinds(read(having(MATCH, name, value)))).toEqual(['UNREADABLE']);
  });
});

describe('a quote of KuCoin', () => {
  const best = {
    last: 0.00028676,
    lastSize: 0.01745248,
    bid: 0.00028678,
    bidSize: 3.70422021,
    ask: 0.00028717,
    askSize: 14.04274325,
  };
  const day = { open24h: 0.00028466, high24h: 0.000299, low24h: 0.000271, volume24h: 10_423.1286 };
  const none = { open24h: null, high24h: null, low24h: null, volume24h: null };

  it('is put together of the ticker and the figures of the day', () => {
    const quote = { symbol: 'SNX-BTC', timestamp: 1_619_378_326_323, receivedAt: RECEIVED_AT, ...best };
    expect(read(TICKER, SNAPSHOT, TICKER)).toEqual([
      { type: 'QUOTE', quote: { ...quote, ...none } },
      { type: 'QUOTE', quote: { ...quote, ...day, timestamp: 1_619_378_326_811 } },
      { type: 'QUOTE', quote: { ...quote, ...day } },
    ]);
  });

  it.each([
    [TICKER, 'bestBid', '"0"', { bid: null, bidSize: null, ask: 0.00028717 }],
    [TICKER, 'bestAsk', 'null', { ask: null, askSize: null }],
    [TICKER, 'time', '"soon"', { timestamp: null }],
    [SNAPSHOT, 'open', 'null', { open24h: null, high24h: 0.000299 }],
    [SNAPSHOT, 'vol', '0', { volume24h: 0 }],
  ])('%.60s with the %s %s says %j', (frame, name, value, quote) => {
    expect(read(having(frame, name, value))).toMatchObject([{ type: 'QUOTE', quote }]);
  });

  it.each([
    [TICKER, 'bestBid', '"many"'],
    [TICKER, 'bestAskSize', '"-1"'],
    [TICKER, 'price', '[]'],
    [SNAPSHOT, 'vol', '-1'],
    [SNAPSHOT, 'symbol', '"OTHER-BTC"'],
    [SNAPSHOT, 'high', '"NaN"'],
  ])('%.60s with the %s %s cannot be read', (frame, name, value) => {
    expect(kinds(read(having(frame, name, value)))).toEqual(['UNREADABLE']);
  });
});

describe('a candle of KuCoin', () => {
  const bar = {
    symbol: 'DAPPT-BTC',
    interval: 'M1',
    openTime: 1_619_378_280_000,
    open: 0.0000001117,
    high: 0.000000113,
    low: 0.0000001101,
    close: 0.0000001126,
    volume: 3799.1984,
  };
  const flat = { open: 0.0000001126, high: 0.0000001126, low: 0.0000001126, close: 0.0000001126, volume: 0 };
  const next = { ...bar, openTime: 1_619_378_340_000, ...flat };

  it('is a bar, told as open, close, high, low, that has closed when the next is there', () => {
    expect(read(CANDLE, NEXT_CANDLE)).toEqual([
      { type: 'BAR', bar: { ...bar, isClosed: false } },
      { type: 'BAR', bar: { ...bar, isClosed: true } },
      { type: 'BAR', bar: { ...next, isClosed: false } },
    ]);
  });

  it.each([
    [CANDLE.replace('"1619378280"', '""')],
    [CANDLE.replace('"1619378280"', '"1619378280000"')],
    [CANDLE.replace('"0.0000001126"', 'null')],
    [CANDLE.replace('"3799.1984"', '"-1"')],
    [CANDLE.replace(/\[.*\]/, '[]')],
    [CANDLE.replace(/\[.*\]/, '{}')],
    [CANDLE.replace('"symbol":"DAPPT-BTC"', '"symbol":"OTHER-BTC"')],
    [CANDLE.replace('_1min', '_2min')],
  ])('cannot be read when it is %s', (text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});

describe('a frame that KuCoin does not send', () => {
  it.each([
    '',
    'null',
    '[]',
    '{}',
    '{"type":"news"}',
    '{"type":"message"}',
    '{"type":"message","topic":"/market/level2:BTC-USDT","data":{}}',
    '{"type":"message","topic":"/market/ticker:BTC-USDT","data":[]}',
    '{"type":"message","topic":"/market/ticker:BTC-USDT","subject":"trade.ticker","data":{}}',
    '{"type":"message","topic":["/market/ticker:BTC-USDT"],"data":{}}',
    `{"type":"message","topic":"/market/ticker:${'A'.repeat(65)}","data":{}}`,
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
  ])('cannot be read: %.60s', (text) => {
    const [event, ...others] = read(text);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'UNREADABLE', reason: expect.stringMatching(/^received .*, wanted /) });
  });
});
