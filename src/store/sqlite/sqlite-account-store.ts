import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AccountSnapshot, EquityMark, EquityRow } from '../../domain/account.ts';
import type { AccountDocument } from '../../domain/account-document.ts';
import { dailyOfMarks } from '../../domain/equity.ts';
import { CodedError } from '../../domain/errors.ts';
import type { QifiOrder } from '../../domain/order.ts';
import type { Trade } from '../../domain/trade.ts';
import type {
  AccountDayKey,
  AccountFilter,
  AccountKey,
  AccountListing,
  AccountStore,
  AccountWriter,
} from '../accounts.ts';
import { inCodeUnits, inOrderOfInsertion } from '../sort-order.ts';
import { type Row, toText } from './column-values.ts';
import { openDatabase } from './open-database.ts';
import { parseOrder, toEquityRow, toSnapshot, toSource, toTrade } from './rows.ts';
import { CREATE_TABLES, NO_DAY, TABLES_VERSION, TRADE_COLUMNS } from './tables.ts';
import { DocumentWriter } from './write-documents.ts';

export interface SqliteAccountStore extends AccountStore, AccountWriter {
  close(): void;
}

/**
 * Opens the embedded store, or makes it. Fails with an Error that says path and reason when the file cannot be opened,
 * is no store of ours or is of another version.
 */
export function openSqliteAccountStore({ path }: { path: string }): SqliteAccountStore {
  const tables = { create: CREATE_TABLES, version: TABLES_VERSION };
  // A power cut may lose the last import, which can be done again.
  return openDatabase(
    { path, name: 'account store', tables, synchronous: 'NORMAL' },
    (database) => new OpenStore(database),
  );
}

