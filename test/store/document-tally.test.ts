import { describe, expect, it } from 'vitest';
import { DocumentTally } from '../../src/store/mongo/document-tally.ts';
import { ACCOUNT, HISTORY, MARKS, type QifiCollection } from '../../src/store/mongo/qifi-collections.ts';

function tallied(from: QifiCollection, ...documents: object[]): DocumentTally {
  const tally = new DocumentTally(from);
  for (const [at, document] of documents.entries()) {
    tally.add({
      _id: `id-${at}`,
      account_cookie: 'a',
      trading_day: '2020-01-16',
      accounts: { balance: 1 },
      ...document,
    });
  }
  return tally;
}

describe('the tally of documents', () => {
  it.each([
    ['2020-01-16', 'with dashes'],
    ['20200116', 'without dashes'],
    ['', 'blank'],
    ['  ', 'blank'],
    [undefined, 'missing'],
    [null, 'missing'],
    [20200116, 'in another form'],
    [20200116n, 'in another form'],
    [new Date('2020-01-16'), 'in another form'],
    ['2020-01-16 10:30:00', 'in another form'],
    ['2020-02-30', 'unreadable'],
    ['tomorrow', 'unreadable'],
    [{}, 'unreadable'],
  ])('names the form of the day %o: %s', (trading_day, form) => {
    expect([...tallied(HISTORY, { trading_day }).forms]).toEqual([[form, 1]]);
  });

  it('takes a settled state for undated without a day, but for the first row of a backtest', () => {
    const days = ['2020-01-16', '', undefined, 'tomorrow'];
    const ofDays = days.map((trading_day) => ({ trading_day }));
    expect(tallied(HISTORY, ...ofDays).undated).toMatchObject({ count: 2, examples: ['id-2', 'id-3'] });
    expect(tallied(ACCOUNT, ...ofDays).undated).toMatchObject({ count: 1, examples: ['id-3'] });
  });

  it('takes a mark for undated without a time', () => {
    const times = ['2020-01-16 10:30:00_112233', new Date(), '', undefined, 'now'];
    const tally = tallied(MARKS, ...times.map((updatetime) => ({ updatetime })));
    expect(tally.undated).toMatchObject({ count: 3, examples: ['id-2', 'id-3', 'id-4'] });
    expect([...tally.forms.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('takes what is no number for no balance, and a text of digits for one', () => {
    const balances = [1, 0, '12.5', 10n, Number.NaN, Number.NEGATIVE_INFINITY, null, undefined, 'much', {}, true];
    const tally = tallied(HISTORY, ...balances.map((balance) => ({ accounts: { balance } })));
    expect(tally.withoutBalance.count).toBe(7);
    expect(tally.withoutBalance.examples).toEqual(['id-4', 'id-5', 'id-6']);
    expect(tallied(HISTORY, { accounts: [] }, { accounts: 1 }, { accounts: undefined }).withoutAccounts.count).toBe(3);
  });

  it('counts names that nobody can be asked for by', () => {
    const names = ['a', 133496, '', null, undefined, { $gt: '' }, ['a'], 'a\n', 'x'.repeat(257)];
    expect(tallied(HISTORY, ...names.map((account_cookie) => ({ account_cookie }))).unnamed.count).toBe(7);
  });

  it('finds days and accounts that have several documents, however they say the day', () => {
    const states = [
      { trading_day: '2020-01-16' },
      { trading_day: '20200116' },
      { trading_day: 20200116 },
      { trading_day: '2020-01-17' },
      { trading_day: '' },
      { trading_day: '' },
      { account_cookie: 'b' },
    ];
    expect(tallied(HISTORY, ...states).repeated).toMatchObject({ count: 1, examples: ['"a" 2020-01-16'] });
    expect(tallied(ACCOUNT, ...states).repeated).toMatchObject({ count: 1, examples: ['"a"'] });
    expect(tallied(MARKS, ...states).repeated).toMatchObject({ count: 0, examples: [] });
  });
});
