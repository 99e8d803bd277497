import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { Command, CommandParameter } from '../domain/command.ts';
import { toDecimalText } from '../domain/decimal-text.ts';
import { quoted } from '../domain/errors.ts';
import { LOCAL_VIEWER } from '../domain/viewer.ts';
import { checkValue } from './argument-values.ts';
import { type ParameterConfig, type Program, type ProgramConfig, SCRIPT } from './program.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

/** How binaries of Linux (ELF) and macOS (Mach-O, 64 bit and universal) begin, in hexadecimal. */
const BINARY_MARKS: readonly string[] = ['7f454c46', 'cffaedfe', 'cafebabe'];
const BINARY_MARKS_LENGTH = 4;

/** What can be run, and nothing else can. */
export interface Registry {
  /** In the order of the configuration. */
  readonly programs: ReadonlyMap<string, Program>;
  readonly workspace: Workspace | undefined;
}

export interface RegistryOptions {
  /** Their names are unique. */
  readonly programs: readonly ProgramConfig[];
  /** The folder that scripts lie in; undefined: there is none. */
  readonly workspace?: string | undefined;
  /** What the executable `node` stands for, absolute. */
  readonly nodePath: string;
}

/** The registry, and a line for each thing that is wrong with the configuration: with any, nothing should be started. */
export async function openRegistry(
  options: RegistryOptions,
): Promise<{ readonly registry: Registry; readonly problems: readonly string[] }> {
  const workspace = options.workspace === undefined ? undefined : await openWorkspace(options.workspace);
  const missing =
    options.workspace === undefined || workspace !== undefined
      ? []
      : [`commands.workspace: received ${quoted(options.workspace)}, wanted a folder that is there`];
  const programs = options.programs.map((config): Program => {
    const executable = config.executable === 'node' ? options.nodePath : config.executable;
    // A function, since a replacement text would give $ a meaning.
    const fill = (argument: string): string => argument.replaceAll('{workspace}', () => workspace?.root ?? '');
    return {
      command: toCommand(config),
      roles: config.roles,
      executable,
      fixedArguments: config.fixedArguments.map(fill),
      parameters: config.parameters.map((parameter) => ({ ...parameter, required: isRequired(parameter, config) })),
    };
  });
  const problems = options.programs.flatMap((config, index) => {
    const at = `commands.programs[${index}]`;
    return [
      ...executableProblems(programs[index]?.executable ?? '', at),
      ...(options.workspace === undefined ? workspaceProblems(config, at) : []),
      ...config.parameters.flatMap((parameter, of) => parameterProblems(parameter, `${at}.parameters[${of}]`)),
    ];
  });
  return {
    registry: { programs: new Map(programs.map((program) => [program.command.name, program])), workspace },
    problems: [...missing, ...problems],
  };
}

function toCommand(config: ProgramConfig): Command {
  return {
    name: config.name,
    description: config.description ?? null,
    kind: config.kind,
    parameters: config.parameters.map((parameter) => toParameter(parameter, config)),
    timeoutSeconds: config.timeoutSeconds ?? null,
  };
}

function toParameter(parameter: ParameterConfig, config: ProgramConfig): CommandParameter {
  const { name, type, description, values, extensions, min, max, pattern } = parameter;
  const allowed = { ENUM: values, WORKSPACE_PATH: extensions };
  return {
    name,
    type,
    required: isRequired(parameter, config),
    description: description ?? null,
    allowed: (type === 'ENUM' || type === 'WORKSPACE_PATH' ? allowed[type] : undefined) ?? null,
    min: boundText(min),
    max: boundText(max),
    pattern: pattern ?? null,
  };
}

/** A BACKTEST without its script is nothing. */
function isRequired({ name, required }: ParameterConfig, { kind }: ProgramConfig): boolean {
  return required || (kind === 'BACKTEST' && name === SCRIPT);
}

function boundText(bound: number | string | undefined): string | null {
  return bound === undefined ? null : (toDecimalText(bound) ?? null);
}

function executableProblems(executable: string, at: string): string[] {
  const isUsable = isAbsolute(executable) && isExecutable(executable);
  const wanted = 'node, or the path of a program, binary or beginning with #!, that is there and may be executed';
  return isUsable ? [] : [`${at}.executable: received ${quoted(executable)}, wanted ${wanted}`];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile() && !needsShell(path);
  } catch {
    return false;
  }
}

/** The system hands a text without a first line that names its interpreter to a shell. */
function needsShell(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const start = Buffer.alloc(BINARY_MARKS_LENGTH);
    readSync(file, start, 0, start.length, 0);
    return start.toString('latin1', 0, 2) !== '#!' && !BINARY_MARKS.includes(start.toString('hex'));
  } finally {
    closeSync(file);
  }
}

function workspaceProblems({ fixedArguments, parameters }: ProgramConfig, at: string): string[] {
  const needsWorkspace =
    fixedArguments.some((argument) => argument.includes('{workspace}')) ||
    parameters.some(({ type }) => type === 'WORKSPACE_PATH');
  return needsWorkspace ? [`${at}: uses files of the workspace, wanted commands.workspace to name the folder`] : [];
}

/** What the shape alone does not tell; a default is checked as if a client sent it. */
function parameterProblems(parameter: ParameterConfig, at: string): string[] {
  const { type, values = [], default: value } = parameter;
  if (type === 'ENUM' && values.length === 0) return [`${at}.values: received none, wanted every text that is allowed`];
  // Which files and whose accounts there are is known only when it is run.
  if (value === undefined || type === 'WORKSPACE_PATH' || type === 'ACCOUNT') return [];
  const checked = checkValue(value, { ...parameter, type }, LOCAL_VIEWER);
  return 'text' in checked ? [] : [`${at}.default: received ${quoted(value)}, wanted ${checked.wanted}`];
}
