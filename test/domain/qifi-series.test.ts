import { describe, expect, it } from 'vitest';
import { decodeEquityRow, decodeMark } from '../../src/domain/qifi-series.ts';
import { day } from '../support/bars.ts';
import { driverDecimal } from '../support/driver-decimal.ts';
import { pythonDocument, qatraderDocument } from '../support/qifi-documents.ts';

const origin = { collection: 'quantaxis.history', documentId: '5e20c2f1' };

const rowOf = (document: unknown) => {
  const answer = decodeEquityRow(document, origin);
  if (answer.kind !== 'DECODED') throw new Error(answer.reason);
  return answer;
};

describe('decodeEquityRow', () => {
  it('reads a day of the Python writer, which never says when it wrote', () => {
    expect(rowOf(pythonDocument())).toEqual({
      kind: 'DECODED',
      accountCookie: 'cta_rb_5min',
      updatedAt: null,
      row: {
        tradingDay: day('2020-01-16'),
        balance: 100096.5,
        preBalance: 0,
        available: 96850,
        margin: 3150,
        deposit: 100000,
        withdraw: 0,
      },
    });
  });

  it('reads a day of QATrader, with null for what it leaves out', () => {
    const { updatedAt, row } = rowOf(qatraderDocument());
    expect(updatedAt).toBe(Date.UTC(2020, 0, 16, 12, 59, 1, 118));
    expect(row).toMatchObject({ tradingDay: day('2020-01-16'), balance: 1003396.1, deposit: null, withdraw: null });
  });

  it('reads numbers in every form that a driver or an export gives them', () => {
    const accounts = {
      balance: driverDecimal('100.50'),
      margin: 12n,
      available: ' 7 ',
      deposit: { $numberLong: '5' },
      withdraw: { $numberDouble: '0.5' },
    };
    expect(rowOf(pythonDocument({ accounts })).row).toMatchObject({
      balance: 100.5,
      margin: 12,
      available: 7,
      deposit: 5,
      withdraw: 0.5,
    });
  });

  it('says beside the row which of its figures cannot be read', () => {
    const { row } = rowOf(pythonDocument({ accounts: { balance: 1, margin: Number.NaN, pre_balance: {} } }));
    expect(row).toMatchObject({ balance: 1, margin: null, preBalance: null });
    expect(row.faults).toEqual({
      origin,
      reasons: {
        margin: 'accounts.margin: received NaN, wanted a number',
        preBalance: 'accounts.pre_balance: received an object, wanted a number',
      },
    });
  });

  it('takes a time that cannot be read for one that is not said', () => {
    const answer = rowOf(pythonDocument({ updatetime: 'yesterday' }));
    expect(answer.updatedAt).toBeNull();
    expect(answer.row.faults).toBeUndefined();
  });

  it.each([
    ['the first row of a backtest', { trading_day: '' }, 'it has no trading day'],
    ['a state of no day', { trading_day: undefined }, 'it has no trading day'],
    ['a day without a balance', { accounts: { margin: 1 } }, 'it has no balance'],
  ])('skips %s', (_what, changes, reason) => {
    expect(decodeEquityRow(pythonDocument(changes), origin)).toEqual({ kind: 'SKIPPED', reason });
  });

  it.each([
    [{ account_cookie: null }, 'account_cookie: received null, wanted a name'],
    [{ account_cookie: ['a', 'b'] }, 'account_cookie: received an array, wanted a name'],
    [{ trading_day: '2020-02-30' }, 'trading_day: received "2020-02-30", wanted a day'],
    [{ accounts: undefined }, 'accounts: received undefined, wanted an object'],
    [{ accounts: { balance: Number.NaN } }, 'accounts.balance: received NaN, wanted a number'],
  ])('refuses a day whose account, day or balance cannot be told: %j', (changes, reason) => {
    expect(decodeEquityRow(pythonDocument(changes), origin)).toEqual({ kind: 'REFUSED', reason });
  });
});

describe('decodeMark', () => {
  const mark = (changes: object = {}) =>
    decodeMark({
      account_cookie: 'cta_rb_5min',
      updatetime: '2020-01-16 10:30:00_112233',
      accounts: { user_id: 'cta_rb_5min', balance: 100096.5, available: 96850 },
      ...changes,
    });
  const written = {
    kind: 'DECODED',
    accountCookie: 'cta_rb_5min',
    mark: { at: Date.UTC(2020, 0, 16, 2, 30, 0, 112), balance: 100096.5 },
  };

  it('reads a balance of wall time in Shanghai, as text or as a date that was stored as if it were UTC', () => {
    expect(mark()).toEqual(written);
    expect(mark({ updatetime: new Date(Date.UTC(2020, 0, 16, 10, 30, 0, 112)) })).toEqual(written);
  });

  it.each([
    [{ account_cookie: {} }, 'account_cookie: received an object, wanted a name'],
    [{ updatetime: '' }, 'updatetime: received "", wanted a time'],
    [{ updatetime: new Date(Number.NaN) }, 'updatetime: received an object, wanted a time'],
    [{ accounts: 5 }, 'accounts: received 5, wanted an object'],
    [{ accounts: { balance: 'abc' } }, 'accounts.balance: received "abc", wanted a number'],
  ])('refuses a row whose account, time or balance cannot be told: %j', (changes, reason) => {
    expect(mark(changes)).toEqual({ kind: 'REFUSED', reason });
  });

  it('skips a row without a balance', () => {
    expect(mark({ accounts: {} })).toEqual({ kind: 'SKIPPED', reason: 'it has no balance' });
  });
});
