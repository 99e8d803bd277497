import type { EquityMark, EquityRow } from './account.ts';
import { type DocumentOrigin, withFaults } from './data-faults.ts';
import { QifiNotes } from './qifi-notes.ts';
import { isBlank, refused, refusedValue, skipped, topOf, type UnusedQifi } from './qifi-owner.ts';
import { QifiRecord } from './qifi-record.ts';
import { updatedAtOf } from './qifi-state.ts';
import { tradingDayOf, updateTimeOf } from './qifi-times.ts';

/** What became of a document as a day of its account's series. */
export type DecodedEquityRow =
  | {
      readonly kind: 'DECODED';
      readonly accountCookie: string;
      /** Milliseconds since the epoch: of two rows of one day the later one counts. */
      readonly updatedAt: number | null;
      readonly row: EquityRow;
    }
  | UnusedQifi;

/**
 * A day of a series from a document of any of the QIFI writers, of which no more than `account_cookie`, `trading_day`,
 * `updatetime` and the figures of a row in `accounts` have to be there. SKIPPED when it has no day or no balance,
 * REFUSED when account, day or balance cannot be read: a point without a balance is none. With an origin the faults of
 * the other figures are said beside them. Never throws.
 */
export function decodeEquityRow(document: unknown, origin?: DocumentOrigin): DecodedEquityRow {
  const top = topOf(document, new QifiNotes(origin));
  if (!(top instanceof QifiRecord)) return top;
  const accountCookie = top.name('account_cookie');
  if (accountCookie === null) return refusedValue(top, 'account_cookie', 'a name');
  const day = top.value('trading_day');
  if (day == null || isBlank(day)) return skipped('it has no trading day');
  const tradingDay = tradingDayOf(day);
  if (tradingDay === undefined) return refusedValue(top, 'trading_day', 'a day');
  const accounts = top.record('accounts');
  if (accounts === undefined) return refusedValue(top, 'accounts', 'an object');
  const balance = accounts.figure('balance');
  if (balance === null) return withoutBalance(top);
  const row: EquityRow = {
    tradingDay,
    balance,
    available: accounts.figure('available'),
    margin: accounts.figure('margin'),
    deposit: accounts.figure('deposit'),
    withdraw: accounts.figure('withdraw'),
    preBalance: accounts.figure('pre_balance'),
  };
  const faulty = withFaults(row, origin, accounts.rejected(NAME_OF_FIELD));
  return { kind: 'DECODED', accountCookie, updatedAt: updatedAtOf(top), row: faulty };
}

/** What became of a row of `hisaccount` as a mark within the day. */
export type DecodedMark =
  | { readonly kind: 'DECODED'; readonly accountCookie: string; readonly mark: EquityMark }
  | UnusedQifi;

/**
 * A mark from a row of `hisaccount`, of which no more than `account_cookie`, `updatetime` and `accounts.balance` have
 * to be there. SKIPPED when it has no balance, REFUSED when account, time or balance cannot be read. Never throws.
 */
export function decodeMark(document: unknown): DecodedMark {
  const top = topOf(document, new QifiNotes());
  if (!(top instanceof QifiRecord)) return top;
  const accountCookie = top.name('account_cookie');
  if (accountCookie === null) return refusedValue(top, 'account_cookie', 'a name');
  const at = updateTimeOf(top.value('updatetime'));
  if (at === undefined) return refusedValue(top, 'updatetime', 'a time');
  const accounts = top.record('accounts');
  if (accounts === undefined) return refusedValue(top, 'accounts', 'an object');
  const balance = accounts.figure('balance');
  return balance === null ? withoutBalance(top) : { kind: 'DECODED', accountCookie, mark: { at, balance } };
}

/** Refused when there is one that cannot be read. */
function withoutBalance({ notes }: QifiRecord): UnusedQifi {
  const [issue] = notes.issues;
  return issue === undefined ? skipped('it has no balance') : refused(issue);
}

const NAME_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ['available', 'available'],
  ['margin', 'margin'],
  ['deposit', 'deposit'],
  ['withdraw', 'withdraw'],
  ['pre_balance', 'preBalance'],
]);
