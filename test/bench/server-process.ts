import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own that has said where it listens. */
export interface ServerProcess {
  readonly pid: number;
  /** Without a path. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServerProgram {
  /** Arguments of Node: a script and what it takes. */
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const SERVER_CORE = 0;
/** For load generators, and for whatever else must not disturb the server that is measured. */
export const LOAD_CORE = 1;
const STARTS_WITHIN_MS = 60_000;

/** Whether servers and load generators can be held on a core each; without that, they disturb each other. */
export const IS_PINNED = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;

export const PRODUCT_SCRIPT = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
export const RAW_SCRIPT = fileURLToPath(new URL('./raw-server.ts', import.meta.url));

/** Starts a server and waits for the line that names its address. */
export async function startServer(program: ServerProgram, core = SERVER_CORE): Promise<ServerProcess> {
  const child = spawnNode(core, program);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await exit.finally(() => clearTimeout(hard));
  };
  try {
    const url = await announcedUrl(child);
    if (child.pid === undefined) throw new Error('the server has no process');
    return { pid: child.pid, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Runs a load generator with its options as JSON and answers the JSON that it prints. */
export async function runLoad(script: string, options: object): Promise<unknown> {
  const child = spawnNode(LOAD_CORE, { args: [script, JSON.stringify(options)] });
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString('utf8');
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the load generator ended with code ${code}`);
  return JSON.parse(printed);
}

function spawnNode(core: number, { args, environment = {} }: ServerProgram): ChildProcess {
  // taskset replaces itself with Node, so the process id is Node's own.
  const [command, ...rest] = IS_PINNED
    ? ['taskset', '-c', String(core), process.execPath, ...args]
    : [process.execPath, ...args];
  const child = spawn(command ?? process.execPath, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...inherited(), NODE_ENV: 'production', ...environment },
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

/** Only what Node needs, so that no setting of the caller changes what is measured. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR'];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']).filter(([, text]) => text !== ''));
}

async function announcedUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('the output of the server is not read');
  const tooLate = setTimeout(() => child.kill('SIGKILL'), STARTS_WITHIN_MS);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /\bhttp:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
      if (url === undefined) continue;
      // Whatever else it prints is dropped, so that it never waits for a reader.
      child.stdout.resume();
      return url;
    }
  } finally {
    clearTimeout(tooLate);
  }
  throw new Error('the server ended before it said where it listens');
}
