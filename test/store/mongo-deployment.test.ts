import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import { MongoAccountStore } from '../../src/store/mongo/mongo-account-store.ts';
import { MongoDeployment } from '../../src/store/mongo/mongo-deployment.ts';
import { describeOnMongo, type MongoServer, mongoDatabases } from '../support/mongo.ts';
import { type MongoProxy, startMongoProxy } from '../support/mongo-proxy.ts';
import {
  createAdvisedIndexes,
  pythonState,
  type QuantaxisCollections,
  quantaxisCollections,
} from '../support/quantaxis-database.ts';
import { fillVolume, nameOfAccount } from '../support/quantaxis-volume.ts';
import { key } from './account-store.contract.ts';

const UNAVAILABLE = { code: 'UPSTREAM_UNAVAILABLE' };

/** Long enough for a server to be taken for gone, and short enough for who waits. */
const PATIENCE_MS = 5000;

interface Desk extends AsyncDisposable {
  readonly collections: QuantaxisCollections;
  readonly proxy: MongoProxy;
  readonly deployment: MongoDeployment;
  readonly store: MongoAccountStore;
}

/** A store behind a proxy, with one account. */
async function openDesk(server: MongoServer, options: { readonly isOpen?: boolean } = {}): Promise<Desk> {
  const databases = await mongoDatabases(server);
  const collections = quantaxisCollections(databases);
  await createAdvisedIndexes(collections);
  await collections.history.insertOne(pythonState('a', { positions: {}, trades: {}, orders: {} }));
  const proxy = await startMongoProxy(server.url, options);
  const deployment = new MongoDeployment({ url: proxy.url, names: databases.names });
  return {
    collections,
    proxy,
    deployment,
    store: new MongoAccountStore({ deployment, clock: SYSTEM_CLOCK }),
    [Symbol.asyncDispose]: async () => {
      await deployment.close();
      await proxy.close();
      await databases[Symbol.asyncDispose]();
    },
  };
}

async function timed(work: Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work.catch(() => undefined);
  return performance.now() - startedAt;
}

// They wait for timeouts most of the time, so that they may as well wait together.
describeOnMongo('MongoDeployment', (server) => {
  it.concurrent('that nobody answers at is unavailable within five seconds, and read as soon as somebody does', async () => {
    await using desk = await openDesk(server, { isOpen: false });
    const read = desk.store.latestSnapshots([key('a')]);
    expect(await timed(read)).toBeLessThan(PATIENCE_MS);
    await expect(read).rejects.toMatchObject(UNAVAILABLE);
    await expect(desk.store.check(AbortSignal.timeout(PATIENCE_MS))).rejects.toMatchObject(UNAVAILABLE);
    await desk.proxy.open();
    expect((await desk.store.latestSnapshots([key('a')]))[0]).toMatchObject({ balance: 100096.5 });
    await expect(desk.store.check(AbortSignal.timeout(PATIENCE_MS))).resolves.toBeUndefined();
  });

  it.concurrent('that nobody answers at fails two hundred reads at once, each within five seconds', async () => {
    await using desk = await openDesk(server, { isOpen: false });
    const reads = Array.from({ length: 200 }, () => desk.store.equityRows([key('a')]));
    expect(await timed(Promise.allSettled(reads))).toBeLessThan(PATIENCE_MS);
    for (const read of reads) await expect(read).rejects.toMatchObject(UNAVAILABLE);
    await desk.proxy.open();
    expect((await desk.store.equityRows([key('a')]))[0]).toHaveLength(1);
  });

  it.concurrent('that goes away is unavailable within five seconds, and read again when it is back', async () => {
    await using desk = await openDesk(server);
    await desk.store.latestSnapshots([key('a')]);
    await desk.proxy.close();
    const read = desk.store.equityRows([key('a')]);
    expect(await timed(read)).toBeLessThan(PATIENCE_MS);
    await expect(read).rejects.toMatchObject(UNAVAILABLE);
    await desk.proxy.open();
    expect((await desk.store.equityRows([key('a')]))[0]).toHaveLength(1);
  });

  it.concurrent('that stops answering fails what is under way within five seconds, however many wait', async () => {
    await using desk = await openDesk(server);
    await desk.store.latestSnapshots([key('a')]);
    desk.proxy.freeze();
    const reads = Array.from({ length: 200 }, () => desk.store.trades([key('a')]));
    expect(await timed(Promise.allSettled(reads))).toBeLessThan(PATIENCE_MS);
    for (const read of reads) await expect(read).rejects.toMatchObject(UNAVAILABLE);
    desk.proxy.thaw();
    expect((await desk.store.trades([key('a')]))[0]).toEqual([]);
  });

  it.concurrent('that stops answering in the middle of a long answer fails it within five seconds', async () => {
    await using desk = await openDesk(server);
    await fillVolume(desk.collections, { accounts: 20, days: 20 });
    const all = Array.from({ length: 20 }, (_, index) => key(nameOfAccount(index)));
    desk.proxy.freezeAfter(20_000);
    const read = desk.store.equityRows(all);
    expect(await timed(read)).toBeLessThan(PATIENCE_MS);
    await expect(read).rejects.toMatchObject(UNAVAILABLE);
    desk.proxy.thaw();
    expect(await desk.store.equityRows(all)).toMatchObject(all.map(() => ({ length: 20 })));
  });

  it.concurrent('reads once more when a connection is cut', async () => {
    await using desk = await openDesk(server);
    await desk.store.latestSnapshots([key('a')]);
    for (let round = 0; round < 3; round++) {
      await desk.proxy.close();
      await desk.proxy.open();
      expect((await desk.store.latestSnapshots([key('a')]))[0]).toMatchObject({ accountCookie: 'a' });
    }
  });

  it.concurrent('reads for two hundred at once, more than it has connections', async () => {
    await using desk = await openDesk(server);
    const reads = await Promise.all(Array.from({ length: 200 }, () => desk.store.equityRows([key('a')])));
    for (const [rows] of reads) expect(rows).toMatchObject([{ balance: 100096.5 }]);
  });

  it.concurrent('that is closed refuses reads, and may be closed twice', async () => {
    await using desk = await openDesk(server);
    const read = desk.store.latestSnapshots([key('a')]);
    await desk.deployment.close();
    await desk.deployment.close();
    await read.catch((error: unknown) => expect(error).toMatchObject(UNAVAILABLE));
    await expect(desk.store.latestSnapshots([key('a')])).rejects.toMatchObject(UNAVAILABLE);
  });
});

describe('MongoDeployment', () => {
  it.each([
    'mongodb://secret-user:secret-word@127.0.0.1:1/?serverSelectionTimeoutMS=50',
    'mongodb://secret-user:secret-word@127.0.0.1:1/?replicaSet=x&serverSelectionTimeoutMS=50',
    'mongodb://secret-user:secret-word@127.0.0.1:1/?tls=secret-word',
    'mongodb://secret-user:secret-word@127.0.0.1:99999/',
    'mongodb://secret-user:secret-word@127.0.0.1:1/?authMechanism=secret-word',
  ])('never says the credentials of its address %s', async (url) => {
    const deployment = new MongoDeployment({ url, names: { quantaxis: 'q', realtime: 'r', own: 'o' } });
    const failure: unknown = await deployment
      .reach(async () => undefined)
      .then(
        () => 'reached',
        (error) => error,
      );
    expect(failure).toMatchObject(UNAVAILABLE);
    expect(inspect(failure, { depth: 10 })).not.toMatch(/secret-/);
    await deployment.close();
  });
});
