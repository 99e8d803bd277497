import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectSoundLists, readList } from '../contract-reading.ts';

const contracts = findVenue('htx')?.contracts;

/** A row of the venue, cut to what a list is read for. */
const BITCOIN =
  '{"symbol":"btcusdt","base-currency":"btc","quote-currency":"usdt","price-precision":2,"amount-precision":6,"value-precision":8,"min-order-amt":0.0001,"min-order-value":5,"state":"online","api-trading":"enabled"}';
const OFFLINE = BITCOIN.replace('btcusdt', 'oldusdt').replace('"btc"', '"old"').replace('online', 'offline');
const BY_HAND = BITCOIN.replace('btcusdt', 'newusdt').replace('"btc"', '"new"').replace('enabled', 'disabled');
const answer = (...rows: string[]): string => `{"status":"ok","data":[${rows.join()}]}`;
const REFUSAL = '{"status":"error","err-code":"api-limit","err-msg":"too many requests"}';

describe('the list of HTX', () => {
  it('is one answer to everybody', () => {
    expect(contracts?.url).toBe('https://api.huobi.pro');
    expect(contracts?.lists.map((list) => [list.name, list.page().target])).toEqual([['SPOT', '/v1/common/symbols']]);
  });

  it('has the coins and steps of each pair, and whether it is traded by programs', () => {
    const bitcoin = {
      ...{ symbol: 'btcusdt', kind: 'SPOT', base: 'BTC', quote: 'USDT', tickSize: '0.01', lotSize: '0.000001' },
      ...{ contractSize: null, expiresAt: null, listed: true },
    };
    const items = [
      bitcoin,
      { ...bitcoin, symbol: 'oldusdt', base: 'OLD', listed: false },
      { ...bitcoin, symbol: 'newusdt', base: 'NEW', listed: false },
    ];
    expect(readList(contracts, answer(BITCOIN, OFFLINE, BY_HAND))).toEqual({
      type: 'DONE',
      value: { items, next: undefined },
    });
  });

  it.each([
    ['a row without a name', answer(BITCOIN, '{"state":"online"}'), 200, 'UNCLEAR'],
    ['no rows', '{"status":"ok","data":{}}', 200, 'UNCLEAR'],
    ['a page of a proxy', '<html>', 502, 'UNCLEAR'],
    ['an error of the server', answer(BITCOIN), 500, 'UNCLEAR'],
    ['too many requests', REFUSAL, 200, 'REFUSED'],
  ])('is not read from %s', (_, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('is read from whatever came in without a throw', () => {
    expectSoundLists(contracts, [answer(BITCOIN, OFFLINE), REFUSAL]);
  });
});
