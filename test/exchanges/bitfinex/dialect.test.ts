import { describe, expect, it } from 'vitest';
import type { MarketTopic } from '../../../src/domain/market-topic.ts';
import {
  acknowledgeSubscribe,
  parseEvent,
  refuse,
  topicOf,
  toSubscription,
  writeSubscribe,
} from '../../../src/exchanges/bitfinex/dialect.ts';
import { topicsOf } from '../conversing.ts';

const symbol = 'tBTCUSD';
const TOPICS = topicsOf(symbol);

describe('the topics of Bitfinex', () => {
  it('have the channels of the venue, which has no bars of 3 minutes and of 4 hours', () => {
    expect(TOPICS.map(toSubscription)).toEqual([
      { channel: 'ticker', symbol },
      { channel: 'trades', symbol },
      { channel: 'candles', key: 'trade:1m:tBTCUSD' },
      undefined,
      { channel: 'candles', key: 'trade:5m:tBTCUSD' },
      { channel: 'candles', key: 'trade:15m:tBTCUSD' },
      { channel: 'candles', key: 'trade:30m:tBTCUSD' },
      { channel: 'candles', key: 'trade:1h:tBTCUSD' },
      undefined,
      { channel: 'candles', key: 'trade:1D:tBTCUSD' },
    ]);
  });

  it.each(TOPICS.filter((topic) => toSubscription(topic) !== undefined))('are read back: %j', (topic) => {
    const [request = ''] = writeSubscribe(topic);
    expect(topicOf(parseEvent(request) ?? {})).toEqual(topic);
    expect(topicOf(parseEvent(acknowledgeSubscribe(topic, '7')) ?? {})).toEqual(topic);
    expect(topicOf(parseEvent(refuse('10300', 'symbol: invalid', parseEvent(request) ?? {})) ?? {})).toEqual(topic);
  });

  it.each(['', 'fUSD', 'BTCUSD', 't', `t${'A'.repeat(64)}`, 'tBTC USD'])('are of no symbol %j', (odd) => {
    expect(toSubscription({ channel: 'ticks', symbol: odd })).toBeUndefined();
    expect(writeSubscribe({ channel: 'ticks', symbol: odd })).toEqual([]);
  });

  it.each(['tAVAX:USD', 'tBTCF0:USTF0'])('are of a symbol like %s too', (symbol) => {
    const topic: MarketTopic = { channel: 'bars', symbol, interval: 'D1' };
    expect(topicOf({ ...toSubscription(topic) })).toEqual(topic);
  });

  it.each([
    {},
    { channel: 'book', symbol },
    { channel: 'ticker' },
    { channel: 'ticker', symbol: 'fUSD' },
    { channel: 'candles', key: 7 },
    { channel: 'candles', key: 'trade:3h:tBTCUSD' },
    { channel: 'candles', key: 'trade:1m:fUSD:a30:p2:p30' },
  ])('are not named by %j', (event) => {
    expect(topicOf(event)).toBeUndefined();
  });
});
