import { type Document, Long } from 'mongodb';
import { formatDay } from '../../src/domain/day.ts';
import { day } from './bars.ts';
import type { QuantaxisCollections } from './quantaxis-database.ts';

export interface Volume {
  readonly accounts: number;
  /** The number of the first account; 0 when absent. */
  readonly from?: number;
  readonly days: number;
  /** The last of an account's days as YYYY-MM-DD; 2026-11-19 when absent. */
  readonly lastDayOf?: (index: number) => string;
  /** Fills and orders of each of the last ten days, and of each tenth day before. */
  readonly fills?: number;
}

const AT_ONCE = 1000;
const LATELY = 10;

export function nameOfAccount(index: number): string {
  return `desk-${String(index).padStart(4, '0')}`;
}

/** The balance at the end of a day, of which 0 is the first. */
export function balanceOf(account: number, dayIndex: number): number {
  return 100_000 + account + dayIndex / 4;
}

/** Accounts with a settled state on each of so many days: half of them as the Python writer says them, half as QATrader. */
export async function fillVolume({ history, account, realtimeHistory, marks }: QuantaxisCollections, volume: Volume) {
  for (const [into, documents] of [
    [history, statesOf(volume, (index) => index % 2 === 0)],
    [realtimeHistory, statesOf(volume, (index) => index % 2 === 1)],
    [account, statesOf({ ...volume, days: 1 }, () => true)],
    [marks, marksOf(volume)],
  ] as const) {
    let batch: Document[] = [];
    for (const document of documents) {
      batch.push(document);
      if (batch.length < AT_ONCE) continue;
      await into.insertMany(batch, { ordered: false });
      batch = [];
    }
    if (batch.length > 0) await into.insertMany(batch, { ordered: false });
  }
}

function daysOf({ days, lastDayOf = () => '2026-11-19' }: Volume, index: number): string[] {
  const last = day(lastDayOf(index));
  return Array.from({ length: days }, (_, index) => formatDay(last - days + 1 + index));
}

function* statesOf(volume: Volume, isWanted: (index: number) => boolean): Generator<Document> {
  const { accounts, from = 0, fills = 1 } = volume;
  for (let index = from; index < from + accounts; index++) {
    if (!isWanted(index)) continue;
    for (const [at, tradingDay] of daysOf(volume, index).entries()) {
      const isQuiet = volume.days - at > LATELY && at % LATELY !== 0;
      yield stateOf({ index, at, tradingDay, fills: isQuiet ? 0 : fills });
    }
  }
}

function stateOf({ index, at, tradingDay, fills }: { index: number; at: number; tradingDay: string; fills: number }) {
  const name = nameOfAccount(index);
  const midnight = BigInt(Date.parse(tradingDay)) * 1_000_000n;
  const deals = Array.from({ length: fills }, (_, fill) => {
    const instant = Long.fromString(String(midnight + BigInt(fill + 1) * 1_000_000_001n));
    const deal = { instrument_id: 'rb2101', exchange_id: 'SHFE', order_id: `${tradingDay}-${fill}` };
    const common = { ...deal, direction: 'BUY', offset: 'OPEN' };
    return {
      trade: { ...common, trade_id: String(fill), price: 3500.5, volume: 1, commission: 3.5, trade_date_time: instant },
      order: {
        ...common,
        price_type: 'LIMIT',
        limit_price: 3500.5,
        volume_orign: 1,
        volume_left: 0,
        status: 'FINISHED',
        insert_date_time: instant,
      },
    };
  });
  const balance = balanceOf(index, at);
  return {
    account_cookie: name,
    trading_day: index % 2 === 0 ? tradingDay : tradingDay.replaceAll('-', ''),
    updatetime: index % 2 === 0 ? '' : `${tradingDay} 20:59:00.123456`,
    password: 'hidden',
    portfolio: `p${index % 10}`,
    status: 200,
    accounts: {
      currency: 'CNY',
      pre_balance: balance - 0.25,
      balance,
      available: 50_000.5,
      margin: 3150,
      deposit: 0,
      withdraw: 0,
    },
    positions:
      fills === 0
        ? {}
        : {
            SHFE_rb2101: {
              exchange_id: 'SHFE',
              instrument_id: 'rb2101',
              volume_long: 1,
              last_price: 3500.5,
              margin: 3150,
            },
          },
    trades: Object.fromEntries(deals.map(({ trade }) => [trade.trade_id, trade])),
    orders: Object.fromEntries(deals.map(({ order }) => [order.order_id, order])),
  };
}

/** Two on the day before the settled ones, which nothing else tells. */
function* marksOf(volume: Volume): Generator<Document> {
  const { accounts, from = 0 } = volume;
  for (let index = from; index < from + accounts; index++) {
    const [first = ''] = daysOf(volume, index);
    const before = formatDay(day(first) - 1);
    const account_cookie = nameOfAccount(index);
    yield { account_cookie, updatetime: `${before} 09:30:00_5`, accounts: { balance: 1 } };
    yield { account_cookie, updatetime: `${before} 15:00:00_5`, accounts: { balance: 99_999.5 } };
  }
}
