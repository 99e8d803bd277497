import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseImportArguments } from '../../src/cli/import.ts';
import { peakMemory } from '../support/peak-memory.ts';
import { runProgram } from '../support/process.ts';
import { qatraderDocument } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** Of util-linux: runs a program in a pseudo terminal. */
const SCRIPT = 'script';
const HAS_SCRIPT = spawnSync(SCRIPT, ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;

describe('parseImportArguments', () => {
  it('takes a file, HISTORY by default', () => {
    expect(parseImportArguments(['qifi', 'a.json'])).toEqual({ path: 'a.json', source: 'HISTORY' });
    expect(parseImportArguments(['qifi', '--source', 'realtime', 'a.json'])).toEqual({
      path: 'a.json',
      source: 'REALTIME',
    });
    expect(parseImportArguments(['qifi', 'a.json', '--source=history'])).toMatchObject({ source: 'HISTORY' });
  });

  it.each([
    [[], 'received import ""'],
    [['qifi'], 'received import "qifi"'],
    [['bars', 'a.json'], 'received import "bars a.json"'],
    [['qifi', 'a.json', 'b.json'], 'received import "qifi a.json b.json"'],
    [['qifi', 'a.json', '--source', 'REALTIME'], 'received --source "REALTIME"'],
    [['qifi', 'a.json', '--source', 'constructor'], 'received --source "constructor"'],
    [['qifi', 'a.json', '--source'], '--source'],
    [['qifi', 'a.json', '--force'], '--force'],
  ])('says what is wrong with %j', (args, received) => {
    const problem = parseImportArguments(args);
    expect(problem).toContain(received);
    expect(problem).toContain('wanted import qifi FILE [--source history|realtime]');
  });
});

describe('deskgraph import', () => {
  it('leaves the simulated data on when a file has nothing to take', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'own.json'), JSON.stringify([qatraderDocument({ trading_day: '' }), {}]));
    const { exitCode, stdout, stderr } = await runProgram(['import', 'qifi', 'own.json'], { cwd: folder.path })
      .finished;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^0 documents of 0 accounts taken, 1 without a trading day skipped, 1 refused/);
    expect(stderr).toBe('line 1: refused, account_cookie: received undefined, wanted a name\n');
    expect(stdout).not.toContain('simulated');
    expect(existsSync(join(folder.path, '.deskgraph'))).toBe(false);
  });

  it('refuses a folder with the reason', async () => {
    using folder = temporaryFolder();
    const { exitCode, stderr } = await runProgram(['import', 'qifi', '.'], { cwd: folder.path }).finished;
    expect(exitCode).toBe(1);
    expect(stderr).toBe('deskgraph: . is no file\n');
  });

  it('names every refused line on stderr, and shows no bar where stderr is no terminal', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'own.json'), `${JSON.stringify(qatraderDocument())}\n${'{}\n'.repeat(50)}`);
    const { exitCode, stdout, stderr } = await runProgram(['import', 'qifi', 'own.json'], { cwd: folder.path })
      .finished;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^1 document of 1 account taken, 0 without a trading day skipped, 50 refused/);
    const refused = (line: number) => `line ${line}: refused, account_cookie: received undefined, wanted a name\n`;
    expect(stderr).toBe(Array.from({ length: 50 }, (_, at) => refused(at + 2)).join(''));
  });

  it.skipIf(!HAS_SCRIPT)('shows a bar on a terminal, and takes it away at the end', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'own.json'), `{}\n${JSON.stringify(qatraderDocument())}\n`);
    const command = [process.execPath, MAIN, 'import', 'qifi', 'own.json'].map((word) => `'${word}'`).join(' ');
    const child = spawn(SCRIPT, ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH ?? '', SHELL: '/bin/sh' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [printed, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')]);
    expect(exitCode).toBe(1);
    const [refusal, ...drawn] = printed.split('\r\u001b[K');
    expect(refusal).toBe('line 1: refused, account_cookie: received undefined, wanted a name\r\n');
    expect(drawn[0]).toBe('[########################]100% of 0.0 MB, documents 1, refused 1');
    expect(drawn.at(-1)).toMatch(/^1 document of 1 account taken/);
  });

  it('takes a file of any length in bounded memory', async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'own.jsonl');
    const event = { '2020-01-16 21:01:36': 'x'.repeat(200_000) };
    for (let at = 0; at < 20; at++) {
      const states = Array.from({ length: 64 }, (_, index) =>
        qatraderDocument({ account_cookie: `${at}-${index}`, event }),
      );
      appendFileSync(path, states.map((state) => `${JSON.stringify(state)}\n`).join(''));
    }
    const peak = peakMemory(folder.path);
    const { exitCode, stdout, stderr } = await runProgram(['import', 'qifi', 'own.jsonl'], {
      cwd: folder.path,
      environment: peak.environment,
    }).finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^1280 documents of 1280 accounts taken/);
    expect(peak.bytes()).toBeGreaterThan(2 ** 20);
    expect(peak.bytes()).toBeLessThan(statSync(path).size);
  }, 30_000);
});
