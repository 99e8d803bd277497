import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoadResult } from './load.ts';
import type { ServerProcess, ServerProgram } from './server-process.ts';
import { RAW_SCRIPT, runLoad, startServer } from './server-process.ts';
import { type Round, reportOf, type ThroughputReport } from './throughput-report.ts';

export interface ThroughputCase {
  readonly name: string;
  readonly connections: number;
  /** The body of the request. */
  readonly body: string;
  /** Whether the other server must be at its limit for the run to count. */
  readonly isSaturating: boolean;
  /** Sent with each request besides the content type. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What it is held against; a server of the same bytes when absent. */
  readonly limit?: Limit;
}

/** Another server to be measured beside the product. */
export interface Limit {
  /** As figures name it. */
  readonly name: string;
  readonly program: ServerProgram;
  /** Whether its answer must be the product's, byte by byte. */
  readonly hasSameBytes: boolean;
}

export interface Rounds {
  readonly rounds: number;
  readonly seconds: number;
  /** A folder for what a run needs. */
  readonly folder: string;
}

const LOAD_SCRIPT = fileURLToPath(new URL('./load.ts', import.meta.url));
const WARM_UP_SECONDS = 0.5;
const FIRST_WARM_UP_SECONDS = 2;
/** What is kept from its second use on is kept then. */
const USES_BEFORE = 3;

/** Measures the product against another server, in rounds of alternating order. */
export async function measureThroughput(
  product: ServerProcess,
  { name, connections, body, isSaturating, headers = {}, limit }: ThroughputCase,
  { rounds, seconds, folder }: Rounds,
): Promise<ThroughputReport> {
  for (let use = 0; use < USES_BEFORE; use++) await post(product, body, headers);
  const answer = await post(product, body, headers);
  const file = join(folder, 'answer.json');
  writeFileSync(file, answer.body);
  const beside = await startServer(limit?.program ?? { args: [RAW_SCRIPT, file] });
  try {
    const besides = await post(beside, body, headers);
    if (limit?.hasSameBytes !== false && !besides.body.equals(answer.body)) {
      throw new Error(`${name}: received another answer of ${limit?.name ?? 'the raw server'} than of the product`);
    }
    const lengths = new Map([
      [product, answer.bytesSent],
      [beside, besides.bytesSent],
    ]);
    const load = (server: ServerProcess, warmUpSeconds: number, measuredSeconds: number) =>
      parseResult(
        runLoad(LOAD_SCRIPT, {
          url: `${server.url}/graphql`,
          body,
          headers,
          connections,
          warmUpSeconds,
          seconds: measuredSeconds,
          serverPid: server.pid,
          answerBytes: lengths.get(server),
        }),
      );
    for (const server of [product, beside]) await load(server, FIRST_WARM_UP_SECONDS, 0.1);
    const measured: Round[] = [];
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [product, beside] : [beside, product];
      const results = new Map<ServerProcess, LoadResult>();
      for (const server of order) results.set(server, await load(server, WARM_UP_SECONDS, seconds));
      const [ofProduct, ofLimit] = [results.get(product), results.get(beside)];
      if (ofProduct !== undefined && ofLimit !== undefined) measured.push({ product: ofProduct, limit: ofLimit });
    }
    const sizes = besides.bytesSent === answer.bytesSent ? '' : `, ${besides.bytesSent} of ${limit?.name}`;
    const title = `${name}, ${connections} ${connections === 1 ? 'connection' : 'connections'}, ${answer.bytesSent} bytes${sizes}`;
    return reportOf(measured, { title, isSaturating, limitName: limit?.name ?? 'raw' });
  } finally {
    await beside.stop();
  }
}

interface GoodAnswer {
  /** Decoded. */
  readonly body: Buffer;
  /** As it was sent. */
  readonly bytesSent: number;
}

async function post(
  { url }: ServerProcess,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<GoodAnswer> {
  // Unless it is told, fetch asks for compressed answers.
  const sent = { 'accept-encoding': 'identity', ...headers, 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: sent, body });
  const answer = Buffer.from(await response.arrayBuffer());
  const start = answer.subarray(0, 300).toString('utf8');
  if (response.status !== 200 || start.includes('"errors"')) throw new Error(`received ${response.status} ${start}`);
  return { body: answer, bytesSent: Number(response.headers.get('content-length') ?? answer.length) };
}

async function parseResult(printed: Promise<unknown>): Promise<LoadResult> {
  // The load generator is a file beside this one and prints nothing else.
  return (await printed) as LoadResult;
}
