import type { EquityMark as EquityMarkRow, EquityPoint as EquityPointRow } from '../domain/account.ts';
import { column, SERIES } from '../domain/column.ts';
import { cutEquity } from '../domain/equity.ts';
import {
  MONTHLY_PROFIT_MODES,
  type MonthlyProfit as MonthlyProfitRow,
  monthlyProfit,
} from '../domain/monthly-profit.ts';
import { type AccountPerformance as PerformanceFigures, performance } from '../domain/performance.ts';
import { AccountNode } from './accounts.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';
import { isWithin, openRange, openTimeRange } from './ranges.ts';
import { storedValue } from './stored-value.ts';

/** With their descriptions. */
const EQUITY_FIGURES = [
  ['available', 'Money free for new positions.'],
  ['margin', 'Money held for open positions.'],
  ['deposit', 'Money paid in on this day.'],
  ['withdraw', 'Money taken out on this day.'],
] as const;

export const EquityPoint = builder.objectRef<EquityPointRow>('EquityPoint').implement({
  description: 'The balance of one trading day, in the currency of the account.',
  fields: (t) => ({
    tradingDay: t.expose('tradingDay', {
      type: 'Date',
      description: 'The day.',
      extensions: column('tradingDay', 'DAY'),
    }),
    balance: t.exposeFloat('balance', {
      description: 'Equity at the end of the day.',
      extensions: column('balance', 'NUMBER'),
    }),
    ...Object.fromEntries(
      EQUITY_FIGURES.map(([figure, description]) => [
        figure,
        t.float({
          nullable: true,
          description,
          extensions: column(figure, 'NUMBER'),
          resolve: (point, _args, context) => storedValue(point, figure, context),
        }),
      ]),
    ),
  }),
});

const EquityMark = builder.objectRef<EquityMarkRow>('EquityMark').implement({
  description: 'A balance within the day.',
  fields: (t) => ({
    at: t.expose('at', {
      type: 'DateTime',
      description: 'When it was written.',
      extensions: column('at', 'INSTANT'),
    }),
    balance: t.exposeFloat('balance', {
      description: 'Equity at that instant, in the currency of the account.',
      extensions: column('balance', 'NUMBER'),
    }),
  }),
});

const MonthlyProfitModeEnum = describedEnum('MonthlyProfitMode', {
  description: 'How a month without a record, the first month and money moved in or out are counted.',
  values: MONTHLY_PROFIT_MODES,
  meaning: {
    CARRY:
      "The last month-end carries over a gap, the first month starts from the first day's preBalance, deposits and withdrawals are taken out.",
    LEGACY:
      'As QUANTAXIS computes it, for comparison: whole currency units, gaps swallow two months, money moved counts as profit.',
  },
});

const MonthlyProfit = builder.objectRef<MonthlyProfitRow>('MonthlyProfit').implement({
  description: 'Profit of one calendar month.',
  fields: (t) => ({
    month: t.expose('month', {
      type: 'Date',
      description: 'The last calendar day of the month, a future day for the running one.',
      extensions: column('month', 'DAY'),
    }),
    profit: t.exposeFloat('profit', {
      description: 'In the currency of the account.',
      extensions: column('profit', 'NUMBER'),
    }),
  }),
});

const AccountPerformance = builder.objectRef<PerformanceFigures>('AccountPerformance').implement({
  description:
    'Fractions; annualized over 252 trading days, risk-free rate 0, sample deviation, money moved taken out.',
  fields: (t) => ({
    days: t.exposeInt('days', { description: 'Trading days with a balance in the range.' }),
    totalReturn: t.exposeFloat('totalReturn', { nullable: true, description: 'Compounded daily returns, minus 1.' }),
    annualReturn: t.exposeFloat('annualReturn', {
      nullable: true,
      description: '(1 + totalReturn) to the power of 252 / days, minus 1.',
    }),
    annualVolatility: t.exposeFloat('annualVolatility', {
      nullable: true,
      description: 'Sample deviation of daily returns times the root of 252.',
    }),
    sharpeRatio: t.exposeFloat('sharpeRatio', {
      nullable: true,
      description: 'Mean over sample deviation of daily returns, times the root of 252. Null when they do not vary.',
    }),
    maxDrawdown: t.exposeFloat('maxDrawdown', {
      nullable: true,
      description: 'The deepest fall of the compounded index from a peak before it, as a positive fraction.',
    }),
    winRate: t.exposeFloat('winRate', {
      nullable: true,
      description: 'Share of days with a positive return among days with any.',
    }),
    tradeCount: t.exposeInt('tradeCount', { description: 'Fills in the range.' }),
  }),
});

builder.objectFields(AccountNode, (t) => ({
  equityCurve: t.field({
    type: [EquityPoint],
    nullable: true,
    description: 'Balance by trading day, ascending, one point a day. Without start and end: everything.',
    extensions: SERIES,
    args: {
      start: t.arg({ type: 'Date', description: 'First day wanted, itself included.' }),
      end: t.arg({ type: 'Date', description: 'Last day wanted, itself included.' }),
    },
    resolve: async ({ snapshot }, args, { loaders }) => {
      const range = openRange(args);
      return cutEquity(await loaders.accounts.equityRows.load(snapshot), range);
    },
  }),
  intradayEquity: t.field({
    type: [EquityMark],
    nullable: true,
    description:
      'Stored intraday marks of a REALTIME account, ascending. [] for HISTORY. One operation may ask for 1,000,000 of them.',
    extensions: SERIES,
    args: {
      start: t.arg({ type: 'DateTime', description: 'First instant wanted, itself included.' }),
      end: t.arg({ type: 'DateTime', description: 'Last instant wanted, itself included.' }),
    },
    resolve: async ({ snapshot }, args, { loaders }) => {
      const { source, accountCookie } = snapshot;
      return loaders.accounts.equityMarks.load({ source, accountCookie, ...openTimeRange(args) });
    },
  }),
  monthlyProfit: t.field({
    type: [MonthlyProfit],
    nullable: true,
    description: 'Profit by calendar month, ascending.',
    extensions: SERIES,
    args: {
      mode: t.arg({
        type: MonthlyProfitModeEnum,
        required: true,
        defaultValue: 'CARRY',
        description: 'How gaps, the first month and money moved are counted.',
      }),
    },
    resolve: async ({ snapshot }, { mode }, { loaders }) => [
      ...monthlyProfit(await loaders.accounts.equityRows.load(snapshot), mode),
    ],
  }),
  performance: t.field({
    type: AccountPerformance,
    nullable: true,
    description: 'Return and risk over the range, by default over everything.',
    args: {
      start: t.arg({ type: 'Date', description: 'First day wanted, itself included.' }),
      end: t.arg({ type: 'Date', description: 'Last day wanted, itself included.' }),
    },
    resolve: async ({ snapshot }, args, { loaders }) => {
      const range = openRange(args);
      const [rows, trades] = await Promise.all([
        loaders.accounts.equityRows.load(snapshot),
        loaders.accounts.trades.load(snapshot),
      ]);
      const tradeCount = trades.filter((trade) => isWithin(trade.tradingDay, range)).length;
      return performance(cutEquity(rows, range), tradeCount);
    },
  }),
}));
