import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExecution } from '../../src/execution/execution.ts';
import { createAccountLoaders } from '../../src/loaders/accounts.ts';
import { accountStorePath } from '../../src/store/sqlite/paths.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { Feed } from '../execution/feed.ts';
import { serveDesk } from '../server/served-desk.ts';
import { state } from '../store/account-store.contract.ts';
import { startDeskgraph } from '../support/deskgraph.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MARKS = 900_000;
/** At least so many turns of the event loop go by until all of them are read. */
const TURNS = MARKS / 2000;
const QUIET_TURNS = 20;

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let other: DatabaseSync;

/** A store with an account of so many marks, and a connection that tells whether somebody reads a list from it. */
beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder.path, 'data'));
  path = accountStorePath(join(folder.path, 'data'));
  const store = openSqliteAccountStore({ path });
  await store.writeDocuments([state({ accountCookie: 'ticks', source: 'REALTIME', balance: null })]);
  store.close();
  other = new DatabaseSync(path, { timeout: 0 });
  other.exec(`
    WITH RECURSIVE steps (step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM steps WHERE step < ${MARKS})
    INSERT INTO equity_mark SELECT 'REALTIME', 'ticks', step, 1 FROM steps`);
});
afterEach(() => {
  other.close();
  folder[Symbol.dispose]();
});

/** What is written now can be written back only when nobody reads as of an earlier moment. */
function isBeingRead(): boolean {
  other.exec("UPDATE account SET portfolio = portfolio || '.' WHERE account_cookie = 'ticks'");
  return other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy === 1;
}

async function untilRead(): Promise<void> {
  while (!isBeingRead()) await nextTurn();
}

/** Turns of the event loop until nobody has read for a while: a list that turns out to be long is begun twice. */
async function turnsUntilUnread(): Promise<number> {
  let turns = 0;
  for (let quiet = 0; quiet < QUIET_TURNS; turns += 1) {
    await nextTurn();
    quiet = isBeingRead() ? 0 : quiet + 1;
  }
  return turns;
}

describe('a long read', () => {
  const QUERY = '{ account(accountCookie: "ticks", source: REALTIME) { intradayEquity { at } } }';

  it.each(['HTTP', 'WebSocket'])('ends when the client has gone that asked for it over %s', async (transport) => {
    const desk = await startDeskgraph({ folder: folder.path });
    try {
      let leave: () => void;
      if (transport === 'HTTP') {
        const client = new AbortController();
        const request = { method: 'POST', headers: { 'content-type': 'application/json' }, signal: client.signal };
        const asked = fetch(`${desk.url}/graphql`, { ...request, body: JSON.stringify({ query: QUERY }) });
        leave = () => client.abort();
        asked.catch(() => {}); // it is gone
      } else {
        const socket = await connectSocket(Number(new URL(desk.url).port));
        socket.subscribe('1', QUERY);
        leave = () => socket.webSocket.terminate();
      }
      await untilRead();
      leave();
      expect(await turnsUntilUnread()).toBeLessThan(TURNS / 4);
      expect(desk.complaints).toEqual([]);
      const small =
        '{ account(accountCookie: "ticks", source: REALTIME) { intradayEquity(end: "1970-01-01T00:00:00.002Z") { at } } }';
      expect((await desk.ask(small)).data.account.intradayEquity).toHaveLength(2);
    } finally {
      await desk.close();
    }
  });

  it('for an event that several clients share ends when the last of them has gone, and not before', async () => {
    const store = openSqliteAccountStore({ path });
    const feed = new Feed<number>();
    const marks = {
      type: GraphQLInt,
      extensions: { delivery: { kind: 'CONFLATED', keyOf: String } },
      subscribe: () => feed.subscribe(),
      resolve: async (
        most: number,
        _args: object,
        { accounts }: { accounts: ReturnType<typeof createAccountLoaders> },
      ) => (await accounts.equityMarks.load({ source: 'REALTIME', accountCookie: 'ticks', end: most })).length,
    };
    const query = new GraphQLObjectType({ name: 'Query', fields: { one: { type: GraphQLInt } } });
    const subscription = new GraphQLObjectType({ name: 'Subscription', fields: { marks } });
    const desk = await serveDesk(
      {},
      {
        execution: createExecution({ schema: new GraphQLSchema({ query, subscription }) }),
        contextOf: ({ viewer, signal }) => ({ accounts: createAccountLoaders(store, viewer, { signal }) }),
      },
    );
    try {
      const [first, last] = [await connectSocket(desk.port), await connectSocket(desk.port)];
      for (const socket of [first, last]) socket.subscribe('1', 'subscription { marks }');
      await Promise.all([first.rest(), last.rest()]);
      await feed.untilAwaited();
      expect(feed.opened).toBe(1);

      feed.publish(200_000);
      await untilRead();
      first.webSocket.terminate();
      expect(await last.next('1')).toMatchObject({ payload: { data: { marks: 200_000 } } });

      await feed.untilAwaited();
      feed.publish(MARKS);
      await untilRead();
      last.webSocket.terminate();
      expect(await turnsUntilUnread()).toBeLessThan(TURNS / 4);
      expect(desk.faults).toEqual([]);
    } finally {
      await desk.close();
      store.close();
    }
  });
});
