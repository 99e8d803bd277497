import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectSoundLists, readList } from '../contract-reading.ts';

const contracts = findVenue('bitfinex')?.contracts;

/** Rebuilt from the documentation. */
const PAIRS =
  '[[["BTCUSD",[null,null,null,"0.00006","2000.0",null,null,null,0.2,0.1,null]],["AVAX:USD",[null,null,null,"0.2","50000.0"]]]]';
const DERIVATIVES = '[[["BTCF0:USTF0",[null,null,null,"0.00006","100.0",null,null,1594082556000,0.01,0.005,null]]]]';
const nothing = { tickSize: null, lotSize: null, contractSize: null, expiresAt: null, listed: true };

describe('the lists of Bitfinex', () => {
  it('are those of pairs and of derivatives, each one answer to everybody', () => {
    expect(contracts?.url).toBe('https://api-pub.bitfinex.com');
    expect(contracts?.lists.map((list) => [list.name, list.page().target])).toEqual([
      ['SPOT', '/v2/conf/pub:info:pair'],
      ['FUTURES', '/v2/conf/pub:info:pair:futures'],
    ]);
  });

  it('have the symbols as they are subscribed to, and no steps', () => {
    expect(readList(contracts, PAIRS)).toEqual({
      type: 'DONE',
      value: {
        items: [
          { symbol: 'tBTCUSD', kind: 'SPOT', base: 'BTC', quote: 'USD', ...nothing },
          { symbol: 'tAVAX:USD', kind: 'SPOT', base: 'AVAX', quote: 'USD', ...nothing },
        ],
        next: undefined,
      },
    });
    expect(readList(contracts, DERIVATIVES, { index: 1 })).toMatchObject({
      value: { items: [{ symbol: 'tBTCF0:USTF0', kind: 'FUTURES', base: 'BTCF0', quote: 'USTF0' }] },
    });
  });

  it.each([
    ['a row without a name', '[[["BTCUSD",[]],[null,[]]]]', 200, 'UNCLEAR'],
    ['no rows', '[{}]', 200, 'UNCLEAR'],
    ['a page of a proxy', '<html>', 502, 'UNCLEAR'],
    ['an error of the server', PAIRS, 500, 'UNCLEAR'],
    ['too many requests', '["error",11010,"ratelimit: error"]', 429, 'REFUSED'],
  ])('are not read from %s', (_, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    expectSoundLists(contracts, [PAIRS, '["error",11010,"ratelimit: error"]']);
  });
});
