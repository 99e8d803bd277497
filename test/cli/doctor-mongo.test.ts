import type { Document } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { describeOnMongo, type MongoDatabases, mongoDatabases } from '../support/mongo.ts';
import { startMongoProxy } from '../support/mongo-proxy.ts';
import { type Finished, runProgram } from '../support/process.ts';
import { pythonDocument } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ENDS_WITHIN_MS = 10_000;
const SECRET = /hunter2|carla/;

/** What reads, by the names of MongoDB's commands. */
const READING = ['buildInfo', 'listCollections', 'listIndexes', 'count', 'distinct', 'find', 'getMore'];

async function examine(url: string, names?: MongoDatabases['names'], args: readonly string[] = []): Promise<Finished> {
  using folder = temporaryFolder();
  const environment: Record<string, string> = { MONGO_URL: url };
  if (names !== undefined) {
    Object.assign(environment, { QUANTAXIS_DATABASE: names.quantaxis, QAREALTIME_DATABASE: names.realtime });
  }
  return await runProgram(['doctor', ...args], { cwd: folder.path, environment }).finished;
}

/** A document as a writer leaves it, with secrets, and without the keys that not every server takes. */
function left(changes: object): Document {
  const secrets = {
    password: 'hunter2',
    capital_password: 'hunter2',
    wsuri: 'ws://carla:hunter2@h',
    databaseip: 'hunter2',
  };
  return pythonDocument({ positions: {}, trades: {}, orders: {}, event: {}, banks: {}, ...secrets, ...changes });
}

/** Writes to the four collections what the checks are about. */
async function fill(
  { client, names }: MongoDatabases,
  changes: Readonly<Record<string, readonly object[]>>,
): Promise<void> {
  for (const [place, documents] of Object.entries(changes)) {
    const [database, name = ''] = place.split('.');
    const collection = client.db(database === 'quantaxis' ? names.quantaxis : names.realtime).collection(name);
    await collection.insertMany(documents.map((each) => ({ ...each })));
  }
}

async function indexesOf({ client, names }: MongoDatabases): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const name of Object.values(names)) {
    for (const { name: collection } of await client.db(name).listCollections().toArray()) {
      found.push([collection, await client.db(name).collection(collection).indexes()]);
    }
  }
  return found;
}

const DAYS = {
  'quantaxis.history': [
    left({ account_cookie: 'a', trading_day: '2020-01-16' }),
    left({ account_cookie: 'a', trading_day: '20200116' }),
    left({ account_cookie: 'b', trading_day: '20200117' }),
    left({ account_cookie: 'b', trading_day: '' }),
    left({ account_cookie: 'b', trading_day: undefined }),
    left({ account_cookie: 'b', trading_day: 20200118 }),
    left({ account_cookie: 'b', trading_day: 'hunter2' }),
    left({ account_cookie: { $gt: '' }, trading_day: '2020-01-20' }),
    left({ account_cookie: 'c', trading_day: '2020-01-20', accounts: 7 }),
    left({ account_cookie: 'c', trading_day: '2020-01-21', accounts: { balance: 'hunter2' } }),
    left({ account_cookie: 'c', trading_day: '2020-01-22', accounts: {} }),
  ],
  'realtime.account': [
    left({ account_cookie: 'd', trading_day: '2020-01-16' }),
    left({ account_cookie: 'd', trading_day: '2020-01-17', password: 'hunter2-2' }),
    left({ account_cookie: 'e', trading_day: '' }),
  ],
  'realtime.hisaccount': [
    { account_cookie: 'd', updatetime: '2020-01-16 10:30:00_112233', accounts: { balance: 1 } },
    { account_cookie: 'd', updatetime: new Date('2020-01-16T10:30:00Z'), accounts: { balance: 1 } },
    { account_cookie: 'd', updatetime: '', accounts: { balance: 1 } },
  ],
};

const withoutUndefined = (documents: readonly object[]): object[] =>
  documents.map((each) => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)));

