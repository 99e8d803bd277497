import { describe, expect, it } from 'vitest';
import { driverDecimal } from '../support/driver-decimal.ts';
import { decoded, decodedWithIssues, pythonDocument, pythonOrder, pythonTrade } from '../support/qifi-documents.ts';

const order = (changes: object) => decoded(pythonDocument({ orders: { a: pythonOrder(changes) } })).orders[0];

const fill = (trade_id: string, changes: object) => pythonTrade({ trade_id, order_id: 'own', ...changes });

describe('orders of a QIFI document', () => {
  it('keep their figures and ids', () => {
    expect(decoded(pythonDocument()).orders[0]).toMatchObject({
      orderId: 'b3eda7b5-1',
      instrumentId: 'rb2005',
      exchangeId: 'SHFE',
      side: 'BUY',
      offset: 'OPEN',
      type: 'LIMIT',
      timeInForce: 'GFD',
      status: 'FILLED',
      price: '3500',
      volume: '1',
      filledVolume: '1',
      remainingVolume: '0',
      statusMessage: '全部成交',
      createdAt: 1579141800112,
    });
  });

  it.each([
    ['ALIVE', 10, '', 'OPEN'],
    ['ALIVE', 4, '', 'PARTIALLY_FILLED'],
    ['queued', 10, '', 'OPEN'],
    ['new', 10, '', 'OPEN'],
    ['next', 10, '', 'OPEN'],
    ['success_part', 4, '', 'PARTIALLY_FILLED'],
    [100, 10, '', 'OPEN'],
    [203, 4, '', 'PARTIALLY_FILLED'],
    ['300', 10, '', 'OPEN'],
    [' FINISHED ', 0, '全部成交', 'FILLED'],
    ['FINISHED', 0, '全部成交', 'FILLED'],
    ['FINISHED', 4, '已撤单', 'CANCELLED'],
    ['FINISHED', 10, '已撤单报单被拒绝', 'REJECTED'],
    ['FINISHED', 10, 'CTP:平仓量超过持仓量 仓位不足', 'REJECTED'],
    ['FINISHED', undefined, '全部成交', 'FILLED'],
    ['FINISHED', undefined, '已撤单', 'CANCELLED'],
    ['FINISHED', undefined, '', 'UNKNOWN'],
    ['success_all', 0, '', 'FILLED'],
    [200, 0, '', 'FILLED'],
    ['CANCEL', 0, '', 'CANCELLED'],
    ['CANCELLED', 3, '', 'CANCELLED'],
    ['cancel_all', 10, '', 'CANCELLED'],
    ['cancel_part', 4, '', 'CANCELLED'],
    [400, 10, '', 'CANCELLED'],
    [{ $numberInt: '402' }, 10, '', 'CANCELLED'],
    ['failed', 10, '', 'REJECTED'],
    [600, 10, '', 'REJECTED'],
    ['settled', 10, '', 'EXPIRED'],
    [500, 10, '', 'EXPIRED'],
    [undefined, 10, '', 'UNKNOWN'],
  ])('take the status %o with %s of 10 left and the words %o for %s', (status, volume_left, last_msg, meaning) => {
    expect(order({ status, volume_orign: 10, volume_left, last_msg })?.status).toBe(meaning);
  });

  it('name a status that is unheard of', () => {
    const { document, issues } = decodedWithIssues(pythonDocument({ orders: { a: pythonOrder({ status: 'LIMBO' }) } }));
    expect(document.orders[0]?.status).toBe('UNKNOWN');
    expect(issues).toEqual(['orders["a"].status: received "LIMBO", wanted a status of QIFI']);
  });

  it('do not guess what was filled of an order whose writer forgot it', () => {
    expect(
      order({ order_id: 'unfilled', status: 'CANCEL', volume_orign: 10, volume_left: 0 })?.filledVolume,
    ).toBeNull();
    expect(order({ volume_orign: 10, volume_left: undefined })?.filledVolume).toBeNull();
    expect(order({ status: 'FINISHED', volume_orign: 10, volume_left: 12 })?.filledVolume).toBeNull();
    expect(order({ status: 'FINISHED', volume_orign: 10, volume_left: 4 })?.filledVolume).toBe('6');
  });

  it.each([
    [[fill('a', { volume: 3 })], '3'],
    [[fill('a', { volume: 3 }), fill('b', { volume: { $numberInt: '2' } })], '5'],
    [[fill('a', { volume: 0.1 }), fill('b', { volume: '0.20' })], '0.3'],
    [[fill('a', { volume: 10 })], '10'],
    [[fill('a', { volume: 0 })], '0'],
    [[fill('a', { volume: 3 }), fill('b', { volume: 5, order_id: 'another' })], '3'],
    [[fill('a', { volume: 3 }), fill('a', { volume: 3 })], '3'],
    [[fill('6', { volume: 3 }), fill('6', { volume: 4, instrument_id: 'rb2010' })], '7'],
  ])('sum the fills of an order whose writer forgot how much was filled: %#', (trades, filledVolume) => {
    const orders = { a: pythonOrder({ order_id: 'own', status: 'CANCEL', volume_orign: 10, volume_left: 0 }) };
    expect(decoded(pythonDocument({ orders, trades })).orders[0]?.filledVolume).toBe(filledVolume);
  });

  it.each([
    ['none of its own', [fill('a', { volume: 3, order_id: 'another' })]],
    ['one without a volume', [fill('a', { volume: 3 }), fill('b', { volume: undefined })]],
    ['more than was ordered', [fill('a', { volume: 11 })]],
    ['less than nothing', [fill('a', { volume: -1 })]],
    ['none at all', undefined],
  ])('say nothing of what was filled when the fills are %s', (_which, trades) => {
    const orders = { a: pythonOrder({ order_id: 'own', status: 'CANCEL', volume_orign: 10, volume_left: 0 }) };
    expect(decoded(pythonDocument({ orders, trades })).orders[0]?.filledVolume).toBeNull();
  });

  it.each([
    ['3500.10', '3500.10'],
    [' 3500.10 ', '3500.10'],
    [{ $numberDecimal: '64250.1000' }, '64250.1000'],
    [driverDecimal('64250.1000'), '64250.1000'],
    [1e21, '1000000000000000000000'],
    ['1.5e-3', '0.0015'],
    [12345678901234567890n, '12345678901234567890'],
    [-37.5, '-37.5'],
  ])('write the price %o as %s', (limit_price, text) => {
    expect(order({ limit_price })?.price).toBe(text);
  });

  it.each([
    ['LIMIT', 'LIMIT'],
    ['ANY', 'MARKET'],
    ['MARKET', 'MARKET'],
    ['BEST', 'MARKET'],
    ['FIVELEVEL', 'MARKET'],
    ['FAK', 'LIMIT'],
    ['STRICT', null],
    [undefined, null],
  ])('take the price type %s for %s', (price_type, type) => {
    expect(order({ price_type })?.type).toBe(type);
  });

  it('have no price at market', () => {
    expect(order({ price_type: 'ANY', limit_price: 0 })?.price).toBeNull();
  });

  it.each([
    ['LIMIT', 'GFD', 'ANY', 'GFD'],
    ['LIMIT', 'GTC', 'ANY', 'GTC'],
    ['LIMIT', 'GTD', 'ANY', 'GTD'],
    ['LIMIT', 'IOC', 'ANY', 'IOC'],
    ['LIMIT', 'IOC', 'ALL', 'FOK'],
    ['LIMIT', 'AND', 'GFD', 'GFD'],
    ['FAK', 'GFD', 'ANY', 'IOC'],
    ['FOK', 'GFD', 'ANY', 'FOK'],
    ['LIMIT', undefined, undefined, null],
  ])('take %s with time %s and volume %s for %s', (price_type, time_condition, volume_condition, timeInForce) => {
    expect(order({ price_type, time_condition, volume_condition })?.timeInForce).toBe(timeInForce);
  });

  it.each([
    [1, 'BUY', 'OPEN'],
    [-1, 'SELL', 'CLOSE'],
    [2, 'BUY', 'OPEN'],
    [-2, 'SELL', 'OPEN'],
    [3, 'BUY', 'CLOSE'],
    [-3, 'SELL', 'CLOSE'],
    [4, 'BUY', 'CLOSE_TODAY'],
    [-4, 'SELL', 'CLOSE_TODAY'],
  ])('read side and offset from towards %i where they are missing', (towards, side, offset) => {
    expect(order({ direction: undefined, offset: undefined, towards })).toMatchObject({ side, offset });
  });

  it('are left out with an issue without id, instrument or direction', () => {
    const orders = {
      a: pythonOrder({ order_id: null }),
      b: pythonOrder({ instrument_id: '' }),
      c: pythonOrder({ direction: undefined, towards: { valueOf: 1, toString: 1 } }),
      d: pythonOrder(),
    };
    const { document, issues } = decodedWithIssues(pythonDocument({ orders }));
    expect(document.orders).toHaveLength(1);
    expect(issues).toEqual([
      'orders["a"]: left out, it has no order_id',
      'orders["b"]: left out, it has no instrument_id',
      'orders["c"]: left out, it has no direction',
    ]);
  });
});
