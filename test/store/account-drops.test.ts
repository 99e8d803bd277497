import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSqliteAccountDrops } from '../../src/store/sqlite/sqlite-account-drops.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import {
  contentOf,
  type DroppableAccounts,
  describeAccountDrops,
  dropRequest,
  restoreRequest,
  writeDays,
} from './account-drops.contract.ts';
import { key } from './account-store.contract.ts';

const PROCESS = fileURLToPath(new URL('dropping-process.ts', import.meta.url));
const KILLS = process.env.DESKGRAPH_TEST_LONG === '1' ? 40 : 8;
const DAYS = 150;

interface OpenedFile extends DroppableAccounts, AsyncDisposable {}

function openFile(path: string): OpenedFile {
  const accounts = openSqliteAccountStore({ path });
  const drops = openSqliteAccountDrops({ path });
  const close = async (): Promise<void> => {
    await drops.close();
    await accounts.close();
  };
  return { accounts, drops, [Symbol.asyncDispose]: close };
}

describeAccountDrops('SqliteAccountDrops', async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'accounts.sqlite');
  let store = openFile(path);
  return {
    store,
    reopen: async () => {
      await store[Symbol.asyncDispose]();
      store = openFile(path);
      return store;
    },
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
});

/** Everything in the tables that a drop touches, but the records. */
function rowsOf(path: string): Record<string, unknown[]> {
  using database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'account_drop'");
  const rows = (name: unknown) => {
    const statement = database.prepare(`SELECT * FROM "${name}"`);
    statement.setReadBigInts(true);
    return statement.all();
  };
  return Object.fromEntries(tables.all().map(({ name }) => [String(name), rows(name)]));
}

