import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes a data folder this server's own until it is disposed of or the process dies, however it dies. Fails with an Error
 * that names the folder when another server has it. Importing into the folder is not concerned.
 */
export function lockDataFolder(folder: string): Disposable {
  const database = new DatabaseSync(lockPath(folder), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new Error(`the data folder ${folder} is in use by another server`, { cause });
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** Whether a server has a data folder. Looks without touching; a folder that cannot be read is taken for free. */
export function isDataFolderHeld(folder: string): boolean {
  const path = lockPath(folder);
  if (!existsSync(path)) return false;
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 });
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    return error instanceof Error && Reflect.get(error, 'errcode') === SQLITE_BUSY;
  } finally {
    database.close();
  }
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

function lockPath(folder: string): string {
  return join(folder, 'server.lock');
}
