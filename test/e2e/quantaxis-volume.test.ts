import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerOf } from '../support/deskgraph.ts';
import { ask as askHttp } from '../support/http-client.ts';
import { describeOnMongo, type MongoDatabases, mongoDatabases } from '../support/mongo.ts';
import { createAdvisedIndexes, quantaxisCollections } from '../support/quantaxis-database.ts';
import { startWatched, type WatchedProgram } from '../support/quantaxis-program.ts';
import { balanceOf, fillVolume, nameOfAccount } from '../support/quantaxis-volume.ts';
import { fieldsOf } from '../support/selections.ts';

const isLong = process.env.DESKGRAPH_TEST_LONG === '1';
/** Days of ten years. */
const DECADE = 2430;

const ANSWERS_AT_ONCE = 50;

const MB = 2 ** 20;
/** Reads that go on at once, and what one of them has in hand: a batch, as it came and as one piece. */
const READS_AT_ONCE = 8;
const MOST_OF_A_BATCH = 16 * MB;
const BYTES_OF_A_STORED_ROW = 200;
/** A row in memory, and each of its values until it is written, and as text. */
const BYTES_OF_A_ROW = 250;
const BYTES_OF_A_VALUE = 150 + 60;
/** What V8 has not given back yet. */
const SLACK = 96 * MB;
/** Of CPU time. */
const LONGEST_TURN_MS = 50;

const FULL = { accounts: 1000, days: 500 };
const SHORT = { accounts: 100, days: 50 };
/** FerretDB reads whole collections for whatever it is asked. */
const SLOW = { accounts: 10, days: 10 };
const large = isLong ? FULL : SHORT;

describeOnMongo('Deskgraph on a large QUANTAXIS database', (server) => {
  const { accounts, days } = server.holdsAllShapes ? large : SLOW;
  const pageSize = 50;
  const decade = nameOfAccount(accounts);
  let databases: MongoDatabases;
  let watched: WatchedProgram;
  beforeAll(async () => {
    databases = await mongoDatabases(server);
    const collections = quantaxisCollections(databases);
    await createAdvisedIndexes(collections);
    await fillVolume(collections, { accounts, days });
    if (server.holdsAllShapes) await fillVolume(collections, { from: accounts, accounts: 1, days: DECADE });
    watched = await startWatched(databases, server.url);
  }, 600_000);
  afterAll(async () => {
    await watched[Symbol.asyncDispose]();
    await databases[Symbol.asyncDispose]();
  });

  const ask = async (query: string, variables?: object) => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables });
    return answerOf(await fetch(`${watched.url}/graphql`, { method: 'POST', headers, body }));
  };

  it.each(['HISTORY', 'REALTIME'])(
    'answers every field of every account of %s',
    async (source) => {
      const fields = await fieldsOf({ ask }, 'Account', { depth: 2, without: ['bars', 'etfPremium', 'portfolio'] });
      const query = `query ($source: AccountSource!, $after: String, $first: Int) {
      accounts(source: $source, search: "desk", first: $first, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { ${fields} portfolio { name } } } }`;
      let index = 0;
      for (let after: string | null = null; ; ) {
        const { data, errors } = await ask(query, { source, after, first: pageSize });
        expect(errors).toEqual([]);
        for (const node of data.accounts.nodes) {
          const isDecade = node.accountCookie === decade;
          const settled = isDecade ? DECADE : days;
          const last = source === 'HISTORY' ? settled - 1 : 0;
          expect(node).toMatchObject({ accountCookie: nameOfAccount(index), balance: balanceOf(index, last) });
          expect(node.equityCurve.at(-1)).toMatchObject({ tradingDay: '2026-11-19', balance: balanceOf(index, last) });
          if (source === 'HISTORY') expect(node.equityCurve).toHaveLength(settled);
          index++;
        }
        if (!data.accounts.pageInfo.hasNextPage) break;
        after = data.accounts.pageInfo.endCursor;
      }
      expect(index).toBe(accounts + (server.holdsAllShapes ? 1 : 0));
    },
    600_000,
  );

  it('sums its portfolios', async () => {
    const { data, errors } = await ask('{ portfolios { name balance accounts(first: 0) { totalCount } } }');
    expect(errors).toEqual([]);
    expect(data.portfolios).toHaveLength(10);
    // The accounts 3, 13, 23 and so on; the account of ten years is another one.
    const sum = Array.from({ length: accounts / 10 }, (_, index) => balanceOf(3 + 10 * index, days - 1));
    expect(data.portfolios[3]).toEqual({
      ...{ name: 'p3', accounts: { totalCount: accounts / 10 } },
      balance: sum.reduce((total, balance) => total + balance, 0),
    });
  });

  if (!server.holdsAllShapes) return;

  it('answers fifty heavy queries at once, in bounded memory, and never holds its event loop', async () => {
    const many = isLong ? 200 : 40;
    const kinds = [
      {
        query: `{ account(accountCookie: "${decade}") { equityCurve { tradingDay balance available margin deposit withdraw } } }`,
        ...{ rows: DECADE, values: 6 * DECADE },
      },
      {
        query: `{ accounts(search: "desk", first: ${many}) { nodes { accountCookie balance equityCurve { tradingDay balance } } } }`,
        ...{ rows: many * days, values: 2 * many * days },
      },
    ] as const;
    // At full size few of them are lists: the test's server needs many seconds for each.
    const asked = Array.from({ length: ANSWERS_AT_ONCE }, (_, index) => kinds[index % (isLong ? 20 : 2) === 0 ? 1 : 0]);
    for (const { query } of kinds) await ask(query);
    await watched.report();
    const answers = asked.map(async ({ query, rows }) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await askHttp({
        url: `${watched.url}/graphql`,
        method: 'POST',
        headers,
        body: JSON.stringify({ query }),
      });
      return { ...answer, rows };
    });
    const health = askHttp({ url: `${watched.url}/health/ready` });
    for (const { status, text, rows } of await Promise.all(answers)) {
      expect(status).toBe(200);
      expect(text.includes('"errors"')).toBe(false);
      expect(text.match(/"tradingDay"/g)?.length).toBe(rows);
    }
    expect((await health).status).toBe(200);
    const { longest, rss, rssAtStart } = await watched.report();
    const batch = Math.min(MOST_OF_A_BATCH, Math.max(...kinds.map(({ rows }) => rows)) * BYTES_OF_A_STORED_ROW);
    const held = asked.map(({ rows, values }) => rows * BYTES_OF_A_ROW + values * BYTES_OF_A_VALUE);
    const bound = READS_AT_ONCE * 2 * batch + held.reduce((sum, bytes) => sum + bytes, 0) + SLACK;
    expect(rss - rssAtStart).toBeLessThan(bound);
    expect(longest[0]).toBeLessThan(LONGEST_TURN_MS);
  }, 600_000);
});
