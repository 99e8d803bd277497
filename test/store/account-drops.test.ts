import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openSqliteAccountDrops, type SqliteAccountDrops } from '../../src/store/sqlite/sqlite-account-drops.ts';
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
import { key, state } from './account-store.contract.ts';
import { expectAllOrNoneAfterKills } from './killed-drops.ts';

const PROCESS = fileURLToPath(new URL('dropping-process.ts', import.meta.url));

interface OpenedFile extends DroppableAccounts, AsyncDisposable {
  readonly drops: SqliteAccountDrops;
}

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

const RECORDS = "('account_drop', 'account_restore')";

/** Everything in the tables that a drop touches, but the records. */
function rowsOf(path: string): Record<string, unknown[]> {
  using database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ${RECORDS}`);
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
    await expectAllOrNoneAfterKills({
      open: () => openFile(path),
      command: [PROCESS, path],
      stored: () => Promise.resolve(rowsOf(path)),
      days: 150,
      span: 1.5,
    });
  }, 600_000);

  it('loses and regains all days of a REALTIME account, and a state without a day', async () => {
    using folder = temporaryFolder();
    await using file = openFile(join(folder.path, 'accounts.sqlite'));
    await writeDays(file.accounts, 3, { source: 'REALTIME' });
    await file.accounts.writeDocuments([state({ tradingDay: null, source: 'REALTIME' })]);
    const before = await contentOf(file.accounts, key('a', 'REALTIME'));
    const outcome = await file.drops.drop(dropRequest(['a'], { source: 'REALTIME' }));
    expect(outcome).toEqual({ dropped: ['a'], documents: 4 });
    const restored = await file.drops.restore(restoreRequest('a', { source: 'REALTIME' }));
    expect(restored).toMatchObject({ kind: 'RESTORED', documents: 4 });
    expect(await contentOf(file.accounts, key('a', 'REALTIME'))).toEqual(before);
  });

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

  it('has on record who brought back what, also after it is opened anew', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    {
      await using file = openFile(path);
      await writeDays(file.accounts, 3);
      await file.drops.drop(dropRequest(['a'], { requestedAt: 5 }));
      await file.drops.restore(restoreRequest('none'));
      await file.drops.restore(restoreRequest('a', { requestedBy: 'bob', requestedAt: 7 }));
      // Refused, and nothing brought back.
      await file.drops.restore(restoreRequest('a', { requestedAt: 8 }));
      await file.drops.drop(dropRequest(['a'], { requestedAt: 9 }));
      await writeDays(file.accounts, 1);
      await file.drops.restore(restoreRequest('a', { requestedBy: 'eve', requestedAt: 11, replace: true }));
      await file.drops.trim(Number.MAX_SAFE_INTEGER);
    }
    await using file = openFile(path);
    expect(await file.drops.restores()).toEqual([
      { ...key('a'), requestedBy: 'bob', requestedAt: 7, droppedAt: 5, documents: 3 },
      { ...key('a'), requestedBy: 'eve', requestedAt: 11, droppedAt: 9, documents: 3 },
    ]);
    expect(await file.drops.records()).toMatchObject([{ requestedAt: 5 }, { requestedAt: 9 }, { requestedBy: 'eve' }]);
  });

  it('has a restore on record exactly when it was done', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    await using file = openFile(path);
    await writeDays(file.accounts, 2);
    await file.drops.drop(dropRequest(['a']));
    const dropped = rowsOf(path);
    using other = new DatabaseSync(path);
    other.exec("CREATE TRIGGER full BEFORE INSERT ON account_restore BEGIN SELECT RAISE(ABORT, 'disk is full'); END");
    await expect(file.drops.restore(restoreRequest('a'))).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(rowsOf(path)).toEqual(dropped);
    other.exec('DROP TRIGGER full');
    expect(await file.drops.restore(restoreRequest('a'))).toMatchObject({ kind: 'RESTORED' });
    expect(await file.drops.restores()).toHaveLength(1);
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

describe('the file of a store of accounts', () => {
  const FILLS = 30_000;

  /** A dropped account of so many fills, far more than a few pages. */
  async function leaveCopy(path: string): Promise<void> {
    await using file = openFile(path);
    await writeDays(file.accounts, 1);
    using database = new DatabaseSync(path);
    database.exec(`
      WITH RECURSIVE steps (step) AS (SELECT 1 UNION ALL SELECT step + 1 FROM steps WHERE step < ${FILLS})
      INSERT INTO trade SELECT source, account_cookie, trading_day, 'fill ' || step, instrument_id, order_id,
        exchange_id, side, "offset", price, volume, commission, traded_at FROM trade CROSS JOIN steps`);
    await file.drops.drop(dropRequest(['a']));
  }

  it('shrinks when copies are given up', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    await leaveCopy(path);
    const full = statSync(path).size;
    await using file = openFile(path);
    await file.drops.trim(Number.MAX_SAFE_INTEGER);
    expect(statSync(path).size).toBeLessThan(full / 2);
    expect(rowsOf(path).dropped_trade).toEqual([]);
  }, 60_000);

  it('lets others write while copies are given up', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    await leaveCopy(path);
    await using file = openFile(path);
    using other = new DatabaseSync(path, { timeout: 5000 });
    const left = other.prepare('SELECT count(*) AS fills FROM dropped_trade');
    let end: 'TRIMMED' | 'FAILED' | undefined;
    const trimming = file.drops.trim(Number.MAX_SAFE_INTEGER).then(
      () => {
        end = 'TRIMMED';
      },
      () => {
        end = 'FAILED';
      },
    );
    const seen = new Set<number>();
    while (end === undefined) {
      const fills = Number(left.get()?.fills);
      if (fills < FILLS && !seen.has(fills)) {
        other.exec("UPDATE account_drop SET requested_by = 'eve'");
        seen.add(fills);
      }
      await nextTurn();
    }
    await trimming;
    expect(end).toBe('TRIMMED');
    const between = [...seen].filter((fills) => fills > 0);
    expect(between.length).toBeGreaterThan(3);
  }, 60_000);

  it('is left with what was not given up yet when it is closed, and gets on with that', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    await leaveCopy(path);
    {
      await using file = openFile(path);
      using other = new DatabaseSync(path);
      const trimming = file.drops.trim(Number.MAX_SAFE_INTEGER);
      const left = other.prepare('SELECT count(*) AS fills FROM dropped_trade');
      while (Number(left.get()?.fills) > FILLS) await nextTurn();
      await file.drops.close();
      await trimming;
      expect(Number(left.get()?.fills)).toBeGreaterThan(0);
    }
    await using file = openFile(path);
    // What is not whole is no copy any more.
    expect(await file.drops.restore(restoreRequest('a'))).toEqual({ kind: 'NO_COPY' });
    await file.drops.trim(Number.MAX_SAFE_INTEGER);
    expect(rowsOf(path).dropped_trade).toEqual([]);
  }, 60_000);

  it('stays as long as it is when it was made before files could shrink, and is used again', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'accounts.sqlite');
    await openFile(path)[Symbol.asyncDispose]();
    {
      using database = new DatabaseSync(path);
      database.exec('PRAGMA auto_vacuum = NONE; VACUUM');
    }
    await leaveCopy(path);
    const full = statSync(path).size;
    {
      await using file = openFile(path);
      await file.drops.trim(Number.MAX_SAFE_INTEGER);
    }
    expect(statSync(path).size).toBe(full);
    await leaveCopy(path);
    expect(statSync(path).size).toBeLessThan(full * 1.2);
  }, 60_000);
});

describe.each([
  ['1', "name LIKE 'dropped_%' OR name IN ('account_drop', 'account_restore')"],
  ['2', "name = 'account_restore'"],
])('a store of accounts of version %s', (version, isLater) => {
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
      const later = database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND (${isLater})`);
      for (const { name } of later.all()) database.exec(`DROP TABLE ${name}`);
      database.exec(`PRAGMA user_version = ${version}`);
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
