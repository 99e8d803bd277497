import { type Collection, type Document, Double, Long } from 'mongodb';
import type { MongoDatabases, MongoServer } from './mongo.ts';

/** What must never be told: every secret of a document holds it. */
export const CANARY = 'canary-5f1e9b';

const SECRETS: Document = {
  password: `${CANARY} password`,
  capital_password: `${CANARY} capital_password`,
  bank_password: `${CANARY} bank_password`,
  databaseip: `${CANARY}.database`,
  trade_host: `${CANARY}.trade`,
  pub_host: `${CANARY}.pub`,
  eventmq_ip: `${CANARY}.eventmq`,
  wsuri: `ws://ann:${CANARY}@10.0.0.1:7988`,
  banks: { QASIM: { id: 'QASIM', name: 'QASIMBank', bank_account: CANARY, fetch_amount: 0.0, qry_count: 0 } },
  settlement: { '20200115': `${CANARY} report` },
};

/** The collections that QUANTAXIS' writers fill. */
export interface QuantaxisCollections {
  readonly history: Collection<Document>;
  readonly account: Collection<Document>;
  readonly realtimeHistory: Collection<Document>;
  readonly marks: Collection<Document>;
}

export function quantaxisCollections({
  client,
  names,
}: Pick<MongoDatabases, 'client' | 'names'>): QuantaxisCollections {
  const realtime = client.db(names.realtime);
  return {
    history: client.db(names.quantaxis).collection('history'),
    account: realtime.collection('account'),
    realtimeHistory: realtime.collection('history'),
    marks: realtime.collection('hisaccount'),
  };
}

/** The index that QUANTAXIS makes, and those that `deskgraph doctor` advises to make. */
export async function createAdvisedIndexes({ history, account, realtimeHistory, marks }: QuantaxisCollections) {
  await history.createIndex({ account_cookie: 1, trading_day: 1 }, { unique: true });
  await account.createIndex({ account_cookie: 1 });
  await realtimeHistory.createIndex({ account_cookie: 1, trading_day: 1 });
  await marks.createIndex({ account_cookie: 1, updatetime: 1 });
}

/** Inserts documents into a server as far as it holds their shapes: keys with dots become keys without. */
export async function insertShapes(into: Collection<Document>, server: MongoServer, documents: readonly Document[]) {
  const shaped = server.holdsAllShapes ? documents : documents.map((document) => withoutDots(document) as Document);
  await into.insertMany([...shaped], { ignoreUndefined: true });
}

function withoutDots(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDots);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key.replaceAll('.', '_'), withoutDots(each)]));
}

const BOUGHT_AT = Long.fromString('1579141800112232960');

/** A state as QifiAccount.py stores it: ints where figures are whole, dots in position keys, foreign owners inside. */
export function pythonState(accountCookie: string, changes: Document = {}): Document {
  const { accounts, ...rest } = changes;
  return {
    account_cookie: accountCookie,
    ...SECRETS,
    model: 'SIM',
    ping_gap: 5,
    portfolio: 'cta',
    broker_name: 'QAPaperTrading',
    bankid: 'QASIM',
    investor_name: '',
    money: 96850.0,
    taskid: '0bcd8394-5cc2-4ff0-a9b5-ce5d0b5fa3f1',
    sourceid: 'QIFI_Account',
    updatetime: '',
    bankname: 'QASIMBank',
    trading_day: '2020-01-16',
    status: 200,
    accounts: {
      user_id: accountCookie,
      currency: 'CNY',
      pre_balance: 0,
      deposit: 100000,
      withdraw: 0,
      WithdrawQuota: 0,
      close_profit: -3.5,
      commission: 3.5015,
      premium: 0,
      static_balance: 0,
      position_profit: 100.0,
      float_profit: 100.0,
      balance: 100096.5,
      margin: 3150.0,
      frozen_margin: 0,
      frozen_commission: 0.0,
      frozen_premium: 0.0,
      available: 96850.0,
      risk_ratio: 0.03243370147807367,
      ...accounts,
    },
    trades: { 'a930d427-1': pythonTrade() },
    positions: { 'SHFE.rb2005': pythonPosition() },
    orders: { 'b3eda7b5-1': pythonOrder() },
    event: { '2020-01-16 09:30:00_250251': '转账成功 100000' },
    transfers: { '0': { datetime: Long.fromString('433241234123'), currency: 'CNY', amount: 100000, error_id: 0 } },
    frozen: { 'b3eda7b5-1': { amount: 0, coeff: 3150.0, money: 0 } },
    ...rest,
  };
}

