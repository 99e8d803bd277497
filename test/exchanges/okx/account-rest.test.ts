import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../../../src/domain/order-request.ts';
import { writeAnswer } from '../../../src/exchanges/okx/account-dialect.ts';
import type { VenueRequest, VenueRest } from '../../../src/exchanges/venue-account.ts';
import { findVenue } from '../../../src/exchanges/venues.ts';
import { BALANCE_DETAIL, FILL_ROW, ORDER_ROW, POSITION_ROW } from './account-frames.ts';

const rest = restOf('okx');
const SYMBOL = 'BTC-USDT';
const ORDER: OrderRequest = {
  gateway: 'okx',
  accountCookie: 'okx-main',
  symbol: SYMBOL,
  side: 'BUY',
  type: 'LIMIT',
  volume: '0.010',
  price: '30000.0',
  timeInForce: null,
  offset: 'NONE',
  reduceOnly: false,
  marginMode: null,
  clientOrderId: 'desk0001',
};
const EXPIRES_AT = 1_763_690_405_000;

function restOf(name: string): VenueRest {
  const account = findVenue(name)?.account;
  if (account === undefined) throw new Error(`wanted an account at ${name}`);
  return account.rest;
}

function bodyOf(changes: Partial<OrderRequest>): unknown {
  return JSON.parse(rest.placeOrder({ ...ORDER, ...changes }, EXPIRES_AT).body);
}

function read<Value>(request: VenueRequest<Value>, text: string, status = 200) {
  return request.read({ status, text });
}

const place = () => rest.placeOrder(ORDER, EXPIRES_AT);
const cancel = () => rest.cancelOrder(SYMBOL, { orderId: '7' });
const ask = () => rest.order('ETH-USDT', { clientOrderId: 'desk0001' });

/** The answer to one order: `sCode` is of the order. */
function acknowledgement(sCode: string, changes: object = {}): string {
  const row = { ordId: sCode === '0' ? '312269865356374016' : '', clOrdId: 'desk0001', tag: '', sCode, sMsg: 'Said.' };
  return writeAnswer([{ ...row, ...changes }], sCode === '0' ? '0' : '1', 'All operations failed');
}

describe('an order to place', () => {
  it('is posted as the venue documents it, with the instant from which on it must not be taken', () => {
    const { method, target, body, headers } = place();
    expect({ method, target, headers }).toEqual({
      method: 'POST',
      target: '/api/v5/trade/order',
      headers: { 'content-type': 'application/json', exptime: '1763690405000' },
    });
    expect(JSON.parse(body)).toEqual({
      instId: 'BTC-USDT',
      tdMode: 'cash',
      clOrdId: 'desk0001',
      side: 'buy',
      ordType: 'limit',
      sz: '0.010',
      px: '30000.0',
    });
  });

  it.each([
    ['BTC-USDT', null, 'cash'],
    ['BTC-USDT', 'CROSS', 'cross'],
    ['BTC-USDT-SWAP', null, 'cross'],
    ['BTC-USD-220527', 'ISOLATED', 'isolated'],
    ['BTC-USDT-SWAP', 'CASH', 'cash'],
  ] as const)('for %s with the margin mode %s is %s', (symbol, marginMode, tdMode) => {
    expect(bodyOf({ symbol, marginMode })).toMatchObject({ tdMode });
  });

  it.each([
    ['LIMIT', null, 'limit'],
    ['LIMIT', 'GTC', 'limit'],
    ['LIMIT', 'IOC', 'ioc'],
    ['LIMIT', 'FOK', 'fok'],
    ['LIMIT', 'POST_ONLY', 'post_only'],
    ['MARKET', null, 'market'],
  ] as const)('of type %s, %s, has the ordType %s', (type, timeInForce, ordType) => {
    expect(bodyOf({ type, timeInForce })).toMatchObject({ ordType });
  });

  it.each(['GTD', 'GFD'] as const)(
    'is refused with %s, which would otherwise work until it is cancelled',
    (timeInForce) => {
      expect(() => bodyOf({ timeInForce })).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
    },
  );

  it('at the market has no price, and its size in coins where it could be money', () => {
    const market = { type: 'MARKET', price: null } as const;
    expect(bodyOf(market)).toEqual({
      instId: 'BTC-USDT',
      tdMode: 'cash',
      clOrdId: 'desk0001',
      side: 'buy',
      ordType: 'market',
      sz: '0.010',
      tgtCcy: 'base_ccy',
    });
    expect(bodyOf({ ...market, symbol: 'BTC-USDT-SWAP' })).not.toHaveProperty('tgtCcy');
  });

  it.each([
    ['BTC-USDT-SWAP', 'CLOSE', false, true],
    ['BTC-USDT-SWAP', 'CLOSE_TODAY', false, true],
    ['BTC-USDT-SWAP', 'OPEN', false, undefined],
    ['BTC-USDT-SWAP', 'NONE', true, true],
    ['BTC-USDT', 'CLOSE', false, undefined],
    ['BTC-USDT', 'NONE', true, true],
  ] as const)('for %s with the offset %s, reduceOnly %s, may only reduce: %s', (symbol, offset, reduceOnly, sent) => {
    const body = bodyOf({ symbol, offset, reduceOnly });
    expect(body).toMatchObject(sent === undefined ? {} : { reduceOnly: sent });
    expect(body).not.toHaveProperty('posSide');
    if (sent === undefined) expect(body).not.toHaveProperty('reduceOnly');
  });
});

