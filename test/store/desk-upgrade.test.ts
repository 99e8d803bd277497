import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { deskStorePath } from '../../src/store/sqlite/paths.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { event } from './order-event-store.contract.ts';
import { submission } from './order-submission-store.contract.ts';
import { run } from './run-store.contract.ts';

/** What version 1 had for orders; its table of runs is the present one. */
const ORDER_TABLES_1 = `
CREATE TABLE order_stream (
  account_cookie TEXT NOT NULL PRIMARY KEY,
  epoch TEXT NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE order_event (
  account_cookie TEXT NOT NULL,
  seq INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  order_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  order_content TEXT NOT NULL,
  fill_content TEXT,
  is_latest INTEGER NOT NULL,
  is_finished INTEGER NOT NULL,
  PRIMARY KEY (account_cookie, seq),
  UNIQUE (account_cookie, event_id)
);
CREATE UNIQUE INDEX latest_event_of_order ON order_event (account_cookie, order_id) WHERE is_latest = 1;
CREATE INDEX latest_events ON order_event (account_cookie, is_finished, at) WHERE is_latest = 1;
`;

const open = (path: string) => openDeskStore({ path, newEpoch: () => 'new' });

/** Makes a file of version 1 that holds a run. */
async function writeVersion1(path: string): Promise<void> {
  const desk = open(path);
  await desk.runs.insert(run(), null);
  desk.close();
  change(
    path,
    `DROP TABLE order_stream; DROP TABLE order_event; DROP TABLE order_fill; DROP TABLE order_submission;
    DROP TABLE account_comparison; DROP TABLE contract; DROP TABLE contract_list;
    ${ORDER_TABLES_1} PRAGMA user_version = 1`,
  );
}

function change(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

/** Everything that a file holds: its tables, and its rows of runs. */
function contentOf(path: string): unknown {
  const database = new DatabaseSync(path, { readOnly: true });
  const read = (sql: string) => database.prepare(sql).all();
  const content = ['PRAGMA user_version', 'SELECT sql FROM sqlite_schema ORDER BY name', 'SELECT * FROM run'].map(read);
  database.close();
  return content;
}

it('a desk store of version 1 is brought to the present one with its runs', async () => {
  using folder = temporaryFolder();
  using fresh = temporaryFolder();
  const path = deskStorePath(folder.path);
  await writeVersion1(path);
  for (const eventId of ['a', 'b']) {
    const desk = open(path);
    expect(await desk.runs.run('run-1')).toEqual(run());
    expect(await desk.orderEvents.append('desk', [event({ eventId })])).toHaveLength(1);
    expect(await desk.orderEvents.bounds('desk')).toMatchObject({ epoch: 'new' });
    await desk.orderSubmissions.submit(submission(eventId));
    desk.close();
  }
  const present = deskStorePath(fresh.path);
  const desk = open(present);
  await desk.runs.insert(run(), null);
  desk.close();
  expect(contentOf(path)).toEqual(contentOf(present));
});

it('a desk store of version 2 is brought to the present one with its runs and orders', async () => {
  using folder = temporaryFolder();
  using fresh = temporaryFolder();
  const path = deskStorePath(folder.path);
  const write = async (at: string) => {
    const desk = open(at);
    await desk.runs.insert(run(), null);
    await desk.orderEvents.append('desk', [event()]);
    desk.close();
  };
  await write(path);
  change(path, 'DROP TABLE contract; DROP TABLE contract_list; PRAGMA user_version = 2');
  const desk = open(path);
  expect(await desk.orderEvents.read('desk', 0, 10)).toEqual([{ ...event(), seq: 1 }]);
  expect(await desk.contracts.contracts({ venue: 'okx', gateway: 'okx' })).toBeUndefined();
  desk.close();
  await write(deskStorePath(fresh.path));
  expect(contentOf(path)).toEqual(contentOf(deskStorePath(fresh.path)));
});

it.each([
  ['order events', "INSERT INTO order_event VALUES ('desk', 1, 'e', 'o', 'UPDATED', 1, '{}', NULL, 1, 0)"],
  ['a stream of order events', "INSERT INTO order_stream VALUES ('desk', 'old', 2, 1)"],
])('a desk store of version 1 with %s is refused and left as it is', async (_what, insert) => {
  using folder = temporaryFolder();
  const path = deskStorePath(folder.path);
  await writeVersion1(path);
  change(path, insert);
  const before = contentOf(path);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    expect(() => open(path)).toThrow('it has version 1 and order events, which cannot be read any more');
  }
  expect(contentOf(path)).toEqual(before);
});

it.each([0, 4, 99])('a desk store of version %i is refused and left as it is', async (version) => {
  using folder = temporaryFolder();
  const path = deskStorePath(folder.path);
  open(path).close();
  change(path, `PRAGMA user_version = ${version}`);
  const before = contentOf(path);
  expect(() => open(path)).toThrow(`it has version ${version}, wanted 3`);
  expect(contentOf(path)).toEqual(before);
});
