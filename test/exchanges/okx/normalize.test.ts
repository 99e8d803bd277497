import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../src/exchanges/okx/normalize.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';

const SESSION = new URL('../../../src/simulator/sessions/okx-2022-05-13.jsonl', import.meta.url);
const RECEIVED_AT = 1_652_459_225_507;

function read(text: string): VenueEvent[] {
  return [...readFrame(text, RECEIVED_AT)];
}

function push(channel: string, data: unknown, instId = 'BTC-USDT'): VenueEvent[] {
  return read(JSON.stringify({ arg: { channel, instId }, data }));
}

function kinds(events: readonly VenueEvent[]): string[] {
  return events.map(({ type }) => type);
}

const TRADE = {
  instId: 'BTC-USDT',
  tradeId: '338476307',
  px: '30236',
  sz: '0.0002',
  side: 'buy',
  ts: '1652459224818',
};
const TICKER = {
  instType: 'SPOT',
  instId: 'BTC-USDT',
  last: '30236',
  lastSz: '0.0002',
  askPx: '30228.7',
  askSz: '1.55896972',
  bidPx: '30228.6',
  bidSz: '0.23393',
  open24h: '29700.4',
  high24h: '31073',
  low24h: '28020.3',
  vol24h: '17602.13085371',
  volCcy24h: '525802090.62716611',
  ts: '1652459224956',
};
const CANDLE = ['1652459220000', '30236', '30240.5', '30228.6', '30231', '12.5', '377912.1', '377912.1', '0'];

describe('a trade of OKX', () => {
  it('is a print with the digits of the venue', () => {
    const frame =
      '{"arg":{"channel":"trades","instId":"BTC-USD-220527"},"data":[{"instId":"BTC-USD-220527","tradeId":"7849","px":"30218.8","sz":"1","side":"buy","ts":"1652459199958"}]}';
    const print = {
      symbol: 'BTC-USD-220527',
      tradeId: '7849',
      timestamp: 1_652_459_199_958,
      receivedAt: RECEIVED_AT,
      price: '30218.8',
      size: '1',
      side: 'BUY',
    };
    expect(read(frame)).toEqual([{ type: 'PRINT', print }]);
  });

  it.each([
    ['64250.10', '64250.10'],
    ['1.50e1', '15.0'],
    ['9.121E-7', '0.0000009121'],
    ['1e3', '1000'],
    ['1234567890123456789012345678901234567890', '1234567890123456789012345678901234567890'],
    ['0.1234567890123456789012345678', '0.1234567890123456789012345678'],
    ['.5', '0.5'],
    ['007', '7'],
  ])('of the price %s costs %s', (px, price) => {
    expect(push('trades', [{ ...TRADE, px, sz: px }])).toMatchObject([
      { type: 'PRINT', print: { price, size: price } },
    ]);
  });

  it.each([
    ['a missing price', { px: undefined }],
    ['an empty price', { px: '' }],
    ['a price that is not a number', { px: 'NaN' }],
    ['a price without end', { px: 'Infinity' }],
    ['a price that went through a double', { px: 30_236 }],
    ['a price in hexadecimal', { px: '0x10' }],
    ['a price with spaces', { px: ' 1' }],
    ['a price of 65 digits', { px: '9'.repeat(65) }],
    ['a huge exponent', { px: '1e999' }],
    ['a negative price', { px: '-1' }],
    ['no price', { px: '0.00' }],
    ['a missing size', { sz: undefined }],
    ['a negative size', { sz: '-0.1' }],
    ['no size', { sz: '0' }],
    ['a size of a list', { sz: ['1'] }],
    ['another instrument', { instId: 'ETH-USDT' }],
  ])('with %s cannot be read, and the trade after it can', (_, odd) => {
    expect(kinds(push('trades', [{ ...TRADE, ...odd }, TRADE]))).toEqual(['UNREADABLE', 'PRINT']);
  });

  it.each([
    [{ side: 'hold' }, { side: null }],
    [{ side: 'sell' }, { side: 'SELL' }],
    [{ side: '__proto__' }, { side: null }],
    [{ ts: '' }, { timestamp: null }],
    [{ ts: '1652459224818.5' }, { timestamp: null }],
    [{ ts: '99999999999999999999' }, { timestamp: null }],
    [{ ts: {} }, { timestamp: null }],
    [{ tradeId: '' }, { tradeId: null }],
    [{ tradeId: 12 }, { tradeId: null }],
    [{ tradeId: '123456789012345678901234567' }, { tradeId: '123456789012345678901234567' }],
    [{ tradeId: 'x'.repeat(65) }, { tradeId: null }],
    [{ instId: undefined }, { symbol: 'BTC-USDT' }],
  ])('with %j is a print with %j', (odd, print) => {
    expect(push('trades', [{ ...TRADE, ...odd }])).toMatchObject([{ type: 'PRINT', print }]);
  });
});

