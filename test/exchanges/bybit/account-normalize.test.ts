import { describe, expect, it } from 'vitest';
import { ACCOUNT_CHANNELS } from '../../../src/domain/live-account.ts';
import { writeSubscriptions } from '../../../src/exchanges/bybit/account-dialect.ts';
import { createAccountReader } from '../../../src/exchanges/bybit/account-normalize.ts';
import type { AccountEvent } from '../../../src/exchanges/venue-account.ts';
import { EXECUTION_ROW, ORDER_ROW, POSITION_ROW, pushOf, WALLET_ROW } from './account-frames.ts';

const read = (text: string): AccountEvent[] => [...createAccountReader('linear')(text, 0)];
const order = (changes: object = {}) => {
  const [event] = read(pushOf('order.linear', [{ ...ORDER_ROW, ...changes }]));
  if (event?.type !== 'ORDER') throw new Error(`wanted an order, received ${JSON.stringify(event)}`);
  return event.report;
};

describe('what is subscribed to', () => {
  it('are the topics of one market, each channel by a request of its name', () => {
    expect(writeSubscriptions(ACCOUNT_CHANNELS, 'linear').map((text) => JSON.parse(text))).toEqual([
      { req_id: 'orders', op: 'subscribe', args: ['order.linear', 'execution.linear'] },
      { req_id: 'positions', op: 'subscribe', args: ['position.linear'] },
      { req_id: 'balances', op: 'subscribe', args: ['wallet'] },
    ]);
    expect(writeSubscriptions(['positions'], 'spot')).toEqual([]);
  });
});

describe('an order that is pushed', () => {
  it('is as it was asked for; what is filled is told by executions', () => {
    expect(order()).toEqual({
      symbol: 'ETHUSDT',
      orderId: 'fd4300ae-7847-404e-b947-b46980a4d140',
      clientOrderId: 'test-000005',
      side: 'BUY',
      offset: 'NONE',
      type: 'LIMIT',
      timeInForce: 'GTC',
      status: 'OPEN',
      price: '1600.00',
      volume: '0.10',
      filledVolume: null,
      averagePrice: null,
      statusMessage: null,
      createdAt: 1_684_738_540_559,
      updatedAt: 1_684_738_540_561,
      fills: [],
    });
    expect(order({ orderStatus: 'Filled' })).toMatchObject({ status: 'OPEN', filledVolume: null });
  });

  it.each([
    ['New', 'OPEN'],
    ['Created', 'OPEN'],
    ['Untriggered', 'OPEN'],
    ['Triggered', 'OPEN'],
    ['Cancelled', 'CANCELLED'],
    ['PartiallyFilledCanceled', 'CANCELLED'],
    ['Deactivated', 'CANCELLED'],
    ['Rejected', 'REJECTED'],
  ])('%s is %s, with what was filled before', (orderStatus, status) => {
    expect(order({ orderStatus })).toMatchObject({ status, filledVolume: '0.04' });
  });

  it.each([
    [{ orderType: 'Market', timeInForce: 'IOC' }, 'MARKET', null],
    [{ timeInForce: 'PostOnly' }, 'LIMIT', 'POST_ONLY'],
    [{ timeInForce: 'FOK' }, 'LIMIT', 'FOK'],
    [{ timeInForce: 'RPI' }, 'LIMIT', null],
    [{ orderType: 'UNKNOWN' }, null, 'GTC'],
  ])('with %j is of the type %s, %s', (changes, type, timeInForce) => {
    expect(order(changes)).toMatchObject({ type, timeInForce });
  });

  it.each([
    [{ reduceOnly: true }, 'CLOSE'],
    [{ positionIdx: 1 }, 'OPEN'],
    [{ positionIdx: 2 }, 'CLOSE'],
    [{ positionIdx: 2, side: 'Sell' }, 'OPEN'],
  ])('with %j has the offset %s', (changes, offset) => {
    expect(order(changes).offset).toBe(offset);
  });

  it('on the spot market to spend an amount has no volume, and is filled when the venue says so', () => {
    const row = { ...ORDER_ROW, category: 'spot', orderType: 'Market', orderStatus: 'Filled' };
    const readSpot = (changes: object) => [
      ...createAccountReader('spot')(pushOf('order.spot', [{ ...row, ...changes }]), 0),
    ];
    expect(readSpot({})).toMatchObject([{ report: { volume: null, status: 'FILLED', filledVolume: '0.04' } }]);
    expect(readSpot({ marketUnit: 'quoteCoin', side: 'Sell' })).toMatchObject([{ report: { volume: null } }]);
    expect(readSpot({ marketUnit: 'baseCoin' })).toMatchObject([{ report: { volume: '0.10', status: 'OPEN' } }]);
    expect(readSpot({ side: 'Sell' })).toMatchObject([{ report: { volume: '0.10' } }]);
  });

  it('says why it has ended', () => {
    expect(order({ orderStatus: 'Rejected', rejectReason: 'EC_PostOnlyWillTakeLiquidity' }).statusMessage).toBe(
      'EC_PostOnlyWillTakeLiquidity',
    );
    expect(order({ orderStatus: 'Cancelled', cancelType: 'CancelByUser' }).statusMessage).toBe('CancelByUser');
  });

  it('of another market is none of ours', () => {
    expect(read(pushOf('order', [{ ...ORDER_ROW, category: 'spot' }]))).toEqual([]);
  });

  it('is unreadable without what makes an order', () => {
    for (const changes of [{ symbol: '' }, { orderId: null }, { side: 'Up' }, { orderStatus: 'Odd' }]) {
      expect(read(pushOf('order.linear', [{ ...ORDER_ROW, ...changes }]))).toMatchObject([{ type: 'UNREADABLE' }]);
    }
  });
});

