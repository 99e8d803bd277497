import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnMongo } from '../support/mongo.ts';
import { type MongoProxy, startMongoProxy } from '../support/mongo-proxy.ts';
import { insertShapes, pythonState } from '../support/quantaxis-database.ts';
import { openQuantaxis, type QuantaxisDesk } from '../support/quantaxis-desk.ts';

/** Names that accounts may have, and that mean something to a database, a language or an expression. */
const NAMES = [
  "o'brien",
  '"quoted"',
  '{"$gt":""}',
  '$where',
  '$',
  'a.b',
  'a.*',
  '^a',
  '[a-z]+(',
  'a\\',
  '{}',
  '__proto__',
  'constructor',
  '螺纹钢 №5',
  '\u{1f680}\u{1f680}',
  '../../etc/passwd',
  '%',
  'null',
  '133497',
];
/** Names that nobody can have. */
const IMPOSSIBLE = ['x'.repeat(10_000), 'line\nbreak', 'bell\u0007', 'nul\u0000', '\ud83d', 'a\udc00b', '', '   '];

const ALL_QUERIES = `query ($name: String!, $id: ID!) {
  account(accountCookie: $name) { accountCookie balance trades(instrumentId: $name) { totalCount } orders(instrumentId: $name) { totalCount } }
  past: account(accountCookie: $name, tradingDay: "2026-11-18") { accountCookie equityCurve { balance } }
  running: account(accountCookie: $name, source: REALTIME) { accountCookie }
  accounts(search: $name) { nodes { accountCookie } }
  inPortfolio: accounts(portfolio: $name) { totalCount }
  portfolio(name: $name) { name accounts { nodes { accountCookie } } }
  positions(accountCookie: $name) { seq }
  balances(accountCookie: $name) { seq }
  openOrders(accountCookie: $name) { orderId }
  order(accountCookie: $name, orderId: "$name") { orderId }
  node(id: $id) { id ... on Account { accountCookie } }
}`;

const idOf = (name: string): string =>
  Buffer.from(`Account:${JSON.stringify(['HISTORY', name])}`).toString('base64url');