describe('an order to cancel or to ask for', () => {
  it('is named by either id', () => {
    expect(JSON.parse(cancel().body)).toEqual({ instId: 'BTC-USDT', ordId: '7' });
    expect(JSON.parse(rest.cancelOrder(SYMBOL, { clientOrderId: 'a1' }).body)).toEqual({
      instId: 'BTC-USDT',
      clOrdId: 'a1',
    });
    expect(cancel()).toMatchObject({ method: 'POST', target: '/api/v5/trade/cancel-order' });
    expect(rest.order(SYMBOL, { orderId: '7' })).toMatchObject({
      method: 'GET',
      target: '/api/v5/trade/order?instId=BTC-USDT&ordId=7',
      body: '',
    });
    expect(ask().target).toBe('/api/v5/trade/order?instId=ETH-USDT&clOrdId=desk0001');
  });

  it('names nothing else, whatever the symbol is', () => {
    const { target } = rest.order('A&ordId=9#/../ "ü', { orderId: '7' });
    const url = new URL(target, 'https://www.okx.com');
    expect([...url.searchParams]).toEqual([
      ['instId', 'A&ordId=9#/../ "ü'],
      ['ordId', '7'],
    ]);
    // Else what is signed is not what is sent.
    expect(url.pathname + url.search).toBe(target);
  });
});

