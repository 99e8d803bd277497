import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { inOrderOfInsertion } from '../../domain/insertion-order.ts';
import {
  isFinishedOrder,
  type LiveFill,
  type LiveOrder,
  type OrderChange,
  ownOrderKey,
  type RecordedOrderChange,
} from '../../domain/live-order.ts';
import type { OrderTarget } from '../../domain/order-request.ts';
import type { EndedOrders, OrderEventStore, OrderStreamBounds, OrderStreamState } from '../order-events.ts';
import type { Row } from './column-values.ts';
import { inTransaction } from './open-database.ts';
import { eventColumns, toEvent, toOrder } from './order-event-rows.ts';
import { OrderFillTable } from './order-fill-table.ts';
import { reach } from './reach.ts';

export class SqliteOrderEventStore implements OrderEventStore {
  readonly #database: DatabaseSync;
  readonly #newEpoch: () => string;
  readonly #fills: OrderFillTable;
  readonly #bounds: StatementSync;
  readonly #putStream: StatementSync;
  readonly #knows: StatementSync;
  readonly #supersede: StatementSync;
  readonly #insert: StatementSync;
  readonly #settle: StatementSync;
  readonly #conclude: StatementSync;
  readonly #outcome: StatementSync;
  readonly #read: StatementSync;
  readonly #open: StatementSync;
  readonly #ended: StatementSync;
  readonly #byKey: StatementSync;
  readonly #byOrderId: StatementSync;
  readonly #byClientOrderId: StatementSync;
  readonly #raiseFirst: StatementSync;
  readonly #dropEarlier: StatementSync;

