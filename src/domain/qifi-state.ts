import type { AccountConnectionStatus, AccountFigure, AccountSnapshot, AccountSource, Figure } from './account.ts';
import { type DocumentOrigin, withFaults } from './data-faults.ts';
import { QifiNotes } from './qifi-notes.ts';
import { isBlank, type QifiOwner, readOwner, refusedValue, topOf, type UnusedQifi } from './qifi-owner.ts';
import { positionsOf } from './qifi-positions.ts';
import { QifiRecord } from './qifi-record.ts';
import { updateTimeOf } from './qifi-times.ts';

/** What became of the state that a document holds. */
export type DecodedState =
  | {
      readonly kind: 'DECODED';
      readonly snapshot: AccountSnapshot;
      /** What is wrong with the document, at most 100 texts; the rest is good. */
      readonly issues: readonly string[];
      /** Positions that had to be left out, at most 1,000 texts. */
      readonly leftOut: readonly string[];
    }
  | UnusedQifi;

/**
 * The state of an account from a document of any of the QIFI writers, of which everything but the maps of fills and
 * orders has to be there. With an origin the faults are said beside the figures. Never throws.
 */
export function decodeState(document: unknown, source: AccountSource, origin?: DocumentOrigin): DecodedState {
  const notes = new QifiNotes(origin);
  const top = topOf(document, notes);
  if (!(top instanceof QifiRecord)) return top;
  const snapshot = readState(top, source);
  if ('kind' in snapshot) return snapshot;
  return { kind: 'DECODED', snapshot, issues: notes.issues, leftOut: notes.leftOut };
}

export function readState(top: QifiRecord, source: AccountSource): AccountSnapshot | UnusedQifi {
  if (top.name('account_cookie') === null) return refusedValue(top, 'account_cookie', 'a name');
  const accounts = top.record('accounts');
  if (accounts === undefined) return refusedValue(top, 'accounts', 'an object');
  const decoded = readOwner(top, source);
  return decoded.kind === 'DECODED' ? snapshotOf(decoded.owner, top, accounts) : decoded;
}

function snapshotOf(owner: QifiOwner, top: QifiRecord, accounts: QifiRecord): AccountSnapshot {
  const snapshot: AccountSnapshot = {
    ...owner,
    ...figuresOf(accounts),
    portfolio: top.name('portfolio'),
    brokerName: top.name('broker_name'),
    currency: accounts.name('currency'),
    connectionStatus: CONNECTION_STATUS_OF.get(top.listed('status')) ?? 'UNKNOWN',
    updatedAt: updatedAtOf(top),
    positions: positionsOf(top),
  };
  const ofTop = top.rejected(NAME_OF_TOP_FIELD);
  const ofAccounts = accounts.rejected(NAME_OF_FIELD);
  const reasons = ofTop === undefined ? ofAccounts : { ...ofTop, ...ofAccounts };
  return withFaults(snapshot, top.notes.origin, reasons);
}

/** Null when the document does not say, or not so that it can be read, which is noted. */
export function updatedAtOf(top: QifiRecord): number | null {
  const value = top.value('updatetime');
  if (value == null || isBlank(value)) return null;
  const instant = updateTimeOf(value);
  if (instant === undefined) top.reject('updatetime', 'a time');
  return instant ?? null;
}

function figuresOf(accounts: QifiRecord): Record<AccountFigure, Figure> {
  const figure = (name: AccountFigure) => accounts.figure(FIELD_OF[name]);
  return {
    preBalance: figure('preBalance'),
    staticBalance: figure('staticBalance'),
    deposit: figure('deposit'),
    withdraw: figure('withdraw'),
    withdrawQuota: figure('withdrawQuota'),
    closeProfit: figure('closeProfit'),
    positionProfit: figure('positionProfit'),
    floatProfit: figure('floatProfit'),
    commission: figure('commission'),
    premium: figure('premium'),
    balance: figure('balance'),
    margin: figure('margin'),
    frozenMargin: figure('frozenMargin'),
    frozenCommission: figure('frozenCommission'),
    frozenPremium: figure('frozenPremium'),
    available: figure('available'),
    riskRatio: figure('riskRatio'),
  };
}

export const FIELD_OF: Readonly<Record<AccountFigure, string>> = {
  preBalance: 'pre_balance',
  staticBalance: 'static_balance',
  deposit: 'deposit',
  withdraw: 'withdraw',
  withdrawQuota: 'WithdrawQuota',
  closeProfit: 'close_profit',
  positionProfit: 'position_profit',
  floatProfit: 'float_profit',
  commission: 'commission',
  premium: 'premium',
  balance: 'balance',
  margin: 'margin',
  frozenMargin: 'frozen_margin',
  frozenCommission: 'frozen_commission',
  frozenPremium: 'frozen_premium',
  available: 'available',
  riskRatio: 'risk_ratio',
};

/** What is read of `accounts`, by its name there. */
const NAME_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ...Object.entries(FIELD_OF).map(([name, field]) => [field, name] as const),
  ['currency', 'currency'],
]);

const NAME_OF_TOP_FIELD: ReadonlyMap<string, string> = new Map([
  ['trading_day', 'tradingDay'],
  ['updatetime', 'updatedAt'],
  ['portfolio', 'portfolio'],
  ['broker_name', 'brokerName'],
]);

/** QATrader's numbers; the other writers always say 200. */
const CONNECTION_STATUS_OF: ReadonlyMap<number, AccountConnectionStatus> = new Map([
  [100, 'RESTART_WANTED'],
  [200, 'CONNECTED'],
  [500, 'CLOSED'],
  [600, 'LOGIN_REFUSED'],
]);
