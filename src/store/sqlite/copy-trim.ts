import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inTransaction } from './open-database.ts';
import { ACCOUNT_TABLE_NAMES, dropTableOf } from './tables.ts';

/** How much the first step does, in rows or pages. */
const FIRST_AMOUNT = 64;
/** A step that took less is followed by one that does twice as much, one that took more by one that does half. */
const SHORT_STEP_MS = 3;
const LONG_STEP_MS = 10;

/** What the file keeps for what is written next. */
const FREE_PAGES_KEPT = 256;

/** `PRAGMA auto_vacuum` of a file that can give back what is deleted. */
const INCREMENTAL = 2;

/**
 * Gives up copies of dropped accounts, and what they took of the disk, in steps of some milliseconds: each is a
 * transaction, and between two of them others can write. What was begun and not ended is taken up again next time.
 */
export class CopyTrim {
  readonly #database: DatabaseSync;
  readonly #outdated: StatementSync;
  readonly #removeRows: readonly StatementSync[];
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#outdated = database.prepare('SELECT id FROM account_drop WHERE has_copies = 1 AND requested_at < ?');
    this.#removeRows = ACCOUNT_TABLE_NAMES.map((name) => database.prepare(removalOf(database, dropTableOf(name))));
    this.#forget = database.prepare('UPDATE account_drop SET has_copies = 0 WHERE id = ?');
  }

  /** Whether there is anything to be done for copies of drops that were asked for before an instant. */
  isWanted(before: number): boolean {
    return this.#outdated.get(before) !== undefined || this.#pagesToGiveBack() > 0;
  }

  /** Does the next step whenever it is asked to go on. */
  *steps(before: number): Generator<void, void, undefined> {
    for (const { id } of this.#outdated.all(before)) {
      const dropId = Number(id);
      // The accounts come first: without its row there, nobody brings back a copy that is not whole any more.
      for (const remove of this.#removeRows) {
        yield* inAmounts((rows) => {
          const { changes } = inTransaction(this.#database, 'IMMEDIATE', () => remove.run(dropId, rows));
          return Number(changes) === rows;
        });
      }
      this.#forget.run(dropId);
    }
    yield* inAmounts((pages) => {
      const most = Math.min(pages, this.#pagesToGiveBack());
      if (most > 0) this.#database.exec(`PRAGMA incremental_vacuum(${most})`);
      return this.#pagesToGiveBack() > 0;
    });
  }

  #pagesToGiveBack(): number {
    const mode = this.#database.prepare('PRAGMA auto_vacuum').get()?.auto_vacuum;
    const free = Number(this.#database.prepare('PRAGMA freelist_count').get()?.freelist_count);
    return mode === INCREMENTAL ? Math.max(0, free - FREE_PAGES_KEPT) : 0;
  }
}

/** Repeats `step` for as long as it says that there is more, with amounts that take some milliseconds. */
function* inAmounts(step: (amount: number) => boolean): Generator<void, void, undefined> {
  for (let amount = FIRST_AMOUNT; ; ) {
    const startedAt = performance.now();
    const hasMore = step(amount);
    const tookMs = performance.now() - startedAt;
    if (tookMs < SHORT_STEP_MS) amount *= 2;
    if (tookMs > LONG_STEP_MS) amount = Math.max(1, amount >> 1);
    yield;
    if (!hasMore) return;
  }
}

/** SQL that removes so many rows of a drop: the drop is the first parameter, their number the second. */
function removalOf(database: DatabaseSync, table: string): string {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk').all(table);
  const key = rows.map(({ name }) => `"${name}"`).join(', ');
  return `DELETE FROM ${table} WHERE (${key}) IN (SELECT ${key} FROM ${table} WHERE drop_id = ? LIMIT ?)`;
}
