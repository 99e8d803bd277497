import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectNoLists, readList } from '../contract-reading.ts';

const contracts = findVenue('coinbase')?.contracts;
/** As recorded. */
const ROW =
  '{"id":"BTC-USD","base_currency":"BTC","quote_currency":"USD","base_min_size":"0.0001","quote_increment":"0.01","base_increment":"0.00000001","status":"online","trading_disabled":false}';

describe('the contracts of Coinbase', () => {
  it('are the products, in one answer', () => {
    expect([contracts?.url, contracts?.lists.map((list) => list.page().target)]).toEqual([
      'https://api.exchange.coinbase.com',
      ['/products'],
    ]);
    expect(readList(contracts, `[${ROW}]`)).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'BTC-USD', base: 'BTC', quote: 'USD', kind: null, tickSize: '0.01', lotSize: '0.00000001' },
            ...{ contractSize: null, expiresAt: null, listed: true },
          },
        ],
        next: undefined,
      },
    });
  });

  it.each([
    ['"online"', '"delisted"'],
    ['"trading_disabled":false', '"trading_disabled":true'],
  ])('are not listed with %s as %s', (usual, odd) => {
    expect(readList(contracts, `[${ROW.replace(usual, odd)}]`)).toMatchObject({
      value: { items: [{ listed: false }] },
    });
  });

  it.each([
    ['a row without a name', `[${ROW},{}]`, 200, 'UNCLEAR'],
    ['an error', '{"message":"NotFound"}', 404, 'UNCLEAR'],
    ['too many requests', '{"message":"Public rate limit exceeded"}', 429, 'REFUSED'],
  ])('are not read from %s', (_, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    expectNoLists(contracts, (rows) => rows);
  });
});