  /** `newEpoch` names the counting of an account whose first event comes. */
  constructor(database: DatabaseSync, newEpoch: () => string) {
    this.#database = database;
    this.#newEpoch = newEpoch;
    this.#fills = new OrderFillTable(database);
    this.#bounds = database.prepare('SELECT epoch, first_seq, last_seq FROM order_stream WHERE account_cookie = ?');
    this.#putStream = database.prepare(`
      INSERT INTO order_stream VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq`);
    this.#knows = database.prepare('SELECT 1 FROM order_event WHERE account_cookie = ? AND event_id = ?');
    this.#supersede = database.prepare(`
      UPDATE order_event SET is_latest = 0 WHERE account_cookie = ? AND order_key = ? AND is_latest = 1`);
    this.#insert = database.prepare(`
      INSERT INTO order_event VALUES (:account_cookie, :seq, :event_id, :order_key, :order_id, :client_order_id,
        :created_at, :kind, :at, :order_content, :fill_content, 1, :is_finished)`);
    this.#settle = database.prepare(`
      UPDATE order_submission SET is_settled = 1 WHERE account_cookie = ? AND order_key = ? AND is_settled = 0`);
    this.#conclude = database.prepare(`
      UPDATE order_submission SET outcome = ? WHERE account_cookie = ? AND order_key = ?`);
    this.#outcome = database.prepare(`
      SELECT outcome FROM order_submission WHERE account_cookie = ? AND order_key = ? AND outcome IS NOT NULL`);
    this.#read = database.prepare(`
      SELECT seq, event_id, order_key, kind, at, order_content, fill_content FROM order_event
      WHERE account_cookie = ?1 AND seq > ?2
        AND seq >= (SELECT first_seq FROM order_stream WHERE account_cookie = ?1)
      ORDER BY seq LIMIT ?3`);
    this.#open = database.prepare(`
      SELECT order_key, order_content FROM order_event WHERE account_cookie = ? AND is_latest = 1 AND is_finished = 0`);
    this.#ended = database.prepare(`
      SELECT order_key, order_content FROM order_event
      WHERE account_cookie = ? AND is_latest = 1 AND is_finished = 1 AND at >= ? ORDER BY at DESC LIMIT ?`);
    const newest = 'SELECT order_key, order_content FROM order_event WHERE account_cookie = ? AND is_latest = 1';
    this.#byKey = database.prepare(`${newest} AND order_key = ?`);
    this.#byOrderId = database.prepare(`${newest} AND order_id = ? ORDER BY created_at DESC, seq DESC LIMIT 1`);
    this.#byClientOrderId = database.prepare(`
      ${newest} AND client_order_id = ? ORDER BY created_at DESC, seq DESC LIMIT 1`);
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
    return this.#in('IMMEDIATE', () => this.#append(accountCookie, events));
  }

  async read(accountCookie: string, afterSeq: number, limit: number): Promise<readonly RecordedOrderChange[]> {
    return this.#in('DEFERRED', () => {
      const rows = this.#read.all(accountCookie, afterSeq, limit);
      const fillsOf = this.#fillsAlong(accountCookie, rows);
      return rows.map((row) => toEvent(row, fillsOf(row)));
    });
  }

  async bounds(accountCookie: string): Promise<OrderStreamBounds | undefined> {
    return reach(() => this.#boundsOf(accountCookie));
  }

  async state(accountCookie: string, { since, most }: EndedOrders): Promise<OrderStreamState> {
    return this.#in('DEFERRED', () => {
      const rows = [...this.#open.all(accountCookie), ...this.#ended.all(accountCookie, since, most)];
      const orders = rows.map((row) => this.#present(accountCookie, row));
      return { bounds: this.#boundsOf(accountCookie), orders: orders.sort(inOrderOfInsertion) };
    });
  }

  async order(accountCookie: string, target: OrderTarget): Promise<LiveOrder | undefined> {
    return this.#in('DEFERRED', () => {
      const { orderId, clientOrderId } = target;
      if (orderId !== undefined) return this.#present(accountCookie, this.#byOrderId.get(accountCookie, orderId));
      return (
        this.#present(accountCookie, this.#byKey.get(accountCookie, ownOrderKey(clientOrderId))) ??
        toOutcome(this.#outcome.get(accountCookie, ownOrderKey(clientOrderId))) ??
        this.#present(accountCookie, this.#byClientOrderId.get(accountCookie, clientOrderId))
      );
    });
  }

  async trim(before: number): Promise<void> {
    this.#in('IMMEDIATE', () => {
      this.#raiseFirst.run(before);
      this.#fills.trim();
      this.#dropEarlier.run();
    });
  }

  #in<Result>(kind: 'DEFERRED' | 'IMMEDIATE', work: () => Result): Result {
    return reach(() => inTransaction(this.#database, kind, work));
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

  #write(accountCookie: string, event: RecordedOrderChange): void {
    const { seq, order } = event;
    this.#supersede.run(accountCookie, order.orderKey);
    this.#insert.run({ account_cookie: accountCookie, seq, ...eventColumns(event) });
    this.#fills.put(accountCookie, seq, order);
    this.#settle.run(accountCookie, order.orderKey);
    if (isFinishedOrder(order)) this.#conclude.run(JSON.stringify(order), accountCookie, order.orderKey);
  }

  #boundsOf(accountCookie: string): OrderStreamBounds | undefined {
    const row = this.#bounds.get(accountCookie);
    return row && { epoch: String(row.epoch), firstSeq: Number(row.first_seq), lastSeq: Number(row.last_seq) };
  }

  #present(accountCookie: string, row: Row): LiveOrder;
  #present(accountCookie: string, row: Row | undefined): LiveOrder | undefined;
  #present(accountCookie: string, row: Row | undefined): LiveOrder | undefined {
    return row && toOrder(row, this.#fills.current(accountCookie, String(row.order_key)));
  }

  /** The fills that go with each of the events, each order's read once. */
  #fillsAlong(accountCookie: string, events: readonly Row[]): (event: Row) => LiveFill[] {
    const range = { firstSeq: Number(events.at(0)?.seq), lastSeq: Number(events.at(-1)?.seq) };
    const histories = new Map<string, (seq: number) => LiveFill[]>();
    return ({ order_key, seq }) => {
      const orderKey = String(order_key);
      const history = histories.get(orderKey) ?? this.#fills.history({ accountCookie, orderKey, ...range });
      histories.set(orderKey, history);
      return history(Number(seq));
    };
  }
}

/** What an order that was submitted came to, as it was written with its last event. */
function toOutcome(row: Row | undefined): LiveOrder | undefined {
  return row && (JSON.parse(String(row.outcome)) as LiveOrder);
}
