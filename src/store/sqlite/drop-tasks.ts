import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DropOutcome, DropRequest, RestoreOutcome, RestoreRequest } from '../account-drops.ts';
import type { AccountKey } from '../accounts.ts';
import { inTransaction, openDatabase } from './open-database.ts';
import { ACCOUNT_TABLE_NAMES, dropTableOf, STORE_TABLES } from './tables.ts';

/** What takes too long for the thread that answers requests. Ids are those of `account_drop`. */
export type DropTask =
  /** Puts on record what is asked for, before anything of it is done. */
  | { readonly kind: 'RECORD'; readonly request: DropRequest }
  /** The drop came to nothing. */
  | { readonly kind: 'UNDO'; readonly id: number }
  | { readonly kind: 'DROP'; readonly id: number; readonly keys: readonly AccountKey[] }
  /** `replacingId`: the drop that is on record for what the account has by now, if that gives way. */
  | { readonly kind: 'RESTORE'; readonly request: RestoreRequest; readonly replacingId: number | undefined };

export interface DropTaskAnswer {
  readonly RECORD: number;
  readonly UNDO: null;
  readonly DROP: DropOutcome;
  readonly RESTORE: RestoreOutcome;
}

/** What moves rows runs in a thread that may wait for an import. */
const BUSY_TIMEOUT_MS = 5_000;

/** Copies outlive a power cut, unlike imports. */
export function openDropDatabase<Store>(path: string, build: (database: DatabaseSync) => Store): Store {
  const file = { path, name: 'account store', tables: STORE_TABLES, synchronous: 'FULL' } as const;
  return openDatabase({ ...file, busyTimeoutMs: BUSY_TIMEOUT_MS }, build);
}

/** The statements that move the rows of one account between a table and its copies. */
interface TableMoves {
  readonly copy: StatementSync;
  readonly remove: StatementSync;
  readonly restore: StatementSync;
}

/** Each task is one transaction: done as a whole or not at all, whenever the process ends. */
export class DropTasks {
  readonly #database: DatabaseSync;
  readonly #tables: readonly TableMoves[];
  readonly #record: StatementSync;
  readonly #undo: StatementSync;
  readonly #count: StatementSync;
  readonly #finish: StatementSync;
  readonly #latestCopy: StatementSync;
  readonly #recordRestore: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#tables = ACCOUNT_TABLE_NAMES.map((name) => movesOf(database, name));
    this.#record = database.prepare(`
      INSERT INTO account_drop (requested_by, requested_at, source, account_cookies, state, has_copies)
      VALUES (?, ?, ?, ?, 'REQUESTED', 0)`);
    this.#undo = database.prepare(`UPDATE account_drop SET state = 'UNDONE' WHERE id = ? AND state = 'REQUESTED'`);
    this.#count = database.prepare(`
      SELECT (SELECT count(*) FROM account WHERE source = ?1 AND account_cookie = ?2) AS accounts,
        (SELECT count(*) FROM account_day WHERE source = ?1 AND account_cookie = ?2) AS documents`);
    this.#finish = database.prepare(`
      UPDATE account_drop SET state = 'DROPPED', dropped = ?, documents = ?, has_copies = ? WHERE id = ?`);
    this.#latestCopy = database.prepare(`
      SELECT drop_id, requested_at FROM ${dropTableOf('account')} JOIN account_drop ON id = drop_id
      WHERE dropped_account.source = ? AND account_cookie = ? ORDER BY drop_id DESC LIMIT 1`);
    this.#recordRestore = database.prepare(`
      INSERT INTO account_restore (requested_by, requested_at, source, account_cookie, drop_id, documents)
      VALUES (?, ?, ?, ?, ?, ?)`);
  }

  run(task: DropTask): DropTaskAnswer[DropTask['kind']] {
    return inTransaction(this.#database, 'IMMEDIATE', () => {
      switch (task.kind) {
        case 'RECORD':
          return this.#put(task.request);
        case 'UNDO':
          this.#undo.run(task.id);
          return null;
        case 'DROP':
          return this.#drop(task.id, task.keys);
        case 'RESTORE':
          return this.#restoreOnRecord(task.request, task.replacingId);
      }
    });
  }

  close(): void {
    this.#database.close();
  }

  #put({ requestedBy, requestedAt, source, accountCookies }: DropRequest): number {
    const names = JSON.stringify(accountCookies);
    return Number(this.#record.run(requestedBy, requestedAt, source, names).lastInsertRowid);
  }

  #drop(id: number, keys: readonly AccountKey[]): DropOutcome {
    const dropped: string[] = [];
    let documents = 0;
    for (const { source, accountCookie } of keys) {
      const found = this.#documentsOf({ source, accountCookie });
      if (found === undefined) continue;
      for (const { copy } of this.#tables) copy.run(id, source, accountCookie);
      for (const { remove } of this.#tables) remove.run(source, accountCookie);
      dropped.push(accountCookie);
      documents += found;
    }
    this.#finish.run(JSON.stringify(dropped), documents, dropped.length > 0 ? 1 : 0, id);
    return { dropped, documents };
  }

  #restoreOnRecord(request: RestoreRequest, replacingId: number | undefined): RestoreOutcome {
    const outcome = this.#restore(request, replacingId);
    // Of a record that nothing came of, because nothing had to give way.
    if (replacingId !== undefined) this.#undo.run(replacingId);
    return outcome;
  }

  #restore(request: RestoreRequest, replacingId: number | undefined): RestoreOutcome {
    const { source, accountCookie, requestedBy, requestedAt } = request;
    const copy = this.#latestCopy.get(source, accountCookie);
    if (copy === undefined) return { kind: 'NO_COPY' };
    const present = this.#documentsOf(request);
    if (present !== undefined) {
      if (replacingId === undefined) return { kind: 'OCCUPIED', documents: present };
      this.#drop(replacingId, [request]);
    }
    const dropId = Number(copy.drop_id);
    for (const { restore } of this.#tables) restore.run(dropId, source, accountCookie);
    const documents = this.#documentsOf(request) ?? 0;
    this.#recordRestore.run(requestedBy, requestedAt, source, accountCookie, dropId, documents);
    return { kind: 'RESTORED', documents, droppedAt: Number(copy.requested_at) };
  }

  /** Undefined for an account that is not there. */
  #documentsOf({ source, accountCookie }: AccountKey): number | undefined {
    const row = this.#count.get(source, accountCookie);
    return row === undefined || row.accounts === 0 ? undefined : Number(row.documents);
  }
}

function movesOf(database: DatabaseSync, name: string): TableMoves {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(name);
  const columns = rows.map((row) => `"${row.name}"`).join(', ');
  const [copies, ofAccount] = [dropTableOf(name), 'source = ? AND account_cookie = ?'];
  return {
    copy: database.prepare(
      `INSERT INTO ${copies} (drop_id, ${columns}) SELECT ?, ${columns} FROM ${name} WHERE ${ofAccount}`,
    ),
    remove: database.prepare(`DELETE FROM ${name} WHERE ${ofAccount}`),
    restore: database.prepare(
      `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${copies} WHERE drop_id = ? AND ${ofAccount}`,
    ),
  };
}
