import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isStillThere, openWorkspace, type Workspace, type WorkspaceFile } from '../../src/commands/workspace.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const root = join(folder.path, 'workspace');
let workspace: Workspace;

beforeAll(async () => {
  mkdirSync(join(root, 'deep', 'er'), { recursive: true });
  mkdirSync(join(folder.path, 'workspace-of-another'));
  for (const path of ['a.ts', 'deep/er/b.py', 'é.ts', '..c.ts', 'no-extension', '-x.ts'])
    writeFileSync(join(root, path), '');
  for (const path of ['secret.ts', 'workspace-of-another/c.ts']) writeFileSync(join(folder.path, path), '');
  symlinkSync(join(folder.path, 'secret.ts'), join(root, 'link.ts'));
  symlinkSync(folder.path, join(root, 'up'));
  symlinkSync(join(root, 'a.ts'), join(root, 'inner.ts'));
  symlinkSync(join(root, 'no-extension'), join(root, 'disguised.ts'));
  symlinkSync('loop.ts', join(root, 'loop.ts'));
  linkSync(join(folder.path, 'secret.ts'), join(root, 'hard.ts'));
  const opened = await openWorkspace(root);
  if (opened === undefined) throw new Error('no workspace');
  workspace = opened;
});
afterAll(() => folder[Symbol.dispose]());

const pathOf = async (path: unknown, extensions?: readonly string[]) => (await workspace.find(path, extensions))?.path;

describe('a workspace', () => {
  it('finds the files in it, also through a link that stays inside', async () => {
    expect(await pathOf('a.ts')).toBe(join(workspace.root, 'a.ts'));
    expect(await pathOf('./deep//er/b.py')).toBe(join(workspace.root, 'deep/er/b.py'));
    expect(await pathOf(`${'./'.repeat(510)}a.ts`)).toBeDefined();
    expect(await pathOf('é.ts')).toBe(join(workspace.root, 'é.ts'));
    expect(await pathOf('..c.ts')).toBe(join(workspace.root, '..c.ts'));
    expect(await pathOf('-x.ts')).toBe(join(workspace.root, '-x.ts'));
    expect(await pathOf('inner.ts')).toBe(join(workspace.root, 'a.ts'));
  });

  it.each([
    ['..', '../secret.ts'],
    ['.. in the middle', 'deep/../a.ts'],
    ['.. that comes out in the same place', '../workspace/a.ts'],
    ['a folder beside it that begins alike', '../workspace-of-another/c.ts'],
    ['an absolute path', join(folder.path, 'secret.ts')],
    ['an absolute path inside', join(root, 'a.ts')],
    ['the file system through /proc', '/proc/self/root/etc/passwd'],
    ['a link that leads out', 'link.ts'],
    ['a folder that leads out', 'up/secret.ts'],
    ['a link to itself', 'loop.ts'],
    ['a file with a second name', 'hard.ts'],
    ['a folder', 'deep'],
    ['itself', '.'],
    ['nothing', ''],
    ['a file that is not there', 'none.ts'],
    ['a way through a file', 'a.ts/b.ts'],
    ['NUL', 'a.ts\0.py'],
    ['a newline', 'a.ts\n'],
    ['a backslash', 'deep\\er'],
    ['another spelling of the same characters', 'e\u0301.ts'],
    ['half a character', '\ud800.ts'],
    ['a look-alike of ..', '\u2025/secret.ts'],
    ['more than 1,024 bytes', `${'./'.repeat(511)}a.ts`],
    ['a number', 5],
    ['a list', ['a.ts']],
    ['null', null],
  ])('does not find %s', async (_name, path) => {
    expect(await workspace.find(path)).toBeUndefined();
  });

  it('finds only files that end as is asked for, by what a link leads to', async () => {
    expect(await pathOf('a.ts', ['.py', 'ts'])).toBeDefined();
    expect(await pathOf('a.ts', ['.py'])).toBeUndefined();
    expect(await pathOf('disguised.ts', ['.ts'])).toBeUndefined();
    expect(await pathOf('deep/er/b.py', ['py'])).toBeDefined();
  });

  it('is none where there is no folder', async () => {
    expect(await openWorkspace(join(root, 'none'))).toBeUndefined();
    expect(await openWorkspace(join(root, 'a.ts'))).toBeUndefined();
  });
});

describe('a file that was found', () => {
  async function found(name: string): Promise<WorkspaceFile> {
    writeFileSync(join(root, name), 'first');
    const file = await workspace.find(name);
    if (file === undefined) throw new Error('not found');
    expect(isStillThere(file)).toBe(true);
    return file;
  }

  it('is not there any more after it was replaced, removed, linked or its folder swapped', async () => {
    const replaced = await found('r.ts');
    renameSync(join(root, 'a.ts'), join(root, 'r.ts'));
    expect(isStillThere(replaced)).toBe(false);

    const removed = await found('d.ts');
    rmSync(join(root, 'd.ts'));
    expect(isStillThere(removed)).toBe(false);

    const linked = await found('l.ts');
    linkSync(join(root, 'l.ts'), join(root, 'l2.ts'));
    expect(isStillThere(linked)).toBe(false);

    mkdirSync(join(root, 'swap'));
    const swapped = await found('swap/s.ts');
    renameSync(join(root, 'swap'), join(root, 'swapped'));
    symlinkSync(join(root, 'swapped'), join(root, 'swap'));
    expect(isStillThere(swapped)).toBe(false);
  });
});
