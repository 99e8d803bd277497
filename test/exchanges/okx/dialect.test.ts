import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import {
  acknowledge,
  MAX_REQUEST_BYTES,
  parseOperation,
  refuseArgument,
  refuseRequest,
  toArgument,
  topicOfRefusal,
  toTopic,
  writeOperations,
} from '../../../src/exchanges/okx/dialect.ts';
import { topicsOf } from '../conversing.ts';

const symbol = 'BTC-USDT';
const TOPICS = topicsOf(symbol);

describe('the topics of OKX', () => {
  it('have the channel names of the venue', () => {
    expect(TOPICS.map((topic) => toArgument(topic).channel)).toEqual([
      'tickers',
      'trades',
      'candle1m',
      'candle3m',
      'candle5m',
      'candle15m',
      'candle30m',
      'candle1H',
      'candle4H',
      'candle1Dutc',
    ]);
  });

  it.each(TOPICS)('are read back from what they are written as: %j', (topic) => {
    expect(toTopic(toArgument(topic))).toEqual(topic);
  });

  it.each([
    [undefined],
    [null],
    ['tickers'],
    [[]],
    [{ channel: 'tickers' }],
    [{ channel: 'tickers', instId: '' }],
    [{ channel: 'tickers', instId: 7 }],
    [{ channel: 'tickers', instId: 'x'.repeat(65) }],
    [{ channel: 'books', instId: symbol }],
    [{ channel: 'candle1D', instId: symbol }],
    [{ channel: '__proto__', instId: symbol }],
  ])('are not named by %j', (arg) => {
    expect(toTopic(arg)).toBeUndefined();
  });
});

describe('writeOperations', () => {
  it('asks as the venue documents it', () => {
    expect(writeOperations('subscribe', TOPICS.slice(0, 2))).toEqual([
      '{"op":"subscribe","args":[{"channel":"tickers","instId":"BTC-USDT"},{"channel":"trades","instId":"BTC-USDT"}]}',
    ]);
    expect(writeOperations('unsubscribe', TOPICS.slice(2, 3))).toEqual([
      '{"op":"unsubscribe","args":[{"channel":"candle1m","instId":"BTC-USDT"}]}',
    ]);
    expect(writeOperations('subscribe', [])).toEqual([]);
  });

  it('names each of many topics once, in requests of at most 100 that the venue takes', () => {
    const topics = Array.from({ length: 250 }, (_, index): MarketTopic => {
      return { channel: 'bars', symbol: `${index}`.padEnd(64, '\u0001'), interval: 'D1' };
    });
    const requests = writeOperations('subscribe', topics);
    expect(requests.map((request) => parseOperation(request)?.args.length)).toEqual([100, 100, 50]);
    expect(requests.flatMap((request) => parseOperation(request)?.args.map(toTopic))).toEqual(topics);
    for (const request of requests) expect(Buffer.byteLength(request)).toBeLessThan(MAX_REQUEST_BYTES);
  });
});

describe('parseOperation', () => {
  it('takes what the venue takes, further fields or not', () => {
    const request = '{"id":"7","op":"unsubscribe","args":[{"channel":"books","instId":"BTC-USDT","extra":1}]}';
    expect(parseOperation(request)).toEqual({
      op: 'unsubscribe',
      args: [{ channel: 'books', instId: 'BTC-USDT' }],
    });
  });

  it.each([
    [''],
    ['ping'],
    ['null'],
    ['7'],
    ['[]'],
    ['{}'],
    ['{"op":"login","args":[{}]}'],
    ['{"op":"subscribe"}'],
    ['{"op":"subscribe","args":[]}'],
    ['{"op":"subscribe","args":{}}'],
    ['{"op":"subscribe","args":["tickers:BTC-USDT"]}'],
    ['{"op":"subscribe","args":[{"channel":"tickers"}]}'],
    ['{"op":"subscribe","args":[{"channel":"tickers","instId":"A"},null]}'],
  ])('takes %s for an invalid request', (text) => {
    expect(parseOperation(text)).toBeUndefined();
  });
});

describe('the answers of OKX', () => {
  it('acknowledge one argument', () => {
    expect(acknowledge('subscribe', { channel: 'tickers', instId: 'BTC-USDT' })).toBe(
      '{"event":"subscribe","arg":{"channel":"tickers","instId":"BTC-USDT"}}',
    );
  });

  it('refuse in bounded texts', () => {
    expect(JSON.parse(refuseRequest('{"op":1}'))).toEqual({
      event: 'error',
      code: '60012',
      msg: 'Invalid request: {"op":1}',
    });
    expect(refuseRequest('x'.repeat(60_000)).length).toBeLessThan(400);
    expect(refuseArgument({ channel: 'c'.repeat(9000), instId: 'i'.repeat(9000) }).length).toBeLessThan(400);
  });

  it.each([
    ["channel:index-tickers,instId:BTC-USDT1 doesn't exist", undefined],
    ["channel:tickers,instId:LTC-USD doesn't exist", { channel: 'ticks', symbol: 'LTC-USD' }],
    [
      "Wrong URL or channel:candle1m,instId:BTC-USD-SWAP doesn't exist. Please use the correct URL, channel and parameters referring to API document.",
      { channel: 'bars', symbol: 'BTC-USD-SWAP', interval: 'M1' },
    ],
    ["Subscribe failed, wrong URL or channel:trades,instId:A doesn't exist.", { channel: 'trades', symbol: 'A' }],
    ['', undefined],
  ])('name the topic that is not there: %s', (message, topic) => {
    expect(topicOfRefusal(message)).toEqual(topic);
  });
});
