import type { DatabaseSync } from 'node:sqlite';
import { ACCOUNT_FIGURES, type AccountFigure } from '../../domain/account.ts';

/** Raised with each change of the tables, along with a way there from the version before. */
export const TABLES_VERSION = 3;

/** Stands for a state without trading day, so that a key never holds NULL: before every day there is. */
export const NO_DAY = -(2 ** 31);

/** Column of a figure: `preBalance` is `pre_balance`. */
function columnOf(figure: AccountFigure): string {
  return figure.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export const FIGURE_COLUMNS: readonly string[] = ACCOUNT_FIGURES.map(columnOf);

/** All columns of a fill but its instant. */
export const TRADE_COLUMNS: readonly string[] = [
  'source',
  'account_cookie',
  'trading_day',
  'trade_id',
  'instrument_id',
  'order_id',
  'exchange_id',
  'side',
  '"offset"',
  'price',
  'volume',
  'commission',
];

/** A table of accounts: its columns in SQL, and those that its rows are told apart by. */
interface AccountTable {
  readonly name: string;
  readonly columns: string;
  readonly key: string;
}

/**
 * Days are days since the epoch, instants milliseconds, `traded_at` nanoseconds. Rows of an account lie together in the
 * order of their days. Positions lie apart, so that reading a daily series does not pass over them.
 */
const ACCOUNT_TABLES: readonly AccountTable[] = [
  {
    name: 'account',
    columns: `
      source TEXT NOT NULL,
      account_cookie TEXT NOT NULL,
      latest_day INTEGER NOT NULL,
      portfolio TEXT`,
    key: 'source, account_cookie',
  },
  {
    name: 'account_day',
    columns: `
      source TEXT NOT NULL,
      account_cookie TEXT NOT NULL,
      trading_day INTEGER NOT NULL,
      portfolio TEXT,
      broker_name TEXT,
      currency TEXT,
      connection_status TEXT NOT NULL,
      updated_at INTEGER,
      ${FIGURE_COLUMNS.map((column) => `${column} REAL`).join(',\n  ')}`,
    key: 'source, account_cookie, trading_day',
  },
  {
    name: 'holding',
    columns: `
      source TEXT NOT NULL,
      account_cookie TEXT NOT NULL,
      trading_day INTEGER NOT NULL,
      positions TEXT NOT NULL`,
    key: 'source, account_cookie, trading_day',
  },
  {
    name: 'trade',
    columns: `
      source TEXT NOT NULL,
      account_cookie TEXT NOT NULL,
      trading_day INTEGER NOT NULL,
      trade_id TEXT NOT NULL,
      instrument_id TEXT NOT NULL,
      order_id TEXT,
      exchange_id TEXT,
      side TEXT NOT NULL,
      "offset" TEXT NOT NULL,
      price REAL,
      volume REAL,
      commission REAL,
      traded_at INTEGER`,
    key: 'source, account_cookie, trading_day, trade_id, instrument_id',
  },
  {
    name: 'account_order',
    columns: `
      source TEXT NOT NULL,
      account_cookie TEXT NOT NULL,
      trading_day INTEGER NOT NULL,
      order_id TEXT NOT NULL,
      content TEXT NOT NULL`,
    key: 'source, account_cookie, trading_day, order_id',
  },
  {
    name: 'equity_mark',
    columns: `
      source TEXT NOT NULL,
      account_cookie TEXT NOT NULL,
      at INTEGER NOT NULL,
      balance REAL NOT NULL`,
    key: 'source, account_cookie, at',
  },
];

export const ACCOUNT_TABLE_NAMES: readonly string[] = ACCOUNT_TABLES.map(({ name }) => name);

/** The table that keeps what was dropped from another one. */
export function dropTableOf(name: string): string {
  return `dropped_${name}`;
}

/**
 * `account_drop` is the record of who asked to drop what; `state` is REQUESTED until it was done, or found undone. Beside
 * it the rows that were dropped lie as they were, for as long as `has_copies` says so.
 */
const CREATE_DROP_TABLES = `
CREATE TABLE account_drop (
  id INTEGER NOT NULL PRIMARY KEY,
  requested_by TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  account_cookies TEXT NOT NULL,
  state TEXT NOT NULL,
  dropped TEXT,
  documents INTEGER,
  has_copies INTEGER NOT NULL
);
CREATE INDEX unfinished_drops ON account_drop (id) WHERE state = 'REQUESTED';
CREATE INDEX drops_with_copies ON account_drop (requested_at) WHERE has_copies = 1;
${ACCOUNT_TABLES.map(({ name, columns, key }) => createTable(dropTableOf(name), `drop_id INTEGER NOT NULL,${columns}`, `drop_id, ${key}`)).join('')}`;

/** The record of who brought back what: an account as the drop `drop_id` found it. */
const CREATE_RESTORE_TABLE = `
CREATE TABLE account_restore (
  id INTEGER NOT NULL PRIMARY KEY,
  requested_by TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  source TEXT NOT NULL,
  account_cookie TEXT NOT NULL,
  drop_id INTEGER NOT NULL,
  documents INTEGER NOT NULL
);
`;

const CREATE_ACCOUNT_TABLES = ACCOUNT_TABLES.map(({ name, columns, key }) => createTable(name, columns, key)).join('');

export const STORE_TABLES = {
  create: `${CREATE_ACCOUNT_TABLES}${CREATE_DROP_TABLES}${CREATE_RESTORE_TABLE}`,
  version: TABLES_VERSION,
  upgrades: [
    { from: 1, run: (database: DatabaseSync): void => database.exec(CREATE_DROP_TABLES) },
    { from: 2, run: (database: DatabaseSync): void => database.exec(CREATE_RESTORE_TABLE) },
  ],
  isShrinkable: true,
} as const;

function createTable(name: string, columns: string, key: string): string {
  return `CREATE TABLE ${name} (${columns},\n  PRIMARY KEY (${key})\n) WITHOUT ROWID;\n`;
}
