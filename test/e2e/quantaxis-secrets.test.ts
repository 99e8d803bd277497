import { expect, it } from 'vitest';
import { answerOf } from '../support/deskgraph.ts';
import { readEvents } from '../support/event-source.ts';
import { describeOnMongo, mongoDatabases } from '../support/mongo.ts';
import { startMongoProxy } from '../support/mongo-proxy.ts';
import { runProgram } from '../support/process.ts';
import {
  CANARY,
  createAdvisedIndexes,
  insertShapes,
  mark,
  pythonState,
  quantaxisCollections,
  rustState,
  traderState,
} from '../support/quantaxis-database.ts';
import { environmentOf } from '../support/quantaxis-desk.ts';
import { fieldsOf } from '../support/selections.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What every state of the Python writer says openly: the tap would see what it looks for. */
const OPENLY = 'QAPaperTrading';

const EVERYWHERE = ['HISTORY', 'REALTIME'] as const;
const SUBSCRIPTIONS = [
  'subscription { positionUpdates(accountCookie: "py") { position { lastPrice } } }',
  'subscription { balanceUpdates(accountCookie: "py") { total } }',
  'subscription { orderEvents(accountCookie: "py") { __typename } }',
];

describeOnMongo('secrets in documents of QUANTAXIS', (server) => {
  it('are in no answer, no line of the log, and never leave the database', async () => {
    await using databases = await mongoDatabases(server);
    const collections = quantaxisCollections(databases);
    const { history, account, realtimeHistory, marks } = collections;
    await createAdvisedIndexes(collections);
    // With figures that cannot be read beside them, so that there is something to log.
    const faulty = { accounts: { balance: 'unreadable' }, positions: 7, updatetime: 'unreadable' };
    await insertShapes(history, server, [
      pythonState('py'),
      rustState('rs'),
      pythonState('faulty', faulty),
      pythonState('gone', { trading_day: 'unreadable' }),
      pythonState('none', { accounts: undefined, trading_day: '2020-01-17', account_cookie: 5 }),
    ]);
    await insertShapes(realtimeHistory, server, [traderState('qt')]);
    await insertShapes(account, server, [pythonState('py'), traderState('qt'), pythonState('faulty', faulty)]);
    await marks.insertMany([{ ...mark('py', '2020-01-15 10:00:00_5', 1), password: CANARY }]);

    await using proxy = await startMongoProxy(server.url, { watchFor: [CANARY, OPENLY] });
    using folder = temporaryFolder();
    const environment = { ...environmentOf(databases, proxy.url), PORT: '0', LOG_LEVEL: 'trace' };
    const program = runProgram([], { cwd: folder.path, environment });
    const [, url = ''] = await program.waitFor(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
    const post = (query: string, variables?: object, headers: object = {}): Promise<Response> =>
      fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
      });
    const told: string[] = [];
    const ask = async (query: string, variables?: object) => {
      const answer = await answerOf(await post(query, variables));
      told.push(answer.text);
      return answer;
    };

    const without = ['bars', 'etfPremium'];
    const accountFields = await fieldsOf({ ask }, 'Account', { depth: 3, without });
    const portfolioFields = await fieldsOf({ ask }, 'Portfolio', { depth: 2, without });
    const orderFields = await fieldsOf({ ask }, 'Order', { depth: 1 });
    for (const source of EVERYWHERE) {
      const answer = await ask(
        `{ accounts(source: ${source}, search: "") { totalCount nodes { ${accountFields} } }
           portfolios(source: ${source}) { ${portfolioFields} }
           account(accountCookie: "py", source: ${source}, tradingDay: "2020-01-16") { ${accountFields} } }`,
      );
      expect(answer.data.accounts.nodes.length).toBeGreaterThan(1);
      expect(answer.data.account).toMatchObject({ balance: 100096.5 });
    }
    await ask('{ positions(accountCookie: "py") { receivedAt } balances(accountCookie: "qt") { total } }');
    await ask(
      `{ openOrders(accountCookie: "py") { ${orderFields} } order(accountCookie: "py", orderId: "b3eda7b5-1") { ${orderFields} } }`,
    );

    for (const [index, query] of SUBSCRIPTIONS.entries()) {
      const events = readEvents(await post(query, undefined, { accept: 'text/event-stream' }));
      const first = await events.next();
      told.push(String(first.value?.data));
      expect(JSON.parse(String(first.value?.data)).data).toBeTypeOf('object');
      // What happens then is read as well.
      const price = 4000 + index;
      const changed = pythonState('py', { updatetime: '2020-01-16 16:00:00', accounts: { balance: price } });
      changed.positions['SHFE.rb2005'].last_price = price;
      changed.orders['b3eda7b5-1'].status = 'CANCEL';
      await account.deleteOne({ account_cookie: 'py' });
      await insertShapes(account, server, [changed]);
      if (!query.includes('orderEvents')) told.push(String((await events.next()).value?.data));
      await events.return();
    }
    expect(told.slice(-5).join()).toMatch(/"lastPrice":4000\D.*"total":"4001"/);

    program.child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await program.finished;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('stored documents hold what cannot be read');
    expect(proxy.seen).toEqual(new Set([OPENLY]));
    expect(told.filter((text) => text.includes(OPENLY)).length).toBeGreaterThan(1);
    expect([...told, stdout, stderr].filter((text) => text.includes(CANARY))).toEqual([]);
  });
});
