import type { AccountSource } from './account.ts';
import type { Day } from './day.ts';
import { QifiNotes } from './qifi-notes.ts';
import { QifiRecord } from './qifi-record.ts';
import { tradingDayOf } from './qifi-times.ts';
import { describeValue, isDocument } from './qifi-values.ts';

/** Whose fills and orders a document holds: what its top level says, never what its entries repeat. */
export interface QifiOwner {
  readonly source: AccountSource;
  readonly accountCookie: string;
  readonly tradingDay: Day | null;
}

/** A document of which nothing is taken. */
export type UnusedQifi =
  /** Nothing is wrong with it, but it says nothing either. */
  { readonly kind: 'SKIPPED'; readonly reason: string } | { readonly kind: 'REFUSED'; readonly reason: string };

export type DecodedOwner = { readonly kind: 'DECODED'; readonly owner: QifiOwner } | UnusedQifi;

/** Account and day of a document, of which no more has to be there than `account_cookie` and `trading_day`. */
export function decodeOwner(document: unknown, source: AccountSource): DecodedOwner {
  const top = topOf(document, new QifiNotes());
  return top instanceof QifiRecord ? readOwner(top, source) : top;
}

/** The top level of a document, which has to be an object. */
export function topOf(document: unknown, notes: QifiNotes): QifiRecord | UnusedQifi {
  if (isDocument(document) && !Array.isArray(document)) return new QifiRecord(document, '', notes);
  return refused(`received ${describeValue(document)}, wanted a QIFI document`);
}

export function readOwner(top: QifiRecord, source: AccountSource): DecodedOwner {
  const accountCookie = top.name('account_cookie');
  if (accountCookie === null) return refusedValue(top, 'account_cookie', 'a name');
  const value = top.value('trading_day');
  if (isBlank(value)) {
    // A state of no day is none of a settled series; a running account may have one.
    if (source === 'HISTORY') return skipped('trading_day is empty, as in the first row of every backtest');
    return { kind: 'DECODED', owner: { source, accountCookie, tradingDay: null } };
  }
  const tradingDay = value == null ? null : tradingDayOf(value);
  if (tradingDay === undefined) {
    // Without its day it would replace another state of the account.
    if (source === 'HISTORY') return refusedValue(top, 'trading_day', 'a day');
    top.reject('trading_day', 'a day');
  }
  return { kind: 'DECODED', owner: { source, accountCookie, tradingDay: tradingDay ?? null } };
}

export function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

export function skipped(reason: string): UnusedQifi {
  return { kind: 'SKIPPED', reason };
}

export function refused(reason: string): UnusedQifi {
  return { kind: 'REFUSED', reason };
}

/** Refused for what a field of the record holds. */
export function refusedValue(record: QifiRecord, name: string, wanted: string): UnusedQifi {
  return refused(record.mismatch(name, wanted));
}
