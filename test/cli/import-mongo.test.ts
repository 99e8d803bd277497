import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { describeOnMongo, type MongoDatabases, type MongoServer, mongoDatabases } from '../support/mongo.ts';
import { startMongoProxy } from '../support/mongo-proxy.ts';
import { peakMemory } from '../support/peak-memory.ts';
import { type Finished, runProgram } from '../support/process.ts';
import { pythonDocument, qatraderDocument } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Far more than one document has that comes from MongoDB. */
const HUGE_CHARACTERS = 17 * 2 ** 20;

/** What a deployment may take until it is taken for away, and the start of a process. */
const AWAY_WITHIN_MS = 5000;

interface RunOptions {
  readonly source?: 'history' | 'realtime';
  readonly url?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

interface Importing extends AsyncDisposable {
  readonly folder: string;
  /** Of the file that is imported. */
  readonly path: string;
  collection(database: 'quantaxis' | 'realtime', name: string): ReturnType<typeof collectionOf>;
  /** Imports the file. */
  run(options?: RunOptions): Promise<Finished>;
  /** Writes the text to the file and imports that. */
  runWith(text: string, options?: RunOptions): Promise<Finished>;
}

function collectionOf({ client, names }: MongoDatabases, database: 'quantaxis' | 'realtime', name: string) {
  return client.db(names[database]).collection(name);
}

async function importing(server: MongoServer): Promise<Importing> {
  const databases = await mongoDatabases(server);
  const folder = temporaryFolder();
  const { quantaxis, realtime, own } = databases.names;
  const path = join(folder.path, 'own.json');
  const run: Importing['run'] = ({ source = 'history', url = server.url, environment } = {}) => {
    const database = { QUANTAXIS_DATABASE: quantaxis, QAREALTIME_DATABASE: realtime, MONGO_DATABASE: own };
    const args = ['import', 'qifi', 'own.json', '--source', source];
    return runProgram(args, { cwd: folder.path, environment: { MONGO_URL: url, ...database, ...environment } })
      .finished;
  };
  return {
    folder: folder.path,
    path,
    collection: (database, name) => collectionOf(databases, database, name),
    run,
    runWith: (text, options) => {
      writeFileSync(path, text);
      return run(options);
    },
    [Symbol.asyncDispose]: async () => {
      folder[Symbol.dispose]();
      await databases[Symbol.asyncDispose]();
    },
  };
}

const withBalance = (balance: number) => ({ ...Object(pythonDocument().accounts), balance });
const settled = (trading_day: string, balance: number, changes: object = {}): Record<string, unknown> =>
  pythonDocument({ trading_day, accounts: withBalance(balance), ...changes });
/** As `import` has to take over what QUANTAXIS left: without the maps whose keys have dots, which not every server takes. */
const stored = (trading_day: string, balance: number, changes: object = {}): Record<string, unknown> =>
  settled(trading_day, balance, { positions: {}, trades: {}, orders: {}, ...changes });

describeOnMongo('deskgraph import', (server) => {
  it.each([
    ['an array', (documents: object[]) => JSON.stringify(documents, null, 2)],
    ['lines', (documents: object[]) => documents.map((each) => `${JSON.stringify(each)}\n`).join('')],
  ])('takes %s of extended JSON, and writes what it is asked for of it', async (_form, write) => {
    await using desk = await importing(server);
    const documents = [settled('2020-01-16', 5), settled('20200117', 6, { _id: { $oid: '5e1f1c0a5b0c4b0f8c1d2e3f' } })];
    const { exitCode, stdout, stderr } = await desk.runWith(write(documents));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^2 documents of 1 account taken, 0 without a trading day skipped, 0 refused/);
    const history = desk.collection('quantaxis', 'history');
    const found = await history.find({}, { sort: { trading_day: 1 }, useBigInt64: true }).toArray();
    expect(found).toHaveLength(2);
    expect(found).toMatchObject([
      { account_cookie: 'cta_rb_5min', trading_day: '2020-01-16', portfolio: 'cta', accounts: { balance: 5 } },
      { account_cookie: 'cta_rb_5min', trading_day: '2020-01-17', accounts: { balance: 6 } },
    ]);
    expect(Object.values(found[0]?.trades)).toMatchObject([{ trade_date_time: 1579141800112232960n, price: 3500 }]);
    expect(Object.values(found[0]?.orders)).toMatchObject([{ order_id: 'b3eda7b5-1', volume_orign: 1 }]);
    expect(Object.values(found[0]?.positions)).toMatchObject([{ exchange_id: 'SHFE', instrument_id: 'rb2005' }]);
  });

  it('carries neither secrets nor events, banks, transfers and settlement reports', async () => {
    await using desk = await importing(server);
    const carried = settled('2020-01-16', 5, { transfers: { 0: { amount: 1 } }, settlement: { 20200115: 'report' } });
    await desk.runWith(JSON.stringify(carried));
    const [found = {}] = await desk.collection('quantaxis', 'history').find().toArray();
    expect(Object.keys(found).sort()).toEqual(
      [
        ...['_id', 'account_cookie', 'trading_day', 'portfolio', 'broker_name', 'status'],
        ...['accounts', 'positions', 'trades', 'orders'],
      ].sort(),
    );
    expect(JSON.stringify(found)).not.toContain('secret');
  });

  it('names the lines that it refuses, counts what has no day apart, goes on, and exits with 1', async () => {
    await using desk = await importing(server);
    const lines = [settled('2020-01-16', 5), settled('', 6), {}, settled('2020-02-30', 7), settled('2020-01-17', 8)];
    const text = `${lines.map((each) => JSON.stringify(each)).join('\n')}\n{broken\n`;
    const { exitCode, stdout, stderr } = await desk.runWith(text);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^2 documents of 1 account taken, 1 without a trading day skipped, 3 refused/);
    expect(stderr.split('\n').map((line) => line.split(',')[0])).toEqual([
      'line 3: refused',
      'line 4: refused',
      'line 6: refused',
      '',
    ]);
    expect(await desk.collection('quantaxis', 'history').countDocuments({})).toBe(2);
  });

