import type { Document } from 'mongodb';
import type { AccountSource } from '../../domain/account.ts';
import type { DataReport, DocumentOrigin } from '../../domain/data-faults.ts';
import { decodeOwner, type QifiOwner } from '../../domain/qifi-owner.ts';
import { updateTimeOf } from '../../domain/qifi-times.ts';
import { describeValue, idText, isDocument, own } from '../../domain/qifi-values.ts';
import type { DatabaseNames } from './mongo-deployment.ts';
import type { QifiCollection } from './qifi-collections.ts';

/** Fields that every projection of a row has, so that rows can be told apart. */
export const ROW_FIELDS = { account_cookie: 1, trading_day: 1, updatetime: 1 } as const;

/** The least by which states can be told apart. */
export const LIGHT_STATE_FIELDS = { ...ROW_FIELDS, 'accounts.balance': 1 } as const;

/** What a document was read for. */
export interface RowReading {
  readonly source: AccountSource;
  readonly from: QifiCollection;
  /** Place of the collection among those of the source. */
  readonly rank: number;
  readonly names: DatabaseNames;
  readonly report: DataReport | undefined;
}

/** Whose state a document is, and of when. */
export interface RowIdentity {
  readonly owner: QifiOwner;
  /** Milliseconds since the epoch; null when the document does not say, as the Python writer never does. */
  readonly updatedAt: number | null;
  readonly rank: number;
  readonly id: unknown;
}

/**
 * Undefined for the first row of a backtest, whose trading day is blank and which is no state of any day, and for one
 * that cannot be told from others, which is reported.
 */
export function identify(document: Document, reading: RowReading): RowIdentity | undefined {
  const decoded = decodeOwner(document, reading.source);
  if (decoded.kind === 'DECODED') {
    const updatedAt = updateTimeOf(own(document, 'updatetime')) ?? null;
    return { owner: decoded.owner, updatedAt, rank: reading.rank, id: own(document, '_id') };
  }
  if (decoded.kind === 'REFUSED') reportRow(document, reading, decoded.reason);
  return undefined;
}

/** The same for what is read as a state: one without figures stands for no other. `accounts`, or a part, has to be there. */
export function identifyState(document: Document, reading: RowReading): RowIdentity | undefined {
  const row = identify(document, reading);
  const accounts = own(document, 'accounts');
  if (row === undefined || (isDocument(accounts) && !Array.isArray(accounts))) return row;
  reportRow(document, reading, `accounts: received ${describeValue(accounts)}, wanted an object`);
  return undefined;
}

/** Reports that a document is left out. */
export function reportRow(document: Document, reading: RowReading, reason: string): void {
  reading.report?.({ origin: new RowOrigin(document, reading), message: `left out, ${reason}` });
}

/** Reports entries of a document that are left out. */
export function reportEntries(document: Document, reading: RowReading, leftOut: readonly string[]): void {
  if (reading.report === undefined || leftOut.length === 0) return;
  const origin = new RowOrigin(document, reading);
  for (const message of leftOut) reading.report({ origin, message });
}

/**
 * Whether a row stands for its account and day instead of another one: the one that was written later, as far as they
 * say when; else the one of the collection that is named first, else the one that was inserted later.
 */
export function replaces(row: RowIdentity, other: RowIdentity): boolean {
  if (row.updatedAt !== other.updatedAt) return (row.updatedAt ?? -Infinity) > (other.updatedAt ?? -Infinity);
  return row.rank === other.rank ? idText(row.id) > idText(other.id) : row.rank < other.rank;
}

/** Whether a row is a later state of its account than another one. */
export function isLater(row: RowIdentity, other: RowIdentity): boolean {
  const [day, otherDay] = [row.owner.tradingDay, other.owner.tradingDay];
  return day === otherDay ? replaces(row, other) : (day ?? -Infinity) > (otherDay ?? -Infinity);
}

/** What messages call a document; made for each, so it costs nothing until it is read. */
export class RowOrigin implements DocumentOrigin {
  readonly #document: Document;
  readonly #reading: RowReading;

  constructor(document: Document, reading: RowReading) {
    this.#document = document;
    this.#reading = reading;
  }

  get collection(): string {
    const { names, from } = this.#reading;
    return `${names[from.database]}.${from.name}`;
  }

  get documentId(): string {
    return idText(own(this.#document, '_id'));
  }
}