describe('a store of accounts on disk', () => {
  it('is found with all of the accounts or with none and the copy, whenever its process was killed', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    const names = ['a', 'b', 'c'];
    const before: Record<string, object> = {};
    {
      await using file = openFile(path);
      for (const accountCookie of names) await writeDays(file.accounts, DAYS, { accountCookie });
      for (const name of names) before[name] = await contentOf(file.accounts, key(name));
    }
    const found = new Set<string | undefined>();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const child = spawn(process.execPath, [PROCESS, path, ...names], { stdio: ['ignore', 'pipe', 'inherit'] });
      const ended = once(child, 'close');
      // Its first round shows how long a drop takes here; in the second it is killed, each time a little later.
      const moments: number[] = [];
      for await (const line of createInterface({ input: child.stdout })) {
        if (line === 'dropping' || moments.length === 1) moments.push(performance.now());
        if (moments.length === 3) break;
      }
      const [begun = 0, done = 0] = moments;
      await setTimeout((done - begun) * 1.5 * (kill / (KILLS - 1)));
      child.kill('SIGKILL');
      expect(await ended).toEqual([null, 'SIGKILL']);

      await using file = openFile(path);
      const records = await file.drops.records();
      expect(records.filter(({ state }) => state === 'REQUESTED')).toEqual([]);
      const listed = (await file.accounts.listAccounts({ source: 'HISTORY' })).map((each) => each.accountCookie);
      for (const name of names) {
        const content = await contentOf(file.accounts, key(name));
        if (listed.includes(name)) expect(content).toEqual(before[name]);
        else
          expect(await file.drops.restore(restoreRequest(name))).toMatchObject({ kind: 'RESTORED', documents: DAYS });
        expect(await contentOf(file.accounts, key(name))).toEqual(before[name]);
      }
      // What the latest request came to is what it says: a drop takes all three or none.
      const latest = records.at(-1);
      expect(latest?.documents ?? 0).toBe(latest?.state === 'DROPPED' ? 3 * DAYS : 0);
      if (latest?.state === 'UNDONE') expect(listed).toEqual(names);
      found.add(latest?.state);
      await file.drops.trim(Number.MAX_SAFE_INTEGER);
    }
    expect([...found]).toEqual(expect.arrayContaining(['DROPPED', 'UNDONE']));
  }, 180_000);

  it('is as it was when what drops from it cannot write, and goes on afterwards', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    await using file = openFile(path);
    await writeDays(file.accounts, 2);
    const before = rowsOf(path);
    using other = new DatabaseSync(path);
    // The record can be written, the copy cannot.
    other.exec("CREATE TRIGGER full BEFORE INSERT ON dropped_trade BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    const refused = { code: 'UPSTREAM_UNAVAILABLE', message: 'the account store cannot be written' };
    await expect(file.drops.drop(dropRequest(['a']))).rejects.toMatchObject(refused);
    expect(rowsOf(path)).toEqual(before);
    other.exec('DROP TRIGGER full; BEGIN IMMEDIATE');
    await expect(file.drops.drop(dropRequest(['a']))).rejects.toMatchObject(refused);
    expect(rowsOf(path)).toEqual(before);
    other.exec('COMMIT');
    expect(await file.drops.records()).toMatchObject([{ state: 'UNDONE', documents: 0 }]);
    expect(await file.drops.drop(dropRequest(['a']))).toEqual({ dropped: ['a'], documents: 2 });
  });

  it('finds a drop undone of which there is only the record', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    {
      await using file = openFile(path);
      await writeDays(file.accounts, 1);
      using other = new DatabaseSync(path);
      other.exec("INSERT INTO account_drop VALUES (1, 'ann', 5, 'HISTORY', '[\"a\"]', 'REQUESTED', NULL, NULL, 0)");
    }
    await using file = openFile(path);
    expect(await file.drops.records()).toEqual([
      { ...dropRequest(['a'], { requestedAt: 5 }), state: 'UNDONE', dropped: [], documents: 0 },
    ]);
    expect(await file.accounts.listAccounts({ source: 'HISTORY' })).toHaveLength(1);
    expect(await file.drops.restore(restoreRequest('a'))).toEqual({ kind: 'NO_COPY' });
  });

  it('keeps no row of a copy that was given up', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    await using file = openFile(path);
    const empty = rowsOf(path);
    for (const source of ['HISTORY', 'REALTIME'] as const) {
      await writeDays(file.accounts, 2, { source });
      await file.drops.drop(dropRequest(['a'], { source }));
    }
    expect(Object.values(rowsOf(path)).flat().length).toBeGreaterThan(8);
    await file.drops.trim(Number.MAX_SAFE_INTEGER);
    expect(rowsOf(path)).toEqual(empty);
  });

  it('may be closed twice, with what is under way, and refuses afterwards with a code', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    await using file = openFile(path);
    await writeDays(file.accounts, 1);
    const dropping = file.drops.drop(dropRequest(['a']));
    const closing = openSqliteAccountDrops({ path: join(folder.path, 'other.sqlite') });
    await closing.close();
    await closing.close();
    await expect(closing.drop(dropRequest(['a']))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await expect(closing.records()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await file[Symbol.asyncDispose]();
    expect(await dropping).toEqual({ dropped: ['a'], documents: 1 });
  });
});

describe('a store of accounts of version 1', () => {
  it('is brought to the present one with all that it has, and can be dropped from', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    {
      await using file = openFile(path);
      await writeDays(file.accounts, 2);
    }
    const fresh = schemaOf(path);
    {
      using database = new DatabaseSync(path);
      const later = database.prepare(`
        SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE 'dropped_%' OR name = 'account_drop')`);
      for (const { name } of later.all()) database.exec(`DROP TABLE ${name}`);
      database.exec('PRAGMA user_version = 1');
    }
    await using file = openFile(path);
    expect(schemaOf(path)).toEqual(fresh);
    expect(await file.drops.drop(dropRequest(['a']))).toEqual({ dropped: ['a'], documents: 2 });
    expect(await file.drops.restore(restoreRequest('a'))).toMatchObject({ kind: 'RESTORED', documents: 2 });
  });
});

function schemaOf(path: string): unknown {
  using database = new DatabaseSync(path, { readOnly: true });
  const read = (sql: string) => database.prepare(sql).all();
  return [read('PRAGMA user_version'), read('SELECT name, sql FROM sqlite_schema ORDER BY name')];
}
