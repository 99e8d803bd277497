import { describe, expect, it } from 'vitest';
import { ordersOfDocument } from '../../src/domain/document-orders.ts';
import { day } from '../support/bars.ts';
import { decoded, pythonDocument, pythonOrder, pythonTrade } from '../support/qifi-documents.ts';

const ordersOf = (changes: object) => ordersOfDocument(decoded(pythonDocument(changes), 'REALTIME'));
const fillsOf = (...trades: object[]) =>
  ordersOf({ orders: { o: pythonOrder({ volume_orign: 5, volume_left: 5, status: 'ALIVE' }) }, trades })[0]?.fills;

describe('the orders of a QIFI document', () => {
  it('are what the document says of them, with its fills, through no gateway', () => {
    expect(ordersOf({})).toEqual([
      {
        source: 'REALTIME',
        gateway: null,
        accountCookie: 'cta_rb_5min',
        orderKey: 'foreign:b3eda7b5-1',
        orderId: 'b3eda7b5-1',
        clientOrderId: null,
        tradingDay: day('2020-01-16'),
        symbol: 'rb2005',
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
        averagePrice: '3500',
        statusMessage: '全部成交',
        venueCode: null,
        createdAt: 1_579_141_800_112,
        updatedAt: null,
        fills: [
          {
            tradeId: 'a930d427-1',
            price: '3500',
            volume: '1',
            fee: '3.5',
            feeCurrency: 'CNY',
            at: 1_579_141_800_112,
          },
        ],
      },
    ]);
  });

  it('are partly filled by their fills, whatever the writer says is left', () => {
    const [order] = ordersOf({
      orders: { o: pythonOrder({ volume_orign: 3, volume_left: 3, status: 'ALIVE' }) },
      trades: [pythonTrade({ price: 10 }), pythonTrade({ trade_id: 'b', price: 11 })],
    });
    expect(order).toMatchObject({ status: 'PARTIALLY_FILLED', filledVolume: '2', remainingVolume: '1' });
    expect(order?.averagePrice).toBe('10.5');
  });

  it('have every digit of prices, volumes and fees', () => {
    const [fill] = fillsOf(pythonTrade({ price: 0.1 + 0.2, volume: 1e-7, commission: 3.5015 })) ?? [];
    expect(fill).toMatchObject({ price: '0.30000000000000004', volume: '0.0000001', fee: '3.5015' });
  });

  it('have no fee where none was paid', () => {
    const [fill] = fillsOf(pythonTrade({ commission: 0 })) ?? [];
    expect(fill).toMatchObject({ fee: null, feeCurrency: null });
  });

  it('have the milliseconds of nanoseconds that no number can hold', () => {
    const [fill] = fillsOf(pythonTrade({ trade_date_time: { $numberLong: '1567775573528999999' } })) ?? [];
    expect(fill?.at).toBe(1_567_775_573_528);
  });

  it('have a fill without a time at the time of their insertion, and none when that is not known either', () => {
    const untimed = pythonTrade({ trade_date_time: 0 });
    expect(fillsOf(untimed)).toMatchObject([{ at: 1_579_141_800_112 }]);
    const orders = { o: pythonOrder({ insert_date_time: 0 }) };
    expect(ordersOf({ orders, trades: [untimed] })[0]?.fills).toEqual([]);
  });

  it('have neither fills of other orders nor legs of a combination nor fills without price or volume', () => {
    const strange = [
      { order_id: 'other' },
      { instrument_id: 'rb2010' },
      { price: null },
      { volume: 'NaN' },
      { volume: 0 },
    ];
    expect(fillsOf(...strange.map((changes, at) => pythonTrade({ trade_id: `t${at}`, ...changes })))).toEqual([]);
  });
});
