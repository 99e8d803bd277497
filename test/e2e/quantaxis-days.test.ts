import { type Document, Int32, Long } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnMongo } from '../support/mongo.ts';
import { insertShapes, mark, pythonState, traderState, wallDate } from '../support/quantaxis-database.ts';
import { openQuantaxis, type QuantaxisDesk } from '../support/quantaxis-desk.ts';

/** A state that is told by its balance. */
function row(accountCookie: string, trading_day: unknown, balance: number, more: Document = {}): Document {
  const { accounts, ...rest } = more;
  return pythonState(accountCookie, {
    ...{ trading_day, positions: {}, trades: {}, orders: {} },
    accounts: { balance, pre_balance: balance, deposit: 0, ...accounts },
    ...rest,
  });
}

/** What a day may look like in a `trading_day`. The clock of these tests stands at 2026-11-20. */
const FORMS: readonly (readonly [string, (day: string) => unknown])[] = [
  ['with dashes', (day) => day],
  ['without dashes', plain],
  ['with dashes and a time', (day) => `${day} 15:00:00`],
  ['without dashes, with a time', (day) => `${plain(day)} 15:00`],
  ['as a number', (day) => new Int32(Number(plain(day)))],
  ['as a long number', (day) => Long.fromString(plain(day))],
  ['as a date', (day) => wallDate(`${day} 00:00:00`)],
  ['as a date with a time', (day) => wallDate(`${day} 15:00:00`)],
];

function plain(day: string): string {
  return day.replaceAll('-', '');
}

/** Days that are none. */
const UNREADABLE: readonly unknown[] = ['gestern', '2026-02-30', '2026-11', new Int32(99999999), true, { day: 1 }];

