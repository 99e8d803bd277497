import { describe, expect, it } from 'vitest';
import { converse } from '../../../src/exchanges/bybit/conversation.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { BAR, BEST_DELTA, BEST_SNAPSHOT, LINEAR_TICKER, SPOT_TICKER, TICKER_DELTA, TRADE } from './frames.ts';

const RECEIVED_AT = 1_680_688_980_000;

/** What one connection says to the frames. */
function read(...texts: readonly string[]): VenueEvent[] {
  const conversation = converse('spot');
  return texts.flatMap((text) => [...conversation.read(text, RECEIVED_AT)]);
}

function change(frame: string, change: object): string {
  const message = JSON.parse(frame);
  const { data } = message;
  const changed = Array.isArray(data) ? data.map((row) => ({ ...row, ...change })) : { ...data, ...change };
  return JSON.stringify({ ...message, data: changed });
}

function best(b: unknown, a: unknown, type = 'delta'): string {
  return JSON.stringify({ topic: 'orderbook.1.BTCUSDT', type, ts: 1_680_673_821_200, data: { s: 'BTCUSDT', b, a } });
}

describe('a print of Bybit', () => {
  it('is live though its frame is called a snapshot', () => {
    expect(read(TRADE)).toEqual([
      {
        type: 'PRINT',
        print: {
          symbol: 'LTCUSDT',
          tradeId: '4c7b6bdc-b4a9-5d5f-b9e6-5d9e2a5b8a4e',
          timestamp: 1_680_688_979_983,
          receivedAt: RECEIVED_AT,
          price: '94.53',
          size: '0.4',
          side: 'BUY',
        },
      },
    ]);
  });

  it.each([
    [{ S: 'Sell' }, { side: 'SELL' }],
    [{ S: 'None' }, { side: null }],
    [{ S: undefined }, { side: null }],
    [{ i: undefined }, { tradeId: null }],
    [{ i: '2290000000068683805' }, { tradeId: '2290000000068683805' }],
    [{ T: undefined }, { timestamp: null }],
    [{ p: '94.530' }, { price: '94.530' }],
  ])('with %j is one with %j', (odd, print) => {
    expect(read(change(TRADE, odd))).toMatchObject([{ type: 'PRINT', print }]);
  });

  it.each([[{ p: '0' }], [{ v: '-0.4' }], [{ p: undefined }], [{ s: 'BTCUSDT' }], [{ v: [] }]])(
    'with %j cannot be read',
    (odd) => {
      expect(read(change(TRADE, odd))).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );

  it('that cannot be read leaves the one after it readable', () => {
    const [row] = JSON.parse(TRADE).data;
    const frame = JSON.stringify({ ...JSON.parse(TRADE), data: [{ ...row, p: '' }, row] });
    expect(read(frame).map(({ type }) => type)).toEqual(['UNREADABLE', 'PRINT']);
  });
});

describe('a quote of the spot market', () => {
  it('is put together from the book of one level and the day (rebuilt)', () => {
    expect(read(BEST_SNAPSHOT, SPOT_TICKER, BEST_DELTA).at(-1)).toEqual({
      type: 'QUOTE',
      quote: {
        symbol: 'BTCUSDT',
        timestamp: 1_680_673_821_137,
        receivedAt: RECEIVED_AT,
        last: 21_109.77,
        lastSize: null,
        bid: 28_552,
        bidSize: 0.012,
        ask: 28_553,
        askSize: 1.25,
        open24h: 20_704.93,
        high24h: 21_426.99,
        low24h: 20_575,
        volume24h: 6_780.866843,
      },
    });
  });

  it.each([
    [
      'the new best beside the old',
      [
        ['28551.00', '0'],
        ['28550.00', '2'],
      ],
      { bid: 28_550, bidSize: 2 },
    ],
    [
      'the new best first',
      [
        ['28550.00', '2'],
        ['28551.00', '0'],
      ],
      { bid: 28_550, bidSize: 2 },
    ],
    ['nothing left', [['28551.00', '0']], { bid: null, bidSize: null }],
    ['no change', [], { bid: 28_551, bidSize: 0.5 }],
  ])('follows a book with %s', (_, bids, quote) => {
    expect(read(BEST_SNAPSHOT, best(bids, [])).at(-1)).toMatchObject({
      type: 'QUOTE',
      quote: { ...quote, ask: 28_553 },
    });
  });

  it('has no side that a snapshot leaves empty', () => {
    expect(read(BEST_SNAPSHOT, best([], [['3', '4']], 'snapshot')).at(-1)).toMatchObject({
      quote: { bid: null, bidSize: null, ask: 3, askSize: 4 },
    });
  });

  it.each([
    ['no side', undefined, []],
    ['a side that is a text', 'x', []],
    ['a level of one part', [['1']], []],
    ['a price below zero', [['-1', '1']], []],
    ['a size that is none', [['1', 'x']], []],
  ])('cannot be read from a book with %s', (_, bids, asks) => {
    expect(read(best(bids, asks))).toMatchObject([{ type: 'UNREADABLE' }]);
    expect(read(best([['1', '1']], [['2', '1']], 'other'))).toMatchObject([{ type: 'UNREADABLE' }]);
  });
});

describe('a quote of derivatives', () => {
  it('takes from a change what it tells, before it has seen the whole', () => {
    expect(read(TICKER_DELTA)).toEqual([
      {
        type: 'QUOTE',
        quote: {
          symbol: 'BTCUSD',
          timestamp: 1_680_673_822_776,
          receivedAt: RECEIVED_AT,
          last: null,
          lastSize: null,
          bid: 28_560,
          bidSize: 340_549,
          ask: 28_560.5,
          askSize: 70_817,
          open24h: null,
          high24h: null,
          low24h: null,
          volume24h: null,
        },
      },
    ]);
  });

  it('keeps what a change does not tell (rebuilt)', () => {
    const delta = JSON.stringify({
      ...JSON.parse(LINEAR_TICKER),
      type: 'delta',
      data: { symbol: 'BTCUSDT', bid1Size: '80', lastPrice: '17217.00' },
    });
    expect(read(LINEAR_TICKER, delta).at(-1)).toMatchObject({
      quote: {
        last: 17_217,
        bid: 17_215.5,
        bidSize: 80,
        ask: 17_216.5,
        askSize: 83.02,
        open24h: 17_151,
        high24h: 17_281.5,
        low24h: 16_915,
        volume24h: 91_705.276,
      },
    });
  });

  it.each([[''], ['0']])('has no side whose price is %j (rebuilt)', (price) => {
    expect(read(LINEAR_TICKER, change(LINEAR_TICKER, { ask1Price: price, ask1Size: price })).at(-1)).toMatchObject({
      quote: { bid: 17_215.5, ask: null, askSize: null },
    });
  });

  it.each([[{ lastPrice: 'x' }], [{ bid1Price: '-1' }], [{ volume24h: {} }], [{ symbol: 'ETHUSDT' }]])(
    'with %j cannot be read',
    (odd) => {
      expect(read(change(LINEAR_TICKER, odd))).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );
});

describe('a bar of Bybit', () => {
  it('has each figure in its place', () => {
    expect(read(change(BAR, { close: '16650.5' }))).toEqual([
      {
        type: 'BAR',
        bar: {
          symbol: 'BTCUSDT',
          interval: 'M5',
          openTime: 1_672_324_800_000,
          open: 16_649.5,
          high: 16_677,
          low: 16_608,
          close: 16_650.5,
          volume: 2.081,
          isClosed: false,
        },
      },
    ]);
  });

  it('is closed when the venue confirms it', () => {
    expect(read(change(BAR, { confirm: true }))).toMatchObject([{ bar: { isClosed: true, close: 16_677 } }]);
  });

  it.each([[{ confirm: 'false' }], [{ start: undefined }], [{ open: '' }], [{ volume: '-1' }], [{ low: 'x' }]])(
    'with %j cannot be read',
    (odd) => {
      expect(read(change(BAR, odd))).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );
});

describe('a frame of Bybit', () => {
  it.each([
    ['pong'],
    ['[]'],
    ['{}'],
    ['{"topic":7,"data":{}}'],
    ['{"topic":"orderbook.50.BTCUSDT","type":"delta","data":{}}'],
    ['{"topic":"kline.7.BTCUSDT","data":[]}'],
    ['{"topic":"publicTrade.LTCUSDT","data":{}}'],
    ['{"topic":"publicTrade.LTC.USDT","data":[]}'],
    ['{"success":"yes","op":"subscribe"}'],
  ])('that is not as documented cannot be read: %s', (frame) => {
    expect(read(frame)).toMatchObject([
      { type: 'UNREADABLE', reason: expect.stringMatching(/^received .*, wanted /s) },
    ]);
  });
});
