import { describe, expect, it } from 'vitest';
import type { DocumentOrigin, FieldFaults } from '../../src/domain/data-faults.ts';
import { decodeQifi } from '../../src/domain/qifi.ts';
import { decodeFills } from '../../src/domain/qifi-fills.ts';
import { decodeOrders } from '../../src/domain/qifi-orders.ts';
import { decodeOwner, type QifiOwner } from '../../src/domain/qifi-owner.ts';
import { decodeState } from '../../src/domain/qifi-state.ts';
import { day } from '../support/bars.ts';
import { decoded, pythonDocument, pythonOrder, pythonPosition, pythonTrade } from '../support/qifi-documents.ts';

const origin: DocumentOrigin = { collection: 'quantaxis.history', documentId: '5e20c2f1' };
const owner: QifiOwner = { source: 'HISTORY', accountCookie: 'cta_rb_5min', tradingDay: day('2020-01-16') };

/** Every part of it holds a figure that cannot be read, and every list an entry that cannot be told. */
const damaged = () =>
  pythonDocument({
    updatetime: 'yesterday',
    portfolio: { $gt: '' },
    accounts: { currency: ['CNY'], balance: Number.NaN, margin: 3150, available: Number.POSITIVE_INFINITY },
    positions: {
      'SHFE.rb2005': pythonPosition({ volume_long: 'many', exchange_id: {} }),
      nameless: pythonPosition({ instrument_id: '' }),
      twin: pythonPosition({ exchange_id: {} }),
    },
    trades: { a: pythonTrade({ price: Number.NaN, trade_date_time: -1 }), b: pythonTrade({ direction: 'UP' }), c: 5 },
    orders: {
      a: pythonOrder({ volume_orign: 'ten', volume: 'ten', limit_price: {} }),
      b: pythonOrder({ order_id: [] }),
    },
  });

function decodedWithOrigin(document: unknown) {
  const answer = decodeQifi(document, 'HISTORY', origin);
  if (answer.kind !== 'DECODED') throw new Error(answer.reason);
  return answer;
}

const faults = (reasons: Record<string, string>): FieldFaults => ({ origin, reasons });

describe('faults of a QIFI document', () => {
  it('stand beside the figures of the state that are null because of them, under our names', () => {
    const { snapshot } = decodedWithOrigin(damaged()).document;
    expect(snapshot).toMatchObject({ balance: null, available: null, margin: 3150, updatedAt: null });
    expect(snapshot.faults).toEqual(
      faults({
        updatedAt: 'updatetime: received "yesterday", wanted a time',
        portfolio: 'portfolio: received an object, wanted a name',
        currency: 'accounts.currency: received an array, wanted a name',
        balance: 'accounts.balance: received NaN, wanted a number',
        available: 'accounts.available: received Infinity, wanted a number',
      }),
    );
  });

  it('stand beside those of positions, fills and orders, with the path of the entry', () => {
    const { snapshot, trades, orders } = decodedWithOrigin(damaged()).document;
    expect(snapshot.positions[0]?.faults).toEqual(
      faults({
        volumeLong: 'positions["SHFE.rb2005"].volume_long: received "many", wanted a number',
        exchangeId: 'positions["SHFE.rb2005"].exchange_id: received an object, wanted a name',
      }),
    );
    expect(trades.map((trade) => trade.faults)).toEqual([
      faults({
        price: 'trades["a"].price: received NaN, wanted a number',
        tradedAtNanos: 'trades["a"].trade_date_time: received -1, wanted nanoseconds since the epoch',
      }),
    ]);
    const { price, volume } = orders[0]?.faults?.reasons ?? {};
    expect(orders[0]).toMatchObject({ price: '3500', volume: null, filledVolume: null });
    expect(price).toBe('orders["a"].limit_price: received an object, wanted a number of at most 64 digits');
    expect(volume).toBe('orders["a"].volume: received "ten", wanted a number of at most 64 digits');
  });

  it('are absent of a good document, and when it is not known which document it is', () => {
    expect(decodedWithOrigin(pythonDocument()).document).toEqual(decoded(pythonDocument()));
    expect(JSON.stringify(decoded(damaged()), withoutBigInt)).not.toContain('faults');
  });

  it('are found by the projections as by the whole document', () => {
    const whole = decodedWithOrigin(damaged()).document;
    const { trades, orders, ...state } = damaged();
    const head = { account_cookie: 'cta_rb_5min', trading_day: '20200116' };
    expect(decodeOwner(head, 'HISTORY')).toEqual({ kind: 'DECODED', owner });
    expect(decodeState(state, 'HISTORY', origin)).toMatchObject({ kind: 'DECODED', snapshot: whole.snapshot });
    expect(decodeFills({ trades }, owner, origin).trades).toEqual(whole.trades);
    expect(decodeOrders({ trades, orders }, owner, origin).orders).toEqual(whole.orders);
  });

  it('do not make the id of the document be read, which costs', () => {
    const unread: DocumentOrigin = {
      collection: 'quantaxis.history',
      get documentId(): string {
        throw new Error('nobody asked for it');
      },
    };
    expect(decodeQifi(damaged(), 'HISTORY', unread).kind).toBe('DECODED');
  });

  it('do not hide a status that is unheard of behind one, since it is no figure', () => {
    const orders = { a: pythonOrder({ status: 'LIMBO' }) };
    const [order] = decodedWithOrigin(pythonDocument({ orders })).document.orders;
    expect(order).toMatchObject({ status: 'UNKNOWN' });
    expect(order?.faults).toBeUndefined();
  });
});

