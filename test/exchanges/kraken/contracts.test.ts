import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectSoundLists, readList } from '../contract-reading.ts';

const contracts = findVenue('kraken')?.contracts;

/** Rows of the venue, cut to what a list is read for. */
const BITCOIN =
  '"XXBTZUSD":{"altname":"XBTUSD","wsname":"XBT/USD","base":"XXBT","quote":"ZUSD","pair_decimals":1,"lot_decimals":8,"ordermin":"0.0002"}';
const DOGE =
  '"XDGEUR":{"altname":"XDGEUR","wsname":"XDG/EUR","base":"XXDG","quote":"ZEUR","pair_decimals":7,"lot_decimals":8,"tick_size":"0.0000010","status":"cancel_only"}';
const DARK = '"XXBTZUSD.d":{"altname":"XBTUSD.d","base":"XXBT","quote":"ZUSD","pair_decimals":1,"lot_decimals":8}';
const answer = (...rows: string[]): string => `{"error":[],"result":{${rows.join()}}}`;

describe('the list of Kraken', () => {
  it('is one answer to everybody', () => {
    expect(contracts?.url).toBe('https://api.kraken.com');
    expect(contracts?.lists.map((list) => [list.name, list.page().target])).toEqual([['SPOT', '/0/public/AssetPairs']]);
  });

  it('has the pairs as the WebSocket API names them, with their steps', () => {
    const nothing = { contractSize: null, expiresAt: null };
    expect(readList(contracts, answer(BITCOIN, DOGE, DARK))).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'BTC/USD', kind: 'SPOT', base: 'BTC', quote: 'USD', tickSize: '0.1', lotSize: '0.00000001' },
            ...{ ...nothing, listed: true },
          },
          {
            ...{ symbol: 'DOGE/EUR', kind: 'SPOT', base: 'DOGE', quote: 'EUR', tickSize: '0.0000010' },
            ...{ ...nothing, lotSize: '0.00000001', listed: false },
          },
          {
            ...{ symbol: 'XBTUSD.d', kind: 'SPOT', base: null, quote: null, tickSize: '0.1', lotSize: '0.00000001' },
            ...{ ...nothing, listed: true },
          },
        ],
        next: undefined,
      },
    });
  });

  it.each([
    ['a row without a name', answer(BITCOIN, '"X":{"pair_decimals":1}'), 200, 'UNCLEAR'],
    ['no rows', '{"error":[],"result":[]}', 200, 'UNCLEAR'],
    ['a page of a proxy', '<html>', 502, 'UNCLEAR'],
    ['an error of the server', answer(BITCOIN), 500, 'UNCLEAR'],
    ['too many requests', '{"error":["EGeneral:Too many requests"]}', 200, 'REFUSED'],
  ])('is not read from %s', (_, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('is read from whatever came in without a throw', () => {
    expectSoundLists(contracts, [answer(BITCOIN, DOGE, DARK), '{"error":["EGeneral:Too many requests"]}']);
  });
});
