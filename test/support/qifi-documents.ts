import type { AccountSource } from '../../src/domain/account.ts';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { decodeQifi } from '../../src/domain/qifi.ts';

/** A state as the Python writer of QUANTAXIS stores it: dots in position keys, foreign owners inside of positions. */
export function pythonDocument(changes: object = {}): Record<string, unknown> {
  return {
    account_cookie: 'cta_rb_5min',
    password: 'secret-1',
    databaseip: 'secret-2',
    model: 'SIM',
    portfolio: 'cta',
    broker_name: 'QAPaperTrading',
    capital_password: 'secret-3',
    bank_password: 'secret-4',
    trade_host: 'secret-5',
    wsuri: 'ws://secret-6:7988',
    eventmq_ip: 'secret-7',
    money: 96850.0,
    updatetime: '',
    trading_day: '2020-01-16',
    status: 200,
    accounts: {
      user_id: 'cta_rb_5min',
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
    },
    trades: { 'a930d427-1': pythonTrade() },
    positions: { 'SHFE.rb2005': pythonPosition() },
    orders: { 'b3eda7b5-1': pythonOrder() },
    event: { '2020-01-16 09:30:00_250251': '转账成功 100000' },
    banks: { QASIM: { id: 'QASIM', name: 'secret-8' } },
    ...changes,
  };
}

export function pythonPosition(changes: object = {}): Record<string, unknown> {
  return {
    code: 'rb2005',
    instrument_id: 'rb2005',
    user_id: 'quantaxis',
    account_cookie: 'quantaxis',
    exchange_id: 'SHFE',
    name: null,
    volume_long_today: 1,
    volume_long_his: 0,
    volume_long: 1,
    volume_long_frozen: 0,
    volume_short_today: 0,
    volume_short_his: 0,
    volume_short: 0,
    volume_short_frozen: 0,
    open_price_long: 3500.0,
    open_cost_long: 35000.0,
    open_price_short: 0,
    open_cost_short: 0,
    position_price_long: 3500.0,
    position_price_short: 0,
    last_price: 3510.0,
    float_profit: 100.0,
    position_profit: 100.0,
    margin: 3150.0,
    ...changes,
  };
}

export function pythonTrade(changes: object = {}): Record<string, unknown> {
  return {
    seqno: 2,
    user_id: 'somebody else',
    trade_id: 'a930d427-1',
    exchange_id: 'SHFE',
    instrument_id: 'rb2005',
    order_id: 'b3eda7b5-1',
    direction: 'BUY',
    offset: 'OPEN',
    volume: 1,
    price: 3500.0,
    commission: 3.5,
    trade_date_time: { $numberLong: '1579141800112232960' },
    ...changes,
  };
}

export function pythonOrder(changes: object = {}): Record<string, unknown> {
  return {
    account_cookie: 'somebody else',
    instrument_id: 'rb2005',
    towards: 2,
    exchange_id: 'SHFE',
    volume: 1,
    price: 3500.0,
    order_id: 'b3eda7b5-1',
    direction: 'BUY',
    offset: 'OPEN',
    volume_orign: 1,
    price_type: 'LIMIT',
    limit_price: 3500.0,
    time_condition: 'GFD',
    volume_condition: 'ANY',
    insert_date_time: { $numberLong: '1579141800112232960' },
    status: 'FINISHED',
    volume_left: 0,
    last_msg: '全部成交',
    ...changes,
  };
}

/** A settled day as QATrader stores it: no dashes in its day, underscores in its keys, many fields missing. */
export function qatraderDocument(changes: object = {}): Record<string, unknown> {
  return {
    account_cookie: '133496',
    trading_day: '20200116',
    status: 500,
    updatetime: '2020-01-16 20:59:01.118236',
    broker_name: 'simnow',
    portfolio: 'default',
    bankid: 0,
    taskid: null,
    capital_password: null,
    accounts: {
      user_id: '133496',
      currency: 'CNY',
      pre_balance: 999996.1,
      balance: 1003396.1,
      margin: 11050.0,
      available: 992346.1,
      risk_ratio: 0.011012600108770587,
    },
    positions: {
      DCE_j2005: {
        user_id: '133496',
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
    ...changes,
  };
}

/** What a document says; fails when it is not taken. */
export function decoded(document: unknown, source: AccountSource = 'HISTORY'): AccountDocument {
  return decodedWithIssues(document, source).document;
}

export function decodedWithIssues(
  document: unknown,
  source: AccountSource = 'HISTORY',
): { document: AccountDocument; issues: readonly string[] } {
  const answer = decodeQifi(document, source);
  if (answer.kind !== 'DECODED') throw new Error(`${answer.kind}: ${answer.reason}`);
  return answer;
}
