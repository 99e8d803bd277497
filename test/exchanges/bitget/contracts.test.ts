import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectNoLists, readList } from '../contract-reading.ts';

const contracts = findVenue('bitget')?.contracts;
/** As recorded in 2025. */
const ROW =
  '{"symbol":"BTCUSDT","category":"SPOT","baseCoin":"BTC","quoteCoin":"USDT","minOrderQty":"0.000001","maxOrderQty":"0","pricePrecision":"2","quantityPrecision":"6","quotePrecision":"8","minOrderAmount":"1","status":"online","maintainTime":""}';

const answer = (...rows: readonly string[]) => `{"code":"00000","msg":"success","data":[${rows.join(',')}]}`;

describe('the contracts of Bitget', () => {
  it('are the pairs, in one answer', () => {
    expect([contracts?.url, contracts?.lists.map((list) => list.page().target)]).toEqual([
      'https://api.bitget.com',
      ['/api/v3/market/instruments?category=SPOT'],
    ]);
    expect(readList(contracts, answer(ROW, ROW.replace('online', 'offline')))).toEqual({
      type: 'DONE',
      value: {
        items: [true, false].map((listed) => ({
          ...{ symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', kind: 'SPOT', tickSize: '0.01', lotSize: '0.000001' },
          ...{ contractSize: null, expiresAt: null, listed },
        })),
        next: undefined,
      },
    });
  });

  it.each([
    ['a row without a name', answer(ROW, '{}'), 200, 'UNCLEAR'],
    ['an error', '{"code":"40017","msg":"Parameter verification failed","data":[]}', 200, 'UNCLEAR'],
    ['too many requests', '{"code":"429","msg":"Too Many Requests"}', 429, 'REFUSED'],
  ])('are not read from %s', (_, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    expectNoLists(contracts, (rows) => ({ code: '00000', data: rows }));
  });
});
