import { expect, it } from 'vitest';
import { MongoAccountStore } from '../../src/store/mongo/mongo-account-store.ts';
import { MongoDeployment } from '../../src/store/mongo/mongo-deployment.ts';
import { day } from '../support/bars.ts';
import { startDeskgraph, TEST_NOW } from '../support/deskgraph.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { describeOnMongo, type MongoDatabases, type MongoServer, mongoDatabases } from '../support/mongo.ts';
import { type MongoProxy, startMongoProxy } from '../support/mongo-proxy.ts';
import { createAdvisedIndexes, quantaxisCollections } from '../support/quantaxis-database.ts';
import { environmentOf } from '../support/quantaxis-desk.ts';
import { balanceOf, fillVolume, nameOfAccount, type Volume } from '../support/quantaxis-volume.ts';
import { key } from './account-store.contract.ts';

const QUERY = `query ($source: AccountSource!) {
  accounts(source: $source, first: 1000) { totalCount nodes { accountCookie balance positions { lastPrice }
    equityCurve { tradingDay balance } trades { totalCount } orders { totalCount } performance { days } } }
  portfolios(source: $source) { name balance equityCurve { balance } } }`;

/** Databases of a volume behind a proxy that counts. */
async function filled(server: MongoServer, volume: Volume) {
  const opened = new AsyncDisposableStack();
  const databases: MongoDatabases = opened.use(await mongoDatabases(server));
  const collections = quantaxisCollections(databases);
  await createAdvisedIndexes(collections);
  await fillVolume(collections, volume);
  const proxy: MongoProxy = opened.use(await startMongoProxy(server.url));
  return { databases, proxy, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** A store on a volume. */
async function openStore(server: MongoServer, volume: Volume) {
  const { databases, proxy, ...rest } = await filled(server, volume);
  const deployment = new MongoDeployment({ url: proxy.url, names: databases.names });
  const clock = new ManualClock(TEST_NOW);
  return {
    proxy,
    clock,
    store: new MongoAccountStore({ deployment, clock }),
    [Symbol.asyncDispose]: async () => {
      await deployment.close();
      await rest[Symbol.asyncDispose]();
    },
  };
}

/** The commands of the same query over a volume, sorted: asked for the first time, and once more. */
async function costsOf(server: MongoServer, volume: Volume): Promise<Readonly<Record<string, readonly string[]>>> {
  await using databases = await filled(server, volume);
  const { proxy } = databases;
  const desk = await startDeskgraph({ environment: environmentOf(databases.databases, proxy.url) });
  const ask = async (source: string, days: number): Promise<readonly string[]> => {
    proxy.commands.length = 0;
    const { data, errors } = await desk.ask(QUERY, { source });
    expect(errors).toEqual([]);
    expect(data.accounts.totalCount).toBe(volume.accounts);
    const balance = balanceOf(volume.accounts - 1, days - 1);
    expect(data.accounts.nodes.at(-1)).toMatchObject({ balance, positions: [{ lastPrice: 3500.5 }] });
    return proxy.commands.toSorted();
  };
  try {
    return {
      history: await ask('HISTORY', volume.days),
      historyLater: await ask('HISTORY', volume.days),
      realtime: await ask('REALTIME', 1),
      realtimeLater: await ask('REALTIME', 1),
    };
  } finally {
    await desk.close();
  }
}

describeOnMongo('the commands of a query over accounts', (server) => {
  // FerretDB reads whole collections, each time.
  const [many, most, long] = server.holdsAllShapes ? [200, 1000, 500] : [20, 60, 60];

  it('are as many over two accounts as over very many, and over five days as over very many', async () => {
    const costs = await costsOf(server, { accounts: 2, days: 5 });
    expect(await costsOf(server, { accounts: many, days: 5 })).toEqual(costs);
    if (server.holdsAllShapes) expect(await costsOf(server, { accounts: most, days: 1 })).toEqual(costs);
    expect(await costsOf(server, { accounts: 2, days: long })).toEqual(costs);
    for (const [ask, most] of Object.entries({ history: 20, historyLater: 8, realtime: 16, realtimeLater: 10 })) {
      expect(costs[ask]?.length).toBeLessThanOrEqual(most);
    }
  }, 60_000);

  it('are few more whenever the latest states are four times as old, and no more when they were found before', async () => {
    const costs: number[][] = [];
    for (const lastDay of [
      '2026-11-13',
      '2026-10-20',
      '2026-07-20',
      '2025-07-20',
      '2021-07-20',
      '2005-07-20',
      '1971-01-04',
    ]) {
      await using opened = await openStore(server, { accounts: 2, days: 2, lastDayOf: () => lastDay });
      const { proxy, store } = opened;
      const ofRounds: number[] = [];
      for (let round = 0; round < 2; round++) {
        proxy.commands.length = 0;
        const found = await store.latestSnapshots([key(nameOfAccount(0)), key(nameOfAccount(1))]);
        expect(found.map((snapshot) => snapshot?.tradingDay)).toEqual([day(lastDay), day(lastDay)]);
        ofRounds.push(proxy.commands.length);
      }
      costs.push(ofRounds);
    }
    // A span in both collections each time, and the documents behind what was found in the last one.
    expect(costs).toEqual([
      ...[
        [4, 2],
        [6, 4],
        [8, 4],
        [10, 4],
        [12, 4],
        [14, 4],
        [14, 4],
      ],
    ]);
  });

  it('are bounded for accounts that were settled on as many days as there are accounts, whenever the list is read', async () => {
    const dayAgo = (days: number): string => new Date(TEST_NOW - days * 86_400_000).toISOString().slice(0, 10);
    const costsOfList = async (accounts: number): Promise<number[]> => {
      // From a month ahead of the clock on.
      const lastDayOf = (index: number): string => dayAgo(4 * index - 30);
      await using opened = await openStore(server, { accounts, days: 1, lastDayOf });
      const { proxy, store, clock } = opened;
      const costs: number[] = [];
      for (const pauseMs of [0, 5000, 700_000]) {
        clock.advance(pauseMs);
        proxy.commands.length = 0;
        expect(await store.listAccounts({ source: 'HISTORY' })).toHaveLength(accounts);
        costs.push(proxy.commands.length);
      }
      return costs;
    };
    const [first = 0, later = 0, muchLater = 0] = await costsOfList(many);
    expect(Math.max(first, muchLater)).toBeLessThanOrEqual(18);
    // Two groups of recent days and ahead, and one for each power of four.
    expect(later).toBeLessThanOrEqual(32);
  });

  it('for states of days are one a collection, however many days and accounts are asked for', async () => {
    await using opened = await openStore(server, { accounts: 20, days: long / 10 });
    const last = day('2026-11-19');
    const keys = Array.from({ length: 20 }, (_, index) => key(nameOfAccount(index))).flatMap((each) =>
      Array.from({ length: long / 5 }, (_, back) => ({ ...each, tradingDay: last - back })),
    );
    const found = await opened.store.snapshotsOfDay(keys);
    expect(found.filter((snapshot) => snapshot !== undefined)).toHaveLength(20 * (long / 10));
    const balance = balanceOf(0, long / 10 - 1);
    expect(found[0]).toMatchObject({ accountCookie: nameOfAccount(0), tradingDay: last, balance });
    expect(opened.proxy.commands).toEqual(['find', 'find']);
  });
});
