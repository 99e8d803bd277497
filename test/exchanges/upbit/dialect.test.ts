import { describe, expect, it } from 'vitest';
import {
  channelsOf,
  channelText,
  isServed,
  listedChannels,
  parseRequest,
  writeChannels,
  writeFarewell,
  writeList,
  writeListRequest,
} from '../../../src/exchanges/upbit/dialect.ts';
import { topicsOf } from '../conversing.ts';

const symbol = 'KRW-BTC';
const TOPICS = topicsOf(symbol);

describe('the topics of Upbit', () => {
  it('have the types of the venue, which has no candle of a day', () => {
    expect(TOPICS.filter(isServed).map(channelsOf)).toEqual([
      ['ticker KRW-BTC', 'orderbook KRW-BTC'],
      ['trade KRW-BTC'],
      ['candle.1m KRW-BTC'],
      ['candle.3m KRW-BTC'],
      ['candle.5m KRW-BTC'],
      ['candle.15m KRW-BTC'],
      ['candle.30m KRW-BTC'],
      ['candle.60m KRW-BTC'],
      ['candle.240m KRW-BTC'],
    ]);
    expect(TOPICS.filter((topic) => !isServed(topic))).toMatchObject([{ interval: 'D1' }]);
  });

  it.each(['', 'KRW', 'krw-btc', 'KRW-BTC.1', 'KRW/BTC', 'KRW-'])('are of no pair %j', (odd) => {
    expect(isServed({ channel: 'ticks', symbol: odd })).toBe(false);
  });
});

describe('requests to Upbit', () => {
  it('name all channels, by type, and one level of the order book', () => {
    expect(writeChannels('t', ['trade KRW-BTC', 'orderbook KRW-BTC', 'trade KRW-ETH'])).toBe(
      '[{"ticket":"t"},{"type":"trade","codes":["KRW-BTC","KRW-ETH"],"isOnlyRealtime":true},{"type":"orderbook","codes":["KRW-BTC.1"],"isOnlyRealtime":true}]',
    );
    expect(writeListRequest('t')).toBe('[{"ticket":"t"},{"method":"LIST_SUBSCRIPTIONS"}]');
  });

  it('are read back', () => {
    const channels = ['trade KRW-BTC', 'candle.1m KRW-BTC', 'orderbook KRW-ETH'];
    expect(parseRequest(writeChannels('t', channels))).toEqual({ ticket: 't', channels, asksForList: false });
    expect(parseRequest(writeListRequest('t'))).toEqual({ ticket: 't', channels: undefined, asksForList: true });
    expect(parseRequest(writeFarewell('t', symbol))).toEqual({ ticket: 't', channels: [], asksForList: false });
  });

  it.each([[''], ['{}'], ['[]'], ['[{"ticket":"t"}]'], ['[{"type":"trade"}]'], ['[7]'], ['PING']])(
    'are not %s',
    (text) => {
      expect(parseRequest(text)).toBeUndefined();
    },
  );
});

describe('the list of Upbit', () => {
  it('has the channels, whatever else it has', () => {
    expect(listedChannels(JSON.parse(writeList('t', ['trade KRW-BTC', 'ticker KRW-BTC'])))).toEqual([
      'trade KRW-BTC',
      'ticker KRW-BTC',
    ]);
    const result = [
      { type: 'orderbook', codes: ['KRW-BTC.1', 7], level: 0 },
      { type: 'myOrder' },
      { type: 'candle.1s', codes: ['A-B'] },
    ];
    expect(listedChannels({ method: 'LIST_SUBSCRIPTIONS', result })).toEqual(['orderbook KRW-BTC']);
    expect(listedChannels({ method: 'LIST_SUBSCRIPTIONS', result: [7] })).toBeUndefined();
    expect(listedChannels({ result })).toBeUndefined();
  });

  it('has no channels of other types or of codes that are none', () => {
    expect([channelText('trade', 'x'), channelText('x', symbol), channelText('trade', 7)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
