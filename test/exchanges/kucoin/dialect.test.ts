import { describe, expect, it } from 'vitest';
import {
  channelsOf,
  isSymbol,
  parseRequest,
  pongTo,
  toBatches,
  topicOf,
} from '../../../src/exchanges/kucoin/dialect.ts';
import { topicsOf } from '../conversing.ts';

const symbol = 'BTC-USDT';
const TOPICS = topicsOf(symbol);

describe('the topics of KuCoin', () => {
  it('have the channels of the venue', () => {
    expect(TOPICS.flatMap(channelsOf)).toEqual([
      '/market/ticker:BTC-USDT',
      '/market/snapshot:BTC-USDT',
      '/market/match:BTC-USDT',
      ...['1min', '3min', '5min', '15min', '30min', '1hour', '4hour', '1day'].map(
        (each) => `/market/candles:BTC-USDT_${each}`,
      ),
    ]);
  });

  it.each(TOPICS)('are read back from each of them: %j', (topic) => {
    for (const channel of channelsOf(topic)) expect(topicOf(channel)).toEqual(topic);
  });

  it.each([
    [undefined],
    ['/market/level2:BTC-USDT'],
    ['/market/ticker:BTC-USDT,ETH-USDT'],
    ['/market/ticker:BTC-USDT_1min'],
    ['/market/candles:BTC-USDT'],
    ['/market/candles:BTC-USDT_2min'],
    ['/spotMarket/tradeOrders'],
    ['ticker:BTC-USDT'],
  ])('are not named by %s', (channel) => {
    expect(topicOf(channel)).toBeUndefined();
  });

  it.each(['', 'A'.repeat(65), 'BTC-USDT,ETH-USDT', 'BTC_USDT', 'BTC:USDT', 7])('are of no symbol %j', (odd) => {
    expect(isSymbol(odd)).toBe(false);
  });
});

describe('a request to KuCoin', () => {
  it('is for channels of one kind', () => {
    expect(toBatches(['/market/match:A', '/market/ticker:A', '/market/match:B'])).toEqual([
      ['/market/match:A', '/market/match:B'],
      ['/market/ticker:A'],
    ]);
    expect(toBatches([])).toEqual([]);
  });

  it.each([
    '',
    '{}',
    '{"id":"1","type":"subscribe"}',
    '{"type":"subscribe","topic":"/market/match:A"}',
    '{"id":"1","type":"open","topic":"/market/match:A"}',
    '{"id":"1","type":"subscribe","topic":"/market/match:"}',
    '{"id":"1","type":"subscribe","topic":"match:A"}',
  ])('is none when it is %s', (text) => {
    expect(parseRequest(text)).toBeUndefined();
  });

  it('is a ping that has a pong, or is not', () => {
    expect(pongTo('{"id":"1545910590801","type":"ping"}')).toBe('{"id":"1545910590801","type":"pong"}');
    expect(pongTo('{"id":"1","type":"pong"}')).toBeUndefined();
  });
});
