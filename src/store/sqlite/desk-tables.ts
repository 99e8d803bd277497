/** Raised with each change of the tables, along with a way there from the version before. */
export const DESK_TABLES_VERSION = 3;

/** What a list of runs can be narrowed by, each to one value. */
export const RUN_FILTER_COLUMNS = ['requested_by', 'command', 'kind', 'state'] as const;
export type RunFilterColumn = (typeof RUN_FILTER_COLUMNS)[number];

/** The index that holds the runs of one value of each column in the order of the list. */
export function runIndexOf(columns: readonly RunFilterColumn[]): string {
  return ['run_by', ...columns, 'place'].join('_');
}

/**
 * An index for every combination of filters, so that a page is read without passing over what it leaves out, however
 * rare that is. A run is written a handful of times, each of which waits for the disk far longer than for its indexes.
 */
const CREATE_RUN_INDEXES = combinationsOf(RUN_FILTER_COLUMNS)
  .map((columns) => `CREATE INDEX ${runIndexOf(columns)} ON run (${[...columns, 'queued_at', 'id'].join(', ')});`)
  .join('\n');

/** Times are milliseconds since the epoch; what SQL does not look into is JSON text. */
const CREATE_RUN_TABLES = `
CREATE TABLE run (
  id TEXT NOT NULL PRIMARY KEY,
  command TEXT NOT NULL,
  kind TEXT NOT NULL,
  arguments TEXT,
  schedule_id TEXT,
  state TEXT NOT NULL,
  requested_by TEXT,
  client_request_id TEXT,
  queued_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  exit_code INTEGER,
  signal TEXT,
  output_bytes INTEGER NOT NULL,
  is_truncated INTEGER NOT NULL,
  progress TEXT
);
${CREATE_RUN_INDEXES}
CREATE INDEX run_of_request ON run (requested_by, client_request_id, queued_at, id) WHERE client_request_id IS NOT NULL;
`;

/**
 * `first_seq` is the oldest event that can be read: before it lie only the last events of orders that are not finished.
 * An order is stored without its fills: what stood at each place of the list of its fills, from the event `from_seq` on
 * until the event `until_seq`, is a row of its own, so that a fill is stored once and not again with each event after it.
 */
export const CREATE_ORDER_TABLES = `
CREATE TABLE order_stream (
  account_cookie TEXT NOT NULL PRIMARY KEY,
  epoch TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE order_event (
  account_cookie TEXT NOT NULL,
  seq INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  order_key TEXT NOT NULL,
  order_id TEXT NOT NULL,
  client_order_id TEXT,
  created_at INTEGER,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  order_content TEXT NOT NULL,
  fill_content TEXT,
  is_latest INTEGER NOT NULL,
  is_finished INTEGER NOT NULL,
  PRIMARY KEY (account_cookie, seq),
  UNIQUE (account_cookie, event_id)
);
CREATE UNIQUE INDEX latest_event_of_order ON order_event (account_cookie, order_key) WHERE is_latest = 1;
CREATE INDEX latest_events ON order_event (account_cookie, is_finished, at) WHERE is_latest = 1;
CREATE INDEX latest_events_by_order_id ON order_event (account_cookie, order_id, created_at, seq) WHERE is_latest = 1;
CREATE INDEX latest_events_by_client_order_id
  ON order_event (account_cookie, client_order_id, created_at, seq) WHERE is_latest = 1;

CREATE TABLE order_fill (
  account_cookie TEXT NOT NULL,
  order_key TEXT NOT NULL,
  place INTEGER NOT NULL,
  from_seq INTEGER NOT NULL,
  until_seq INTEGER,
  content TEXT NOT NULL,
  PRIMARY KEY (account_cookie, order_key, place, from_seq)
) WITHOUT ROWID;
CREATE INDEX replaced_fills ON order_fill (account_cookie, until_seq) WHERE until_seq IS NOT NULL;

CREATE TABLE order_submission (
  account_cookie TEXT NOT NULL,
  order_key TEXT NOT NULL,
  client_order_id TEXT NOT NULL,
  submitted_at INTEGER NOT NULL,
  request TEXT NOT NULL,
  is_settled INTEGER NOT NULL,
  outcome TEXT,
  PRIMARY KEY (account_cookie, order_key)
) WITHOUT ROWID;
CREATE INDEX open_submissions ON order_submission (account_cookie, submitted_at, client_order_id) WHERE is_settled = 0;

CREATE TABLE account_comparison (
  account_cookie TEXT NOT NULL PRIMARY KEY,
  compared_at INTEGER NOT NULL
) WITHOUT ROWID;
`;

/** Sizes are decimal text; `contract_list` has the lists that were stored, an empty one included. */
export const CREATE_CONTRACT_TABLES = `
CREATE TABLE contract_list (
  venue TEXT NOT NULL,
  gateway TEXT NOT NULL,
  stored_at INTEGER NOT NULL,
  PRIMARY KEY (venue, gateway)
) WITHOUT ROWID;

CREATE TABLE contract (
  venue TEXT NOT NULL,
  gateway TEXT NOT NULL,
  symbol TEXT NOT NULL,
  base TEXT,
  quote TEXT,
  kind TEXT,
  tick_size TEXT,
  lot_size TEXT,
  contract_size TEXT,
  expires_at INTEGER,
  is_listed INTEGER NOT NULL,
  PRIMARY KEY (venue, gateway, symbol)
) WITHOUT ROWID;
`;

export const CREATE_DESK_TABLES = `${CREATE_RUN_TABLES}${CREATE_ORDER_TABLES}${CREATE_CONTRACT_TABLES}`;

function combinationsOf<Column>(columns: readonly Column[]): Column[][] {
  return Array.from({ length: 2 ** columns.length }, (_, mask) => columns.filter((_, bit) => mask & (1 << bit)));
}
