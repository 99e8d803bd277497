import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { MongoAccountStore } from '../../src/store/mongo/mongo-account-store.ts';
import { MongoAccountWriter } from '../../src/store/mongo/mongo-account-writer.ts';
import { MongoDeployment } from '../../src/store/mongo/mongo-deployment.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { day } from '../support/bars.ts';
import { describeOnMongo, type MongoServer, mongoDatabases } from '../support/mongo.ts';
import { pythonOrder, pythonTrade } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeAccountStore, key, type OpenedAccountStore, state } from './account-store.contract.ts';

async function openStore(server: MongoServer): Promise<OpenedAccountStore> {
  const databases = await mongoDatabases(server);
  const deployment = new MongoDeployment({ url: server.url, names: databases.names });
  const reader = new MongoAccountStore({ deployment, clock: SYSTEM_CLOCK });
  const writer = new MongoAccountWriter({ deployment, onWritten: () => reader.forgetListings() });
  return {
    store: Object.assign(reader, {
      writeDocuments: (documents: readonly AccountDocument[]) => writer.writeDocuments(documents),
    }),
    [Symbol.asyncDispose]: async () => {
      await deployment.close();
      await databases[Symbol.asyncDispose]();
    },
  };
}

const NAMES = ['a', 'b'] as const;
const DAYS = ['2020-01-16', '2020-01-17', '2020-12-31', '2021-01-04', null] as const;

const written = fc
  .record({
    accountCookie: fc.constantFrom(...NAMES),
    tradingDay: fc.constantFrom(...DAYS),
    balance: fc.constantFrom(1, 2.5, null),
    updatedAt: fc.constantFrom(null, 1000, 2000),
    portfolio: fc.constantFrom('p', 'q', null),
    trades: fc.array(fc.constantFrom('6', '7'), { maxLength: 2 }),
    orders: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }),
  })
  .map(({ trades, orders, ...rest }) =>
    state({
      ...rest,
      trades: trades.map((trade_id) => pythonTrade({ trade_id })),
      orders: orders.map((order_id) => pythonOrder({ order_id })),
    }),
  );

describeOnMongo('MongoAccountStore', (server) => {
  describeAccountStore('as an AccountStore', () => openStore(server));

  describe('beside the embedded store', () => {
    it('answers as the embedded store does, whatever settled documents were written', {
      timeout: 120_000,
    }, async () => {
      const writes = fc.array(fc.array(written, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(writes, async (batches) => {
          using folder = temporaryFolder();
          await using opened = await openStore(server);
          const embedded = openSqliteAccountStore({ path: `${folder.path}/accounts.sqlite` });
          for (const batch of batches) {
            await embedded.writeDocuments(batch);
            await opened.store.writeDocuments(batch);
          }
          const keys = NAMES.map((each) => key(each));
          const days = DAYS.filter((each) => each !== null);
          const ofDays = keys.flatMap((each) => days.map((text) => ({ ...each, tradingDay: day(text) })));
          const answers = [embedded, opened.store].map((store) =>
            Promise.all([
              store.listAccounts({ source: 'HISTORY' }),
              store.latestSnapshots(keys),
              store.snapshotsOfDay(ofDays),
              store.equityRows(keys),
              store.trades(keys),
              store.orders(keys),
              store.latestDocuments(keys),
            ]),
          );
          const [wanted, received] = await Promise.all(answers);
          embedded.close();
          expect(received).toEqual(wanted);
        }),
        { numRuns: process.env.DESKGRAPH_TEST_LONG === '1' ? 100 : 15 },
      );
    });
  });
});
