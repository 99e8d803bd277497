import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDeskgraph } from '../support/deskgraph.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const YAML = `commands:
  workspace: ./workspace
  programs:
    - { name: good, kind: COMMAND, executable: node, fixedArguments: ["{workspace}/good.js"] }
    - { name: bad, kind: COMMAND, executable: node, fixedArguments: ["{workspace}/bad.js"] }
`;
const RUN = 'mutation ($command: String!) { runCommand(input: { command: $command }) { ... on Run { id } } }';
const FINAL = ['SUCCEEDED', 'FAILED'];

it('the final states of all runs reach who follows all of them over WebSocket, and only its own who follows one command', async () => {
  using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'workspace'));
  writeFileSync(join(folder.path, 'workspace', 'good.js'), '');
  writeFileSync(join(folder.path, 'workspace', 'bad.js'), 'process.exitCode = 3');
  const desk = await startDeskgraph({
    folder: folder.path,
    environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
    files: { 'desk.yaml': YAML },
  });
  try {
    const socket = await connectSocket(Number(new URL(desk.url).port));
    socket.subscribe('all', 'subscription { runStatus { id command state exitCode } }');
    socket.subscribe('bad', 'subscription { runStatus(command: "bad") { command state } }');
    const start = async (command: string): Promise<string> => (await desk.ask(RUN, { command })).data.runCommand.id;
    const ids = [await start('good'), await start('bad')];

    const ended = new Map<string, object>();
    while (ended.size < 2) {
      const { id, ...run } = Object((await socket.next('all')).payload).data.runStatus;
      if (FINAL.includes(run.state)) ended.set(id, run);
    }
    expect(ids.map((id) => ended.get(id))).toEqual([
      { command: 'good', state: 'SUCCEEDED', exitCode: 0 },
      { command: 'bad', state: 'FAILED', exitCode: 3 },
    ]);

    const rest = await socket.rest();
    expect(rest.filter(({ id }) => id === 'all')).toEqual([]);
    const statuses = rest.filter(({ id }) => id === 'bad').map(({ payload }) => Object(payload).data.runStatus);
    expect(new Set(statuses.map(({ command }) => command))).toEqual(new Set(['bad']));
    expect(statuses.at(-1)?.state).toBe('FAILED');
    socket.webSocket.close();
  } finally {
    await desk.close();
  }
});
