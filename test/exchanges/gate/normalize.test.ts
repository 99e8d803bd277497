import { describe, expect, it } from 'vitest';
import { converse } from '../../../src/exchanges/gate/conversation.ts';
import type { GateMarket } from '../../../src/exchanges/gate/dialect.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import {
  FULL_SPOT_BAR,
  FUTURES_BAR,
  FUTURES_BEST,
  FUTURES_TICKER,
  FUTURES_TRADE,
  SPOT_BAR,
  SPOT_BEST,
  SPOT_TICKER,
  SPOT_TRADE,
} from './frames.ts';

const RECEIVED_AT = 1_700_000_000_000;
const NOTHING = {
  ...{ receivedAt: RECEIVED_AT, last: null, lastSize: null, bid: null, bidSize: null, ask: null, askSize: null },
  ...{ open24h: null, high24h: null, low24h: null, volume24h: null },
};

/** What one connection says to the frames. */
function read(market: GateMarket, ...texts: readonly string[]): VenueEvent[] {
  const conversation = converse(market, () => 0);
  return texts.flatMap((text) => [...conversation.read(text, RECEIVED_AT)]);
}

function change(frame: string, change: object): string {
  const message = JSON.parse(frame);
  const { result } = message;
  const changed = Array.isArray(result) ? result.map((row) => ({ ...row, ...change })) : { ...result, ...change };
  return JSON.stringify({ ...message, result: changed });
}