describeOnMongo('bad input, with accounts of QUANTAXIS', (server) => {
  let quantaxis: QuantaxisDesk;
  let proxy: MongoProxy;
  const commands: Document[] = [];
  beforeAll(async () => {
    proxy = await startMongoProxy(server.url, { onCommand: (command) => commands.push(command) });
    quantaxis = await openQuantaxis(server, {
      url: proxy.url,
      fill: async ({ history }) => {
        const states = NAMES.map((name, index) => {
          const accounts = { balance: index };
          return pythonState(name, { trading_day: '2026-11-18', portfolio: name, accounts, trades: {}, orders: {} });
        });
        await insertShapes(history, server, states);
      },
    });
  });
  afterAll(async () => {
    await quantaxis[Symbol.asyncDispose]();
    await proxy[Symbol.asyncDispose]();
  });

  // FerretDB reads the whole collection for each name.
  const asked = server.holdsAllShapes ? NAMES : NAMES.slice(0, 6);

  it.each(asked)('finds the account %j and no other', async (name) => {
    const answer = await quantaxis.data(ALL_QUERIES, { name, id: idOf(name) });
    const balance = NAMES.indexOf(name);
    const untraded = { trades: { totalCount: 0 }, orders: { totalCount: 0 } };
    const found = NAMES.filter((each) => each.toLowerCase().includes(name.toLowerCase())).toSorted();
    expect(answer).toMatchObject({
      ...{ account: { accountCookie: name, balance, ...untraded }, running: null },
      past: { accountCookie: name, equityCurve: [{ balance }] },
      accounts: { nodes: found.map((accountCookie) => ({ accountCookie })) },
      ...{
        inPortfolio: { totalCount: 1 },
        positions: [{ seq: 1 }],
        balances: [{ seq: 1 }],
        openOrders: null,
        order: null,
      },
      portfolio: { name, accounts: { nodes: [{ accountCookie: name }] } },
      node: { accountCookie: name },
    });
  });

  it.each(IMPOSSIBLE.map((name) => [JSON.stringify(name).slice(0, 20), name]))(
    'finds nobody by the name %s',
    async (_, name) => {
      const { accounts, ...answer } = await quantaxis.data(ALL_QUERIES, { name, id: idOf(name) });
      // A part of nothing is a part of every name.
      expect(accounts.nodes).toHaveLength(name === '' ? NAMES.length : 0);
      expect(answer).toEqual({
        ...{ account: null, past: null, running: null, inPortfolio: { totalCount: 0 }, portfolio: null },
        ...{ positions: null, balances: null, openOrders: null, order: null, node: null },
      });
    },
  );

  it.each(NAMES.slice(0, 6))('follows nobody by the name %j', async (accountCookie) => {
    const { errors } = await quantaxis.desk.ask(
      'subscription ($name: String!) { positionUpdates(accountCookie: $name) { seq } }',
      { name: accountCookie },
    );
    expect(errors[0]?.extensions.code).toBe('NOT_FOUND');
  });

  it.each([
    '2020-02-30',
    '2021-02-29',
    '2020-13-01',
    '2020-1-5',
    '20200116',
    '',
    '10000-01-01',
    '0000-01-01',
    '2020-01-16T00:00:00Z',
  ])('refuses %j, which is no day', async (day) => {
    for (const query of [
      'query ($day: Date) { account(accountCookie: "a.b", tradingDay: $day) { id } }',
      'query ($day: Date) { account(accountCookie: "a.b") { positions(tradingDay: $day) { id } } }',
      'query ($day: Date) { account(accountCookie: "a.b") { equityCurve(start: $day) { balance } trades(end: $day) { totalCount } } }',
    ]) {
      const { data, errors } = await quantaxis.desk.ask(query, { day });
      expect(data ?? null).toBeNull();
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
  });

  it('answers null, [] and nothing for days far away', async () => {
    for (const day of ['0001-01-01', '1970-01-01', '9999-12-31']) {
      const { account, past } = await quantaxis.data(
        `query ($day: Date) { past: account(accountCookie: "a.b", tradingDay: $day) { id }
          account(accountCookie: "a.b") { positions(tradingDay: $day) { id } equityCurve(start: $day, end: $day) { balance }
            trades(start: $day, end: $day) { totalCount } performance(start: $day, end: $day) { days totalReturn } } }`,
        { day },
      );
      expect(past).toBeNull();
      expect(account).toEqual({
        ...{ positions: null, equityCurve: [], trades: { totalCount: 0 }, performance: { days: 0, totalReturn: null } },
      });
    }
  });

  it('refuses pages that are none, and cursors of other lists', async () => {
    for (const page of ['first: -1', 'first: 1001', 'first: 1, last: 1', 'after: "x"', 'before: ""']) {
      const { data, errors } = await quantaxis.desk.ask(
        `{ accounts(${page}) { totalCount } account(accountCookie: "a.b") { trades(${page}) { totalCount } orders(${page}) { totalCount } } }`,
      );
      expect(data).toEqual({ accounts: null, account: { trades: null, orders: null } });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(Array(3).fill('BAD_USER_INPUT'));
    }
  });

  it('sends the database names as text among text, and no expression', () => {
    expect(commands.length).toBeGreaterThan(100);
    expect(commands.flatMap(expressionsIn)).toEqual([]);
    const compared = new Set(commands.flatMap(namesIn));
    for (const name of asked) expect(compared).toContain(name);
    for (const name of compared) expect(name).toBeTypeOf('string');
  });

  it('complains of nothing: no refusal is a fault of the server', () => {
    expect(quantaxis.desk.complaints).toEqual([]);
  });
});

/** Regular expressions and code in a command, wherever they stand. */
function expressionsIn(value: unknown): unknown[] {
  if (value instanceof RegExp) return [value];
  if (typeof value !== 'object' || value === null) return [];
  if ('_bsontype' in value) return ['BSONRegExp', 'Code', 'DBRef'].includes(String(value._bsontype)) ? [value] : [];
  return Object.entries(value).flatMap(([name, each]) =>
    ['$regex', '$where', '$function', '$accumulator', '$expr', '$text'].includes(name) ? [name] : expressionsIn(each),
  );
}

/** What a command compares `account_cookie` with. */
function namesIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => {
    if (name !== 'account_cookie' || typeof each !== 'object' || each === null) return namesIn(each);
    const { $in: names, ...others } = each;
    expect(others).toEqual({});
    return names.filter((each: unknown) => each !== null);
  });
}
