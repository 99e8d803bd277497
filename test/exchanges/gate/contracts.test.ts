import { describe, expect, it } from 'vitest';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { expectNoLists, readList } from '../contract-reading.ts';

const spot = findVenue('gate')?.contracts;
const futures = findVenue('gate-futures')?.contracts;

const PAIR =
  '{"id":"IHT_ETH","base":"IHT","quote":"ETH","fee":"0.2","min_quote_amount":"0.001","amount_precision":1,"precision":9,"trade_status":"tradable"}';
const FUTURE =
  '{"name":"BTC_USDT","type":"direct","quanto_multiplier":"0.0001","order_price_round":"0.1","order_size_min":1,"order_size_max":1000000,"leverage_max":"100","funding_interval":28800,"in_delisting":false}';

describe('the contracts of Gate', () => {
  it('are asked for in one answer a market', () => {
    expect([spot, futures].map((each) => [each?.url, each?.lists.map((list) => list.page().target)])).toEqual([
      ['https://api.gateio.ws', ['/api/v4/spot/currency_pairs']],
      ['https://api.gateio.ws', ['/api/v4/futures/usdt/contracts']],
    ]);
  });

  it('have steps of as many decimals as the venue says at the spot market', () => {
    expect(readList(spot, `[${PAIR}]`)).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'IHT_ETH', base: 'IHT', quote: 'ETH', kind: 'spot', tickSize: '0.000000001' },
            ...{ lotSize: '0.1', contractSize: null, expiresAt: null, listed: true },
          },
        ],
        next: undefined,
      },
    });
  });

  it('have the coins that a contract stands for at the futures market', () => {
    expect(readList(futures, `[${FUTURE}]`)).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'BTC_USDT', base: 'BTC', quote: 'USDT', kind: 'direct', tickSize: '0.1' },
            ...{ lotSize: '1', contractSize: '0.0001', expiresAt: null, listed: true },
          },
        ],
        next: undefined,
      },
    });
  });

  it('are not listed when they are about to go', () => {
    const pairs = ['untradable', 'buyable', 'sellable'].map((state) => PAIR.replace('tradable', state));
    expect(readList(spot, `[${pairs}]`)).toMatchObject({ value: { items: Array(3).fill({ listed: false }) } });
    expect(readList(futures, `[${FUTURE.replace('false', 'true')}]`)).toMatchObject({
      value: { items: [{ listed: false }] },
    });
  });

  it('are left out nowhere: a row without a name makes the answer unreadable', () => {
    expect(readList(spot, `[${PAIR},{"id":""}]`)).toMatchObject({ type: 'UNCLEAR' });
    expect(readList(futures, `[${FUTURE},{}]`)).toMatchObject({ type: 'UNCLEAR' });
  });

  it.each([
    ['an error of the server', '<html>bad gateway</html>', 502, 'UNCLEAR'],
    ['no list', '{"label":"SERVER_ERROR","message":""}', 200, 'UNCLEAR'],
    ['too many requests', '{"label":"TOO_MANY_REQUESTS","message":"Request Rate Limit Exceeded"}', 429, 'REFUSED'],
  ])('are not read from %s', (_what, text, status, type) => {
    expect(readList(spot, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    for (const contracts of [spot, futures]) expectNoLists(contracts, (rows) => rows);
  });
});