describe('what is left out of a QIFI document', () => {
  const ofPositions = [
    'positions["nameless"]: left out, it has no instrument_id',
    'positions["twin"]: left out, its instrument is there already',
  ];
  const ofTrades = ['trades["c"]: received 5, wanted an object', 'trades["b"]: left out, it has no direction'];
  const ofOrders = ['orders["b"]: left out, it has no order_id'];

  it('is told of every list, apart from the figures', () => {
    expect(decodedWithOrigin(damaged()).leftOut).toEqual([...ofPositions, ...ofTrades, ...ofOrders]);
  });

  it('is told by each projection of its own list alone', () => {
    const state = decodeState(damaged(), 'HISTORY', origin);
    expect(state).toMatchObject({ leftOut: ofPositions });
    expect(decodeFills(damaged(), owner, origin).leftOut).toEqual(ofTrades);
    expect(decodeOrders(damaged(), owner, origin).leftOut).toEqual(ofOrders);
  });

  it('is a whole list that is none', () => {
    const document = pythonDocument({ positions: 7, trades: new Date(0), orders: 'none' });
    expect(decodedWithOrigin(document).leftOut).toEqual([
      'positions: received 7, wanted a map',
      'trades: received an object, wanted a map',
      'orders: received "none", wanted a map',
    ]);
  });

  it('is not more than a thousand texts', () => {
    const trades = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`t${at}`, 0]));
    expect(decodeFills({ trades }, owner).leftOut).toHaveLength(1000);
  });

  it('is nothing of what is no document at all, which holds no list', () => {
    expect(decodeFills(null, owner, origin)).toEqual({ trades: [], leftOut: [] });
    expect(decodeOrders([], owner, origin)).toEqual({ orders: [], leftOut: [] });
  });
});

it('event and events are no business of the decoder, whichever a writer uses', () => {
  const plain = decodeQifi(pythonDocument({ event: undefined }), 'HISTORY', origin);
  for (const event of [{ '2020-01-16 09:30:00_250251': '转账成功 100000' }, null, 5, [{}]]) {
    expect(decodeQifi(pythonDocument({ event }), 'HISTORY', origin)).toEqual(plain);
    expect(decodeQifi(pythonDocument({ event: undefined, events: event }), 'HISTORY', origin)).toEqual(plain);
  }
});

function withoutBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
