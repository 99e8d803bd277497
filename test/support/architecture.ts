import { builtinModules } from 'node:module';
import { posix } from 'node:path';

/** Texts by path relative to the source folder: `domain/day.ts`. */
export type SourceFiles = ReadonlyMap<string, string>;

export interface Import {
  /** As written: `../domain/day.ts`, `node:net`, `zod`. Empty: not a literal. */
  readonly specifier: string;
  /** `import type` and `export type`: nothing is loaded. */
  readonly isType: boolean;
  /** The names between import and from, as written. */
  readonly clause: string;
}

interface Layer {
  /** Layers whose files may be imported. */
  readonly values: readonly string[];
  /** Layers of which only types may be imported. */
  readonly types?: readonly string[];
  /** Further files that may be imported. */
  readonly files?: RegExp;
  /** Whether folders inside are strangers to each other. */
  readonly hasSeparateFolders?: boolean;
}

const BELOW_SERVER = [
  'domain',
  'async',
  'bus',
  'transport',
  'cache',
  'sources',
  'exchanges',
  'store',
  'simulator',
  'commands',
  'loaders',
  'graphql',
  'execution',
];

/** Who may import whom. A file directly in the source folder is a layer by its own name; config-*.ts is config, app-*.ts app. */
const LAYERS: Readonly<Record<string, Layer>> = {
  domain: { values: [] },
  async: { values: [] },
  logger: { values: [] },
  config: { values: ['domain', 'logger'] },
  bus: { values: ['domain', 'async'] },
  transport: { values: ['domain', 'async'] },
  cache: { values: ['domain', 'async'], types: ['transport'] },
  sources: { values: ['domain', 'async', 'transport'], hasSeparateFolders: true },
  exchanges: { values: ['domain', 'async', 'transport'], hasSeparateFolders: true },
  store: { values: ['domain', 'async'] },
  simulator: { values: ['domain', 'async'], files: /^exchanges\/[^/]+\/(sign|([a-z]+-)?dialect)\.ts$/ },
  commands: { values: ['domain', 'async', 'bus'], types: ['store'] },
  loaders: { values: ['domain'], types: ['cache', 'store'] },
  graphql: { values: ['domain'], types: ['bus', 'loaders', 'cache', 'store', 'commands', 'exchanges'] },
  execution: { values: ['domain', 'async'] },
  // What runs in the browser stands alone.
  page: { values: [] },
  server: { values: BELOW_SERVER },
  cli: { values: [...BELOW_SERVER, 'config'] },
  'market-sink': { values: ['domain'], types: ['bus', 'exchanges'] },
  app: { values: [...BELOW_SERVER, 'server', 'cli', 'config', 'market-sink'] },
  main: { values: [...BELOW_SERVER, 'server', 'cli', 'config', 'app'] },
};

