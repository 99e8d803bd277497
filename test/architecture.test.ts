import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findViolations, importsOf } from './support/architecture.ts';

const SOURCES = join(import.meta.dirname, '..', 'src');

function readSources(): Map<string, string> {
  const paths = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.[cm]?[jt]sx?$/.test(path),
  );
  return new Map(paths.sort().map((path) => [path.replaceAll('\\', '/'), readFileSync(join(SOURCES, path), 'utf8')]));
}

/** The violations of files in which everything that they import exists. */
function violationsOf(files: Record<string, string>): string[] {
  const surroundings = {
    'domain/day.ts': '',
    'async/delay.ts': '',
    'bus/topic.ts': '',
    'cache/daily-cache.ts': '',
    'store/accounts.ts': '',
    'transport/rest-client.ts': '',
    'loaders/bars.ts': '',
    'config.ts': '',
    'logger.ts': '',
    'app.ts': '',
    'server/http.ts': '',
  };
  return findViolations(new Map(Object.entries({ ...surroundings, ...files })));
}

describe('the sources', () => {
  it('keep the rules of the architecture', () => {
    const sources = readSources();
    expect(sources.size).toBeGreaterThan(5);
    expect(findViolations(sources)).toEqual([]);
  });
});

describe('the check of the architecture', () => {
  it.each([
    ['cache/x.ts', "import { a } from '../domain/day.ts';"],
    ['cache/x.ts', "import { a } from '../logger.ts';"],
    ['cache/x.ts', "import type { Config } from '../config.ts';"],
    ['loaders/x.ts', "import type { Bars } from '../cache/daily-cache.ts';"],
    ['loaders/x.ts', "import DataLoader from 'dataloader';"],
    ['graphql/x.ts', "import type { Loaders } from '../loaders/bars.ts';"],
    ['async/x.ts', "import { setTimeout } from 'node:timers/promises';"],
    ['sources/folder/x.ts', "import { a } from '../../transport/rest-client.ts';"],
    ['server/x.ts', "import { a } from '../loaders/bars.ts';"],
    ['main.ts', "import { a } from './app.ts';\nprocess.env;"],
    ['config-file.ts', "import { a } from './domain/day.ts';"],
    ['domain/x.ts', "// import fs from 'node:fs';\n/* Date.now() */ export const a = /x/.exec('');"],
    ['domain/x.ts', "const NAMES = new Set(['a']);\nfunction f() {\n  let a = 1;\n  const b = [];\n}"],
    ['domain/x.ts', 'export const day = new Date(0);'],
    ['commands/x.ts', "import { spawn } from 'node:child_process';"],
  ])('passes %s with %s', (path, code) => {
    expect(violationsOf({ [path]: code })).toEqual([]);
  });

  it.each([
    ['domain/x.ts', "import { a } from '../async/delay.ts';", 'imports async/delay.ts'],
    ['domain/x.ts', "import type { A } from '../logger.ts';", 'imports types of logger.ts'],
    ['domain/x.ts', "import { readFileSync } from 'node:fs';", 'imports node:fs'],
    ['domain/x.ts', "import { z } from 'zod';", 'imports zod'],
    ['domain/x.ts', 'export const now = Date.now();', 'has an effect in the domain: Date.now'],
    ['domain/x.ts', 'export const now = new Date();', 'has an effect in the domain: new Date()'],
    ['domain/x.ts', 'export const luck = Math.random();', 'has an effect in the domain: Math.random'],
    ['async/x.ts', "import { a } from '../domain/day.ts';", 'imports domain/day.ts'],
    ['async/x.ts', "import { a } from '../logger.ts';", 'imports logger.ts'],
    ['async/x.ts', "import pino from 'pino';", 'imports pino'],
    ['cache/x.ts', "import { a } from '../store/accounts.ts';", 'imports store/accounts.ts'],
    ['cache/x.ts', "import type { A } from '../store/accounts.ts';", 'imports types of store/accounts.ts'],
    ['cache/x.ts', "import { loadConfig } from '../config.ts';", 'imports config.ts'],
    ['cache/x.ts', "import { type Config } from '../config.ts';", 'imports config.ts'],
    ['loaders/x.ts', "import { a } from '../cache/daily-cache.ts';", 'imports cache/daily-cache.ts'],
    ['loaders/x.ts', "import {\n  a,\n  type B,\n} from '../cache/daily-cache.ts';", 'imports cache/daily-cache.ts'],
    ['loaders/x.ts', "import * as cache from '../cache/daily-cache.ts';", 'imports cache/daily-cache.ts'],
    ['loaders/x.ts', "export { a } from '../cache/daily-cache.ts';", 'imports cache/daily-cache.ts'],
    ['loaders/x.ts', "const a = await import('../cache/daily-cache.ts');", 'imports cache/daily-cache.ts'],
    ['loaders/x.ts', "import '../cache/daily-cache.ts';", 'imports cache/daily-cache.ts'],
    ['graphql/x.ts', "import { a } from '../loaders/bars.ts';", 'imports loaders/bars.ts'],
    ['graphql/x.ts', "import { a } from '../async/delay.ts';", 'imports async/delay.ts'],
    ['execution/x.ts', "import type { A } from '../graphql/../loaders/bars.ts';", 'imports types of loaders/bars.ts'],
    ['server/x.ts', "import { a } from '../app.ts';", 'imports app.ts'],
    ['cli/x.ts', "import { a } from '../server/http.ts';", 'imports server/http.ts'],
    ['simulator/x.ts', "import { a } from '../transport/rest-client.ts';", 'imports transport/rest-client.ts'],
    ['cache/x.ts', "import { a } from './none.ts';", 'imports ./none.ts, which is no source file'],
    ['cache/x.ts', "import { a } from './daily-cache';", 'imports ./daily-cache, which is no source file'],
    ['cache/x.ts', "import { a } from '../../test/a.ts';", 'imports ../../test/a.ts, which is no source file'],
    ['cache/x.ts', 'await import(name);', 'imports what only a run could tell'],
    ['cache/x.ts', "import fs from 'fs';", 'imports fs without node:'],
    ['cache/x.ts', 'export default 1;', 'has a default export'],
    ['cache/x.ts', "export * from './daily-cache.ts';", 'exports all of another file'],
    ['cache/x.ts', 'const a = process.env.HOME;', 'reads process.env'],
    ['cache/x.ts', "const a = process['env'];", 'reads process.env'],
    ['cache/x.ts', "import { env } from 'node:process';", 'takes env out of process'],
    ['cache/x.ts', 'const { env } = process;', 'takes env out of process'],
    [
      'commands/x.ts',
      "import { exec } from 'node:child_process';",
      'imports exec of node:child_process, which runs a shell',
    ],
    [
      'commands/x.ts',
      "import * as child from 'node:child_process';",
      'imports exec of node:child_process, which runs a shell',
    ],
    ['commands/x.ts', "spawn('a', { shell: true });", 'runs a shell'],
    ['cache/x.ts', 'export const a = 1;\n'.repeat(401), 'has more than 400 lines'],
    ['cache/x.ts', 'let count = 0;', 'has mutable state in the module'],
    ['cache/x.ts', 'export const seen = new Map<string, number>();', 'has mutable state in the module'],
    ['cache/x.ts', 'const seen: string[] = [];', 'has mutable state in the module'],
    ['cache/utils/x.ts', '', 'is named utils, which says nothing'],
    ['cache/helpers.ts', '', 'is named helpers.ts, which says nothing'],
    ['cache/entry-manager.ts', '', 'is named entry-manager.ts, which says nothing'],
    ['cache/index.ts', '', 'is a barrel by its name'],
    ['cache/DailyCache.ts', '', 'is not named in kebab-case'],
    ['cache/x.js', '', 'is not TypeScript'],
    ['services/x.ts', '', 'lies in services, which is no layer'],
    ['x.ts', '', 'lies in x, which is no layer'],
  ])('catches %s with %j', (path, code, violation) => {
    expect(violationsOf({ [path]: code })).toContain(`${path}: ${violation}`);
  });

  it('catches a vendor that imports another', () => {
    const files = {
      'sources/price-source.ts': '',
      'sources/a/fetch.ts': "import type { P } from '../price-source.ts';\nimport { b } from '../b/fetch.ts';",
      'sources/b/fetch.ts': '',
    };
    expect(violationsOf(files)).toEqual(['sources/a/fetch.ts: imports sources/b/fetch.ts']);
  });

  it('lets the simulator import signing and nothing else of a venue', () => {
    const files = {
      'exchanges/okx/sign.ts': '',
      'exchanges/okx/socket.ts': '',
      'simulator/x.ts':
        "import { a } from '../exchanges/okx/sign.ts';\nimport { b } from '../exchanges/okx/socket.ts';",
    };
    expect(violationsOf(files)).toEqual(['simulator/x.ts: imports exchanges/okx/socket.ts']);
  });

  it('catches a cycle, types included', () => {
    const files = {
      'domain/a.ts': "import type { B } from './b.ts';",
      'domain/b.ts': "import { c } from './c.ts';",
      'domain/c.ts': "import type { A } from './a.ts';",
    };
    expect(violationsOf(files)).toEqual(['cycle: domain/a.ts -> domain/b.ts -> domain/c.ts -> domain/a.ts']);
    expect(violationsOf({ 'domain/a.ts': "import type { A } from './a.ts';" })).toHaveLength(1);
  });

  it('tells types from values', () => {
    const kinds = (code: string) => importsOf(code).map(({ specifier, isType }) => [specifier, isType]);
    expect(kinds("import type { A } from 'a';")).toEqual([['a', true]]);
    expect(kinds("import type A from 'a';")).toEqual([['a', true]]);
    expect(kinds("export type { A } from 'a';")).toEqual([['a', true]]);
    expect(kinds("import { type A } from 'a';")).toEqual([['a', false]]);
    expect(kinds("import type from 'a';")).toEqual([['a', false]]);
    expect(kinds("import { a } from 'a';\nimport type {\n  B,\n} from 'b';")).toEqual([
      ['a', false],
      ['b', true],
    ]);
  });
});