  it('changes the day that a QUANTAXIS writer left, keeps its password and its other fields, and adds no row', async () => {
    await using desk = await importing(server);
    const history = desk.collection('quantaxis', 'history');
    await history.createIndex({ account_cookie: 1, trading_day: 1 }, { unique: true });
    const left = stored('20200116', 1, { password: 'hunter2', taskid: 'task-1', settlement: { 20200115: 'report' } });
    await history.insertOne({ ...left });
    const { exitCode } = await desk.runWith(JSON.stringify([settled('2020-01-16', 5), settled('20200117', 6)]));
    expect(exitCode).toBe(0);
    const found = await history.find({}, { sort: { trading_day: 1 } }).toArray();
    expect(found).toHaveLength(2);
    const changed = found.find(({ accounts }) => accounts.balance === 5);
    expect(changed).toMatchObject({ password: 'hunter2', taskid: 'task-1', settlement: { 20200115: 'report' } });
    expect(changed?.event).toEqual(left.event);
    expect(found.find(({ accounts }) => accounts.balance === 6)).not.toHaveProperty('password');
  });

  it.each(['2020-01-16 15:00:00', '20200116 15:00:00', 20_200_116])(
    'finds the stored day %o again, and adds no row',
    async (trading_day) => {
      await using desk = await importing(server);
      const history = desk.collection('quantaxis', 'history');
      await history.insertOne(stored('', 1, { trading_day, updatetime: '' }));
      await desk.runWith(JSON.stringify(settled('2020-01-16', 2)));
      const found = await history.find().toArray();
      expect(found.map(({ accounts }) => accounts.balance)).toEqual([2]);
    },
  );

  it('changes one of two rows that say the same day in two ways', async () => {
    await using desk = await importing(server);
    const history = desk.collection('quantaxis', 'history');
    await history.createIndex({ account_cookie: 1, trading_day: 1 }, { unique: true });
    const updatetime = (time: string) => ({ updatetime: `2020-01-16 ${time}` });
    await history.insertMany([
      stored('2020-01-16', 1, updatetime('20:00:00')),
      stored('20200116', 2, updatetime('21:00:00')),
    ]);
    const text = JSON.stringify(settled('2020-01-16', 5, updatetime('22:00:00')));
    for (let round = 0; round < 2; round++) {
      expect(await desk.runWith(text)).toMatchObject({ exitCode: 0, stderr: '' });
      const found = await history.find({}, { sort: { 'accounts.balance': 1 } }).toArray();
      expect(found.map(({ trading_day, accounts }) => [trading_day, accounts.balance])).toEqual([
        ['2020-01-16', 1],
        ['20200116', 5],
      ]);
    }
  });

  it('takes more days at once than one command may change', async () => {
    await using desk = await importing(server);
    const days = Array.from({ length: 150 }, (_, at) => new Date(Date.UTC(2020, 0, 1 + at)).toISOString().slice(0, 10));
    const history = desk.collection('quantaxis', 'history');
    for (const balance of [1, 2]) {
      const { exitCode } = await desk.runWith(JSON.stringify(days.map((each) => settled(each, balance))));
      expect(exitCode).toBe(0);
      expect(await history.countDocuments({ 'accounts.balance': balance })).toBe(150);
    }
    expect(await history.countDocuments({})).toBe(150);
  });

