import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectNoLists, readList } from '../contract-reading.ts';

const contracts = findVenue('upbit')?.contracts;
/** As documented. */
const ROW = '{"market":"KRW-BTC","korean_name":"비트코인","english_name":"Bitcoin"}';

describe('the contracts of Upbit', () => {
  it('are the pairs, in one answer, the quote currency first', () => {
    expect([contracts?.url, contracts?.lists.map((list) => list.page().target)]).toEqual([
      'https://api.upbit.com',
      ['/v1/market/all'],
    ]);
    expect(readList(contracts, `[${ROW}]`)).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'KRW-BTC', base: 'BTC', quote: 'KRW', kind: null, tickSize: null, lotSize: null },
            ...{ contractSize: null, expiresAt: null, listed: true },
          },
        ],
        next: undefined,
      },
    });
  });

  it.each([
    ['a row without a name', `[${ROW},{}]`, 200, 'UNCLEAR'],
    ['an error', '{"error":{"name":404,"message":"not found"}}', 404, 'UNCLEAR'],
    ['too many requests', 'Too many API requests.', 429, 'REFUSED'],
  ])('are not read from %s', (_, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    expectNoLists(contracts, (rows) => rows);
  });
});
