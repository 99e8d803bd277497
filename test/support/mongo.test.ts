import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeOnMongo, mongoDatabases, mongoServers } from './mongo.ts';
import { findMongod, startMongod } from './mongod.ts';
import { temporaryFolder } from './temporary-folder.ts';

describeOnMongo('the way to MongoDB', (server) => {
  it('answers a ping', async () => {
    await using databases = await mongoDatabases(server);
    expect(await databases.client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('keeps a document and finds it again', async () => {
    await using databases = await mongoDatabases(server);
    const collection = databases.client.db(databases.names.quantaxis).collection('history');
    await collection.insertOne({ account_cookie: 'a', trading_day: '2020-01-16', positions: {} });
    await collection.insertOne({ account_cookie: 'b', trading_day: '2020-01-16', positions: {} });
    expect(await collection.findOne({ account_cookie: 'a' }, { projection: { _id: 0 } })).toEqual({
      account_cookie: 'a',
      trading_day: '2020-01-16',
      positions: {},
    });
    expect(await collection.findOne({ account_cookie: 'c' })).toBeNull();
  });

  it('keeps nanoseconds exact', async () => {
    await using databases = await mongoDatabases(server);
    const collection = databases.client.db(databases.names.quantaxis).collection('history');
    await collection.insertOne({ trade_date_time: 1579141800000000123n });
    const found = await collection.findOne({}, { useBigInt64: true });
    expect(found?.trade_date_time).toBe(1579141800000000123n);
  });

  if (server.holdsAllShapes) {
    it('keeps keys with dots and dollars, and figures that are none', async () => {
      await using databases = await mongoDatabases(server);
      const collection = databases.client.db(databases.names.realtime).collection('account');
      const document = {
        positions: { 'SHFE.rb2005': { float_profit: Number.NaN }, $where: { margin: Number.POSITIVE_INFINITY } },
      };
      await collection.insertOne({ ...document });
      expect(await collection.findOne({}, { projection: { _id: 0 } })).toEqual(document);
    });
  }

  it('gives every test databases of its own, which are gone afterwards', async () => {
    await using observer = await mongoDatabases(server);
    // Not a list of all databases: FerretDB's waits for whatever other tests keep busy.
    const collectionsOf = (name: string): Promise<unknown[]> =>
      observer.client.db(name).listCollections({}, { nameOnly: true }).toArray();
    const first = await mongoDatabases(server);
    const second = await mongoDatabases(server);
    const names = [...Object.values(first.names), ...Object.values(second.names)];
    expect(new Set(names).size).toBe(6);
    for (const name of names) await observer.client.db(name).collection('a').insertOne({ name });
    for (const name of names) expect(await collectionsOf(name)).toHaveLength(1);
    await first[Symbol.asyncDispose]();
    for (const name of Object.values(first.names)) expect(await collectionsOf(name)).toEqual([]);
    for (const name of Object.values(second.names)) expect(await collectionsOf(name)).toHaveLength(1);
    await second[Symbol.asyncDispose]();
    for (const name of Object.values(second.names)) expect(await collectionsOf(name)).toEqual([]);
  });
});

describe('the servers for tests', () => {
  it('are those that the environment names, and FerretDB does not hold all shapes', () => {
    expect(mongoServers({})).toEqual([]);
    expect(mongoServers({ MONGO_URL: '', FERRETDB_URL: '' })).toEqual([]);
    expect(mongoServers({ MONGO_URL: 'mongodb://a/', FERRETDB_URL: 'mongodb://b/' })).toEqual([
      { name: 'MongoDB', url: 'mongodb://a/', holdsAllShapes: true },
      { name: 'FerretDB', url: 'mongodb://b/', holdsAllShapes: false },
    ]);
  });

  it('are a mongod as well, where one is on PATH', () => {
    using folder = temporaryFolder();
    const path = ['', join(folder.path, 'none'), folder.path].join(delimiter);
    expect(findMongod(path)).toBeUndefined();
    writeProgram(join(folder.path, 'mongod'), '');
    expect(findMongod(path)).toBe(join(folder.path, 'mongod'));
  });

  it('are told why a mongod does not start', async () => {
    using folder = temporaryFolder();
    const program = join(folder.path, 'mongod');
    writeProgram(program, 'echo "cannot listen: $*" >&2; exit 48');
    await expect(startMongod(program)).rejects.toThrow(/^mongod ended .*: cannot listen: --dbpath .* --port \d+\n$/);
  });
});

function writeProgram(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}