describe('a print of Gate', () => {
  it('has the digits and the milliseconds of the venue at the spot market', () => {
    expect(read('spot', SPOT_TRADE)).toEqual([
      {
        type: 'PRINT',
        print: {
          symbol: 'DIS_USDT',
          tradeId: '816995772',
          timestamp: 1_619_093_543_708,
          receivedAt: RECEIVED_AT,
          price: '121.5800000000',
          size: '0.2010000000',
          side: 'SELL',
        },
      },
    ]);
  });

  it('is a sale at the futures market when its size is negative', () => {
    expect(read('futures', FUTURES_TRADE)).toEqual([
      {
        type: 'PRINT',
        print: {
          symbol: 'ETH_USDT',
          tradeId: '1',
          timestamp: 1_774_443_183_399,
          receivedAt: RECEIVED_AT,
          price: '2171.44',
          size: '0.25',
          side: 'SELL',
        },
      },
    ]);
  });

  it.each([
    [{ size: 108 }, { size: '108', side: 'BUY' }],
    [{ size: -108 }, { size: '108', side: 'SELL' }],
    [{ size: '0.250' }, { size: '0.250', side: 'BUY' }],
    [{ create_time_ms: undefined }, { timestamp: 1_774_443_183_000 }],
    [{ create_time_ms: undefined, create_time: undefined }, { timestamp: null }],
    [{ is_internal: false }, { tradeId: '1' }],
  ])('of futures with %j is one with %j', (odd, print) => {
    expect(read('futures', change(FUTURES_TRADE, odd))).toMatchObject([{ type: 'PRINT', print }]);
  });

  it('of insurance or deleveraging is none', () => {
    expect(read('futures', change(FUTURES_TRADE, { is_internal: true }))).toEqual([]);
  });

  it('keeps an id that no JavaScript number holds', () => {
    const frame = SPOT_TRADE.replace('816995772', '90071992547409931');
    expect(read('spot', frame)).toMatchObject([{ print: { tradeId: '90071992547409931' } }]);
  });

  it.each([
    [{ side: 'hold' }, { side: null }],
    [{ id: undefined }, { tradeId: null }],
  ])('of the spot market with %j is one with %j', (odd, print) => {
    expect(read('spot', change(SPOT_TRADE, odd))).toMatchObject([{ type: 'PRINT', print }]);
  });

  it.each([
    [{ price: '0' }],
    [{ amount: '-1' }],
    [{ amount: undefined }],
    [{ currency_pair: 'DIS' }],
    [{ price: 'x' }],
  ])('with %j cannot be read', (odd) => {
    expect(read('spot', change(SPOT_TRADE, odd))).toMatchObject([{ type: 'UNREADABLE' }]);
  });

  it.each([[{ size: '0' }], [{ size: 'x' }], [{ contract: undefined }], [{ price: '-1' }]])(
    'of futures with %j cannot be read',
    (odd) => {
      expect(read('futures', change(FUTURES_TRADE, odd))).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );
});

describe('a quote of Gate', () => {
  it('is put together from the best prices and the day, whose own best prices are older', () => {
    expect(read('spot', SPOT_BEST, SPOT_TICKER)).toEqual([
      {
        type: 'QUOTE',
        quote: {
          ...NOTHING,
          ...{ symbol: 'ETC_ETH', timestamp: 1_682_689_046_131 },
          ...{ bid: 0.010326, bidSize: 0.001, ask: 0.010366, askSize: 10 },
        },
      },
      {
        type: 'QUOTE',
        quote: {
          ...NOTHING,
          ...{ symbol: 'ETC_ETH', timestamp: null },
          ...{ bid: 0.010326, bidSize: 0.001, ask: 0.010366, askSize: 10 },
          ...{ last: 0.0018716, high24h: 0.0019, low24h: 0.0017, volume24h: 1138.01 },
        },
      },
    ]);
  });

  it('has sizes and the volume of futures in contracts (the day is rebuilt)', () => {
    expect(read('futures', FUTURES_BEST, FUTURES_TICKER).at(-1)).toEqual({
      type: 'QUOTE',
      quote: {
        ...NOTHING,
        ...{ symbol: 'PHB_USDT', timestamp: 1_541_659_086_123 },
        ...{ bid: 0.7379, bidSize: 814, ask: 0.739, askSize: 677 },
        ...{ last: 118.4, high24h: 120.5, low24h: 114.2, volume24h: 745_487_577 },
      },
    });
  });

  it('keeps what a row of the day leaves out, and has the time of the row (rebuilt)', () => {
    const short =
      '{"channel":"futures.tickers","event":"update","result":[{"contract":"PHB_USDT","last":"119","t":1789456337802}]}';
    expect(read('futures', FUTURES_TICKER, short).at(-1)).toMatchObject({
      quote: { timestamp: 1_789_456_337_802, last: 119, high24h: 120.5, volume24h: 745_487_577 },
    });
  });

  it.each([[{ b: '', B: '0' }], [{ b: '0', B: '0' }], [{ B: 0 }]])('has no price on a side with %j', (empty) => {
    expect(read('spot', change(SPOT_BEST, empty))).toMatchObject([
      { type: 'QUOTE', quote: { bid: null, bidSize: null, ask: 0.010366, askSize: 10 } },
    ]);
  });

  it.each([[{ b: '-1' }], [{ a: undefined }], [{ s: '' }], [{ A: 'x' }]])('with %j cannot be read', (odd) => {
    expect(read('spot', change(SPOT_BEST, odd))).toMatchObject([{ type: 'UNREADABLE' }]);
  });

  it.each([[{ last: undefined }], [{ high_24h: 'x' }], [{ base_volume: '-1' }], [{ currency_pair: 7 }]])(
    'of the day with %j cannot be read',
    (odd) => {
      expect(read('spot', change(SPOT_TICKER, odd))).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );
});

describe('a bar of Gate', () => {
  it('has its volume in coins at the spot market, and is closed when the venue says so (rebuilt)', () => {
    expect(read('spot', FULL_SPOT_BAR)).toEqual([
      {
        type: 'BAR',
        bar: {
          ...{ symbol: 'BTC_USDT', interval: 'M1', openTime: 1_764_559_320_000 },
          ...{ open: 86_525.1, high: 86_577.9, low: 86_500.1, close: 86_504.5, volume: 13.244502, isClosed: true },
        },
      },
    ]);
  });

  it('of a minute without a print has no volume, told in coins or not', () => {
    expect(read('spot', SPOT_BAR)).toEqual([
      {
        type: 'BAR',
        bar: {
          ...{ symbol: 'DIS_USDT', interval: 'M1', openTime: 1_619_093_520_000 },
          ...{ open: 120.92, high: 120.92, low: 120.92, close: 120.92, volume: 0, isClosed: false },
        },
      },
    ]);
  });

  it('has its volume in contracts at the futures market (rebuilt)', () => {
    expect(read('futures', FUTURES_BAR)).toEqual([
      {
        type: 'BAR',
        bar: {
          ...{ symbol: 'BTC_USDT', interval: 'H1', openTime: 1_545_129_300_000 },
          ...{ open: 94.3, high: 96.9, low: 89.5, close: 95.4, volume: 27_525_555, isClosed: false },
        },
      },
    ]);
  });

  it.each([
    [{ a: undefined }],
    [{ n: '10s_BTC_USDT' }],
    [{ n: 'BTC' }],
    [{ n: undefined }],
    [{ t: '1619093520.5' }],
    [{ o: '' }],
    [{ h: undefined }],
    [{ a: '-1' }],
  ])('with %j cannot be read', (odd) => {
    expect(read('spot', change(FULL_SPOT_BAR, odd))).toMatchObject([{ type: 'UNREADABLE' }]);
  });
});

describe('a frame of Gate', () => {
  it.each([
    ['{"time":1,"channel":"spot.pong","event":"","result":null}'],
    ['{"time":1,"channel":"spot.trades","event":"all","result":[{}]}'],
  ])('is passed over: %s', (frame) => {
    expect(read('spot', frame)).toEqual([]);
  });

  it.each([
    [''],
    ['[]'],
    ['{}'],
    [FUTURES_TRADE],
    ['{"channel":"spot.order_book","event":"update","result":{}}'],
    ['{"channel":"spot.trades","event":"update","result":null}'],
    ['{"channel":"spot.trades","event":"update","result":[7]}'],
    ['{"channel":"spot.trades","event":"subscribe","result":{"status":"fail"}}'],
    ['{"channel":"spot.trades","event":"else","result":{"status":"success"}}'],
  ])('that is not as documented cannot be read: %s', (frame) => {
    expect(read('spot', frame)).toMatchObject([
      { type: 'UNREADABLE', reason: expect.stringMatching(/^received .*, wanted /s) },
    ]);
  });
});
