import type { DatabaseSync, StatementSync } from 'node:sqlite';
import {
  type LiveFill,
  type LiveOrder,
  ORDER_EVENT_KINDS,
  type OrderChange,
  type RecordedOrderChange,
} from '../../domain/live-order.ts';
import type { OrderStatus } from '../../domain/order.ts';
import type { OrderEventStore, OrderStreamBounds } from '../order-events.ts';
import { inOrderOfInsertion } from '../sort-order.ts';
import { memberOf, type Row } from './column-values.ts';
import { inTransaction } from './open-database.ts';
import { reach } from './reach.ts';

const FINISHED: readonly OrderStatus[] = ['FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'];

export class SqliteOrderEventStore implements OrderEventStore {
  readonly #database: DatabaseSync;
  readonly #newEpoch: () => string;
  readonly #bounds: StatementSync;
  readonly #putStream: StatementSync;
  readonly #knows: StatementSync;
  readonly #supersede: StatementSync;
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #orders: StatementSync;
  readonly #raiseFirst: StatementSync;
  readonly #dropEarlier: StatementSync;

  /** `newEpoch` names the counting of an account whose first event comes. */
  constructor(database: DatabaseSync, newEpoch: () => string) {
    this.#database = database;
    this.#newEpoch = newEpoch;
    this.#bounds = database.prepare('SELECT epoch, first_seq, last_seq FROM order_stream WHERE account_cookie = ?');
    this.#putStream = database.prepare(`
      INSERT INTO order_stream VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq`);
    this.#knows = database.prepare('SELECT 1 FROM order_event WHERE account_cookie = ? AND event_id = ?');
    this.#supersede = database.prepare(`
      UPDATE order_event SET is_latest = 0 WHERE account_cookie = ? AND order_id = ? AND is_latest = 1`);
    this.#insert = database.prepare('INSERT INTO order_event VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?)');
    this.#read = database.prepare(`
      SELECT seq, event_id, kind, at, order_content, fill_content FROM order_event
      WHERE account_cookie = ?1 AND seq > ?2
        AND seq >= (SELECT first_seq FROM order_stream WHERE account_cookie = ?1)
      ORDER BY seq LIMIT ?3`);
    this.#orders = database.prepare(`
      SELECT order_content FROM order_event WHERE account_cookie = ?1 AND is_latest = 1 AND is_finished = 0
      UNION ALL
      SELECT order_content FROM order_event
      WHERE account_cookie = ?1 AND is_latest = 1 AND is_finished = 1 AND at >= ?2`);
    this.#raiseFirst = database.prepare(`
      UPDATE order_stream AS stream SET first_seq = coalesce((
        SELECT seq FROM order_event AS event
        WHERE event.account_cookie = stream.account_cookie AND event.seq >= stream.first_seq AND event.at >= ?
        ORDER BY seq LIMIT 1), last_seq + 1)`);
    this.#dropEarlier = database.prepare(`
      DELETE FROM order_event WHERE rowid IN (
        SELECT event.rowid FROM order_stream AS stream
        CROSS JOIN order_event AS event USING (account_cookie)
        WHERE event.seq < stream.first_seq AND NOT (event.is_latest = 1 AND event.is_finished = 0))`);
  }

  async append(accountCookie: string, events: readonly OrderChange[]): Promise<readonly RecordedOrderChange[]> {
    return reach(() => inTransaction(this.#database, 'IMMEDIATE', () => this.#append(accountCookie, events)));
  }

  async read(accountCookie: string, afterSeq: number, limit: number): Promise<readonly RecordedOrderChange[]> {
    return reach(() => this.#read.all(accountCookie, afterSeq, limit)).map(toEvent);
  }

  async bounds(accountCookie: string): Promise<OrderStreamBounds | undefined> {
    return reach(() => this.#boundsOf(accountCookie));
  }

  async orders(accountCookie: string, endedSince: number): Promise<readonly LiveOrder[]> {
    const rows = reach(() => this.#orders.all(accountCookie, endedSince));
    return rows.map(parseOrder).sort(inOrderOfInsertion);
  }

  async trim(before: number): Promise<void> {
    reach(() =>
      inTransaction(this.#database, 'IMMEDIATE', () => {
        this.#raiseFirst.run(before);
        this.#dropEarlier.run();
      }),
    );
  }

  #append(accountCookie: string, events: readonly OrderChange[]): RecordedOrderChange[] {
    const bounds = this.#boundsOf(accountCookie) ?? { epoch: this.#newEpoch(), firstSeq: 1, lastSeq: 0 };
    const appended: RecordedOrderChange[] = [];
    for (const event of events) {
      if (this.#knows.get(accountCookie, event.eventId) !== undefined) continue;
      const stored = { ...event, seq: bounds.lastSeq + appended.length + 1 };
      this.#write(accountCookie, stored);
      appended.push(stored);
    }
    const lastSeq = bounds.lastSeq + appended.length;
    if (appended.length > 0) this.#putStream.run(accountCookie, bounds.epoch, bounds.firstSeq, lastSeq);
    return appended;
  }

  #write(accountCookie: string, { seq, eventId, kind, at, order, fill }: RecordedOrderChange): void {
    const { orderId, status } = order;
    this.#supersede.run(accountCookie, orderId);
    const content = [JSON.stringify(order), fill === null ? null : JSON.stringify(fill)] as const;
    const isFinished = FINISHED.includes(status) ? 1 : 0;
    this.#insert.run(accountCookie, seq, eventId, orderId, kind, at, ...content, isFinished);
  }

  #boundsOf(accountCookie: string): OrderStreamBounds | undefined {
    const row = this.#bounds.get(accountCookie);
    return row && { epoch: String(row.epoch), firstSeq: Number(row.first_seq), lastSeq: Number(row.last_seq) };
  }
}

function toEvent(row: Row): RecordedOrderChange {
  return {
    seq: Number(row.seq),
    eventId: String(row.event_id),
    kind: memberOf(ORDER_EVENT_KINDS, row.kind),
    at: Number(row.at),
    order: parseOrder(row),
    fill: parseFill(row),
  };
}

/** What `JSON.stringify` made of an order when it was written. */
function parseOrder(row: Row): LiveOrder {
  return JSON.parse(String(row.order_content)) as LiveOrder;
}

/** What `JSON.stringify` made of a fill when it was written. */
function parseFill(row: Row): LiveFill | null {
  return row.fill_content === null ? null : (JSON.parse(String(row.fill_content)) as LiveFill);
}
