import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it } from 'vitest';
import { startDeskgraph } from './support/deskgraph.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

it('is not ready, answers a code and logs the cause when its store cannot be read any more', async () => {
  const server = await startDeskgraph();
  try {
    const ready = async () => {
      const response = await fetch(`${server.url}/health/ready`);
      return [response.status, (await response.json()).dependencies.store];
    };
    expect(await ready()).toEqual([200, 'ok']);
    const other = new DatabaseSync(join(server.folder, 'data/demo/accounts.sqlite'));
    other.exec('DROP TABLE holding');
    other.close();
    expect(await ready()).toEqual([503, 'unavailable']);
    const { data, errors } = await server.ask(
      '{ account(accountCookie: "demo-cta") { id } bars(code: "AAPL") { code } }',
    );
    expect(data).toEqual({ account: null, bars: { code: 'AAPL' } });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(JSON.stringify(server.complaints)).toContain('no such table');
  } finally {
    await server.close();
  }
});

it('tells two folders apart in answers, in serverInfo and in health', async () => {
  const server = await startDeskgraph({
    files: {
      'desk.yaml': 'sources: [{ vendor: folder, path: ./missing }, { vendor: folder, path: ./bars }]',
      'bars/AAPL.csv': 'date,close\n2024-01-02,185.64\n',
    },
    environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
  });
  try {
    const { data } = await server.ask('{ bars(code: "AAPL") { source } }');
    expect(data).toEqual({ bars: { source: 'folder-2' } });
    const told = await server.ask('{ serverInfo { sources { name isAvailable } } }');
    expect(told.data.serverInfo.sources).toEqual([
      { name: 'folder', isAvailable: false },
      { name: 'folder-2', isAvailable: true },
    ]);
    const health = await (await fetch(`${server.url}/health/ready`)).json();
    expect(health.dependencies).toEqual({ store: 'ok', 'source folder': 'unavailable', 'source folder-2': 'ok' });
  } finally {
    await server.close();
  }
});

it('has its data folder to itself: a second server is refused and disturbs no run', async () => {
  const first = await startDeskgraph();
  const { folder } = first;
  try {
    const { data } = await first.ask(
      'mutation { runCommand(input: { command: "countdown", arguments: { count: 9, everyMs: 60000 } }) { ... on Run { id } } }',
    );
    await expect(startDeskgraph({ folder })).rejects.toThrow(/is in use by another server/);
    const { data: told } = await first.ask('query ($id: ID!) { run(id: $id) { state endedAt } }', {
      id: data.runCommand.id,
    });
    expect(told.run).toEqual({ state: expect.stringMatching(/^(QUEUED|STARTING|RUNNING)$/), endedAt: null });
  } finally {
    await first.close();
  }
});

it('gives its data folder back when it cannot start', async () => {
  const first = await startDeskgraph();
  const port = new URL(first.url).port;
  using folder = temporaryFolder();
  try {
    await expect(startDeskgraph({ folder: folder.path, environment: { PORT: port } })).rejects.toThrow(/EADDRINUSE/);
    const second = await startDeskgraph({ folder: folder.path });
    await second.close();
  } finally {
    await first.close();
  }
});
