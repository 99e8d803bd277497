import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRestoreArguments } from '../../src/cli/restore-account.ts';
import { lockDataFolder } from '../../src/store/sqlite/folder-lock.ts';
import { accountStorePath } from '../../src/store/sqlite/paths.ts';
import { openSqliteAccountDrops } from '../../src/store/sqlite/sqlite-account-drops.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { dropRequest, writeDays } from '../store/account-drops.contract.ts';
import { TEST_NOW } from '../support/deskgraph.ts';
import { type Finished, runProgram } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('parseRestoreArguments', () => {
  it('takes a name, HISTORY by default', () => {
    const asked = { accountCookie: 'desk', source: 'HISTORY', replace: false };
    expect(parseRestoreArguments(['desk'])).toEqual(asked);
    expect(parseRestoreArguments(['--source', 'realtime', 'desk'])).toEqual({ ...asked, source: 'REALTIME' });
    expect(parseRestoreArguments(['desk', '--replace'])).toEqual({ ...asked, replace: true });
    expect(parseRestoreArguments(['--', '--replace'])).toEqual({ ...asked, accountCookie: '--replace' });
    expect(parseRestoreArguments([''])).toEqual({ ...asked, accountCookie: '' });
  });

  it.each([
    [[], 'received restore-account ""'],
    [['a', 'b'], 'received restore-account "a b"'],
    [['a', '--source', 'REALTIME'], 'received --source "REALTIME"'],
    [['a', '--source', 'constructor'], 'received --source "constructor"'],
    [['a', '--source'], '--source'],
    [['a', '--force'], '--force'],
  ])('says what is wrong with %j', (args, received) => {
    const problem = parseRestoreArguments(args);
    expect(problem).toContain(received);
    expect(problem).toContain('wanted restore-account NAME [--source history|realtime] [--replace]');
  });
});

describe('deskgraph restore-account', () => {
  const restore = (cwd: string, ...args: string[]): Promise<Finished> =>
    runProgram(['restore-account', ...args], { cwd, environment: { DESKGRAPH_DATA: 'data' } }).finished;

  /** A data folder with two days of the account `desk`, dropped, and as many days of it again as are asked for. */
  async function leave(folder: string, daysAgain = 0): Promise<string> {
    const dataFolder = join(folder, 'data');
    mkdirSync(dataFolder);
    const path = accountStorePath(dataFolder);
    const accounts = openSqliteAccountStore({ path });
    const drops = openSqliteAccountDrops({ path });
    await writeDays(accounts, 2, { accountCookie: 'desk' });
    await drops.drop(dropRequest(['desk'], { requestedAt: TEST_NOW }));
    await writeDays(accounts, daysAgain, { accountCookie: 'desk' });
    await drops.close();
    await accounts.close();
    return dataFolder;
  }

  async function daysOf(dataFolder: string): Promise<number> {
    const accounts = openSqliteAccountStore({ path: accountStorePath(dataFolder) });
    const [rows] = await accounts.equityRows([{ source: 'HISTORY', accountCookie: 'desk' }]);
    await accounts.close();
    return rows?.length ?? 0;
  }

  it('brings back what was dropped from the simulated data, where there is no other', async () => {
    using folder = temporaryFolder();
    const dataFolder = await leave(folder.path);
    renameSync(dataFolder, join(folder.path, 'demo'));
    mkdirSync(dataFolder);
    renameSync(join(folder.path, 'demo'), join(dataFolder, 'demo'));
    expect((await restore(folder.path, 'desk')).exitCode).toBe(0);
    expect(await daysOf(join(dataFolder, 'demo'))).toBe(2);
    expect(existsSync(accountStorePath(dataFolder))).toBe(false);
  });

  it('brings back what was dropped', async () => {
    using folder = temporaryFolder();
    const dataFolder = await leave(folder.path);
    const { exitCode, stdout, stderr } = await restore(folder.path, 'desk');
    expect(stderr).toBe('');
    expect(stdout).toBe(
      '2 documents of the account "desk" (history) brought back, as dropped at 2026-11-20T04:00:00.000Z\n',
    );
    expect(exitCode).toBe(0);
    expect(await daysOf(dataFolder)).toBe(2);
    const drops = openSqliteAccountDrops({ path: accountStorePath(dataFolder) });
    expect(await drops.restores()).toMatchObject([
      { accountCookie: 'desk', source: 'HISTORY', requestedBy: 'restore-account', droppedAt: TEST_NOW, documents: 2 },
    ]);
    await drops.close();
  });

  it('leaves alone what has documents again, until it is told to replace it', async () => {
    using folder = temporaryFolder();
    const dataFolder = await leave(folder.path, 1);
    const refused = await restore(folder.path, 'desk');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toBe(
      'deskgraph: the account "desk" (history) has 1 document again; --replace drops them and brings the copy back\n',
    );
    expect(await daysOf(dataFolder)).toBe(1);
    expect((await restore(folder.path, 'desk', '--replace')).exitCode).toBe(0);
    expect(await daysOf(dataFolder)).toBe(2);
  });

  it('says that there is no copy, and makes no store to say it', async () => {
    using folder = temporaryFolder();
    const { exitCode, stderr } = await restore(folder.path, 'desk', '--source', 'realtime');
    expect(exitCode).toBe(1);
    expect(stderr).toBe('deskgraph: there is no copy of the account "desk" (realtime)\n');
    expect(existsSync(join(folder.path, 'data'))).toBe(false);
    await leave(folder.path);
    expect(await restore(folder.path, 'other')).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it('refuses while a server has the data folder', async () => {
    using folder = temporaryFolder();
    const dataFolder = await leave(folder.path);
    {
      using _server = lockDataFolder(dataFolder);
      const { exitCode, stderr } = await restore(folder.path, 'desk');
      expect(exitCode).toBe(1);
      expect(stderr).toBe(`deskgraph failed: the data folder ${dataFolder} is in use by another server\n`);
    }
    expect(await daysOf(dataFolder)).toBe(0);
  });

  it('answers wrong arguments with 2', async () => {
    using folder = temporaryFolder();
    const { exitCode, stderr } = await restore(folder.path);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('wanted restore-account NAME');
  });
});
