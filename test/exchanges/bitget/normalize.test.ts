import { describe, expect, it } from 'vitest';
import { BitgetConversation } from '../../../src/exchanges/bitget/conversation.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { KLINES, NEXT_KLINE, REFUSAL, TICKER, TRADE } from './frames.ts';

const RECEIVED_AT = 1_777_358_880_200;

function read(text: string): readonly VenueEvent[] {
  return new BitgetConversation().read(text, RECEIVED_AT);
}

/** The frame with its last row changed, and the row as it was behind it. */
function changed(frame: string, odd: object): readonly VenueEvent[] {
  const message = JSON.parse(frame);
  const row = message.data.at(-1);
  return read(JSON.stringify({ ...message, data: [{ ...row, ...odd }] }));
}

const kinds = (events: readonly VenueEvent[]) => events.map(({ type }) => type);

describe('a trade of Bitget', () => {
  it('is a print with the digits of the venue', () => {
    const print = {
      ...{ symbol: 'BTCUSDT', tradeId: '1432912488536195072', timestamp: 1_777_358_880_170, receivedAt: RECEIVED_AT },
      ...{ price: '76671.22', size: '0.001367', side: 'SELL' },
    };
    expect(read(TRADE)).toEqual([{ type: 'PRINT', print }]);
    expect(changed(TRADE, { S: 'Buy' })).toMatchObject([{ print: { side: 'BUY' } }]);
    expect(changed(TRADE, { S: undefined, i: '', T: '' })).toMatchObject([
      { print: { side: null, tradeId: null, timestamp: null } },
    ]);
  });

  it('is no news when it happened before the subscription', () => {
    expect(read(TRADE.replace('"update"', '"snapshot"'))).toEqual([]);
  });

  it.each([[{ p: '0' }], [{ p: '' }], [{ p: undefined }], [{ v: '-1' }], [{ v: {} }]])(
    'with %j cannot be read',
    (odd) => {
      expect(kinds(changed(TRADE, odd))).toEqual(['UNREADABLE']);
    },
  );
});

describe('a ticker of Bitget', () => {
  it('is a quote in numbers, with the time of the frame', () => {
    expect(read(TICKER)).toEqual([
      {
        type: 'QUOTE',
        quote: {
          ...{ symbol: 'BTCUSDT', timestamp: 1_753_230_479_687, receivedAt: RECEIVED_AT },
          ...{ last: 119_818.83, lastSize: null },
          ...{ bid: 119_811.26, bidSize: 0.008732, ask: 119_831.18, askSize: 0.004297 },
          ...{ open24h: 118_919.38, high24h: 120_255.61, low24h: 116_145.88, volume24h: 1819.756798 },
        },
      },
    ]);
    expect(read(TICKER.replace('"snapshot"', '"update"'))).toHaveLength(1);
  });

  it.each([
    [
      { bid1Price: '', bid1Size: '' },
      { bid: null, bidSize: null, ask: 119_831.18 },
    ],
    [
      { ask1Price: '0', ask1Size: '0' },
      { ask: null, askSize: null },
    ],
    [{ lastPrice: '0' }, { last: null }],
    [{ volume24h: '0' }, { volume24h: 0 }],
  ])('with %j says %j', (odd, quote) => {
    expect(changed(TICKER, odd)).toMatchObject([{ type: 'QUOTE', quote }]);
  });

  it.each([[{ lastPrice: 'x' }], [{ bid1Price: '-1' }], [{ ask1Size: [] }]])('with %j cannot be read', (odd) => {
    expect(kinds(changed(TICKER, odd))).toEqual(['UNREADABLE']);
  });
});

describe('a kline of Bitget', () => {
  const bar = {
    ...{ symbol: 'BTCUSDT', interval: 'M1', openTime: 1_755_564_480_000 },
    ...{ open: 116_286, high: 116_310.2, low: 116_232.8, close: 116_256.2, volume: 39.7062 },
  };

  it('is a bar that forms until the next one comes; those before the first are of the past', () => {
    const conversation = new BitgetConversation();
    expect(conversation.read(KLINES, 1)).toEqual([{ type: 'BAR', bar: { ...bar, isClosed: false } }]);
    expect(conversation.read(NEXT_KLINE, 1)).toMatchObject([
      { type: 'BAR', bar: { ...bar, isClosed: true } },
      { type: 'BAR', bar: { openTime: 1_755_564_540_000, close: 116_255, isClosed: false } },
    ]);
  });

  it('is not closed by what comes after a break', () => {
    const conversation = new BitgetConversation();
    conversation.read(KLINES, 1);
    conversation.unsubscribe([{ channel: 'bars', symbol: 'BTCUSDT', interval: 'M1' }]);
    expect(conversation.read(NEXT_KLINE, 1)).toMatchObject([{ bar: { isClosed: false } }]);
  });

  it.each([
    [{ start: '' }],
    [{ open: '' }],
    [{ high: 'x' }],
    [{ low: '-1' }],
    [{ close: null }],
    [{ volume: undefined }],
  ])('with %j cannot be read', (odd) => {
    expect(kinds(changed(KLINES, odd))).toEqual(['UNREADABLE']);
  });
});

describe('an event of Bitget', () => {
  const arg = '{"instType":"spot","topic":"kline","symbol":"BTCUSDT","interval":"1H"}';
  const topic = { channel: 'bars', symbol: 'BTCUSDT', interval: 'H1' };

  it.each<[string, unknown]>([
    [`{"event":"subscribe","arg":${arg}}`, { type: 'SUBSCRIBED', topic }],
    [`{"event":"unsubscribe","arg":${arg}}`, { type: 'UNSUBSCRIBED', topic }],
    [
      `{"event":"error","arg":${arg},"code":"30016","msg":"Param error"}`,
      { type: 'REFUSED', topic, reason: '30016 Param error' },
    ],
    [
      REFUSAL,
      {
        type: 'REFUSED',
        topic: { channel: 'ticks', symbol: 'NOSUCH' },
        reason: "30001 instType:spot,topic:ticker,symbol:NOSUCH doesn't exist",
      },
    ],
    [`{"event":"error","arg":${arg},"code":"30006","msg":"too many"}`, { type: 'TROUBLE', reason: '30006 too many' }],
    ['{"event":"error","code":30001,"msg":"?"}', { type: 'TROUBLE', reason: '30001 ?' }],
  ])('%s is understood', (text, event) => {
    expect(read(text)).toEqual([event]);
  });

  it.each([
    ['{"event":"login"}'],
    ['{"event":"subscribe"}'],
    ['{"event":"subscribe","arg":{"instType":"usdt-futures","topic":"ticker","symbol":"BTCUSDT"}}'],
  ])('%s cannot be read', (text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});

describe('another message of Bitget', () => {
  it.each([
    [''],
    ['[]'],
    ['{}'],
    [TRADE.replace('"update"', '"partial"')],
    [TRADE.replace('publicTrade', 'books1')],
    [TRADE.replace('"spot"', '"usdt-futures"')],
    ['{"action":"update","arg":{"instType":"spot","topic":"ticker","symbol":"A"},"data":{}}'],
    ['{"action":"update","arg":{"instType":"spot","topic":"ticker","symbol":"A"},"data":[7]}'],
  ])('cannot be read: %s', (text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});
