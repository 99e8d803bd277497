import { type ExecutionResult, execute, parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import { Allowance } from '../../src/domain/allowance.ts';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { encodeId } from '../../src/graphql/global-id.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { BOB, type CommandDesk, openCommandDesk, program } from './command-desk.ts';

const schema = buildSchema();

interface Asking {
  readonly viewer?: Viewer;
  readonly variables?: Record<string, unknown>;
  readonly resumeAfter?: string;
}

function argumentsOf({ commands }: CommandDesk, text: string, asking: Asking) {
  const { viewer = LOCAL_VIEWER, variables = {}, resumeAfter } = asking;
  const outputAllowance = new Allowance(1_000_000, 'bytes of output');
  const contextValue = { viewer, commands, resumeAfter, outputAllowance };
  return { schema, document: parse(text), variableValues: variables, contextValue };
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers whose shape the document decides
async function ask(desk: CommandDesk, text: string, asking: Asking = {}): Promise<any> {
  const { data, errors } = await execute(argumentsOf(desk, text, asking));
  expect(errors).toBeUndefined();
  return data;
}

async function codesOf(desk: CommandDesk, text: string, asking: Asking = {}): Promise<unknown[]> {
  const result = await subscribe(argumentsOf(desk, text, asking));
  const failed = 'errors' in result ? result : await execute(argumentsOf(desk, text, asking));
  return (failed.errors ?? []).map(
    ({ originalError }) => originalError && 'code' in originalError && originalError.code,
  );
}

// biome-ignore lint/suspicious/noExplicitAny: as above
async function events(desk: CommandDesk, text: string, asking: Asking = {}): Promise<any[]> {
  const result = await subscribe(argumentsOf(desk, text, asking));
  if (!(Symbol.asyncIterator in result)) throw new Error(JSON.stringify(result));
  const all: ExecutionResult['data'][] = [];
  for await (const { data, errors } of result) {
    expect(errors).toBeUndefined();
    all.push(data);
  }
  return all;
}

const openDesk = (): Promise<CommandDesk> =>
  openCommandDesk({
    scripts: {
      hello: `process.stdout.write('h\\u00e9llo ' + process.argv[2]);`,
      waiting: 'setInterval(() => {}, 1e6)',
    },
    programs: [
      program('hello', {
        parameters: [{ name: 'days', type: 'INT', required: true, min: 1, max: 9, flag: '--days' }],
        timeoutSeconds: 60,
      }),
    ],
  });

const RUN = `mutation ($input: RunCommandInput!) { runCommand(input: $input) {
  __typename ... on Run { id state command arguments requestedBy } ... on CommandRefused { code message } } }`;
const OUTPUT = `subscription ($id: ID!, $after: Cursor) { commandOutput(runId: $id, after: $after) {
  __typename ... on CommandChunk { cursor stream offset nextOffset text isLossy }
  ... on CommandEnd { cursor state exitCode signal outputBytes isTruncated run { id } } } }`;

async function finished(desk: CommandDesk): Promise<{ id: string; chunks: Record<string, unknown>[] }> {
  const { runCommand } = await ask(desk, RUN, { variables: { input: { command: 'hello', arguments: { days: 3 } } } });
  const all = await events(desk, OUTPUT, { variables: { id: runCommand.id } });
  return { id: runCommand.id, chunks: all.map(({ commandOutput }) => commandOutput) };
}

describe('commands in the schema', () => {
  it('are listed with what a form needs', async () => {
    await using desk = await openDesk();
    const { commands } = await ask(
      desk,
      '{ commands { name kind timeoutSeconds parameters { name type required min max allowed pattern } } }',
    );
    const days = { name: 'days', type: 'INT', required: true, min: '1', max: '9', allowed: null, pattern: null };
    expect(commands[1]).toEqual({ name: 'hello', kind: 'COMMAND', timeoutSeconds: 60, parameters: [days] });
  });

  it('are run, followed to their end, and read again by id, as a node and in the list', async () => {
    await using desk = await openDesk();
    const { id, chunks } = await finished(desk);
    const end = chunks.at(-1);
    expect(
      chunks
        .slice(0, -1)
        .map(({ text }) => text)
        .join(''),
    ).toBe('héllo --days=3');
    expect(end).toMatchObject({
      __typename: 'CommandEnd',
      state: 'SUCCEEDED',
      exitCode: 0,
      signal: null,
      outputBytes: 15,
      isTruncated: false,
      run: { id },
    });
    const answer = await ask(
      desk,
      `query ($id: ID!) {
        run(id: $id) { state arguments outputBytes endedAt progress { fraction }
          output(offset: 1, limit: 3) { text parts { stream text } offset nextOffset isComplete isLossy cursor } }
        node(id: $id) { __typename id }
        runs(first: 5, states: [SUCCEEDED]) { totalCount nodes { id } }
      }`,
      { variables: { id } },
    );
    expect(answer).toMatchObject({
      run: {
        ...{ state: 'SUCCEEDED', arguments: { days: 3 }, outputBytes: 15, progress: null },
        output: { text: 'él', parts: [{ stream: 'STDOUT', text: 'él' }], offset: 1, nextOffset: 4, isComplete: false },
      },
      node: { __typename: 'Run', id },
      runs: { totalCount: 1, nodes: [{ id }] },
    });
    const after = answer.run.output.cursor;
    const [rest] = await events(desk, OUTPUT, { variables: { id, after } });
    expect(rest.commandOutput.text).toBe('lo --days=3');
  });

  it('go on behind the cursor that the transport brings, whatever the argument says', async () => {
    await using desk = await openDesk();
    const { id, chunks } = await finished(desk);
    const last = chunks.at(-2)?.cursor;
    const all = await events(desk, OUTPUT, { variables: { id }, resumeAfter: String(last) });
    expect(all.map(({ commandOutput }) => commandOutput.__typename)).toEqual(['CommandEnd']);
  });

  it('that are refused say why as a member of the result', async () => {
    await using desk = await openDesk();
    for (const [input, code] of [
      [{ command: 'none' }, 'COMMAND_NOT_ALLOWED'],
      [{ command: 'hello' }, 'BAD_USER_INPUT'],
      [{ command: 'hello', arguments: { days: 10 } }, 'BAD_USER_INPUT'],
    ] as const) {
      const { runCommand } = await ask(desk, RUN, { variables: { input } });
      expect(runCommand).toEqual({ __typename: 'CommandRefused', code, message: expect.stringMatching(/./) });
    }
    const backtest = `mutation { runBacktest(input: { script: "a.ts" }) { __typename ... on CommandRefused { code } } }`;
    expect((await ask(desk, backtest)).runBacktest).toEqual({ __typename: 'CommandRefused', code: 'BAD_USER_INPUT' });
  });

  it('take arguments that are written into the document', async () => {
    await using desk = await openDesk();
    const text =
      'mutation { runCommand(input: { command: "hello", arguments: { days: 4 } }) { ... on Run { arguments } } }';
    expect((await ask(desk, text)).runCommand.arguments).toEqual({ days: 4 });
  });

  it('are cancelled, and their states followed until then', async () => {
    await using desk = await openDesk();
    const { runCommand } = await ask(desk, RUN, { variables: { input: { command: 'waiting' } } });
    const variables = { id: runCommand.id };
    const cancel =
      'mutation ($id: ID!) { cancelRun(id: $id) { __typename ... on Run { id state } ... on NotFound { code } } }';
    const states = events(desk, 'subscription ($id: ID!) { runStatus(runId: $id) { id state } }', { variables });
    expect((await ask(desk, cancel, { variables })).cancelRun).toMatchObject({ __typename: 'Run', id: runCommand.id });
    expect((await states).at(-1)).toEqual({ runStatus: { id: runCommand.id, state: 'CANCELLED' } });
    const strange = { variables: { id: encodeId('Run', 'none') } };
    expect((await ask(desk, cancel, strange)).cancelRun).toEqual({ __typename: 'NotFound', code: 'NOT_FOUND' });
    expect((await ask(desk, cancel, { variables, viewer: BOB })).cancelRun.__typename).toBe('NotFound');
  });

  it('of others are not there, and an id of something else is none', async () => {
    await using desk = await openDesk();
    const { id } = await finished(desk);
    const text = 'query ($id: ID!) { run(id: $id) { id } node(id: $id) { id } runs { totalCount } }';
    expect(await ask(desk, text, { variables: { id }, viewer: BOB })).toEqual({
      run: null,
      node: null,
      runs: { totalCount: 0 },
    });
    expect(await codesOf(desk, OUTPUT, { variables: { id }, viewer: BOB })).toEqual(['NOT_FOUND']);
    expect(await codesOf(desk, OUTPUT, { variables: { id, after: 'none' } })).toEqual(['STREAM_BAD_CURSOR']);
    for (const other of ['none', encodeId('Account', 'a')]) {
      expect(await codesOf(desk, OUTPUT, { variables: { id: other } })).toEqual(['BAD_USER_INPUT']);
    }
  });
});
