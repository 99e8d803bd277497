import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram } from './support/process.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const LISTENING = /listening on (http:\/\/127\.0\.0\.1:\d+)/;

async function ask(url: string, query: string) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return response.json();
}

describe('deskgraph, as a process', () => {
  it('serves without any configuration, says where, and ends with 0 on SIGTERM', async () => {
    using folder = temporaryFolder();
    const program = runProgram([], { cwd: folder.path, environment: { PORT: '0' } });
    const [, url = ''] = await program.waitFor(LISTENING);
    const answer = await ask(
      url,
      '{ accounts { totalCount } bars(code: "510300.SH") { count } etfPremium(code: "510300.SH") { latestPremium } }',
    );
    expect(answer.errors).toBeUndefined();
    expect(answer.data.accounts.totalCount).toBeGreaterThan(0);
    expect(answer.data.bars.count).toBeGreaterThan(0);
    expect(answer.data.etfPremium.latestPremium).toBeTypeOf('number');
    program.child.kill('SIGTERM');
    const { exitCode, stderr, stdout } = await program.finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('simulated');
    expect(existsSync(join(folder.path, '.deskgraph/demo/seed.json'))).toBe(true);
    await expect(fetch(url)).rejects.toThrow();
  });

  it('goes on when nobody reads any more what it prints, and ends with 0 on SIGTERM', async () => {
    using folder = temporaryFolder();
    const { child, finished, waitFor } = runProgram([], { cwd: folder.path, environment: { PORT: '0' } });
    const [, url = ''] = await waitFor(/listening on (\S+)/);
    child.stdout?.destroy();
    const set = async (isEnabled: boolean): Promise<number> => {
      const query = `mutation { setGatewayEnabled(name: "paper", isEnabled: ${isEnabled}) { __typename } }`;
      const body = JSON.stringify({ query });
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      await response.text();
      return response.status;
    };
    // Each makes a line in the log.
    for (const isEnabled of [false, true, false, true]) expect(await set(isEnabled)).toBe(200);
    child.kill('SIGTERM');
    expect((await finished).exitCode).toBe(0);
  });

  it('keeps its simulated data over a restart, and answers the same figures', async () => {
    using folder = temporaryFolder();
    const figures: unknown[] = [];
    for (let start = 0; start < 2; start++) {
      const program = runProgram([], { cwd: folder.path, environment: { PORT: '0' } });
      const [, url = ''] = await program.waitFor(LISTENING);
      figures.push(
        await ask(
          url,
          '{ account(accountCookie: "demo-cta") { balance } bars(code: "AAPL", start: "2024-01-02", end: "2024-01-31") { columns { close } } }',
        ),
      );
      program.child.kill('SIGINT');
      expect((await program.finished).exitCode).toBe(0);
    }
    expect(figures[0]).toEqual(figures[1]);
  });

  it.each([
    [{ JWT_SECRET: 'a'.repeat(40) }, /JWT_SECRET.*not available yet/],
    [{ JWKS_URL: 'https://keys.example/jwks' }, /JWKS_URL.*not available yet/],
    [{ HOST: '0.0.0.0' }, /HOST.*"0\.0\.0\.0".*not available yet/],
    [{ PORT: 'eighty' }, /PORT: received "eighty", wanted a port/],
    [{ CACHE_MAX_SIZE: '5' }, /CACHE_MAX_SIZE.*CACHE_MAXSIZE/],
    [{ DESKGRAPH_CONFIG: 'access.yaml' }, /access.*not available yet/],
    [{ DESKGRAPH_CONFIG: 'typo.yaml' }, /souces.*sources/],
    [{ DESKGRAPH_CONFIG: 'missing.yaml' }, /DESKGRAPH_CONFIG.*missing\.yaml/],
    [{ DESKGRAPH_CONFIG: '/dev/zero' }, /DESKGRAPH_CONFIG.*\/dev\/zero/],
    [{ DESKGRAPH_CONFIG: 'huge.yaml' }, /DESKGRAPH_CONFIG.*huge\.yaml/],
  ])('stops with exit code 2 and says why for %j', async (environment, message) => {
    using folder = temporaryFolder();
    writeFileSync(
      join(folder.path, 'access.yaml'),
      'access: { users: [{ username: ann, passwordHash: "scrypt$x", roles: [VIEWER], accounts: ["*"] }] }',
    );
    writeFileSync(join(folder.path, 'typo.yaml'), 'souces: []');
    writeFileSync(join(folder.path, 'huge.yaml'), '#'.repeat(2 ** 20 + 1));
    const { exitCode, stdout, stderr } = await runProgram([], {
      cwd: folder.path,
      environment: { PORT: '0', ...environment },
    }).finished;
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).not.toContain('aaaa');
  });

  it('stops with exit code 1 and says why when the port is taken', async () => {
    using folder = temporaryFolder();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const { exitCode, stderr } = await runProgram([], { cwd: folder.path, environment: { PORT: port } }).finished;
    taken.close();
    expect(exitCode).toBe(1);
    expect(stderr).toContain(port);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('stops with exit code 1 and says why when the data folder cannot be made', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'data'), 'a file where the folder should be');
    const { exitCode, stderr } = await runProgram([], {
      cwd: folder.path,
      environment: { PORT: '0', DESKGRAPH_DATA: 'data' },
    }).finished;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('data');
  });

  it.each([
    [['fly'], /"fly"/],
    [['constructor'], /"constructor"/],
    [['__proto__'], /"__proto__"/],
    [['serve', '--fast'], /--fast/],
    [['import'], /import qifi FILE/],
    [['import', 'qifi'], /FILE/],
    [['import', 'qifi', 'a.json', '--source', 'tomorrow'], /tomorrow/],
    [['schema', '--print'], /--print/],
  ])('refuses the arguments %j with exit code 2', async (args, message) => {
    using folder = temporaryFolder();
    const { exitCode, stderr } = await runProgram(args, { cwd: folder.path }).finished;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('prints its help, its version and its schema', async () => {
    using folder = temporaryFolder();
    const run = (...args: string[]) => runProgram(args, { cwd: folder.path }).finished;
    const [help, version, schema] = await Promise.all([run('--help'), run('--version'), run('schema')]);
    expect([help.exitCode, version.exitCode, schema.exitCode]).toEqual([0, 0, 0]);
    expect(help.stdout).toMatch(/DESKGRAPH_CONFIG/);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(schema.stdout).toContain('type Account implements Node');
  });
});

