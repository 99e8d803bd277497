/**
 * `npm run bench [-- --rounds 7 --seconds 2 --case NAME]`: the product beside the raw limits of node:http and ws, in one
 * run on one machine. docs/performance.md says what is measured and how. Exit code 1: the figures do not count.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureAccounts } from './accounts.ts';
import { barsRequestBody, ROWS } from './bars-query.ts';
import { measureFanOut } from './fan-out.ts';
import type { ServerProgram } from './server-process.ts';
import { IS_PINNED, PRODUCT_SCRIPT, startServer } from './server-process.ts';
import { measureStart } from './start-cost.ts';
import type { Rounds, ThroughputCase } from './throughput.ts';
import { measureThroughput } from './throughput.ts';

const QUERY_CASES = ['bars-1', 'bars-16', 'typename-16'] as const;
const FAN_OUT_CASES = { 'fan-out-ws': 'graphql-transport-ws', 'fan-out-sse': 'sse' } as const;
const CASES = [...QUERY_CASES, 'start', 'accounts', ...Object.keys(FAN_OUT_CASES)];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    case: { type: 'string', multiple: true, default: CASES },
  },
});
const unknown = values.case.filter((name) => !CASES.includes(name));
if (unknown.length > 0) throw new Error(`received the case ${unknown[0]}, wanted one of ${CASES.join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'deskgraph-bench-'));
try {
  process.exitCode = await run({ rounds: positive(values.rounds), seconds: positive(values.seconds), folder });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function run(rounds: Rounds): Promise<number> {
  const cores = cpus();
  console.log(`node ${process.version}, ${cores.length} x ${cores[0]?.model ?? 'unknown processor'}`);
  console.log(`${rounds.rounds} rounds of ${rounds.seconds} s, medians of rounds, (least..greatest)`);
  console.log(
    IS_PINNED ? 'server on core 0, load generator on core 1' : 'processes are not held on cores of their own',
  );

  // The seeding start comes first, so that the later ones find their data.
  const data = join(rounds.folder, 'data');
  const product: ServerProgram = {
    args: [PRODUCT_SCRIPT],
    environment: { PORT: '0', DESKGRAPH_DATA: data, DEMO: '1', GRAPHIQL: '0' },
  };
  if (values.case.includes('start')) print(await measureStart(product, rounds.folder));
  const voids = [...(await measureQueries(product, rounds)), ...(await measureSubscriptions(rounds))];
  if (values.case.includes('accounts')) await measureStores(rounds);
  for (const reason of voids) console.log(`\nVOID: ${reason}`);
  return voids.length === 0 ? 0 : 1;
}

async function measureQueries(product: ServerProgram, rounds: Rounds): Promise<string[]> {
  const names = QUERY_CASES.filter((name) => values.case.includes(name));
  if (names.length === 0) return [];
  const server = await startServer(product);
  try {
    const bars = { name: `bars, ${ROWS} rows x 7 fields`, body: await barsRequestBody(server) };
    const typename = { name: '{ __typename }', body: JSON.stringify({ query: '{ __typename }' }) };
    const cases: Readonly<Record<(typeof QUERY_CASES)[number], ThroughputCase>> = {
      'bars-1': { ...bars, connections: 1, isSaturating: false },
      'bars-16': { ...bars, connections: 16, isSaturating: true },
      'typename-16': { ...typename, connections: 16, isSaturating: true },
    };
    const voids: string[] = [];
    for (const name of names) {
      const report = await measureThroughput(server, cases[name], rounds);
      print(report.lines);
      if (report.void !== undefined) voids.push(report.void);
    }
    return voids;
  } finally {
    await server.stop();
  }
}

/** The embedded store, and MongoDB where MONGO_URL names one. */
async function measureStores(rounds: Rounds): Promise<void> {
  for (const { lines } of await measureAccounts(rounds)) print(lines);
  const url = process.env.MONGO_URL;
  if (url === undefined) return print(['accounts in MongoDB are not measured: MONGO_URL is not set']);
  for (const { lines } of await measureAccounts(rounds, url)) print(lines);
}

async function measureSubscriptions(rounds: Rounds): Promise<string[]> {
  const chosen = Object.entries(FAN_OUT_CASES).filter(([name]) => values.case.includes(name));
  if (chosen.length === 0) return [];
  const reports = await measureFanOut(
    chosen.map(([, transport]) => transport),
    rounds,
  );
  for (const { lines } of reports) print(lines);
  return reports.flatMap((report) => report.void ?? []);
}

function print(lines: readonly string[]): void {
  console.log(`\n${lines.join('\n')}`);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`received ${JSON.stringify(text)}, wanted a number above 0`);
  return number;
}
