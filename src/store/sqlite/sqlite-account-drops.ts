import { once } from 'node:events';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { CodedError } from '../../domain/errors.ts';
import type {
  AccountDrops,
  DropOutcome,
  DropRecord,
  DropRequest,
  RestoreOutcome,
  RestoreRecord,
  RestoreRequest,
} from '../account-drops.ts';
import { memberOf, type Row } from './column-values.ts';
import { CopyTrim } from './copy-trim.ts';
import { type DropTask, type DropTaskAnswer, openDropDatabase } from './drop-tasks.ts';
import { toSource } from './rows.ts';

export interface SqliteAccountDrops extends AccountDrops {
  /** Ends with what is under way; what is being given up is left as it is. */
  close(): Promise<void>;
}

/**
 * Opens what drops accounts of the embedded store, which is made when it is not there. To be called by whoever has the
 * data folder: a drop that is on record and not done is taken to be that of a process that died. Fails like the store.
 */
export function openSqliteAccountDrops({ path }: { path: string }): SqliteAccountDrops {
  return openDropDatabase(path, (database) => new OpenDrops(database, path));
}

/**
 * What writes runs in a worker, which may have to wait for an import. One request after the other; old copies are given
 * up beside them, a little at a time.
 */
class OpenDrops implements SqliteAccountDrops {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #trim: CopyTrim;
  readonly #records: StatementSync;
  readonly #restores: StatementSync;
  #last: Promise<unknown> = Promise.resolve();
  #lastTrim: Promise<unknown> = Promise.resolve();
  #trimming: Worker | undefined;
  #isClosed = false;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#trim = new CopyTrim(database);
    this.#records = database.prepare('SELECT * FROM account_drop ORDER BY id');
    this.#restores = database.prepare(`
      SELECT account_restore.*, account_drop.requested_at AS dropped_at
      FROM account_restore JOIN account_drop ON account_drop.id = drop_id ORDER BY account_restore.id`);
    // Rows are moved along with the mark that they were, so that what has no mark was not begun.
    database.exec(`UPDATE account_drop SET state = 'UNDONE' WHERE state = 'REQUESTED'`);
  }

  drop(request: DropRequest): Promise<DropOutcome> {
    return this.#inTurn(() =>
      this.#onRecord(request, (id) => {
        const { source } = request;
        // SQLite would store another name than one that is no Unicode text, and find that.
        const names = request.accountCookies.filter((name) => name.isWellFormed());
        return this.#run({ kind: 'DROP', id, keys: names.map((accountCookie) => ({ source, accountCookie })) });
      }),
    );
  }

  restore(request: RestoreRequest): Promise<RestoreOutcome> {
    const { source, accountCookie, replace, requestedBy, requestedAt } = request;
    return this.#inTurn(() => {
      if (!replace) return this.#run({ kind: 'RESTORE', request, replacingId: undefined });
      const replacing = { source, accountCookies: [accountCookie], requestedBy, requestedAt };
      return this.#onRecord(replacing, (replacingId) => this.#run({ kind: 'RESTORE', request, replacingId }));
    });
  }

  trim(before: number): Promise<void> {
    const done = this.#lastTrim.then(() => this.#trimNow(before));
    this.#lastTrim = done.catch(() => {});
    return done;
  }

  async records(): Promise<readonly DropRecord[]> {
    return reach(() => this.#records.all()).map(toRecord);
  }

  async restores(): Promise<readonly RestoreRecord[]> {
    return reach(() => this.#restores.all()).map(toRestoreRecord);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#trimming?.postMessage('stop');
    await Promise.all([this.#last, this.#lastTrim]);
    if (this.#database.isOpen) this.#database.close();
  }

  /** The record is durable before the work begins, and says afterwards whether it came to anything. */
  async #onRecord<Answer>(request: DropRequest, work: (id: number) => Promise<Answer>): Promise<Answer> {
    const id = await this.#run({ kind: 'RECORD', request });
    try {
      return await work(id);
    } catch (error) {
      // When this fails too it is done at the next start; what came of the work stands either way.
      await this.#run({ kind: 'UNDO', id }).catch(() => {});
      throw error;
    }
  }

  /** Two transactions that write would be in each other's way, and this thread would wait for the worker's. */
  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.#isClosed) return Promise.reject(unavailable());
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  async #trimNow(before: number): Promise<void> {
    if (this.#isClosed) throw unavailable();
    if (!reach(() => this.#trim.isWanted(before))) return;
    const worker = new Worker(new URL('trim-worker.ts', import.meta.url), { workerData: { path: this.#path, before } });
    this.#trimming = worker;
    try {
      await once(worker, 'exit'); // fails when the worker does
    } catch (cause) {
      throw unavailable(cause);
    } finally {
      this.#trimming = undefined;
    }
  }

  #run<Task extends DropTask>(task: Task): Promise<DropTaskAnswer[Task['kind']]> {
    const { promise, resolve, reject } = Promise.withResolvers<DropTaskAnswer[Task['kind']]>();
    const fail = (cause?: unknown): void => {
      reject(unavailable(cause));
    };
    const worker = new Worker(new URL('drop-worker.ts', import.meta.url), { workerData: { path: this.#path, task } });
    worker.once('message', resolve).once('error', fail).once('exit', fail);
    return promise;
  }
}

function toRecord(row: Row): DropRecord {
  return {
    requestedBy: String(row.requested_by),
    requestedAt: Number(row.requested_at),
    source: toSource(row.source),
    accountCookies: JSON.parse(String(row.account_cookies)) as string[], // what #onRecord made
    state: memberOf(['REQUESTED', 'DROPPED', 'UNDONE'], row.state),
    dropped: JSON.parse(String(row.dropped ?? '[]')) as string[], // what DropTasks made
    documents: Number(row.documents),
  };
}

function toRestoreRecord(row: Row): RestoreRecord {
  return {
    requestedBy: String(row.requested_by),
    requestedAt: Number(row.requested_at),
    source: toSource(row.source),
    accountCookie: String(row.account_cookie),
    droppedAt: Number(row.dropped_at),
    documents: Number(row.documents),
  };
}

function reach<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause?: unknown): CodedError {
  return new CodedError('UPSTREAM_UNAVAILABLE', 'the account store cannot be written', { cause });
}
