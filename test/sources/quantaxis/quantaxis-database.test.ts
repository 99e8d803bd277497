import { Double } from 'mongodb';
import { expect, it } from 'vitest';
import { createVendorSource, type OpenVendorSource } from '../../../src/sources/vendors.ts';
import { createMarketDocuments } from '../../../src/store/mongo/market-documents.ts';
import { MongoDeployment } from '../../../src/store/mongo/mongo-deployment.ts';
import { day } from '../../support/bars.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { describeOnMongo, type MongoServer, mongoDatabases } from '../../support/mongo.ts';
import { NOW, rowsOf } from '../../support/vendor-desk.ts';

const { signal } = new AbortController();

interface Desk extends AsyncDisposable {
  readonly source: OpenVendorSource;
  insert(collection: string, documents: object[]): Promise<void>;
}

async function openDesk(server: MongoServer): Promise<Desk> {
  const databases = await mongoDatabases(server);
  const deployment = new MongoDeployment({ url: server.url, names: databases.names });
  const database = databases.client.db(databases.names.quantaxis);
  await database.collection('stock_day').createIndex({ code: 1, date_stamp: 1 });
  return {
    source: createVendorSource(
      { vendor: 'quantaxis' },
      {
        clock: new ManualClock(NOW),
        random: () => 0.5,
        startDay: day('2015-01-01'),
        quantaxis: createMarketDocuments(deployment),
      },
    ),
    insert: async (collection, documents) => void (await database.collection(collection).insertMany(documents)),
    [Symbol.asyncDispose]: async () => {
      await deployment.close();
      await databases[Symbol.asyncDispose]();
    },
  };
}

/** As QUANTAXIS saves a day: every number a double. */
const bar = (code: string, date: string, close: number): object => ({
  ...{ open: new Double(close), close: new Double(close), high: new Double(close), low: new Double(close) },
  ...{ vol: new Double(1000), amount: new Double(1000 * 100 * close) },
  ...{ date, code, date_stamp: new Double(Date.parse(`${date}T00:00:00+08:00`) / 1000) },
});

describeOnMongo("the market collections of QUANTAXIS' database", (server) => {
  it('are read as bars with the events of shares, and tell shares from indexes', async () => {
    await using desk = await openDesk(server);
    await desk.insert('stock_day', [
      bar('000001', '2014-12-31', 9),
      bar('000001', '2020-01-17', 11),
      bar('000001', '2020-01-16', 10),
      bar('000001', '2020-01-16', 10.5),
      bar('600000', '2020-01-16', 12),
    ]);
    await desk.insert('index_day', [bar('000001', '2020-01-16', 3074)]);
    await desk.insert('stock_xdxr', [
      { category: 1, fenhong: 1.45, songzhuangu: 0, date: '2020-01-17', code: '000001' },
    ]);
    const share = await desk.source.loadBars('000001.SZ', signal);
    expect(rowsOf(share.columns)).toEqual([
      ['2020-01-16', 10.5, 10.5, 10.5, 10.5, 100_000, 1_050_000],
      ['2020-01-17', 11, 11, 11, 11, 100_000, 1_100_000],
    ]);
    expect(share).toMatchObject({
      source: 'quantaxis',
      areEventsKnown: true,
      events: [{ day: day('2020-01-17'), kind: 'DIVIDEND', cash: expect.closeTo(0.145, 12) }],
    });
    const index = await desk.source.loadBars('000001.SH', signal);
    expect([...index.columns.close]).toEqual([3074]);
    expect(index.events).toEqual([]);
  });

  it('are read from a day on, and have nothing where nothing followed', async () => {
    await using desk = await openDesk(server);
    await desk.insert(
      'stock_day',
      ['2020-01-15', '2020-01-16', '2020-01-17'].map((date) => bar('000001', date, 10)),
    );
    const later = await desk.source.loadBars('000001.SZ', signal, day('2020-01-16'));
    expect(rowsOf(later.columns).map(([date]) => date)).toEqual(['2020-01-16', '2020-01-17']);
    const none = await desk.source.loadBars('000001.SZ', signal, day('2020-01-18'));
    expect(none.columns.day).toHaveLength(0);
  });

  it('have no code that nobody collected', async () => {
    await using desk = await openDesk(server);
    await expect(desk.source.loadBars('600519.SH', signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(desk.source.loadBars('AAPL', signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(desk.source.loadNavs('510300.SH', signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('are not waited for by who has given up', async () => {
    await using desk = await openDesk(server);
    const reason = new Error('gone');
    await expect(desk.source.loadBars('000001.SZ', AbortSignal.abort(reason))).rejects.toBe(reason);
    const stop = new AbortController();
    const loading = desk.source.loadBars('000001.SZ', stop.signal);
    stop.abort(reason);
    await expect(loading).rejects.toBe(reason);
  });
});

describeOnMongo('a database of QUANTAXIS that is away', () => {
  it('is an outage', async () => {
    const names = { quantaxis: 'q', realtime: 'r', own: 'o' };
    const deployment = new MongoDeployment({ url: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200', names });
    const quantaxis = createMarketDocuments(deployment);
    const parts = { clock: new ManualClock(NOW), random: () => 0.5, startDay: day('2015-01-01'), quantaxis };
    const source = createVendorSource({ vendor: 'quantaxis' }, parts);
    await expect(source.loadBars('000001.SZ', signal)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 'quantaxis: the database of market data cannot be read',
    });
    await deployment.close();
  });
});
