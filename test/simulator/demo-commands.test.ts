import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDay } from '../../src/domain/day.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { seedDemoCommands } from '../../src/simulator/demo-commands.ts';
import { demoMarketFiles } from '../../src/simulator/demo-market.ts';
import { type CommandDesk, openCommandDesk } from '../commands/command-desk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The demo's commands over the demo's bars. */
async function openDemo(folder: string): Promise<CommandDesk> {
  const barsFolder = join(folder, 'bars');
  mkdirSync(barsFolder, { recursive: true });
  for (const { name, text } of demoMarketFiles(parseDay('2018-06-29') ?? 0))
    writeFileSync(join(barsFolder, name), text);
  const { programs } = await seedDemoCommands({ folder, barsFolder });
  return openCommandDesk({ folder, programs });
}

describe("the demo's backtest", () => {
  it('runs a script of the workspace over the bars and reports each year', async () => {
    using temporary = temporaryFolder();
    await using desk = await openDemo(temporary.path);
    const request = { script: 'moving-average.ts', arguments: { code: '510300.SH', short: 5, pauseMs: 0 } };
    const run = await desk.commands.runBacktest(request, LOCAL_VIEWER);
    const { text, chunks, end } = await desk.follow(run);
    expect(end.run).toMatchObject({ state: 'SUCCEEDED', progress: { fraction: 1, message: '2018' } });
    expect(chunks.every(({ stream }) => stream === 'STDOUT')).toBe(true);
    expect(text).toMatch(/^510300\.SH, 5 against 60 days, 2015-\d\d-\d\d to 2018-06-29\nyear {4}trades/);
    const lines = text.split('\n').filter((line) => /^(\d{4}|all) /.test(line));
    expect(lines.map((line) => line.slice(0, 4).trim())).toEqual(['2015', '2016', '2017', '2018', 'all']);
    for (const line of lines) expect(line).toMatch(/^\w+ +\d+ +-?\d+\.\d% +\d+\.\d%$/);
    const growths = lines.map((line) => 1 + Number(/(-?[\d.]+)%/.exec(line)?.[1]) / 100);
    const ofYears = growths.slice(0, -1).reduce((product, growth) => product * growth, 1);
    expect(growths.at(-1)).toBeCloseTo(ofYears, 2);
  });

  it('says what it cannot do and fails', async () => {
    using temporary = temporaryFolder();
    await using desk = await openDemo(temporary.path);
    for (const [given, complaint] of [
      [{ code: 'NONE' }, /^there is no file .*NONE\.csv\n$/],
      [{ short: 60 }, /^received short 60 and long 60, wanted short below long\n$/],
    ] as const) {
      const run = await desk.commands.runBacktest({ script: 'moving-average.ts', arguments: given }, LOCAL_VIEWER);
      const { text, end } = await desk.follow(run);
      expect(text).toMatch(complaint);
      expect(end.run).toMatchObject({ state: 'FAILED', exitCode: 1 });
    }
  });

  it('is the only one, and keeps a script that was changed', async () => {
    using temporary = temporaryFolder();
    await using desk = await openDemo(temporary.path);
    const path = join(desk.workspace, 'moving-average.ts');
    writeFileSync(path, 'console.log("mine");');
    await seedDemoCommands({ folder: temporary.path, barsFolder: 'bars' });
    expect(readFileSync(path, 'utf8')).toBe('console.log("mine");');
    const run = await desk.commands.runBacktest({ script: 'moving-average.ts' }, LOCAL_VIEWER);
    expect((await desk.follow(run)).text).toBe('mine\n');
    expect(desk.commands.list().map(({ name, kind }) => `${kind} ${name}`)).toEqual([
      'BACKTEST backtest',
      'COMMAND countdown',
    ]);
  });
});

describe("the demo's countdown", () => {
  it('prints a line at a time', async () => {
    using temporary = temporaryFolder();
    await using desk = await openDemo(temporary.path);
    const { text, end } = await desk.finish('countdown', { count: 2, everyMs: 1 });
    const lines = text.split('\n');
    expect(lines.filter((line) => /^\d/.test(line))).toEqual(['2', '1', '0']);
    expect(end.run).toMatchObject({ state: 'SUCCEEDED', progress: { fraction: 1, message: null } });
  });
});
