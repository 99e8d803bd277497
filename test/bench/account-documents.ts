import { formatDay } from '../../src/domain/day.ts';

/** Days of ten years of trading, and accounts of one query. */
export const CURVE_DAYS = 2430;
export const ACCOUNTS = 200;
export const CURVE_ACCOUNT = 'bench-curve';
const DAYS_OF_OTHERS = 20;
const LAST_DAY = Math.floor(Date.now() / 86_400_000);

export const CURVE_QUERY = `{ account(accountCookie: "${CURVE_ACCOUNT}") { equityCurve { tradingDay balance available margin } } }`;
export const LATEST_QUERY = `{ accounts(first: ${ACCOUNTS}, search: "bench-latest") { nodes { accountCookie balance } } }`;

export function nameOfLatest(index: number): string {
  return `bench-latest-${String(index).padStart(3, '0')}`;
}

/** Settled documents as the Python writer stores them: one account of ten years, and 200 of some days. */
export function* benchDocuments(): Generator<Record<string, unknown>> {
  for (let index = 0; index < CURVE_DAYS; index++) yield documentOf(CURVE_ACCOUNT, LAST_DAY - CURVE_DAYS + 1 + index);
  for (let account = 0; account < ACCOUNTS; account++) {
    for (let index = 0; index < DAYS_OF_OTHERS; index++) {
      yield documentOf(nameOfLatest(account), LAST_DAY - DAYS_OF_OTHERS + 1 + index);
    }
  }
}

/** The day of the latest states, as the documents say it. */
export const LATEST_TRADING_DAY: string = formatDay(LAST_DAY);

function documentOf(accountCookie: string, day: number): Record<string, unknown> {
  const balance = 1_000_000 + (day % 997) * 1.25;
  return {
    account_cookie: accountCookie,
    portfolio: 'bench',
    model: 'BACKTEST',
    broker_name: 'QAPaperTrading',
    trading_day: formatDay(day),
    updatetime: '',
    status: 200,
    accounts: {
      user_id: accountCookie,
      currency: 'CNY',
      pre_balance: balance - 1.25,
      deposit: 0,
      withdraw: 0,
      close_profit: -3.5,
      commission: 3.5015,
      position_profit: 100.5,
      float_profit: 100.5,
      balance,
      margin: 3150.25,
      available: balance - 3150.25,
      risk_ratio: 0.03243370147807367,
    },
    positions: {
      SHFE_rb2005: {
        instrument_id: 'rb2005',
        exchange_id: 'SHFE',
        volume_long: 1,
        open_price_long: 3500,
        margin: 3150.25,
      },
    },
    trades: {},
    orders: {},
  };
}
