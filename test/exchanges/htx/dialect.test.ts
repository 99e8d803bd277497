import { describe, expect, it } from 'vitest';
import {
  channelsOf,
  isSymbol,
  parseRequest,
  pongTo,
  requestOf,
  topicOf,
  writeRequest,
} from '../../../src/exchanges/htx/dialect.ts';
import { topicsOf } from '../conversing.ts';

const symbol = 'btcusdt';
const TOPICS = topicsOf(symbol);

describe('the topics of HTX', () => {
  it('have the channels of the venue, which has no bars of three minutes and no days that begin at midnight UTC', () => {
    expect(TOPICS.map(channelsOf)).toEqual([
      ['market.btcusdt.bbo', 'market.btcusdt.ticker'],
      ['market.btcusdt.trade.detail'],
      ['market.btcusdt.kline.1min'],
      [],
      ['market.btcusdt.kline.5min'],
      ['market.btcusdt.kline.15min'],
      ['market.btcusdt.kline.30min'],
      ['market.btcusdt.kline.60min'],
      ['market.btcusdt.kline.4hour'],
      [],
    ]);
  });

  it.each(TOPICS)('are read back from each of them: %j', (topic) => {
    for (const channel of channelsOf(topic)) {
      expect(topicOf(channel)).toEqual(topic);
      const request = parseRequest(writeRequest('sub', channel));
      expect(request).toEqual({ type: 'sub', channel, id: `sub ${channel}` });
      expect(requestOf(request?.id)).toEqual(request);
    }
  });

  it.each([
    [undefined],
    ['market.btcusdt.kline.1day'],
    ['market.btcusdt.depth.step0'],
    ['market.BTC-USDT.bbo'],
    ['bbo'],
  ])('are not named by %s', (channel) => {
    expect(topicOf(channel)).toBeUndefined();
  });

  it.each(['', 'a'.repeat(65), 'BTC-USDT', 'btc.usdt', 7])('are of no symbol %j', (odd) => {
    expect(isSymbol(odd)).toBe(false);
  });
});

describe('a ping of HTX', () => {
  it.each([
    ['{"ping":1618678073643}', '{"pong":1618678073643}'],
    ['{ "ping" : 9007199254740993123 }', '{"pong":9007199254740993123}'],
  ])('%s has the pong %s, with the same number', (ping, pong) => {
    expect(pongTo(ping)).toBe(pong);
  });

  it.each(['', '{"ping":"abc"}', '{"ping":-1}', '{"ping":1,"ch":"a"}', '{"pong":1}', `{"ping":${'1'.repeat(20)}}`])(
    'is not %s',
    (text) => {
      expect(pongTo(text)).toBeUndefined();
    },
  );
});
