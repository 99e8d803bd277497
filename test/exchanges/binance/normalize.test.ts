import { describe, expect, it } from 'vitest';
import { converse } from '../../../src/exchanges/binance/conversation.ts';
import { spotStreamsOf } from '../../../src/exchanges/binance/dialect.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { recordedFrames } from '../recorded-frames.ts';

const RECEIVED_AT = 1_633_998_523_970;
const FRAMES = recordedFrames('binance-2021-10-12.jsonl');

function reader(): (text: string) => VenueEvent[] {
  const { read } = converse(spotStreamsOf);
  return (text) => [...read(text, RECEIVED_AT)];
}

function read(...texts: readonly string[]): VenueEvent[] {
  return texts.flatMap(reader());
}

function push(stream: string, data: object): VenueEvent[] {
  return read(JSON.stringify({ stream, data }));
}

const NO_DAY = { last: null, lastSize: null, open24h: null, high24h: null, low24h: null, volume24h: null };
const TRADE = { e: 'aggTrade', E: 9, s: 'NKNUSDT', a: 15_683_430, p: '0.35280000', q: '58.00000000', T: 8, m: false };
const BEST = { u: 499_869_768, s: 'NKNUSDT', b: '0.35210000', B: '672.00000000', a: '0.35260000', A: '3199.00000000' };
const TICKER = {
  e: '24hrTicker',
  E: 1_633_998_524_001,
  s: 'NKNUSDT',
  c: '0.35280000',
  Q: '58.00000000',
  b: '0.1',
  B: '1',
  a: '0.9',
  A: '1',
  o: '0.36000000',
  h: '0.39000000',
  l: '0.33000000',
  v: '9116046.00000000',
};
const KLINE = { t: 1_633_998_480_000, i: '1m', o: '1.5', c: '1.7', h: '1.8', l: '1.4', v: '12.5', x: true };

describe('the recorded session of Binance', () => {
  const events = read(...FRAMES);

  it('is 84 quotes, 2 prints and 2 bars, and no word about the order book', () => {
    const count = (type: string) => events.filter((event) => event.type === type).length;
    expect(FRAMES.filter((frame) => frame.includes('depthUpdate'))).toHaveLength(4);
    expect(['QUOTE', 'PRINT', 'BAR'].map(count)).toEqual([84, 2, 2]);
    expect(events).toHaveLength(88);
  });

  it('has these two prints', () => {
    expect(events.filter(({ type }) => type === 'PRINT')).toEqual([
      {
        type: 'PRINT',
        print: {
          symbol: 'NKNUSDT',
          tradeId: '15683430',
          timestamp: 1_633_998_523_963,
          receivedAt: RECEIVED_AT,
          price: '0.35280000',
          size: '58.00000000',
          side: 'BUY',
        },
      },
      {
        type: 'PRINT',
        print: {
          symbol: 'LRCBTC',
          tradeId: '9213679',
          timestamp: 1_633_998_534_486,
          receivedAt: RECEIVED_AT,
          price: '0.00000638',
          size: '177.00000000',
          side: 'BUY',
        },
      },
    ]);
  });

  it('has these two bars', () => {
    expect(events.filter(({ type }) => type === 'BAR')).toEqual([
      {
        type: 'BAR',
        bar: {
          symbol: 'NKNUSDT',
          interval: 'M1',
          openTime: 1_633_998_480_000,
          open: 0.3527,
          high: 0.3528,
          low: 0.3522,
          close: 0.3528,
          volume: 25_877,
          isClosed: false,
        },
      },
      {
        type: 'BAR',
        bar: {
          symbol: 'LRCBTC',
          interval: 'M1',
          openTime: 1_633_998_480_000,
          open: 0.00000638,
          high: 0.00000638,
          low: 0.00000638,
          close: 0.00000638,
          volume: 177,
          isClosed: false,
        },
      },
    ]);
  });

  it('begins with this quote, which has no time of the venue', () => {
    expect(events[0]).toEqual({
      type: 'QUOTE',
      quote: {
        ...NO_DAY,
        symbol: 'NKNUSDT',
        timestamp: null,
        receivedAt: RECEIVED_AT,
        bid: 0.3521,
        bidSize: 672,
        ask: 0.3526,
        askSize: 3199,
      },
    });
  });
});

