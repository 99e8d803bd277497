import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { residentBytesOf } from './process-usage.ts';
import type { ServerProcess, ServerProgram } from './server-process.ts';
import { RAW_SCRIPT, startServer } from './server-process.ts';
import { median, medianAndRange } from './statistics.ts';

interface StartCost {
  /** From spawning the process to the last byte of the first good answer. */
  readonly startMs: number;
  /** Resident memory two seconds after that answer. */
  readonly idleBytes: number;
}

const STARTS = 5;
const IDLE_AFTER_MS = 2000;
const QUERY = JSON.stringify({ query: '{ __typename }' });
const ANSWER = '{"data":{"__typename":"Query"}}';

/** Start to first answer and idle memory, beside a bare node:http server that gives the same answer. */
export async function measureStart(product: ServerProgram, folder: string): Promise<string[]> {
  const file = join(folder, 'typename.json');
  writeFileSync(file, ANSWER);
  const bare: ServerProgram = { args: [RAW_SCRIPT, file] };
  const first = await startOnce(product);
  const costs: { product: StartCost; bare: StartCost }[] = [];
  for (let round = 0; round < STARTS; round++) {
    const isProductFirst = round % 2 === 0;
    const early = await startOnce(isProductFirst ? product : bare);
    const late = await startOnce(isProductFirst ? bare : product);
    costs.push(isProductFirst ? { product: early, bare: late } : { product: late, bare: early });
  }
  const times = { product: costs.map((cost) => cost.product.startMs), bare: costs.map((cost) => cost.bare.startMs) };
  const megabytes = (bytes: number) => bytes / 1024 / 1024;
  const sizes = {
    product: costs.map((cost) => megabytes(cost.product.idleBytes)),
    bare: costs.map((cost) => megabytes(cost.bare.idleBytes)),
  };
  return [
    `start to first answer, ${STARTS} starts`,
    `  ratio to bare node:http  ${median(costs.map(({ product: a, bare: b }) => a.startMs / b.startMs)).toFixed(2)}`,
    `  product                  ${medianAndRange(times.product, 0)} ms`,
    `  bare node:http           ${medianAndRange(times.bare, 0)} ms`,
    `  product, empty folder    ${first.startMs.toFixed(0)} ms (the demo data is written)`,
    'idle memory',
    `  ratio to bare node:http  ${median(costs.map(({ product: a, bare: b }) => a.idleBytes / b.idleBytes)).toFixed(2)}`,
    `  product                  ${medianAndRange(sizes.product, 0)} MiB`,
    `  bare node:http           ${medianAndRange(sizes.bare, 0)} MiB`,
  ];
}

async function startOnce(program: ServerProgram): Promise<StartCost> {
  const startedAt = performance.now();
  const server = await startServer(program);
  try {
    await ask(server);
    const startMs = performance.now() - startedAt;
    await delay(IDLE_AFTER_MS);
    return { startMs, idleBytes: residentBytesOf(server.pid) };
  } finally {
    await server.stop();
  }
}

async function ask({ url }: ServerProcess): Promise<void> {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: QUERY });
  const text = await response.text();
  if (text.trim() !== ANSWER) throw new Error(`received ${text.slice(0, 200)}, wanted ${ANSWER}`);
}
