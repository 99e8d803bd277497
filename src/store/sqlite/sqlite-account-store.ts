import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { AccountSnapshot, EquityMark, EquityRow } from '../../domain/account.ts';
import type { AccountDocument } from '../../domain/account-document.ts';
import { realtimeSeries } from '../../domain/equity.ts';
import { distinctOrders } from '../../domain/insertion-order.ts';
import type { QifiOrder } from '../../domain/order.ts';
import { shanghaiDayOf, shanghaiInstant } from '../../domain/qifi-times.ts';
import { inCodeUnits } from '../../domain/text-order.ts';
import type { Trade } from '../../domain/trade.ts';
import { distinctTrades } from '../../domain/trade-order.ts';
import type {
  AccountDayKey,
  AccountFilter,
  AccountKey,
  AccountListing,
  AccountStore,
  AccountWriter,
} from '../accounts.ts';
import { openDatabase } from './open-database.ts';
import { PacedReader } from './paced-reader.ts';
import {
  EQUITY_COLUMNS,
  FILL_COLUMNS,
  parseOrder,
  SNAPSHOT_COLUMNS,
  toEquityRow,
  toListing,
  toMark,
  toSnapshot,
  toTrade,
} from './rows.ts';
import { ACCOUNT_TABLE_NAMES, CREATE_TABLES, NO_DAY, TABLES_UPGRADE, TABLES_VERSION } from './tables.ts';
import { DocumentWriter } from './write-documents.ts';

export interface SqliteAccountStore extends AccountStore, AccountWriter {
  close(): void;
}

export interface AccountStoreFile {
  readonly path: string;
  /** How long a write may hold up this thread while another process writes; half a second when absent. */
  readonly busyTimeoutMs?: number | undefined;
}

/**
 * Opens the embedded store, or makes it. Fails with an Error that says path and reason when the file cannot be opened,
 * is no store of ours or is of a version that cannot be brought to the present one.
 */
export function openSqliteAccountStore({ path, busyTimeoutMs }: AccountStoreFile): SqliteAccountStore {
  const tables = { create: CREATE_TABLES, version: TABLES_VERSION, upgrade: TABLES_UPGRADE };
  // A power cut may lose the last import, which can be done again.
  return openDatabase(
    { path, name: 'account store', tables, synchronous: 'NORMAL', busyTimeoutMs },
    (database) => new OpenStore(database, path),
  );
}

