import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { decodeQifi } from '../../src/domain/qifi.ts';
import { accountStorePath } from '../../src/store/sqlite/paths.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { ACCOUNTS, benchDocuments, CURVE_DAYS, CURVE_QUERY, LATEST_QUERY } from './account-documents.ts';
import type { RawAccountsOptions } from './raw-accounts-server.ts';
import { PRODUCT_SCRIPT, type ServerProgram, startServer } from './server-process.ts';
import { measureThroughput, type Rounds } from './throughput.ts';
import type { ThroughputReport } from './throughput-report.ts';

const RAW_SCRIPT = fileURLToPath(new URL('./raw-accounts-server.ts', import.meta.url));
const BATCH = 500;

/** Measures reads of accounts beside the bare driver of the same store; `url` of MongoDB, absent for the embedded store. */
export async function measureAccounts(rounds: Rounds, url?: string): Promise<readonly ThroughputReport[]> {
  await using desk = url === undefined ? await fillSqlite(rounds.folder) : await fillMongo(rounds.folder, url);
  const server = await startServer(desk.product);
  try {
    const reports: ThroughputReport[] = [];
    const cases = [
      { name: `equity curve, ${CURVE_DAYS} days x 4 fields, ${desk.name}`, query: CURVE_QUERY, curve: true },
      { name: `${ACCOUNTS} accounts with their latest balances, ${desk.name}`, query: LATEST_QUERY, curve: false },
    ];
    for (const { name, query, curve } of cases) {
      const program = { args: [RAW_SCRIPT, JSON.stringify({ ...desk.raw, curve } satisfies RawAccountsOptions)] };
      const limit = { name: 'bare driver', program, hasSameBytes: false };
      const measured = { name, connections: 1, body: JSON.stringify({ query }), isSaturating: false, limit };
      reports.push(await measureThroughput(server, measured, rounds));
    }
    return reports;
  } finally {
    await server.stop();
  }
}

interface FilledDesk extends AsyncDisposable {
  readonly name: string;
  readonly product: ServerProgram;
  readonly raw: Omit<RawAccountsOptions, 'curve'>;
}

async function fillSqlite(folder: string): Promise<FilledDesk> {
  const data = join(folder, 'accounts');
  mkdirSync(data);
  const path = accountStorePath(data);
  const store = openSqliteAccountStore({ path });
  const documents = benchDocuments().flatMap((each) => {
    const decoded = decodeQifi(each, 'HISTORY');
    return decoded.kind === 'DECODED' ? [decoded.document] : [];
  });
  await store.writeDocuments([...documents]);
  store.close();
  return {
    name: 'embedded store',
    product: { args: [PRODUCT_SCRIPT], environment: { PORT: '0', DESKGRAPH_DATA: data, DEMO: '0', GRAPHIQL: '0' } },
    raw: { path },
    [Symbol.asyncDispose]: async () => {},
  };
}

async function fillMongo(folder: string, url: string): Promise<FilledDesk> {
  const mark = randomBytes(4).toString('hex');
  const names = { quantaxis: `bench_${mark}`, realtime: `bench_${mark}_r`, own: `bench_${mark}_o` };
  const client = new MongoClient(url);
  const history = client.db(names.quantaxis).collection('history');
  await history.createIndex({ account_cookie: 1, trading_day: 1 }, { unique: true });
  const documents = [...benchDocuments()];
  for (let at = 0; at < documents.length; at += BATCH) await history.insertMany(documents.slice(at, at + BATCH));
  const environment = {
    ...{ PORT: '0', DESKGRAPH_DATA: join(folder, 'mongo'), GRAPHIQL: '0', MONGO_URL: url },
    ...{ QUANTAXIS_DATABASE: names.quantaxis, QAREALTIME_DATABASE: names.realtime, MONGO_DATABASE: names.own },
  };
  return {
    name: 'MongoDB',
    product: { args: [PRODUCT_SCRIPT], environment },
    raw: { url, database: names.quantaxis },
    [Symbol.asyncDispose]: async () => {
      for (const name of Object.values(names)) await client.db(name).dropDatabase();
      await client.close();
    },
  };
}
