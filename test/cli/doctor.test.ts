import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { INSTALLATION_CHECKS } from '../../src/cli/doctor/installation-checks.ts';
import { parseDoctorArguments } from '../../src/cli/doctor.ts';
import { type Finished, runProgram } from '../support/process.ts';
import { pythonDocument, qatraderDocument } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Examined extends Finished {
  /** Those that begin with the words. */
  lines(start: string): string[];
}

async function examine(
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Examined> {
  const finished = await runProgram(['doctor', ...args], { cwd, environment }).finished;
  const all = finished.stdout.split('\n');
  return { ...finished, lines: (start) => all.filter((line) => line.startsWith(start)) };
}

describe('parseDoctorArguments', () => {
  it('takes --json and nothing else', () => {
    expect(parseDoctorArguments([])).toEqual({ isJson: false });
    expect(parseDoctorArguments(['--json'])).toEqual({ isJson: true });
    for (const args of [['now'], ['--fix'], ['--json=1']]) {
      expect(parseDoctorArguments(args)).toContain('wanted doctor [--json]');
    }
  });
});

describe('the check of Node', () => {
  it.each([
    ['24.0.0', 'ok'],
    ['26.1.2', 'ok'],
    ['22.18.0', 'fault'],
  ])('takes %s for %s', async (nodeVersion, mark) => {
    const check = INSTALLATION_CHECKS.find(({ name }) => name === 'node');
    const found = await check?.look({ nodeVersion, config: undefined, problems: [], today: 20_000 });
    expect(found).toMatchObject([{ mark }]);
  });
});

describe('deskgraph doctor', () => {
  it('finds no fault where nothing was done yet, and makes nothing', async () => {
    using folder = temporaryFolder();
    const { exitCode, stderr, stdout } = await examine(folder.path);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^ok {5}node: 24\./);
    expect(stdout).toContain(`ok     data folder: ${join(folder.path, '.deskgraph')} is made at the first start\n`);
    expect(stdout).toContain('ok     account store: none yet: simulated data is served\n');
    // Calendars are worth a note when they end soon, which depends on the day.
    expect(stdout).toMatch(/\n0 faults, \d notes?\n$/);
    expect(readdirSync(folder.path)).toEqual([]);
  });

  it('names every problem of the configuration, and no secret', async () => {
    using folder = temporaryFolder();
    const environment = { PORT: 'eighty', MONGO_URL: 'mongodb://carla:hunter2@', JWT_SECRET: 'hunter2' };
    const { exitCode, stdout, lines } = await examine(folder.path, environment);
    expect(exitCode).toBe(1);
    expect(lines('fault')).toEqual([
      'fault  configuration: PORT: received "eighty", wanted a port from 0 to 65535 (0: any free one)',
      'fault  configuration: MONGO_URL: received (hidden), wanted an address like mongodb://host:27017',
      'fault  configuration: JWT_SECRET: received (hidden), wanted at least 32 characters',
      'fault  configuration: JWT_SECRET: access control is not available yet',
    ]);
    expect(stdout).toMatch(/\n4 faults, 0 notes\n$/);
    expect(stdout).not.toMatch(/carla|hunter2/);
  });

  it('prints the same as JSON', async () => {
    using folder = temporaryFolder();
    const text = await examine(folder.path, { PORT: 'eighty' });
    const json = await examine(folder.path, { PORT: 'eighty' }, ['--json']);
    expect(json.exitCode).toBe(text.exitCode);
    const report: { faults: number; notes: number; findings: { check: string; mark: string; text: string }[] } =
      JSON.parse(json.stdout);
    const lines = report.findings.map((each) => `${each.mark.padEnd(5)}  ${each.check}: ${each.text}`);
    expect([...lines, `${report.faults} fault, ${report.notes} notes`, '']).toEqual(text.stdout.split('\n'));
  });

  it('refuses other arguments with exit code 2', async () => {
    using folder = temporaryFolder();
    const { exitCode, stdout, stderr } = await examine(folder.path, {}, ['--fix']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('wanted doctor [--json]');
  });

  it('says that the data folder is in use while a server runs, and starts nothing', async () => {
    using folder = temporaryFolder();
    const environment = { DEMO: '0' };
    const program = runProgram([], { cwd: folder.path, environment: { ...environment, PORT: '0' } });
    await program.waitFor(/listening/);
    const running = await examine(folder.path, environment);
    expect(running.exitCode).toBe(0);
    expect(running.stdout).toMatch(/ok {5}data folder: .*, writable, in use by a running server\n/);
    expect(running.stdout).toMatch(/ok {5}account store: .*accounts\.sqlite, version 3, /);
    program.child.kill('SIGTERM');
    expect((await program.finished).exitCode).toBe(0);
    const stopped = await examine(folder.path, environment);
    expect(stopped.stdout).toMatch(/ok {5}data folder: .*, writable, not in use\n/);
  });

  it.each([
    ['is a file', 'data', /data is no folder/],
    ['lies below a file', 'data/inside/it', /it cannot be made: .*data is not writable/],
  ])('takes a data folder for a fault that %s', async (_what, DESKGRAPH_DATA, why) => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'data'), '');
    const { exitCode, lines } = await examine(folder.path, { DESKGRAPH_DATA });
    expect(exitCode).toBe(1);
    expect(lines('fault')[0]).toMatch(why);
  });

  it('says what the embedded store holds, and leaves nothing beside it', async () => {
    using folder = temporaryFolder();
    const states = [pythonDocument(), pythonDocument({ trading_day: '20200117' }), qatraderDocument()];
    writeFileSync(join(folder.path, 'own.json'), JSON.stringify(states));
    await runProgram(['import', 'qifi', 'own.json'], { cwd: folder.path }).finished;
    const data = join(folder.path, '.deskgraph');
    const before = readdirSync(data);
    const { exitCode, stdout } = await examine(folder.path);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/accounts\.sqlite, version 3, 0\.\d MB, accounts 2, states of days 3, fills 2, orders 2\n/);
    expect(readdirSync(data)).toEqual(before);
  });

  it.each([
    [1, 'note', /version 1, .*; the next start brings it to version 3$/],
    [2, 'note', /version 2, .*; the next start brings it to version 3$/],
    [9, 'fault', /version 9, .*; wanted version 3$/],
  ])('says of a store of version %i what becomes of it: %s', async (version, mark, text) => {
    using folder = temporaryFolder();
    const data = join(folder.path, '.deskgraph');
    mkdirSync(data);
    const database = new DatabaseSync(join(data, 'accounts.sqlite'));
    database.exec(`CREATE TABLE account (name TEXT); PRAGMA user_version = ${version}`);
    database.close();
    const { exitCode, lines } = await examine(folder.path);
    expect(exitCode).toBe(mark === 'fault' ? 1 : 0);
    expect(lines(mark)).toHaveLength(1);
    expect(lines(mark)[0]).toMatch(text);
  });

  it('takes a store for a fault that is no database', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, '.deskgraph'));
    writeFileSync(join(folder.path, '.deskgraph/accounts.sqlite'), 'no database '.repeat(500));
    const { exitCode, lines } = await examine(folder.path);
    expect(exitCode).toBe(1);
    expect(lines('fault')).toHaveLength(1);
    expect(lines('fault')[0]).toMatch(/account store: .*accounts\.sqlite cannot be read: /);
  });
});