describe('a print of Binance', () => {
  it.each([
    [{ m: true }, { side: 'SELL' }],
    [{ m: undefined }, { side: null }],
    [{ a: undefined }, { tradeId: null }],
    [{ T: undefined }, { timestamp: null }],
    [{ p: '1.20e1' }, { price: '12.0' }],
  ])('with %j is one with %j', (odd, print) => {
    expect(push('nknusdt@aggTrade', { ...TRADE, ...odd })).toMatchObject([{ type: 'PRINT', print }]);
  });

  it('keeps an id that no JavaScript number holds', () => {
    const frame = `{"stream":"nknusdt@aggTrade","data":${JSON.stringify(TRADE).replace('15683430', '90071992547409931')}}`;
    expect(read(frame)).toMatchObject([{ type: 'PRINT', print: { tradeId: '90071992547409931' } }]);
  });

  it.each([[{ p: '0' }], [{ p: undefined }], [{ q: '-1' }], [{ q: 'NaN' }], [{ s: 'BTCUSDT' }]])(
    'with %j cannot be read',
    (odd) => {
      expect(push('nknusdt@aggTrade', { ...TRADE, ...odd })).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );
});

describe('a quote of Binance', () => {
  it('is put together from both streams; the best prices of the day’s stream are older (rebuilt)', () => {
    const [, event] = read(
      JSON.stringify({ stream: 'nknusdt@bookTicker', data: BEST }),
      JSON.stringify({ stream: 'nknusdt@ticker', data: TICKER }),
    );
    expect(event).toEqual({
      type: 'QUOTE',
      quote: {
        symbol: 'NKNUSDT',
        timestamp: 1_633_998_524_001,
        receivedAt: RECEIVED_AT,
        last: 0.3528,
        lastSize: 58,
        bid: 0.3521,
        bidSize: 672,
        ask: 0.3526,
        askSize: 3199,
        open24h: 0.36,
        high24h: 0.39,
        low24h: 0.33,
        volume24h: 9_116_046,
      },
    });
  });

  it('has the time of the venue at USD-M futures (rebuilt)', () => {
    const frame = { e: 'bookTicker', T: 1_700_000_000_001, E: 1_700_000_000_003, ...BEST };
    expect(push('nknusdt@bookTicker', frame)).toMatchObject([{ quote: { timestamp: 1_700_000_000_003, bid: 0.3521 } }]);
  });

  it('has no price on a side of which the book is empty', () => {
    const empty = { b: '0.00000000', B: '0.00000000' };
    expect(push('nknusdt@bookTicker', { ...BEST, ...empty })).toMatchObject([
      { type: 'QUOTE', quote: { bid: null, bidSize: null, ask: 0.3526, askSize: 3199 } },
    ]);
  });

  it.each([[{ b: '-1' }], [{ b: undefined }], [{ A: 'many' }], [{ a: [] }]])('with %j cannot be read', (odd) => {
    expect(push('nknusdt@bookTicker', { ...BEST, ...odd })).toMatchObject([{ type: 'UNREADABLE' }]);
  });

  it.each([[{ c: undefined }], [{ o: 'x' }], [{ v: '-1' }]])('of the day with %j cannot be read', (odd) => {
    expect(push('nknusdt@ticker', { ...TICKER, ...odd })).toMatchObject([{ type: 'UNREADABLE' }]);
  });
});

describe('a bar of Binance', () => {
  it('has each figure in its place and is closed when the venue says so (rebuilt)', () => {
    expect(push('btcusdt@kline_1d', { e: 'kline', s: 'BTCUSDT', k: { ...KLINE, i: '1d' } })).toEqual([
      {
        type: 'BAR',
        bar: {
          symbol: 'BTCUSDT',
          interval: 'D1',
          openTime: 1_633_998_480_000,
          open: 1.5,
          high: 1.8,
          low: 1.4,
          close: 1.7,
          volume: 12.5,
          isClosed: true,
        },
      },
    ]);
  });

  it.each([[{ t: 'x' }], [{ x: 'true' }], [{ h: '' }], [{ v: undefined }], [{ o: '-1' }]])(
    'with %j cannot be read',
    (odd) => {
      expect(push('btcusdt@kline_1m', { s: 'BTCUSDT', k: { ...KLINE, ...odd } })).toMatchObject([
        { type: 'UNREADABLE' },
      ]);
    },
  );
});

describe('a frame of Binance', () => {
  it.each([
    ['{"e":"serverShutdown","E":1770123456789}'],
    ['{"event":{"e":"serverShutdown","E":1770123456789}}'],
    ['{"stream":"","data":{"e":"serverShutdown","E":1770123456789}}'],
  ])('says that the server will close the connection: %s', (frame) => {
    expect(read(frame)).toEqual([{ type: 'CLOSING', reason: 'serverShutdown' }]);
  });

  it.each([['btcusdt@depth'], ['btcusdt@depth@100ms'], ['btcusdt@depth20@100ms'], ['btcusdt@rpiDepth@500ms']])(
    'of the stream %s is passed over',
    (stream) => {
      expect(push(stream, {})).toEqual([]);
    },
  );

  it.each([
    [''],
    ['[]'],
    ['{}'],
    ['{"stream":"btcusdt@nothing","data":{}}'],
    ['{"stream":"@aggTrade","data":{}}'],
    ['{"stream":"btcusdt@aggTrade@1","data":{}}'],
    ['{"stream":"btcusdt@kline_7m","data":{}}'],
    ['{"stream":"btcusdt@bookTicker","data":[]}'],
    ['{"stream":7,"data":{}}'],
    ['{"result":[],"id":1}'],
  ])('that is not as documented cannot be read: %s', (frame) => {
    expect(read(frame)).toMatchObject([
      { type: 'UNREADABLE', reason: expect.stringMatching(/^received .*, wanted /s) },
    ]);
  });
});
