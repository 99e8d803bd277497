/**
 * `npm run bench [-- --rounds 7 --seconds 2 --case NAME]`: the product beside the raw limit of node:http, in one run on
 * one machine. docs/performance.md says what is measured and how. Exit code 1: the figures do not count.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { barsRequestBody, ROWS } from './bars-query.ts';
import type { ServerProgram } from './server-process.ts';
import { IS_PINNED, PRODUCT_SCRIPT, startServer } from './server-process.ts';
import { measureStart } from './start-cost.ts';
import type { Rounds, ThroughputCase } from './throughput.ts';
import { measureThroughput } from './throughput.ts';

const CASES = ['bars-1', 'bars-16', 'typename-16', 'start'] as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '2' },
    case: { type: 'string', multiple: true, default: [...CASES] },
  },
});
const unknown = values.case.filter((name) => !CASES.some((each) => each === name));
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
  const voids = await measureCases(product, rounds);
  for (const reason of voids) console.log(`\nVOID: ${reason}`);
  return voids.length === 0 ? 0 : 1;
}

async function measureCases(product: ServerProgram, rounds: Rounds): Promise<string[]> {
  const names = values.case.filter((name) => name !== 'start');
  if (names.length === 0) return [];
  const server = await startServer(product);
  try {
    const bars = { name: `bars, ${ROWS} rows x 7 fields`, body: await barsRequestBody(server) };
    const typename = { name: '{ __typename }', body: JSON.stringify({ query: '{ __typename }' }) };
    const cases: Readonly<Record<string, ThroughputCase>> = {
      'bars-1': { ...bars, connections: 1, isSaturating: false },
      'bars-16': { ...bars, connections: 16, isSaturating: true },
      'typename-16': { ...typename, connections: 16, isSaturating: true },
    };
    const voids: string[] = [];
    for (const name of names) {
      const chosen = cases[name];
      if (chosen === undefined) continue;
      const report = await measureThroughput(server, chosen, rounds);
      print(report.lines);
      if (report.void !== undefined) voids.push(report.void);
    }
    return voids;
  } finally {
    await server.stop();
  }
}

function print(lines: readonly string[]): void {
  console.log(`\n${lines.join('\n')}`);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`received ${JSON.stringify(text)}, wanted a number above 0`);
  return number;
}