describeOnMongo('deskgraph doctor', (server) => {
  const takenBy = (documents: readonly object[]): object[] =>
    withoutUndefined(documents).filter(
      (each) => server.holdsAllShapes || typeof Object(each).account_cookie === 'string',
    );

  it('says what the four collections hold, only reads, and tells no secret', async () => {
    await using databases = await mongoDatabases(server);
    const { quantaxis, realtime } = databases.names;
    await fill(databases, Object.fromEntries(Object.entries(DAYS).map(([place, all]) => [place, takenBy(all)])));
    const before = await indexesOf(databases);
    await using proxy = await startMongoProxy(server.url);
    const { exitCode, stdout, stderr } = await examine(proxy.url, databases.names);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const isUnnamedThere = server.holdsAllShapes ? 1 : 0;
    const all = 10 + isUnnamedThere;
    // FerretDB does not count names within a time.
    const counted = (accounts: number): string => (server.holdsAllShapes ? `${accounts}` : 'not counted');
    for (const line of [
      'note   mongodb: standalone: running accounts are polled each second, since there are no change streams',
      `ok     collections: ${quantaxis}.history: documents ${all} (estimated), accounts ${counted(4)}`,
      `ok     collections: ${realtime}.account: documents 3 (estimated), accounts ${counted(2)}`,
      `note   collections: ${realtime}.history is not there`,
      `ok     collections: ${realtime}.hisaccount: documents 3 (estimated), accounts ${counted(1)}`,
      `note   documents: ${realtime}.account (all 3): accounts of several documents, of which the latest counts: 1 ("d")`,
    ]) {
      expect(stdout).toContain(`${line}\n`);
    }
    const history = `documents: ${quantaxis}.history (all ${all}): `;
    const found = stdout.split('\n').filter((line) => line.includes(history));
    expect(found.map((line) => line.replace(/ \(([0-9a-f]{24}(, )?)+\)$/, ' (ids)').replace(history, ''))).toEqual([
      expect.stringMatching(
        /^ok {5}trading_day (?=.*with dashes \d)(?=.*without dashes 2)(?=.*blank 1)(?=.*missing 1)/,
      ),
      ...(server.holdsAllShapes ? ['note   without a usable account_cookie, and left out: 1 (ids)'] : []),
      'note   without a usable trading_day, and left out of series: 2 (ids)',
      'note   without accounts, and left out: 1 (ids)',
      'note   with a balance that is no number, and left out of series: 2 (ids)',
      'note   days of several documents, of which the one of the latest updatetime counts: 1 ("a" 2020-01-16)',
    ]);
    expect(stdout).toMatch(/\.hisaccount \(all 3\): without a usable updatetime, and left out of series: 1 \(\w+\)\n/);
    expect(stdout).not.toMatch(SECRET);
    expect(proxy.commands.filter((name) => !READING.includes(name))).toEqual([]);
    expect(await indexesOf(databases)).toEqual(before);
  });

  it('shows the line that makes each index that is missing, and is content when it was run', async () => {
    await using databases = await mongoDatabases(server);
    const { client, names } = databases;
    const document = left({ account_cookie: 'a' });
    await fill(databases, {
      'quantaxis.history': [document],
      'realtime.account': [document],
      'realtime.history': [document],
      'realtime.hisaccount': [document],
    });
    const { stdout } = await examine(server.url, names);
    const lines = stdout
      .split('\n')
      .filter((line) => line.includes('createIndex'))
      .map((line) => line.trim());
    expect(lines).toEqual([
      `db.getSiblingDB("${names.quantaxis}").history.createIndex({ account_cookie: 1, trading_day: 1 })`,
      `db.getSiblingDB("${names.realtime}").account.createIndex({ account_cookie: 1 })`,
      `db.getSiblingDB("${names.realtime}").account.createIndex({ portfolio: 1 })`,
      `db.getSiblingDB("${names.realtime}").history.createIndex({ account_cookie: 1, trading_day: 1 })`,
      `db.getSiblingDB("${names.realtime}").hisaccount.createIndex({ account_cookie: 1, updatetime: 1 })`,
    ]);
    for (const line of lines) {
      const [, database = '', name = '', keys = ''] =
        /^db\.getSiblingDB\("(.+)"\)\.(\w+)\.createIndex\(\{ (.+) \}\)$/.exec(line) ?? [];
      const fields = keys.split(', ').map((each) => [each.replace(': 1', ''), 1] as const);
      await client.db(database).collection(name).createIndex(Object.fromEntries(fields));
    }
    const after = await examine(server.url, names);
    expect(after.stdout).not.toContain('createIndex');
    expect(after.stdout.match(/^ok {5}indexes: \S+ has those that help$/gm)).toHaveLength(4);
  });

  it('looks at the newest 2000 documents of a long collection, and says that it is a sample', async () => {
    await using databases = await mongoDatabases(server);
    const rows = Array.from({ length: 2100 }, (_, at) => ({
      account_cookie: `a${at}`,
      trading_day: at < 100 ? 'nobody knows' : '2020-01-16',
      accounts: { balance: 1 },
    }));
    await fill(databases, { 'realtime.history': rows });
    const { exitCode, stdout } = await examine(server.url, databases.names);
    expect(exitCode).toBe(0);
    const place = `documents: ${databases.names.realtime}.history (a sample, the newest 2000): `;
    expect(stdout.split('\n').filter((line) => line.includes(place))).toEqual([
      `ok     ${place}trading_day with dashes 2000`,
    ]);
  });
});

