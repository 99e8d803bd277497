import type { AccountConnectionStatus, AccountFigure, AccountSource, Figure } from './account.ts';
import type { AccountDocument } from './account-document.ts';
import type { Day } from './day.ts';
import { decodeTrades } from './qifi-fills.ts';
import { decodeOrders } from './qifi-orders.ts';
import { decodePositions } from './qifi-positions.ts';
import { QifiRecord } from './qifi-record.ts';
import { tradingDayOf, updateTimeOf } from './qifi-times.ts';
import { describeValue, isObject } from './qifi-values.ts';

/** What became of one document. */
export type DecodedQifi =
  /** `issues` names what had to be left out, at most 100 texts; the rest is good. */
  | { readonly kind: 'DECODED'; readonly document: AccountDocument; readonly issues: readonly string[] }
  /** Nothing is wrong with it, but it says nothing either. */
  | { readonly kind: 'SKIPPED'; readonly reason: string }
  | { readonly kind: 'REFUSED'; readonly reason: string };

/**
 * Reads a document of any of the QIFI writers: QUANTAXIS in Python and in Rust, and QATrader. Values may be plain JSON,
 * bigint, numeric text or MongoDB extended JSON. Never throws, whatever it is given.
 */
export function decodeQifi(document: unknown, source: AccountSource): DecodedQifi {
  if (!isObject(document) || Array.isArray(document)) {
    return refused(`received ${describeValue(document)}, wanted a QIFI document`);
  }
  const issues: string[] = [];
  const top = new QifiRecord(document, '', issues);
  const accountCookie = top.name('account_cookie');
  if (accountCookie === null) {
    return refused(`account_cookie: received ${describeValue(top.value('account_cookie'))}, wanted a name`);
  }
  const accounts = top.record('accounts');
  if (accounts === undefined) {
    return refused(`accounts: received ${describeValue(top.value('accounts'))}, wanted an object`);
  }
  if (source === 'HISTORY' && isBlank(top.value('trading_day'))) {
    return { kind: 'SKIPPED', reason: 'trading_day is empty, as in the first row of every backtest' };
  }
  const tradingDay = decodeTradingDay(top);
  if (source === 'HISTORY' && tradingDay === undefined) {
    // Without its day it would replace another state of the account.
    return refused(`trading_day: received ${describeValue(top.value('trading_day'))}, wanted a day`);
  }

  const owner = { source, accountCookie, tradingDay: tradingDay ?? null };
  const snapshot = {
    ...owner,
    ...decodeFigures(accounts),
    portfolio: top.name('portfolio'),
    brokerName: top.name('broker_name'),
    currency: accounts.name('currency'),
    connectionStatus: decodeConnectionStatus(top),
    updatedAt: decodeUpdatedAt(top),
    positions: decodePositions(top),
  };
  const trades = decodeTrades(top, owner);
  const orders = decodeOrders(top, owner, trades);
  return { kind: 'DECODED', document: { snapshot, trades, orders }, issues };
}

function refused(reason: string): DecodedQifi {
  return { kind: 'REFUSED', reason };
}

function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

/** Null when the document has none, undefined, with an issue, when it cannot be read. */
function decodeTradingDay(top: QifiRecord): Day | null | undefined {
  const value = top.value('trading_day');
  if (value == null || isBlank(value)) return null;
  const day = tradingDayOf(value);
  if (day === undefined) top.reject('trading_day', 'a day');
  return day;
}

function decodeUpdatedAt(top: QifiRecord): number | null {
  const value = top.value('updatetime');
  const instant = updateTimeOf(value);
  if (instant === undefined && value != null && !isBlank(value)) top.reject('updatetime', 'a time');
  return instant ?? null;
}

function decodeConnectionStatus(top: QifiRecord): AccountConnectionStatus {
  return CONNECTION_STATUS_OF.get(top.listed('status')) ?? 'UNKNOWN';
}

function decodeFigures(accounts: QifiRecord): Record<AccountFigure, Figure> {
  return {
    preBalance: accounts.figure('pre_balance'),
    staticBalance: accounts.figure('static_balance'),
    deposit: accounts.figure('deposit'),
    withdraw: accounts.figure('withdraw'),
    withdrawQuota: accounts.figure('WithdrawQuota'),
    closeProfit: accounts.figure('close_profit'),
    positionProfit: accounts.figure('position_profit'),
    floatProfit: accounts.figure('float_profit'),
    commission: accounts.figure('commission'),
    premium: accounts.figure('premium'),
    balance: accounts.figure('balance'),
    margin: accounts.figure('margin'),
    frozenMargin: accounts.figure('frozen_margin'),
    frozenCommission: accounts.figure('frozen_commission'),
    frozenPremium: accounts.figure('frozen_premium'),
    available: accounts.figure('available'),
    riskRatio: accounts.figure('risk_ratio'),
  };
}

/** QATrader's numbers; the other writers always say 200. */
const CONNECTION_STATUS_OF: ReadonlyMap<number, AccountConnectionStatus> = new Map([
  [100, 'RESTART_WANTED'],
  [200, 'CONNECTED'],
  [500, 'CLOSED'],
  [600, 'LOGIN_REFUSED'],
]);
