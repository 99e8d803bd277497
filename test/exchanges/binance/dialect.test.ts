import { describe, expect, it } from 'vitest';
import { LIVE_BAR_INTERVALS } from '../../../src/domain/live-bar.ts';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import { converse } from '../../../src/exchanges/binance/conversation.ts';
import {
  acknowledge,
  contentOf,
  isSymbol,
  parseRequest,
  refuseRequest,
  spotStreamsOf,
  streamOf,
  usdmPathOf,
} from '../../../src/exchanges/binance/dialect.ts';
import { hear } from '../conversing.ts';

const symbol = 'BTCUSDT';
const ticks: MarketTopic = { channel: 'ticks', symbol };
const trades: MarketTopic = { channel: 'trades', symbol };
const bars: MarketTopic = { channel: 'bars', symbol, interval: 'H4' };

describe('the streams of Binance', () => {
  it('are two for quotes of the spot market, and one for all else', () => {
    expect([ticks, trades, bars].map(spotStreamsOf)).toEqual([
      ['btcusdt@bookTicker', 'btcusdt@ticker'],
      ['btcusdt@aggTrade'],
      ['btcusdt@kline_4h'],
    ]);
    expect([ticks, trades, bars].map(streamOf)).toEqual(['btcusdt@bookTicker', 'btcusdt@aggTrade', 'btcusdt@kline_4h']);
  });

  it('have every length of a live bar', () => {
    const names = LIVE_BAR_INTERVALS.map((interval) => streamOf({ channel: 'bars', symbol, interval }));
    expect(names.map((name) => name.slice('btcusdt@kline_'.length))).toEqual([
      '1m',
      '3m',
      '5m',
      '15m',
      '30m',
      '1h',
      '4h',
      '1d',
    ]);
    expect(names.map((name) => contentOf(name)?.interval)).toEqual([...LIVE_BAR_INTERVALS]);
  });

  it.each([['BTCUSDT'], ['BTCUSDT_270326'], ['1000SATSUSDT'], ['币安人生USDT']])('name the symbol %s', (name) => {
    expect(isSymbol(name)).toBe(true);
    expect(contentOf(streamOf({ channel: 'trades', symbol: name }))).toEqual({ symbol: name, kind: 'aggTrade' });
  });

  it.each([[''], ['btcusdt'], ['BTC@USDT'], ['BTC/USDT'], ['BTC USDT'], ['B'.repeat(33)]])(
    'are not there for %j',
    (name) => {
      expect(isSymbol(name)).toBe(false);
    },
  );

  it('lie at either socket of USD-M futures', () => {
    expect(['a@bookTicker', 'a@depth@100ms', 'a@trade', 'a@rpiDepth'].map(usdmPathOf)).toEqual(
      Array(4).fill('/public/stream'),
    );
    expect(['a@aggTrade', 'a@kline_1m', 'a@ticker', 'a@markPrice'].map(usdmPathOf)).toEqual(
      Array(4).fill('/market/stream'),
    );
  });
});

