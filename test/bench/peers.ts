import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerProcess } from './server-process.ts';
import { measureThroughput, type Rounds, type ThroughputCase } from './throughput.ts';
import type { ThroughputReport } from './throughput-report.ts';

const FOLDER = fileURLToPath(new URL('./peers/', import.meta.url));
const PEERS = [
  { name: 'Mercurius with JIT', script: 'mercurius-server.js' },
  { name: 'plain Yoga', script: 'yoga-server.js' },
];

/**
 * Measures the product against other servers that have the rows of its answer at hand; `file` holds that answer. They
 * are installed when they are not, which takes a network.
 */
export async function measurePeers(
  product: ServerProcess,
  { file, ...measured }: ThroughputCase & { readonly file: string },
  rounds: Rounds,
): Promise<readonly ThroughputReport[]> {
  const problem = installPeers();
  if (problem !== undefined) return [{ lines: [problem], void: problem }];
  const reports: ThroughputReport[] = [];
  for (const { name, script } of PEERS) {
    const program = { args: [join(FOLDER, script), file] };
    reports.push(
      await measureThroughput(product, { ...measured, limit: { name, program, hasSameBytes: true } }, rounds),
    );
  }
  return reports;
}

/** Why they are not there, if they are not. */
function installPeers(): string | undefined {
  if (existsSync(join(FOLDER, 'node_modules', '.package-lock.json'))) return undefined;
  const { status, stderr } = spawnSync('npm', ['ci', '--ignore-scripts', '--prefix', FOLDER], { encoding: 'utf8' });
  if (status === 0) return undefined;
  const reason = stderr?.split('\n').find((line) => line.includes('error')) ?? 'npm cannot be run';
  return `peers: npm ci --prefix test/bench/peers failed, is there a network? (${reason.trim()})`;
}
