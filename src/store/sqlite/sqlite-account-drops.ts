import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { CodedError } from '../../domain/errors.ts';
import type {
  AccountDrops,
  DropOutcome,
  DropRecord,
  DropRequest,
  RestoreOutcome,
  RestoreRequest,
} from '../account-drops.ts';
import { memberOf, type Row } from './column-values.ts';
import { type DropTask, type DropTaskAnswer, openDropDatabase } from './drop-tasks.ts';
import { toSource } from './rows.ts';

export interface SqliteAccountDrops extends AccountDrops {
  /** Ends with what is under way. */
  close(): Promise<void>;
}

/**
 * Opens what drops accounts of the embedded store, which is made when it is not there. To be called by whoever has the
 * data folder: a drop that is on record and not done is taken to be that of a process that died. Fails like the store.
 */
export function openSqliteAccountDrops({ path }: { path: string }): SqliteAccountDrops {
  return openDropDatabase(path, (database) => new OpenDrops(database, path));
}

/** What writes runs in a worker, which may have to wait for an import. One request after the other. */
class OpenDrops implements SqliteAccountDrops {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #hasOutdated: StatementSync;
  readonly #records: StatementSync;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    this.#hasOutdated = database.prepare(
      'SELECT 1 FROM account_drop WHERE has_copies = 1 AND requested_at < ? LIMIT 1',
    );
    this.#records = database.prepare('SELECT * FROM account_drop ORDER BY id');
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

  restore({ source, accountCookie, replace, requestedBy, requestedAt }: RestoreRequest): Promise<RestoreOutcome> {
    const key = { source, accountCookie };
    return this.#inTurn(() => {
      if (!replace) return this.#run({ kind: 'RESTORE', key, replacingId: undefined });
      const request = { source, accountCookies: [accountCookie], requestedBy, requestedAt };
      return this.#onRecord(request, (replacingId) => this.#run({ kind: 'RESTORE', key, replacingId }));
    });
  }

  trim(before: number): Promise<void> {
    return this.#inTurn(async () => {
      if (reach(() => this.#hasOutdated.get(before)) !== undefined) await this.#run({ kind: 'TRIM', before });
    });
  }

  async records(): Promise<readonly DropRecord[]> {
    return reach(() => this.#records.all()).map(toRecord);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
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
