import { builder } from './builder.ts';
import { CommandRefused } from './commands.ts';
import { NotFound } from './errors.ts';
import { resultUnion } from './result-union.ts';
import { Run } from './runs.ts';
import { unavailable } from './unavailable.ts';

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
    resolve: unavailable('running commands'),
  }),
  runBacktest: t.field({
    type: RunBacktestResult,
    nullable: true,
    description: 'A command of kind BACKTEST whose script lies in the workspace. Answers at once, as runCommand does.',
    args: { input: t.arg({ type: RunBacktestInput, required: true, description: 'Which script, and with what.' }) },
    resolve: unavailable('running backtests'),
  }),
  cancelRun: t.field({
    type: CancelRunResult,
    nullable: true,
    description: 'Ends a run and every process that it started. A run that has ended already stays as it is.',
    args: { id: t.arg.id({ required: true, description: 'As Run.id gave it.' }) },
    resolve: unavailable('cancelling runs'),
  }),
}));
