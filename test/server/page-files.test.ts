import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readPageFiles } from '../../src/server/page-files.ts';

const SOURCES = join(import.meta.dirname, '..', '..', 'src');
const FILE = join(SOURCES, 'server', 'page-files.ts');

describe('the files of the page', () => {
  it('are read without a warning in the output of the server', async () => {
    const code = `const { readPageFiles } = await import(${JSON.stringify(FILE)}); console.log((await readPageFiles()).length);`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
    expect(stderr).toBe('');
    expect(Number(stdout)).toBeGreaterThan(10);
  });

  it('keep their line numbers without their types, so that a fault is found', async () => {
    const files = await readPageFiles();
    const stripped = files.find(({ path }) => path === '/assets/page/desk-socket.ts')?.text ?? '';
    const lineOf = (text: string): number => text.split('\n').findIndex((line) => line.includes('#send(message'));
    const source = readFileSync(join(SOURCES, 'page', 'desk-socket.ts'), 'utf8');
    expect(lineOf(stripped)).toBe(lineOf(source));
    expect(source).toMatch(/^interface Stream /m);
    expect(stripped).not.toMatch(/^interface Stream /m);
  });
});