describeOnMongo('trading days of QUANTAXIS', (server) => {
  let quantaxis: QuantaxisDesk;
  beforeAll(async () => {
    quantaxis = await openQuantaxis(server, {
      fill: async ({ history, account, realtimeHistory, marks }) => {
        await insertShapes(history, server, [
          row('mixed', '2026-11-09', 1001),
          row('mixed', '20261110', 1002),
          row('mixed', '', 9001),
          row('mixed', '   ', 9002),
          row('mixed', null, 9003),
          row('mixed', '2026-11-12 15:00:00', 1004),
          row('mixed', new Int32(20261113), 1005),
          row('mixed', wallDate('2026-11-16 00:00:00'), 1006),
          row('mixed', Long.fromString('20261117'), 1007),
          row('mixed', wallDate('2026-11-18 20:59:00'), 1008),
          row('mixed', '20261119 15:00:00', 1009),
          // Two of one day: the one that was written later counts, whichever was inserted later.
          row('twice', '2026-11-18', 1, { updatetime: '2026-11-18 20:59:01.118236' }),
          row('twice', '20261118', 2, { updatetime: '2026-11-18 20:59:00' }),
          row('twice', '2026-11-19', 3, { updatetime: '2026-11-19 15:00:00' }),
          row('twice', '20261119 15:00:00', 4, { updatetime: '2026-11-19 15:00:01' }),
          // Two collections of one day: the later one, and without a time that of QUANTAXIS' own collection.
          row('both', '2026-11-17', 10, { updatetime: '2026-11-17 15:00:00' }),
          row('both', '2026-11-18', 20, { updatetime: '2026-11-18 23:00:00' }),
          row('both', '2026-11-19', 30),
          row('blank', '', 1),
          row('dayless', null, 5),
          pythonState('missing', { trading_day: undefined, accounts: { balance: 6 } }),
          row('unreadable', '2026-11-18', 7),
          ...UNREADABLE.map((day, index) => row('unreadable', day, index)),
          row('garbage', 'gestern', 1),
          ...FORMS.flatMap(([form, write]) => [
            row(`last ${form}`, '2026-10-30', 1),
            row(`last ${form}`, write('2026-11-18'), 2),
            row(`old ${form}`, '2021-05-06', 1),
            row(`old ${form}`, write('2022-01-04'), 2),
            row(`later ${form}`, write('2026-11-17'), 1),
          ]),
        ]);
        await insertShapes(realtimeHistory, server, [
          row('both', '20261117', 11, { updatetime: '2026-11-17 20:59:00' }),
          row('both', '20261118', 21, { updatetime: '2026-11-18 20:59:00' }),
          row('both', '20261119', 31),
          traderState('settled', { trading_day: '20261116', accounts: { balance: 1 } }),
        ]);
        await insertShapes(account, server, [
          // The Python writer finds its document by account and password.
          row('passwords', '2026-11-18', 1, { password: 'old' }),
          row('passwords', '2026-11-19', 2, { password: 'new' }),
          row('passwords', '2026-11-17', 3, { password: 'oldest' }),
          row('settled', '20261118', 3, { updatetime: '2026-11-18 10:00:00' }),
          row('undated', undefined, 9),
        ]);
        await marks.insertMany([
          mark('settled', '2026-11-17 10:00:00_1', 2),
          // Of one day in both forms, the last mark as text and then as a date.
          mark('settled', wallDate('2026-11-12 23:00:00'), 0.25),
          mark('settled', '2026-11-12 23:30:00_5', 0.5),
          mark('settled', wallDate('2026-11-13 23:00:00'), 0.75),
          mark('settled', '2026-11-13 22:00:00_5', 0.125),
        ]);
      },
    });
  });
  afterAll(() => quantaxis[Symbol.asyncDispose]());

  const account = (accountCookie: string, fields: string, rest = '') =>
    quantaxis
      .data(`query ($name: String!) { account(accountCookie: $name${rest}) { ${fields} } }`, { name: accountCookie })
      .then((data) => data.account);
  const curveOf = async (accountCookie: string, rest = ''): Promise<[string, number][]> => {
    const { equityCurve } = await account(accountCookie, 'equityCurve { tradingDay balance }', rest);
    return equityCurve.map((point: { tradingDay: string; balance: number }) => [point.tradingDay, point.balance]);
  };

  it('are read in whatever form they are written; a blank one is none', async () => {
    const curve = [
      ['2026-11-09', 1001],
      ['2026-11-10', 1002],
      ['2026-11-12', 1004],
      ['2026-11-13', 1005],
      ['2026-11-16', 1006],
      ['2026-11-17', 1007],
      ['2026-11-18', 1008],
      ['2026-11-19', 1009],
    ] as const;
    expect(await curveOf('mixed')).toEqual(curve);
    const days = [...curve.map(([day]) => day), '2026-11-11'];
    const asked = days.map(
      (day, index) => `of${index}: account(accountCookie: "mixed", tradingDay: "${day}") { balance }`,
    );
    const asOf = await quantaxis.data(`{ ${asked.join(' ')} }`);
    expect(Object.values(asOf)).toEqual([...curve.map(([, balance]) => ({ balance })), null]);
    expect(await account('mixed', 'tradingDay balance')).toEqual({ tradingDay: '2026-11-19', balance: 1009 });
  });

  it('that an account or two collections have twice count once, at the state that was written later', async () => {
    const fields = 'tradingDay balance';
    const answer = await quantaxis.data(`{
      twice: account(accountCookie: "twice") { balance equityCurve { ${fields} } }
      twice18: account(accountCookie: "twice", tradingDay: "2026-11-18") { ${fields} }
      twice19: account(accountCookie: "twice", tradingDay: "2026-11-19") { ${fields} }
      both: account(accountCookie: "both") { balance equityCurve { ${fields} } }
      both17: account(accountCookie: "both", tradingDay: "2026-11-17") { ${fields} } }`);
    const [twice18, twice19] = [
      { tradingDay: '2026-11-18', balance: 1 },
      { tradingDay: '2026-11-19', balance: 4 },
    ];
    const both17 = { tradingDay: '2026-11-17', balance: 11 };
    const [both18, both19] = [
      { tradingDay: '2026-11-18', balance: 20 },
      { tradingDay: '2026-11-19', balance: 30 },
    ];
    expect(answer).toEqual({
      ...{ twice: { balance: 4, equityCurve: [twice18, twice19] }, twice18, twice19 },
      ...{ both: { balance: 30, equityCurve: [both17, both18, both19] }, both17 },
    });
  });

  it('that say nothing make a state of no day, and blank ones none at all', async () => {
    const fields = 'tradingDay balance equityCurve { balance }';
    const answer = await quantaxis.data(`{
      dayless: account(accountCookie: "dayless") { ${fields} } missing: account(accountCookie: "missing") { ${fields} }
      undated: account(accountCookie: "undated", source: REALTIME) { ${fields} }
      blank: account(accountCookie: "blank") { ${fields} } accounts(search: "blank") { totalCount } }`);
    expect(answer).toEqual({
      dayless: { tradingDay: null, balance: 5, equityCurve: [] },
      missing: { tradingDay: null, balance: 6, equityCurve: [] },
      undated: { tradingDay: null, balance: 9, equityCurve: [] },
      ...{ blank: null, accounts: { totalCount: 0 } },
    });
  });

  it('that cannot be read are left out of the series, counted, and never the latest', async () => {
    const { data, errors, text } = await quantaxis.desk.ask(
      '{ account(accountCookie: "unreadable") { tradingDay balance equityCurve { balance } } }',
    );
    expect(errors).toEqual([]);
    expect(data.account).toEqual({ tradingDay: '2026-11-18', balance: 7, equityCurve: [{ balance: 7 }] });
    const { dataIssues } = JSON.parse(text).extensions;
    expect(dataIssues).toMatchObject({ dropped: UNREADABLE.length, nulled: 0 });
    expect(dataIssues.samples).toHaveLength(5);
    for (const sample of dataIssues.samples) {
      expect(sample).toMatch(/^\w+\.history [0-9a-f]{24}: left out, trading_day: received .+, wanted a day$/);
    }
  });

  it('that none of an account can be read leave it out of the list, counted', async () => {
    const { data, errors, text } = await quantaxis.desk.ask(
      '{ accounts(search: "garbage") { totalCount nodes { id } } }',
    );
    expect(errors).toEqual([]);
    expect(data.accounts).toEqual({ totalCount: 0, nodes: [] });
    expect(JSON.parse(text).extensions.dataIssues.samples).toContainEqual(
      expect.stringMatching(/left out, trading_day: received "gestern"/),
    );
  });

  /** The latest states of the accounts of a name, one for each form. */
  const latestOfForms = async (name: string): Promise<object> => {
    const asked = FORMS.map(
      ([form], index) => `of${index}: account(accountCookie: "${name} ${form}") { tradingDay balance }`,
    );
    return quantaxis.data(`{ ${asked.join(' ')} }`);
  };
  const ofEachForm = <Value>(value: Value) => Object.fromEntries(FORMS.map((_, index) => [`of${index}`, value]));

  it('are the latest in every form, when they are asked for first and ever after', async () => {
    for (let round = 0; round < 2; round++) {
      expect(await latestOfForms('last')).toEqual(ofEachForm({ tradingDay: '2026-11-18', balance: 2 }));
      expect(await latestOfForms('old')).toEqual(ofEachForm({ tradingDay: '2022-01-04', balance: 2 }));
    }
    const { accounts } = await quantaxis.data('{ accounts(search: "last ") { nodes { balance } } }');
    expect(accounts.nodes).toEqual(FORMS.map(() => ({ balance: 2 })));
  });

  it('that come after what was found before are the latest, whatever forms both have', async () => {
    expect(await latestOfForms('later')).toEqual(ofEachForm({ tradingDay: '2026-11-17', balance: 1 }));
    for (const [index, [, write]] of FORMS.entries()) {
      const tradingDay = `2026-11-${18 + index}`;
      const later = FORMS.map(([form]) => row(`later ${form}`, write(tradingDay), index));
      await insertShapes(quantaxis.collections.history, server, later);
      expect(await latestOfForms('later')).toEqual(ofEachForm({ tradingDay, balance: index }));
    }
  });

  it('of an account that has several documents for several passwords: the latest is its state', async () => {
    expect(await account('passwords', 'tradingDay balance', ', source: REALTIME')).toEqual({
      ...{ tradingDay: '2026-11-19', balance: 2 },
    });
    const { accounts } = await quantaxis.data('{ accounts(source: REALTIME, search: "pass") { totalCount } }');
    expect(accounts.totalCount).toBe(1);
  });

  it('of a running account are its state, settled ones, and marks where neither tells', async () => {
    expect(await curveOf('settled', ', source: REALTIME')).toEqual([
      ['2026-11-12', 0.5],
      ['2026-11-13', 0.75],
      ['2026-11-16', 1],
      ['2026-11-17', 2],
      ['2026-11-18', 3],
    ]);
  });
});
