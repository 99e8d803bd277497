import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

/** How long all of this process stands still when another one writes. */
export const BUSY_TIMEOUT_MS = 500;

interface DatabaseTables {
  /** SQL that makes them. */
  readonly create: string;
  /** A file of another version is refused. */
  readonly version: number;
  /** But for the version `from`, whose tables `run` brings to this one, or fails with an Error that says why not. */
  readonly upgrade?: { readonly from: number; readonly run: (database: DatabaseSync) => void };
}

/** A SQLite file of ours. */
export interface DatabaseFile {
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
  readonly tables: DatabaseTables;
  /** FULL: what was committed outlives a power cut. NORMAL: only what was committed before the last checkpoint does. */
  readonly synchronous: 'NORMAL' | 'FULL';
  /** How long to wait, with all of this thread, while another process writes; half a second when absent. */
  readonly busyTimeoutMs?: number | undefined;
}

/**
 * Opens the file, or makes it, and answers what `build` makes of it. Fails with an Error that says path and reason when
 * the file cannot be opened, is no store of ours or is of a version that cannot be brought to this one.
 */
export function openDatabase<Store>(file: DatabaseFile, build: (database: DatabaseSync) => Store): Store {
  const { path, name, tables, synchronous, busyTimeoutMs = BUSY_TIMEOUT_MS } = file;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: busyTimeoutMs });
    createTables(database, tables);
    // Readers and one writer of several processes do not wait for each other.
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
    return build(database);
  } catch (error) {
    database?.close();
    throw new Error(`cannot open the ${name} ${path}: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** IMMEDIATE waits for its turn to write, so that nothing it has read can change before it writes. */
export function inTransaction<Result>(
  database: DatabaseSync,
  kind: 'DEFERRED' | 'IMMEDIATE',
  work: () => Result,
): Result {
  database.exec(`BEGIN ${kind}`);
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK'); // a full disk has ended it already
    throw error;
  }
}

function createTables(database: DatabaseSync, { create, version: wanted, upgrade }: DatabaseTables): void {
  if (versionOf(database) === wanted) return;
  database.exec('BEGIN IMMEDIATE'); // another process may be doing the same
  const version = versionOf(database);
  const isEmpty = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables === 0;
  if (isEmpty) database.exec(create);
  else if (upgrade !== undefined && version === upgrade.from) upgrade.run(database);
  else if (version !== wanted) throw new Error(`it has version ${version}, wanted ${wanted}`);
  database.exec(`PRAGMA user_version = ${wanted}; COMMIT`);
}

function versionOf(database: DatabaseSync): SQLOutputValue | undefined {
  return database.prepare('PRAGMA user_version').get()?.user_version;
}
