import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderArguments } from '../../src/commands/arguments.ts';
import type { ParameterConfig, Program } from '../../src/commands/program.ts';
import { openWorkspace, type Workspace } from '../../src/commands/workspace.ts';
import type { CommandKind } from '../../src/domain/command.ts';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const ANN: Viewer = { subject: 'ann', roles: ['OPERATOR'], accountPatterns: ['desk-*'], expiresAt: undefined };
let workspace: Workspace;

beforeAll(async () => {
  mkdirSync(join(folder.path, 'workspace'));
  for (const name of ['a.ts', '-b.ts']) writeFileSync(join(folder.path, 'workspace', name), '');
  const opened = await openWorkspace(join(folder.path, 'workspace'));
  if (opened === undefined) throw new Error('no workspace');
  workspace = opened;
});
afterAll(() => folder[Symbol.dispose]());

interface ProgramParts {
  readonly kind?: CommandKind;
  readonly fixedArguments?: readonly string[];
}

function program(parameters: readonly Partial<ParameterConfig>[], parts: ProgramParts = {}): Program {
  const { kind = 'COMMAND', fixedArguments = [] } = parts;
  return {
    command: { name: 'p', description: null, kind, parameters: [], timeoutSeconds: null },
    roles: ['OPERATOR'],
    executable: '/bin/true',
    fixedArguments,
    parameters: parameters.map((parameter) => ({ name: 'x', type: 'TEXT', required: false, ...parameter })),
  };
}

async function argv(parameters: readonly Partial<ParameterConfig>[], received: unknown, parts?: ProgramParts) {
  return (await renderArguments(program(parameters, parts), received, { viewer: ANN, workspace })).argv;
}

