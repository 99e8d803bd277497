import { Long } from 'mongodb';
import type { MongoServer } from './mongo.ts';
import {
  backtestBeginning,
  insertShapes,
  mark,
  pythonOrder,
  pythonState,
  pythonTrade,
  type QuantaxisCollections,
  rustState,
  traderState,
  wallDate,
} from './quantaxis-database.ts';

/** 04:05:06.123456789 in Shanghai, on a night that belongs to the next trading day; a double would lose its end. */
export const NIGHT_NANOS = '1579205106123456789';

const SOLD = pythonTrade({
  ...{ trade_id: 'a930d427-2', order_id: 'b3eda7b5-2', direction: 'SELL', offset: 'CLOSE', price: 3550.5 },
  trade_date_time: Long.fromString('1579226400000000000'),
});
/** Cancelled behind a fill: the Python writer sets what is left to 0. */
const SELLING = pythonOrder({
  ...{ order_id: 'b3eda7b5-2', direction: 'SELL', offset: 'CLOSE', towards: -3, volume_orign: 3, status: 'CANCEL' },
  ...{ volume_left: 0, last_msg: '已撤单', insert_date_time: Long.fromString('1579226399000000000') },
});

/** Two accounts of the Python writer and QATrader, settled and running, and one of the Rust writer, each where it writes. */
export async function fillWriters(
  server: MongoServer,
  { history, account, realtimeHistory, marks }: QuantaxisCollections,
): Promise<void> {
  await insertShapes(history, server, [
    backtestBeginning('cta_rb_5min'),
    pythonState('cta_rb_5min', { model: 'BACKTEST' }),
    pythonState('cta_rb_5min', {
      ...{ model: 'BACKTEST', trading_day: '2020-01-17', positions: {} },
      accounts: {
        pre_balance: 99996.5,
        deposit: 0,
        withdraw: 1000,
        balance: 99500.5,
        available: 99500.5,
        margin: 0,
      },
      trades: { 'a930d427-2': SOLD },
      orders: { 'b3eda7b5-2': SELLING },
    }),
    // A flat day that holds the fill of the day before once more, as QUANTAXIS leaves it at times.
    pythonState('cta_rb_5min', {
      ...{ model: 'BACKTEST', trading_day: '2020-01-20', positions: {}, orders: {} },
      accounts: {
        pre_balance: 99500.5,
        deposit: 0,
        withdraw: 0,
        balance: 99500.5,
        available: 99500.5,
        margin: 0,
      },
      trades: { 'a930d427-2': SOLD },
    }),
    rustState('rs_rb'),
  ]);
  await insertShapes(realtimeHistory, server, [
    traderState('133496', {
      ...{ trading_day: '20200115', updatetime: '2020-01-15 20:59:00', positions: {} },
      accounts: { balance: 999996.1, pre_balance: 1000000, margin: 0, available: 999996.1 },
    }),
    traderState('133496'),
  ]);
  await insertShapes(account, server, [
    pythonState('cta_rb_5min'),
    traderState('133496', {
      ...{ trading_day: '20200117', status: 200, updatetime: '2020-01-17 09:15:30.5' },
      accounts: { balance: 1003500.25, pre_balance: 1003396.1 },
      trades: {
        '6': {
          ...{ seqno: 0, user_id: '133496', trade_id: '6', exchange_id: 'DCE', instrument_id: 'j2005' },
          ...{ order_id: 'QAOTG_1', exchange_trade_id: '6', direction: 'SELL', offset: 'OPEN', volume: 1 },
          ...{ price: 2023.5, commission: 11.2, trade_date_time: Long.fromString(NIGHT_NANOS) },
        },
      },
      orders: {
        QAOTG_1: {
          ...{ seqno: 0, user_id: '133496', order_id: 'QAOTG_1', exchange_id: 'DCE', instrument_id: 'j2005' },
          ...{ direction: 'SELL', offset: 'OPEN', volume_orign: 2, volume_left: 1, price_type: 'LIMIT' },
          ...{ limit_price: 2023.5, time_condition: 'GFD', volume_condition: 'ANY', status: 'ALIVE' },
          ...{ insert_date_time: Long.fromString('1579205105000000001'), last_msg: '部分成交' },
        },
      },
    }),
  ]);
  await marks.insertMany([
    mark('cta_rb_5min', '2020-01-15 09:31:00_250251', 100000),
    mark('cta_rb_5min', '2020-01-15 14:59:59_999999', 100010.25),
    mark('cta_rb_5min', '2020-01-16 10:30:00_112233', 100096.5),
    mark('133496', wallDate('2020-01-13 21:00:00'), 1000000),
    mark('133496', wallDate('2020-01-14 23:59:59.5'), 1000000.5),
    mark('133496', wallDate('2020-01-15 00:00:00'), 1000001.5),
  ]);
}
