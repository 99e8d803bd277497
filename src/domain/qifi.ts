import type { AccountSource } from './account.ts';
import type { AccountDocument } from './account-document.ts';
import type { DocumentOrigin } from './data-faults.ts';
import { fillsOf } from './qifi-fills.ts';
import { QifiNotes } from './qifi-notes.ts';
import { ordersOf } from './qifi-orders.ts';
import { topOf, type UnusedQifi } from './qifi-owner.ts';
import { QifiRecord } from './qifi-record.ts';
import { readState } from './qifi-state.ts';

/** What became of one document. */
export type DecodedQifi =
  | {
      readonly kind: 'DECODED';
      readonly document: AccountDocument;
      /** What is wrong with the document, at most 100 texts; the rest is good. */
      readonly issues: readonly string[];
      /** Positions, fills and orders that had to be left out, at most 1,000 texts. */
      readonly leftOut: readonly string[];
    }
  | UnusedQifi;

/**
 * Reads a document of any of the QIFI writers: QUANTAXIS in Python and in Rust, and QATrader. Values may be plain JSON,
 * bigint, numeric text, MongoDB extended JSON or what the MongoDB driver gives. With an origin the faults are said
 * beside the figures that are null because of them. Never throws, whatever it is given.
 */
export function decodeQifi(document: unknown, source: AccountSource, origin?: DocumentOrigin): DecodedQifi {
  const notes = new QifiNotes(origin);
  const top = topOf(document, notes);
  if (!(top instanceof QifiRecord)) return top;
  const snapshot = readState(top, source);
  if ('kind' in snapshot) return snapshot;
  const owner = { source, accountCookie: snapshot.accountCookie, tradingDay: snapshot.tradingDay };
  const trades = fillsOf(top, owner);
  const orders = ordersOf(top, owner, trades);
  return { kind: 'DECODED', document: { snapshot, trades, orders }, issues: notes.issues, leftOut: notes.leftOut };
}
