import type { DatabaseSync } from 'node:sqlite';
import { type Clock, SYSTEM_CLOCK } from '../../async/clock.ts';
import { type AccountSnapshot, type EquityMark, type EquityRow, MOST_MARKS } from '../../domain/account.ts';
import type { AccountDocument } from '../../domain/account-document.ts';
import { realtimeSeries } from '../../domain/equity.ts';
import { distinctOrdersInSteps } from '../../domain/insertion-order.ts';
import type { QifiOrder } from '../../domain/order.ts';
import { eachInSteps, type Steps } from '../../domain/steps.ts';
import { inCodeUnits } from '../../domain/text-order.ts';
import type { Trade } from '../../domain/trade.ts';
import { distinctTradesInSteps } from '../../domain/trade-order.ts';
import type { AccountReading, MarkReading } from '../account-reading.ts';
import type {
  AccountDayKey,
  AccountFilter,
  AccountKey,
  AccountRangeKey,
  AccountStore,
  AccountWriter,
} from '../accounts.ts';
import { lastMarksOfDays, marksOfRange } from './mark-reads.ts';
import { openDatabase } from './open-database.ts';
import { PacedReader } from './paced-reader.ts';
import type { ReadConnection } from './read-connection.ts';
import {
  EQUITY_COLUMNS,
  FILL_COLUMNS,
  parseOrder,
  SNAPSHOT_COLUMNS,
  toEquityRow,
  toListing,
  toSnapshot,
  toTrade,
} from './rows.ts';
import { ACCOUNT_TABLE_NAMES, NO_DAY, STORE_TABLES } from './tables.ts';
import { VersionWatch } from './version-watch.ts';
import { DocumentWriter } from './write-documents.ts';

/** How soon a change is noticed that another connection made, be it of another process. */
const CHANGE_POLL_MS = 1000;

export interface SqliteAccountStore extends AccountStore, AccountWriter {
  close(): void;
}

export interface AccountStoreFile {
  readonly path: string;
  /** How long a write may hold up this thread while another process writes; half a second when absent. */
  readonly busyTimeoutMs?: number | undefined;
  /** Says when to look for changes; the system's when absent. */
  readonly clock?: Clock | undefined;
}

/**
 * Opens the embedded store, or makes it. Fails with an Error that says path and reason when the file cannot be opened,
 * is no store of ours or is of a version that cannot be brought to the present one.
 */
export function openSqliteAccountStore({ path, busyTimeoutMs, clock }: AccountStoreFile): SqliteAccountStore {
  // A power cut may lose the last import, which can be done again.
  return openDatabase(
    { path, name: 'account store', tables: STORE_TABLES, synchronous: 'NORMAL', busyTimeoutMs },
    (database) => new OpenStore({ database, path, clock: clock ?? SYSTEM_CLOCK }),
  );
}

interface OpenFile {
  readonly database: DatabaseSync;
  readonly path: string;
  readonly clock: Clock;
}

const OF_ACCOUNT = 'WHERE source = ?1 AND account_cookie = ?2';
const STATES = `SELECT ${SNAPSHOT_COLUMNS} FROM account_day
  JOIN holding USING (source, account_cookie, trading_day) ${OF_ACCOUNT}`;
const STATE_OF_DAY = `${STATES} AND trading_day = ?3`;
const LATEST_STATE = `${STATES} AND trading_day = (SELECT latest_day FROM account ${OF_ACCOUNT})`;
const ACCOUNTS = 'SELECT source, account_cookie, portfolio FROM account WHERE source = ?';
const EQUITY = `
  SELECT ${EQUITY_COLUMNS} FROM account_day ${OF_ACCOUNT} AND trading_day > ${NO_DAY} AND balance IS NOT NULL
  ORDER BY trading_day`;
const TRADES = `SELECT ${FILL_COLUMNS} FROM trade ${OF_ACCOUNT}`;
const TRADES_OF_DAY = `${TRADES} AND trading_day = ?3`;
const ORDERS = `SELECT content FROM account_order ${OF_ACCOUNT}`;
const ORDERS_OF_DAY = `${ORDERS} AND trading_day = ?3`;

/** One question a key, since no question has far to go: the answers come in parts, so that long ones hold up nobody. */
class OpenStore implements SqliteAccountStore {
  readonly #database: DatabaseSync;
  readonly #writer: DocumentWriter;
  readonly #reader: PacedReader;
  readonly #watch: VersionWatch;

