import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import {
  acknowledge,
  parseOperation,
  pongTo,
  refuseSymbol,
  topicOfRequest,
  toSubscription,
  toTopic,
  writeOperations,
} from '../../../src/exchanges/kraken/dialect.ts';
import { topicsOf } from '../conversing.ts';

const symbol = 'BTC/USD';
const TOPICS = topicsOf(symbol);

describe('the topics of Kraken', () => {
  it('have the channels of the venue, and bars its minutes: of three there are none', () => {
    expect(TOPICS.map(toSubscription)).toEqual([
      { channel: 'ticker', symbol },
      { channel: 'trade', symbol },
      { channel: 'ohlc', symbol, interval: 1 },
      undefined,
      ...[5, 15, 30, 60, 240, 1440].map((interval) => ({ channel: 'ohlc', symbol, interval })),
    ]);
  });

  it.each(TOPICS.filter((topic) => toSubscription(topic) !== undefined))('are read back: %j', (topic) => {
    const { channel, interval } = toSubscription(topic) ?? {};
    expect(toTopic(channel, symbol, String(interval))).toEqual(topic);
    const [request = ''] = writeOperations('subscribe', [topic]);
    expect(topicOfRequest(parseOperation(request)?.requestId, symbol)).toEqual(topic);
  });
});

describe('writeOperations', () => {
  it('asks as the venue documents it, tickers at each change of the best prices', () => {
    expect(writeOperations('subscribe', TOPICS.slice(0, 3))).toEqual([
      '{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD"],"event_trigger":"bbo"},"req_id":1}',
      '{"method":"subscribe","params":{"channel":"trade","symbol":["BTC/USD"]},"req_id":2}',
      '{"method":"subscribe","params":{"channel":"ohlc","symbol":["BTC/USD"],"interval":1},"req_id":10001}',
    ]);
    expect(writeOperations('unsubscribe', TOPICS.slice(0, 1))).toEqual([
      '{"method":"unsubscribe","params":{"channel":"ticker","symbol":["BTC/USD"],"event_trigger":"bbo"},"req_id":1}',
    ]);
    expect(writeOperations('subscribe', [])).toEqual([]);
  });

  it('names each of many topics once, in requests of at most 100 pairs of one channel', () => {
    const topics = Array.from(
      { length: 250 },
      (_, index): MarketTopic => ({ channel: 'trades', symbol: `${index}/USD` }),
    );
    const requests = writeOperations('subscribe', [...topics, ...topics]).map(parseOperation);
    expect(requests.map((request) => request?.subscriptions.length)).toEqual([100, 100, 50]);
    expect(requests.flatMap((request) => request?.subscriptions)).toEqual(topics.map(toSubscription));
  });
});

describe('a request to Kraken', () => {
  it.each([
    '',
    'null',
    '{}',
    '{"method":"subscribe"}',
    '{"method":"subscribe","params":{"channel":"ticker"}}',
    '{"method":"subscribe","params":{"channel":"ticker","symbol":[]}}',
    '{"method":"subscribe","params":{"channel":"book","symbol":["BTC/USD"]}}',
    '{"method":"subscribe","params":{"channel":"ohlc","symbol":["BTC/USD"],"interval":3}}',
    '{"method":"subscribe","params":{"channel":"ticker","symbol":["BTC/USD",7]}}'.replace('7', 'null'),
    '{"method":"add_order","params":{"channel":"ticker","symbol":["BTC/USD"]}}',
  ])('is none of ours when it is %s', (text) => {
    expect(parseOperation(text)).toBeUndefined();
  });

  it('is answered pair by pair with its number', () => {
    const operation = { method: 'subscribe', subscriptions: [], requestId: '2' } as const;
    expect(acknowledge(operation, { channel: 'trade', symbol })).toBe(
      '{"method":"subscribe","result":{"channel":"trade","symbol":"BTC/USD"},"success":true,"req_id":2}',
    );
    expect(refuseSymbol(operation, 'FOO/BAR')).toBe(
      '{"error":"Currency pair not supported FOO/BAR","method":"subscribe","success":false,"symbol":"FOO/BAR","req_id":2}',
    );
  });

  it('is a ping that has a pong, or is not', () => {
    expect(pongTo('{"method":"ping","req_id":101}')).toBe('{"method":"pong","req_id":101}');
    expect(pongTo('{"method":"pong"}')).toBeUndefined();
  });
});
