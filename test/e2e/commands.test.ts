import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { readEvents } from '../support/event-source.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const OUTPUT = `subscription ($runId: ID!, $after: Cursor) { commandOutput(runId: $runId, after: $after) {
  __typename
  ... on CommandChunk { cursor stream offset nextOffset text isLossy }
  ... on CommandEnd { cursor state exitCode signal outputBytes isTruncated run { id state } }
  ... on StreamGap { reason }
} }`;
const RUN = `mutation ($command: String!, $arguments: JSON) {
  runCommand(input: { command: $command, arguments: $arguments }) {
    __typename
    ... on Run { id state command arguments requestedBy }
    ... on CommandRefused { code message }
  }
}`;

/** Programs that print, fail, die or wait, run by the Node that runs the tests. */
const SCRIPTS = {
  'lines.js': `for (let i = 0; i < 5; i++) console.log('line ' + i); console.error('done');`,
  'fail.js': `process.stdout.write('no newline'); process.exitCode = 3;`,
  'die.js': `process.stdout.write('before'); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20);`,
  'wait.js': `console.log('waiting'); setInterval(() => {}, 1000);`,
  'silent.js': '',
  'bytes.js': `process.stdout.write(Buffer.from([0x61, 0xff, 0x62])); process.stdout.write('é'.repeat(40000));`,
};
const YAML = `commands:
  workspace: ./workspace
  programs:
${Object.keys(SCRIPTS)
  .map(
    (file) =>
      `    - { name: ${file.replace('.js', '')}, kind: COMMAND, executable: node, fixedArguments: ["{workspace}/${file}"] }`,
  )
  .join('\n')}
    - { name: echo, kind: COMMAND, executable: node, fixedArguments: ["{workspace}/lines.js"],
        parameters: [{ name: days, type: INT, min: 1, max: 30, flag: --days, required: true }] }
    - { name: test, kind: BACKTEST, executable: node, fixedArguments: ["{script}"],
        parameters: [{ name: script, type: WORKSPACE_PATH, extensions: [.js], required: true }] }
