import { badUserInput, quoted } from '../domain/errors.ts';
import { type RunProgress as Progress, RUN_STATES, type Run as RunRecord } from '../domain/run.ts';
import type { SharedResponding } from '../domain/stream.ts';
import { builder } from './builder.ts';
import { CommandKindEnum } from './commands.ts';
import { connectionType, pageArguments } from './connection.ts';
import { describedEnum } from './described-enum.ts';
import { decodeId } from './global-id.ts';

export const RunStateEnum = describedEnum('RunState', {
  description: 'Where a run stands. All but the first three are final. New values may be added: keep a default branch.',
  values: RUN_STATES,
  meaning: {
    QUEUED: 'Waits for its turn.',
    STARTING: 'Its process is being started.',
    RUNNING: 'Its process runs.',
    SUCCEEDED: 'Ended by itself with exit code 0.',
    FAILED: 'Ended by itself with another exit code, by a signal from elsewhere, or could not be started.',
    CANCELLED: 'Ended because somebody asked for it, or because the server stopped.',
    TIMED_OUT: 'Ended because it ran longer than its command may.',
    OUTPUT_LIMIT: 'Ended because it printed more than is stored.',
    LOST: 'The server or worker that ran it died; how it ended is not known.',
  },
});

const RunProgress = builder.objectRef<Progress>('RunProgress').implement({
  description: 'What a program reports of itself while it runs.',
  fields: (t) => ({
    fraction: t.exposeFloat('fraction', { description: 'The part that is done, 0 to 1.' }),
    message: t.exposeString('message', {
      nullable: true,
      description: "The program's own words; null when it reports only the fraction.",
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it reported so.' }),
  }),
});

export const Run = builder.objectRef<RunRecord>('Run');

builder.node(Run, {
  description: 'One execution of a command.',
  id: { resolve: (run) => run.id },
  loadOne: async (id, { commands, viewer }) => (await commands.find(id, viewer)) ?? null,
  fields: (t) => ({
    command: t.exposeString('command', { description: 'Name of the command that runs.' }),
    kind: t.expose('kind', { type: CommandKindEnum, description: 'What the command is for.' }),
    arguments: t.expose('arguments', {
      type: 'JSON',
      nullable: true,
      description: 'What it was started with, by parameter name; null when nothing was given.',
    }),
    state: t.expose('state', { type: RunStateEnum, description: 'Where it stands.' }),
    requestedBy: t.exposeString('requestedBy', {
      nullable: true,
      description: 'Who asked for it, as Viewer.subject says it; null when a schedule did.',
    }),
    queuedAt: t.expose('queuedAt', { type: 'DateTime', description: 'When it was accepted.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its process started; null before.',
    }),
    endedAt: t.expose('endedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When its process ended and its output was read to the end; null before.',
    }),
    exitCode: t.exposeInt('exitCode', {
      nullable: true,
      description: 'Exit code of the process; null before the end, and when a signal ended it.',
    }),
    signal: t.exposeString('signal', {
      nullable: true,
      description: 'The signal that ended the process, such as SIGTERM; null when none did.',
    }),
    outputBytes: t.expose('outputBytes', {
      type: 'SafeInt',
      description: 'Bytes of output stored so far, both streams together.',
    }),
    isTruncated: t.exposeBoolean('isTruncated', { description: 'Output was cut at the limit.' }),
    progress: t.expose('progress', {
      type: RunProgress,
      nullable: true,
      extensions: { isSameForAll: true },
      description: 'What a program reports of itself, where it does; the latest report.',
    }),
  }),
});

export const RunConnection = connectionType(Run, 'Runs, the newest first, a page at a time.');

builder.queryFields((t) => ({
  run: t.field({
    type: Run,
    nullable: true,
    description: 'One run; null when there is none (any more) or when it is not yours.',
    args: { id: t.arg.id({ required: true, description: 'As Run.id gave it.' }) },
    resolve: async (_root, { id }, { commands, viewer }) => (await commands.find(runKeyOf(id), viewer)) ?? null,
  }),
  runs: t.field({
    type: RunConnection,
    nullable: true,
    description: 'The runs that you may see, the newest first.',
    args: {
      command: t.arg.string({ description: 'Only runs of this command.' }),
      kind: t.arg({ type: CommandKindEnum, description: 'Only runs of commands of this kind.' }),
      states: t.arg({ type: [RunStateEnum], description: 'Only runs that stand so.' }),
      ...pageArguments(t.arg),
    },
    resolve: (_root, { command, kind, states, ...page }, { commands, viewer }) =>
      commands.runs({ command, kind, states }, page, viewer),
  }),
}));

/** Which runs a reader sees is its own; what it sees of one is not. */
const sharedResponses: SharedResponding<RunRecord> = { identityOf: (run) => run };

builder.subscriptionField('runStatus', (t) =>
  t.field({
    type: Run,
    description:
      'Each change of state or progress of a run. Conflated for each run: first the present value, then the newest; the final state always arrives.',
    args: {
      command: t.arg.string({ description: 'Only runs of this command.' }),
      runId: t.arg.id({ description: 'Only this run.' }),
    },
    extensions: { sharedResponses },
    subscribe: (_root, { command, runId }, { commands, viewer }) =>
      commands.followStatus({ command, runId: runId == null ? undefined : runKeyOf(runId) }, viewer),
    resolve: (run) => run,
  }),
);

/** What the id of a run stands for. Fails with BAD_USER_INPUT for a text that is no id of ours, or one of something else. */
export function runKeyOf(globalId: string): string {
  const { typename, id } = decodeId(globalId);
  if (typename === Run.name) return id;
  throw badUserInput(`received the id of a ${quoted(typename)}, wanted the id of a run`);
}
