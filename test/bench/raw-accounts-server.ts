/**
 * What accounts cost without Deskgraph: `node raw-accounts-server.ts '{"curve": true, "path": ...}'` (or `"url"` and
 * `"database"`) answers every request with what SQLite or the MongoDB driver finds, as JSON.stringify writes it. Prints
 * `listening on http://127.0.0.1:PORT`.
 */
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { MongoClient } from 'mongodb';
import { ACCOUNTS, CURVE_ACCOUNT, LATEST_TRADING_DAY, nameOfLatest } from './account-documents.ts';

export interface RawAccountsOptions {
  readonly curve: boolean;
  /** Of the embedded store. */
  readonly path?: string;
  readonly url?: string;
  readonly database?: string;
}

const options: RawAccountsOptions = JSON.parse(process.argv[2] ?? '{}');
const names = Array.from({ length: ACCOUNTS }, (_, index) => nameOfLatest(index));
const fetchRows = options.path === undefined ? fromMongo(options) : fromSqlite(options.path, options.curve);

const server = createServer((_request, response) => {
  void answer().then((body) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`listening on http://127.0.0.1:${address?.port}`);
});

async function answer(): Promise<Buffer> {
  return Buffer.from(JSON.stringify(await fetchRows()));
}

/** The columns that the product reads for the same answer. */
function fromSqlite(path: string, isCurve: boolean): () => Promise<unknown> {
  const database = new DatabaseSync(path, { readOnly: true });
  if (isCurve) {
    const rows = database.prepare(`
      SELECT trading_day, balance, pre_balance, available, margin, deposit, withdraw FROM account_day
      WHERE source = 'HISTORY' AND account_cookie = ? ORDER BY trading_day`);
    return async () => rows.all(CURVE_ACCOUNT);
  }
  const row = database.prepare(`
    SELECT * FROM account_day JOIN holding USING (source, account_cookie, trading_day)
    WHERE source = 'HISTORY' AND account_cookie = ? AND trading_day = ?`);
  const day = Date.parse(LATEST_TRADING_DAY) / 86_400_000;
  return async () => names.map((name) => row.get(name, day));
}

/** The projections with which the product reads for the same answer. */
function fromMongo({ url = '', database, curve }: RawAccountsOptions): () => Promise<unknown> {
  const collection = new MongoClient(url, { useBigInt64: true }).db(database).collection('history');
  const row = { account_cookie: 1, trading_day: 1, updatetime: 1 };
  if (curve) {
    const figures = ['balance', 'pre_balance', 'available', 'margin', 'deposit', 'withdraw'];
    const projection = { ...row, ...Object.fromEntries(figures.map((name) => [`accounts.${name}`, 1])) };
    return () => collection.find({ account_cookie: CURVE_ACCOUNT }, { projection, batchSize: 1_000_000 }).toArray();
  }
  const projection = { ...row, accounts: 1, portfolio: 1, broker_name: 1, status: 1, positions: 1 };
  const filter = { account_cookie: { $in: names }, trading_day: LATEST_TRADING_DAY };
  return () => collection.find(filter, { projection, batchSize: 1_000_000 }).toArray();
}
