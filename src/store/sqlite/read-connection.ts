import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { CodedError } from '../../domain/errors.ts';
import type { Steps } from '../../domain/steps.ts';
import { BUSY_TIMEOUT_MS } from './open-database.ts';

/** A row as a list, in the order of the columns asked for: an object with names would only be made to be thrown away. */
export type Columns = readonly (SQLOutputValue | undefined)[];

type Parameters = readonly SQLInputValue[];

const COST_OF_STATEMENT = 10;
const COST_OF_STEP = 100;
const CHARACTERS_OF_SHORT_ROW = 250;

/**
 * A connection that reads. Whatever keeps SQLite from its work is UPSTREAM_UNAVAILABLE. Text that may be long has to be
 * the last column of a row, by which its cost is told.
 */
export class ReadConnection {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#database = attempt(() => new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS }));
  }

  /** All that the steps read is of one moment. Nothing else may be read meanwhile. */
  *atOneMoment<Result>(steps: Steps<Result>): Steps<Result> {
    attempt(() => this.#database.exec('BEGIN'));
    try {
      return yield* steps;
    } finally {
      if (this.#database.isOpen) this.#database.exec('COMMIT');
    }
  }

  *rows<Value>(sql: string, parameters: Parameters, decode: (row: Columns) => Value): Steps<Value[]> {
    const values: Value[] = [];
    const cursor = attempt(() => this.#prepared(sql).iterate(...parameters));
    let cost = COST_OF_STATEMENT;
    try {
      for (;;) {
        const { done, value } = attempt(() => cursor.next());
        if (done === true) return values;
        const row = toColumns(value);
        values.push(decode(row));
        cost += costOf(row);
        if (cost < COST_OF_STEP) continue;
        yield cost;
        cost = 0;
      }
    } finally {
      if (this.#database.isOpen) cursor.return?.(); // an open cursor would keep its moment for the next read
    }
  }

  /** The first row, undefined for none. `cost` is of what has to be passed over to find it. */
  *first(sql: string, parameters: Parameters, cost = 0): Steps<Columns | undefined> {
    const found = attempt(() => this.#prepared(sql).get(...parameters));
    const row = found === undefined ? undefined : toColumns(found);
    yield COST_OF_STATEMENT + cost + costOf(row ?? []);
    return row;
  }

  /** Fails when one of the tables cannot be read. */
  check(tables: readonly string[]): void {
    for (const table of tables) attempt(() => this.#database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get());
  }

  /** Another number after each commit of another connection. */
  version(): number {
    return Number(attempt(() => this.#database.prepare('PRAGMA data_version').get())?.data_version);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** `setReturnArrays` makes lists of rows, which their declared type does not know. */
function toColumns(row: unknown): Columns {
  return row as Columns;
}

function costOf(row: Columns): number {
  const last = row.at(-1);
  return typeof last === 'string' ? 1 + last.length / CHARACTERS_OF_SHORT_ROW : 1;
}

function attempt<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    throw new CodedError('UPSTREAM_UNAVAILABLE', 'the account store cannot be read', { cause });
  }
}
