import { describe, expect, it } from 'vitest';
import type { OrderReport } from '../../../src/domain/order-report.ts';
import { createAccountReader } from '../../../src/exchanges/okx/account-normalize.ts';
import type { AccountEvent } from '../../../src/exchanges/venue-account.ts';
import { ACCOUNT, BALANCE_DETAIL, ORDER_ROW, ORDERS, POSITION_ROW, POSITIONS, pushOf } from './account-frames.ts';

function read(text: string, reader = createAccountReader()): AccountEvent[] {
  return [...reader(text, 0)];
}

function reportOf(changes: object): OrderReport {
  const [event] = read(pushOf(ORDERS, [{ ...ORDER_ROW, ...changes }]));
  if (event?.type !== 'ORDER') throw new Error(`wanted an order, received ${JSON.stringify(event)}`);
  return event.report;
}

describe('what the venue says of the connection', () => {
  it.each([
    ['{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}', [{ type: 'LOGGED_IN' }]],
    ['{"event":"channel-conn-count","channel":"orders","connCount":"2","connId":"a4d3ae55"}', []],
    [
      '{"event":"subscribe","arg":{"channel":"orders","instType":"ANY"},"connId":"a4d3ae55"}',
      [{ type: 'SUBSCRIBED', channel: 'orders' }],
    ],
    [
      '{"event":"subscribe","arg":{"channel":"positions","instType":"ANY"}}',
      [{ type: 'SUBSCRIBED', channel: 'positions' }],
    ],
    ['{"event":"subscribe","arg":{"channel":"account"}}', [{ type: 'SUBSCRIBED', channel: 'balances' }]],
    [
      '{"event":"error","code":"60018","msg":"Wrong URL or channel:account doesn\'t exist."}',
      [{ type: 'REFUSED', channel: 'balances', reason: "60018 Wrong URL or channel:account doesn't exist." }],
    ],
    [
      '{"event":"error","code":"60018","msg":"","arg":{"channel":"orders"}}',
      [{ type: 'REFUSED', channel: 'orders', reason: '60018' }],
    ],
    [
      '{"event":"channel-conn-count-error","channel":"orders","connCount":"30"}',
      [{ type: 'TROUBLE', reason: 'too many connections with the channel "orders"' }],
    ],
    [
      '{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade."}',
      [{ type: 'CLOSING', reason: 'The connection will soon be closed for a service upgrade.' }],
    ],
  ])('is read: %s', (text, events) => {
    expect(read(text)).toEqual(events);
  });

  it.each(['60001', '60004', '60005', '60006', '60007', '60009', '60024', '60032', '50105', '50110', '50113'])(
    'refuses the login with the code %s',
    (code) => {
      const reason = `${code} No.`;
      expect(read(JSON.stringify({ event: 'error', code, msg: 'No.' }))).toEqual([{ type: 'LOGIN_REFUSED', reason }]);
      expect(read(JSON.stringify({ event: 'login', code, msg: 'No.' }))).toEqual([{ type: 'LOGIN_REFUSED', reason }]);
    },
  );

  it.each(['60011', '60012', '60014', '60030', '50026', '63999'])(
    'has trouble that passes with the code %s',
    (code) => {
      expect(read(JSON.stringify({ event: 'error', code, msg: 'No.' }))).toEqual([
        { type: 'TROUBLE', reason: `${code} No.` },
      ]);
    },
  );

  it('never passes on a request of ours that it quotes, since one of them has the passphrase', () => {
    const msg = 'Invalid request: {"op":"login","args":[{"passphrase":"hush"}]}';
    expect(read(JSON.stringify({ event: 'error', code: '60012', msg }))).toEqual([
      { type: 'TROUBLE', reason: '60012 Invalid request:' },
    ]);
  });

  it.each([
    [''],
    ['null'],
    ['[]'],
    ['{}'],
    ['{"event":"other"}'],
    ['{"event":"subscribe","arg":{"channel":"tickers","instId":"A"}}'],
    ['{"event":"notice","code":"1"}'],
    ['{"arg":{"channel":"orders"}}'],
    ['{"arg":{"channel":"orders"},"data":{}}'],
    ['{"arg":{"channel":"balance_and_position"},"data":[]}'],
    ['{"data":[{}]}'],
  ])('is unreadable: %s', (text) => {
    expect(read(text).map(({ type }) => type)).toEqual(['UNREADABLE']);
  });
});

