import { describe, expect, it } from 'vitest';
import {
  channelsOf,
  isSymbol,
  parseRequest,
  productOfRefusal,
  readChannels,
  writeRefusal,
  writeRequests,
  writeSubscriptions,
} from '../../../src/exchanges/coinbase/dialect.ts';

const symbol = 'BTC-USD';

describe('the topics of Coinbase', () => {
  it('are made from channels, bars from those of matches and heartbeats', () => {
    expect(channelsOf({ channel: 'ticks', symbol })).toEqual(['ticker BTC-USD']);
    expect(channelsOf({ channel: 'trades', symbol })).toEqual(['matches BTC-USD']);
    expect(channelsOf({ channel: 'bars', symbol, interval: 'D1' })).toEqual(['matches BTC-USD', 'heartbeat BTC-USD']);
  });

  it.each(['', 'BTC', 'btc-usd', 'BTC/USD', 'BTC-USD ', 'A-B-C', `${'A'.repeat(33)}-USD`, 7, null])(
    'are of no product %j',
    (odd) => {
      expect(isSymbol(odd)).toBe(false);
    },
  );
});

describe('requests to Coinbase', () => {
  it('are one for each product', () => {
    expect(writeRequests('subscribe', ['matches BTC-USD', 'ticker ETH-USD', 'heartbeat BTC-USD'])).toEqual([
      '{"type":"subscribe","channels":[{"name":"matches","product_ids":["BTC-USD"]},{"name":"heartbeat","product_ids":["BTC-USD"]}]}',
      '{"type":"subscribe","channels":[{"name":"ticker","product_ids":["ETH-USD"]}]}',
    ]);
    expect(writeRequests('unsubscribe', [])).toEqual([]);
  });

  it('are read back, in the short form too', () => {
    const [request = ''] = writeRequests('unsubscribe', ['matches BTC-USD']);
    expect(parseRequest(request)).toEqual({ type: 'unsubscribe', channels: ['matches BTC-USD'] });
    const short = '{"type":"subscribe","product_ids":["BTC-USD"],"channels":["matches","level2","ticker"]}';
    expect(parseRequest(short)).toEqual({ type: 'subscribe', channels: ['matches BTC-USD', 'ticker BTC-USD'] });
  });

  it.each([
    [''],
    ['{}'],
    ['{"type":"subscribe"}'],
    ['{"type":"subscribe","channels":[]}'],
    ['{"type":"subscribe","channels":[7],"product_ids":["BTC-USD"]}'],
    ['{"type":"subscribe","channels":["matches"],"product_ids":"BTC-USD"}'],
    ['{"type":"ping"}'],
  ])('are not %s', (text) => {
    expect(parseRequest(text)).toBeUndefined();
  });
});

describe('the answers of Coinbase', () => {
  it('list all channels of the connection', () => {
    const text = writeSubscriptions(['matches BTC-USD', 'ticker BTC-USD', 'matches ETH-USD']);
    expect(text).toBe(
      '{"type":"subscriptions","channels":[{"name":"matches","product_ids":["BTC-USD","ETH-USD"]},{"name":"ticker","product_ids":["BTC-USD"]}]}',
    );
    expect(readChannels(JSON.parse(text).channels)).toEqual(['matches BTC-USD', 'matches ETH-USD', 'ticker BTC-USD']);
  });

  it('name the product that there is not', () => {
    expect(productOfRefusal(JSON.parse(writeRefusal('A-B')).reason)).toBe('A-B');
    expect(productOfRefusal(' is not a valid product')).toBeUndefined();
    expect(productOfRefusal('No channels provided')).toBeUndefined();
  });
});
