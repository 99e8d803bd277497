import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import { CodedError } from '../../src/domain/errors.ts';
import type { AccountKey } from '../../src/store/accounts.ts';
import { openSqliteAccountStore, type SqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { TABLES_VERSION } from '../../src/store/sqlite/tables.ts';
import { day } from '../support/bars.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { decoded, pythonDocument, pythonTrade } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeAccountStore, key, state } from './account-store.contract.ts';

/** Waits a hundredth of what it is told to. */
const QUICK_CLOCK = { ...SYSTEM_CLOCK, after: (ms: number, task: () => void) => SYSTEM_CLOCK.after(ms / 100, task) };

describeAccountStore('SqliteAccountStore', async () => {
  const folder = temporaryFolder();
  const store = openSqliteAccountStore({ path: join(folder.path, 'accounts.sqlite'), clock: QUICK_CLOCK });
  return {
    store,
    [Symbol.asyncDispose]: async () => {
      store.close();
      folder[Symbol.dispose]();
    },
  };
});

describe('openSqliteAccountStore', () => {
  it('finds everything again when it is opened anew', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    const first = openSqliteAccountStore({ path });
    await first.writeDocuments([state({ balance: 7 }), state({ source: 'REALTIME', updatedAt: 5 })]);
    first.close();
    const second = openSqliteAccountStore({ path });
    expect((await second.latestSnapshots([key('a')]))[0]?.balance).toBe(7);
    expect((await second.equityMarks([key('a', 'REALTIME')]))[0]).toHaveLength(1);
    second.close();
  });

  it('may be closed twice, and refuses reads afterwards with a code', async () => {
    using folder = temporaryFolder();
    const store = openSqliteAccountStore({ path: join(folder.path, 'accounts.sqlite') });
    store.close();
    store.close();
    await expect(store.trades([key('a')])).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(store.listAccounts({ source: 'HISTORY' })).rejects.toBeInstanceOf(CodedError);
    await expect(store.check(AbortSignal.abort())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('refuses a file that is no database, and leaves it as it is', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    writeFileSync(path, 'these are no tables '.repeat(100));
    expect(() => openSqliteAccountStore({ path })).toThrow(
      `cannot open the account store ${path}: file is not a database`,
    );
    expect(readFileSync(path, 'utf8')).toBe('these are no tables '.repeat(100));
  });

  it('refuses a store of another version and the database of another program, and leaves both as they are', () => {
    using folder = temporaryFolder();
    for (const [name, version] of Object.entries({ older: 0, newer: TABLES_VERSION + 1 })) {
      const path = join(folder.path, name);
      const database = new DatabaseSync(path);
      database.exec(`CREATE TABLE notes (text); PRAGMA user_version = ${version}`);
      database.close();
      const before = readFileSync(path);
      expect(() => openSqliteAccountStore({ path })).toThrow(`it has version ${version}, wanted ${TABLES_VERSION}`);
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  it('says path and reason when there is no place for a file', () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'file'), '');
    mkdirSync(join(folder.path, 'folder'));
    for (const name of ['file/accounts.sqlite', 'none/accounts.sqlite', 'folder']) {
      const path = join(folder.path, name);
      expect(() => openSqliteAccountStore({ path })).toThrow(`cannot open the account store ${path}: unable to open`);
    }
  });

  it('leaves nothing of a batch that fails in the middle, and goes on', async () => {
    using folder = temporaryFolder();
    const store = openSqliteAccountStore({ path: join(folder.path, 'accounts.sqlite') });
    await store.writeDocuments([state({ accountCookie: 'before' })]);
    const broken = { ...state({ accountCookie: 'broken' }), trades: [{}] };
    const batch = [state({ accountCookie: 'good', source: 'REALTIME', updatedAt: 1 }), broken];
    await expect(store.writeDocuments(batch as never)).rejects.toThrow(); // no document of the type can fail
    expect(await store.listAccounts({ source: 'REALTIME' })).toEqual([]);
    expect(await store.equityMarks([key('good', 'REALTIME')])).toEqual([[]]);
    await store.writeDocuments([state({ accountCookie: 'after' })]);
    const names = (await store.listAccounts({ source: 'HISTORY' })).map(({ accountCookie }) => accountCookie);
    expect(names).toEqual(['after', 'before']);
    store.close();
  });

  it('lets one connection read while another writes, and read what was written', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    const reader = openSqliteAccountStore({ path });
    const writer = openSqliteAccountStore({ path });
    await writer.writeDocuments([state({ balance: 1 })]);
    expect((await reader.latestSnapshots([key('a')]))[0]?.balance).toBe(1);

    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE; UPDATE account_day SET balance = 2 WHERE account_cookie = 'a'");
    expect((await reader.latestSnapshots([key('a')]))[0]?.balance).toBe(1);
    other.exec('COMMIT');
    expect((await reader.latestSnapshots([key('a')]))[0]?.balance).toBe(2);
    for (const each of [reader, writer, other]) each.close();
  });

  describe('watched for changes', () => {
    let folder: ReturnType<typeof temporaryFolder>;
    let clock: ManualClock;
    let store: SqliteAccountStore;
    let other: SqliteAccountStore;
    let told: number;
    beforeEach(async () => {
      folder = temporaryFolder();
      clock = new ManualClock();
      const path = join(folder.path, 'accounts.sqlite');
      store = openSqliteAccountStore({ path, clock });
      other = openSqliteAccountStore({ path });
      await other.writeDocuments([state()]);
      told = 0;
    });
    afterEach(() => {
      for (const each of [store, other]) each.close();
      folder[Symbol.dispose]();
    });
    const watch = (): Disposable =>
      store.changes(() => {
        told += 1;
      });

    it('tells within a second what another connection wrote, and nothing while nobody writes', async () => {
      using _ = watch();
      clock.advance(60_000);
      expect(told).toBe(0);
      await other.writeDocuments([state({ balance: 1 })]);
      await other.writeDocuments([state({ balance: 2 })]);
      clock.advance(1000);
      expect(told).toBe(1);
      clock.advance(60_000);
      expect(told).toBe(1);
      await store.writeDocuments([state({ balance: 3 })]);
      clock.advance(1000);
      expect(told).toBe(2);
    });

    it('tells what was written during a long read once that has ended', async () => {
      using _ = watch();
      const reading = store.latestDocuments(Array.from({ length: 1000 }, (_, at) => key(`a${at}`)));
      await nextTurn();
      await other.writeDocuments([state({ balance: 1 })]);
      await reading;
      clock.advance(1000);
      expect(told).toBe(1);
    });

    it('looks at nothing when nobody wants to know any more, or it is closed', () => {
      const [one, another] = [watch(), watch()];
      one[Symbol.dispose]();
      expect(clock.pending).toBe(1);
      another[Symbol.dispose]();
      expect(clock.pending).toBe(0);
      watch();
      store.close();
      expect(clock.pending).toBe(0);
    });
  });

  describe('with long lists', () => {
    const ROWS = 20_000;
    let folder: ReturnType<typeof temporaryFolder>;
    let store: SqliteAccountStore;
    let other: DatabaseSync;
    beforeEach(async () => {
      folder = temporaryFolder();
      const path = join(folder.path, 'accounts.sqlite');
      store = openSqliteAccountStore({ path });
      const { trades, orders } = decoded(pythonDocument());
      await store.writeDocuments([{ ...state({ source: 'REALTIME', updatedAt: 0, balance: 1 }), trades, orders }]);
      other = new DatabaseSync(path);
      for (const [table, column] of Object.entries({
        account_day: 'trading_day',
        equity_mark: 'at',
        trade: 'trading_day',
        account_order: 'trading_day',
      })) {
        repeatFirstRow(other, { table, column, rows: ROWS });
      }
    });
    afterEach(() => {
      store.close();
      other.close();
      folder[Symbol.dispose]();
    });

    const asked = [key('a', 'REALTIME')];
    it.each<[string, (keys: readonly AccountKey[]) => Promise<readonly (readonly unknown[])[]>]>([
      ['equityRows', (keys) => store.equityRows(keys)],
      ['equityMarks', (keys) => store.equityMarks(keys)],
      ['trades', (keys) => store.trades(keys)],
      ['orders', (keys) => store.orders(keys)],
    ])('lets the event loop turn in between, for %s', async (_name, read) => {
      const turns = await turnsDuring(async () => expect(await read(asked)).toHaveLength(1));
      expect(turns).toBeGreaterThanOrEqual(ROWS / 2000);
    });

    it('gives many readers together no longer turns than one', async () => {
      const turns = await turnsDuring(() => Promise.all(Array.from({ length: 5 }, () => store.equityMarks(asked))));
      expect(turns).toBeGreaterThanOrEqual((5 * ROWS) / 2000);
    });

    it('lets the event loop turn in between a thousand accounts', async () => {
      const keys = Array.from({ length: 1000 }, (_, at) => ({ ...key(`account-${at}`), tradingDay: at }));
      expect(await turnsDuring(() => store.latestSnapshots(keys))).toBeGreaterThanOrEqual(4);
      expect(await turnsDuring(() => store.snapshotsOfDay(keys))).toBeGreaterThanOrEqual(4);
    });

    it.each([
      ['short', { end: 4999 }, 5000],
      ['long', {}, ROWS],
    ])(
      'answers all of an account as of one moment, whatever is written meanwhile, in a %s list',
      async (_name, range, rows) => {
        // The first and the last mark are always written together.
        const write = other.prepare('UPDATE equity_mark SET balance = ? WHERE at IN (0, 4999, ?)');
        let writes = 1;
        let next = setImmediate(function writeAgain() {
          write.run(++writes, ROWS - 1);
          next = setImmediate(writeAgain);
        });
        const [marks = []] = await store.equityMarks([{ ...key('a', 'REALTIME'), ...range }]);
        clearImmediate(next);
        expect(writes).toBeGreaterThan(2);
        expect(marks).toHaveLength(rows);
        expect(marks.at(-1)?.balance).toBe(marks[0]?.balance);
        const [after = []] = await store.equityMarks([{ ...key('a', 'REALTIME'), ...range }]);
        expect(after[0]?.balance).toBe(writes);
      },
    );

    it('makes the daily series of states and marks of one moment', async () => {
      const before = store.equityRows(asked);
      for (let turn = 0; turn < 8; turn += 1) await nextTurn(); // by now it is known to be long
      other.exec('DELETE FROM account_day; DELETE FROM equity_mark');
      const [after, then] = [await store.equityRows(asked), await before];
      expect(then[0]).toHaveLength(ROWS + 1); // all marks are of one day, which has no state
      expect(after).toEqual([[]]);
    });

    it('answers states and short lists while a long one is being read', async () => {
      await store.writeDocuments([state({ accountCookie: 'small', trades: [pythonTrade()] })]);
      let isRead = false;
      const long = store.equityMarks(asked).then(() => {
        isRead = true;
      });
      const small = key('small');
      const tradingDay = day('2020-01-16');
      for (const read of [
        () => store.latestSnapshots([small]),
        () => store.snapshotsOfDay([{ ...small, tradingDay }]),
        () => store.equityRows([small]),
        () => store.trades([small]),
        () => store.latestDocuments([small]),
        () => store.listAccounts({ source: 'HISTORY' }),
      ]) {
        expect(await turnsDuring(read)).toBeLessThanOrEqual(4);
        expect(isRead).toBe(false);
      }
      await long;
    });

    it('lets long lists take turns, so that the shorter one does not wait for the longer one', async () => {
      other.exec(`
        WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < ${5 * ROWS} - 1)
        INSERT INTO equity_mark SELECT 'REALTIME', 'b', step, 1 FROM steps`);
      const ended: string[] = [];
      const read = (name: string): Promise<unknown> =>
        store.equityMarks([key(name, 'REALTIME')]).then(() => ended.push(name));
      await Promise.all([read('b'), read('a')]);
      expect(ended).toEqual(['a', 'b']);
    });

    it('says that there are too many marks before it has read any', async () => {
      const refused = async (): Promise<void> => {
        await expect(store.equityMarks(asked, { most: ROWS - 1 })).rejects.toMatchObject({ code: 'COST_LIMIT' });
      };
      expect(await turnsDuring(refused)).toBeLessThanOrEqual(3);
      expect((await store.equityMarks(asked, { most: ROWS }))[0]).toHaveLength(ROWS);
    });

    it('stops reading a million rows when nobody waits for them any more', async () => {
      other.exec(`
        WITH RECURSIVE steps (step) AS (SELECT 0 UNION ALL SELECT step + 1 FROM steps WHERE step < 999999)
        INSERT INTO equity_mark SELECT 'REALTIME', 'b', step, 1 FROM steps`);
      const client = new AbortController();
      const read = store.equityMarks([key('b', 'REALTIME')], { signal: client.signal });
      for (let turn = 0; turn < 40; turn += 1) await nextTurn(); // of five hundred
      client.abort();
      const refused = async (): Promise<void> => {
        await expect(read).rejects.toMatchObject({ code: 'OVERLOADED' });
      };
      expect(await turnsDuring(refused)).toBeLessThanOrEqual(2);
      // A read that still held its moment would keep the log from being written back.
      expect(other.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()).toMatchObject({ busy: 0 });
      expect((await store.equityMarks(asked))[0]).toHaveLength(ROWS);
    });

    it('may be closed in the middle of reads, which end with a code', async () => {
      const reads = [store.equityMarks(asked), store.trades(asked), store.orders(asked), store.equityRows(asked)];
      const ends = Promise.allSettled(reads);
      await nextTurn();
      store.close();
      for (const end of await ends) {
        expect(end).toMatchObject({ status: 'rejected', reason: { code: 'UPSTREAM_UNAVAILABLE' } });
      }
    });

    it('goes on after a row that cannot be read, and sees what was written since', async () => {
      other.exec(
        "UPDATE account_order SET content = '{' WHERE trading_day = (SELECT max(trading_day) FROM account_order)",
      );
      await expect(store.orders(asked)).rejects.toThrow('JSON');
      other.exec('DELETE FROM account_order');
      expect(await store.orders(asked)).toEqual([[]]);
    });
  });
});

/** Fills the table until it has so many rows, which differ in one number. */
function repeatFirstRow(database: DatabaseSync, to: { table: string; column: string; rows: number }): void {
  const columns = database
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(to.table)
    .map(({ name }) => (name === to.column ? `${to.column} + step` : `"${name}"`));
  database.exec(`
    WITH RECURSIVE steps (step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM steps WHERE step < ${to.rows} - 1)
    INSERT INTO ${to.table} SELECT ${columns.join(', ')} FROM ${to.table} CROSS JOIN steps`);
}

/** How often the event loop went round while `read` was under way. */
async function turnsDuring(read: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function count() {
    turns++;
    next = setImmediate(count);
  });
  await read();
  clearImmediate(next);
  return turns;
}
