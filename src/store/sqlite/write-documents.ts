import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ACCOUNT_FIGURES } from '../../domain/account.ts';
import type { AccountDocument } from '../../domain/account-document.ts';
import { inTransaction } from './open-database.ts';
import { FIGURE_COLUMNS, NO_DAY } from './tables.ts';

const STATE_COLUMNS = ['portfolio', 'broker_name', 'currency', 'connection_status', 'updated_at', ...FIGURE_COLUMNS];
const ALL_COLUMNS = ['source', 'account_cookie', 'trading_day', ...STATE_COLUMNS];

/** Writes QIFI documents, each with its fills and orders, all of a batch or none. */
export class DocumentWriter {
  readonly #database: DatabaseSync;
  readonly #writeDay: StatementSync;
  readonly #writeAccount: StatementSync;
  readonly #writeHolding: StatementSync;
  readonly #dropTrades: StatementSync;
  readonly #writeTrade: StatementSync;
  readonly #dropOrders: StatementSync;
  readonly #writeOrder: StatementSync;
  readonly #writeMark: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    // A state that was written earlier than the one at hand never replaces it.
    this.#writeDay = database.prepare(`
      INSERT INTO account_day (${ALL_COLUMNS.join(', ')}) VALUES (${ALL_COLUMNS.map(() => '?').join(', ')})
      ON CONFLICT DO UPDATE SET ${STATE_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}
      WHERE excluded.updated_at IS NULL OR updated_at IS NULL OR excluded.updated_at >= updated_at`);
    this.#writeAccount = database.prepare(`
      INSERT INTO account (source, account_cookie, latest_day, portfolio) VALUES (?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET latest_day = excluded.latest_day, portfolio = excluded.portfolio
      WHERE excluded.latest_day >= latest_day`);
    this.#writeHolding = database.prepare('INSERT OR REPLACE INTO holding VALUES (?, ?, ?, ?)');
    this.#dropTrades = database.prepare(
      'DELETE FROM trade WHERE source = ? AND account_cookie = ? AND trading_day = ?',
    );
    this.#writeTrade = database.prepare('INSERT OR REPLACE INTO trade VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#dropOrders = database.prepare(
      'DELETE FROM account_order WHERE source = ? AND account_cookie = ? AND trading_day = ?',
    );
    this.#writeOrder = database.prepare('INSERT OR REPLACE INTO account_order VALUES (?, ?, ?, ?, ?)');
    this.#writeMark = database.prepare('INSERT OR REPLACE INTO equity_mark VALUES (?, ?, ?, ?)');
  }

  write(documents: readonly AccountDocument[]): void {
    inTransaction(this.#database, 'IMMEDIATE', () => {
      for (const document of documents) this.#writeOne(document);
    });
  }

  #writeOne({ snapshot, trades, orders }: AccountDocument): void {
    const { source, accountCookie, portfolio, updatedAt, balance } = snapshot;
    const key = [source, accountCookie, snapshot.tradingDay ?? NO_DAY] as const;
    if (source === 'REALTIME' && updatedAt !== null && balance !== null) {
      this.#writeMark.run(source, accountCookie, updatedAt, balance);
    }
    const { changes } = this.#writeDay.run(
      ...key,
      portfolio,
      snapshot.brokerName,
      snapshot.currency,
      snapshot.connectionStatus,
      updatedAt,
      ...ACCOUNT_FIGURES.map((figure) => snapshot[figure]),
    );
    if (changes === 0) return;
    this.#writeAccount.run(...key, portfolio);
    this.#writeHolding.run(...key, JSON.stringify(snapshot.positions));
    this.#dropTrades.run(...key);
    for (const trade of trades) {
      const { tradeId, instrumentId, orderId, exchangeId, side, offset, price, volume, commission } = trade;
      const deal = [orderId, exchangeId, side, offset, price, volume, commission] as const;
      this.#writeTrade.run(...key, tradeId, instrumentId, ...deal, storable(trade.tradedAtNanos));
    }
    this.#dropOrders.run(...key);
    for (const order of orders) this.#writeOrder.run(...key, order.orderId, JSON.stringify(order));
  }
}

/** SQLite's integers have 64 bits; an instant beyond them (the year 2262) is none. */
function storable(nanos: bigint | null): bigint | null {
  return nanos !== null && BigInt.asIntN(64, nanos) === nanos ? nanos : null;
}
