/**
 * `npm run bench [-- --rounds 7 --seconds 2 --case NAME]`: the product beside the raw limits of node:http and ws, in one
 * run on one machine. docs/performance.md says what is measured and how. Exit code 1: the figures do not count.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureAccounts } from './accounts.ts';
import { answerOf, asColumns, barsRequestBody, ROWS } from './bars-query.ts';
import type { ColdUse } from './cold-use.ts';
import { measureFanOut } from './fan-out.ts';
import { measureFrameLatency } from './frame-latency.ts';
import { measureCodes, measureMemory } from './many-series.ts';
import type { NormalizeCost } from './normalize.ts';
import { measurePeers } from './peers.ts';
import type { ServerProgram } from './server-process.ts';
import { IS_PINNED, PRODUCT_SCRIPT, RAW_SCRIPT, runLoad, startServer } from './server-process.ts';
import { measureIdleSockets, measureStalledReader } from './sockets.ts';
import { measureStart } from './start-cost.ts';
import { medianAndRange } from './statistics.ts';
import { measureThroughput, type Rounds } from './throughput.ts';
import type { ThroughputReport } from './throughput-report.ts';

const COLD_SCRIPT = fileURLToPath(new URL('./cold-use.ts', import.meta.url));
const NORMALIZE_SCRIPT = fileURLToPath(new URL('./normalize.ts', import.meta.url));
const QUERY_CASES = ['bars-1', 'bars-16', 'columns-16', 'gzip-16', 'typename-16', 'peers-16'] as const;
const SERIES_CASES = ['cold', 'codes-50', 'memory-2000'] as const;
const FAN_OUT_CASES = {
  'fan-out-ws': { stream: 'ticks', transport: 'graphql-transport-ws' },
  'fan-out-sse': { stream: 'ticks', transport: 'sse' },
  'fan-out-trades-ws': { stream: 'trades', transport: 'graphql-transport-ws' },
  'fan-out-trades-sse': { stream: 'trades', transport: 'sse' },
} as const;
const STREAM_CASES = ['normalize', 'frame-latency', 'idle-sockets', 'stalled-reader'] as const;
const CASES = [...QUERY_CASES, ...SERIES_CASES, 'start', 'accounts', ...Object.keys(FAN_OUT_CASES), ...STREAM_CASES];

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
  const voids = [
    ...(await measureQueries(product, rounds)),
    ...(await measureSeries(product, rounds)),
    ...(await measureSubscriptions(rounds)),
  ];
  if (values.case.includes('accounts')) await measureStores(rounds);
  await measureStreams(rounds);
  for (const reason of voids) console.log(`\nVOID: ${reason}`);
  return voids.length === 0 ? 0 : 1;
}

async function measureQueries(product: ServerProgram, rounds: Rounds): Promise<string[]> {
  const names = QUERY_CASES.filter((name) => values.case.includes(name));
  if (names.length === 0) return [];
  const server = await startServer(product);
  try {
    const body = await barsRequestBody(server);
    const file = join(rounds.folder, 'bars.json');
    writeFileSync(file, await answerOf(server, body));
    const bars = { name: `bars, ${ROWS} rows x 7 fields`, body, connections: 16, isSaturating: true };
    const columns = { ...bars, name: `columns, ${ROWS} rows x 7 fields`, body: asColumns(body) };
    const gzip6 = { name: 'gzip -6', program: { args: [RAW_SCRIPT, file, 'gzip'] }, hasSameBytes: true };
    const typename = { name: '{ __typename }', body: JSON.stringify({ query: '{ __typename }' }) };
    const measure: Readonly<Record<(typeof QUERY_CASES)[number], () => Promise<readonly ThroughputReport[]>>> = {
      'bars-1': async () => [await measureThroughput(server, { ...bars, connections: 1, isSaturating: false }, rounds)],
      'bars-16': async () => [await measureThroughput(server, bars, rounds)],
      'columns-16': async () => [await measureThroughput(server, columns, rounds)],
      'gzip-16': async () => {
        const zipped = { ...bars, headers: { 'accept-encoding': 'gzip' }, limit: gzip6, isSaturating: false };
        return [await measureThroughput(server, zipped, rounds)];
      },
      'typename-16': async () => [await measureThroughput(server, { ...bars, ...typename }, rounds)],
      'peers-16': () => measurePeers(server, { ...bars, file }, rounds),
    };
    const voids: string[] = [];
    for (const name of names) {
      for (const report of await measure[name]()) {
        print(report.lines);
        if (report.void !== undefined) voids.push(report.void);
      }
    }
    return voids;
  } finally {
    await server.stop();
  }
}

async function measureSeries(product: ServerProgram, rounds: Rounds): Promise<string[]> {
  const names = SERIES_CASES.filter((name) => values.case.includes(name));
  if (names.length === 0) return [];
  // The demo writes its bars when it starts.
  await (await startServer(product)).stop();
  const csv = join(rounds.folder, 'data', 'demo', 'bars', '510300.SH.csv');
  for (const name of names) {
    switch (name) {
      case 'cold': {
        const { answerMs, stringifyMs } = (await runLoad(COLD_SCRIPT, { csv, rounds: rounds.rounds })) as ColdUse;
        print([
          `first use of a series, ${ROWS} rows x 7 fields, in process`,
          `  time to row objects and JSON.stringify  ${(answerMs / stringifyMs).toFixed(3)}`,
          `  answer                                  ${answerMs.toFixed(3)} ms`,
          `  row objects and JSON.stringify          ${stringifyMs.toFixed(3)} ms`,
        ]);
        break;
      }
      case 'codes-50':
        print((await measureCodes(csv, rounds)).lines);
        break;
      case 'memory-2000':
        print(await measureMemory(csv, rounds));
        break;
    }
  }
  return [];
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
  const voids: string[] = [];
  for (const stream of ['ticks', 'trades'] as const) {
    const transports = chosen.flatMap(([, each]) => (each.stream === stream ? [each.transport] : []));
    if (transports.length === 0) continue;
    for (const report of await measureFanOut({ stream, transports, hasPeer: stream === 'trades' }, rounds)) {
      print(report.lines);
      if (report.void !== undefined) voids.push(report.void);
    }
  }
  return voids;
}

/** What of a stream has no other server beside it. */
async function measureStreams(rounds: Rounds): Promise<void> {
  const measure: Readonly<Record<(typeof STREAM_CASES)[number], () => Promise<readonly string[]>>> = {
    normalize: async () => {
      const cost = (await runLoad(NORMALIZE_SCRIPT, { rounds: rounds.rounds })) as NormalizeCost;
      return [
        'an OKX trade frame normalized, in process',
        `  time to its JSON.parse  ${medianAndRange(cost.ratios, 3)}`,
        `  normalized              ${cost.normalizeMicroseconds.toFixed(2)} us`,
        `  JSON.parse              ${cost.parseMicroseconds.toFixed(2)} us`,
      ];
    },
    'frame-latency': () => measureFrameLatency(rounds),
    'idle-sockets': () => measureIdleSockets(rounds),
    'stalled-reader': () => measureStalledReader(rounds),
  };
  for (const name of STREAM_CASES) if (values.case.includes(name)) print(await measure[name]());
}

function print(lines: readonly string[]): void {
  console.log(`\n${lines.join('\n')}`);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`received ${JSON.stringify(text)}, wanted a number above 0`);
  return number;
}
