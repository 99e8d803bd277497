import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AccountComparisonStore } from '../account-comparisons.ts';
import { reach } from './reach.ts';

export class SqliteAccountComparisonStore implements AccountComparisonStore {
  readonly #read: StatementSync;
  readonly #write: StatementSync;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare('SELECT compared_at FROM account_comparison WHERE account_cookie = ?');
    this.#write = database.prepare(`
      INSERT INTO account_comparison VALUES (?, ?) ON CONFLICT DO UPDATE SET compared_at = excluded.compared_at`);
  }

  async comparedAt(accountCookie: string): Promise<number | undefined> {
    const row = reach(() => this.#read.get(accountCookie));
    return row && Number(row.compared_at);
  }

  async compared(accountCookie: string, at: number): Promise<void> {
    reach(() => this.#write.run(accountCookie, at));
  }
}
