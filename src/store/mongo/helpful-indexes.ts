import type { Document } from 'mongodb';
import type { DatabaseNames } from './mongo-deployment.ts';
import { ACCOUNT, HISTORY, MARKS, type QifiCollection, REALTIME_HISTORY } from './qifi-collections.ts';

/** An index without which a question is answered by reading a whole collection. */
export interface HelpfulIndex {
  readonly on: QifiCollection;
  /** Ascending. */
  readonly fields: readonly string[];
}

/** QUANTAXIS itself makes the first, and no other. */
export const HELPFUL_INDEXES: readonly HelpfulIndex[] = [
  { on: HISTORY, fields: ['account_cookie', 'trading_day'] },
  { on: ACCOUNT, fields: ['account_cookie'] },
  { on: ACCOUNT, fields: ['portfolio'] },
  { on: REALTIME_HISTORY, fields: ['account_cookie', 'trading_day'] },
  { on: MARKS, fields: ['account_cookie', 'updatetime'] },
];

/** An index as `listIndexes` describes it. https://www.mongodb.com/docs/manual/reference/command/listIndexes/ */
export type StoredIndex = Document;

/** Whether one of the indexes begins with the fields, in whichever direction, and holds all documents as they are. */
export function isServed({ fields }: HelpfulIndex, indexes: readonly StoredIndex[]): boolean {
  return indexes.some((index) => isWhole(index) && beginsWith(fields, Object.entries(Object(index.key))));
}

/** The line for mongosh that makes the index. */
export function createIndexLine({ on, fields }: HelpfulIndex, names: DatabaseNames): string {
  const keys = fields.map((field) => `${field}: 1`).join(', ');
  return `db.getSiblingDB(${JSON.stringify(names[on.database])}).${on.name}.createIndex({ ${keys} })`;
}

/** One with a collation compares texts in another way than queries do, and is passed over. */
function isWhole(index: StoredIndex): boolean {
  return index.partialFilterExpression === undefined && index.collation === undefined && index.hidden !== true;
}

function beginsWith(fields: readonly string[], keys: readonly (readonly [string, unknown])[]): boolean {
  return fields.every((field, at) => {
    const [name, order] = keys[at] ?? [];
    return name === field && (Number(order) === 1 || Number(order) === -1);
  });
}
