import { describe, expect, it } from 'vitest';
import {
  isServed,
  isTestRequest,
  parseRequest,
  toBatches,
  toChannel,
  toTopic,
  writeChannels,
  writeError,
  writeResult,
  writeSetHeartbeat,
  writeTest,
} from '../../../src/exchanges/deribit/dialect.ts';
import { topicsOf } from '../conversing.ts';
import { HEARTBEAT, TEST_REQUEST } from './frames.ts';

const symbol = 'BTC-PERPETUAL';
const TOPICS = topicsOf(symbol);
const SERVED = TOPICS.filter(isServed);

describe('the topics of Deribit', () => {
  it('have the channel names of the venue, which has no bars of four hours and no day that begins at midnight', () => {
    expect(SERVED.map(toChannel)).toEqual([
      'ticker.BTC-PERPETUAL.100ms',
      'trades.BTC-PERPETUAL.100ms',
      'chart.trades.BTC-PERPETUAL.1',
      'chart.trades.BTC-PERPETUAL.3',
      'chart.trades.BTC-PERPETUAL.5',
      'chart.trades.BTC-PERPETUAL.15',
      'chart.trades.BTC-PERPETUAL.30',
      'chart.trades.BTC-PERPETUAL.60',
    ]);
    expect(TOPICS.filter((topic) => !isServed(topic))).toMatchObject([{ interval: 'H4' }, { interval: 'D1' }]);
  });

  it.each(SERVED)('are read back from what they are written as: %j', (topic) => {
    expect(toTopic(toChannel(topic))).toEqual(topic);
  });

  it.each([undefined, 7, '', 'ticker.A', 'ticker.A.raw', 'ticker.A.B.100ms', 'chart.trades.A.240', 'trades..100ms'])(
    'are not named by %j',
    (channel) => {
      expect(toTopic(channel)).toBeUndefined();
    },
  );

  it.each(['', 'BTC.PERPETUAL', 'BTC PERPETUAL', 'x'.repeat(65)])('are of no instrument %j', (odd) => {
    expect(isServed({ channel: 'ticks', symbol: odd })).toBe(false);
  });
});

describe('requests to Deribit', () => {
  it('are written as the venue documents them', () => {
    expect(writeChannels(3, 'public/subscribe', ['trades.BTC-PERPETUAL.100ms'])).toBe(
      '{"jsonrpc":"2.0","id":3,"method":"public/subscribe","params":{"channels":["trades.BTC-PERPETUAL.100ms"]}}',
    );
    expect(writeSetHeartbeat()).toBe(
      '{"jsonrpc":"2.0","id":0,"method":"public/set_heartbeat","params":{"interval":10}}',
    );
    expect(writeTest()).toBe('{"jsonrpc":"2.0","id":0,"method":"public/test","params":{}}');
  });

  it('are read back', () => {
    expect(parseRequest(writeChannels(3, 'public/unsubscribe', ['a', 'b']))).toEqual({
      ...{ id: '3', method: 'public/unsubscribe', channels: ['a', 'b'] },
    });
    expect(parseRequest(writeTest())).toEqual({ id: '0', method: 'public/test', channels: [] });
    for (const odd of ['', '[]', '{}', '{"method":{}}']) expect(parseRequest(odd)).toBeUndefined();
  });

  it('take at most 100 channels', () => {
    const channels = Array.from({ length: 250 }, (_, index) => `ticker.A${index}.100ms`);
    expect(toBatches(channels).map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(toBatches(channels).flat()).toEqual(channels);
    expect(toBatches([])).toEqual([]);
  });
});

describe('the answers of Deribit', () => {
  it('have the id of the request', () => {
    expect(JSON.parse(writeResult('3', ['a']))).toMatchObject({ jsonrpc: '2.0', id: 3, result: ['a'] });
    expect(JSON.parse(writeError(undefined, -32_600, 'Invalid Request'))).toEqual({
      ...{ jsonrpc: '2.0', id: null, error: { code: -32_600, message: 'Invalid Request' } },
    });
  });
});

describe('isTestRequest', () => {
  it('tells what wants a sign of life from all else', () => {
    expect(isTestRequest(TEST_REQUEST)).toBe(true);
    const others = [
      HEARTBEAT,
      '{"a":"test_request"}',
      '"test_request"',
      '{"method":"heartbeat","params":"test_request"}',
    ];
    expect(others.map(isTestRequest)).toEqual([false, false, false, false]);
  });
});
