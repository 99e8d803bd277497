import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ownOrderKey } from '../../domain/live-order.ts';
import type { OrderRequest, OrderSubmission } from '../../domain/order-request.ts';
import type { OrderSubmissionStore } from '../order-submissions.ts';
import type { Row } from './column-values.ts';
import { inTransaction } from './open-database.ts';
import { reach } from './reach.ts';

export class SqliteOrderSubmissionStore implements OrderSubmissionStore {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #byKey: StatementSync;
  readonly #open: StatementSync;
  readonly #withdraw: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#insert = database.prepare(`
      INSERT INTO order_submission VALUES (?1, ?2, ?3, ?4, ?5, EXISTS (
        SELECT 1 FROM order_event WHERE account_cookie = ?1 AND order_key = ?2 AND is_latest = 1), NULL)`);
    this.#byKey = database.prepare(`
      SELECT submitted_at, request FROM order_submission WHERE account_cookie = ? AND order_key = ?`);
    this.#open = database.prepare(`
      SELECT submitted_at, request FROM order_submission INDEXED BY open_submissions
      WHERE account_cookie = ? AND is_settled = 0 ORDER BY submitted_at, client_order_id`);
    this.#withdraw = database.prepare(`
      DELETE FROM order_submission WHERE account_cookie = ? AND order_key = ? AND is_settled = 0`);
  }

  async submit({ request, submittedAt }: OrderSubmission): Promise<OrderSubmission | undefined> {
    const { accountCookie, clientOrderId } = request;
    const key = [accountCookie, ownOrderKey(clientOrderId)] as const;
    return reach(() =>
      inTransaction(this.#database, 'IMMEDIATE', () => {
        const earlier = this.#byKey.get(...key);
        if (earlier !== undefined) return toSubmission(earlier);
        this.#insert.run(...key, clientOrderId, submittedAt, JSON.stringify(request));
        return undefined;
      }),
    );
  }

  async withdraw(accountCookie: string, clientOrderId: string): Promise<void> {
    reach(() => this.#withdraw.run(accountCookie, ownOrderKey(clientOrderId)));
  }

  async submission(accountCookie: string, clientOrderId: string): Promise<OrderSubmission | undefined> {
    const row = reach(() => this.#byKey.get(accountCookie, ownOrderKey(clientOrderId)));
    return row && toSubmission(row);
  }

  async openSubmissions(accountCookie: string): Promise<readonly OrderSubmission[]> {
    return reach(() => this.#open.all(accountCookie)).map(toSubmission);
  }
}

function toSubmission({ submitted_at, request }: Row): OrderSubmission {
  return { request: JSON.parse(String(request)) as OrderRequest, submittedAt: Number(submitted_at) }; // what submit wrote
}
