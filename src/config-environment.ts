import { z } from 'zod';
import { editDistance, nearestName, shown } from './config-problems.ts';
import type { Variable } from './config-variables.ts';
import { VARIABLES } from './config-variables.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type VariableName = keyof typeof VARIABLES;
/** The texts of the variables that are set and not empty, secrets read from their files, without defaults. */
export type VariableTexts = Readonly<Partial<Record<VariableName, string>>>;
/** The values of all variables; undefined: not set and without a default. */
export type VariableValues = { readonly [Name in VariableName]: z.output<(typeof VARIABLES)[Name]['schema']> };

const TABLE: Readonly<Record<VariableName, Variable>> = VARIABLES;
const NAMES = Object.keys(TABLE).filter((name): name is VariableName => name in TABLE);
const LONGEST_TYPING_ERROR = 2;

/** Collects the texts of our variables, and a problem for each that has two or cannot be read. */
export function readVariables(environment: Environment, readFile: (path: string) => string) {
  const texts: Partial<Record<VariableName, string>> = {};
  const problems: string[] = [];
  for (const name of NAMES) {
    const { text, problem } = readVariable(name, environment, readFile);
    if (text !== undefined) texts[name] = text;
    if (problem !== undefined) problems.push(problem);
  }
  return { texts, problems };
}

/** The values of all variables, or undefined beside a problem for each that cannot be used. */
export function parseVariables(texts: VariableTexts): { values: VariableValues | undefined; problems: string[] } {
  const schema = z.object(Object.fromEntries(NAMES.map((name) => [name, TABLE[name].schema])));
  const withDefaults = Object.fromEntries(NAMES.map((name) => [name, texts[name] ?? TABLE[name].default]));
  const result = schema.safeParse(withDefaults);
  // The schema is assembled by name from the table that VariableValues is derived from.
  if (result.success) return { values: result.data as VariableValues, problems: [] };
  const refused = new Set(result.error.issues.map((issue) => issue.path[0]));
  const problems = NAMES.filter((name) => refused.has(name)).map((name) => {
    const received = TABLE[name].isSecret === true ? '(hidden)' : shown(texts[name]);
    return `${name}: received ${received}, wanted ${TABLE[name].wanted}`;
  });
  return { values: undefined, problems };
}

/**
 * Names that look like ours and are not. The environment also holds the names of other programs, so only what begins
 * with DESKGRAPH_, is a beginning of a name of ours or is at most two typing errors away from one counts. `others` are
 * names that the configuration file gives.
 */
export function findUnknownVariables(environment: Environment, others: readonly string[] = []): string[] {
  const known = NAMES.flatMap((name) => (TABLE[name].isSecret === true ? [name, `${name}_FILE`] : [name]));
  return Object.entries(environment)
    .filter(([name]) => !known.includes(name) && !others.includes(name))
    .filter(([name, text]) => looksLikeOurs(name, text ?? '', known))
    .map(
      ([name]) => `${name.slice(0, 64)}: received an unknown name, the nearest known one is ${nearestOf(name, known)}`,
    );
}

/** DESKGRAPH_PORT is nearer to PORT than to DESKGRAPH_DATA: the prefix, which some names have, counts for nothing. */
function nearestOf(name: string, known: readonly string[]): string {
  const byStem = new Map(known.map((each) => [withoutPrefix(each), each]));
  return byStem.get(nearestName(withoutPrefix(name), [...byStem.keys()]) ?? '') ?? '';
}

function withoutPrefix(name: string): string {
  return name.replace(/^DESKGRAPH_/, '');
}

function looksLikeOurs(name: string, text: string, known: readonly string[]): boolean {
  if (name.startsWith('DESKGRAPH_')) return !isForeignDeskgraph(name, text);
  const isShort = !name.includes('_') && name.length < 8;
  if (isShort) return false;
  return known.some(
    (each) => editDistance(name, each) <= LONGEST_TYPING_ERROR || (name.includes('_') && each.startsWith(`${name}_`)),
  );
}

/** Kubernetes and Docker describe a service named deskgraph in such variables; the test suites have names of their own. */
function isForeignDeskgraph(name: string, text: string): boolean {
  if (/^DESKGRAPH_(TEST_|SERVICE_|PORT_\d|ENV_|NAME$)/.test(name)) return true;
  return name === 'DESKGRAPH_PORT' && /^(tcp|udp):/.test(text);
}

function readVariable(
  name: VariableName,
  environment: Environment,
  readFile: (path: string) => string,
): { text?: string; problem?: string } {
  if (TABLE[name].isSecret === true) return readSecretVariable(name, environment, readFile);
  const text = environment[name] ?? '';
  return text === '' ? {} : { text };
}

/** A secret: the text of the variable, or of the file that NAME_FILE names. Neither is there when it is not set. */
export function readSecretVariable(
  name: string,
  environment: Environment,
  readFile: (path: string) => string,
): { text?: string; problem?: string } {
  const text = environment[name] ?? '';
  const fileName = `${name}_FILE`;
  const path = environment[fileName] ?? '';
  if (path === '') return text === '' ? {} : { text };
  if (text !== '') return { problem: `${fileName}: received a path beside ${name}, wanted one of the two` };
  const secret = readSecret(path, readFile);
  if (secret !== undefined) return { text: secret };
  return { problem: `${fileName}: received ${shown(path)}, wanted a readable file with a text` };
}

function readSecret(path: string, readFile: (path: string) => string): string | undefined {
  try {
    const secret = readFile(path).replace(/\r?\n$/, '');
    return secret === '' ? undefined : secret;
  } catch {
    return undefined;
  }
}
