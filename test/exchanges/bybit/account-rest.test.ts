import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../../src/domain/order-request.ts';
import { createBybitRest } from '../../../src/exchanges/bybit/account-rest.ts';
import type { VenueRequest } from '../../../src/exchanges/venue-account.ts';
import { RestResponse } from '../../../src/transport/rest-exchange.ts';
import { answerOf, EXECUTION_ROW, ORDER_ROW, POSITION_ROW, refusalOf, WALLET_ROW } from './account-frames.ts';

const ORIGIN = 'https://api.bybit.com';
const rest = createBybitRest(ORIGIN, 'linear');
const spot = createBybitRest(ORIGIN, 'spot');
const DAY_MS = 86_400_000;
const ORDER: OrderRequest = {
  ...{ gateway: 'bybit', accountCookie: 'main', symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', volume: '0.010' },
  ...{ price: '30000.0', timeInForce: null, offset: 'NONE', reduceOnly: false, marginMode: null },
  clientOrderId: 'desk0001',
};
const EXPIRES_AT = 1_763_690_405_000;

const bodyOf = (changes: Partial<OrderRequest> = {}, of = spot) =>
  JSON.parse(of.placeOrder({ ...ORDER, ...changes }, EXPIRES_AT).body);
const read = <Value>(request: VenueRequest<Value>, text: string, status = 200) => request.read({ status, text });
const done = (result: object): string => JSON.stringify({ retCode: 0, retMsg: 'OK', result, time: 1 });

const place = () => rest.placeOrder(ORDER, EXPIRES_AT);
const cancel = () => rest.cancelOrder('BTCUSDT', { orderId: '7' });
const ask = () => rest.order('ETHUSDT', { clientOrderId: 'test-000005' });

describe('an order to place', () => {
  it('is posted with the clientOrderId as it is, before all other requests', () => {
    const { method, target, headers, priority, pool, expiresAt } = place();
    expect({ method, target, headers, priority, pool, expiresAt }).toEqual({
      ...{ method: 'POST', target: '/v5/order/create', headers: { 'content-type': 'application/json' } },
      ...{ priority: 'ORDER', pool: '/v5/order/create', expiresAt: EXPIRES_AT },
    });
    expect(bodyOf()).toEqual({
      ...{ category: 'spot', symbol: 'BTCUSDT', side: 'Buy', qty: '0.010', orderType: 'Limit', timeInForce: 'GTC' },
      ...{ price: '30000.0', orderLinkId: 'desk0001' },
    });
  });

  it.each([
    [{ timeInForce: 'IOC' }, { timeInForce: 'IOC' }],
    [{ timeInForce: 'POST_ONLY' }, { timeInForce: 'PostOnly' }],
    [{ marginMode: 'CASH' }, { isLeverage: 0 }],
    [{ marginMode: 'CROSS' }, { isLeverage: 1 }],
  ] as const)('on the spot market with %j has %j', (changes, wanted) => {
    expect(bodyOf(changes)).toMatchObject(wanted);
  });

  it('at the market has no price, and its size in coins where it could be money', () => {
    const market = { type: 'MARKET', price: null } as const;
    const wanted = { category: 'spot', symbol: 'BTCUSDT', side: 'Buy', qty: '0.010', orderType: 'Market' };
    expect(bodyOf(market)).toEqual({ ...wanted, orderLinkId: 'desk0001', marketUnit: 'baseCoin' });
    expect(bodyOf(market, rest)).toEqual({ ...wanted, category: 'linear', orderLinkId: 'desk0001' });
  });

  it('that closes a position may only reduce it', () => {
    expect(bodyOf({ offset: 'CLOSE' }, rest)).toMatchObject({ category: 'linear', reduceOnly: true });
    expect(bodyOf({ reduceOnly: true }, rest)).toMatchObject({ reduceOnly: true });
    expect(Object.keys(bodyOf({}, rest))).not.toContain('reduceOnly');
  });

  it.each([
    [{ timeInForce: 'GTD' }, spot],
    [{ reduceOnly: true }, spot],
    [{ offset: 'CLOSE' }, spot],
    [{ marginMode: 'ISOLATED' }, spot],
    [{ marginMode: 'CROSS' }, rest],
  ] as const)('is refused with what the market does not have: %j', (changes, of) => {
    expect(() => bodyOf(changes, of)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
  });
});

describe('the answer to an order that was to be placed or cancelled', () => {
  it('is done with an id', () => {
    for (const request of [place(), cancel()]) {
      expect(read(request, done({ orderId: '1321003749386327552', orderLinkId: 'desk0001' }))).toEqual({
        type: 'DONE',
        value: { orderId: '1321003749386327552' },
      });
    }
  });

  it.each([10_001, 10_002, 10_003, 10_004, 10_005, 10_006, 110_007, 170_131, 110_001, 170_213, 170_142])(
    'is a refusal: %i',
    (code) => {
      for (const request of [place(), cancel()]) {
        expect(read(request, refusalOf(code))).toEqual({ type: 'REFUSED', code: String(code), reason: 'No.' });
      }
    },
  );

  it('is a refusal when who stands before the venue refuses', () => {
    for (const status of [403, 413, 429]) {
      expect(read(place(), 'access too frequent', status)).toMatchObject({ type: 'REFUSED', code: null });
    }
  });

  it.each([
    ['a server that failed', done({ orderId: '7' }), 502],
    ['a server that failed', refusalOf(110_007), 500],
    ['a timeout of the venue', refusalOf(10_000), 200],
    ['a server that does not know', refusalOf(10_016), 200],
    ['an order that is there already, perhaps this one', refusalOf(110_072), 200],
    ['an order that is there already, perhaps this one', refusalOf(170_141), 200],
    ['an order that timed out', refusalOf(170_146), 200],
    ['a cancellation that timed out', refusalOf(170_147), 200],
    ['a backend that timed out', refusalOf(170_007), 200],
    ['a request that came too late, or did not', refusalOf(-1), 200],
    ['no JSON', '<html>Bad Gateway</html>', 502],
    ['no JSON', '', 200],
    ['half of it', '{"retCode":0,"result":{"orderId":"13', 200],
    ['a redirect', '', 302],
    ['no id', done({}), 200],
    ['a code that is none', '{"retCode":"odd"}', 200],
    ['no code', '{}', 200],
  ])('is unclear for %s: %s, HTTP %i', (_, text, status) => {
    for (const request of [place(), cancel()]) expect(read(request, text, status).type).toBe('UNCLEAR');
  });
});

describe('the order that was asked for', () => {
  it('is asked for where it works, and then where it is kept', () => {
    const name = 'category=linear&symbol=ETHUSDT&orderLinkId=test-000005';
    expect(ask().target).toBe(`/v5/order/realtime?${name}`);
    expect(ask().otherwise?.target).toBe(`/v5/order/history?${name}`);
    expect(ask().otherwise?.otherwise).toBeUndefined();
    expect(rest.order('ETHUSDT', { orderId: '7' }).target).toBe(
      '/v5/order/realtime?category=linear&symbol=ETHUSDT&orderId=7',
    );
  });

  it('is as the venue says, with what was filled', () => {
    expect(read(ask(), answerOf([ORDER_ROW]))).toMatchObject({
      type: 'DONE',
      value: { status: 'PARTIALLY_FILLED', filledVolume: '0.04', averagePrice: '1600' },
    });
  });

  it('is not there when the venue answers nothing, or knows nothing like it', () => {
    expect(read(ask(), answerOf([]))).toMatchObject({ type: 'NOT_FOUND', code: null });
    for (const code of [110_001, 170_213, 10_029, 170_121]) {
      expect(read(ask(), refusalOf(code))).toEqual({ type: 'NOT_FOUND', code: String(code), reason: 'No.' });
    }
  });

  it.each([
    [answerOf([{}]), 200],
    [answerOf([ORDER_ROW]), 500],
    [done({ list: {} }), 200],
    ['', 404],
  ])('is unclear: %s, HTTP %i', (text, status) => {
    expect(read(ask(), text, status).type).toBe('UNCLEAR');
  });
});

describe('the lists', () => {
  const nextOf = (request: VenueRequest<unknown>, text: string): string | undefined => {
    const answer = read(request, text);
    return answer.type === 'DONE' ? Object(answer.value).next : answer.type;
  };

  it('of what works are asked for coin by coin where the venue wants one to be named', () => {
    const targets = [rest.openOrders().target];
    let next = nextOf(rest.openOrders(), answerOf([], 'page_args%3Dfd43%26'));
    while (next !== undefined && targets.length < 9) {
      const page = rest.openOrders(next);
      targets.push(page.target);
      next = nextOf(page, answerOf([]));
    }
    expect(targets).toEqual([
      '/v5/order/realtime?category=linear&settleCoin=USDT&limit=50',
      // The cursor is in the spelling of a query already.
      '/v5/order/realtime?category=linear&settleCoin=USDT&limit=50&cursor=page_args%3Dfd43%26',
      '/v5/order/realtime?category=linear&settleCoin=USDC&limit=50',
    ]);
    expect(spot.openOrders().target).toBe('/v5/order/realtime?category=spot&limit=50');
    expect(nextOf(spot.openOrders(), answerOf([]))).toBeUndefined();
  });

  it('of what has ended are asked for seven days at once, up to the present of the venue', () => {
    const since = 1_684_000_000_000;
    const present = since + 15 * DAY_MS;
    const targets = [rest.fills(since).target];
    let next = nextOf(rest.fills(since), answerOf([], 'c1', present));
    while (next !== undefined && targets.length < 9) {
      const page = rest.fills(since, next);
      targets.push(page.target);
      next = nextOf(page, answerOf([], '', present));
    }
    const list = '/v5/execution/list?category=linear&startTime=';
    expect(targets).toEqual([
      `${list}${since}&limit=100`,
      `${list}${since}&limit=100&cursor=c1`,
      `${list}${since + 7 * DAY_MS}&limit=100`,
      `${list}${since + 14 * DAY_MS}&limit=100`,
    ]);
    expect(rest.finishedOrderLists).toEqual(['linear']);
    expect(rest.finishedOrders('linear', 17).target).toBe('/v5/order/history?category=linear&startTime=17&limit=50');
  });

  it('have fills alone, and not what is no fill', () => {
    const rows = [EXECUTION_ROW, { ...EXECUTION_ROW, execType: 'Funding', orderId: '' }];
    expect(read(rest.fills(1), answerOf(rows, '', 2))).toMatchObject({
      type: 'DONE',
      value: { items: [{ symbol: 'ETHUSDT', orderId: ORDER_ROW.orderId, fill: { fee: '0.0352' } }], next: undefined },
    });
  });

  it('are unclear with a row that cannot be read, since without it they would look complete', () => {
    expect(read(rest.openOrders(), answerOf([ORDER_ROW, { ...ORDER_ROW, orderStatus: 'Odd' }])).type).toBe('UNCLEAR');
    expect(read(rest.fills(1), answerOf([{ ...EXECUTION_ROW, execPrice: '' }])).type).toBe('UNCLEAR');
  });
});

describe('what the account holds', () => {
  it('are positions coin by coin, long and short of a symbol as one', () => {
    const page = rest.positionPages?.();
    if (page === undefined) throw new Error('wanted pages');
    expect(page.target).toBe('/v5/position/list?category=linear&settleCoin=USDT&limit=200');
    const { entryPrice: _, ...row } = { ...POSITION_ROW, avgPrice: '28000.5' };
    const legs = [
      { ...row, positionIdx: 2 },
      { ...row, positionIdx: 1, side: 'Buy', size: '2' },
    ];
    expect(read(page, answerOf(legs))).toMatchObject({
      type: 'DONE',
      value: { items: [{ instrumentId: 'BTCUSDT', volumeLong: 2, volumeShort: 0.5, openPriceShort: 28_000.5 }] },
    });
    expect(read(page, answerOf([{}])).type).toBe('UNCLEAR');
  });

  it('are no positions on the spot market', () => {
    expect(spot.positionPages).toBeUndefined();
    expect(read(spot.positions(), answerOf([WALLET_ROW]))).toEqual({ type: 'DONE', value: [] });
  });

  it('are balances of the wallet', () => {
    expect(spot.balances().target).toBe('/v5/account/wallet-balance?accountType=UNIFIED');
    expect(read(spot.balances(), answerOf([WALLET_ROW]))).toEqual({
      type: 'DONE',
      value: [{ currency: 'BTC', total: '0.00102964', available: '0.00100964' }],
    });
    for (const text of [answerOf([]), answerOf([{}]), refusalOf(10_005)]) {
      expect(read(spot.balances(), text).type).not.toBe('DONE');
    }
  });
});

describe('what limits requests', () => {
  it('are requests in a second, by account and path', () => {
    expect(spot.poolOf?.('/v5/order/create')).toEqual({ most: 20, everyMs: 1_000, isPerAccount: true });
    expect(rest.poolOf?.('/v5/order/cancel')).toMatchObject({ most: 10 });
    expect(rest.poolOf?.(ask().pool ?? '')).toMatchObject({ most: 50 });
  });

  it('is told by the headers of an answer', () => {
    const headers = { 'x-bapi-limit-status': '9', 'x-bapi-limit-reset-timestamp': '1672738134824' };
    const answer = (text: string, status = 200) => new RestResponse(status, text, headers);
    expect(rest.usageOf?.(answer('{}'), '/v5/order/create', 0)).toEqual([{ pool: '/v5/order/create', remaining: 9 }]);
    expect(rest.limitedUntil?.(answer(refusalOf(10_006)), 17)).toBe(1_672_738_134_824);
    expect(rest.limitedUntil?.(new RestResponse(200, refusalOf(10_006)), 17)).toBe(17);
    expect(rest.limitedUntil?.(answer(answerOf([])), 17)).toBeUndefined();
    expect([403, 200, 429].map((status) => rest.banOf?.(answer('', status)))).toEqual([
      ...[{ forMs: 600_000 }, undefined, undefined],
    ]);
  });

  it('is measured by the clock of the venue', () => {
    expect(rest.serverTime?.target).toBe('/v5/market/time');
    expect(rest.serverTime?.read({ status: 200, text: '{"retCode":0,"time":1688639403423}' })).toBe(1_688_639_403_423);
    expect(rest.serverTime?.read({ status: 200, text: '{"retCode":0}' })).toBeUndefined();
    expect(rest.clockFaultCodes).toEqual(['10002']);
  });
});
