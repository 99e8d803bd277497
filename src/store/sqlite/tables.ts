import { ACCOUNT_FIGURES, type AccountFigure } from '../../domain/account.ts';

/** Raised with each change of the tables; a file of another version is refused. */
export const TABLES_VERSION = 1;

/** Stands for a state without trading day, so that a key never holds NULL: before every day there is. */
export const NO_DAY = -(2 ** 31);

/** Column of a figure: `preBalance` is `pre_balance`. */
export function columnOf(figure: AccountFigure): string {
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

/**
 * Days are days since the epoch, instants milliseconds, `traded_at` nanoseconds. Rows of an account lie together in the
 * order of their days. Positions lie apart, so that reading a daily series does not pass over them.
 */
export const CREATE_TABLES = `
CREATE TABLE account (
  source TEXT NOT NULL,
  account_cookie TEXT NOT NULL,
  latest_day INTEGER NOT NULL,
  portfolio TEXT,
  PRIMARY KEY (source, account_cookie)
) WITHOUT ROWID;

CREATE TABLE account_day (
  source TEXT NOT NULL,
  account_cookie TEXT NOT NULL,
  trading_day INTEGER NOT NULL,
  portfolio TEXT,
  broker_name TEXT,
  currency TEXT,
  connection_status TEXT NOT NULL,
  updated_at INTEGER,
  ${FIGURE_COLUMNS.map((column) => `${column} REAL`).join(',\n  ')},
  PRIMARY KEY (source, account_cookie, trading_day)
) WITHOUT ROWID;

CREATE TABLE holding (
  source TEXT NOT NULL,
  account_cookie TEXT NOT NULL,
  trading_day INTEGER NOT NULL,
  positions TEXT NOT NULL,
  PRIMARY KEY (source, account_cookie, trading_day)
) WITHOUT ROWID;

CREATE TABLE trade (
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
  traded_at INTEGER,
  PRIMARY KEY (source, account_cookie, trading_day, trade_id, instrument_id)
) WITHOUT ROWID;

CREATE TABLE account_order (
  source TEXT NOT NULL,
  account_cookie TEXT NOT NULL,
  trading_day INTEGER NOT NULL,
  order_id TEXT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY (source, account_cookie, trading_day, order_id)
) WITHOUT ROWID;

CREATE TABLE equity_mark (
  source TEXT NOT NULL,
  account_cookie TEXT NOT NULL,
  at INTEGER NOT NULL,
  balance REAL NOT NULL,
  PRIMARY KEY (source, account_cookie, at)
) WITHOUT ROWID;
`;
