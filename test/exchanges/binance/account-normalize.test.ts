import { describe, expect, it } from 'vitest';
import { parseExactObject } from '../../../src/exchanges/binance/account-dialect.ts';
import { readAccountFrame } from '../../../src/exchanges/binance/account-normalize.ts';
import { readOrderRow } from '../../../src/exchanges/binance/account-rows.ts';
import { ACCOUNT_POSITION, EXECUTION_REPORT, LOGGED_IN, loginRefused, ORDER_ROW, pushOf } from './account-frames.ts';

const read = (text: string) => [...readAccountFrame(text)];
const report = (changes: object = {}) => {
  const [event] = read(pushOf({ ...EXECUTION_REPORT, ...changes }));
  if (event?.type !== 'ORDER') throw new Error(`wanted an order, received ${JSON.stringify(event)}`);
  return event.report;
};
const row = (changes: object) => {
  const reading = readOrderRow(parseExactObject(JSON.stringify({ ...ORDER_ROW, ...changes })));
  if ('wanted' in reading) throw new Error(reading.wanted);
  return reading.value;
};

describe('an execution report', () => {
  it('is an order with its last fill, in the digits of the venue', () => {
    expect(report()).toEqual({
      symbol: 'ETHBTC',
      orderId: '4293153',
      clientOrderId: 'mUvoqJxFIILMdfAW5iGSOW',
      side: 'BUY',
      offset: 'NONE',
      type: 'LIMIT',
      timeInForce: 'GTC',
      status: 'PARTIALLY_FILLED',
      price: '0.10264410',
      volume: '1.00000000',
      filledVolume: '0.40000000',
      // Z / z
      averagePrice: '0.1026441',
      statusMessage: null,
      createdAt: 1_499_405_658_600,
      updatedAt: 1_499_405_658_657,
      fills: [
        {
          tradeId: '17',
          price: '0.10264410',
          volume: '0.40000000',
          fee: '0.00004106',
          feeCurrency: 'ETH',
          at: 1_499_405_658_657,
        },
      ],
    });
  });

  it('has ids whose digits a double does not keep', () => {
    const text = pushOf(EXECUTION_REPORT).replace('"i":4293153', '"i":100182534526255757');
    expect(read(text)).toMatchObject([{ report: { orderId: '100182534526255757' } }]);
  });

  it('of a cancel has the id of the order, not that of the cancel', () => {
    const cancelled = report({ x: 'CANCELED', X: 'CANCELED', c: 'web_0815', C: 'desk0001', t: -1 });
    expect(cancelled).toMatchObject({ clientOrderId: 'desk0001', status: 'CANCELLED', fills: [] });
    expect(report({ C: 'null' }).clientOrderId).toBe(EXECUTION_REPORT.c);
  });

  it.each([
    ['NEW', 'OPEN'],
    ['PENDING_NEW', 'OPEN'],
    ['PENDING_CANCEL', 'OPEN'],
    ['PARTIALLY_FILLED', 'PARTIALLY_FILLED'],
    ['FILLED', 'FILLED'],
    ['CANCELED', 'CANCELLED'],
    ['REJECTED', 'REJECTED'],
    ['EXPIRED', 'EXPIRED'],
    ['EXPIRED_IN_MATCH', 'EXPIRED'],
  ])('%s is %s', (X, status) => {
    expect(report({ X }).status).toBe(status);
  });

  it.each([
    ['LIMIT', 'GTC', 'LIMIT', 'GTC'],
    ['LIMIT', 'IOC', 'LIMIT', 'IOC'],
    ['LIMIT', 'FOK', 'LIMIT', 'FOK'],
    ['LIMIT_MAKER', 'GTC', 'LIMIT', 'POST_ONLY'],
    ['MARKET', 'GTC', 'MARKET', null],
    ['STOP_LOSS_LIMIT', 'GTC', null, 'GTC'],
  ])('of the type %s, %s, is %s, %s', (o, f, type, timeInForce) => {
    expect(report({ o, f })).toMatchObject({ type, timeInForce });
  });

  it('without a trade has no fill, and no average before the first', () => {
    expect(report({ x: 'NEW', X: 'NEW', t: -1, l: '0.00000000', z: '0.00000000', Z: '0.00000000' })).toMatchObject({
      filledVolume: '0.00000000',
      averagePrice: null,
      fills: [],
    });
  });

  it('of an amount to spend has no volume', () => {
    expect(report({ o: 'MARKET', Q: '50.00000000' })).toMatchObject({ volume: null, price: null });
  });

  it('says why it was refused, or has expired', () => {
    expect(report({ r: 'INSUFFICIENT_BALANCES' }).statusMessage).toBe('INSUFFICIENT_BALANCES');
    expect(report({ eR: 'UNFILLED_IOC_QUANTITY_EXPIRED' }).statusMessage).toBe('UNFILLED_IOC_QUANTITY_EXPIRED');
  });

  it('is unreadable without what makes an order', () => {
    for (const changes of [{ s: '' }, { i: null }, { S: 'UP' }, { X: 'ODD' }]) {
      expect(read(pushOf({ ...EXECUTION_REPORT, ...changes }))).toMatchObject([{ type: 'UNREADABLE' }]);
    }
  });
});

