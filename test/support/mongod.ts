import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A MongoDB server of our own, without data. */
export interface Mongod extends AsyncDisposable {
  /** Of this one server: a driver does not go on to the address that the replica set knows it by. */
  readonly url: string;
}

const REPLICA_SET = 'deskgraph';
const START_TIMEOUT_MS = 30_000;
const RETRY_MS = 50;

/** The path of a mongod on PATH, or undefined. */
export function findMongod(path = process.env.PATH ?? ''): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'mongod')).find((program) => existsSync(program));
}

/** A replica set of one, so that sessions, retries of writes and change streams are there. Fails with what mongod says. */
export async function startMongod(program: string): Promise<Mongod> {
  const folder = temporaryFolder();
  const port = await freePort();
  const address = ['--bind_ip', '127.0.0.1', '--port', String(port)];
  const child = spawn(program, ['--dbpath', folder.path, '--replSet', REPLICA_SET, ...address]);
  const ended = once(child, 'close');
  const abandon = (): void => {
    child.kill('SIGKILL');
    folder[Symbol.dispose]();
  };
  // Who interrupts the tests leaves them time for no more than this.
  process.once('exit', abandon);
  const end = async (): Promise<void> => {
    process.off('exit', abandon);
    // Nothing in the folder is needed again.
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
    folder[Symbol.dispose]();
  };
  const url = `mongodb://127.0.0.1:${port}/?directConnection=true`;
  const client = new MongoClient(url, { serverSelectionTimeoutMS: START_TIMEOUT_MS });
  try {
    await Promise.race([initiate(client, `127.0.0.1:${port}`), failureOf(child, ended)]);
    return { url, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  } finally {
    await client.close();
  }
}

/** Rejects when the process ends, with the last that it printed; resolves never. */
async function failureOf(child: ChildProcess, ended: Promise<unknown>): Promise<never> {
  let printed = '';
  const print = (text: string): void => {
    printed = (printed + text).slice(-2000);
  };
  child.stdout?.setEncoding('utf8').on('data', print);
  child.stderr?.setEncoding('utf8').on('data', print);
  await ended;
  throw new Error(`mongod ended before it could be used: ${printed}`);
}

async function initiate(client: MongoClient, host: string): Promise<void> {
  const admin = client.db('admin');
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
  while (!(await admin.command({ hello: 1 })).isWritablePrimary) await delay(RETRY_MS, undefined, { signal });
}
