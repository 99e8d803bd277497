import { CodedError, type ErrorCode } from '../domain/errors.ts';
import type { Run as RunRecord } from '../domain/run.ts';
import { builder } from './builder.ts';
import { CommandRefused } from './commands.ts';
import { NotFound, Refusal } from './errors.ts';
import { resultUnion } from './result-union.ts';
import { Run, runKeyOf } from './runs.ts';

const RunCommandInput = builder.inputType('RunCommandInput', {
  description: 'A command to run. clientRequestId: the same user and id within 24 hours answer the same run.',
  fields: (t) => ({
    command: t.string({ required: true, description: 'Name of a registered command.' }),
    arguments: t.field({ type: 'JSON', description: "An object with the command's parameters by name." }),
    clientRequestId: t.string({
      description:
        'Chosen by the client, so that a repeat starts nothing: the same user and id within 24 hours answer the same run.',
    }),
  }),
});

const RunBacktestInput = builder.inputType('RunBacktestInput', {
  description: 'A backtest to run. command: the only BACKTEST command when absent.',
  fields: (t) => ({
    command: t.string({ description: 'Name of a registered command of kind BACKTEST; the only one when absent.' }),
    script: t.string({ required: true, description: 'Path of the script, relative to the workspace and inside it.' }),
    arguments: t.field({ type: 'JSON', description: "An object with the command's further parameters by name." }),
    clientRequestId: t.string({
      description:
        'Chosen by the client, so that a repeat starts nothing: the same user and id within 24 hours answer the same run.',
    }),
  }),
});

const RunCommandResult = resultUnion('RunCommandResult', {
  description: 'The run, queued or already started, or why there is none.',
  success: Run,
  refusals: [CommandRefused],
});

const RunBacktestResult = resultUnion('RunBacktestResult', {
  description: 'The run of the backtest, queued or already started, or why there is none.',
  success: Run,
  refusals: [CommandRefused],
});

const CancelRunResult = resultUnion('CancelRunResult', {
  description: 'The run as it stands after the request, or NotFound.',
  success: Run,
  refusals: [NotFound],
});

builder.mutationFields((t) => ({
  runCommand: t.field({
    type: RunCommandResult,
    nullable: true,
    description:
      'Starts a registered command, or queues it. Answers at once: follow it with commandOutput or runStatus.',
    args: { input: t.arg({ type: RunCommandInput, required: true, description: 'What to run, and with what.' }) },
    resolve: (_root, { input }, { commands, viewer }) => orRefusal(commands.run(input, viewer)),
  }),
  runBacktest: t.field({
    type: RunBacktestResult,
    nullable: true,
    description: 'A command of kind BACKTEST whose script lies in the workspace. Answers at once, as runCommand does.',
    args: { input: t.arg({ type: RunBacktestInput, required: true, description: 'Which script, and with what.' }) },
    resolve: (_root, { input }, { commands, viewer }) => orRefusal(commands.runBacktest(input, viewer)),
  }),
  cancelRun: t.field({
    type: CancelRunResult,
    nullable: true,
    description:
      'Ends a run: its process, and those that this one started in its process group. A run that has ended already stays as it is.',
    args: { id: t.arg.id({ required: true, description: 'As Run.id gave it.' }) },
    resolve: async (_root, { id }, { commands, viewer }) =>
      (await commands.cancel(runKeyOf(id), viewer)) ??
      new Refusal('NotFound', { code: 'NOT_FOUND', message: 'there is no such run that is yours' }),
  }),
}));

const REFUSALS: readonly ErrorCode[] = ['COMMAND_NOT_ALLOWED', 'COMMAND_QUEUE_FULL', 'BAD_USER_INPUT'];

async function orRefusal(asked: Promise<RunRecord>): Promise<RunRecord | Refusal> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CodedError && REFUSALS.includes(error.code)) return new Refusal('CommandRefused', error);
    throw error;
  }
}
