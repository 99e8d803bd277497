import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ProgramConfig } from '../../src/commands/program.ts';
import { openRegistry } from '../../src/commands/registry.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());
const workspace = join(folder.path, '$& workspace');
mkdirSync(workspace);

function config(parts: Partial<ProgramConfig> = {}): ProgramConfig {
  return {
    name: 'p',
    kind: 'COMMAND',
    executable: 'node',
    fixedArguments: [],
    parameters: [],
    roles: ['OPERATOR'],
    ...parts,
  };
}

const open = (parts: Partial<ProgramConfig>, folderOfScripts: string | undefined = workspace) =>
  openRegistry({ programs: [config(parts)], workspace: folderOfScripts, nodePath: process.execPath });

describe('a registry', () => {
  it('lists commands as a form needs them', async () => {
    const { registry, problems } = await open({
      description: 'Sweeps.',
      timeoutSeconds: 60,
      parameters: [
        { name: 'days', type: 'INT', required: true, min: 1, max: '9999', flag: '--days' },
        { name: 'mode', type: 'ENUM', required: false, values: ['fast', 'slow'], description: 'How.' },
        { name: 'file', type: 'WORKSPACE_PATH', required: false, extensions: ['.csv'] },
        { name: 'text', type: 'TEXT', required: false, pattern: '[a-z]+' },
        { name: 'tiny', type: 'DECIMAL', required: false, min: 1e-7 },
      ],
    });
    expect(problems).toEqual([]);
    const nothing = { description: null, allowed: null, min: null, max: null, pattern: null, required: false };
    expect(registry.programs.get('p')?.command).toEqual({
      name: 'p',
      description: 'Sweeps.',
      kind: 'COMMAND',
      timeoutSeconds: 60,
      parameters: [
        { ...nothing, name: 'days', type: 'INT', required: true, min: '1', max: '9999' },
        { ...nothing, name: 'mode', type: 'ENUM', allowed: ['fast', 'slow'], description: 'How.' },
        { ...nothing, name: 'file', type: 'WORKSPACE_PATH', allowed: ['.csv'] },
        { ...nothing, name: 'text', type: 'TEXT', pattern: '[a-z]+' },
        { ...nothing, name: 'tiny', type: 'DECIMAL', min: '0.0000001' },
      ],
    });
  });

  it('fills the path of the workspace in, and nothing that only looks like its placeholder', async () => {
    const { registry } = await open({
      fixedArguments: ['{workspace}/a.py', '--in={workspace}', '{workspaces}', '{script}'],
    });
    const root = registry.workspace?.root;
    expect(registry.programs.get('p')?.fixedArguments).toEqual([
      `${root}/a.py`,
      `--in=${root}`,
      '{workspaces}',
      '{script}',
    ]);
  });

  it('knows that a backtest needs its script', async () => {
    const script = { name: 'script', type: 'WORKSPACE_PATH', required: false } as const;
    const { registry } = await open({ kind: 'BACKTEST', parameters: [script] });
    expect(registry.programs.get('p')?.command.parameters[0]?.required).toBe(true);
    expect(registry.programs.get('p')?.parameters[0]?.required).toBe(true);
  });

  it('takes node for the Node that runs the server, and else only a program that is there and needs no shell', async () => {
    const { registry } = await open({});
    expect(registry.programs.get('p')?.executable).toBe(process.execPath);
    const plain = join(folder.path, 'plain');
    writeFileSync(plain, '');
    chmodSync(plain, 0o644);
    const forShell = join(folder.path, 'for-shell');
    writeFileSync(forShell, 'echo hello\n', { mode: 0o755 });
    for (const executable of ['python3', 'bin/x', join(folder.path, 'none'), plain, forShell, folder.path]) {
      const { problems } = await open({ executable });
      expect(problems).toEqual([
        expect.stringMatching(/^commands\.programs\[0\]\.executable: received ".+", wanted node, or/),
      ]);
    }
  });

  it.each<[string, Partial<ProgramConfig>, string | undefined, string]>([
    ['a workspace that is not there', {}, '/none', 'commands.workspace: received "/none"'],
    [
      'a path of no workspace',
      { fixedArguments: ['{workspace}'] },
      undefined,
      'commands.programs[0]: uses files of the workspace',
    ],
    [
      'a default that is not allowed',
      { parameters: [{ name: 'a', type: 'INT', required: false, min: 1, default: 0 }] },
      workspace,
      'commands.programs[0].parameters[0].default: received "0", wanted a whole number of at least 1',
    ],
    [
      'a choice of nothing',
      { parameters: [{ name: 'a', type: 'ENUM', required: false }] },
      workspace,
      'commands.programs[0].parameters[0].values: received none',
    ],
  ])('tells of %s', async (_name, parts, folderOfScripts, problem) => {
    const { problems } = await openRegistry({
      programs: [config(parts)],
      workspace: folderOfScripts,
      nodePath: process.execPath,
    });
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });
});
