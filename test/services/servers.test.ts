import fc from 'fast-check';
import type { Collection, Document, Filter } from 'mongodb';
import { expect, it } from 'vitest';
import { describeOnMongo, mongoDatabases } from '../support/mongo.ts';

interface Row extends Document {
  readonly _id: number;
}

const account = fc.oneof(
  { arbitrary: fc.constantFrom<unknown>('a', 'b'), weight: 2 },
  fc.constantFrom<unknown>('B', '', 7, 7n, 2n ** 60n, 7.5, null, true, new Date(7)),
);
const day = fc.oneof(
  fc.constantFrom<unknown>('2020-01-01', '2020-01-02', '2020-01-03', '20200102', '', 20200102, new Date(0), null),
  fc.constantFrom<unknown>([], ['2020-01-01', '2020-01-03'], { $numberLong: '7' }, Number.NaN, false),
);
const row = fc.record({ account_cookie: account, trading_day: day }, { requiredKeys: [] });

const accountCondition = fc.oneof(
  account,
  fc.record({ $in: fc.array(account, { maxLength: 3 }) }),
  fc.record({ $eq: account }),
  fc.record({ $gte: account }),
);
const dayCondition = fc.oneof(
  day.filter((value) => !Array.isArray(value) && (typeof value !== 'object' || value instanceof Date)),
  fc.record({ $in: fc.array(fc.constantFrom<unknown>('2020-01-01', '20200102', 20200102, null), { maxLength: 3 }) }),
  fc.record({ $gte: fc.constantFrom('2020-01-02', '2020', '') }),
  fc.record({ $gt: fc.constantFrom('2020-01-01', '2020'), $lt: fc.constantFrom('2020-01-03', '2021', '\uffff') }),
  fc.record({ $gte: fc.constant(20200101), $lte: fc.constantFrom(20200102, 20200103) }),
  fc.record({ $ne: fc.constantFrom('2020-01-01', null) }),
);
const plainQuery = fc.record(
  { account_cookie: accountCondition, trading_day: dayCondition },
  { requiredKeys: [] },
) as fc.Arbitrary<Filter<Row>>;
const query: fc.Arbitrary<Filter<Row>> = fc.oneof(
  plainQuery,
  fc.tuple(plainQuery, fc.array(plainQuery, { minLength: 1, maxLength: 3 })).map(([own, $or]) => ({ ...own, $or })),
  fc.array(plainQuery, { minLength: 1, maxLength: 3 }).map(($and) => ({ $and })),
  fc
    .tuple(plainQuery, fc.array(plainQuery, { minLength: 1, maxLength: 2 }))
    .map(([own, $or]) => ({ $and: [own, { $or }] })),
);

async function idsOf(collection: Collection<Row>, filter: Filter<Row>): Promise<number[]> {
  const found = await collection.find(filter, { projection: { _id: 1 } }).toArray();
  return found.map(({ _id }) => _id).sort((left, right) => left - right);
}

describeOnMongo('a server for tests', (server) => {
  it('gives no reader half of an update', async () => {
    await using databases = await mongoDatabases(server);
    const collection = databases.client.db(databases.names.realtime).collection<Row>('account');
    // Large, so that the server is at the answer for a while.
    const positions = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${index}`, { volume: index }]));
    await collection.insertOne({ _id: 1, before: 0, positions, after: 0 });
    // FerretDB takes fifty milliseconds for each.
    const most = server.holdsAllShapes ? 400 : 20;
    let isDone = false;
    const write = async (): Promise<void> => {
      for (let count = 1; !isDone; count++) {
        await collection.updateOne({ _id: 1 }, { $set: { before: count, after: count } });
      }
    };
    const read = async (): Promise<void> => {
      for (let reads = 0; reads < most; reads++) {
        // As bytes, since decoding would take most of the time: size, _id and the name of the first figure are 21 of
        // them, and the last are the second figure and a zero.
        const bytes: unknown = await collection.findOne({ _id: 1 }, { raw: true });
        if (!Buffer.isBuffer(bytes)) throw new TypeError('no document');
        expect(bytes.readInt32LE(bytes.length - 5)).toBe(bytes.readInt32LE(21));
      }
    };
    const writing = write();
    try {
      await Promise.all([read(), read()]);
    } finally {
      isDone = true;
      await writing;
    }
  });

  // FerretDB has no index that a query of these would use.
  if (!server.holdsAllShapes) return;

  it('finds the same with an index and without, whatever the documents and queries', async () => {
    await using databases = await mongoDatabases(server);
    const database = databases.client.db(databases.names.quantaxis);
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 60, size: 'max' }),
        fc.array(row, { maxLength: 10 }),
        fc.array(query, { minLength: 1, maxLength: 20, size: 'max' }),
        async (rows, replacements, queries) => {
          count++;
          const scanned = database.collection<Row>(`scanned${count}`);
          const indexed = database.collection<Row>(`indexed${count}`);
          await indexed.createIndex({ account_cookie: 1, trading_day: 1, _id: 1 }, { unique: true });
          const secondary = database.collection<Row>(`secondary${count}`);
          await secondary.createIndex({ account_cookie: 1, trading_day: 1 });
          const [first = {}] = queries;
          for (const collection of [scanned, indexed, secondary]) {
            await collection.insertMany(rows.map((each, _id) => ({ ...each, _id })));
            await collection.deleteMany({ _id: { $mod: [7, 3] } });
            for (const [index, each] of replacements.entries()) {
              await collection.replaceOne({ _id: index * 2 }, each, { upsert: true });
            }
            await collection.updateMany(first, { $set: { trading_day: '2020-01-02' } });
          }
          for (const each of queries) {
            const expected = await idsOf(scanned, each);
            expect(await idsOf(indexed, each)).toEqual(expected);
            expect(await idsOf(secondary, each)).toEqual(expected);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
