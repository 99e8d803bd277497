import { expect, it } from 'vitest';
import { startDeskgraph } from '../support/deskgraph.ts';
import { describeOnMongo, mongoDatabases } from '../support/mongo.ts';
import { environmentOf } from '../support/quantaxis-desk.ts';
import { at } from '../support/session-instants.ts';

/** As QUANTAXIS saves a day, in lots. */
const bar = (date: string, close: number): object => ({
  ...{ code: '000001', date, date_stamp: Date.parse(`${date}T00:00:00+08:00`) / 1000 },
  ...{ open: close, high: close, low: close, close, vol: 1000, amount: 1000 * 100 * close },
});

describeOnMongo('a desk that reads the bars of its own QUANTAXIS database', (server) => {
  it('answers them, unadjusted and adjusted, and has a new day once its session is final', async () => {
    await using databases = await mongoDatabases(server);
    const database = databases.client.db(databases.names.quantaxis);
    const shares = database.collection('stock_day');
    await shares.insertMany([bar('2025-03-18', 10), bar('2025-03-19', 10), bar('2025-03-20', 9)]);
    await database
      .collection('stock_xdxr')
      .insertOne({ category: 1, fenhong: 10, songzhuangu: 0, date: '2025-03-20', code: '000001' });
    const time = { now: at('2025-03-20 20:00 +08:00') };
    const desk = await startDeskgraph({
      files: { 'desk.yaml': 'sources: [{ vendor: quantaxis }]' },
      environment: { ...environmentOf(databases, server.url), DESKGRAPH_CONFIG: 'desk.yaml' },
      now: () => time.now,
    });
    try {
      const query = (adjustment: string) =>
        desk.ask(
          `{ bars(code: "000001.SZ", adjustment: ${adjustment}) { source asOf stale columns { close volume } } }`,
        );
      expect((await query('NONE')).data.bars).toEqual({
        ...{ source: 'quantaxis', asOf: '2025-03-20', stale: false },
        columns: { close: [10, 10, 9], volume: [100_000, 100_000, 100_000] },
      });
      expect((await query('FORWARD')).data.bars.columns.close).toEqual([9, 9, 9]);
      await shares.insertOne(bar('2025-03-21', 9.5));
      time.now = at('2025-03-21 16:29 +08:00');
      expect((await query('NONE')).data.bars.columns.close).toEqual([10, 10, 9]);
      time.now = at('2025-03-21 16:30 +08:00');
      expect((await query('NONE')).data.bars).toMatchObject({
        asOf: '2025-03-21',
        columns: { close: [10, 10, 9, 9.5] },
      });
    } finally {
      await desk.close();
    }
  });
});
