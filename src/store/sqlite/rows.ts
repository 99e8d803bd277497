import type { SQLOutputValue } from 'node:sqlite';
import {
  ACCOUNT_FIGURES,
  ACCOUNT_SOURCES,
  type AccountFigure,
  type AccountSnapshot,
  type AccountSource,
  CONNECTION_STATUSES,
  type EquityRow,
  type Figure,
  type Position,
} from '../../domain/account.ts';
import type { QifiOrder } from '../../domain/order.ts';
import { OFFSETS, SIDES, type Trade } from '../../domain/trade.ts';
import { memberOf, type Row, toNumber, toText } from './column-values.ts';
import { columnOf, NO_DAY } from './tables.ts';

export function toSnapshot(row: Row): AccountSnapshot {
  const figures = Object.fromEntries(ACCOUNT_FIGURES.map((figure) => [figure, toNumber(row[columnOf(figure)])]));
  return {
    ...(figures as Record<AccountFigure, Figure>), // fromEntries forgets its keys
    accountCookie: String(row.account_cookie),
    source: toSource(row.source),
    portfolio: toText(row.portfolio),
    brokerName: toText(row.broker_name),
    currency: toText(row.currency),
    connectionStatus: memberOf(CONNECTION_STATUSES, row.connection_status),
    tradingDay: toDay(row.trading_day),
    updatedAt: toNumber(row.updated_at),
    positions: parsePositions(row.positions),
  };
}

export function toEquityRow(row: Row): EquityRow {
  return {
    tradingDay: Number(row.trading_day),
    balance: Number(row.balance),
    preBalance: toNumber(row.pre_balance),
    available: toNumber(row.available),
    margin: toNumber(row.margin),
    deposit: toNumber(row.deposit),
    withdraw: toNumber(row.withdraw),
  };
}

/** Nanoseconds come as text, since they do not fit into a number. */
export function toTrade(row: Row): Trade {
  return {
    source: toSource(row.source),
    accountCookie: String(row.account_cookie),
    tradingDay: toDay(row.trading_day),
    tradeId: String(row.trade_id),
    orderId: toText(row.order_id),
    instrumentId: String(row.instrument_id),
    exchangeId: toText(row.exchange_id),
    side: memberOf(SIDES, row.side),
    offset: memberOf(OFFSETS, row.offset),
    price: toNumber(row.price),
    volume: toNumber(row.volume),
    commission: toNumber(row.commission),
    tradedAtNanos: row.traded_at_nanos === null ? null : BigInt(String(row.traded_at_nanos)),
  };
}

/** What `JSON.stringify` made of an order when it was written. */
export function parseOrder(row: Row): QifiOrder {
  return JSON.parse(String(row.content)) as QifiOrder;
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