describe('a conversation with Binance', () => {
  it('subscribes, and is served when the request was acknowledged', () => {
    const conversation = converse(spotStreamsOf);
    expect(conversation.subscribe([ticks, trades])).toEqual([
      '{"method":"SUBSCRIBE","params":["btcusdt@bookTicker","btcusdt@ticker","btcusdt@aggTrade"],"id":1}',
    ]);
    expect(conversation.isServed?.(ticks)).toBe(false);
    expect(hear(conversation, '{"result":null,"id":1}')).toEqual([
      { type: 'SUBSCRIBED', topic: ticks },
      { type: 'SUBSCRIBED', topic: trades },
    ]);
    expect(conversation.isServed?.(ticks)).toBe(true);
  });

  it('ends subscriptions', () => {
    const conversation = converse(spotStreamsOf);
    conversation.subscribe([ticks, bars]);
    expect(conversation.unsubscribe([ticks])).toEqual([
      '{"method":"UNSUBSCRIBE","params":["btcusdt@bookTicker","btcusdt@ticker"],"id":2}',
    ]);
    expect(hear(conversation, '{"result":null,"id":2}')).toEqual([{ type: 'UNSUBSCRIBED', topic: ticks }]);
    expect(hear(conversation, '{"result":null,"id":1}')).toEqual([{ type: 'SUBSCRIBED', topic: bars }]);
  });

  it('forgets the quote of what it has unsubscribed from', () => {
    const conversation = converse(spotStreamsOf);
    conversation.subscribe([ticks]);
    const best = '{"stream":"btcusdt@bookTicker","data":{"s":"BTCUSDT","b":"1","B":"2","a":"3","A":"4"}}';
    const day = '{"stream":"btcusdt@ticker","data":{"s":"BTCUSDT","c":"2","Q":"1","o":"1","h":"3","l":"1","v":"5"}}';
    hear(conversation, best);
    expect(hear(conversation, day)).toMatchObject([{ quote: { bid: 1, last: 2 } }]);
    conversation.unsubscribe([ticks]);
    conversation.subscribe([ticks]);
    expect(hear(conversation, day)).toMatchObject([{ quote: { bid: null, last: 2 } }]);
  });

  it('asks for many streams in requests of at most 100', () => {
    const topics = Array.from({ length: 120 }, (_, index): MarketTopic => ({ channel: 'ticks', symbol: `S${index}` }));
    const requests = converse(spotStreamsOf).subscribe(topics);
    expect(requests.map((request) => parseRequest(request)?.params.length)).toEqual([100, 100, 40]);
    expect(requests.flatMap((request) => parseRequest(request)?.params)).toEqual(topics.flatMap(spotStreamsOf));
  });

  it('takes a quote for served only when both halves of its streams are', () => {
    const topics = Array.from({ length: 51 }, (_, index): MarketTopic => ({ channel: 'ticks', symbol: `S${index}` }));
    const [, ...others] = topics;
    const conversation = converse((topic) => [...spotStreamsOf(topic)].reverse());
    conversation.subscribe([trades]);
    conversation.subscribe([ticks, ...others]);
    expect(hear(conversation, '{"result":null,"id":2}')).toHaveLength(50);
    expect(hear(conversation, '{"result":null,"id":3}')).toHaveLength(1);
  });

  it.each([
    ['{"error":{"code":2,"msg":"Invalid request: unknown"},"id":1}', '2 Invalid request: unknown'],
    ['{"code":3,"msg":"Invalid JSON"}', '3 Invalid JSON'],
  ])('is in trouble, and asks again, after %s', (answer, reason) => {
    const conversation = converse(spotStreamsOf);
    conversation.subscribe([trades]);
    expect(hear(conversation, answer)).toEqual([{ type: 'TROUBLE', reason }]);
    expect(conversation.subscribe([trades])).toEqual(['{"method":"SUBSCRIBE","params":["btcusdt@aggTrade"],"id":2}']);
  });

  it('hears nothing in an answer to what it did not ask', () => {
    expect(hear(converse(spotStreamsOf), '{"result":null,"id":7}')).toEqual([]);
  });
});

describe('the other end of the socket', () => {
  it('reads requests, and acknowledges them by their id', () => {
    const request = parseRequest('{"method":"SUBSCRIBE","params":["a@trade"],"id":7}');
    expect(request).toEqual({ method: 'SUBSCRIBE', params: ['a@trade'], id: '7' });
    expect(acknowledge('7')).toBe('{"result":null,"id":7}');
    expect(acknowledge('a"b')).toBe('{"result":null,"id":"a\\"b"}');
    expect(JSON.parse(refuseRequest())).toMatchObject({ error: { code: 2 } });
  });

  it.each([
    [''],
    ['[]'],
    ['{"method":"LIST_SUBSCRIPTIONS","id":1}'],
    ['{"method":"SUBSCRIBE","params":[],"id":1}'],
    ['{"method":"SUBSCRIBE","params":[{}],"id":1}'],
    ['{"method":"SUBSCRIBE","params":["a@trade"]}'],
    ['{"method":"SUBSCRIBE","params":"a@trade","id":1}'],
  ])('takes %s for an invalid request', (text) => {
    expect(parseRequest(text)).toBeUndefined();
  });
});
