import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A Redis server of our own, which keeps nothing on disk. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** It is there and answers nothing any more, until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** It ends at once, with all that it held. */
  kill(): Promise<void>;
  /** It is there again, at the same port and empty. */
  start(): Promise<void>;
}

/** The path of a redis-server on PATH, or undefined. */
export function findRedisServer(path = process.env.PATH ?? ''): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'redis-server')).find((program) => existsSync(program));
}

/** Prints the id of a program, runs it, and kills it when stdin ends: with whoever started this, however that ended. */
const GUARD = `exec 3<&0
sh -c 'echo "pid $$"; exec "$@"' sh "$@" & pid=$!
{ cat <&3 >/dev/null; kill -9 "$pid"; } >/dev/null 2>&1 &
wait "$pid" 2>/dev/null`;

/** Starts one, with these settings more. Fails with what it says when it does not start. */
export async function startRedis(program: string, settings: readonly string[] = []): Promise<RedisServer> {
  const folder = temporaryFolder();
  const port = await freePort();
  const address = ['--bind', '127.0.0.1', '--port', String(port)];
  // With a title of its own it would lose its environment, by which .ci/run knows what tests have left running.
  const kept = ['--save', '', '--appendonly', 'no', '--dir', folder.path, '--set-proc-title', 'no'];
  const start = () => guarded([program, ...address, ...kept, ...settings]);
  let running = await start().catch((error: unknown) => {
    folder[Symbol.dispose]();
    throw error;
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    freeze: () => void process.kill(running.pid, 'SIGSTOP'),
    thaw: () => void process.kill(running.pid, 'SIGCONT'),
    kill: () => running.kill(),
    start: async () => {
      running = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await running.kill();
      folder[Symbol.dispose]();
    },
  };
}

interface Guarded {
  readonly pid: number;
  /** Resolves when it has ended; it may have before. */
  kill(): Promise<void>;
}

/** Resolves when the server listens. */
async function guarded(command: readonly string[]): Promise<Guarded> {
  const guard = spawn('sh', ['-c', GUARD, 'sh', ...command], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(guard, 'close');
  guard.once('exit', () => guard.stdin.end());
  const kill = async (): Promise<void> => {
    guard.stdin.end();
    await ended;
  };
  let printed = '';
  const { promise, resolve, reject } = Promise.withResolvers<Guarded>();
  guard.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    const pid = /^pid (\d+)$/m.exec(printed)?.[1];
    if (pid !== undefined && printed.includes('Ready to accept connections')) resolve({ pid: Number(pid), kill });
  });
  ended.then(() => reject(new Error(`redis-server ended before it could be used: ${printed}`)), reject);
  return promise;
}
