import { copyFileSync, linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { residentBytesOf } from './process-usage.ts';
import { PRODUCT_SCRIPT, type ServerProcess, type ServerProgram, startServer } from './server-process.ts';
import { measureThroughput, type Rounds } from './throughput.ts';
import type { ThroughputReport } from './throughput-report.ts';

const CODES = 50;
const ROWS_OF_CODE = 20;
const SERIES = 2_000;
const MIB = 1024 * 1024;
/** Enough for all series, so that none goes for another. */
const CACHE_BYTES = 320 * MIB;
const IDLE_AFTER_MS = 3_000;
const CODES_A_QUERY = 10;
const FIELDS = 'date open high low close volume amount';
const ALWAYS = 'start: "1990-01-01", end: "2099-12-31"';

/** 50 warm codes with 20 rows each in one query, beside a server of the same bytes. `csv` is a file of bars. */
export async function measureCodes(csv: string, rounds: Rounds): Promise<ThroughputReport> {
  const server = await startServer(deskOf(csv, { folder: join(rounds.folder, 'codes'), series: CODES }));
  try {
    const dates = await datesOfFirst(server);
    const query = queryOf(`start: "${dates.at(-ROWS_OF_CODE)}", end: "${dates.at(-1)}"`, codesFrom(0, CODES), FIELDS);
    const name = `${CODES} codes x ${ROWS_OF_CODE} rows x 7 fields`;
    const body = JSON.stringify({ query });
    return await measureThroughput(server, { name, connections: 16, body, isSaturating: false }, rounds);
  } finally {
    await server.stop();
  }
}

/** Resident memory with so many series in the cache, each as long as that of the file, all of them cut by queries. */
export async function measureMemory(csv: string, rounds: Rounds): Promise<readonly string[]> {
  const server = await startServer(deskOf(csv, { folder: join(rounds.folder, 'memory'), series: SERIES }));
  try {
    const rows = (await datesOfFirst(server)).length;
    await delay(IDLE_AFTER_MS);
    const before = residentBytesOf(server.pid);
    for (let from = 0; from < SERIES; from += CODES_A_QUERY) {
      await ask(server, { range: 'start: "2024-01-01", end: "2024-12-31"', codes: codesFrom(from, CODES_A_QUERY) });
    }
    const { entries, bytes } = await cacheOf(server);
    await delay(IDLE_AFTER_MS);
    const after = residentBytesOf(server.pid);
    return [
      `memory of ${entries} cached series of ${rows} rows`,
      `  columns, as the cache counts them    ${(bytes / 1e6).toFixed(0)} MB`,
      `  resident before                      ${(before / 1e6).toFixed(0)} MB`,
      `  resident after                       ${(after / 1e6).toFixed(0)} MB`,
    ];
  } finally {
    await server.stop();
  }
}

/** A desk whose folder has the same bars under many codes. */
function deskOf(csv: string, { folder, series }: { folder: string; series: number }): ServerProgram {
  const bars = join(folder, 'bars');
  mkdirSync(bars, { recursive: true });
  const copy = join(folder, 'copy.csv');
  copyFileSync(csv, copy);
  for (const code of codesFrom(0, series)) linkSync(copy, join(bars, `${code}.csv`));
  const config = join(folder, 'deskgraph.yaml');
  writeFileSync(config, `sources:\n  - { vendor: folder, path: ${JSON.stringify(bars)} }\n`);
  const environment = {
    ...{ PORT: '0', DESKGRAPH_DATA: join(folder, 'data'), DEMO: '0', GRAPHIQL: '0' },
    ...{ DESKGRAPH_CONFIG: config, CACHE_MAX_BYTES: String(CACHE_BYTES) },
  };
  return { args: [PRODUCT_SCRIPT], environment };
}

function codesFrom(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${600_000 + first + at}.SH`);
}

function queryOf(range: string, codes: readonly string[], fields: string): string {
  return `{ barsBatch(codes: ${JSON.stringify(codes)}, ${range}) { code series { bars { ${fields} } } } }`;
}

interface BatchAnswer {
  readonly data?: {
    readonly barsBatch?: readonly { readonly series: { readonly bars: readonly { readonly date: string }[] } | null }[];
  };
}

interface Asked {
  readonly range: string;
  readonly codes: readonly string[];
}

async function ask(server: ServerProcess, { range, codes }: Asked) {
  const answer = (await post(server, queryOf(range, codes, 'date close'))) as BatchAnswer;
  const items = answer.data?.barsBatch;
  if (items?.length === codes.length && items.every(({ series }) => series !== null)) return items;
  throw new Error(`received ${JSON.stringify(answer).slice(0, 300)}, wanted the bars of ${codes.length} codes`);
}

async function datesOfFirst(server: ServerProcess): Promise<readonly string[]> {
  const [first] = await ask(server, { range: ALWAYS, codes: codesFrom(0, 1) });
  return first?.series?.bars.map(({ date }) => date) ?? [];
}

interface CacheAnswer {
  readonly data: { readonly barCache: { readonly entries: number; readonly bytes: number } };
}

async function cacheOf(server: ServerProcess): Promise<CacheAnswer['data']['barCache']> {
  return ((await post(server, '{ barCache { entries bytes } }')) as CacheAnswer).data.barCache;
}

async function post({ url }: ServerProcess, query: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return response.json();
}