/** The first row of every backtest: written before any day was known. */
export function backtestBeginning(accountCookie: string): Document {
  const accounts = { balance: 100000, close_profit: 0, float_profit: 0, available: 100000 };
  return pythonState(accountCookie, {
    model: 'BACKTEST',
    trading_day: '',
    accounts,
    ...{ positions: {}, trades: {}, orders: {} },
  });
}

export function pythonTrade(changes: Document = {}): Document {
  return {
    seqno: 2,
    user_id: 'quantaxis',
    trade_id: 'a930d427-1',
    exchange_id: 'SHFE',
    instrument_id: 'rb2005',
    order_id: 'b3eda7b5-1',
    exchange_trade_id: 'a930d427-1',
    direction: 'BUY',
    offset: 'OPEN',
    volume: 1,
    price: 3500.0,
    trade_time: '2020-01-16 10:30:00_112233',
    commission: 3.5,
    trade_date_time: BOUGHT_AT,
    ...changes,
  };
}

export function pythonPosition(changes: Document = {}): Document {
  return {
    code: 'rb2005',
    instrument_id: 'rb2005',
    user_id: 'quantaxis',
    account_cookie: 'quantaxis',
    portfolio_cookie: 'portfolio',
    username: 'quantaxis',
    frozen: {},
    name: null,
    market_type: 'future_cn',
    exchange_id: 'SHFE',
    volume_long_today: 1,
    volume_long_his: 0,
    volume_long: 1,
    volume_long_yd: 0,
    volume_short_today: 0,
    volume_short_his: 0,
    volume_short: 0,
    volume_long_frozen: 0,
    volume_short_frozen: 0,
    margin_long: 3150.0,
    margin: 3150.0,
    position_price_long: 3500.0,
    position_cost_long: 35000.0,
    position_price_short: 0,
    open_price_long: 3500.0,
    open_cost_long: 35000.0,
    open_price_short: 0,
    open_cost_short: 0,
    trades: [],
    orders: {},
    last_price: 3510.0,
    float_profit: 100.0,
    position_profit: 100.0,
    ...changes,
  };
}

export function pythonOrder(changes: Document = {}): Document {
  return {
    account_cookie: 'quantaxis',
    user_id: 'quantaxis',
    instrument_id: 'rb2005',
    towards: 2,
    exchange_id: 'SHFE',
    volume: 1,
    price: 3500.0,
    order_id: 'b3eda7b5-1',
    seqno: 1,
    direction: 'BUY',
    offset: 'OPEN',
    volume_orign: 1,
    price_type: 'LIMIT',
    limit_price: 3500.0,
    time_condition: 'GFD',
    volume_condition: 'ANY',
    insert_date_time: BOUGHT_AT,
    order_time: '2020-01-16 10:30:00_112233',
    status: 'FINISHED',
    volume_left: 0,
    last_msg: '全部成交',
    ...changes,
  };
}

/** A settled day as QATrader stores it: no dashes in the day, underscores in keys, many fields missing. */
export function traderState(accountCookie: string, changes: Document = {}): Document {
  const { accounts, ...rest } = changes;
  return {
    account_cookie: accountCookie,
    ...SECRETS,
    capital_password: null,
    trading_day: '20200116',
    status: 500,
    updatetime: '2020-01-16 20:59:01.118236',
    broker_name: 'simnow',
    portfolio: 'default',
    money: 0,
    bankid: 0,
    taskid: null,
    investor_name: '',
    accounts: {
      user_id: accountCookie,
      currency: 'CNY',
      pre_balance: 999996.1,
      balance: 1003396.1,
      margin: 11050.0,
      available: 992346.1,
      risk_ratio: 0.011012600108770587,
      ...accounts,
    },
    positions: {
      DCE_j2005: {
        user_id: accountCookie,
        exchange_id: 'DCE',
        instrument_id: 'j2005',
        volume_short_his: 1,
        volume_short: 1,
        open_price_short: 2023.5,
      },
    },
    event: { '2020-01-16 21:01:36': '登录成功' },
    orders: {},
    trades: {},
    transfers: {},
    ...rest,
  };
}

