import { describe, expect, it } from 'vitest';
import { createIndexLine, HELPFUL_INDEXES, isServed } from '../../src/store/mongo/helpful-indexes.ts';
import { HISTORY } from '../../src/store/mongo/qifi-collections.ts';

const WANTED = { on: HISTORY, fields: ['account_cookie', 'trading_day'] };
const OF_IDS = { key: { _id: 1 }, name: '_id_' };

describe('an index that helps', () => {
  it.each([
    ['the same', { key: { account_cookie: 1, trading_day: 1 } }],
    ['one in the other direction', { key: { account_cookie: -1, trading_day: -1 } }],
    ['a longer one', { key: { account_cookie: 1, trading_day: 1, updatetime: 1 } }],
    ['a unique one', { key: { account_cookie: 1, trading_day: 1 }, unique: true }],
    ['a sparse one, since it is asked for by name', { key: { account_cookie: 1, trading_day: 1 }, sparse: true }],
    ['one whose order is a bigint', { key: { account_cookie: 1n, trading_day: -1n } }],
  ])('is there with %s', (_which, index) => {
    expect(isServed(WANTED, [OF_IDS, index])).toBe(true);
  });

  it.each([
    ['none', []],
    ['a shorter one', [{ key: { account_cookie: 1 } }]],
    ['one in another order', [{ key: { trading_day: 1, account_cookie: 1 } }]],
    ['a hashed one', [{ key: { account_cookie: 'hashed', trading_day: 1 } }]],
    [
      'one of some documents',
      [{ key: { account_cookie: 1, trading_day: 1 }, partialFilterExpression: { status: 200 } }],
    ],
    ['a hidden one', [{ key: { account_cookie: 1, trading_day: 1 }, hidden: true }]],
    [
      'one that compares texts otherwise',
      [{ key: { account_cookie: 1, trading_day: 1 }, collation: { locale: 'zh' } }],
    ],
    ['one that says nothing', [{}, { key: null }]],
  ])('is missing with %s', (_which, indexes) => {
    expect(isServed(WANTED, [OF_IDS, ...indexes])).toBe(false);
  });

  it('is made by a line for mongosh, whatever the databases are called', () => {
    const names = { quantaxis: 'quantaxis', realtime: 'QAREALTIME', own: 'deskgraph' };
    expect(HELPFUL_INDEXES.map((index) => createIndexLine(index, names))).toEqual([
      'db.getSiblingDB("quantaxis").history.createIndex({ account_cookie: 1, trading_day: 1 })',
      'db.getSiblingDB("QAREALTIME").account.createIndex({ account_cookie: 1 })',
      'db.getSiblingDB("QAREALTIME").account.createIndex({ portfolio: 1 })',
      'db.getSiblingDB("QAREALTIME").history.createIndex({ account_cookie: 1, trading_day: 1 })',
      'db.getSiblingDB("QAREALTIME").hisaccount.createIndex({ account_cookie: 1, updatetime: 1 })',
    ]);
    expect(createIndexLine(WANTED, { ...names, quantaxis: 'desk-2' })).toContain('getSiblingDB("desk-2").history');
  });
});