`;

let folder: ReturnType<typeof temporaryFolder>;
let desk: TestDeskgraph;

const start = (): Promise<TestDeskgraph> =>
  startDeskgraph({ folder: folder.path, environment: { DESKGRAPH_CONFIG: 'desk.yaml' }, files: { 'desk.yaml': YAML } });

beforeEach(async () => {
  folder = temporaryFolder();
  mkdirSync(join(folder.path, 'workspace'));
  for (const [name, text] of Object.entries(SCRIPTS)) writeFileSync(join(folder.path, 'workspace', name), text);
  desk = await start();
});
afterEach(async () => {
  await desk.close();
  folder[Symbol.dispose]();
});

async function begin(command: string): Promise<string> {
  const { data, errors } = await desk.ask(RUN, { command });
  expect(errors).toEqual([]);
  expect(data.runCommand.__typename).toBe('Run');
  return data.runCommand.id;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into items whose shape the document decides
async function outputOf(runId: string, after?: string): Promise<any[]> {
  const items: object[] = [];
  for await (const { data, errors } of desk.events(OUTPUT, { runId, after }))
    items.push(data?.commandOutput ?? errors[0]);
  return items;
}

const textOf = (items: readonly { text?: string }[]): string => items.map(({ text = '' }) => text).join('');

describe('a command', () => {
  it('is started, and its whole output delivered with one end, to who comes before it ends and who comes after', async () => {
    const runId = await begin('lines');
    const items = await outputOf(runId);
    const stdout = items.filter(({ stream }) => stream === 'STDOUT');
    expect(textOf(stdout)).toBe('line 0\nline 1\nline 2\nline 3\nline 4\n');
    expect(textOf(items.filter(({ stream }) => stream === 'STDERR'))).toBe('done\n');
    expect(items.filter(({ __typename }) => __typename === 'CommandEnd')).toHaveLength(1);
    expect(items.at(-1)).toMatchObject({ state: 'SUCCEEDED', exitCode: 0, signal: null, outputBytes: 40 });
    expect(await outputOf(runId)).toEqual(items);
    const offsets = items.slice(0, -1).flatMap(({ offset, nextOffset }) => [offset, nextOffset]);
    expect(offsets[0]).toBe(0);
    expect(offsets.at(-1)).toBe(40);
  });

  it.each([
    ['fail', 'no newline', { state: 'FAILED', exitCode: 3, signal: null }],
    ['die', 'before', { state: 'FAILED', exitCode: null, signal: 'SIGKILL' }],
    ['silent', '', { state: 'SUCCEEDED', exitCode: 0, outputBytes: 0 }],
  ])('(%s) keeps the tail of its output and says how it ended', async (command, text, end) => {
    const items = await outputOf(await begin(command));
    expect(textOf(items)).toBe(text);
    expect(items.at(-1)).toMatchObject(end);
  });

  it('has the text of bytes that are no UTF-8 replaced, and says so, and never cuts a character', async () => {
    const items = await outputOf(await begin('bytes'));
    expect(textOf(items)).toBe(`a\ufffdb${'é'.repeat(40_000)}`);
    expect(items[0]).toMatchObject({ isLossy: true, offset: 0 });
    expect(items.at(-1)).toMatchObject({ outputBytes: 80_003 });
  });

  it('is cancelled, again without harm, and ends for who follows it', async () => {
    const runId = await begin('wait');
    const seen: string[] = [];
    for await (const { data } of desk.events(OUTPUT, { runId })) {
      seen.push(data.commandOutput.text ?? data.commandOutput.state);
      if (seen.length > 1) continue;
      const cancel = () => desk.ask('mutation ($id: ID!) { cancelRun(id: $id) { __typename } }', { id: runId });
      expect((await Promise.all([cancel(), cancel()])).map(({ data: done }) => done.cancelRun.__typename)).toEqual([
        'Run',
        'Run',
      ]);
    }
    expect(seen).toEqual(['waiting\n', 'CANCELLED']);
    const unknown = await desk.ask('mutation { cancelRun(id: "UnVuOnh4") { __typename } }');
    expect(unknown.data.cancelRun).toEqual({ __typename: 'NotFound' });
  });

  it.each([
    ['that is not registered', 'rm', undefined, 'COMMAND_NOT_ALLOWED'],
    ['without an argument that it needs', 'echo', undefined, 'BAD_USER_INPUT'],
    ['with an argument out of its bounds', 'echo', { days: 31 }, 'BAD_USER_INPUT'],
    ['with an argument that it does not have', 'lines', { days: 3 }, 'BAD_USER_INPUT'],
    ['with arguments that are no object', 'lines', [1], 'BAD_USER_INPUT'],
  ])('%s is refused and nothing is started', async (_what, command, given, code) => {
    const { data } = await desk.ask(RUN, { command, arguments: given });
    expect(data.runCommand).toMatchObject({ __typename: 'CommandRefused', code });
    expect((await desk.ask('{ runs { totalCount } }')).data.runs.totalCount).toBe(0);
  });

  it('of kind BACKTEST takes a script of the workspace and nothing outside of it', async () => {
    const backtest = (script: string) =>
      desk.ask(
        'mutation ($script: String!) { runBacktest(input: { script: $script }) { __typename ... on Run { id } ... on CommandRefused { code } } }',
        { script },
      );
    const started = await backtest('lines.js');
    expect(textOf(await outputOf(started.data.runBacktest.id))).toContain('line 4');
    for (const script of ['../desk.yaml', '/etc/passwd', 'none.js', '-e', 'lines.js\u0000', '']) {
      expect((await backtest(script)).data.runBacktest).toEqual({
        __typename: 'CommandRefused',
        code: 'BAD_USER_INPUT',
      });
    }
  });
});

describe('the output of a run', () => {
  it('goes on exactly behind a cursor, over both transports, also after a restart of the server', async () => {
    const runId = await begin('lines');
    const items = await outputOf(runId);
    const [first] = items;
    expect(await outputOf(runId, first.cursor)).toEqual(items.slice(1));
    await desk.close();
    desk = await start();
    expect(await outputOf(runId, first.cursor)).toEqual(items.slice(1));

    const body = JSON.stringify({ query: OUTPUT, variables: { runId } });
    const headers = { accept: 'text/event-stream', 'last-event-id': first.cursor };
    const ids: (string | undefined)[] = [];
    for await (const { event, id } of readEvents(await desk.post(body, headers))) if (event === 'next') ids.push(id);
    expect(ids).toEqual(items.slice(1).map(({ cursor }) => cursor));

    const socket = await connectSocket(Number(new URL(desk.url).port));
    socket.subscribe('1', OUTPUT, { variables: { runId, after: first.cursor } });
    const messages = await socket.take(items.length, '1');
    expect(messages.map(({ type, payload }) => (type === 'next' ? Object(payload).data.commandOutput : type))).toEqual([
      ...items.slice(1),
      'complete',
    ]);
    socket.webSocket.close();
  });

  it('is there in pieces by offset, the same bytes', async () => {
    const runId = await begin('bytes');
    const whole = textOf(await outputOf(runId));
    let text = '';
    for (let offset = 0, isComplete = false; !isComplete; ) {
      const { data } = await desk.ask(
        `query ($id: ID!, $offset: SafeInt!) { run(id: $id) { output(offset: $offset, limit: 7001) { text nextOffset isComplete } } }`,
        { id: runId, offset },
      );
      const piece = data.run.output;
      text += piece.text;
      expect(piece.nextOffset > offset || piece.isComplete).toBe(true);
      offset = piece.nextOffset;
      isComplete = piece.isComplete;
    }
    expect(text).toBe(whole);
  });

  it('is bounded for an operation as a whole', async () => {
    const runId = await begin('lines');
    await outputOf(runId);
    const pieces = Array.from({ length: 17 }, (_, index) => `p${index}: output(limit: 1048576) { nextOffset }`);
    const { errors } = await desk.ask(`query ($id: ID!) { run(id: $id) { ${pieces.join(' ')} } }`, { id: runId });
    expect(errors).toEqual([]);
    const running = await begin('wait');
    const refused = await desk.ask(
      `query ($id: ID!) { run(id: $id) { n: output(limit: -2147483648) { nextOffset } ${pieces.join(' ')} } }`,
      {
        id: running,
      },
    );
    expect(refused.errors.map(({ extensions }) => extensions.code).toSorted()).toEqual([
      'BAD_USER_INPUT',
      'COST_LIMIT',
    ]);
  });

  it.each(['x', 'czE6OjA6b3V0cHV0Om90aGVy', '.', 'a'.repeat(400)])('refuses the cursor %s', async (after) => {
    const runId = await begin('silent');
    await outputOf(runId);
    expect(await outputOf(runId, after)).toMatchObject([{ extensions: { code: 'STREAM_BAD_CURSOR' } }]);
  });

  it('of a run that the server cancelled when it stopped is kept, with its end', async () => {
    const runId = await begin('wait');
    for await (const { data } of desk.events(OUTPUT, { runId })) if (data.commandOutput.text === 'waiting\n') break;
    await desk.close();
    desk = await start();
    const items = await outputOf(runId);
    expect(textOf(items)).toBe('waiting\n');
    expect(items.at(-1).state).toBe('CANCELLED');
  });
});

describe('the status of runs', () => {
  it('comes as it changes, the final state always', async () => {
    const runId = await begin('lines');
    const states: string[] = [];
    for await (const { data } of desk.events('subscription ($id: ID!) { runStatus(runId: $id) { state } }', {
      id: runId,
    })) {
      states.push(data.runStatus.state);
      if (states.at(-1) === 'SUCCEEDED') break;
    }
    expect(states.at(-1)).toBe('SUCCEEDED');
    const { data } = await desk.ask('{ runs(command: "lines") { totalCount nodes { id state exitCode } } }');
    expect(data.runs).toEqual({ totalCount: 1, nodes: [{ id: runId, state: 'SUCCEEDED', exitCode: 0 }] });
  });
});
