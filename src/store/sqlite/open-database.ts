import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';

/** How long all of this process stands still when another one writes. */
export const BUSY_TIMEOUT_MS = 500;

interface DatabaseTables {
  /** SQL that makes them. */
  readonly create: string;
  /** A file of another version is refused. */
  readonly version: number;
  /** But for those from which a way leads here. */
  readonly upgrades?: readonly TablesUpgrade[];
  /**
   * Whether a file that is made can give back to the disk what is deleted (`PRAGMA incremental_vacuum`). One that was
   * made before stays as it is, and only uses its free pages again: to bring it there, SQLite has to write all of it anew
   * while nobody else writes. `PRAGMA auto_vacuum = INCREMENTAL; VACUUM` does that, in a quiet hour.
   */
  readonly isShrinkable?: boolean;
}

/** Brings tables of the version `from` to the next, or fails with an Error that says why not. */
export interface TablesUpgrade {
  readonly from: number;
  readonly run: (database: DatabaseSync) => void;
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

function createTables(database: DatabaseSync, tables: DatabaseTables): void {
  const { create, version: wanted, upgrades = [], isShrinkable = false } = tables;
  if (versionOf(database) === wanted) return;
  if (isShrinkable) database.exec('PRAGMA auto_vacuum = INCREMENTAL'); // of a file without tables
  database.exec('BEGIN IMMEDIATE'); // another process may be doing the same
  const version = versionOf(database);
  const isEmpty = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables === 0;
  if (isEmpty) database.exec(create);
  else for (const { run } of wayTo(wanted, version, upgrades)) run(database);
  database.exec(`PRAGMA user_version = ${wanted}; COMMIT`);
}

/** Fails when there is none. */
function wayTo(wanted: number, version: unknown, upgrades: readonly TablesUpgrade[]): readonly TablesUpgrade[] {
  if (version === wanted) return [];
  const next = upgrades.find(({ from }) => from === version);
  if (next === undefined) throw new Error(`it has version ${version}, wanted ${wanted}`);
  return [next, ...wayTo(wanted, next.from + 1, upgrades)];
}

function versionOf(database: DatabaseSync): SQLOutputValue | undefined {
  return database.prepare('PRAGMA user_version').get()?.user_version;
}