describe('the answer to an order', () => {
  it('is the id that the venue gave it', () => {
    expect(read(place(), acknowledgement('0'))).toEqual({ type: 'DONE', value: { orderId: '312269865356374016' } });
    expect(read(cancel(), acknowledgement('0'))).toEqual({ type: 'DONE', value: { orderId: '312269865356374016' } });
  });

  it.each(['51000', '51008', '51008_1000', '51020', '51121', '51006', '50036', '50011', '50061', '51001'])(
    'is a refusal by the code of the order, not by that of the whole: %s',
    (code) => {
      expect(read(place(), acknowledgement(code))).toEqual({ type: 'REFUSED', code, reason: 'Said.' });
    },
  );

  it('is none when the id was used before: that may have been this very order', () => {
    expect(read(place(), acknowledgement('51016'))).toEqual({ type: 'UNCLEAR', reason: 'Said.' });
  });

  it.each(['51400', '51401', '51402', '51410', '51503'])('is a refusal to cancel what has ended: %s', (code) => {
    expect(read(cancel(), acknowledgement(code))).toEqual({ type: 'REFUSED', code, reason: 'Said.' });
  });

  it('is that there is no such order', () => {
    expect(read(cancel(), acknowledgement('51603'))).toEqual({ type: 'NOT_FOUND', code: '51603', reason: 'Said.' });
  });

  it.each([
    ['50011', 429],
    ['50102', 401],
    ['50105', 401],
    ['50111', 401],
    ['50113', 401],
    ['51000', 400],
    ['50035', 403],
  ])('is a refusal of the whole: %s with HTTP %i', (code, status) => {
    expect(read(place(), writeAnswer([], code, 'No.'), status)).toEqual({ type: 'REFUSED', code, reason: 'No.' });
  });

  it('is a refusal when who counts requests stands before the venue', () => {
    for (const status of [413, 414, 429, 431]) {
      expect(read(place(), '<html>No</html>', status)).toMatchObject({ type: 'REFUSED', code: null });
    }
  });

  it.each([
    ['a server that failed', acknowledgement('0'), 502],
    ['a server that failed', acknowledgement('51008'), 500],
    ['no JSON', '<html>Bad Gateway</html>', 502],
    ['no JSON', '', 200],
    ['half of it', '{"code":"0","data":[{"ordId":"312', 200],
    ['a page of somebody else', '<html>Forbidden</html>', 403],
    ['a redirect', '', 302],
    ['no order', writeAnswer([]), 200],
    ['no order', writeAnswer([], '1', 'Operation failed.'), 200],
    ['no order', '{"code":"0","msg":""}', 200],
    ['no id', acknowledgement('0', { ordId: '' }), 200],
    ['an id that is none', acknowledgement('0', { ordId: 312 }), 200],
    ['a code that is none', acknowledgement('x', { sCode: 0 }), 200],
    ['a code that is none', acknowledgement('odd'), 200],
    ['unavailable', writeAnswer([], '50001', 'No.'), 503],
    ['a timeout of the venue', writeAnswer([], '50004', 'No.'), 400],
    ['a busy venue', writeAnswer([], '50013', 'No.'), 429],
    ['a system error', acknowledgement('50026'), 200],
    ['an order that timed out', acknowledgement('51149'), 200],
    ['a cancellation that timed out', acknowledgement('51412'), 200],
  ])('is unclear for %s: %s, HTTP %i', (_, text, status) => {
    for (const request of [place(), cancel()]) {
      // A code of success is none of a failure: 502 with it is as unclear as without.
      const answer = read(request, text, status);
      expect(answer.type).toBe('UNCLEAR');
    }
  });

  it('has a reason of bounded length', () => {
    for (const text of [acknowledgement('51008', { sMsg: 'x'.repeat(99_999) }), 'x'.repeat(99_999)]) {
      const answer = read(place(), text);
      expect('reason' in answer && answer.reason.length).toBeLessThan(700);
    }
  });
});

describe('the order that was asked for', () => {
  it('is as the venue says, with its only fill', () => {
    const { fillFee: _, fillFeeCcy: __, ...row } = ORDER_ROW;
    const answer = read(ask(), writeAnswer([row]));
    expect(answer).toMatchObject({
      type: 'DONE',
      value: { orderId: ORDER_ROW.ordId, clientOrderId: 'desk0001', fills: [{ tradeId: '242589207', fee: '0.09' }] },
    });
  });

  it.each([
    ['of several', { accFillSz: '0.004' }],
    ['with a rebate', { rebate: '0.01' }],
  ])('leaves a fill %s to the list of fills, which has its fee', (_, changes) => {
    const { fillFee: __, ...row } = { ...ORDER_ROW, ...changes };
    expect(read(ask(), writeAnswer([row]))).toMatchObject({ type: 'DONE', value: { fills: [] } });
  });

  it.each(['51603', '51001'])('is not there: %s', (code) => {
    expect(read(ask(), writeAnswer([], code, 'No.'))).toEqual({ type: 'NOT_FOUND', code, reason: 'No.' });
  });

  it('is not there when the venue answers nothing', () => {
    expect(read(ask(), writeAnswer([]))).toMatchObject({ type: 'NOT_FOUND', code: null });
  });

  it.each([
    [writeAnswer([{}]), 200],
    [writeAnswer([ORDER_ROW]), 500],
    ['{"code":"0","data":{}}', 200],
    ['', 404],
  ])('is unclear: %s, HTTP %i', (text, status) => {
    expect(read(ask(), text, status).type).toBe('UNCLEAR');
  });
});

