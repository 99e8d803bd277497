import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { CodedError } from '../../domain/errors.ts';
import { BUSY_TIMEOUT_MS } from './open-database.ts';

/** A row as a list, in the order of the columns asked for: an object with names would only be made to be thrown away. */
export type Columns = readonly (SQLOutputValue | undefined)[];

/** What one turn of the event loop reads, counted in short rows: a few milliseconds. */
const COST_OF_TURN = 2000;
const COST_OF_KEY = 10;
const CHARACTERS_OF_SHORT_ROW = 250;

/**
 * Reads lists of any length from a database, a part in each turn of the event loop, which node:sqlite would otherwise
 * hold until the last row. It has a connection of its own and reads one key after the other, so that all of a key is of
 * one moment, whatever is written in between, and that many readers at once take no longer turns than one.
 */
export class PacedReader {
  readonly #database: DatabaseSync;
  #cost = 0;
  #before: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  }

  /** A statement whose rows are lists. Text that may be long has to be its last column. */
  prepare(sql: string): StatementSync {
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  }

  /**
   * What `read` answers for each key, in the order of the keys; `rows` and `first` are for `read` alone. Fails with
   * UPSTREAM_UNAVAILABLE when the database cannot be read.
   */
  async each<Key, Value>(keys: readonly Key[], read: (key: Key) => Promise<Value>): Promise<Value[]> {
    const values: Value[] = [];
    for (const key of keys) {
      const value = this.#before.then(() => this.#atOneMoment(() => read(key)));
      this.#before = value.catch(() => undefined); // a read that failed holds up none behind it
      values.push(await value);
    }
    return values;
  }

  async rows<Value>(
    statement: StatementSync,
    parameters: readonly SQLInputValue[],
    decode: (row: Columns) => Value,
  ): Promise<Value[]> {
    const values: Value[] = [];
    const cursor = attempt(() => statement.iterate(...parameters));
    try {
      for (;;) {
        const { done, value } = attempt(() => cursor.next());
        if (done === true) return values;
        const row = toColumns(value);
        values.push(decode(row));
        if (this.#spend(costOf(row))) await this.#nextTurn();
      }
    } finally {
      if (this.#database.isOpen) cursor.return?.(); // an open cursor would keep its moment for the next key
    }
  }

  /** The first row, undefined for none. */
  async first(statement: StatementSync, parameters: readonly SQLInputValue[]): Promise<Columns | undefined> {
    const found = attempt(() => statement.get(...parameters));
    if (found === undefined) return undefined;
    const row = toColumns(found);
    if (this.#spend(costOf(row))) await this.#nextTurn();
    return row;
  }

  /** Whether each of the tables can be read. Fails as `each` does, and waits for no other read. */
  check(tables: readonly string[]): void {
    for (const table of tables) attempt(() => this.#database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get());
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  async #atOneMoment<Value>(read: () => Promise<Value>): Promise<Value> {
    if (this.#spend(COST_OF_KEY)) await this.#nextTurn();
    attempt(() => this.#database.exec('BEGIN'));
    try {
      return await read();
    } finally {
      if (this.#database.isOpen) this.#database.exec('COMMIT');
    }
  }

  /** Whether the turn has done its part. */
  #spend(cost: number): boolean {
    this.#cost += cost;
    return this.#cost >= COST_OF_TURN;
  }

  async #nextTurn(): Promise<void> {
    this.#cost = 0;
    await setImmediate();
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
