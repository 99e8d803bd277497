import { describe, expect, it } from 'vitest';
import { CoinbaseConversation } from '../../../src/exchanges/coinbase/conversation.ts';
import type { VenueEvent } from '../../../src/exchanges/venue.ts';
import { HEARTBEAT, MATCH, TICKER } from './frames.ts';

const RECEIVED_AT = 1_700_000_000_000;

function read(text: string): readonly VenueEvent[] {
  return new CoinbaseConversation().read(text, RECEIVED_AT);
}

function changed(frame: string, odd: object): readonly VenueEvent[] {
  return read(JSON.stringify({ ...JSON.parse(frame), ...odd }));
}

const kinds = (events: readonly VenueEvent[]) => events.map(({ type }) => type);

describe('a match of Coinbase', () => {
  it('is a print whose taker did what the maker did not', () => {
    const print = {
      ...{ symbol: 'SKL-BTC', tradeId: '280232', timestamp: 1_618_677_817_089, receivedAt: RECEIVED_AT },
      ...{ price: '0.00001305', size: '985', side: 'BUY' },
    };
    expect(read(MATCH)).toEqual([{ type: 'PRINT', print }]);
    expect(changed(MATCH, { side: 'buy' })).toMatchObject([{ print: { side: 'SELL' } }]);
    expect(changed(MATCH, { side: 'hold' })).toMatchObject([{ print: { side: null } }]);
  });

  it('keeps the digits of ids, prices and sizes', () => {
    const long = MATCH.replace('280232', '123456789012345678901234567').replace('"985"', '"985.10"');
    expect(read(long)).toMatchObject([{ print: { tradeId: '123456789012345678901234567', size: '985.10' } }]);
  });

  it('that was the last before the subscription is no news', () => {
    expect(changed(MATCH, { type: 'last_match' })).toEqual([]);
  });

  it.each([
    ['a size that was seen once', { size: '0.-10000' }],
    ['a time that was seen once', { time: '0001-01-01T00:00:00.000000Z' }],
    ['no time', { time: undefined }],
    ['no price', { price: '0' }],
    ['a price that went through a double', { price: null }],
    ['no size', { size: '0.00000000' }],
    ['no product', { product_id: undefined }],
    ['a product that cannot be one', { product_id: 'BTC USD' }],
  ])('with %s cannot be read', (_, odd) => {
    expect(kinds(changed(MATCH, odd))).toEqual(['UNREADABLE']);
  });
});

describe('a ticker of Coinbase', () => {
  it('is a quote in numbers', () => {
    expect(read(TICKER)).toEqual([
      {
        type: 'QUOTE',
        quote: {
          ...{ symbol: 'BTC-USDT', timestamp: 1_677_901_040_799, receivedAt: RECEIVED_AT },
          ...{ last: 22_345.67, lastSize: 0.00352175 },
          ...{ bid: 22_345.67, bidSize: 0.10647825, ask: 22_349.68, askSize: 0.03131702 },
          ...{ open24h: 22_308.13, high24h: 22_495.15, low24h: 22_150, volume24h: 470.21123644 },
        },
      },
    ]);
  });

  it.each([
    [
      { best_bid: '0', best_bid_size: '0.00000000' },
      { bid: null, bidSize: null, ask: 22_349.68 },
    ],
    [
      { best_ask: '', best_ask_size: '' },
      { ask: null, askSize: null },
    ],
    [
      { best_bid_size: undefined, best_ask_size: undefined, last_size: undefined },
      { bid: 22_345.67, bidSize: null, askSize: null, lastSize: null },
    ],
    [
      { price: '0', last_size: '0' },
      { last: null, lastSize: null },
    ],
    [{ time: undefined }, { timestamp: null }],
    [{ volume_24h: '0' }, { volume24h: 0 }],
  ])('with %j says %j', (odd, quote) => {
    expect(changed(TICKER, odd)).toMatchObject([{ type: 'QUOTE', quote }]);
  });

  it.each([
    [{ best_bid: 'NaN' }],
    [{ price: '-1' }],
    [{ best_ask_size: '0.-10000' }],
    [{ time: '0001-01-01T00:00:00.000000Z' }],
    [{ product_id: 7 }],
  ])('with %j cannot be read', (odd) => {
    expect(kinds(changed(TICKER, odd))).toEqual(['UNREADABLE']);
  });
});

describe('another message of Coinbase', () => {
  it.each([[HEARTBEAT], ['{"type":"status","products":[]}'], ['{"type":"received","product_id":"BTC-USD"}']])(
    'says nothing: %s',
    (text) => {
      expect(read(text)).toEqual([]);
    },
  );

  it.each([
    ['{"type":"error","message":"Failed to subscribe","reason":"invalid"}', 'Failed to subscribe: invalid'],
    // Nobody has asked for it.
    [
      '{"type":"error","message":"Failed to subscribe","reason":"A-B is not a valid product"}',
      'Failed to subscribe: A-B is not a valid product',
    ],
  ])('is a trouble: %s', (text, reason) => {
    expect(read(text)).toEqual([{ type: 'TROUBLE', reason }]);
  });

  it.each([
    [''],
    ['ping'],
    ['[]'],
    ['null'],
    ['{}'],
    ['{"type":{}}'],
    ['{"type":"heartbeat","product_id":"BTC-USD"}'],
    ['{"type":"subscriptions"}'],
    ['{"type":"subscriptions","channels":[{"name":"matches"},{"product_ids":["BTC-USD"]}]}'],
  ])('cannot be read: %s', (text) => {
    expect(kinds(read(text))).toEqual(['UNREADABLE']);
  });
});