describe('an order', () => {
  it('is reported with the digits of the venue and its fill, of which the fee is positive when paid', () => {
    expect(read(pushOf(ORDERS, [ORDER_ROW]))).toEqual([
      {
        type: 'ORDER',
        report: {
          symbol: 'ETH-USDT',
          orderId: '370257534141235201',
          clientOrderId: 'desk0001',
          side: 'SELL',
          offset: 'NONE',
          type: 'LIMIT',
          timeInForce: 'GTC',
          status: 'PARTIALLY_FILLED',
          price: '60000',
          volume: '0.007526',
          filledVolume: '0.003',
          averagePrice: '60000',
          statusMessage: null,
          createdAt: 1_634_548_275_191,
          updatedAt: 1_634_548_275_500,
          fills: [
            {
              tradeId: '242589207',
              price: '60000',
              volume: '0.003',
              fee: '0.09',
              feeCurrency: 'USDT',
              at: 1_634_548_275_500,
            },
          ],
        },
      },
    ]);
  });

  it('without a fill has none', () => {
    const unfilled = { tradeId: '', fillPx: '', fillSz: '0', fillTime: '', fillFee: '0', accFillSz: '0', avgPx: '' };
    const { fills, filledVolume, averagePrice } = reportOf({ ...unfilled, state: 'live' });
    expect({ fills, filledVolume, averagePrice }).toEqual({ fills: [], filledVolume: '0', averagePrice: null });
    expect(reportOf({ avgPx: '0' }).averagePrice).toBeNull();
    expect(reportOf({ avgPx: '0.000' }).averagePrice).toBeNull();
  });

  it.each([
    ['live', 'OPEN'],
    ['partially_filled', 'PARTIALLY_FILLED'],
    ['filled', 'FILLED'],
    ['canceled', 'CANCELLED'],
    ['mmp_canceled', 'CANCELLED'],
  ])('in the state %s is %s', (state, status) => {
    expect(reportOf({ state }).status).toBe(status);
  });

  it.each([
    ['limit', 'LIMIT', 'GTC'],
    ['market', 'MARKET', null],
    ['post_only', 'LIMIT', 'POST_ONLY'],
    ['fok', 'LIMIT', 'FOK'],
    ['ioc', 'LIMIT', 'IOC'],
    ['mmp', null, null],
    ['constructor', null, null],
  ])('of the ordType %s has its type and time in force', (ordType, type, timeInForce) => {
    expect(reportOf({ ordType })).toMatchObject({ type, timeInForce });
  });

  it.each([
    ['long', 'buy', 'false', 'OPEN'],
    ['long', 'sell', 'false', 'CLOSE'],
    ['short', 'sell', 'false', 'OPEN'],
    ['short', 'buy', 'false', 'CLOSE'],
    ['net', 'buy', 'false', 'NONE'],
    ['net', 'sell', 'true', 'CLOSE'],
    ['', 'buy', 'true', 'CLOSE'],
  ])('for the position %s to %s, reduceOnly %s, has the offset %s', (posSide, side, reduceOnly, offset) => {
    expect(reportOf({ posSide, side, reduceOnly }).offset).toBe(offset);
  });

  it('at the market has no price, and no volume when its size is money', () => {
    const atMarket = { ordType: 'market', side: 'buy', px: '0' };
    expect(reportOf({ ...atMarket, tgtCcy: 'base_ccy' })).toMatchObject({ price: null, volume: '0.007526' });
    expect(reportOf({ ...atMarket, tgtCcy: 'quote_ccy', sz: '100' })).toMatchObject({ price: null, volume: null });
  });

  it.each([
    ['-0.09', '0.09'],
    ['0.0100', '-0.0100'],
    ['0', '0'],
    ['-0.00', '0.00'],
    ['-1e-7', '0.0000001'],
    ['', null],
    ['NaN', null],
    [7, null],
  ])('was charged for its fill, of %j, %j', (fillFee, fee) => {
    expect(reportOf({ fillFee }).fills[0]?.fee).toBe(fee);
  });

  it('keeps trailing zeros and expands exponents', () => {
    expect(reportOf({ px: '9.1210E-7', sz: '100.00' })).toMatchObject({ price: '0.00000091210', volume: '100.00' });
  });

  it('says why it was cancelled, and its client id only when it has one', () => {
    expect(reportOf({ state: 'canceled', cancelSourceReason: 'Post only', clOrdId: '' })).toMatchObject({
      statusMessage: 'Post only',
      clientOrderId: null,
    });
  });

  it.each([
    ['sz', 'volume'],
    ['accFillSz', 'filledVolume'],
    ['px', 'price'],
    ['avgPx', 'averagePrice'],
    ['cTime', 'createdAt'],
    ['uTime', 'updatedAt'],
  ])('is not lost for a %s that cannot be read', (field, figure) => {
    for (const odd of ['', 'NaN', 7, null, {}, '1_0', `1${'0'.repeat(99)}`]) {
      expect(reportOf({ [field]: odd })).toMatchObject({ orderId: ORDER_ROW.ordId, [figure]: null });
    }
  });

  it.each(['ordId', 'instId', 'side', 'state'])('without %s is unreadable', (field) => {
    for (const odd of ['', 'x'.repeat(65), undefined, null, 7, []]) {
      expect(read(pushOf(ORDERS, [{ ...ORDER_ROW, [field]: odd }]))).toMatchObject([{ type: 'UNREADABLE' }]);
    }
  });

  it.each(['fillPx', 'fillSz'])('is not lost for a fill without %s, which the list of fills has', (field) => {
    expect(reportOf({ [field]: '' })).toMatchObject({ orderId: ORDER_ROW.ordId, fills: [] });
  });

  it('is read beside others that are unreadable', () => {
    const events = read(pushOf(ORDERS, [null, ORDER_ROW, 7, { ...ORDER_ROW, state: 'odd' }, ORDER_ROW]));
    expect(events.map(({ type }) => type)).toEqual(['UNREADABLE', 'ORDER', 'UNREADABLE', 'UNREADABLE', 'ORDER']);
  });
});

