import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnMongo } from '../support/mongo.ts';
import { backtestBeginning, insertShapes, mark, pythonState } from '../support/quantaxis-database.ts';
import { openQuantaxis, type QuantaxisDesk } from '../support/quantaxis-desk.ts';

interface Day {
  readonly day: string;
  readonly balance: unknown;
  readonly preBalance?: number;
  readonly deposit?: number;
  readonly withdraw?: number;
}

function rows(accountCookie: string, days: readonly Day[]): Document[] {
  return days.map(({ day, balance, preBalance = 0, deposit = 0, withdraw = 0 }) =>
    pythonState(accountCookie, {
      ...{ model: 'BACKTEST', trading_day: day, positions: {}, trades: {}, orders: {} },
      accounts: { balance, pre_balance: preBalance, deposit, withdraw },
    }),
  );
}

/** Out of order, as a collection is; without a day in January, May and June. */
const MONTHS: readonly Day[] = [
  { day: '2020-02-28', balance: 100400.5 },
  { day: '2019-11-28', balance: 100000.5, preBalance: 99990.25, deposit: 100 },
  { day: '2019-11-29', balance: 100001.5 },
  { day: '2019-12-31', balance: 100250.25 },
  { day: '2020-04-01', balance: 77777.75 },
  { day: '2020-04-30', balance: 90402.5, withdraw: 10000 },
  { day: '2020-03-31', balance: 100401.5 },
  { day: '2020-07-01', balance: 0.5 },
  { day: '2020-08-03', balance: -1.5 },
];

describeOnMongo('monthlyProfit of accounts of QUANTAXIS', (server) => {
  let quantaxis: QuantaxisDesk;
  beforeAll(async () => {
    quantaxis = await openQuantaxis(server, {
      fill: async ({ history, account, marks }) => {
        await insertShapes(history, server, [
          backtestBeginning('months'),
          ...rows('months', MONTHS),
          ...rows('single', [{ day: '2020-02-03', balance: 51212.5, preBalance: 50000 }]),
          ...rows('tomorrow', [
            { day: '2026-11-19', balance: 10 },
            { day: '2026-12-01', balance: 20.5 },
          ]),
          ...rows('holes', [
            { day: '2020-02-03', balance: 100.25 },
            { day: '2020-02-04', balance: null },
            { day: '2020-03-02', balance: undefined },
            { day: '2020-04-01', balance: 110.25 },
          ]),
          backtestBeginning('unborn'),
        ]);
        await insertShapes(account, server, rows('sim', [{ day: '2020-03-02', balance: 130.5, preBalance: 120 }]));
        await marks.insertMany([
          mark('sim', '2020-01-31 15:00:00_000001', 100.5),
          mark('sim', '2020-02-03 09:31:00_000001', 101.5),
          mark('sim', '2020-02-28 15:00:00_000001', 120.25),
        ]);
      },
    });
  });
  afterAll(() => quantaxis[Symbol.asyncDispose]());

  const profitsOf = async (accountCookie: string, mode: string, source = 'HISTORY') => {
    const { account } = await quantaxis.data(
      `{ account(accountCookie: "${accountCookie}", source: ${source}) { monthlyProfit(mode: ${mode}) { month profit } } }`,
    );
    return account.monthlyProfit.map(({ month, profit }: { month: string; profit: number }) => [month, profit]);
  };

  // Whole units, half to even: 100000, 100002, 100250, 100400, 100402, 77778, 90402, 0, -2. QUANTAXIS takes differences
  // of [100000, November, December, NaN, February, March, April, NaN, NaN, July, August] and drops what is NaN.
  it('in LEGACY mode is what QUANTAXIS computes: half to even, months swallowed, money moved counted', async () => {
    expect(await profitsOf('months', 'LEGACY')).toEqual([
      ['2019-11-30', 2],
      ['2019-12-31', 248],
      ['2020-03-31', 2],
      ['2020-04-30', -10000],
      ['2020-08-31', -2],
    ]);
  });

  it('in CARRY mode carries month-ends over gaps, starts from preBalance and takes money moved out', async () => {
    expect(await profitsOf('months', 'CARRY')).toEqual([
      ['2019-11-30', -88.75],
      ['2019-12-31', 248.75],
      ['2020-02-29', 150.25],
      ['2020-03-31', 1],
      ['2020-04-30', 1],
      ['2020-07-31', -90402],
      ['2020-08-31', -2],
    ]);
  });

  it('of a single day is 0 as QUANTAXIS computes it, and what was earned on that day else', async () => {
    expect(await profitsOf('single', 'LEGACY')).toEqual([['2020-02-29', 0]]);
    expect(await profitsOf('single', 'CARRY')).toEqual([['2020-02-29', 1212.5]]);
  });

  it('hides no day after the start of the server, as QUANTAXIS does', async () => {
    expect(await profitsOf('tomorrow', 'LEGACY')).toEqual([
      ['2026-11-30', 0],
      ['2026-12-31', 10],
    ]);
  });

  it('skips days without a balance, which make no month', async () => {
    expect(await profitsOf('holes', 'LEGACY')).toEqual([['2020-02-29', 0]]);
    expect(await profitsOf('holes', 'CARRY')).toEqual([
      ['2020-02-29', 100.25],
      ['2020-04-30', 10],
    ]);
  });

  it('of a simulated account comes from its marks and its state', async () => {
    expect(await profitsOf('sim', 'LEGACY', 'REALTIME')).toEqual([
      ['2020-01-31', 0],
      ['2020-02-29', 20],
      ['2020-03-31', 10],
    ]);
    expect(await profitsOf('sim', 'CARRY', 'REALTIME')).toEqual([
      ['2020-01-31', 0],
      ['2020-02-29', 19.75],
      ['2020-03-31', 10.25],
    ]);
  });

  it('is of no account that never settled a day', async () => {
    const { account } = await quantaxis.data('{ account(accountCookie: "unborn") { monthlyProfit { month } } }');
    expect(account).toBeNull();
  });
});
