import type { SQLOutputValue } from 'node:sqlite';
import {
  ACCOUNT_FIGURES,
  ACCOUNT_SOURCES,
  type AccountFigure,
  type AccountSnapshot,
  type AccountSource,
  CONNECTION_STATUSES,
  type EquityMark,
  type EquityRow,
  type Figure,
  type Position,
} from '../../domain/account.ts';
import type { QifiOrder } from '../../domain/order.ts';
import { OFFSETS, SIDES, type Trade } from '../../domain/trade.ts';
import type { AccountListing } from '../accounts.ts';
import { memberOf, toNumber, toText } from './column-values.ts';
import type { Columns } from './read-connection.ts';
import { FIGURE_COLUMNS, NO_DAY, TRADE_COLUMNS } from './tables.ts';

/** What `toSnapshot` reads, of the states of days and their holdings. */
export const SNAPSHOT_COLUMNS = [
  ...['source', 'account_cookie', 'portfolio', 'broker_name', 'currency', 'connection_status', 'trading_day'],
  ...['updated_at', ...FIGURE_COLUMNS, 'positions'],
].join(', ');

export function toSnapshot(row: Columns): AccountSnapshot {
  const [source, accountCookie, portfolio, brokerName, currency, connectionStatus, tradingDay, updatedAt, ...rest] =
    row;
  const figures = Object.fromEntries(ACCOUNT_FIGURES.map((figure, index) => [figure, toNumber(rest[index])]));
  return {
    ...(figures as Record<AccountFigure, Figure>), // fromEntries forgets its keys
    accountCookie: String(accountCookie),
    source: toSource(source),
    portfolio: toText(portfolio),
    brokerName: toText(brokerName),
    currency: toText(currency),
    connectionStatus: memberOf(CONNECTION_STATUSES, connectionStatus),
    tradingDay: toDay(tradingDay),
    updatedAt: toNumber(updatedAt),
    positions: parsePositions(rest.at(-1)),
  };
}

export function toListing([source, accountCookie, portfolio]: Columns): AccountListing {
  return { source: toSource(source), accountCookie: String(accountCookie), portfolio: toText(portfolio) };
}

/** What `toEquityRow` reads. */
export const EQUITY_COLUMNS = 'trading_day, balance, pre_balance, available, margin, deposit, withdraw';

export function toEquityRow(row: Columns): EquityRow {
  return {
    tradingDay: Number(row[0]),
    balance: Number(row[1]),
    preBalance: toNumber(row[2]),
    available: toNumber(row[3]),
    margin: toNumber(row[4]),
    deposit: toNumber(row[5]),
    withdraw: toNumber(row[6]),
  };
}

export function toMark([at, balance]: Columns): EquityMark {
  return { at: Number(at), balance: Number(balance) };
}

/** What `toTrade` reads. Nanoseconds come as text, since they do not fit into a number. */
export const FILL_COLUMNS = [...TRADE_COLUMNS, 'CAST(traded_at AS TEXT)'].join(', ');

export function toTrade(row: Columns): Trade {
  return {
    source: toSource(row[0]),
    accountCookie: String(row[1]),
    tradingDay: toDay(row[2]),
    tradeId: String(row[3]),
    orderId: toText(row[5]),
    instrumentId: String(row[4]),
    exchangeId: toText(row[6]),
    side: memberOf(SIDES, row[7]),
    offset: memberOf(OFFSETS, row[8]),
    price: toNumber(row[9]),
    volume: toNumber(row[10]),
    commission: toNumber(row[11]),
    tradedAtNanos: row[12] === null ? null : BigInt(String(row[12])),
  };
}

/** What `JSON.stringify` made of an order when it was written. */
export function parseOrder([content]: Columns): QifiOrder {
  return JSON.parse(String(content)) as QifiOrder;
}

function parsePositions(text: SQLOutputValue | undefined): readonly Position[] {
  return typeof text === 'string' ? (JSON.parse(text) as Position[]) : [];
}

export function toSource(value: SQLOutputValue | undefined): AccountSource {
  return memberOf(ACCOUNT_SOURCES, value);
}

function toDay(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' && value !== NO_DAY ? value : null;
}
