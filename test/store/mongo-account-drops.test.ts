import { fileURLToPath } from 'node:url';
import { Binary, BSONRegExp, Decimal128, type Document, Double, Long, MinKey, Timestamp, UUID } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { describeOnMongo, mongoDatabases } from '../support/mongo.ts';
import { pythonDocument } from '../support/qifi-documents.ts';
import { tapServer } from '../support/tapped-server.ts';
import { describeAccountDrops, dropRequest, restoreRequest, writeDays } from './account-drops.contract.ts';
import { key } from './account-store.contract.ts';
import { expectAllOrNoneAfterKills } from './killed-drops.ts';
import { hurriedNow, openMongo } from './opened-mongo.ts';
import { storedBytes } from './stored-bytes.ts';

const PROCESS = fileURLToPath(new URL('mongo-dropping-process.ts', import.meta.url));

/** Documents of the account `a` with all that a server may be asked to store, and with what only some can. */
const SHAPES: readonly Document[] = [
  { ...pythonDocument({ trades: {}, positions: {}, orders: {} }), account_cookie: 'a', trading_day: '' },
  { account_cookie: 'a', trading_day: '1', nanos: Long.fromString('1579141800112232961'), whole: new Double(3) },
  { _id: 'text', account_cookie: 'a', trading_day: '2', small: Long.fromNumber(5), zero: new Double(-0) },
  { _id: 7, account_cookie: 'a', trading_day: '3', at: new Date(5), bytes: new Binary(Buffer.from([0, 255])) },
  { _id: new Double(7.5), account_cookie: 'a', trading_day: '4', empty: {}, none: [], text: '$account_cookie' },
  { _id: new Date(5), account_cookie: 'a', trading_day: '5', pattern: /^a/i, stamp: new Timestamp({ t: 1, i: 2 }) },
  { _id: false, account_cookie: 'a', trading_day: '6', proto: JSON.parse('{"__proto__": {"constructor": 1}}') },
];
const FURTHER_SHAPES: readonly Document[] = [
  { ...pythonDocument(), _id: new UUID(), account_cookie: 'a', trading_day: '7' },
  { _id: 'nan', account_cookie: 'a', trading_day: '8', figures: [NaN, Infinity, -Infinity], lists: [[1, [2]]] },
  { _id: 'dec', account_cookie: 'a', trading_day: '9', price: Decimal128.fromString('1.10'), least: new MinKey() },
  { _id: 'keys', account_cookie: 'a', trading_day: '10', positions: { 'SHFE.rb': { $gt: 1 }, $rb: 1, '': 2 }, $top: 1 },
  { _id: { b: 1, a: new Double(2) }, account_cookie: 'a', trading_day: '11', $literal: new BSONRegExp('a', 'i') },
];
/** Documents of others. */
const OTHERS: readonly Document[] = [
  { account_cookie: ['a', 'b'], trading_day: '12' },
  { account_cookie: 'a ', trading_day: '13' },
  { account_cookie: 'A', trading_day: '14' },
  { account_cookie: { name: 'a' }, trading_day: '15' },
  { account_cookie: 1, trading_day: '16' },
  { account_cookie: null, trading_day: '17' },
  { trading_day: '18' },
];

