import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectNoLists, readList } from '../contract-reading.ts';

const spot = findVenue('bybit')?.contracts;
const linear = findVenue('bybit-linear')?.contracts;
const inverse = findVenue('bybit-inverse')?.contracts;

const PAIR = {
  ...{ symbol: 'BTCUSDT', baseCoin: 'BTC', quoteCoin: 'USDT', innovation: '0', status: 'Trading' },
  lotSizeFilter: { basePrecision: '0.000001', quotePrecision: '0.00000001', minOrderQty: '0.000048' },
  priceFilter: { tickSize: '0.01' },
};
const PERPETUAL = {
  ...{ symbol: 'BTCUSDT', contractType: 'LinearPerpetual', status: 'Trading', baseCoin: 'BTC', quoteCoin: 'USDT' },
  ...{ launchTime: '1585526400000', deliveryTime: '0', settleCoin: 'USDT' },
  priceFilter: { minPrice: '0.10', maxPrice: '199999.80', tickSize: '0.10' },
  lotSizeFilter: { maxOrderQty: '100.000', minOrderQty: '0.001', qtyStep: '0.001' },
};
const FUTURE = {
  ...{ ...PERPETUAL, symbol: 'BTCUSDZ26', contractType: 'InverseFutures', quoteCoin: 'USD', status: 'Delivering' },
  ...{ deliveryTime: '1798185600000', lotSizeFilter: { qtyStep: '1' } },
};

const answer = (list: readonly unknown[], nextPageCursor = ''): string =>
  JSON.stringify({ retCode: 0, retMsg: 'OK', result: { category: 'linear', list, nextPageCursor } });

describe('the contracts of Bybit', () => {
  it('are asked for in pages, those of the spot market in one answer', () => {
    expect([spot, linear, inverse].map((each) => each?.lists[0]?.page().target)).toEqual([
      '/v5/market/instruments-info?category=spot',
      '/v5/market/instruments-info?category=linear&limit=1000',
      '/v5/market/instruments-info?category=inverse&limit=1000',
    ]);
    expect(linear?.lists[0]?.page('a&b=').target).toBe(
      '/v5/market/instruments-info?category=linear&limit=1000&cursor=a%26b%3D',
    );
    expect(linear?.url).toBe('https://api.bybit.com');
  });

  it('have coins and steps as the venue sent them (rebuilt)', () => {
    expect(readList(spot, answer([PAIR]))).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', kind: 'spot', tickSize: '0.01' },
            ...{ lotSize: '0.000001', contractSize: null, expiresAt: null, listed: true },
          },
        ],
        next: undefined,
      },
    });
    expect(readList(linear, answer([PERPETUAL], 'more'))).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', kind: 'LinearPerpetual', tickSize: '0.10' },
            ...{ lotSize: '0.001', contractSize: null, expiresAt: null, listed: true },
          },
        ],
        next: 'more',
      },
    });
    expect(readList(inverse, answer([FUTURE]))).toMatchObject({
      value: {
        items: [
          {
            ...{ symbol: 'BTCUSDZ26', quote: 'USD', kind: 'InverseFutures', lotSize: '1', contractSize: '1' },
            ...{ expiresAt: Date.UTC(2026, 11, 25, 8), listed: false },
          },
        ],
      },
    });
  });

  it('are left out nowhere: a row without a name makes the answer unreadable', () => {
    expect(readList(spot, answer([PAIR, { ...PAIR, symbol: 7 }]))).toMatchObject({ type: 'UNCLEAR' });
  });

  it.each([
    ['an error of the server', '<html>bad gateway</html>', 502, 'UNCLEAR'],
    ['an error of the venue', '{"retCode":10001,"retMsg":"params error","result":{"list":[]}}', 200, 'UNCLEAR'],
    ['too many requests', '{"retCode":10006,"retMsg":"Too many visits!"}', 429, 'REFUSED'],
  ])('are not read from %s', (_what, text, status, type) => {
    expect(readList(spot, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    for (const contracts of [spot, linear]) expectNoLists(contracts, (list) => ({ retCode: 0, result: { list } }));
  });
});