describe('a ticker of OKX', () => {
  it('is a quote in numbers', () => {
    expect(push('tickers', [TICKER])).toEqual([
      {
        type: 'QUOTE',
        quote: {
          symbol: 'BTC-USDT',
          timestamp: 1_652_459_224_956,
          receivedAt: RECEIVED_AT,
          last: 30_236,
          lastSize: 0.0002,
          bid: 30_228.6,
          bidSize: 0.23393,
          ask: 30_228.7,
          askSize: 1.55896972,
          open24h: 29_700.4,
          high24h: 31_073,
          low24h: 28_020.3,
          volume24h: 17_602.13085371,
        },
      },
    ]);
  });

  it.each([
    [
      { bidPx: '', bidSz: '' },
      { bid: null, bidSize: null, ask: 30_228.7 },
    ],
    [
      { bidPx: '0', bidSz: '0' },
      { bid: null, bidSize: null },
    ],
    [
      { askPx: '0.0', askSz: '5' },
      { ask: null, askSize: null, bid: 30_228.6 },
    ],
    [{ askSz: '' }, { ask: 30_228.7, askSize: null }],
    [
      { last: '', lastSz: '' },
      { last: null, lastSize: null },
    ],
    [{ vol24h: '0' }, { volume24h: 0 }],
    [{ open24h: undefined }, { open24h: null }],
    [{ ts: 'soon' }, { timestamp: null }],
  ])('with %j says %j', (odd, quote) => {
    expect(push('tickers', [{ ...TICKER, ...odd }])).toMatchObject([{ type: 'QUOTE', quote }]);
  });

  it.each([
    [{ last: 'NaN' }],
    [{ last: '-1' }],
    [{ bidPx: {} }],
    [{ bidSz: 'many' }],
    [{ askPx: null }],
    [{ vol24h: true }],
    [{ high24h: '1e400' }],
    [{ instId: 'ETH-USDT' }],
  ])('with %j cannot be read', (odd) => {
    expect(kinds(push('tickers', [{ ...TICKER, ...odd }]))).toEqual(['UNREADABLE']);
  });
});

describe('a candle of OKX', () => {
  it('is a bar that is forming, or one that closed', () => {
    const bar = {
      symbol: 'BTC-USDT',
      interval: 'M1',
      openTime: 1_652_459_220_000,
      open: 30_236,
      high: 30_240.5,
      low: 30_228.6,
      close: 30_231,
      volume: 12.5,
      isClosed: false,
    };
    expect(push('candle1m', [CANDLE])).toEqual([{ type: 'BAR', bar }]);
    expect(push('candle1Dutc', [[...CANDLE.slice(0, 8), '1']])).toEqual([
      { type: 'BAR', bar: { ...bar, interval: 'D1', isClosed: true } },
    ]);
  });

  it.each([
    ['no state', CANDLE.slice(0, 8)],
    ['an odd state', CANDLE.with(8, '2')],
    ['no time', CANDLE.with(0, '')],
    ['no open', CANDLE.with(1, '')],
    ['a high that is not a number', CANDLE.with(2, 'NaN')],
    ['a negative low', CANDLE.with(3, '-1')],
    ['no close', CANDLE.with(4, '')],
    ['no volume', CANDLE.with(5, '')],
    ['names', { ...CANDLE }],
    ['nothing', null],
  ])('with %s cannot be read', (_, row) => {
    expect(kinds(push('candle1m', [row]))).toEqual(['UNREADABLE']);
  });
});