describe('an order that REST lists', () => {
  it('says the same as its push', () => {
    expect(row({ executedQty: '0.4', cummulativeQuoteQty: '0.04105764', status: 'PARTIALLY_FILLED' })).toMatchObject({
      ...{ symbol: 'LTCBTC', orderId: '1', clientOrderId: 'myOrder1', status: 'PARTIALLY_FILLED', volume: '1.0' },
      ...{ averagePrice: '0.1026441', createdAt: 1_499_827_319_559, updatedAt: 1_499_827_319_560, fills: [] },
    });
  });

  it('has no average where the venue does not know any more what it came to', () => {
    expect(row({ executedQty: '0.4', cummulativeQuoteQty: '-1' }).averagePrice).toBeNull();
  });
});

describe('what the socket says of the account', () => {
  it('is a balance for each asset: what is free, and that with what is locked', () => {
    expect(read(pushOf(ACCOUNT_POSITION))).toEqual([
      { type: 'BALANCE', balance: { currency: 'ETH', total: '10000.500000', available: '10000.000000' } },
    ]);
  });

  it.each(['balanceUpdate', 'externalLockUpdate', 'listStatus'])('is nothing that matters in %s', (e) => {
    expect(read(pushOf({ e, a: 'BTC', d: '100.00000000' }))).toEqual([]);
  });

  it.each(['eventStreamTerminated', 'serverShutdown'])('is the end of the connection in %s', (e) => {
    expect(read(pushOf({ e, E: 1 }))).toMatchObject([{ type: 'CLOSING' }]);
  });
});

describe('the answer to the login', () => {
  it('opens all channels at once', () => {
    expect(read(LOGGED_IN)).toEqual([
      { type: 'LOGGED_IN' },
      { type: 'SUBSCRIBED', channel: 'orders' },
      { type: 'SUBSCRIBED', channel: 'positions' },
      { type: 'SUBSCRIBED', channel: 'balances' },
    ]);
  });

  it.each([
    [-2015, 401],
    [-1021, 400],
    [-1022, 400],
    [-1003, 429],
  ])('is a refusal: %i with the status %i', (code, status) => {
    expect(read(loginRefused(code, 'No.', status))).toEqual([{ type: 'LOGIN_REFUSED', reason: `${code} No.` }]);
  });

  it('is a refusal without a reason, too', () => {
    expect(read('{"id":"login","status":500}')).toEqual([{ type: 'LOGIN_REFUSED', reason: 'it did not say why' }]);
  });

  it('is trouble when it is of nothing that we asked', () => {
    expect(read('{"id":null,"status":400,"error":{"code":-1100,"msg":"Bad."}}')).toEqual([
      { type: 'TROUBLE', reason: '-1100 Bad.' },
    ]);
  });

  it.each(['', 'null', '[]', '{}', '{"event":{}}', '{"event":{"e":"odd"}}', '{"event":7}'])(
    'is unreadable: %s',
    (text) => {
      expect(read(text)).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );
});