/** Each method asks once for all its keys, which come as a JSON list: `key` of json_each is a key's place in it. */
class OpenStore implements SqliteAccountStore {
  readonly #database: DatabaseSync;
  readonly #writer: DocumentWriter;
  readonly #accounts: StatementSync;
  readonly #latest: StatementSync;
  readonly #ofDay: StatementSync;
  readonly #equity: StatementSync;
  readonly #marks: StatementSync;
  readonly #trades: StatementSync;
  readonly #orders: StatementSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#writer = new DocumentWriter(database);
    this.#accounts = database.prepare('SELECT source, account_cookie, portfolio FROM account WHERE source = ?');
    this.#latest = database.prepare(`
      SELECT asked.key AS place, state.*, holding.positions FROM json_each(?) AS asked
      CROSS JOIN account AS known ON known.source = asked.value ->> 0 AND known.account_cookie = asked.value ->> 1
      CROSS JOIN account_day AS state ON state.source = known.source AND state.account_cookie = known.account_cookie
        AND state.trading_day = known.latest_day
      CROSS JOIN holding USING (source, account_cookie, trading_day)`);
    this.#ofDay = database.prepare(`
      SELECT asked.key AS place, state.*, holding.positions FROM json_each(?) AS asked
      CROSS JOIN account_day AS state ON state.source = asked.value ->> 0 AND state.account_cookie = asked.value ->> 1
        AND state.trading_day = asked.value ->> 2
      CROSS JOIN holding USING (source, account_cookie, trading_day)`);
    this.#equity = database.prepare(`
      SELECT asked.key AS place, trading_day, balance, pre_balance, available, margin, deposit, withdraw
      FROM json_each(?) AS asked
      CROSS JOIN account_day ON source = asked.value ->> 0 AND account_cookie = asked.value ->> 1
      WHERE trading_day > ${NO_DAY} AND balance IS NOT NULL ORDER BY place, trading_day`);
    this.#marks = database.prepare(`
      SELECT asked.key AS place, at, balance FROM json_each(?) AS asked
      CROSS JOIN equity_mark ON source = asked.value ->> 0 AND account_cookie = asked.value ->> 1
      ORDER BY place, at`);
    this.#trades = database.prepare(`
      SELECT asked.key AS place, ${TRADE_COLUMNS.join(', ')}, CAST(traded_at AS TEXT) AS traded_at_nanos
      FROM json_each(?) AS asked
      CROSS JOIN trade ON source = asked.value ->> 0 AND account_cookie = asked.value ->> 1
      ORDER BY place, traded_at, trade_id, instrument_id, trading_day`);
    this.#orders = database.prepare(`
      SELECT asked.key AS place, content FROM json_each(?) AS asked
      CROSS JOIN account_order ON source = asked.value ->> 0 AND account_cookie = asked.value ->> 1
      ORDER BY place, trading_day`);
  }

  async listAccounts({ source, search }: AccountFilter): Promise<readonly AccountListing[]> {
    const wanted = search?.toLowerCase();
    return this.#rows(this.#accounts, source)
      .map((row) => ({
        source: toSource(row.source),
        accountCookie: String(row.account_cookie),
        portfolio: toText(row.portfolio),
      }))
      .filter((listing) => wanted === undefined || listing.accountCookie.toLowerCase().includes(wanted))
      .sort((left, right) => inCodeUnits(left.accountCookie, right.accountCookie));
  }

  async latestSnapshots(keys: readonly AccountKey[]): Promise<readonly (AccountSnapshot | undefined)[]> {
    return this.#grouped(this.#latest, keys).map(([row]) => row && toSnapshot(row));
  }

  async snapshotsOfDay(keys: readonly AccountDayKey[]): Promise<readonly (AccountSnapshot | undefined)[]> {
    return this.#grouped(this.#ofDay, keys).map(([row]) => row && toSnapshot(row));
  }

  async equityRows(keys: readonly AccountKey[]): Promise<readonly (readonly EquityRow[])[]> {
    const stored = this.#grouped(this.#equity, keys).map((rows) => rows.map(toEquityRow));
    const lacksDays = (key: AccountKey, index: number): boolean =>
      key.source === 'REALTIME' && stored[index]?.length === 0;
    if (!keys.some(lacksDays)) return stored;
    const marks = await this.equityMarks(keys);
    return stored.map((rows, index) => (rows.length > 0 ? rows : dailyOfMarks(marks[index] ?? [])));
  }

  async equityMarks(keys: readonly AccountKey[]): Promise<readonly (readonly EquityMark[])[]> {
    return this.#grouped(this.#marks, keys).map((rows) =>
      rows.map(({ at, balance }) => ({ at: Number(at), balance: Number(balance) })),
    );
  }

  async trades(keys: readonly AccountKey[]): Promise<readonly (readonly Trade[])[]> {
    return this.#grouped(this.#trades, keys).map((rows) => rows.map(toTrade).filter(isFirstOfFill).sort(inTimeOrder));
  }

  async orders(keys: readonly AccountKey[]): Promise<readonly (readonly QifiOrder[])[]> {
    return this.#grouped(this.#orders, keys).map((rows) => {
      const byId = new Map(rows.map(parseOrder).map((order) => [order.orderId, order]));
      return [...byId.values()].sort(inOrderOfInsertion);
    });
  }

  async writeDocuments(documents: readonly AccountDocument[]): Promise<void> {
    this.#writer.write(documents);
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** The rows of each key, in the order of the keys. */
  #grouped(statement: StatementSync, keys: readonly (AccountKey | AccountDayKey)[]): Row[][] {
    const groups: Row[][] = keys.map(() => []);
    const asked = keys.map((key) => [key.source, key.accountCookie, 'tradingDay' in key ? key.tradingDay : null]);
    for (const row of this.#rows(statement, JSON.stringify(asked))) groups[Number(row.place)]?.push(row);
    return groups;
  }

  #rows(statement: StatementSync, parameter: string): Row[] {
    try {
      return statement.all(parameter);
    } catch (cause) {
      throw new CodedError('UPSTREAM_UNAVAILABLE', 'the account store cannot be read', { cause });
    }
  }
}

/** Rows of one fill lie together, that of its earliest day first. Without an instant, ids of two days are two fills. */
function isFirstOfFill(trade: Trade, index: number, trades: readonly Trade[]): boolean {
  const before = trades[index - 1];
  return (
    before === undefined ||
    trade.tradedAtNanos === null ||
    before.tradedAtNanos !== trade.tradedAtNanos ||
    before.tradeId !== trade.tradeId ||
    before.instrumentId !== trade.instrumentId
  );
}

function inTimeOrder(left: Trade, right: Trade): number {
  const [one, other] = [left.tradedAtNanos ?? -1n, right.tradedAtNanos ?? -1n];
  if (one !== other) return one < other ? -1 : 1;
  return inCodeUnits(left.tradeId, right.tradeId) || inCodeUnits(left.instrumentId, right.instrumentId);
}
