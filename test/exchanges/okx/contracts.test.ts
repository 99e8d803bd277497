import { describe, expect, it } from 'vitest';
import { createOkxContracts } from '../../../src/exchanges/okx/contracts.ts';
import { expectNoLists, expectSoundLists, readList } from '../contract-reading.ts';

const contracts = createOkxContracts('https://www.okx.com');

/** Rows as the venue sends them, cut to what a list of instruments is read for. */
const SPOT = {
  ...{ instId: 'BTC-USDT', instType: 'SPOT', uly: '', instFamily: '', baseCcy: 'BTC', quoteCcy: 'USDT' },
  ...{ settleCcy: '', ctVal: '', ctMult: '', tickSz: '0.1', lotSz: '0.00000001', expTime: '', state: 'live' },
};
const SWAP = {
  ...{ instId: 'BTC-USDT-SWAP', instType: 'SWAP', uly: 'BTC-USDT', instFamily: 'BTC-USDT', baseCcy: '', quoteCcy: '' },
  ...{ settleCcy: 'USDT', ctVal: '0.01', ctMult: '1', ctValCcy: 'BTC', ctType: 'linear', tickSz: '0.1', lotSz: '1' },
  ...{ minSz: '1', lever: '125', listTime: '1611916828000', expTime: '', state: 'live' },
};
const FUTURE = {
  ...{ instId: 'BTC-USD-261225', instType: 'FUTURES', uly: 'BTC-USD', instFamily: 'BTC-USD', settleCcy: 'BTC' },
  ...{ ctVal: '100', ctMult: '0.1', tickSz: '0.10', lotSz: '1', expTime: '1798185600000', state: 'preopen' },
};

const answer = (...data: unknown[]): string => JSON.stringify({ code: '0', msg: '', data });

describe('the lists of OKX', () => {
  it('are those of pairs, swaps and futures, each one answer to everybody', () => {
    expect(contracts.lists.map((list) => [list.name, list.page().target])).toEqual([
      ['SPOT', '/api/v5/public/instruments?instType=SPOT'],
      ['SWAP', '/api/v5/public/instruments?instType=SWAP'],
      ['FUTURES', '/api/v5/public/instruments?instType=FUTURES'],
    ]);
  });

  it('say coins, steps and sizes of each contract as the venue sent them', () => {
    expect(readList(contracts, answer(SPOT, SWAP, FUTURE))).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            ...{ symbol: 'BTC-USDT', base: 'BTC', quote: 'USDT', kind: 'SPOT', tickSize: '0.1', lotSize: '0.00000001' },
            ...{ contractSize: null, expiresAt: null, listed: true },
          },
          {
            ...{ symbol: 'BTC-USDT-SWAP', base: 'BTC', quote: 'USDT', kind: 'SWAP', tickSize: '0.1', lotSize: '1' },
            ...{ contractSize: '0.01', expiresAt: null, listed: true },
          },
          {
            ...{ symbol: 'BTC-USD-261225', base: 'BTC', quote: 'USD', kind: 'FUTURES', tickSize: '0.10', lotSize: '1' },
            ...{ contractSize: '10', expiresAt: Date.UTC(2026, 11, 25, 8), listed: false },
          },
        ],
        next: undefined,
      },
    });
  });

  it('leave out nothing: a row without a name makes the answer unreadable', () => {
    expect(readList(contracts, answer(SPOT, { ...SWAP, instId: '' }))).toMatchObject({ type: 'UNCLEAR' });
  });

  it.each([
    ['an error of the server', '<html>bad gateway</html>', 502, 'UNCLEAR'],
    ['no list', '{"code":"0","msg":"","data":{}}', 200, 'UNCLEAR'],
    ['too many requests', '{"code":"50011","msg":"Too Many Requests","data":[]}', 429, 'REFUSED'],
  ])('are not read from %s', (_what, text, status, type) => {
    expect(readList(contracts, text, { status })).toMatchObject({ type });
  });

  it('are read from whatever came in without a throw', () => {
    expectSoundLists(contracts, [answer(SPOT, SWAP, FUTURE)]);
    expectNoLists(contracts, (data) => ({ code: '0', msg: '', data }));
  });
});