describeOnMongo('accounts that are dropped', (server) => {
  const { url, holdsAllShapes } = server;
  const shapes = holdsAllShapes ? [...SHAPES, ...FURTHER_SHAPES] : SHAPES;

  describeAccountDrops('MongoAccountDrops', async () => {
    const databases = await mongoDatabases(server);
    const { names } = databases;
    let store = openMongo({ url, names });
    return {
      store,
      reopen: async () => {
        await store[Symbol.asyncDispose]();
        store = openMongo({ url, names });
        return store;
      },
      [Symbol.asyncDispose]: async () => {
        await store[Symbol.asyncDispose]();
        await databases[Symbol.asyncDispose]();
      },
    };
  });

  describe('a deployment that accounts are dropped from', () => {
    it('is found with all of the accounts or with none and the copy, whenever a process was killed', async () => {
      await using databases = await mongoDatabases(server);
      const { names } = databases;
      await expectAllOrNoneAfterKills({
        open: () => openMongo({ url, names, now: hurriedNow }),
        command: [PROCESS, url, JSON.stringify(names)],
        stored: () => storedBytes(databases),
        // FerretDB reads a whole collection to find some of its documents by their ids.
        days: holdsAllShapes ? 150 : 20,
        span: 1.8,
      });
    }, 600_000);

    it.each([
      ['HISTORY', [{ quantaxis: 'history' }, { realtime: 'history' }], 2 * shapes.length],
      ['REALTIME', [{ realtime: 'account' }, { realtime: 'hisaccount' }], shapes.length],
    ] as const)(
      'has the copies of %s, and later the documents, byte for byte as they were',
      async (source, places, states) => {
        await using databases = await mongoDatabases(server);
        const { client, names } = databases;
        await using opened = openMongo({ url, names });
        for (const name of ['history', 'account', 'hisaccount']) {
          for (const database of [names.quantaxis, names.realtime]) {
            await client
              .db(database)
              .collection<Document>(name)
              .insertMany([...shapes, ...OTHERS]);
          }
        }
        const before = await storedBytes(databases);
        const dropped = await opened.drops.drop(dropRequest(['a'], { source }));
        expect(dropped).toEqual({ dropped: ['a'], documents: states });
        const after = await storedBytes(databases);
        for (const place of places) {
          const [[database, name] = ['', '']] = Object.entries(place);
          const where = `${names[database as keyof typeof names]}.${name}`;
          expect(after[where]).toHaveLength(OTHERS.length);
          const copied = after[`${names.own}.dropped_1_${database}_${name}`] ?? [];
          expect(copied).toHaveLength(shapes.length);
          expect([...copied, ...(after[where] ?? [])].sort()).toEqual(before[where]);
          delete after[`${names.own}.dropped_1_${database}_${name}`];
          after[where] = before[where] ?? [];
        }
        expect(after).toEqual(before);
        const restored = await opened.drops.restore(restoreRequest('a', { source }));
        expect(restored).toMatchObject({ kind: 'RESTORED', documents: states });
        await opened.drops.trim(Number.MAX_SAFE_INTEGER);
        expect(await storedBytes(databases)).toEqual(before);
      },
    );

    it('has on record who brought back what, also after it is opened anew', async () => {
      await using databases = await mongoDatabases(server);
      const { names } = databases;
      {
        await using opened = openMongo({ url, names });
        const { accounts, drops } = opened;
        await writeDays(accounts, 3);
        await drops.drop(dropRequest(['a'], { requestedAt: 5 }));
        await drops.restore(restoreRequest('none'));
        await drops.restore(restoreRequest('a', { requestedBy: 'bob', requestedAt: 7 }));
        // Refused, and nothing brought back.
        await drops.restore(restoreRequest('a', { requestedAt: 8 }));
        await drops.drop(dropRequest(['a'], { requestedAt: 9 }));
        await writeDays(accounts, 1);
        await drops.restore(restoreRequest('a', { requestedBy: 'eve', requestedAt: 11, replace: true }));
        await drops.trim(Number.MAX_SAFE_INTEGER);
      }
      await using opened = openMongo({ url, names });
      expect(await opened.drops.restores()).toEqual([
        { ...key('a'), requestedBy: 'bob', requestedAt: 7, droppedAt: 5, documents: 3 },
        { ...key('a'), requestedBy: 'eve', requestedAt: 11, droppedAt: 9, documents: 3 },
      ]);
      const records = [{ requestedAt: 5 }, { requestedAt: 9 }, { requestedBy: 'eve', documents: 1 }];
      expect(await opened.drops.records()).toMatchObject(records);
    });

    it('loses the marks of a REALTIME account by thousands, and regains them', async () => {
      await using databases = await mongoDatabases(server);
      const { client, names } = databases;
      await using opened = openMongo({ url, names });
      const marks = Array.from({ length: holdsAllShapes ? 5500 : 1500 }, (_, index) => ({
        account_cookie: 'a',
        updatetime: `2020-01-16 10:30:00_${index}`,
        accounts: { balance: index },
      }));
      await client.db(names.realtime).collection('hisaccount').insertMany(marks);
      await client.db(names.realtime).collection('account').insertOne({ account_cookie: 'a' });
      const before = await storedBytes(databases);
      const request = dropRequest(['a'], { source: 'REALTIME' });
      expect(await opened.drops.drop(request)).toEqual({ dropped: ['a'], documents: 1 });
      expect(await client.db(names.realtime).collection('hisaccount').countDocuments()).toBe(0);
      await opened.drops.restore(restoreRequest('a', { source: 'REALTIME' }));
      await opened.drops.trim(Number.MAX_SAFE_INTEGER);
      expect(await storedBytes(databases)).toEqual(before);
    }, 60_000);

    // What only copies documents one way or the other has to send them.
    if (!holdsAllShapes) return;

    it('never sends here what the documents of the accounts hold', async () => {
      await using databases = await mongoDatabases(server);
      const { client, names } = databases;
      const seen: string[] = [];
      await using tap = await tapServer(url, ({ text }) => {
        seen.push(text);
        return false;
      });
      await using opened = openMongo({ url: tap.url, names });
      const document = { ...pythonDocument(), account_cookie: 'cookie-of-the-account' };
      await client.db(names.quantaxis).collection('history').insertOne(document);
      await opened.drops.drop(dropRequest(['cookie-of-the-account']));
      expect(await opened.drops.restore(restoreRequest('cookie-of-the-account'))).toMatchObject({ documents: 1 });
      const text = seen.join('');
      expect(text).toContain('cookie-of-the-account');
      expect(text).not.toContain('secret');
    });
  });
});