describe('a position', () => {
  const figuresOf = (events: readonly AccountEvent[]) =>
    events.map((event) => (event.type === 'POSITION' ? event.position : event));

  it('is that of its instrument, in contracts', () => {
    expect(figuresOf(read(pushOf(POSITIONS, [POSITION_ROW], 'snapshot')))).toEqual([
      {
        instrumentId: 'XRP-USDT-SWAP',
        exchangeId: null,
        volumeLong: 1,
        volumeLongToday: null,
        volumeLongHistory: null,
        volumeLongFrozen: null,
        volumeShort: 0,
        volumeShortToday: 0,
        volumeShortHistory: 0,
        volumeShortFrozen: 0,
        openPriceLong: 0.52668,
        openPriceShort: null,
        openCostLong: null,
        openCostShort: null,
        positionPriceLong: 0.52668,
        positionPriceShort: null,
        lastPrice: 0.527,
        floatProfit: 0.0240000000000018,
        positionProfit: null,
        margin: 17.564,
      },
    ]);
  });

  it('of net mode is short when it is negative', () => {
    expect(figuresOf(read(pushOf(POSITIONS, [{ ...POSITION_ROW, pos: '-2.5' }])))).toMatchObject([
      { volumeLong: 0, volumeShort: 2.5, openPriceLong: null, openPriceShort: 0.52668 },
    ]);
  });

  it('has all volumes zero once it is closed, though its price is empty', () => {
    const reader = createAccountReader();
    read(pushOf(POSITIONS, [POSITION_ROW]), reader);
    const closed = { ...POSITION_ROW, pos: '0', avgPx: '', last: '', upl: '', imr: '' };
    const [position] = figuresOf(read(pushOf(POSITIONS, [closed]), reader));
    const volumes = Object.entries(position ?? {}).filter(([name]) => name.startsWith('volume'));
    expect(volumes.map(([, volume]) => volume)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(position).toMatchObject({ floatProfit: 0, margin: 0, openPriceLong: null });
  });

  it('of long/short mode has both sides, though a push brings only the one that changed', () => {
    const reader = createAccountReader();
    const long = {
      ...POSITION_ROW,
      posId: '1',
      posSide: 'long',
      pos: '3',
      availPos: '2',
      upl: '1',
      imr: '',
      margin: '5',
    };
    const short = { ...POSITION_ROW, posId: '2', posSide: 'short', pos: '4', availPos: '4', avgPx: '0.6', upl: '-3' };
    const expected = { volumeLong: 3, volumeLongFrozen: 1, volumeShort: 4, volumeShortFrozen: 0, openPriceShort: 0.6 };
    const both = figuresOf(read(pushOf(POSITIONS, [long, short]), reader));
    expect(both).toMatchObject([{ ...expected, floatProfit: -2, margin: 22.564 }]);
    const changed = figuresOf(read(pushOf(POSITIONS, [{ ...short, pos: '0' }]), reader));
    expect(changed).toMatchObject([{ volumeLong: 3, volumeShort: 0, floatProfit: 1, margin: 5 }]);
  });

  it('of cross and isolated legs has the volume of both, at the price between', () => {
    const isolated = { ...POSITION_ROW, posId: '2', mgnMode: 'isolated', pos: '3', avgPx: '0.5', imr: '', margin: '6' };
    expect(figuresOf(read(pushOf(POSITIONS, [{ ...POSITION_ROW, avgPx: '0.9' }, isolated])))).toMatchObject([
      { volumeLong: 4, openPriceLong: (0.9 + 3 * 0.5) / 4, margin: 23.564 },
    ]);
  });

  it('on margin that is held in the quote currency owes coins', () => {
    const margin = {
      ...POSITION_ROW,
      instType: 'MARGIN',
      instId: 'BTC-USDT',
      pos: '500',
      liab: '-0.02',
      liabCcy: 'BTC',
    };
    expect(figuresOf(read(pushOf(POSITIONS, [{ ...margin, posCcy: 'USDT' }])))).toMatchObject([
      { volumeLong: 0, volumeShort: 0.02 },
    ]);
    expect(figuresOf(read(pushOf(POSITIONS, [{ ...margin, pos: '0.5', posCcy: 'BTC' }])))).toMatchObject([
      { volumeLong: 0.5, volumeShort: 0 },
    ]);
  });

  it.each([
    [null],
    [7],
    [{ ...POSITION_ROW, pos: '' }],
    [{ ...POSITION_ROW, pos: 1 }],
    [{ ...POSITION_ROW, instId: '' }],
  ])('is unreadable: %j', (row) => {
    expect(read(pushOf(POSITIONS, [row]))).toMatchObject([{ type: 'UNREADABLE' }]);
  });
});

describe('the balances', () => {
  it('are those of the currencies that changed', () => {
    const usdt = { ...BALANCE_DETAIL, ccy: 'USDT', eq: '-41307.3180', availEq: '', availBal: '12.50' };
    const details = [BALANCE_DETAIL, usdt, { ccy: 'ETH', eq: '0' }];
    expect(read(pushOf(ACCOUNT, [{ uTime: '1', totalEq: '1', details }], 'event_update'))).toEqual([
      { type: 'BALANCE', balance: { currency: 'BTC', total: '121.5', available: '100' } },
      { type: 'BALANCE', balance: { currency: 'USDT', total: '-41307.3180', available: '12.50' } },
      { type: 'BALANCE', balance: { currency: 'ETH', total: '0', available: null } },
    ]);
  });

  it.each([[[{ details: [{ ccy: 'BTC', eq: '' }] }]], [[{ details: [{ eq: '1' }] }]], [[null]], [[{ details: {} }]]])(
    'are unreadable: %j',
    (data) => {
      expect(read(pushOf(ACCOUNT, data))).toMatchObject([{ type: 'UNREADABLE' }]);
    },
  );
});
