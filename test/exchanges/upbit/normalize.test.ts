import { describe, expect, it } from 'vitest';
import { UpbitConversation } from '../../../src/exchanges/upbit/conversation.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { BOOK, CANDLE, TICKER, TRADE } from './frames.ts';

const RECEIVED_AT = 1_700_000_000_000;

function read(text: string): readonly VenueEvent[] {
  return new UpbitConversation().read(text, RECEIVED_AT);
}

function changed(frame: string, odd: object): readonly VenueEvent[] {
  return read(JSON.stringify({ ...JSON.parse(frame), ...odd }));
}

const kinds = (events: readonly VenueEvent[]) => events.map(({ type }) => type);

describe('a trade of Upbit', () => {
  it('is a print with the digits that the venue wrote', () => {
    const print = {
      ...{ symbol: 'KRW-DOGE', tradeId: '1614729599000000', timestamp: 1_614_729_599_000, receivedAt: RECEIVED_AT },
      ...{ price: '58.4', size: '836.12040133', side: 'SELL' },
    };
    expect(read(TRADE)).toEqual([{ type: 'PRINT', print }]);
    expect(changed(TRADE, { ask_bid: 'BID' })).toMatchObject([{ print: { side: 'BUY' } }]);
    expect(changed(TRADE, { ask_bid: 'X' })).toMatchObject([{ print: { side: null } }]);
  });

  it('keeps numbers that a double would not', () => {
    const text = TRADE.replace('836.12040133', '1.2E-7').replace('1614729599000000', '16147295990000000000001');
    expect(read(text)).toMatchObject([{ print: { size: '0.00000012', tradeId: '16147295990000000000001' } }]);
  });

  it.each([
    [{ trade_price: 0 }],
    [{ trade_price: null }],
    [{ trade_volume: -1 }],
    [{ code: 'KRW-BTC.1' }],
    [{ code: undefined }],
  ])('with %j cannot be read', (odd) => {
    expect(kinds(changed(TRADE, odd))).toEqual(['UNREADABLE']);
  });
});

describe('a quote of Upbit', () => {
  const LAST = { last: 0.02161249, lastSize: 2.12, volume24h: 118.38798416 };
  const BEST = { bid: 0.02161249, bidSize: 22.5303265, ask: 0.02295077, askSize: 3.57100696 };
  const REST = { open24h: null, high24h: null, low24h: null };
  const NO_BEST = { bid: null, bidSize: null, ask: null, askSize: null };

  it('is put together from ticker and order book; prices of the day are none of 24 hours', () => {
    const conversation = new UpbitConversation();
    const common = { symbol: 'BTC-ETH', receivedAt: RECEIVED_AT };
    expect(conversation.read(TICKER, RECEIVED_AT)).toEqual([
      { type: 'QUOTE', quote: { ...common, timestamp: 1_584_482_323_378, ...LAST, ...NO_BEST, ...REST } },
    ]);
    expect(conversation.read(BOOK, RECEIVED_AT)).toEqual([
      { type: 'QUOTE', quote: { ...common, timestamp: 1_584_486_737_444, ...LAST, ...BEST, ...REST } },
    ]);
  });

  it.each([
    [{ timestamp: 1_584_486_737_444_123 }, { timestamp: 1_584_486_737_444 }],
    [{ code: 'BTC-ETH.1' }, { symbol: 'BTC-ETH' }],
    [{ orderbook_units: [] }, { bid: null, ask: null }],
    [
      { orderbook_units: [{ ask_price: 0, ask_size: 0, bid_price: 5, bid_size: 1 }] },
      { ask: null, askSize: null, bid: 5 },
    ],
  ])('of the order book with %j says %j', (odd, quote) => {
    expect(changed(BOOK, odd)).toMatchObject([{ type: 'QUOTE', quote }]);
  });

  it.each([
    [{ orderbook_units: {} }],
    [{ orderbook_units: [7] }],
    [{ orderbook_units: [{ ask_price: 'x' }] }],
    [{ code: 7 }],
  ])('of the order book with %j cannot be read', (odd) => {
    expect(kinds(changed(BOOK, odd))).toEqual(['UNREADABLE']);
  });

  it.each([
    [{ trade_price: 'x' }],
    [{ code: 'krw-btc' }],
    [{ trade_price: null, trade_volume: null, acc_trade_volume_24h: null }],
  ])('of the ticker with %j cannot be read', (odd) => {
    expect(kinds(changed(TICKER, odd))).toEqual(['UNREADABLE']);
  });
});

describe('a candle of Upbit', () => {
  it('is a bar that forms until the next one comes', () => {
    const conversation = new UpbitConversation();
    const bar = {
      ...{ symbol: 'KRW-USDT', interval: 'M1', openTime: Date.UTC(2025, 3, 22, 9, 50) },
      ...{ open: 1438, high: 1439.5, low: 1436, close: 1437, volume: 1145.8935, isClosed: false },
    };
    expect(conversation.read(CANDLE, 1)).toEqual([{ type: 'BAR', bar }]);
    expect(conversation.read(CANDLE.replace('09:50:00', '09:51:00'), 1)).toEqual([
      { type: 'BAR', bar: { ...bar, isClosed: true } },
      { type: 'BAR', bar: { ...bar, openTime: bar.openTime + 60_000 } },
    ]);
  });

  it.each([
    [{ type: 'candle.240m' }, { interval: 'H4' }],
    [{ type: 'candle.60m' }, { interval: 'H1' }],
  ])('of %j has the interval %j', (odd, bar) => {
    expect(changed(CANDLE, odd)).toMatchObject([{ type: 'BAR', bar }]);
  });

  it.each([
    [{ candle_date_time_utc: undefined }],
    [{ candle_date_time_utc: '2025-04-22T09:50:00Z' }],
    [{ opening_price: null }],
    [{ high_price: 'x' }],
    [{ low_price: -1 }],
    [{ trade_price: {} }],
    [{ candle_acc_trade_volume: undefined }],
    [{ type: 'candle.1s' }],
    [{ code: '' }],
  ])('with %j cannot be read', (odd) => {
    expect(kinds(changed(CANDLE, odd))).toEqual(['UNREADABLE']);
  });
});

describe('another message of Upbit', () => {
  it.each([TRADE, TICKER, BOOK, CANDLE])('is no news when it is a snapshot: %.40s', (frame) => {
    expect(changed(frame, { stream_type: 'SNAPSHOT' })).toEqual([]);
  });

  it('says nothing when it says that the venue is there', () => {
    expect(read('{"status":"UP"}')).toEqual([]);
  });

  it('is a trouble when something went wrong that is not about codes, or nothing was asked for', () => {
    expect(read('{"error":{"name":"WRONG_FORMAT","message":"Format mismatch."}}')).toEqual([
      { type: 'TROUBLE', reason: 'WRONG_FORMAT Format mismatch.' },
    ]);
    expect(read('{"error":{"name":"INVALID_PARAM"}}')).toEqual([{ type: 'TROUBLE', reason: 'INVALID_PARAM' }]);
  });

  it.each([[''], ['[]'], ['{}'], ['{"type":"myOrder"}'], ['{"method":"LIST_SUBSCRIPTIONS"}'], ['{"error":"x"}']])(
    'cannot be read: %s',
    (text) => {
      expect(kinds(read(text))).toEqual(['UNREADABLE']);
    },
  );
});
