import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { RunKey } from '../runs.ts';
import type { Row } from './column-values.ts';
import { type RunFilterColumn, runIndexOf } from './desk-tables.ts';

/** A part of the list of runs, both places left out. */
export interface RunSection {
  readonly after: RunKey | undefined;
  readonly before: RunKey | undefined;
  /** At most so many, from the end of the section when `isBackward`. */
  readonly limit: number;
  readonly isBackward: boolean;
}

/** Before every run and behind every run: the list is descending. */
const START: Place = [Number.POSITIVE_INFINITY, ''];
const END: Place = [Number.NEGATIVE_INFINITY, ''];
type Place = readonly [queuedAt: number, id: string];

/**
 * The list of the runs that have one value in each of some columns, each question answered out of the one index that
 * holds them in their order. The values come in the order of the columns.
 */
export class RunList {
  readonly #forward: StatementSync;
  readonly #backward: StatementSync;
  readonly #count: StatementSync;
  readonly #from: StatementSync;
  readonly #upTo: StatementSync;

  constructor(database: DatabaseSync, columns: readonly RunFilterColumn[]) {
    // By name, since the planner would at times rather sort.
    const runs = `FROM run INDEXED BY ${runIndexOf(columns)}`;
    const passes = ['TRUE', ...columns.map((column) => `${column} = ?`)].join(' AND ');
    const section = `SELECT * ${runs} WHERE ${passes} AND (queued_at, id) < (?, ?) AND (queued_at, id) > (?, ?)`;
    this.#forward = database.prepare(`${section} ORDER BY queued_at DESC, id DESC LIMIT ?`);
    this.#backward = database.prepare(`${section} ORDER BY queued_at, id LIMIT ?`);
    this.#count = database.prepare(`SELECT count(*) AS runs ${runs} WHERE ${passes}`);
    this.#from = database.prepare(`SELECT 1 ${runs} WHERE ${passes} AND (queued_at, id) <= (?, ?) LIMIT 1`);
    this.#upTo = database.prepare(`SELECT 1 ${runs} WHERE ${passes} AND (queued_at, id) >= (?, ?) LIMIT 1`);
  }

  /** In the direction asked for: a backward section comes with the oldest first. */
  rows(values: readonly SQLInputValue[], { after, before, limit, isBackward }: RunSection): Row[] {
    const statement = isBackward ? this.#backward : this.#forward;
    return statement.all(...values, ...placeOf(after, START), ...placeOf(before, END), limit);
  }

  count(values: readonly SQLInputValue[]): number {
    return Number(this.#count.get(...values)?.runs);
  }

  /** Whether a run stands at the place or behind it. */
  hasFrom(values: readonly SQLInputValue[], { queuedAt, id }: RunKey): boolean {
    return this.#from.get(...values, queuedAt, id) !== undefined;
  }

  /** Whether a run stands at the place or before it. */
  hasUpTo(values: readonly SQLInputValue[], { queuedAt, id }: RunKey): boolean {
    return this.#upTo.get(...values, queuedAt, id) !== undefined;
  }
}

function placeOf(key: RunKey | undefined, otherwise: Place): Place {
  return key === undefined ? otherwise : [key.queuedAt, key.id];
}
