import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseImportArguments } from '../../src/cli/import.ts';
import { runProgram } from '../support/process.ts';
import { qatraderDocument } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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
    const { exitCode, stdout } = await runProgram(['import', 'qifi', 'own.json'], { cwd: folder.path }).finished;
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^0 documents of 0 accounts taken, 1 without a trading day skipped, 1 refused/);
    expect(stdout).toContain('line 1: refused, account_cookie: received undefined, wanted a name');
    expect(stdout).not.toContain('simulated');
    expect(existsSync(join(folder.path, '.deskgraph'))).toBe(false);
  });

  it('refuses a folder with the reason', async () => {
    using folder = temporaryFolder();
    const { exitCode, stderr } = await runProgram(['import', 'qifi', '.'], { cwd: folder.path }).finished;
    expect(exitCode).toBe(1);
    expect(stderr).toBe('deskgraph: . is no file\n');
  });
});
