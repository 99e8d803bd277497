import { badUserInput, quoted } from '../domain/errors.ts';
import type { Viewer } from '../domain/viewer.ts';
import { checkValue } from './argument-values.ts';
import { type ParameterConfig, type Program, SCRIPT } from './program.ts';
import type { Workspace, WorkspaceFile } from './workspace.ts';

/** What a program is started with. */
export interface RenderedArguments {
  readonly argv: readonly string[];
  /** The files that `argv` names, to be looked at again before the start. */
  readonly files: readonly WorkspaceFile[];
}

export interface ArgumentScope {
  /** Whose accounts may be named. */
  readonly viewer: Viewer;
  readonly workspace: Workspace | undefined;
}

const SCRIPT_PLACEHOLDER = '{script}';

/**
 * Checks what a client sent against the parameters of a program and makes the argument list of it. Each argument is one
 * element whatever it contains, in this order:
 *
 *     fixed arguments, [script], --flag=value ..., -- positional ...
 *
 * A parameter with a flag is rendered `--days=30`, a BOOL `--flag` when true and not at all when false; one without a
 * flag is positional and stands behind `--`. The script of a BACKTEST program stands behind the fixed arguments, or in
 * place of `{script}` among them, so that `node {script} --bars=/data` and `--short=5` make
 * `node /workspace/a.ts --bars=/data --short=5`; its path is absolute and cannot be taken for an option. Parameters
 * come in the order of the configuration. An argument that is absent or null is its default, or left out.
 *
 * Fails with BAD_USER_INPUT that names the parameter, what was received and what was wanted.
 */
export async function renderArguments(
  program: Program,
  received: unknown,
  scope: ArgumentScope,
): Promise<RenderedArguments> {
  const given = givenArguments(received);
  const unknown = [...given.keys()].find((name) => !program.parameters.some((parameter) => parameter.name === name));
  if (unknown !== undefined) throw badUserInput(unknownArgument(unknown, program));

  const script: string[] = [];
  const flagged: string[] = [];
  const positional: string[] = [];
  const files: WorkspaceFile[] = [];
  for (const parameter of program.parameters) {
    const value = given.get(parameter.name) ?? parameter.default;
    if (value === undefined) {
      if (parameter.required) throw badUserInput(`argument ${parameter.name}: received nothing, but it is required`);
      continue;
    }
    const text = await textOf(parameter, value, { ...scope, files });
    const isScript = program.command.kind === 'BACKTEST' && parameter.name === SCRIPT;
    if (parameter.flag !== undefined) flagged.push(...renderFlag(parameter.flag, parameter, text));
    else if (isScript) script.push(text);
    else positional.push(positionalText(parameter, text));
  }
  const fixed = program.fixedArguments;
  const hasPlace = fixed.includes(SCRIPT_PLACEHOLDER);
  return {
    argv: [
      ...fixed.flatMap((argument) => (argument === SCRIPT_PLACEHOLDER ? script : [argument])),
      ...(hasPlace ? [] : script),
      ...flagged,
      ...(positional.length > 0 ? ['--', ...positional] : []),
    ],
    files,
  };
}

function givenArguments(received: unknown): Map<string, unknown> {
  if (received === null || received === undefined) return new Map();
  if (typeof received !== 'object' || Array.isArray(received)) {
    const shown = Array.isArray(received) ? 'a list' : quoted(received);
    throw badUserInput(`arguments: received ${shown}, wanted an object with the arguments by name`);
  }
  return new Map(Object.entries(received).filter(([, value]) => value !== null));
}

function unknownArgument(name: string, { parameters }: Program): string {
  const names = parameters.map((parameter) => parameter.name);
  return `argument ${quoted(name)}: there is no such one, wanted ${names.length === 0 ? 'none' : names.join(', ')}`;
}

async function textOf(
  parameter: ParameterConfig,
  value: unknown,
  { viewer, workspace, files }: ArgumentScope & { readonly files: WorkspaceFile[] },
): Promise<string> {
  const { name, type, extensions } = parameter;
  if (type !== 'WORKSPACE_PATH') {
    const checked = checkValue(value, { ...parameter, type }, viewer);
    if ('text' in checked) return checked.text;
    throw badUserInput(`argument ${name}: received ${shown(value)}, wanted ${checked.wanted}`);
  }
  const file = await workspace?.find(value, extensions);
  if (file === undefined) {
    const ending = extensions === undefined ? '' : ` that ends with ${extensions.join(' or ')}`;
    const wanted = `the path of a file${ending} in the workspace, relative to it`;
    throw badUserInput(`argument ${name}: received ${shown(value)}, wanted ${wanted}`);
  }
  files.push(file);
  return file.path;
}

function renderFlag(flag: string, { type }: ParameterConfig, text: string): string[] {
  if (type !== 'BOOL') return [`${flag}=${text}`];
  return text === 'true' ? [flag] : [];
}

/** Many programs look for options behind `--` as well. */
function positionalText({ name }: ParameterConfig, text: string): string {
  if (!text.startsWith('-')) return text;
  throw badUserInput(`argument ${name}: received ${quoted(text)}, wanted a text that does not begin with -`);
}

function shown(value: unknown): string {
  return typeof value === 'object' ? 'a list or an object' : quoted(value);
}
