import { describe, expect, it } from 'vitest';
import { dropRequest, writeDays } from '../store/account-drops.contract.ts';
import { key } from '../store/account-store.contract.ts';
import { openMongo } from '../store/opened-mongo.ts';
import { TEST_NOW } from '../support/deskgraph.ts';
import { mongoDatabases, mongoServers } from '../support/mongo.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe.each(mongoServers())('deskgraph restore-account with MONGO_URL of $name', (server) => {
  it('brings back what was dropped there, also while a server has it open', async () => {
    await using databases = await mongoDatabases(server);
    using folder = temporaryFolder();
    const { url } = server;
    const { names } = databases;
    await using opened = openMongo({ url, names });
    await writeDays(opened.accounts, 2, { accountCookie: 'desk' });
    const restore = (...args: string[]) =>
      runProgram(['restore-account', 'desk', ...args], {
        cwd: folder.path,
        environment: {
          DESKGRAPH_DATA: 'data',
          MONGO_URL: url,
          QUANTAXIS_DATABASE: names.quantaxis,
          QAREALTIME_DATABASE: names.realtime,
          MONGO_DATABASE: names.own,
        },
      }).finished;
    const none = { exitCode: 1, stderr: 'deskgraph: there is no copy of the account "desk" (history)\n' };
    expect(await restore()).toMatchObject(none);
    await opened.drops.drop(dropRequest(['desk'], { requestedAt: TEST_NOW }));
    expect(await restore('--source', 'realtime')).toMatchObject({ exitCode: 1 });
    const printed =
      '2 documents of the account "desk" (history) brought back, as dropped at 2026-11-20T04:00:00.000Z\n';
    expect(await restore()).toMatchObject({ exitCode: 0, stderr: '', stdout: printed });
    const [rows] = await opened.accounts.equityRows([key('desk')]);
    expect(rows).toHaveLength(2);
    const occupied =
      'deskgraph: the account "desk" (history) has 2 documents again; --replace drops them and brings the copy back\n';
    expect(await restore()).toMatchObject({ exitCode: 1, stderr: occupied });
    expect(await restore('--replace')).toMatchObject({ exitCode: 0, stdout: printed });
    expect(await opened.drops.restores()).toMatchObject([
      { accountCookie: 'desk', requestedBy: 'restore-account', documents: 2 },
      { accountCookie: 'desk', requestedBy: 'restore-account', documents: 2 },
    ]);
  }, 60_000);
});

describe('deskgraph restore-account with MONGO_URL', () => {
  it('says that the deployment is away, without its password', async () => {
    using folder = temporaryFolder();
    const { exitCode, stdout, stderr } = await runProgram(['restore-account', 'desk'], {
      cwd: folder.path,
      environment: { DESKGRAPH_DATA: 'data', MONGO_URL: 'mongodb://ann:geheim@127.0.0.1:1/?authSource=admin' },
    }).finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^deskgraph failed: the MongoDB of MONGO_URL cannot be used: .*ECONNREFUSED 127\.0\.0\.1:1\n$/,
    );
    expect(stderr).not.toContain('geheim');
  });
});
