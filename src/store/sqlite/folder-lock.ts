import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes a data folder this server's own until it is disposed of or the process dies, however it dies. Fails with an Error
 * that names the folder when another server has it. Importing into the folder is not concerned.
 */
export function lockDataFolder(folder: string): Disposable {
  const database = new DatabaseSync(join(folder, 'server.lock'), { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new Error(`the data folder ${folder} is in use by another server`, { cause });
  }
  return { [Symbol.dispose]: () => database.close() };
}