describeOnMongo(
  'deskgraph doctor',
  (server) => {
    it('counts a balance that is NaN', async () => {
      await using databases = await mongoDatabases(server);
      const balances = [Number.NaN, Number.POSITIVE_INFINITY, 1];
      const marks = balances.map((balance) => ({
        account_cookie: 'a',
        trading_day: '2020-01-16',
        accounts: { balance },
      }));
      await fill(databases, { 'realtime.history': marks });
      const { stdout } = await examine(server.url, databases.names);
      expect(stdout).toMatch(/\.history \(all 3\): with a balance that is no number, and left out of series: 2 \(/);
    });
  },
  'ALL_SHAPES',
);

// Long ones, of which the server is not the point.
describeOnMongo(
  'deskgraph doctor',
  (server) => {
    it('ends in time when the deployment stops answering, and says so', async () => {
      await using databases = await mongoDatabases(server);
      await using proxy = await startMongoProxy(server.url);
      proxy.freeze();
      const startedAt = performance.now();
      const { exitCode, stdout } = await examine(proxy.url, databases.names);
      expect(performance.now() - startedAt).toBeLessThan(ENDS_WITHIN_MS);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/\nfault {2}mongodb: cannot be reached: .*\n1 fault, 0 notes\n$/);
    });

    it('ends in time when the deployment stops answering in between, and says how far it came', async () => {
      await using databases = await mongoDatabases(server);
      await using proxy = await startMongoProxy(server.url);
      const { commands } = proxy;
      commands.push = (name) => {
        if (name === 'listCollections') proxy.freeze();
        return Array.prototype.push.call(commands, name);
      };
      const startedAt = performance.now();
      const { exitCode, stdout } = await examine(proxy.url, databases.names);
      expect(performance.now() - startedAt).toBeLessThan(ENDS_WITHIN_MS);
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/\nok {5}mongodb: reached at /);
      for (const check of ['collections', 'indexes', 'documents']) expect(stdout).toContain(`\nfault  ${check}: `);
    });
  },
  'ONE',
);

describe('deskgraph doctor', () => {
  it.each([
    ['that refuses connections', 'mongodb://carla:hunter2@127.0.0.1:1/', 'connect ECONNREFUSED 127.0.0.1:1'],
    ['that has no address', 'mongodb://carla:hunter2@nowhere.invalid/', 'nowhere.invalid'],
    ['whose options are unknown', 'mongodb://carla:hunter2@h/?hunter=1', 'option hunter is not supported'],
  ])('takes a deployment for a fault %s, in time and without its credentials', async (_how, url, why) => {
    const startedAt = performance.now();
    const [text, json] = await Promise.all([examine(url), examine(url, undefined, ['--json'])]);
    expect(performance.now() - startedAt).toBeLessThan(ENDS_WITHIN_MS);
    for (const { exitCode, stdout, stderr } of [text, json]) {
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
      expect(stdout).toContain(why);
      expect(stdout).not.toMatch(SECRET);
    }
    expect(text.stdout).toMatch(/\nfault {2}mongodb: cannot be reached: /);
  });
});
