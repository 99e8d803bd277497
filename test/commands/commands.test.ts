import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.ts';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ANN, BOB, openCommandDesk, program } from './command-desk.ts';

const WAITING = 'setInterval(() => {}, 1e6);';
const TRADER: Viewer = { subject: 'tom', roles: ['TRADER'], accountPatterns: ['*'], expiresAt: undefined };
const SCRIPT = { name: 'script', type: 'WORKSPACE_PATH', required: true } as const;

describe('commands', () => {
  it('are listed in the order of the configuration', async () => {
    await using desk = await openCommandDesk({ scripts: { b: '', a: '' } });
    expect(desk.commands.list().map(({ name }) => name)).toEqual(['b', 'a']);
  });

  it('are run by whoever has one of their roles; to others they are as unknown as any', async () => {
    await using desk = await openCommandDesk({
      scripts: { mine: '', theirs: '' },
      programs: [program('mine', { roles: ['TRADER', 'OPERATOR'] }), program('theirs', { roles: ['OPERATOR'] })],
    });
    expect(await desk.start('mine', {}, TRADER)).toMatchObject({ requestedBy: 'tom' });
    expect(await desk.start('theirs', {}, LOCAL_VIEWER)).toMatchObject({ requestedBy: 'local' });
    for (const name of ['theirs', 'unknown', '__proto__', 'constructor']) {
      await expect(desk.start(name, {}, TRADER)).rejects.toMatchObject({
        code: 'COMMAND_NOT_ALLOWED',
        message: `received the command "${name}", wanted one that is registered and yours to run`,
      });
    }
    expect((await desk.commands.runs({}, {}, LOCAL_VIEWER)).totalCount).toBe(2);
  });

  it('with wrong arguments are refused, and nothing is stored', async () => {
    await using desk = await openCommandDesk({ scripts: { plain: '' } });
    await expect(desk.start('plain', { x: 1 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect((await desk.commands.runs({}, {}, LOCAL_VIEWER)).totalCount).toBe(0);
  });
});

describe('a backtest', () => {
  const backtest = (name: string, parts = {}) =>
    program(name, { kind: 'BACKTEST', fixedArguments: [], parameters: [SCRIPT], ...parts });
  const PRINTING = 'console.log(process.argv.slice(2).join())';

  it('runs its script with the arguments, by the only such command when none is named', async () => {
    const days = { name: 'days', type: 'INT', required: false, flag: '--days' } as const;
    await using desk = await openCommandDesk({
      scripts: { printing: PRINTING },
      programs: [backtest('test', { parameters: [SCRIPT, days] })],
    });
    const run = await desk.commands.runBacktest({ script: 'printing.mjs', arguments: { days: 5 } }, LOCAL_VIEWER);
    expect(run).toMatchObject({ command: 'test', kind: 'BACKTEST', arguments: { script: 'printing.mjs', days: 5 } });
    expect((await desk.follow(run)).text).toBe('--days=5\n');
  });

  it('is refused when which one is not clear, when it is none, or when its script is named twice', async () => {
    await using desk = await openCommandDesk({
      scripts: { printing: PRINTING },
      programs: [backtest('one'), backtest('two')],
    });
    const script = 'printing.mjs';
    const refused = async (request: Parameters<typeof desk.commands.runBacktest>[0], viewer = LOCAL_VIEWER) =>
      desk.commands.runBacktest(request, viewer).catch(({ code, message }) => `${code}: ${message}`);
    expect(await refused({ script })).toBe('BAD_USER_INPUT: received no command, wanted one of the 2 of kind BACKTEST');
    expect(await refused({ script, command: 'printing' })).toMatch('BAD_USER_INPUT: received the command "printing"');
    expect(await refused({ script, command: 'three' })).toMatch('COMMAND_NOT_ALLOWED: ');
    expect(await refused({ script, command: 'one' }, TRADER)).toMatch('COMMAND_NOT_ALLOWED: ');
    expect(await refused({ script, command: 'one', arguments: { script } })).toMatch('BAD_USER_INPUT: received script');
    expect(await refused({ script, command: 'one', arguments: [] })).toMatch(
      'BAD_USER_INPUT: arguments: received a list',
    );
    expect(await refused({ script: '../../etc/passwd', command: 'one' })).toMatch('BAD_USER_INPUT: argument script: ');
  });
});

describe('the list of runs', () => {
  it('pages through all runs, the newest first, and narrows by command, kind and state', async () => {
    const clock = new ManualClock();
    await using desk = await openCommandDesk({
      scripts: { good: '', bad: 'process.exitCode = 1' },
      clock,
    });
    const made: Run[] = [];
    for (const name of ['good', 'bad', 'good']) {
      made.unshift((await desk.finish(name)).end.run);
      clock.advance(1);
    }
    const ids = async (selection: Parameters<typeof desk.commands.runs>[0]) =>
      (await desk.commands.runs(selection, {}, LOCAL_VIEWER)).edges.map(({ node }) => node.id);
    const [newest, middle, oldest] = made.map(({ id }) => id);
    expect(await ids({})).toEqual([newest, middle, oldest]);
    expect(await ids({ command: 'good' })).toEqual([newest, oldest]);
    expect(await ids({ states: ['FAILED'], kind: 'COMMAND' })).toEqual([middle]);
    expect(await ids({ kind: 'BACKTEST' })).toEqual([]);

    const first = await desk.commands.runs({}, { first: 2 }, LOCAL_VIEWER);
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const rest = await desk.commands.runs({}, { first: 2, after: first.pageInfo.endCursor }, LOCAL_VIEWER);
    expect(rest.edges.map(({ node }) => node)).toEqual([made[2]]);
    const last = await desk.commands.runs({}, { last: 1 }, LOCAL_VIEWER);
    expect(last.edges).toEqual(rest.edges);
    for (const after of ['none', Buffer.from('p1:1:../x').toString('base64url')]) {
      await expect(desk.commands.runs({}, { after }, LOCAL_VIEWER)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });
});

describe('the states of runs', () => {
  it('of one run end with its final one, also for who comes long after it', async () => {
    const clock = new ManualClock();
    await using desk = await openCommandDesk({ scripts: { good: '' }, clock });
    const { end } = await desk.finish('good');
    const states = async (): Promise<Run[]> => {
      const seen: Run[] = [];
      const following = await desk.commands.followStatus({ runId: end.run.id }, LOCAL_VIEWER);
      for await (const run of following) seen.push(run);
      return seen;
    };
    expect(await states()).toMatchObject([end.run]);
    clock.advance(60_000);
    expect(desk.bus.runStatus.latest(end.run.id)).toBeUndefined();
    expect(await states()).toEqual([end.run]);
  });

  it('are those that the viewer may see, of the command that was asked for', async () => {
    await using desk = await openCommandDesk({ scripts: { one: WAITING, two: WAITING } });
    const mine = await desk.start('one', {}, ANN);
    await desk.start('two', {}, ANN);
    await desk.start('one', {}, BOB);
    const seen: Run[] = [];
    for await (const run of await desk.commands.followStatus({ command: 'one' }, ANN)) {
      seen.push(run);
      if (run.state === 'RUNNING') await desk.commands.cancel(run.id, ANN);
      if (run.state === 'CANCELLED') break;
    }
    expect(new Set(seen.map(({ id }) => id))).toEqual(new Set([mine.id]));
    const of = (selection: { command?: string; runId: string }) => desk.commands.followStatus(selection, ANN);
    await expect(of({ runId: mine.id, command: 'two' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(of({ runId: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(desk.bus.runStatus.readers).toBe(0);
  });
});