describe('an event of OKX', () => {
  const ticks = { channel: 'ticks', symbol: 'BTC-USDT' };

  it.each<[string, unknown]>([
    [
      '{"event":"subscribe","arg":{"channel":"tickers","instId":"BTC-USDT"},"connId":"a4d3ae55"}',
      { type: 'SUBSCRIBED', topic: ticks },
    ],
    ['{"event":"unsubscribe","arg":{"channel":"tickers","instId":"BTC-USDT"}}', { type: 'UNSUBSCRIBED', topic: ticks }],
    [
      '{"event":"error","code":"60012","msg":"Invalid request: {}"}',
      { type: 'TROUBLE', reason: '60012 Invalid request: {}' },
    ],
    [
      '{"event":"error","code":"60018","msg":"channel:tickers,instId:BTC-USDT doesn\'t exist"}',
      { type: 'REFUSED', topic: ticks, reason: "60018 channel:tickers,instId:BTC-USDT doesn't exist" },
    ],
    [
      '{"event":"error","code":"60018","msg":"Wrong URL","arg":{"channel":"tickers","instId":"BTC-USDT"}}',
      { type: 'REFUSED', topic: ticks, reason: '60018 Wrong URL' },
    ],
    [
      '{"event":"channel-conn-count-error","channel":"tickers","connCount":"30","connId":"a4d3ae55"}',
      { type: 'TROUBLE', reason: 'too many connections with the channel "tickers"' },
    ],
    [
      '{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade. Please reconnect."}',
      {
        type: 'CLOSING',
        reason: 'The connection will soon be closed for a service upgrade. Please reconnect.',
      },
    ],
  ])('%s is understood', (text, event) => {
    expect(read(text)).toEqual([event]);
  });

  it('that only counts connections says nothing', () => {
    expect(read('{"event":"channel-conn-count","channel":"tickers","connCount":"2","connId":"a4d3ae55"}')).toEqual([]);
  });

  it.each([
    ['{"event":"subscribe"}'],
    ['{"event":"unsubscribe","arg":{"channel":"books","instId":"BTC-USDT"}}'],
    ['{"event":"notice","code":"1","msg":"hello"}'],
    ['{"event":"login","code":"0"}'],
    ['{"event":null}'],
    ['{"event":{"__proto__":[]}}'],
  ])('%s cannot be read', (text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});

describe('a frame that OKX does not send', () => {
  it.each([
    [''],
    ['pong'],
    ['null'],
    ['true'],
    ['7'],
    ['"trades"'],
    ['[]'],
    ['{}'],
    ['{"arg":{"channel":"trades","instId":"A"}'],
    ['{"arg":{"channel":"trades","instId":"A"},"data":{}}'],
    ['{"arg":{"channel":"trades"},"data":[]}'],
    ['{"arg":["trades","A"],"data":[]}'],
    ['{"arg":{"channel":"books","instId":"A"},"data":[{}]}'],
    ['{"arg":{"channel":["trades"],"instId":"A"},"data":[{}]}'],
    ['{"__proto__":{"event":"subscribe"}}'],
    [`{"arg":{"channel":"trades","instId":"${'A'.repeat(65)}"},"data":[{}]}`],
    ['{"arg":{"channel":"trades","instId":"A"},"data":[null]}'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    [`{"arg":{"channel":"trades","instId":"A"},"data":[${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}]}`],
  ])('is unreadable, said in a short text: %.60s', (text) => {
    const [event, ...others] = read(text);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'UNREADABLE', reason: expect.stringMatching(/^received .*, wanted /) });
    expect(JSON.stringify(event).length).toBeLessThan(800);
  });
});

describe('the recorded session', () => {
  const frames = readFileSync(SESSION, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ dir }) => dir === 'in')
    .map(({ text }) => text);
  const events = frames.flatMap(read);

  it('has 74 trades, each once, in order, with the text of the venue', () => {
    const sent = frames.flatMap((text) => [...text.matchAll(/"tradeId":"(\d+)","px":"([\d.]+)","sz":"([\d.]+)"/g)]);
    const prints = events.flatMap((event) => (event.type === 'PRINT' ? [event.print] : []));
    expect(prints).toHaveLength(74);
    expect(prints.map(({ tradeId, price, size }) => [tradeId, price, size])).toEqual(
      sent.map(([, tradeId, price, size]) => [tradeId, price, size]),
    );
    expect(new Set(prints.map(({ symbol, tradeId }) => `${symbol} ${tradeId}`)).size).toBe(74);
  });

  it('ends with the right quotes', () => {
    const last = new Map(
      events.flatMap((event) => (event.type === 'QUOTE' ? [[event.quote.symbol, event.quote]] : [])),
    );
    expect(events.filter(({ type }) => type === 'QUOTE')).toHaveLength(28);
    expect([...last.values()]).toMatchObject([
      {
        symbol: 'BTC-USD-220527',
        last: 30_229.6,
        lastSize: 30,
        bid: 30_211.8,
        bidSize: 4,
        ask: 30_217.8,
        askSize: 695,
      },
      { symbol: 'UNI-USD-SWAP', last: 5.123, lastSize: 100, bid: 5.134, bidSize: 96, ask: 5.142, askSize: 25 },
      {
        symbol: 'BTC-USDT',
        timestamp: 1_652_459_235_637,
        last: 30_227.6,
        lastSize: 0.00000088,
        bid: 30_230.2,
        bidSize: 0.4112,
        ask: 30_230.3,
        askSize: 1.92174778,
        open24h: 29_700.4,
        high24h: 31_073,
        low24h: 28_020.3,
        volume24h: 17_605.61722866,
      },
    ]);
  });

  it('has no frame that cannot be read', () => {
    expect(events.filter(({ type }) => type === 'UNREADABLE')).toEqual([]);
    expect(events.filter(({ type }) => type === 'SUBSCRIBED')).toHaveLength(15);
  });
});