  constructor({ database, path, clock }: OpenFile) {
    this.#database = database;
    this.#writer = new DocumentWriter(database);
    this.#reader = new PacedReader(path);
    const version = (): number => this.#reader.version();
    this.#watch = new VersionWatch({ version, clock, everyMs: CHANGE_POLL_MS });
  }

  async check(): Promise<void> {
    this.#reader.check(ACCOUNT_TABLE_NAMES);
  }

  async listAccounts({ source, search }: AccountFilter, { signal }: AccountReading = {}) {
    const wanted = search?.toLowerCase();
    const read = (connection: ReadConnection) => connection.rows(ACCOUNTS, [source], toListing);
    const [listings = []] = await this.#reader.lists([source], read, signal);
    return listings
      .filter(({ accountCookie }) => wanted === undefined || accountCookie.toLowerCase().includes(wanted))
      .sort((left, right) => inCodeUnits(left.accountCookie, right.accountCookie));
  }

  async latestSnapshots(keys: readonly AccountKey[], { signal }: AccountReading = {}) {
    return this.#reader.singles(keys, latestState, signal);
  }

  async snapshotsOfDay(keys: readonly AccountDayKey[], { signal }: AccountReading = {}) {
    return this.#reader.singles(keys, stateOfDay, signal);
  }

  async equityRows(keys: readonly AccountKey[], { signal }: AccountReading = {}) {
    return this.#reader.lists(keys, equityRows, signal);
  }

  async equityMarks(keys: readonly AccountRangeKey[], { signal, most = MOST_MARKS }: MarkReading = {}) {
    let left = most;
    const read = function* (connection: ReadConnection, key: AccountRangeKey): Steps<EquityMark[]> {
      const marks = yield* marksOfRange(connection, key, { left, most });
      left -= marks.length;
      return marks;
    };
    return this.#reader.lists(keys, read, signal);
  }

  async trades(keys: readonly AccountKey[], { signal }: AccountReading = {}) {
    const trades = await this.#reader.lists(keys, storedTrades, signal);
    return this.#reader.work(eachInSteps(trades, distinctTradesInSteps), signal);
  }

  async orders(keys: readonly AccountKey[], { signal }: AccountReading = {}) {
    const orders = await this.#reader.lists(keys, storedOrders, signal);
    return this.#reader.work(eachInSteps(orders, distinctOrdersInSteps), signal);
  }

  async latestDocuments(keys: readonly AccountKey[]) {
    return this.#reader.lists(keys, latestDocument);
  }

  changes(onChange: () => void): Disposable {
    return this.#watch.add(onChange);
  }

  async writeDocuments(documents: readonly AccountDocument[]): Promise<void> {
    this.#writer.write(documents);
  }

  close(): void {
    this.#watch.close();
    this.#reader.close();
    if (this.#database.isOpen) this.#database.close();
  }
}

function* latestState(connection: ReadConnection, key: AccountKey): Steps<AccountSnapshot | undefined> {
  const row = yield* connection.first(LATEST_STATE, nameOf(key));
  return row && toSnapshot(row);
}

function* stateOfDay(connection: ReadConnection, key: AccountDayKey): Steps<AccountSnapshot | undefined> {
  const row = yield* connection.first(STATE_OF_DAY, [...nameOf(key), key.tradingDay]);
  return row && toSnapshot(row);
}

function* equityRows(connection: ReadConnection, key: AccountKey): Steps<EquityRow[]> {
  const rows = yield* connection.rows(EQUITY, nameOf(key), toEquityRow);
  return key.source === 'REALTIME' ? realtimeSeries(rows, yield* lastMarksOfDays(connection, key)) : rows;
}

function storedTrades(connection: ReadConnection, key: AccountKey): Steps<Trade[]> {
  return connection.rows(TRADES, nameOf(key), toTrade);
}

function storedOrders(connection: ReadConnection, key: AccountKey): Steps<QifiOrder[]> {
  return connection.rows(ORDERS, nameOf(key), parseOrder);
}

function* latestDocument(connection: ReadConnection, key: AccountKey): Steps<AccountDocument | undefined> {
  const snapshot = yield* latestState(connection, key);
  if (snapshot === undefined) return undefined;
  const ofDay = [...nameOf(key), snapshot.tradingDay ?? NO_DAY];
  return {
    snapshot,
    trades: yield* distinctTradesInSteps(yield* connection.rows(TRADES_OF_DAY, ofDay, toTrade)),
    orders: yield* distinctOrdersInSteps(yield* connection.rows(ORDERS_OF_DAY, ofDay, parseOrder)),
  };
}

function nameOf({ source, accountCookie }: AccountKey): [string, string] {
  return [source, accountCookie];
}