describe('arguments', () => {
  it('are one element each: flags first, in the order of the configuration, then the positional ones behind --', async () => {
    const parameters: Partial<ParameterConfig>[] = [
      { name: 'file' },
      { name: 'days', type: 'INT', flag: '--days' },
      { name: 'dry', type: 'BOOL', flag: '--dry' },
      { name: 'loud', type: 'BOOL', flag: '-v' },
      { name: 'note', flag: '--note' },
      { name: 'sure', type: 'BOOL' },
    ];
    const received = { note: '$(id); `ls` "x" \'y\' *', loud: false, dry: true, days: 30, file: 'a b', sure: true };
    expect(await argv(parameters, received, { fixedArguments: ['-u', 'x.py'] })).toEqual([
      '-u',
      'x.py',
      '--days=30',
      '--dry',
      '--note=$(id); `ls` "x" \'y\' *',
      '--',
      'a b',
      'true',
    ]);
  });

  it('that are absent or null are their default, or left out', async () => {
    const parameters: Partial<ParameterConfig>[] = [
      { name: 'a', type: 'INT', default: 5, required: true, flag: '--a' },
      { name: 'b', flag: '--b' },
      { name: 'c', type: 'BOOL', default: true, flag: '--c' },
    ];
    for (const received of [undefined, null, {}, { a: null, b: null }]) {
      expect(await argv(parameters, received)).toEqual(['--a=5', '--c']);
    }
    expect(await argv(parameters, { c: false })).toEqual(['--a=5']);
  });

  it('of a backtest have the script behind the fixed arguments, or where {script} stands', async () => {
    const parameters: Partial<ParameterConfig>[] = [
      { name: 'short', type: 'INT', flag: '--short' },
      { name: 'script', type: 'WORKSPACE_PATH', required: true },
    ];
    const script = join(workspace.root, 'a.ts');
    const received = { script: 'a.ts', short: 5 };
    const kind = 'BACKTEST';
    expect(await argv(parameters, received, { kind })).toEqual([script, '--short=5']);
    expect(await argv(parameters, received, { kind, fixedArguments: ['-u'] })).toEqual(['-u', script, '--short=5']);
    expect(await argv(parameters, received, { kind, fixedArguments: ['-u', '{script}', '--bars=b'] })).toEqual([
      '-u',
      script,
      '--bars=b',
      '--short=5',
    ]);
    const flagged = parameters.map((each) => (each.name === 'script' ? { ...each, flag: '--script' } : each));
    expect(await argv(flagged, received, { kind })).toEqual(['--short=5', `--script=${script}`]);
    expect(await argv(parameters, received)).toEqual(['--short=5', '--', script]);
  });

  it('name the files that they lead to, for another look before the start', async () => {
    const rendered = await renderArguments(
      program([{ type: 'WORKSPACE_PATH', extensions: ['.ts'] }]),
      { x: '-b.ts' },
      { viewer: ANN, workspace },
    );
    expect(rendered.argv).toEqual(['--', join(workspace.root, '-b.ts')]);
    expect(rendered.files.map(({ path }) => path)).toEqual([join(workspace.root, '-b.ts')]);
  });

  it.each<[Partial<ParameterConfig>, unknown, string]>([
    [{ type: 'INT' }, -5, '-5'],
    [{ type: 'INT', min: 1, max: '9999' }, '30', '30'],
    [{ type: 'INT' }, Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [{ type: 'DECIMAL', min: '0.1', max: 0.3 }, 0.3, '0.3'],
    [{ type: 'DECIMAL' }, '10.50', '10.50'],
    [{ type: 'DECIMAL' }, 1e-7, '0.0000001'],
    [{ type: 'DATE' }, '2024-02-29', '2024-02-29'],
    [{ type: 'CODE' }, '000300.SH', '000300.SH'],
    [{ type: 'CODE' }, 'sh600000', '600000.SH'],
    [{ type: 'ACCOUNT' }, 'desk-cta', 'desk-cta'],
    [{ type: 'ENUM', values: ['a', 'b'] }, 'b', 'b'],
    [{ pattern: 'a|bc' }, 'bc', 'bc'],
    [{}, '', ''],
    [{}, '机 😀 --x', '机 😀 --x'],
    [{}, 'a'.repeat(256), 'a'.repeat(256)],
  ])('%j takes %j', async (parameter, received, text) => {
    expect(await argv([{ ...parameter, flag: '--x' }], { x: received })).toEqual([`--x=${text}`]);
  });

  it.each<[Partial<ParameterConfig>, unknown]>([
    [{ type: 'INT' }, 1.5],
    [{ type: 'INT' }, '1e3'],
    [{ type: 'INT' }, ' 1'],
    [{ type: 'INT' }, '007'],
    [{ type: 'INT' }, '-0'],
    [{ type: 'INT' }, 2 ** 53],
    [{ type: 'INT' }, '9'.repeat(19)],
    [{ type: 'INT', min: 1 }, 0],
    [{ type: 'INT', max: 9999 }, 10_000],
    [{ type: 'INT' }, true],
    [{ type: 'INT' }, [1]],
    [{ type: 'INT' }, { valueOf: 1 }],
    [{ type: 'DECIMAL', max: '0.3' }, 0.30000000000000004],
    [{ type: 'DECIMAL' }, '1e5'],
    [{ type: 'DECIMAL' }, 'NaN'],
    [{ type: 'DECIMAL' }, '.5'],
    [{ type: 'DECIMAL' }, '1'.repeat(65)],
    [{ type: 'DATE' }, '2023-02-29'],
    [{ type: 'DATE' }, '2024-2-1'],
    [{ type: 'DATE' }, 20240201],
    [{ type: 'CODE' }, '../AAPL'],
    [{ type: 'CODE' }, 'rm -rf'],
    [{ type: 'CODE' }, '-x'],
    [{ type: 'CODE' }, '\u0041\u200b'],
    [{ type: 'CODE' }, ''],
    [{ type: 'ACCOUNT' }, 'other-cta'],
    [{ type: 'ACCOUNT' }, 'desk-*\0'],
    [{ type: 'ACCOUNT' }, ''],
    [{ type: 'BOOL' }, 'true'],
    [{ type: 'BOOL' }, 1],
    [{ type: 'ENUM', values: ['a', 'b'] }, 'c'],
    [{ type: 'ENUM', values: ['1'] }, 1],
    [{ type: 'ENUM' }, 'a'],
    [{ pattern: 'a|bc' }, 'abc'],
    [{ pattern: 'a' }, 'a\n'],
    [{ pattern: '(a+)+' }, `${'a'.repeat(257)}b`],
    [{ pattern: '(a+)+' }, `${'a'.repeat(60)}b`],
    [{}, 'a\0b'],
    [{}, 'a\tb'],
    [{}, 'a\u0085b'],
    [{}, '\ud800'],
    [{}, 'a'.repeat(257)],
    [{}, 5],
    [{ type: 'WORKSPACE_PATH' }, '../a.ts'],
    [{ type: 'WORKSPACE_PATH' }, 'none.ts'],
    [{ type: 'WORKSPACE_PATH', extensions: ['.py'] }, 'a.ts'],
  ])('%j refuses %j, naming the parameter, what was received and what was wanted', async (parameter, received) => {
    await expect(argv([{ ...parameter, flag: '--x' }], { x: received })).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringMatching(/^argument x: received .{1,80}, wanted .{1,120}$/),
    });
  });

  it('that are positional and look like options are refused', async () => {
    for (const value of ['-rf', '--', '-']) {
      await expect(argv([{}], { x: value })).rejects.toThrow('argument x: received "-');
    }
    await expect(argv([{ type: 'INT' }], { x: -5 })).rejects.toThrow('does not begin with -');
  });

  it('that are unknown, missing or no object are refused', async () => {
    const required = [{ name: 'x', required: true }];
    await expect(argv(required, { y: '1', x: 'a' })).rejects.toThrow('argument "y": there is no such one, wanted x');
    await expect(argv([], JSON.parse('{"__proto__":"1"}'))).rejects.toThrow('argument "__proto__"');
    await expect(argv([{ name: 'constructor' }], {})).resolves.toEqual([]);
    await expect(argv(required, null)).rejects.toThrow('argument x: received nothing, but it is required');
    for (const received of [[], 'x', 5, true]) {
      await expect(argv(required, received)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  it('that list many allowed texts are refused in few words', async () => {
    const values = Array.from({ length: 10_000 }, (_, index) => `value-${index}`);
    await expect(argv([{ type: 'ENUM', values }], { x: 'none' })).rejects.toThrow(/and 9980 more$/);
  });

  it('of accounts may be any name for whoever owns all', async () => {
    const rendered = renderArguments(
      program([{ type: 'ACCOUNT', flag: '--a' }]),
      { x: 'any' },
      { viewer: LOCAL_VIEWER, workspace },
    );
    expect((await rendered).argv).toEqual(['--a=any']);
  });
});

describe('arguments of any text', () => {
  const flags = fc.constantFrom(undefined, '--flag', '-f');
  const parameters = fc.uniqueArray(
    fc.record({
      name: fc.string({ minLength: 1, maxLength: 3 }),
      flag: flags,
      value: fc.option(fc.string({ unit: 'binary' })),
    }),
    { selector: ({ name }) => name, maxLength: 5 },
  );

  it('render as the model says or are refused: nothing becomes another element, and nothing an option', async () => {
    await fc.assert(
      fc.asyncProperty(parameters, async (list) => {
        const given = list.filter(({ value }) => value !== null);
        const rendered = argv(
          list.map(({ name, flag }) => ({ name, flag })),
          Object.fromEntries(given.map(({ name, value }) => [name, value])),
        );
        const isRefused = given.some(
          ({ flag, value }) =>
            /\p{Cc}|\p{Cs}/u.test(value ?? '') || (flag === undefined && value?.startsWith('-') === true),
        );
        if (isRefused) {
          await expect(rendered).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
          return;
        }
        const positional = given.filter(({ flag }) => flag === undefined).map(({ value }) => value);
        await expect(rendered).resolves.toEqual([
          ...given.filter(({ flag }) => flag !== undefined).map(({ flag, value }) => `${flag}=${value}`),
          ...(positional.length > 0 ? ['--', ...positional] : []),
        ]);
      }),
    );
  });
});