describe('an execution', () => {
  it('is a fill of its order, of which it says nothing else for certain', () => {
    expect(read(pushOf('execution.linear', [EXECUTION_ROW]))).toMatchObject([
      {
        type: 'ORDER',
        report: {
          ...{ symbol: 'ETHUSDT', orderId: ORDER_ROW.orderId, clientOrderId: 'test-000005', side: 'BUY' },
          ...{ status: 'PARTIALLY_FILLED', volume: null, price: null, filledVolume: null, updatedAt: null },
          fills: [
            {
              ...{ tradeId: EXECUTION_ROW.execId, price: '1600.00', volume: '0.04', at: 1_684_738_540_570 },
              ...{ fee: '0.0352', feeCurrency: 'USDT' },
            },
          ],
        },
      },
    ]);
  });

  it.each(['Funding', 'Settle', 'Delivery', 'UNKNOWN'])('of the type %s fills no order', (execType) => {
    expect(read(pushOf('execution.linear', [{ ...EXECUTION_ROW, execType }]))).toEqual([]);
  });

  it('is unreadable without what makes a fill', () => {
    for (const changes of [{ execId: '' }, { execPrice: '' }, { execQty: '0' }, { execTime: null }, { side: '' }]) {
      expect(read(pushOf('execution.linear', [{ ...EXECUTION_ROW, ...changes }]))).toMatchObject([
        { type: 'UNREADABLE' },
      ]);
    }
  });
});

describe('a position', () => {
  it('is short or long by its side, and closed without one', () => {
    const push = (changes: object) => read(pushOf('position.linear', [{ ...POSITION_ROW, ...changes }]));
    expect(push({})).toMatchObject([
      {
        type: 'POSITION',
        position: {
          ...{ instrumentId: 'BTCUSDT', volumeLong: 0, volumeShort: 0.5, openPriceShort: 28_000.5 },
          ...{ floatProfit: -92, margin: 1_400.1 },
        },
      },
    ]);
    expect(push({ side: 'Buy' })).toMatchObject([{ position: { volumeLong: 0.5, volumeShort: 0 } }]);
    expect(push({ side: '', size: '0', entryPrice: '0' })).toMatchObject([
      { position: { volumeLong: 0, volumeShort: 0, openPriceLong: null } },
    ]);
  });

  it('of two sides is told once both are known: one alone would look as if the other were closed', () => {
    const reader = createAccountReader('linear');
    const push = (changes: object) => [...reader(pushOf('position.linear', [{ ...POSITION_ROW, ...changes }]), 0)];
    expect(push({ positionIdx: 1, side: 'Buy', size: '2' })).toEqual([]);
    expect(push({ positionIdx: 2, size: '3' })).toMatchObject([{ position: { volumeLong: 2, volumeShort: 3 } }]);
    expect(push({ positionIdx: 1, side: '', size: '0' })).toMatchObject([
      { position: { volumeLong: 0, volumeShort: 3 } },
    ]);
    expect(push({ positionIdx: 2, side: '', size: '0' })).toMatchObject([
      { position: { volumeLong: 0, volumeShort: 0 } },
    ]);
  });
});

describe('a wallet', () => {
  it('is a balance for each coin; what is available is known on the spot market', () => {
    const text = pushOf('wallet', [WALLET_ROW]);
    expect(read(text)).toEqual([
      { type: 'BALANCE', balance: { currency: 'BTC', total: '0.00102964', available: null } },
    ]);
    expect([...createAccountReader('spot')(text, 0)]).toEqual([
      { type: 'BALANCE', balance: { currency: 'BTC', total: '0.00102964', available: '0.00100964' } },
    ]);
  });
});

describe('what the venue says of the connection', () => {
  it('is the answer to the login', () => {
    expect(read('{"success":true,"ret_msg":"","op":"auth","conn_id":"c"}')).toEqual([{ type: 'LOGGED_IN' }]);
    expect(read('{"success":false,"ret_msg":"Params Error","op":"auth","conn_id":"c"}')).toEqual([
      { type: 'LOGIN_REFUSED', reason: 'Params Error' },
    ]);
    expect([...createAccountReader('spot')('{"success":true,"op":"auth"}', 0)]).toEqual([
      { type: 'LOGGED_IN' },
      { type: 'SUBSCRIBED', channel: 'positions' },
    ]);
  });

  it('is the answer to a subscription, by its name', () => {
    const answer = (changes: object) =>
      read(JSON.stringify({ success: true, ret_msg: '', op: 'subscribe', req_id: 'orders', conn_id: 'c', ...changes }));
    expect(answer({})).toEqual([{ type: 'SUBSCRIBED', channel: 'orders' }]);
    expect(answer({ success: false, ret_msg: 'No.' })).toEqual([{ type: 'REFUSED', channel: 'orders', reason: 'No.' }]);
    expect(answer({ success: false, ret_msg: 'No.', req_id: '7' })).toEqual([{ type: 'TROUBLE', reason: 'No.' }]);
    expect(read('{"req_id":"1","op":"pong","args":["1"],"conn_id":"c"}')).toEqual([]);
  });

  it.each(['', 'null', '[]', '{}', '{"topic":"order"}', '{"topic":"odd","data":[]}', '{"op":"odd"}'])(
    'is unreadable: %s',
    (text) => {
      expect(read(text)).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );
});