const WITHOUT_LOGGER_AND_CONFIG = ['domain', 'async', 'logger'];
const WITHOUT_PACKAGES = ['domain', 'async'];
/** Node's modules without effects that the domain may import. */
const EFFECT_FREE_BUILT_INS: readonly string[] = [];
const READERS_OF_ENVIRONMENT = /^(config|main)\.ts$/;
const EFFECTS =
  /\b(Date\.now|new Date\(\)|Math\.random|performance\.|process\.|setTimeout|setInterval|setImmediate|fetch\()/;
/** A collection that is made empty can only be there to be filled later. */
const EMPTY_AT_TOP = /^(export\s+)?const\s[^=\n]*=\s*(new\s+(Weak)?(Map|Set)(<[^>\n]*>)?\(\)|\[\]|\{\});$/m;
const NAMES_WITHOUT_MEANING = /^(utils?|helpers?|common|managers?)(\.|$)|-(utils?|helpers?|common|manager)\.ts$/;
const MOST_LINES = 400;

/** One line for each place where the sources break a rule; empty: none does. */
export function findViolations(files: SourceFiles): string[] {
  const each = [...files].flatMap(([path, source]) => {
    const code = withoutComments(source);
    const violations = [
      ...layerViolations(path, importsOf(code), files),
      ...formViolations(path, code),
      ...nameViolations(path),
      ...(source.split('\n').length > MOST_LINES + 1 ? [`has more than ${MOST_LINES} lines`] : []),
    ];
    return violations.map((violation) => `${path}: ${violation}`);
  });
  return [...each, ...cycles(files)];
}

/** All imports of a file without comments: static, dynamic, of types, and re-exports. */
export function importsOf(code: string): Import[] {
  const fromClauses = code.matchAll(
    /^\s*(?:import|export)\s+(type\s+(?!from\b|,))?([\w\s{},*$]+?)\s*from\s*(['"])(.*?)\3/gm,
  );
  const sideEffects = code.matchAll(/^\s*import\s*(['"])(.*?)\1/gm);
  const calls = code.matchAll(/(?<![\w.$])(?:import|require)\(\s*(?:(['"])([^'"]*)\1\s*[,)])?/g);
  return [
    ...[...fromClauses].map((match) => ({
      specifier: match[4] ?? '',
      isType: match[1] !== undefined,
      clause: match[2] ?? '',
    })),
    ...[...sideEffects].map((match) => ({ specifier: match[2] ?? '', isType: false, clause: '' })),
    ...[...calls].map((match) => ({ specifier: match[2] ?? '', isType: false, clause: '' })),
  ];
}

function layerOf(path: string): string {
  const [first = '', ...rest] = path.split('/');
  if (rest.length > 0) return first;
  return first.replace(/\.ts$/, '').replace(/^(app|config)-.*/, '$1');
}

function layerViolations(path: string, imports: readonly Import[], files: SourceFiles): string[] {
  const layer = LAYERS[layerOf(path)];
  if (layer === undefined) return [`lies in ${layerOf(path)}, which is no layer`];
  return imports.flatMap((each) => {
    if (each.specifier === '') return ['imports what only a run could tell'];
    if (!each.specifier.startsWith('.')) return packageViolations(path, each);
    const target = posix.join(posix.dirname(path), each.specifier);
    if (!files.has(target)) return [`imports ${each.specifier}, which is no source file`];
    return mayImport(path, target, each) ? [] : [`imports ${each.isType ? 'types of ' : ''}${target}`];
  });
}

function mayImport(path: string, target: string, { isType }: Import): boolean {
  const own = layerOf(path);
  const other = layerOf(target);
  const layer = LAYERS[own];
  if (layer === undefined) return false;
  if (own === other) return layer.hasSeparateFolders !== true || !areStrangers(path, target);
  if (other === 'logger') return !WITHOUT_LOGGER_AND_CONFIG.includes(own);
  if (other === 'config' && isType) return !WITHOUT_LOGGER_AND_CONFIG.includes(own);
  if (layer.values.includes(other) || layer.files?.test(target) === true) return true;
  return isType && layer.types?.includes(other) === true;
}

/** Two files in different folders of one layer; what lies directly in the layer belongs to all. */
function areStrangers(path: string, target: string): boolean {
  const [own, other] = [path, target].map((each) => each.split('/').slice(1, -1)[0]);
  return own !== undefined && other !== undefined && own !== other;
}

function packageViolations(path: string, { specifier, clause }: Import): string[] {
  const layer = layerOf(path);
  const isBuiltIn = specifier.startsWith('node:');
  if (!isBuiltIn && builtinModules.includes(specifier)) return [`imports ${specifier} without node:`];
  if (layer === 'domain' && isBuiltIn && !EFFECT_FREE_BUILT_INS.includes(specifier)) return [`imports ${specifier}`];
  if (WITHOUT_PACKAGES.includes(layer) && !isBuiltIn) return [`imports ${specifier}`];
  const runsShell = specifier === 'node:child_process' && /\bexec(Sync)?\b|\*/.test(clause);
  return runsShell ? ['imports exec of node:child_process, which runs a shell'] : [];
}

function formViolations(path: string, code: string): string[] {
  const forms: readonly [boolean, string][] = [
    [/^\s*export\s+default\b|\bas default\b/m.test(code), 'has a default export'],
    [/^\s*export\s*(type\s*)?\*/m.test(code), 'exports all of another file'],
    [/\bprocess\s*(\?\.|\.|\[\s*['"])\s*env\b/.test(code) && !READERS_OF_ENVIRONMENT.test(path), 'reads process.env'],
    [/\{[^}]*\benv\b[^}]*\}\s*(=|from)\s*(['"]node:process|process\b)/.test(code), 'takes env out of process'],
    [/\bshell\s*:\s*true\b/.test(code), 'runs a shell'],
    [/^(export\s+)?(let|var)\s/m.test(code) || EMPTY_AT_TOP.test(code), 'has mutable state in the module'],
    [layerOf(path) === 'domain' && EFFECTS.test(code), `has an effect in the domain: ${EFFECTS.exec(code)?.[0]}`],
  ];
  return forms.filter(([isBroken]) => isBroken).map(([, violation]) => violation);
}

function nameViolations(path: string): string[] {
  const parts = path.split('/');
  const violations = parts
    .filter((part) => NAMES_WITHOUT_MEANING.test(part))
    .map((part) => `is named ${part}, which says nothing`);
  if (parts.at(-1) === 'index.ts') violations.push('is a barrel by its name');
  if (!parts.every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.ts)?$/.test(part)))
    violations.push('is not named in kebab-case');
  if (!path.endsWith('.ts')) violations.push('is not TypeScript');
  return violations;
}

/** Each file that imports itself over others, types included, with the way back; one line for each circle. */
function cycles(files: SourceFiles): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push(`cycle: ${[...way.slice(start), path].join(' -> ')}`);
    if (start >= 0 || done.has(path)) return;
    const code = withoutComments(files.get(path) ?? '');
    for (const { specifier } of importsOf(code)) {
      const target = posix.join(posix.dirname(path), specifier);
      if (specifier.startsWith('.') && files.has(target)) visit(target, [...way, path]);
    }
    done.add(path);
  };
  for (const path of files.keys()) visit(path, []);
  return found;
}

/** Comments become spaces; texts stay as they are, since specifiers are texts. */
function withoutComments(source: string): string {
  const tokens = /(['"])(?:\\.|(?!\1)[^\\\n])*\1|`(?:\\.|[^\\`])*`|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return source.replace(tokens, (token) => (token.startsWith('/') ? ' ' : token));
}
