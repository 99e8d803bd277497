import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { describe } from 'vitest';
import type { DatabaseNames } from '../../src/store/mongo/mongo-deployment.ts';

const CONNECT_TIMEOUT_MS = 5000;

export interface MongoServer {
  readonly name: string;
  readonly url: string;
  /** Whether it stores whatever a BSON document can hold: keys with dots, NaN and Infinity too. */
  readonly holdsAllShapes: boolean;
}

/** Databases of their own names on a server, dropped afterwards. */
export interface MongoDatabases extends AsyncDisposable {
  readonly client: MongoClient;
  readonly names: DatabaseNames;
}

/** The servers that the tests can use: MONGO_URL or a mongod on PATH (see mongo-setup.ts), and FERRETDB_URL. */
export function mongoServers({ MONGO_URL = '', FERRETDB_URL = '' }: NodeJS.ProcessEnv = process.env): MongoServer[] {
  return [
    ...(MONGO_URL === '' ? [] : [{ name: 'MongoDB', url: MONGO_URL, holdsAllShapes: true }]),
    ...(FERRETDB_URL === '' ? [] : [{ name: 'FerretDB', url: FERRETDB_URL, holdsAllShapes: false }]),
  ];
}

/** Which servers a suite is for: all, those that hold all shapes, or one, where the server is not the point. */
export type MongoChoice = 'ALL' | 'ALL_SHAPES' | 'ONE';

/** A suite for each server, or one that is skipped and says why. */
export function describeOnMongo(
  title: string,
  suite: (server: MongoServer) => void,
  choice: MongoChoice = 'ALL',
): void {
  const found = mongoServers();
  const fitting = choice === 'ALL_SHAPES' ? found.filter(({ holdsAllShapes }) => holdsAllShapes) : found;
  const servers = choice === 'ONE' ? fitting.slice(0, 1) : fitting;
  for (const server of servers) describe(`${title} on ${server.name}`, () => suite(server));
  if (servers.length > 0) return;
  const nowhere: MongoServer = { name: 'no server', url: 'mongodb://127.0.0.1:1/', holdsAllShapes: true };
  describe.skip(`${title} (skipped where neither MONGO_URL, FERRETDB_URL nor a mongod on PATH is there)`, () =>
    suite(nowhere));
}

/** Its client takes a bigint and gives an int64 as a number, or beyond 2^53 as the driver's Long. */
export async function mongoDatabases({ url }: Pick<MongoServer, 'url'>): Promise<MongoDatabases> {
  const mark = randomBytes(5).toString('hex');
  const names = { quantaxis: `test_${mark}_quantaxis`, realtime: `test_${mark}_QAREALTIME`, own: `test_${mark}_own` };
  const client = await new MongoClient(url, { serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS }).connect();
  return {
    client,
    names,
    [Symbol.asyncDispose]: async () => {
      try {
        for (const name of Object.values(names)) await client.db(name).dropDatabase();
      } finally {
        await client.close();
      }
    },
  };
}
