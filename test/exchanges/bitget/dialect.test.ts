import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import {
  acknowledge,
  isServed,
  MAX_REQUEST_BYTES,
  parseOperation,
  refuseArgument,
  refuseRequest,
  toArgument,
  topicOfRefusal,
  toTopic,
  writeOperations,
} from '../../../src/exchanges/bitget/dialect.ts';
import { topicsOf } from '../conversing.ts';

const symbol = 'BTCUSDT';
const TOPICS = topicsOf(symbol);
const SERVED = TOPICS.filter(isServed);

describe('the topics of Bitget', () => {
  it('have the names of the venue, but for the day, which does not begin at midnight UTC', () => {
    expect(SERVED.map(toArgument).map(({ topic, interval }) => [topic, interval])).toEqual([
      ['ticker', undefined],
      ['publicTrade', undefined],
      ['kline', '1m'],
      ['kline', '3m'],
      ['kline', '5m'],
      ['kline', '15m'],
      ['kline', '30m'],
      ['kline', '1H'],
      ['kline', '4H'],
    ]);
    expect(TOPICS.filter((topic) => !isServed(topic))).toMatchObject([{ interval: 'D1' }]);
  });

  it.each(SERVED)('are read back from what they are written as: %j', (topic) => {
    expect(toTopic(toArgument(topic))).toEqual(topic);
  });

  it.each([
    [undefined],
    [{ instType: 'spot', topic: 'ticker' }],
    [{ instType: 'spot', topic: 'ticker', symbol: 'BTC/USDT' }],
    [{ instType: 'spot', topic: 'kline', symbol }],
    [{ instType: 'spot', topic: 'kline', symbol, interval: '1D' }],
    [{ instType: 'spot', topic: 'books', symbol }],
    [{ instType: 'usdt-futures', topic: 'ticker', symbol }],
  ])('are not named by %j', (arg) => {
    expect(toTopic(arg)).toBeUndefined();
  });

  it.each(['', 'BTC-USDT', 'x'.repeat(33)])('are of no symbol %j', (odd) => {
    expect(isServed({ channel: 'ticks', symbol: odd })).toBe(false);
  });
});

describe('requests to Bitget', () => {
  it('are written as the venue documents them', () => {
    expect(writeOperations('subscribe', TOPICS.slice(1, 3))).toEqual([
      '{"op":"subscribe","args":[{"instType":"spot","topic":"publicTrade","symbol":"BTCUSDT"},{"instType":"spot","topic":"kline","symbol":"BTCUSDT","interval":"1m"}]}',
    ]);
    expect(writeOperations('unsubscribe', [])).toEqual([]);
  });

  it('name each of many topics once, in requests that the venue takes', () => {
    const topics = Array.from({ length: 100 }, (_, index): MarketTopic => {
      return { channel: 'bars', symbol: `${index}`.padEnd(32, 'X'), interval: 'M15' };
    });
    const requests = writeOperations('subscribe', topics);
    expect(requests.map((request) => parseOperation(request)?.args.length)).toEqual([40, 40, 20]);
    expect(requests.flatMap((request) => parseOperation(request)?.args.map(toTopic))).toEqual(topics);
    for (const request of requests) expect(Buffer.byteLength(request)).toBeLessThan(MAX_REQUEST_BYTES);
  });

  it.each([
    [''],
    ['ping'],
    ['[]'],
    ['{}'],
    ['{"op":"login","args":[{}]}'],
    ['{"op":"subscribe","args":[]}'],
    ['{"op":"subscribe","args":[{"topic":"ticker"}]}'],
  ])('are not %s', (text) => {
    expect(parseOperation(text)).toBeUndefined();
  });
});

describe('the answers of Bitget', () => {
  it('name what they are about', () => {
    const arg = { instType: 'spot', topic: 'ticker', symbol };
    expect(acknowledge('subscribe', arg)).toBe(
      '{"event":"subscribe","arg":{"instType":"spot","topic":"ticker","symbol":"BTCUSDT"}}',
    );
    expect(JSON.parse(refuseArgument(arg))).toMatchObject({ event: 'error', arg, code: '30001' });
    expect(JSON.parse(refuseRequest())).toMatchObject({ event: 'error', code: '30003' });
  });

  it.each([
    ["instType:spot,topic:publicTrade,symbol:BTCUSDT doesn't exist", { channel: 'trades', symbol }],
    ["instType:spot,topic:kline,symbol:BTCUSDT doesn't exist", undefined],
    ['Param error', undefined],
  ])('tell the topic in words: %s', (message, topic) => {
    expect(topicOfRefusal(message)).toEqual(topic);
  });
});
