import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from './load.ts';
import type { ServerProcess, ServerProgram } from './server-process.ts';
import { RAW_SCRIPT, runLoad, startServer } from './server-process.ts';
import { median, medianAndRange } from './statistics.ts';

export interface ThroughputCase {
  readonly name: string;
  readonly connections: number;
  /** The body of the request. */
  readonly body: string;
  /** Whether the raw server must be at its limit for the run to count. */
  readonly isSaturating: boolean;
  /** What it is held against; a server of the same bytes when absent. Its answers may have another length. */
  readonly raw?: ServerProgram;
}

export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
  /** A folder for what a run needs. */
  readonly folder: string;
}

export interface ThroughputReport {
  readonly lines: readonly string[];
  /** Why the figures do not count; undefined: they do. */
  readonly void: string | undefined;
}

interface Round {
  readonly product: LoadResult;
  readonly raw: LoadResult;
}

const LOAD_SCRIPT = fileURLToPath(new URL('./load.ts', import.meta.url));
const WARM_UP_SECONDS = 0.5;
const FIRST_WARM_UP_SECONDS = 2;
/** Share of its core that a server must keep busy to be called saturated. */
export const SATURATED_SHARE = 0.95;

/** Measures the product against a raw server, in rounds of alternating order. */
export async function measureThroughput(
  product: ServerProcess,
  { name, connections, body, isSaturating, raw: program }: ThroughputCase,
  { rounds, seconds, folder }: Rounds,
): Promise<ThroughputReport> {
  const answer = await post(`${product.url}/graphql`, body);
  const file = join(folder, 'answer.json');
  writeFileSync(file, answer);
  const raw = await startServer(program ?? { args: [RAW_SCRIPT, file] });
  try {
    const lengths = new Map([
      [product, answer.length],
      [raw, (await post(`${raw.url}/graphql`, body)).length],
    ]);
    const load = (server: ServerProcess, warmUpSeconds: number, measuredSeconds: number) =>
      parseResult(
        runLoad(LOAD_SCRIPT, {
          url: `${server.url}/graphql`,
          body,
          connections,
          warmUpSeconds,
          seconds: measuredSeconds,
          serverPid: server.pid,
          answerBytes: lengths.get(server),
        }),
      );
    for (const server of [product, raw]) await load(server, FIRST_WARM_UP_SECONDS, 0.1);
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [product, raw] : [raw, product];
      const results = new Map<ServerProcess, LoadResult>();
      for (const server of order) results.set(server, await load(server, WARM_UP_SECONDS, seconds));
      const [ofProduct, ofRaw] = [results.get(product), results.get(raw)];
      if (ofProduct !== undefined && ofRaw !== undefined) measured.push({ product: ofProduct, raw: ofRaw });
    }
    return report(
      measured,
      `${name}, ${connections} ${connections === 1 ? 'connection' : 'connections'}, ${answer.length} bytes`,
      isSaturating,
    );
  } finally {
    await raw.stop();
  }
}

/** The body of a good answer. */
async function post(url: string, body: string): Promise<Buffer> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const answer = Buffer.from(await response.arrayBuffer());
  const start = answer.subarray(0, 300).toString('utf8');
  if (response.status !== 200 || start.includes('"errors"')) throw new Error(`received ${response.status} ${start}`);
  return answer;
}

async function parseResult(printed: Promise<unknown>): Promise<LoadResult> {
  // The load generator is a file beside this one and prints nothing else.
  return (await printed) as LoadResult;
}

function report(measured: readonly Round[], title: string, isSaturating: boolean): ThroughputReport {
  const ratios = measured.map(({ product, raw }) => perSecond(product) / perSecond(raw));
  const rawShare = median(measured.map(({ raw }) => raw.serverCpuSeconds / raw.seconds));
  const isVoid = isSaturating && rawShare < SATURATED_SHARE;
  const lines = [
    title,
    `  ratio to the raw limit   ${medianAndRange(ratios, 4)}`,
    `  CPU a request, product   ${medianAndRange(each(measured, 'product', cpuMicroseconds), 1)} us`,
    `  CPU a request, raw       ${medianAndRange(each(measured, 'raw', cpuMicroseconds), 1)} us`,
    `  requests/s, product      ${medianAndRange(each(measured, 'product', perSecond), 0)}`,
    `  requests/s, raw          ${medianAndRange(each(measured, 'raw', perSecond), 0)}`,
    `  p50 and p99, product     ${latencies(each(measured, 'product', identity))}`,
    `  p50 and p99, raw         ${latencies(each(measured, 'raw', identity))}`,
    `  raw server's core        ${rawShare.toFixed(2)} busy${isSaturating ? `, wanted ${SATURATED_SHARE}` : ''}`,
  ];
  return { lines, void: isVoid ? `${title}: the raw server was at ${rawShare.toFixed(2)} of a core` : undefined };
}

function each<Value>(measured: readonly Round[], of: keyof Round, read: (result: LoadResult) => Value): Value[] {
  return measured.map((round) => read(round[of]));
}

function perSecond({ answers, seconds }: LoadResult): number {
  return answers / seconds;
}

function cpuMicroseconds({ serverCpuSeconds, answers }: LoadResult): number {
  return (serverCpuSeconds / answers) * 1e6;
}

function identity(result: LoadResult): LoadResult {
  return result;
}

function latencies(results: readonly LoadResult[]): string {
  const [p50, p99] = [median(results.map(({ p50Ms }) => p50Ms)), median(results.map(({ p99Ms }) => p99Ms))];
  return `${p50.toFixed(2)} ms, ${p99.toFixed(2)} ms`;
}
