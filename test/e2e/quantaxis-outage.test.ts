import { expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { describeOnMongo, type MongoServer, mongoDatabases } from '../support/mongo.ts';
import { type MongoProxy, startMongoProxy } from '../support/mongo-proxy.ts';
import {
  createAdvisedIndexes,
  insertShapes,
  pythonState,
  quantaxisCollections,
} from '../support/quantaxis-database.ts';
import { environmentOf } from '../support/quantaxis-desk.ts';

const PATIENCE_MS = 5000;
/** What needs no account does not wait for a server to be found. */
const ACCOUNTS_WAIT_MS = 2000;

/** A field of each kind that reads accounts. */
const ACCOUNT_FIELDS = [
  'accounts { nodes { balance } }',
  'accounts(source: REALTIME) { nodes { balance } }',
  'account(accountCookie: "py") { balance }',
  'account(accountCookie: "py", tradingDay: "2020-01-16") { balance }',
  'portfolio(name: "cta") { balance }',
  'positions(accountCookie: "py") { seq }',
  'balances(accountCookie: "py") { seq }',
  'openOrders(accountCookie: "py") { orderId }',
  'order(accountCookie: "py", orderId: "b3eda7b5-1") { orderId }',
];
/** What needs no account. */
const OTHERS =
  'bars(code: "510300.SH", start: "2026-11-16", end: "2026-11-20") { count } serverInfo { store } viewer { subject }';
const BARS = 'date,open,high,low,close,volume,amount\n2026-11-18,1,1,1,1,1,1\n2026-11-19,1,1,1,1,1,1\n';

const NOTHING = { balance: null };

interface Desk extends AsyncDisposable {
  readonly desk: TestDeskgraph;
  readonly proxy: MongoProxy;
}

async function openDesk(server: MongoServer, { isOpen = true } = {}): Promise<Desk> {
  const opened = new AsyncDisposableStack();
  const databases = opened.use(await mongoDatabases(server));
  const collections = quantaxisCollections(databases);
  await createAdvisedIndexes(collections);
  await insertShapes(collections.history, server, [pythonState('py')]);
  await insertShapes(collections.account, server, [pythonState('py')]);
  const proxy = opened.use(await startMongoProxy(server.url, { isOpen }));
  const desk = await startDeskgraph({
    environment: { ...environmentOf(databases, proxy.url), DESKGRAPH_CONFIG: 'desk.yaml' },
    files: { 'desk.yaml': 'sources: [{ vendor: folder, path: bars }]', 'bars/510300.SH.csv': BARS },
  });
  opened.defer(() => desk.close());
  return { desk, proxy, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

async function readiness({
  desk,
}: Desk): Promise<{ readonly status: number; readonly store: string; readonly ms: number }> {
  const startedAt = performance.now();
  const response = await fetch(`${desk.url}/health/ready`);
  const { dependencies } = await response.json();
  return { status: response.status, store: dependencies.store, ms: performance.now() - startedAt };
}

/** Each account field is null with UPSTREAM_UNAVAILABLE in time, what needs no account is answered, and health says so. */
async function expectAway(opened: Desk): Promise<void> {
  const { desk } = opened;
  const fields = ACCOUNT_FIELDS.map((field, index) => `of${index}: ${field}`).join('\n');
  const asks = [
    ...ACCOUNT_FIELDS.map((field) => `{ of0: ${field} }`),
    `{ ${fields} ${OTHERS} }`,
    ...Array.from({ length: 50 }, () => `{ ${fields} }`),
  ];
  const startedAt = performance.now();
  const others = desk.ask(`{ ${OTHERS} }`).then((answer) => ({ ...answer, ms: performance.now() - startedAt }));
  const live = fetch(`${desk.url}/health/live`).then(({ status }) => ({ status, ms: performance.now() - startedAt }));
  const ready = readiness(opened);
  const answers = await Promise.all(
    asks.map(async (query) => ({ ...(await desk.ask(query)), ms: performance.now() - startedAt })),
  );
  for (const { data, errors, ms } of answers) {
    expect(ms).toBeLessThan(PATIENCE_MS);
    // A list that was read just before may be answered, but none of its figures.
    for (const [name, value] of Object.entries(data))
      if (name.startsWith('of')) expect([null, NOTHING]).toContainEqual(value);
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']));
  }
  expect(answers[ACCOUNT_FIELDS.length]?.errors).toHaveLength(ACCOUNT_FIELDS.length);
  const answered = { bars: { count: 2 }, serverInfo: { store: 'mongodb' }, viewer: expect.anything() };
  expect(answers[ACCOUNT_FIELDS.length]?.data).toMatchObject(answered);
  expect(await others).toMatchObject({ data: answered, errors: [] });
  expect((await others).ms).toBeLessThan(ACCOUNTS_WAIT_MS);
  expect((await live).status).toBe(200);
  expect((await live).ms).toBeLessThan(ACCOUNTS_WAIT_MS);
  expect(await ready).toMatchObject({ status: 503, store: 'unavailable' });
  expect((await ready).ms).toBeLessThan(PATIENCE_MS);
}

async function expectBack(opened: Desk): Promise<void> {
  const answer = await opened.desk.ask(
    `{ ${ACCOUNT_FIELDS.map((field, index) => `of${index}: ${field}`).join('\n')} }`,
  );
  expect(answer.errors).toEqual([]);
  expect(answer.data).toMatchObject({ of0: { nodes: [{ balance: 100096.5 }] }, of2: { balance: 100096.5 } });
  expect(await readiness(opened)).toMatchObject({ status: 200, store: 'ok' });
}

describeOnMongo('Deskgraph without its database', (server) => {
  it.concurrent('starts, says so, and answers accounts as soon as it is there', async () => {
    await using opened = await openDesk(server, { isOpen: false });
    await expectAway(opened);
    await opened.proxy.open();
    await expectBack(opened);
  });

  it.concurrent('goes on when it goes away in the middle, and answers accounts when it is back', async () => {
    await using opened = await openDesk(server);
    await expectBack(opened);
    await opened.proxy.close();
    await expectAway(opened);
    await opened.proxy.open();
    await expectBack(opened);
  });

  it.concurrent('goes on when it stops answering in the middle, and answers accounts when it does again', async () => {
    await using opened = await openDesk(server);
    await expectBack(opened);
    opened.proxy.freeze();
    await expectAway(opened);
    opened.proxy.thaw();
    await expectBack(opened);
  });

  it.concurrent('closes in time while it is away', async () => {
    await using opened = await openDesk(server);
    await expectBack(opened);
    opened.proxy.freeze();
    const asked = opened.desk.ask('{ accounts { totalCount } }');
    const startedAt = performance.now();
    await opened.desk.close();
    expect(performance.now() - startedAt).toBeLessThan(PATIENCE_MS);
    await asked.catch(() => undefined);
  });
});
