import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectNoLists, readList } from '../contract-reading.ts';

const spot = findVenue('binance')?.contracts;
const usdm = findVenue('binance-usdm')?.contracts;

const PAIR = {
  ...{ symbol: 'BTCUSDT', status: 'TRADING', baseAsset: 'BTC', quoteAsset: 'USDT' },
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01000000', tickSize: '0.01000000' },
    { filterType: 'LOT_SIZE', minQty: '0.00001000', stepSize: '0.00001000' },
    { filterType: 'MIN_NOTIONAL', minNotional: '10.00000000' },
  ],
  permissions: ['SPOT', 'MARGIN'],
};
const FILTERS = [
  { filterType: 'PRICE_FILTER', tickSize: '0.10' },
  { filterType: 'LOT_SIZE', stepSize: '0.001' },
];
const FUTURE = {
  ...{ symbol: 'BTCUSDT_261225', contractType: 'CURRENT_QUARTER', deliveryDate: 1_798_185_600_000, status: 'SETTLING' },
  ...{ baseAsset: 'BTC', quoteAsset: 'USDT', marginAsset: 'USDT', filters: FILTERS },
};
const PERPETUAL = { ...FUTURE, symbol: 'BTCUSDT', contractType: 'PERPETUAL', deliveryDate: 4_133_404_800_000 };

const answer = (...symbols: unknown[]): string => JSON.stringify({ timezone: 'UTC', symbols });

describe('the contracts of Binance', () => {
  it('are asked for in one answer a market', () => {
    expect([spot, usdm].map((each) => [each?.url, each?.lists.map((list) => list.page().target)])).toEqual([
      ['https://api.binance.com', ['/api/v3/exchangeInfo?showPermissionSets=false']],
      ['https://fapi.binance.com', ['/fapi/v1/exchangeInfo']],
    ]);
  });

  it('have coins and steps as the venue sent them', () => {
    expect(readList(spot, answer(PAIR, { ...PAIR, symbol: 'XUSDT', status: 'BREAK', filters: [] }))).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', kind: 'spot', tickSize: '0.01000000' },
            ...{ lotSize: '0.00001000', contractSize: null, expiresAt: null, listed: true },
          },
          {
            ...{ symbol: 'XUSDT', base: 'BTC', quote: 'USDT', kind: 'spot', tickSize: null },
            ...{ lotSize: null, contractSize: null, expiresAt: null, listed: false },
          },
        ],
        next: undefined,
      },
    });
  });

  it('end at USD-M futures when they are no perpetuals (rebuilt)', () => {
    const common = { base: 'BTC', quote: 'USDT', tickSize: '0.10', lotSize: '0.001', contractSize: null };
    expect(readList(usdm, answer(FUTURE, { ...PERPETUAL, status: 'TRADING' }))).toMatchObject({
      value: {
        items: [
          {
            ...{ ...common, symbol: 'BTCUSDT_261225', kind: 'CURRENT_QUARTER', listed: false },
            expiresAt: Date.UTC(2026, 11, 25, 8),
          },
          { ...common, symbol: 'BTCUSDT', kind: 'PERPETUAL', expiresAt: null, listed: true },
        ],
      },
    });
  });

  it('are left out nowhere: a row without a name makes the answer unreadable', () => {
    expect(readList(spot, answer(PAIR, { ...PAIR, symbol: '' }))).toMatchObject({ type: 'UNCLEAR' });
  });

  it.each([
    ['an error of the server', '<html>bad gateway</html>', 502, 'UNCLEAR'],
    ['no list', '{"symbols":{}}', 200, 'UNCLEAR'],
    ['too many requests', '{"code":-1003,"msg":"Too much request weight used"}', 429, 'REFUSED'],
    ['a ban', '{"code":-1003,"msg":"banned until 1"}', 418, 'REFUSED'],
  ])('are not read from %s', (_what, text, status, type) => {
    expect(readList(spot, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    for (const contracts of [spot, usdm]) expectNoLists(contracts, (symbols) => ({ symbols }));
  });
});