describe('the lists', () => {
  const page = (length: number, rowOf: (index: number) => object) =>
    writeAnswer(Array.from({ length }, (_, i) => rowOf(i)));
  const orders = (length: number) => page(length, (index) => ({ ...ORDER_ROW, ordId: String(1000 - index) }));

  it('are asked for page by page', () => {
    expect(rest.openOrders().target).toBe('/api/v5/trade/orders-pending?limit=100');
    expect(rest.openOrders('901').target).toBe('/api/v5/trade/orders-pending?after=901&limit=100');
    expect(rest.finishedOrderLists).toEqual(['SPOT', 'MARGIN', 'SWAP', 'FUTURES', 'OPTION']);
    expect(rest.finishedOrders('SWAP', 1_763_690_400_000).target).toBe(
      '/api/v5/trade/orders-history?instType=SWAP&begin=1763690400000&limit=100',
    );
    expect(rest.finishedOrders('SWAP', 1, '901').target).toBe(
      '/api/v5/trade/orders-history?instType=SWAP&begin=1&after=901&limit=100',
    );
    expect(rest.fills(1, '901').target).toBe('/api/v5/trade/fills?begin=1&after=901&limit=100');
  });

  it('go on behind the last row of a full page and end with another one', () => {
    expect(read(rest.openOrders(), orders(100))).toMatchObject({ type: 'DONE', value: { next: '901' } });
    const last = read(rest.finishedOrders('SPOT', 1), orders(99));
    expect(last.type === 'DONE' && [last.value.items.length, last.value.next]).toEqual([99, undefined]);
    expect(read(rest.openOrders(), writeAnswer([]))).toEqual({ type: 'DONE', value: { items: [], next: undefined } });
  });

  it('go on behind the bill of the last fill', () => {
    const fills = page(100, (index) => ({ ...FILL_ROW, tradeId: String(index), billId: String(5000 - index) }));
    const answer = read(rest.fills(1), fills);
    expect(answer.type === 'DONE' && answer.value.next).toBe('4901');
    expect(answer.type === 'DONE' && answer.value.items[0]).toEqual({
      symbol: 'ETH-USDT',
      orderId: '370257534141235201',
      fill: {
        tradeId: '0',
        price: '60000',
        volume: '0.003',
        fee: '0.09',
        feeCurrency: 'USDT',
        at: 1_634_548_275_500,
      },
    });
    const withoutBill = page(100, () => ({ ...FILL_ROW, billId: '' }));
    expect(read(rest.fills(1), withoutBill).type).toBe('UNCLEAR');
  });

  it('are unclear when a page comes again, which would never end', () => {
    expect(read(rest.openOrders('901'), orders(100)).type).toBe('UNCLEAR');
  });

  it('are unclear with a row that cannot be read, since without it they would look complete', () => {
    expect(read(rest.openOrders(), writeAnswer([ORDER_ROW, { ...ORDER_ROW, state: 'odd' }])).type).toBe('UNCLEAR');
    expect(read(rest.fills(1), writeAnswer([FILL_ROW, { ...FILL_ROW, fillPx: '' }])).type).toBe('UNCLEAR');
    expect(read(rest.positions(), writeAnswer([POSITION_ROW, {}])).type).toBe('UNCLEAR');
    expect(read(rest.balances(), writeAnswer([{ details: [BALANCE_DETAIL, {}] }])).type).toBe('UNCLEAR');
  });
});

describe('what the account holds', () => {
  it('is a position for each instrument, of all its legs', () => {
    expect(rest.positions().target).toBe('/api/v5/account/positions');
    const legs = [
      { ...POSITION_ROW, posId: '1', posSide: 'long' },
      { ...POSITION_ROW, instId: 'BTC-USDT-SWAP', posId: '3' },
      { ...POSITION_ROW, posId: '2', posSide: 'short' },
    ];
    expect(read(rest.positions(), writeAnswer(legs))).toMatchObject({
      type: 'DONE',
      value: [
        { instrumentId: 'XRP-USDT-SWAP', volumeLong: 1, volumeShort: 1 },
        { instrumentId: 'BTC-USDT-SWAP', volumeLong: 1, volumeShort: 0 },
      ],
    });
    expect(read(rest.positions(), writeAnswer([]))).toEqual({ type: 'DONE', value: [] });
  });

  it('is a balance for each currency', () => {
    expect(rest.balances().target).toBe('/api/v5/account/balance');
    expect(read(rest.balances(), writeAnswer([{ details: [BALANCE_DETAIL] }]))).toEqual({
      type: 'DONE',
      value: [{ currency: 'BTC', total: '121.5', available: '100' }],
    });
    for (const text of [writeAnswer([]), writeAnswer([{}]), writeAnswer([], '50011')]) {
      expect(read(rest.balances(), text).type).not.toBe('DONE');
    }
  });
});
