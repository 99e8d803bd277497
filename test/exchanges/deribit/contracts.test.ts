import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectNoLists, readList } from '../contract-reading.ts';

const contracts = findVenue('deribit')?.contracts;
/** As recorded. */
const PERPETUAL =
  '{"instrument_name":"BTC-PERPETUAL","kind":"future","settlement_period":"perpetual","tick_size":0.5,"contract_size":10.0,"min_trade_amount":10.0,"base_currency":"BTC","quote_currency":"USD","expiration_timestamp":32503708800000,"is_active":true}';
const OPTION =
  '{"instrument_name":"BTC-25DEC26-100000-C","kind":"option","settlement_period":"month","tick_size":5.0e-4,"contract_size":1.0,"min_trade_amount":0.1,"base_currency":"BTC","quote_currency":"BTC","expiration_timestamp":1798185600000,"is_active":false}';
const SPOT =
  '{"instrument_name":"BTC_USDC","kind":"spot","tick_size":1.0,"contract_size":0.0001,"min_trade_amount":0.0001,"base_currency":"BTC","quote_currency":"USDC","expiration_timestamp":32503708800000,"is_active":true}';

const answer = (...rows: readonly string[]) => `{"jsonrpc":"2.0","result":[${rows.join(',')}],"testnet":false}`;

describe('the contracts of Deribit', () => {
  it('are all instruments, in one answer', () => {
    expect([contracts?.url, contracts?.lists.map((list) => list.page().target)]).toEqual([
      'https://www.deribit.com',
      ['/api/v2/public/get_instruments?currency=any&expired=false'],
    ]);
    expect(readList(contracts, answer(PERPETUAL, OPTION, SPOT))).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'BTC-PERPETUAL', base: 'BTC', quote: 'USD', kind: 'future', tickSize: '0.5', lotSize: '10.0' },
            ...{ contractSize: '10.0', expiresAt: null, listed: true },
          },
          {
            ...{ symbol: 'BTC-25DEC26-100000-C', base: 'BTC', quote: 'BTC', kind: 'option', tickSize: '0.00050' },
            ...{ lotSize: '0.1', contractSize: '1.0', expiresAt: Date.UTC(2026, 11, 25, 8), listed: false },
          },
          {
            ...{ symbol: 'BTC_USDC', base: 'BTC', quote: 'USDC', kind: 'spot', tickSize: '1.0', lotSize: '0.0001' },
            ...{ contractSize: null, expiresAt: null, listed: true },
          },
        ],
        next: undefined,
      },
    });
  });

  it.each([
    ['a row without a name', answer(PERPETUAL, '{}'), 200, 'UNCLEAR'],
    ['an error', '{"jsonrpc":"2.0","error":{"code":10028,"message":"too_many_requests"}}', 400, 'UNCLEAR'],
    ['too many requests', '', 429, 'REFUSED'],
  ])('are not read from %s', (_, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    expectNoLists(contracts, (result) => ({ jsonrpc: '2.0', result }));
  });
});
