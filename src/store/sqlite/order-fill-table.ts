import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { LiveFill, LiveOrder } from '../../domain/live-order.ts';
import type { Row } from './column-values.ts';

/** Some events of one order of an account. */
export interface OrderEvents {
  readonly accountCookie: string;
  readonly orderKey: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** The lists of fills that orders had after each of their events. The caller holds the transaction. */
export class OrderFillTable {
  readonly #current: StatementSync;
  readonly #between: StatementSync;
  readonly #replace: StatementSync;
  readonly #insert: StatementSync;
  readonly #dropFinished: StatementSync;
  readonly #dropReplaced: StatementSync;

  constructor(database: DatabaseSync) {
    this.#current = database.prepare(`
      SELECT content FROM order_fill WHERE account_cookie = ? AND order_key = ? AND until_seq IS NULL ORDER BY place`);
    this.#between = database.prepare(`
      SELECT from_seq, until_seq, content FROM order_fill
      WHERE account_cookie = ?1 AND order_key = ?2 AND from_seq <= ?4 AND (until_seq IS NULL OR until_seq > ?3)
      ORDER BY place`);
    this.#replace = database.prepare(`
      UPDATE order_fill SET until_seq = ?
      WHERE account_cookie = ? AND order_key = ? AND place = ? AND until_seq IS NULL`);
    this.#insert = database.prepare('INSERT INTO order_fill VALUES (?, ?, ?, ?, NULL, ?)');
    this.#dropFinished = database.prepare(`
      DELETE FROM order_fill WHERE (account_cookie, order_key) IN (
        SELECT event.account_cookie, event.order_key FROM order_stream AS stream
        CROSS JOIN order_event AS event USING (account_cookie)
        WHERE event.seq < stream.first_seq AND event.is_latest = 1 AND event.is_finished = 1)`);
    this.#dropReplaced = database.prepare(`
      DELETE FROM order_fill WHERE (account_cookie, order_key, place, from_seq) IN (
        SELECT fill.account_cookie, fill.order_key, fill.place, fill.from_seq FROM order_stream AS stream
        CROSS JOIN order_fill AS fill USING (account_cookie)
        WHERE fill.until_seq <= stream.first_seq)`);
  }

  /** Makes it the list of the order from the event `seq` on. Writes what differs from the list before. */
  put(accountCookie: string, seq: number, { orderKey, fills }: Pick<LiveOrder, 'orderKey' | 'fills'>): void {
    const key = [accountCookie, orderKey] as const;
    const before = this.#current.all(...key);
    for (let place = 0; place < Math.max(before.length, fills.length); place += 1) {
      const fill = fills[place];
      const content = fill && JSON.stringify(fill);
      if (content === before[place]?.content) continue;
      this.#replace.run(seq, ...key, place);
      if (content !== undefined) this.#insert.run(...key, place, seq, content);
    }
  }

  /** The list after the last event of the order. */
  current(accountCookie: string, orderKey: string): LiveFill[] {
    return this.#current.all(accountCookie, orderKey).map(parseFill);
  }

  /** Answers the list after an event; for the events from `firstSeq` to `lastSeq`. */
  history({ accountCookie, orderKey, firstSeq, lastSeq }: OrderEvents): (seq: number) => LiveFill[] {
    const fills = this.#between.all(accountCookie, orderKey, firstSeq, lastSeq).map((row) => ({
      fromSeq: Number(row.from_seq),
      untilSeq: row.until_seq === null ? Number.POSITIVE_INFINITY : Number(row.until_seq),
      fill: parseFill(row),
    }));
    return (seq) => fills.filter(({ fromSeq, untilSeq }) => fromSeq <= seq && seq < untilSeq).map(({ fill }) => fill);
  }

  /** Forgets what only events before the first of their stream had; to be called before these are dropped. */
  trim(): void {
    this.#dropFinished.run();
    this.#dropReplaced.run();
  }
}

/** What `JSON.stringify` made of a fill when it was written. */
function parseFill({ content }: Row): LiveFill {
  return JSON.parse(String(content)) as LiveFill;
}
