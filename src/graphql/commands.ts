import {
  COMMAND_KINDS,
  PARAMETER_TYPES,
  type CommandParameter as Parameter,
  type Command as RegisteredCommand,
} from '../domain/command.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';
import { errorType } from './errors.ts';
import { encodeId } from './global-id.ts';

export const CommandKindEnum = describedEnum('CommandKind', {
  description: 'What a registered program is for.',
  values: COMMAND_KINDS,
  meaning: {
    COMMAND: 'Any program that does something and ends.',
    BACKTEST: 'Runs a script of the workspace over past data; runBacktest starts it.',
    STRATEGY: 'Runs until it is stopped.',
  },
});

const ParameterTypeEnum = describedEnum('ParameterType', {
  description: 'What an argument of a command may be. New values may be added: keep a default branch.',
  values: PARAMETER_TYPES,
  meaning: {
    INT: 'A whole number from min to max.',
    DECIMAL: 'A decimal number as text, from min to max.',
    TEXT: 'Text that matches pattern as a whole.',
    ENUM: 'One of the texts in allowed.',
    DATE: 'A day as YYYY-MM-DD.',
    CODE: 'A code of daily data, such as 000300.SH.',
    ACCOUNT: 'Exact name of an account that is yours.',
    BOOL: 'true or false.',
    WORKSPACE_PATH: 'Path of a file in the workspace, relative to it.',
  },
});

const CommandParameter = builder.objectRef<Parameter>('CommandParameter').implement({
  description: 'An argument that a command takes, with all that a form needs to ask for it.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its key in `arguments`.' }),
    type: t.expose('type', { type: ParameterTypeEnum, description: 'What it may be.' }),
    required: t.exposeBoolean('required', { description: 'Whether a run without it is refused.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it means, in the words of the configuration.',
    }),
    allowed: t.expose('allowed', {
      type: ['String'],
      nullable: true,
      description: 'Every text it may be (ENUM), or every file extension (WORKSPACE_PATH); null when not limited so.',
    }),
    min: t.expose('min', {
      type: 'Decimal',
      nullable: true,
      description: 'Smallest number, itself allowed; null when not limited.',
    }),
    max: t.expose('max', {
      type: 'Decimal',
      nullable: true,
      description: 'Largest number, itself allowed; null when not limited.',
    }),
    pattern: t.exposeString('pattern', {
      nullable: true,
      description: 'Regular expression that the whole text has to match; null when not limited so.',
    }),
  }),
});

const Command = builder.objectRef<RegisteredCommand>('Command').implement({
  description: 'A program that the configuration registers. Nothing else can be run. timeoutSeconds null: no limit.',
  fields: (t) => ({
    id: t.id({ description: 'Opaque; a cache key only.', resolve: ({ name }) => encodeId('Command', name) }),
    name: t.exposeString('name', { description: 'What is passed as `command`.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What it does, in the words of the configuration.',
    }),
    kind: t.expose('kind', { type: CommandKindEnum, description: 'What it is for.' }),
    parameters: t.expose('parameters', {
      type: [CommandParameter],
      description: 'The arguments it takes, in the order of the configuration.',
    }),
    timeoutSeconds: t.exposeInt('timeoutSeconds', {
      nullable: true,
      description: 'Seconds after which a run is ended as TIMED_OUT; null: no limit.',
    }),
  }),
});

export const CommandRefused = errorType(
  'CommandRefused',
  'Nothing was started or changed. code: COMMAND_NOT_ALLOWED, COMMAND_QUEUE_FULL or BAD_USER_INPUT.',
);

builder.queryField('commands', (t) =>
  t.field({
    type: [Command],
    description: 'Every registered command, in the order of the configuration; [] when there is none.',
    resolve: (_root, _args, { commands }) => [...commands.list()],
  }),
);
