import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { BUSY_TIMEOUT_MS } from './open-database.ts';

/** What can be said of a SQLite file of ours without opening it as a store. */
export interface StoreFacts {
  readonly version: number;
  /** What it takes on the disk, with what was not put into its place yet. */
  readonly bytes: number;
  /** Rows of the tables asked for, in their order; a table that is not there has none. */
  readonly rows: readonly RowCount[];
}

export interface RowCount {
  readonly table: string;
  readonly count: number;
  /** Whether there are more, which would take long to count. */
  readonly isMore: boolean;
}

const COUNTED_UP_TO = 1_000_000;

/** Reads a store that may be in use, and leaves nothing beside it. Fails with an Error when it is no database. */
export function readStoreFacts(path: string, tables: readonly string[]): StoreFacts {
  const wal = `${path}-wal`;
  const isInUse = existsSync(wal);
  // A reader of a file that nobody has open would make the files that its users share, and leave them.
  const location = pathToFileURL(path);
  if (!isInUse) location.search = '?immutable=1';
  const database = new DatabaseSync(location, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    return {
      version: Number(database.prepare('PRAGMA user_version').get()?.user_version),
      bytes: statSync(path).size + (isInUse ? statSync(wal).size : 0),
      rows: tables.map((table) => countRows(database, table)),
    };
  } finally {
    database.close();
  }
}

function countRows(database: DatabaseSync, table: string): RowCount {
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table);
  if (isThere === undefined) return { table, count: 0, isMore: false };
  const counting = `SELECT count(*) AS count FROM (SELECT 1 FROM ${table} LIMIT ${COUNTED_UP_TO + 1})`;
  const count = Number(database.prepare(counting).get()?.count);
  return { table, count: Math.min(count, COUNTED_UP_TO), isMore: count > COUNTED_UP_TO };
}