/** A settled day as qapro-rs stores it: bare keys, no exchange, `events`, and the two conditions of an order swapped. */
export function rustState(accountCookie: string, changes: Document = {}): Document {
  const filledAt = Long.fromString('1579138200000000000');
  return inDoubles({
    account_cookie: accountCookie,
    ...SECRETS,
    password: '',
    trading_day: '2020-01-16',
    status: 200,
    updatetime: '2020-01-16 15:00:00',
    broker_name: 'QASIM',
    portfolio: 'cta',
    money: 1.5e5,
    ping_gap: 0,
    taskid: '',
    accounts: {
      user_id: accountCookie,
      currency: 'CNY',
      pre_balance: 200000.0,
      deposit: 0.0,
      withdraw: 0.0,
      WithdrawQuota: 150000.0,
      close_profit: 0.0,
      commission: 12.25,
      premium: 0.0,
      static_balance: 200000.0,
      position_profit: 187.75,
      float_profit: 187.75,
      balance: 200175.5,
      margin: 50175.5,
      frozen_margin: 0.0,
      frozen_commission: 0.0,
      frozen_premium: 0.0,
      available: 150000.0,
      risk_ratio: 0.0,
    },
    positions: {
      rb2005: {
        user_id: accountCookie,
        exchange_id: '',
        instrument_id: 'rb2005',
        volume_long_today: 2.0,
        volume_long_his: 1.0,
        volume_long: 4.0,
        volume_long_frozen: 1.0,
        open_price_long: 3480.25,
        last_price: 3490.0,
        margin: 50175.5,
      },
    },
    orders: {
      '5f6c0f90-3801-11ea-8000-000000000001': {
        user_id: accountCookie,
        order_id: '5f6c0f90-3801-11ea-8000-000000000001',
        exchange_id: '',
        instrument_id: 'rb2005',
        direction: 'BUY',
        offset: 'OPEN',
        volume_orign: 2.0,
        price_type: 'LIMIT',
        limit_price: 3480.25,
        time_condition: 'AND',
        volume_condition: 'GFD',
        insert_date_time: filledAt,
        status: 'FINISHED',
        volume_left: 0.0,
        last_msg: '',
      },
    },
    trades: {
      '5f6c0f90-3801-11ea-8000-000000000001': {
        user_id: accountCookie,
        trade_id: '5f6c0f90-3801-11ea-8000-000000000001',
        order_id: '5f6c0f90-3801-11ea-8000-000000000001',
        exchange_id: '',
        instrument_id: 'rb2005',
        direction: 'BUY',
        offset: 'OPEN',
        volume: 2.0,
        price: 3480.25,
        commission: 12.25,
        trade_date_time: filledAt,
      },
    },
    events: { '2020-01-16 09:30:00': 'deposit' },
    transfers: {},
    ...changes,
  });
}

/** As a language with static types stores its numbers. */
function inDoubles(document: Document): Document {
  const entries = Object.entries(document).map(([name, value]): [string, unknown] => {
    if (typeof value === 'number') return [name, new Double(value)];
    const isMap = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
    return [name, isMap ? inDoubles(value) : value];
  });
  return Object.fromEntries(entries);
}

/** A row of `hisaccount`: with a text as the Python writer stores it, with a date as QATrader does. */
export function mark(accountCookie: string, updatetime: unknown, balance: unknown): Document {
  return { updatetime, account_cookie: accountCookie, accounts: { user_id: accountCookie, balance, available: 1 } };
}

/** A date that holds Shanghai's wall time as if it were UTC. */
export function wallDate(wallTime: string): Date {
  return new Date(`${wallTime.replace(' ', 'T')}Z`);
}
