import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
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

/** Starts one, with these settings more. Fails with what it says when it does not start. */
export async function startRedis(program: string, settings: readonly string[] = []): Promise<RedisServer> {
  const folder = temporaryFolder();
  const port = await freePort();
  const kept = ['--save', '', '--appendonly', 'no', '--dir', folder.path];
  const address = ['--bind', '127.0.0.1', '--port', String(port), '--enable-debug-command', 'local'];
  let child: ChildProcess | undefined;
  const abandon = (): void => {
    child?.kill('SIGKILL');
    folder[Symbol.dispose]();
  };
  // Who interrupts the tests leaves them time for no more than this.
  process.once('exit', abandon);
  const start = async (): Promise<void> => {
    child = spawn(program, [...address, ...kept, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] });
    await listening(child);
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const end = async (): Promise<void> => {
    await kill();
    process.off('exit', abandon);
    folder[Symbol.dispose]();
  };
  try {
    await start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill,
    start,
    [Symbol.asyncDispose]: end,
  };
}

async function listening(child: ChildProcess): Promise<void> {
  let printed = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed = (printed + text).slice(-2000);
    if (printed.includes('Ready to accept connections')) resolve();
  });
  child.once('error', reject);
  child.once('close', () => reject(new Error(`redis-server ended before it could be used: ${printed}`)));
  await promise;
}

/** What a suite has of its Redis: one of its own, emptied before each test. */
export interface RedisSuite {
  readonly server: RedisServer;
  /** For what tests do behind the back of what they test. */
  readonly admin: Redis;
}

/** A suite with a Redis of its own, or one that is skipped and says why. */
export function describeOnRedis(title: string, suite: (redis: () => RedisSuite) => void): void {
  const program = findRedisServer();
  if (program === undefined) {
    describe.skip(`${title} (skipped where no redis-server is on PATH)`, () => suite(nowhere));
    return;
  }
  describe(title, () => {
    let opened: RedisSuite | undefined;
    beforeAll(async () => {
      const server = await startRedis(program);
      const admin = new Redis(server.url);
      // While a test has taken the server away it tries again.
      admin.on('error', () => {});
      opened = { server, admin };
    });
    beforeEach(async () => {
      await opened?.admin.flushall();
    });
    afterAll(async () => {
      opened?.admin.disconnect();
      await opened?.server[Symbol.asyncDispose]();
    });
    suite(() => opened ?? nowhere());
  });
}

function nowhere(): never {
  throw new Error('there is no Redis');
}