/** One question a key, since no question has far to go: the answers come in parts, so that long ones hold up nobody. */
class OpenStore implements SqliteAccountStore {
  readonly #database: DatabaseSync;
  readonly #writer: DocumentWriter;
  readonly #reader: PacedReader;
  readonly #accounts: StatementSync;
  readonly #latest: StatementSync;
  readonly #ofDay: StatementSync;
  readonly #equity: StatementSync;
  readonly #marks: StatementSync;
  readonly #lastMarkBefore: StatementSync;
  readonly #trades: StatementSync;
  readonly #orders: StatementSync;

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#writer = new DocumentWriter(database);
    this.#reader = new PacedReader(path);
    const ofAccount = 'WHERE source = ?1 AND account_cookie = ?2';
    const states = `SELECT ${SNAPSHOT_COLUMNS} FROM account_day
      JOIN holding USING (source, account_cookie, trading_day) ${ofAccount}`;
    this.#accounts = this.#reader.prepare('SELECT source, account_cookie, portfolio FROM account WHERE source = ?');
    this.#latest = this.#reader.prepare(`
      ${states} AND trading_day = (SELECT latest_day FROM account ${ofAccount})`);
    this.#ofDay = this.#reader.prepare(`${states} AND trading_day = ?3`);
    this.#equity = this.#reader.prepare(`
      SELECT ${EQUITY_COLUMNS} FROM account_day ${ofAccount} AND trading_day > ${NO_DAY} AND balance IS NOT NULL
      ORDER BY trading_day`);
    this.#marks = this.#reader.prepare(`SELECT at, balance FROM equity_mark ${ofAccount} ORDER BY at`);
    this.#lastMarkBefore = this.#reader.prepare(`
      SELECT at, balance FROM equity_mark ${ofAccount} AND at < ?3 ORDER BY at DESC LIMIT 1`);
    this.#trades = this.#reader.prepare(`SELECT ${FILL_COLUMNS} FROM trade ${ofAccount}`);
    this.#orders = this.#reader.prepare(`SELECT content FROM account_order ${ofAccount}`);
  }

  async check(): Promise<void> {
    this.#reader.check(ACCOUNT_TABLE_NAMES);
  }

  async listAccounts({ source, search }: AccountFilter): Promise<readonly AccountListing[]> {
    const wanted = search?.toLowerCase();
    const [listings = []] = await this.#reader.each([source], () =>
      this.#reader.rows(this.#accounts, [source], toListing),
    );
    return listings
      .filter(({ accountCookie }) => wanted === undefined || accountCookie.toLowerCase().includes(wanted))
      .sort((left, right) => inCodeUnits(left.accountCookie, right.accountCookie));
  }

  async latestSnapshots(keys: readonly AccountKey[]): Promise<readonly (AccountSnapshot | undefined)[]> {
    return this.#reader.each(keys, (key) => this.#snapshot(this.#latest, nameOf(key)));
  }

  async snapshotsOfDay(keys: readonly AccountDayKey[]): Promise<readonly (AccountSnapshot | undefined)[]> {
    return this.#reader.each(keys, (key) => this.#snapshot(this.#ofDay, [...nameOf(key), key.tradingDay]));
  }

  async equityRows(keys: readonly AccountKey[]): Promise<readonly (readonly EquityRow[])[]> {
    return this.#reader.each(keys, async (key) => {
      const rows = await this.#reader.rows(this.#equity, nameOf(key), toEquityRow);
      return key.source === 'REALTIME' ? realtimeSeries(rows, await this.#lastMarks(key)) : rows;
    });
  }

  async equityMarks(keys: readonly AccountKey[]): Promise<readonly (readonly EquityMark[])[]> {
    return this.#reader.each(keys, (key) => this.#reader.rows(this.#marks, nameOf(key), toMark));
  }

  async trades(keys: readonly AccountKey[]): Promise<readonly (readonly Trade[])[]> {
    return this.#reader.each(keys, async (key) =>
      distinctTrades(await this.#reader.rows(this.#trades, nameOf(key), toTrade)),
    );
  }

  async orders(keys: readonly AccountKey[]): Promise<readonly (readonly QifiOrder[])[]> {
    return this.#reader.each(keys, async (key) =>
      distinctOrders(await this.#reader.rows(this.#orders, nameOf(key), parseOrder)),
    );
  }

  async writeDocuments(documents: readonly AccountDocument[]): Promise<void> {
    this.#writer.write(documents);
  }

  close(): void {
    this.#reader.close();
    if (this.#database.isOpen) this.#database.close();
  }

  async #snapshot(statement: StatementSync, key: readonly SQLInputValue[]): Promise<AccountSnapshot | undefined> {
    const row = await this.#reader.first(statement, key);
    return row && toSnapshot(row);
  }

  /** The last mark of each day, ascending. Goes from one to the next: a day may have one for each of its ticks. */
  async #lastMarks(key: AccountKey): Promise<EquityMark[]> {
    const marks: EquityMark[] = [];
    let before = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const row = await this.#reader.first(this.#lastMarkBefore, [...nameOf(key), before]);
      if (row === undefined) return marks.reverse();
      const mark = toMark(row);
      marks.push(mark);
      before = shanghaiInstant(shanghaiDayOf(mark.at), 0);
    }
  }
}

function nameOf({ source, accountCookie }: AccountKey): [string, string] {
  return [source, accountCookie];
}