describe('deskgraph import qifi', () => {
  const document = (cookie: string, tradingDay: string, balance: number) => ({
    account_cookie: cookie,
    password: 'hunter2',
    portfolio: 'own',
    trading_day: tradingDay,
    accounts: {
      user_id: cookie,
      currency: 'CNY',
      pre_balance: 100,
      balance,
      deposit: 0,
      withdraw: 0,
      available: balance,
    },
    positions: {},
    orders: {},
    trades: {},
  });

  it('goes on when nobody reads any more what it refuses', async () => {
    using folder = temporaryFolder();
    const refused = Array.from({ length: 5_000 }, () => '{"broken"');
    const lines = [...refused, JSON.stringify(document('own-1', '2026-01-05', 101))];
    writeFileSync(join(folder.path, 'own.jsonl'), lines.join('\n'));
    const { child, finished } = runProgram(['import', 'qifi', 'own.jsonl'], { cwd: folder.path });
    child.stderr?.destroy();
    const { exitCode, stdout } = await finished;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/5,?000/);
    expect(existsSync(join(folder.path, '.deskgraph/accounts.sqlite'))).toBe(true);
  });

  it('takes a file, turns the simulated data off with a printed line, and is then served', async () => {
    using folder = temporaryFolder();
    writeFileSync(
      join(folder.path, 'own.json'),
      JSON.stringify([document('own-1', '2026-01-05', 101), document('own-1', '20260106', 103)]),
    );
    const imported = await runProgram(['import', 'qifi', 'own.json'], { cwd: folder.path }).finished;
    expect(imported).toMatchObject({ exitCode: 0, stderr: '' });
    expect(imported.stdout).toMatch(/2 documents.*1 account/);
    expect(imported.stdout).toMatch(/simulated data/);
    const again = await runProgram(['import', 'qifi', 'own.json'], { cwd: folder.path }).finished;
    expect(again.stdout).not.toMatch(/simulated data/);

    const program = runProgram([], { cwd: folder.path, environment: { PORT: '0' } });
    const [, url = ''] = await program.waitFor(LISTENING);
    const { data } = await ask(
      url,
      '{ accounts { nodes { accountCookie tradingDay balance dayProfit equityCurve { balance } } } bars(code: "AAPL") { count } }',
    );
    expect(data.accounts.nodes).toEqual([
      {
        accountCookie: 'own-1',
        tradingDay: '2026-01-06',
        balance: 103,
        dayProfit: 3,
        equityCurve: [{ balance: 101 }, { balance: 103 }],
      },
    ]);
    expect(data.bars).toBeNull();
    program.child.kill('SIGTERM');
    expect((await program.finished).exitCode).toBe(0);
  });

  it('names the line of what it refused, goes on, and exits with 1', async () => {
    using folder = temporaryFolder();
    const lines = [
      JSON.stringify(document('own-1', '2026-01-05', 101)),
      '{"trading_day":"2026-01-05"}',
      '{broken',
      JSON.stringify(document('own-2', '2026-01-05', 7)),
    ];
    writeFileSync(join(folder.path, 'own.jsonl'), `${lines.join('\n')}\n`);
    const { exitCode, stdout, stderr } = await runProgram(['import', 'qifi', 'own.jsonl'], { cwd: folder.path })
      .finished;
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toMatch(/line 2/);
    expect(stdout + stderr).toMatch(/line 3/);
    expect(stdout).toMatch(/2 documents.*2 accounts/);
  });

  it('exits with 1 when the file is not there, without touching anything', async () => {
    using folder = temporaryFolder();
    mkdirSync(join(folder.path, 'empty'));
    const { exitCode, stderr } = await runProgram(['import', 'qifi', 'none.json'], { cwd: folder.path }).finished;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('none.json');
    expect(existsSync(join(folder.path, '.deskgraph'))).toBe(false);
  });
});