  it('fills the three collections of running accounts, and ends at the same however often it is done', async () => {
    await using desk = await importing(server);
    const accounts = desk.collection('realtime', 'account');
    await accounts.insertOne(stored('2020-01-15', 1, { account_cookie: '133496', password: 'hunter2' }));
    const documents = [
      qatraderDocument(),
      qatraderDocument({ trading_day: '2020-01-17', updatetime: '2020-01-17 20:59:01.118236' }),
    ];
    const counts: number[][] = [];
    for (let round = 0; round < 2; round++) {
      const { exitCode, stdout } = await desk.runWith(JSON.stringify(documents), { source: 'realtime' });
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^2 documents of 1 account taken/);
      const names = ['account', 'history', 'hisaccount'];
      const counting = names.map((name) => desk.collection('realtime', name).countDocuments({}));
      counts.push(await Promise.all(counting));
    }
    expect(counts).toEqual([
      [1, 2, 2],
      [1, 2, 2],
    ]);
    const [running] = await accounts.find().toArray();
    expect(running).toMatchObject({ trading_day: '2020-01-17', password: 'hunter2', accounts: { balance: 1003396.1 } });
  });
});

// Long ones, of which the server is not the point.
describeOnMongo(
  'deskgraph import',
  (server) => {
    it('refuses a document that is too large for MongoDB with its line, and goes on', async () => {
      await using desk = await importing(server);
      const order = { order_id: 'x', instrument_id: 'rb', direction: 'BUY', last_msg: '' };
      const orders = Array.from({ length: HUGE_CHARACTERS / 200 }, (_, at) => ({
        ...order,
        order_id: `${at}-${'x'.repeat(200)}`,
      }));
      const lines = [settled('2020-01-16', 5), settled('2020-01-17', 6, { orders }), settled('2020-01-20', 7)];
      const { exitCode, stdout, stderr } = await desk.runWith(lines.map((each) => JSON.stringify(each)).join('\n'));
      expect(stderr).toBe('line 2: refused, it is larger than the 16 MB that MongoDB takes\n');
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/^2 documents of 1 account taken, 0 without a trading day skipped, 1 refused/);
    });

    it('takes a file of any length in bounded memory', async () => {
      await using desk = await importing(server);
      const peak = peakMemory(desk.folder);
      const event = { '2020-01-16 21:01:36': 'x'.repeat(200_000) };
      for (let at = 0; at < 20; at++) {
        const states = Array.from({ length: 64 }, (_, index) =>
          qatraderDocument({ account_cookie: `${at}-${index}`, event }),
        );
        appendFileSync(desk.path, states.map((state) => `${JSON.stringify(state)}\n`).join(''));
      }
      const { exitCode, stdout, stderr } = await desk.run({ environment: peak.environment });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^1280 documents of 1280 accounts taken/);
      expect(await desk.collection('quantaxis', 'history').countDocuments({})).toBe(1280);
      expect(peak.bytes()).toBeLessThan(statSync(desk.path).size);
    }, 60_000);

    it('says how far it came when the deployment goes away, and does the rest when it is done again', async () => {
      await using desk = await importing(server);
      await using proxy = await startMongoProxy(server.url);
      const text = Array.from({ length: 2200 }, (_, at) => {
        return `${JSON.stringify(qatraderDocument({ account_cookie: `a${at}` }))}\n`;
      }).join('');
      const run = desk.runWith(text, { url: proxy.url });
      // The first batch is written before the second is compared with what is there.
      const isWriting = (): boolean => proxy.commands.filter((name) => name === 'find').length >= 2;
      await vi.waitUntil(isWriting, { timeout: 15_000, interval: 1 });
      await proxy.close();
      const { exitCode, stdout, stderr } = await run;
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      const said =
        /^deskgraph: .+\n(\d+) documents taken before that, the last of line (\d+), .* Import own\.json again/;
      const [, documents = '', line = ''] = said.exec(stderr) ?? [stderr];
      expect(Number(documents)).toBeGreaterThan(0);
      expect(line).toBe(documents);
      const history = desk.collection('quantaxis', 'history');
      expect(await history.countDocuments({})).toBeGreaterThanOrEqual(Number(documents));
      expect((await desk.runWith(text)).exitCode).toBe(0);
      expect(await history.countDocuments({})).toBe(2200);
    }, 60_000);
  },
  'ONE',
);

describe('deskgraph import', () => {
  it.each([
    ['that refuses connections', 'mongodb://carla:hunter2@127.0.0.1:1/', /: connect ECONNREFUSED 127\.0\.0\.1:1\n$/],
    ['that has no address', 'mongodb://carla:hunter2@nowhere.invalid/', /nowhere\.invalid/],
    ['whose options are unknown', 'mongodb://carla:hunter2@127.0.0.1:1/?hunter=1', /option hunter is not supported/],
  ])('says that a deployment is away %s, within five seconds', async (_how, MONGO_URL, why) => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'own.json'), JSON.stringify(pythonDocument()));
    const startedAt = performance.now();
    const { exitCode, stdout, stderr } = await runProgram(['import', 'qifi', 'own.json'], {
      cwd: folder.path,
      environment: { MONGO_URL },
    }).finished;
    expect(performance.now() - startedAt).toBeLessThan(AWAY_WITHIN_MS);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^deskgraph failed: the MongoDB of MONGO_URL cannot be reached: .*\n$/);
    expect(stderr).toMatch(why);
    expect(stderr).not.toMatch(/carla|hunter2/);
  });
});
