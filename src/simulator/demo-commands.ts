import { constants } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandKind, ParameterType } from '../domain/command.ts';
import type { Role } from '../domain/viewer.ts';

const MOVING_AVERAGE = new URL('./programs/moving-average.ts', import.meta.url);
const COUNTDOWN = new URL('./programs/countdown.ts', import.meta.url);

/** What the demo runs, in the shape of the configuration's `commands`. */
export interface DemoCommands {
  readonly workspace: string;
  readonly concurrency: { readonly total: number; readonly perUser: number };
  readonly programs: readonly DemoProgram[];
}

interface DemoProgram {
  readonly name: string;
  readonly description: string;
  readonly kind: CommandKind;
  readonly executable: 'node';
  readonly fixedArguments: readonly string[];
  readonly parameters: readonly DemoParameter[];
  readonly timeoutSeconds: number;
  readonly roles: readonly Role[];
}

interface DemoParameter {
  readonly name: string;
  readonly description: string;
  readonly type: ParameterType;
  readonly required: boolean;
  readonly default?: string | number;
  readonly min?: number;
  readonly max?: number;
  readonly extensions?: readonly string[];
  readonly flag?: string;
}

export interface DemoCommandsOptions {
  /** The demo's folder; the workspace is made in it. */
  readonly folder: string;
  /** Where the demo's bars lie. */
  readonly barsFolder: string;
}

/**
 * Puts the sample script into the demo's workspace, unless a file of its name is there, which may have been changed, and
 * answers the programs that go with it.
 */
export async function seedDemoCommands({ folder, barsFolder }: DemoCommandsOptions): Promise<DemoCommands> {
  const workspace = join(folder, 'workspace');
  await mkdir(workspace, { recursive: true });
  await keepExisting(copyFile(MOVING_AVERAGE, join(workspace, 'moving-average.ts'), constants.COPYFILE_EXCL));
  // Says that scripts are modules; without it Node warns of having to find out.
  await keepExisting(writeFile(join(workspace, 'package.json'), '{ "type": "module" }\n', { flag: 'wx' }));
  return { workspace, concurrency: { total: 4, perUser: 2 }, programs: [backtest(barsFolder), countdown()] };
}

async function keepExisting(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

function backtest(barsFolder: string): DemoProgram {
  return {
    name: 'backtest',
    description: 'Runs a script of the workspace over the simulated bars, such as moving-average.ts.',
    kind: 'BACKTEST',
    executable: 'node',
    fixedArguments: ['{script}', `--bars=${barsFolder}`],
    parameters: [
      {
        name: 'script',
        type: 'WORKSPACE_PATH',
        required: true,
        extensions: ['.ts'],
        description: 'The script, such as moving-average.ts.',
      },
      {
        name: 'code',
        type: 'CODE',
        required: false,
        default: '510300.SH',
        flag: '--code',
        description: 'What is traded.',
      },
      {
        name: 'short',
        type: 'INT',
        required: false,
        default: 20,
        min: 1,
        max: 250,
        flag: '--short',
        description: 'Days of the shorter average.',
      },
      {
        name: 'long',
        type: 'INT',
        required: false,
        default: 60,
        min: 2,
        max: 500,
        flag: '--long',
        description: 'Days of the longer average.',
      },
      {
        name: 'pauseMs',
        type: 'INT',
        required: false,
        default: 200,
        min: 0,
        max: 10_000,
        flag: '--pause-ms',
        description: 'How long to rest after each year, so that there is something to watch.',
      },
    ],
    timeoutSeconds: 600,
    roles: ['OPERATOR'],
  };
}

function countdown(): DemoProgram {
  return {
    name: 'countdown',
    description: 'Counts down to 0, a line at a time.',
    kind: 'COMMAND',
    executable: 'node',
    fixedArguments: [fileURLToPath(COUNTDOWN)],
    parameters: [
      {
        name: 'count',
        type: 'INT',
        required: false,
        default: 10,
        min: 0,
        max: 100_000,
        flag: '--count',
        description: 'Where to begin.',
      },
      {
        name: 'everyMs',
        type: 'INT',
        required: false,
        default: 1000,
        min: 0,
        max: 60_000,
        flag: '--every-ms',
        description: 'Milliseconds from one line to the next.',
      },
    ],
    timeoutSeconds: 3600,
    roles: ['OPERATOR'],
  };
}
