import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { TABLES_VERSION } from '../../src/store/sqlite/tables.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { describeAccountStore, key, state } from './account-store.contract.ts';

describeAccountStore('SqliteAccountStore', () => {
  const folder = temporaryFolder();
  const store = openSqliteAccountStore({ path: join(folder.path, 'accounts.sqlite') });
  return {
    store,
    [Symbol.dispose]: () => {
      store.close();
      folder[Symbol.dispose]();
    },
  };
});

describe('openSqliteAccountStore', () => {
  afterEach(() => vi.restoreAllMocks());

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

  it('asks as many questions for a thousand keys as for one', async () => {
    using folder = temporaryFolder();
    const store = openSqliteAccountStore({ path: join(folder.path, 'accounts.sqlite') });
    await store.writeDocuments([state()]);
    const questions = vi.spyOn(StatementSync.prototype, 'all');
    const keys = Array.from({ length: 1000 }, (_, at) => ({ ...key(`account-${at}`), tradingDay: at }));
    const readers: (() => Promise<readonly unknown[]>)[] = [
      () => store.latestSnapshots(keys),
      () => store.snapshotsOfDay(keys),
      () => store.equityRows(keys),
      () => store.equityMarks(keys),
      () => store.trades(keys),
      () => store.orders(keys),
    ];
    for (const read of readers) {
      questions.mockClear();
      expect(await read()).toHaveLength(1000);
      expect(questions).toHaveBeenCalledTimes(1);
    }
    store.close();
  });
});
