import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectSoundLists, readList } from '../contract-reading.ts';

const contracts = findVenue('kucoin')?.contracts;

/** A row of the venue, cut to what a list is read for. */
const BITCOIN =
  '{"symbol":"BTC-USDT","baseCurrency":"BTC","quoteCurrency":"USDT","baseMinSize":"0.00001","baseIncrement":"0.00000001","quoteIncrement":"0.000001","priceIncrement":"0.1","enableTrading":true}';
const HALTED = BITCOIN.replace('BTC-USDT', 'OLD-USDT').replace('"BTC"', '"OLD"').replace('true', 'false');
const answer = (...rows: string[]): string => `{"code":"200000","data":[${rows.join()}]}`;

describe('the list of KuCoin', () => {
  it('is one answer to everybody', () => {
    expect(contracts?.url).toBe('https://api.kucoin.com');
    expect(contracts?.lists.map((list) => [list.name, list.page().target])).toEqual([['SPOT', '/api/v2/symbols']]);
  });

  it('has the coins and steps of each pair, and whether it is traded', () => {
    const bitcoin = {
      ...{ symbol: 'BTC-USDT', kind: 'SPOT', base: 'BTC', quote: 'USDT', tickSize: '0.1', lotSize: '0.00000001' },
      ...{ contractSize: null, expiresAt: null, listed: true },
    };
    expect(readList(contracts, answer(BITCOIN, HALTED))).toEqual({
      type: 'DONE',
      value: { items: [bitcoin, { ...bitcoin, symbol: 'OLD-USDT', base: 'OLD', listed: false }], next: undefined },
    });
  });

  it.each([
    ['a row without a name', answer(BITCOIN, '{"baseCurrency":"BTC"}'), 200, 'UNCLEAR'],
    ['no rows', '{"code":"200000","data":{}}', 200, 'UNCLEAR'],
    ['a page of a proxy', '<html>', 502, 'UNCLEAR'],
    ['an error of the server', answer(BITCOIN), 500, 'UNCLEAR'],
    ['too many requests', '{"code":"429000","msg":"Too Many Requests"}', 429, 'REFUSED'],
  ])('is not read from %s', (_, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('is read from whatever came in without a throw', () => {
    expectSoundLists(contracts, [answer(BITCOIN, HALTED), '{"code":"429000","msg":"Too Many Requests"}']);
  });
});
