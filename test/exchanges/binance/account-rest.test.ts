import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../../src/domain/order-request.ts';
import { createBinanceRest } from '../../../src/exchanges/binance/account-rest.ts';
import type { VenueRequest } from '../../../src/exchanges/venue-account.ts';
import { RestResponse } from '../../../src/transport/rest-exchange.ts';
import { ACCOUNT_ROW, FILL_ROW, ORDER_ROW } from './account-frames.ts';

const rest = createBinanceRest('https://api.binance.com');
const ORDER: OrderRequest = {
  ...{ gateway: 'binance', accountCookie: 'main', symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', volume: '0.010' },
  ...{ price: '30000.0', timeInForce: null, offset: 'NONE', reduceOnly: false, marginMode: null },
  clientOrderId: 'desk0001',
};
const EXPIRES_AT = 1_763_690_405_000;

const formOf = (changes: Partial<OrderRequest> = {}) =>
  Object.fromEntries(new URLSearchParams(rest.placeOrder({ ...ORDER, ...changes }, EXPIRES_AT).body));
const read = <Value>(request: VenueRequest<Value>, body: unknown, status = 200) =>
  request.read({ status, text: typeof body === 'string' ? body : JSON.stringify(body) });
const refusal = (code: number, msg = 'No.') => ({ code, msg });

const place = () => rest.placeOrder(ORDER, EXPIRES_AT);
const cancel = () => rest.cancelOrder('BTCUSDT', { orderId: '7' });
const ask = () => rest.order('LTCBTC', { clientOrderId: 'myOrder1' });

describe('an order to place', () => {
  it('is a form with the clientOrderId as it is, before all other requests', () => {
    const { method, target, headers, priority, pool } = place();
    expect({ method, target, headers, priority, pool }).toEqual({
      method: 'POST',
      target: '/api/v3/order',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      priority: 'ORDER',
      pool: 'orders',
    });
    expect(formOf()).toEqual({
      ...{ symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.010', price: '30000.0' },
      ...{ newClientOrderId: 'desk0001', newOrderRespType: 'ACK' },
    });
    expect(place().expiresAt).toBe(EXPIRES_AT);
  });

  it.each([
    ['LIMIT', 'GTC', { type: 'LIMIT', timeInForce: 'GTC' }],
    ['LIMIT', 'IOC', { type: 'LIMIT', timeInForce: 'IOC' }],
    ['LIMIT', 'FOK', { type: 'LIMIT', timeInForce: 'FOK' }],
    ['LIMIT', 'POST_ONLY', { type: 'LIMIT_MAKER', timeInForce: undefined }],
    ['MARKET', null, { type: 'MARKET', timeInForce: undefined }],
  ] as const)('of type %s, %s, has the terms %j', (type, timeInForce, terms) => {
    const { type: sentType, timeInForce: sentTime } = formOf({ type, timeInForce });
    expect({ type: sentType, timeInForce: sentTime }).toEqual(terms);
  });

  it('at the market has no price, and its size in coins', () => {
    const form = formOf({ type: 'MARKET', price: null });
    expect(form).toMatchObject({ quantity: '0.010' });
    expect(Object.keys(form)).not.toContain('price');
    expect(Object.keys(form)).not.toContain('quoteOrderQty');
  });

  it.each([{ timeInForce: 'GTD' }, { reduceOnly: true }, { offset: 'CLOSE' }, { marginMode: 'CROSS' }] as const)(
    'is refused with what a spot account does not have: %j',
    (changes) => {
      expect(() => formOf(changes)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    },
  );
});

describe('the answer to an order that was to be placed or cancelled', () => {
  it('is done with an id, whose digits are kept', () => {
    for (const request of [place(), cancel()]) {
      expect(read(request, '{"symbol":"BTCUSDT","orderId":100182534526255757}')).toEqual({
        type: 'DONE',
        value: { orderId: '100182534526255757' },
      });
    }
  });

  it.each([
    [-2010, 'Account has insufficient balance for requested action.', 400],
    [-1013, 'Filter failure: LOT_SIZE', 400],
    [-1121, 'Invalid symbol.', 400],
    [-1021, 'Timestamp for this request is outside of the recvWindow.', 400],
    [-1022, 'Signature for this request is not valid.', 400],
    [-2015, 'Invalid API-key, IP, or permissions for action.', 401],
    [-1003, 'Too much request weight used.', 429],
    [-1015, 'Too many new orders.', 429],
    [-2011, 'Unknown order sent.', 400],
  ])('is a refusal: %i %s', (code, msg, status) => {
    expect(read(place(), refusal(code, msg), status)).toEqual({ type: 'REFUSED', code: String(code), reason: msg });
    expect(read(cancel(), refusal(code, msg), status)).toMatchObject({ type: 'REFUSED', code: String(code) });
  });

  it('is a refusal when who stands before the venue refuses', () => {
    for (const status of [403, 413, 418, 429]) {
      expect(read(place(), '<html>No</html>', status)).toMatchObject({ type: 'REFUSED', code: null });
    }
  });

  it.each([
    ['a server that failed', { orderId: 7 }, 502],
    ['a server that failed', refusal(-2010), 500],
    ['an overloaded server', refusal(-1008, 'Server is currently overloaded.'), 503],
    ['a server that does not know', refusal(-1000), 400],
    ['a server that does not know', refusal(-1001), 400],
    ['a server that does not know', refusal(-1006), 400],
    ['a timeout of the venue', refusal(-1007), 408],
    ['an order that is there already, perhaps this one', refusal(-2010, 'Duplicate order sent.'), 400],
    ['no JSON', '<html>Bad Gateway</html>', 502],
    ['no JSON', '', 200],
    ['half of it', '{"orderId":31', 200],
    ['a redirect', '', 302],
    ['no id', { symbol: 'BTCUSDT' }, 200],
    ['an id that is none', { orderId: null }, 200],
    ['a code that is none', { code: 'odd', msg: 'x' }, 400],
    ['a list', [], 200],
  ])('is unclear for %s: %j, HTTP %i', (_, body, status) => {
    for (const request of [place(), cancel()]) expect(read(request, body, status).type).toBe('UNCLEAR');
  });
});

describe('the order that was asked for', () => {
  it('is named by either id', () => {
    expect(ask().target).toBe('/api/v3/order?symbol=LTCBTC&origClientOrderId=myOrder1');
    expect(rest.order('LTCBTC', { orderId: '1' }).target).toBe('/api/v3/order?symbol=LTCBTC&orderId=1');
    expect(cancel()).toMatchObject({ method: 'DELETE', target: '/api/v3/order?symbol=BTCUSDT&orderId=7', body: '' });
  });

  it('is as the venue says', () => {
    expect(read(ask(), ORDER_ROW)).toMatchObject({ type: 'DONE', value: { orderId: '1', clientOrderId: 'myOrder1' } });
  });

  it.each([-2013, -2026, -1121])('is not there: %i', (code) => {
    expect(read(ask(), refusal(code), 400)).toEqual({ type: 'NOT_FOUND', code: String(code), reason: 'No.' });
  });

  it.each([
    [{}, 200],
    [ORDER_ROW, 500],
    [[ORDER_ROW], 200],
    ['', 404],
  ])('is unclear: %j, HTTP %i', (body, status) => {
    expect(read(ask(), body, status).type).toBe('UNCLEAR');
  });
});

describe('the lists', () => {
  const rows = (row: object, name: string, count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...row, [name]: 5_000 + index }));

  it('are asked for symbol by symbol, from an instant on and then from an id on', () => {
    expect(rest.isListedBySymbol).toBe(true);
    expect(rest.openOrders().target).toBe('/api/v3/openOrders');
    expect(rest.finishedOrders('BTCUSDT', 17).target).toBe('/api/v3/allOrders?symbol=BTCUSDT&startTime=17&limit=1000');
    expect(rest.finishedOrders('BTCUSDT', 17, '6').target).toBe(
      '/api/v3/allOrders?symbol=BTCUSDT&orderId=6&limit=1000',
    );
    expect(rest.fills(17, undefined, 'BTCUSDT').target).toBe('/api/v3/myTrades?symbol=BTCUSDT&startTime=17&limit=1000');
    expect(rest.fills(17, '6', 'BTCUSDT').target).toBe('/api/v3/myTrades?symbol=BTCUSDT&fromId=6&limit=1000');
  });

  it('go on behind the last row of a full page and end with another one', () => {
    const orders = read(rest.finishedOrders('LTCBTC', 1), rows(ORDER_ROW, 'orderId', 1_000));
    expect(orders.type === 'DONE' && [orders.value.items.length, orders.value.next]).toEqual([1_000, '6000']);
    const fills = read(rest.fills(1, undefined, 'BNBBTC'), rows(FILL_ROW, 'id', 1_000));
    expect(fills.type === 'DONE' && fills.value.next).toBe('6000');
    expect(read(rest.fills(1, '6000', 'BNBBTC'), rows(FILL_ROW, 'id', 999))).toMatchObject({
      value: { next: undefined },
    });
    expect(read(rest.openOrders(), rows(ORDER_ROW, 'orderId', 1_200))).toMatchObject({ value: { next: undefined } });
  });

  it('have fills with what they cost', () => {
    expect(read(rest.fills(1, undefined, 'BNBBTC'), [FILL_ROW])).toEqual({
      type: 'DONE',
      value: {
        items: [
          {
            symbol: 'BNBBTC',
            orderId: '100234',
            fill: {
              ...{ tradeId: '28457', price: '4.00000100', volume: '12.00000000', fee: '10.10000000' },
              ...{ feeCurrency: 'BNB', at: 1_499_865_549_590 },
            },
          },
        ],
        next: undefined,
      },
    });
  });

  it('are not there for a symbol that is gone', () => {
    for (const request of [rest.finishedOrders('GONE', 1), rest.fills(1, undefined, 'GONE')]) {
      expect(read<unknown>(request, refusal(-1121, 'Invalid symbol.'), 400).type).toBe('NOT_FOUND');
    }
  });

  it('are unclear with a row that cannot be read, since without it they would look complete', () => {
    expect(read(rest.openOrders(), [ORDER_ROW, { ...ORDER_ROW, status: 'ODD' }]).type).toBe('UNCLEAR');
    expect(read(rest.fills(1, undefined, 'A'), [FILL_ROW, { ...FILL_ROW, price: '' }]).type).toBe('UNCLEAR');
    expect(read(rest.openOrders(), {}).type).toBe('UNCLEAR');
  });
});

describe('what the account holds', () => {
  it('is a balance for each asset that it has', () => {
    expect(rest.balances().target).toBe('/api/v3/account?omitZeroBalances=true');
    expect(read(rest.balances(), ACCOUNT_ROW)).toEqual({
      type: 'DONE',
      value: [
        { currency: 'BTC', total: '4723846.89208130', available: '4723846.89208129' },
        { currency: 'LTC', total: '4763368.68006011', available: '4763368.68006011' },
      ],
    });
    for (const body of [[], {}, { balances: [{}] }]) expect(read(rest.balances(), body).type).toBe('UNCLEAR');
  });

  it('are no positions', () => {
    expect(read(rest.positions(), ACCOUNT_ROW)).toEqual({ type: 'DONE', value: [] });
    expect(read(rest.positions(), refusal(-1022), 400).type).toBe('REFUSED');
  });
});

describe('what limits requests', () => {
  it('is a weight by address and a number of orders by account', () => {
    expect(rest.poolOf?.('weight')).toEqual({ most: 6_000, everyMs: 60_000 });
    expect(rest.poolOf?.('orders')).toEqual({ most: 100, everyMs: 10_000, isPerAccount: true });
    expect([rest.openOrders(), rest.finishedOrders('A', 1), ask()].map(({ weight }) => weight)).toEqual([80, 20, 4]);
  });

  it('is told by the headers of an answer', () => {
    const headers = { 'x-mbx-used-weight-1m': '5900', 'x-mbx-order-count-10s': '3' };
    expect(rest.usageOf?.(new RestResponse(200, '{}', headers), undefined, 0)).toEqual([
      { pool: 'weight', remaining: 100 },
      { pool: 'orders', remaining: 97 },
    ]);
    const odd = { 'x-mbx-used-weight-1m': 'many', 'x-mbx-order-count-10s': '900' };
    expect(rest.usageOf?.(new RestResponse(200, '{}', odd), undefined, 0)).toEqual([{ pool: 'orders', remaining: 0 }]);
  });

  it('is too much when the venue says so', () => {
    const limited = (text: string) => rest.limitedUntil?.(new RestResponse(200, text), 17);
    expect([JSON.stringify(refusal(-1003)), JSON.stringify(refusal(-1015)), '{}', '<'].map(limited)).toEqual([
      ...[17, 17, undefined, undefined],
    ]);
  });

  it('is measured by the clock of the venue', () => {
    expect(rest.serverTime?.target).toBe('/api/v3/time');
    expect(rest.serverTime?.read({ status: 200, text: '{"serverTime":1499827319559}' })).toBe(1_499_827_319_559);
    for (const text of ['', '{}', '{"serverTime":"x"}', '[]']) {
      expect(rest.serverTime?.read({ status: 200, text })).toBeUndefined();
    }
    expect(rest.clockFaultCodes).toEqual(['-1021']);
  });
});
