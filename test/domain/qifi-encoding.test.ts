import { inspect } from 'node:util';
import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import type { AccountSource } from '../../src/domain/account.ts';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { decodeQifi } from '../../src/domain/qifi.ts';
import { encodeMark, encodeQifi } from '../../src/domain/qifi-encoding.ts';
import { decodeMark } from '../../src/domain/qifi-series.ts';
import {
  pythonDocument,
  pythonOrder,
  pythonPosition,
  pythonTrade,
  qatraderDocument,
} from '../support/qifi-documents.ts';

const figure = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(null, '1.50'),
);
const name = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', 'B', '.', '$', '_', '螺', '1') });
const nanos = fc.oneof(fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String), fc.constantFrom(null, 0));
const decimal = fc.constantFrom(1, 0, 2.5, '0.0010', '12345678901234567890.10', null, 1e-7);

const position = fc.record({
  instrument_id: name,
  exchange_id: fc.option(name),
  volume_long: figure,
  open_price_short: figure,
  margin: figure,
});
const deal = {
  instrument_id: name,
  exchange_id: fc.option(name),
  direction: fc.constantFrom('BUY', 'SELL'),
  offset: fc.constantFrom('OPEN', 'CLOSE', 'CLOSETODAY', 'CLOSEYESTERDAY', undefined),
};
const trade = fc.record({
  ...deal,
  trade_id: name,
  order_id: fc.option(name),
  price: figure,
  volume: figure,
  commission: figure,
  trade_date_time: nanos,
});
const order = fc.record({
  ...deal,
  order_id: name,
  price_type: fc.constantFrom('LIMIT', 'ANY', 'FAK', 'FOK', 'STRICT', undefined),
  time_condition: fc.constantFrom('IOC', 'GFD', 'GTC', 'GTD', 'AND', undefined),
  volume_condition: fc.constantFrom('ANY', 'ALL', 'GFD', undefined),
  limit_price: decimal,
  volume_orign: decimal,
  volume_left: decimal,
  status: fc.constantFrom('ALIVE', 'FINISHED', 'CANCEL', 'success_all', 'cancel_part', 'failed', 'settled', 'x', 203),
  last_msg: fc.constantFrom('全部成交', '已撤单', '拒绝', '', undefined),
  insert_date_time: nanos,
});
const written = fc.record({
  trading_day: fc.constantFrom('2020-01-16', '20200229', null),
  updatetime: fc.constantFrom('', '2020-01-16 20:59:01.118236', undefined),
  portfolio: fc.option(name),
  broker_name: fc.option(name),
  status: fc.constantFrom(100, 200, 500, 600, 7, undefined),
  accounts: fc.record({
    currency: fc.constantFrom('CNY', null),
    balance: figure,
    pre_balance: figure,
    WithdrawQuota: figure,
  }),
  positions: fc.array(position, { maxLength: 4 }),
  trades: fc.array(trade, { maxLength: 4 }),
  orders: fc.array(order, { maxLength: 4 }),
});

function decoded(document: unknown, source: AccountSource): AccountDocument {
  const answer = decodeQifi(document, source);
  if (answer.kind !== 'DECODED') throw new Error(answer.reason);
  return answer.document;
}

/** As a deployment gives it back. */
function stored(document: AccountDocument): unknown {
  const bytes = BSON.serialize({ ...encodeQifi(document) }, { ignoreUndefined: true });
  return BSON.deserialize(bytes, { useBigInt64: true });
}

/** A map of the driver has keys that are whole numbers first, so that the order of entries says nothing. */
function sorted({ snapshot, trades, orders }: AccountDocument) {
  const byText = <Entry>(entries: readonly Entry[]) => Map.groupBy(entries, (entry) => inspect(entry));
  return { snapshot, trades: byText(trades), orders: byText(orders) };
}

describe('encodeQifi', () => {
  it('writes what is read as the same state, fills and orders again, whatever a writer wrote', () => {
    fc.assert(
      fc.property(written, fc.constantFrom<AccountSource>('HISTORY', 'REALTIME'), (changes, source) => {
        const document = decoded(pythonDocument({ account_cookie: 'a', ...changes }), source);
        expect(sorted(decoded(stored(document), source))).toEqual(sorted(document));
      }),
    );
  });

  it.each([
    ['Python', pythonDocument()],
    ['QATrader', qatraderDocument()],
  ])('keeps all that is read of a document of %s', (_writer, document) => {
    const before = decoded(document, 'HISTORY');
    expect(decoded(stored(before), 'HISTORY')).toEqual(before);
  });

  it('keeps entries apart whose ids differ only in characters that keys must not have', () => {
    const document = decoded(
      pythonDocument({
        positions: [pythonPosition({ instrument_id: 'a.b' }), pythonPosition({ instrument_id: 'a_b' })],
        trades: [pythonTrade({ trade_id: '$1' }), pythonTrade({ trade_id: '_1' }), pythonTrade({ trade_id: '.1' })],
        orders: [pythonOrder({ order_id: '__proto__' }), pythonOrder({ order_id: 'constructor' })],
      }),
      'HISTORY',
    );
    const keys = Object.values(encodeQifi(document)).flatMap((value) =>
      value instanceof Map ? [...value.keys()] : [],
    );
    expect(keys.filter((key) => /[.$\0]/.test(key))).toEqual([]);
    expect(sorted(decoded(stored(document), 'HISTORY'))).toEqual(sorted(document));
  });
});

describe('encodeMark', () => {
  it('writes a balance that is read as the same mark again', () => {
    const mark = { at: Date.UTC(2020, 0, 16, 2, 30, 0, 112), balance: 100096.5 };
    expect(decodeMark(encodeMark('a', mark))).toEqual({ kind: 'DECODED', accountCookie: 'a', mark });
  });
});
