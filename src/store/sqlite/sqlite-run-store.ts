import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { PageRange } from '../../domain/page.ts';
import { type Run, UNFINISHED_RUN_STATES } from '../../domain/run.ts';
import { inCodeUnits } from '../../domain/text-order.ts';
import type { ClientRequest, RunFilter, RunKey, RunPage, RunStore } from '../runs.ts';
import { RUN_FILTER_COLUMNS, runIndexOf } from './desk-tables.ts';
import { inTransaction } from './open-database.ts';
import { reach } from './reach.ts';
import { RunList } from './run-list.ts';
import { requestColumns, stateColumns, toRun } from './run-rows.ts';

const UNFINISHED = UNFINISHED_RUN_STATES.map((state) => `'${state}'`).join(', ');

/** A list, and the values that it is narrowed to. */
interface Branch {
  readonly list: RunList;
  readonly values: readonly SQLInputValue[];
}

export class SqliteRunStore implements RunStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #byId: StatementSync;
  readonly #ofRequest: StatementSync;
  readonly #unfinished: StatementSync;
  /** By the index that they read; prepared when they are first asked for. */
  readonly #lists = new Map<string, RunList>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(`
      INSERT INTO run VALUES (:id, :command, :kind, :arguments, :schedule_id, :state, :requested_by,
        :client_request_id, :queued_at, :started_at, :ended_at, :exit_code, :signal, :output_bytes, :is_truncated,
        :progress)
      ON CONFLICT DO NOTHING`);
    this.#update = database.prepare(`
      UPDATE run SET state = :state, started_at = :started_at, ended_at = :ended_at, exit_code = :exit_code,
        signal = :signal, output_bytes = :output_bytes, is_truncated = :is_truncated, progress = :progress
      WHERE id = :id`);
    this.#byId = database.prepare('SELECT * FROM run WHERE id = ?');
    this.#ofRequest = database.prepare(`
      SELECT * FROM run INDEXED BY run_of_request
      WHERE requested_by = ? AND client_request_id = ? AND queued_at >= ? ORDER BY queued_at DESC, id DESC LIMIT 1`);
    this.#unfinished = database.prepare(`
      SELECT * FROM run INDEXED BY ${runIndexOf(['state'])}
      WHERE state IN (${UNFINISHED}) ORDER BY queued_at, id`);
  }

  async insert(run: Run, clientRequestId: string | null): Promise<void> {
    const columns = { ...requestColumns(run), ...stateColumns(run), client_request_id: clientRequestId };
    const { changes } = reach(() => this.#insert.run(columns));
    if (changes === 0) throw new Error(`received a new run ${run.id}, which is stored already`);
  }

  async update(run: Run): Promise<void> {
    const { changes } = reach(() => this.#update.run({ id: run.id, ...stateColumns(run) }));
    if (changes === 0) throw new Error(`received a change of the run ${run.id}, which is not stored`);
  }

  async run(id: string): Promise<Run | undefined> {
    const row = reach(() => this.#byId.get(id));
    return row && toRun(row);
  }

  async runOfRequest({ requestedBy, clientRequestId }: ClientRequest, since: number): Promise<Run | undefined> {
    const row = reach(() => this.#ofRequest.get(requestedBy, clientRequestId, since));
    return row && toRun(row);
  }

  async unfinished(): Promise<readonly Run[]> {
    return reach(() => this.#unfinished.all()).map(toRun);
  }

  async list(filter: RunFilter, range: PageRange<RunKey>): Promise<RunPage> {
    return reach(() => inTransaction(this.#database, 'DEFERRED', () => this.#page(this.#branches(filter), range)));
  }

  #page(branches: readonly Branch[], { size, isBackward, after, before }: PageRange<RunKey>): RunPage {
    // One more than asked for says whether there are more.
    const section = { after, before, isBackward, limit: size + 1 };
    const found = branches
      .flatMap(({ list, values }) => list.rows(values, section))
      .map(toRun)
      .sort(newestFirst);
    const hasMore = found.length > size;
    const hasUpTo = (key: RunKey): boolean => branches.some(({ list, values }) => list.hasUpTo(values, key));
    const hasFrom = (key: RunKey): boolean => branches.some(({ list, values }) => list.hasFrom(values, key));
    return {
      runs: isBackward ? found.slice(Math.max(0, found.length - size)) : found.slice(0, size),
      hasNextPage: (!isBackward && hasMore) || (before !== undefined && hasFrom(before)),
      hasPreviousPage: (isBackward && hasMore) || (after !== undefined && hasUpTo(after)),
      totalCount: branches.reduce((count, { list, values }) => count + list.count(values), 0),
    };
  }

  /** One for each state that is asked for: a list of several states is in no index's order, but merged in no time. */
  #branches({ command, kind, states, requestedBy }: RunFilter): Branch[] {
    const scope = { requested_by: requestedBy, command, kind };
    if (states === undefined) return [this.#branch(scope)];
    return [...new Set(states)].map((state) => this.#branch({ ...scope, state }));
  }

  #branch(filter: Record<string, string | undefined>): Branch {
    const columns = RUN_FILTER_COLUMNS.filter((column) => filter[column] !== undefined);
    const name = runIndexOf(columns);
    const list = this.#lists.get(name) ?? new RunList(this.#database, columns);
    this.#lists.set(name, list);
    return { list, values: columns.map((column) => filter[column] ?? null) };
  }
}

function newestFirst(left: Run, right: Run): number {
  return right.queuedAt - left.queuedAt || inCodeUnits(right.id, left.id);
}
