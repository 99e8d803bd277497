import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Run } from '../../src/domain/run.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import type { RunStore } from '../../src/store/runs.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { ANN, BOB, type CommandDesk, isAlive, openCommandDesk, program } from './command-desk.ts';

const WAITING = 'console.log(process.pid); setInterval(() => {}, 1e6);';
const STUBBORN = `process.on('SIGTERM', () => console.log('term')); console.log('ready ' + process.pid); setInterval(() => {}, 1e6);`;

/** The number that a run printed first: of its process, or of one that it started. */
async function printedPid(desk: CommandDesk, run: Run): Promise<number> {
  await desk.printed(run, '\n');
  const { parts } = await desk.commands.output(run, { offset: 0, limit: 100 });
  return Number(/\d+/.exec(parts[0]?.text ?? '')?.[0]);
}

async function endOf(desk: CommandDesk, run: Run): Promise<Run> {
  return (await desk.follow(run)).end.run;
}

describe('a run', () => {
  it('that ends by itself succeeds with exit code 0 and fails with any other', async () => {
    await using desk = await openCommandDesk({ scripts: { good: 'console.log("done")', bad: 'process.exitCode = 3' } });
    const good = await desk.finish('good');
    expect(good.text).toBe('done\n');
    expect(good.end.run).toMatchObject({ state: 'SUCCEEDED', exitCode: 0, signal: null, outputBytes: 5 });
    expect((await desk.finish('bad')).end.run).toMatchObject({ state: 'FAILED', exitCode: 3, signal: null });
  });

  it('is stored as it is told, with its times in order', async () => {
    await using desk = await openCommandDesk({ scripts: { good: '' } });
    const run = await desk.start('good', {});
    expect(run).toMatchObject({
      command: 'good',
      kind: 'COMMAND',
      arguments: {},
      requestedBy: 'local',
      exitCode: null,
    });
    const ended = await endOf(desk, run);
    expect(await desk.runs.run(run.id)).toEqual(ended);
    expect(ended.queuedAt).toBe(run.queuedAt);
    expect(ended.startedAt).toBeGreaterThanOrEqual(ended.queuedAt);
    expect(ended.endedAt).toBeGreaterThanOrEqual(ended.startedAt ?? Number.NaN);
    expect(await desk.commands.find(run.id, LOCAL_VIEWER)).toEqual(ended);
  });

  it('that dies by a signal from elsewhere has failed, and says of which', async () => {
    await using desk = await openCommandDesk({ scripts: { suicidal: `process.kill(process.pid, 'SIGKILL')` } });
    expect((await desk.finish('suicidal')).end.run).toMatchObject({
      state: 'FAILED',
      exitCode: null,
      signal: 'SIGKILL',
    });
  });

  it('goes through its states one by one, each stored before it is told, and ends once', async () => {
    const stored: string[] = [];
    await using desk = await openCommandDesk({
      scripts: { good: 'console.log("done")' },
      wrapRuns: (runs) =>
        override(runs, {
          insert: (run, id) => runs.insert(run, id).then(() => void stored.push(run.state)),
          update: (run) => runs.update(run).then(() => void stored.push(run.state)),
        }),
    });
    const told: string[] = [];
    const states = await desk.commands.followStatus({}, LOCAL_VIEWER);
    const following = (async () => {
      for await (const { state } of states) {
        expect(stored).toContain(state);
        told.push(state);
        if (state === 'SUCCEEDED') return;
      }
    })();
    await desk.finish('good');
    await following;
    expect(stored).toEqual(['QUEUED', 'STARTING', 'RUNNING', 'SUCCEEDED']);
    expect(told).toEqual(stored.filter((state) => told.includes(state)));
  });

  it('is told as ended when its output is safe', async () => {
    const order: string[] = [];
    await using desk = await openCommandDesk({
      scripts: { good: 'console.log("done")' },
      wrapTranscripts: (transcripts) =>
        override(transcripts, { seal: (id) => transcripts.seal(id).then(() => void order.push('safe')) }),
      wrapRuns: (runs) =>
        override(runs, {
          update: (run) => {
            if (run.endedAt !== null) order.push(run.state);
            return runs.update(run);
          },
        }),
    });
    await desk.finish('good');
    expect(order).toEqual(['safe', 'SUCCEEDED']);
  });

  it('that cannot be started has failed, and its output says why', async () => {
    await using desk = await openCommandDesk();
    const tool = program('tool', { executable: join(desk.folder, 'tool'), fixedArguments: [] });
    writeFileSync(tool.executable, '#!/there/is/no/interpreter\n', { mode: 0o755 });
    await using other = await openCommandDesk({ programs: [tool] });
    const { end, text, chunks } = await other.finish('tool');
    expect(end.run).toMatchObject({ state: 'FAILED', exitCode: null, signal: null, startedAt: null });
    expect(text).toBe(`deskgraph: cannot start: spawn ${tool.executable} ENOENT\n`);
    expect(chunks.map(({ stream }) => stream)).toEqual(['STDERR']);
  });

  it('whose script is replaced while it waits is not started', async () => {
    await using desk = await openCommandDesk({
      scripts: { waiting: WAITING, other: 'console.log("escaped")' },
      programs: [
        program('backtest', {
          kind: 'BACKTEST',
          fixedArguments: [],
          parameters: [{ name: 'script', type: 'WORKSPACE_PATH', required: true }],
        }),
      ],
      concurrency: { total: 1, perUser: 1 },
    });
    writeFileSync(join(desk.workspace, 'mine.mjs'), '');
    const first = await desk.start('waiting');
    const second = await desk.commands.runBacktest({ script: 'mine.mjs' }, LOCAL_VIEWER);
    renameSync(join(desk.workspace, 'other.mjs'), join(desk.workspace, 'mine.mjs'));
    await desk.commands.cancel(first.id, LOCAL_VIEWER);
    const { end, text } = await desk.follow(second);
    expect(end.run.state).toBe('FAILED');
    expect(text).toBe('deskgraph: cannot start: a file of the workspace was replaced meanwhile\n');
  });

  it('that runs longer than its command may is ended', async () => {
    const clock = new ManualClock();
    await using desk = await openCommandDesk({
      scripts: { slow: WAITING },
      programs: [program('slow', { timeoutSeconds: 60 })],
      clock,
    });
    const run = await desk.start('slow');
    const pid = await printedPid(desk, run);
    await vi.waitFor(() => expect(clock.untilNext).toBe(60_000));
    clock.advance(59_999);
    expect((await desk.commands.find(run.id, LOCAL_VIEWER))?.state).toBe('RUNNING');
    clock.advance(1);
    expect(await endOf(desk, run)).toMatchObject({ state: 'TIMED_OUT', exitCode: null, signal: 'SIGTERM' });
    expect(isAlive(pid)).toBe(false);
  });

  it('may run longer than a timer of Node can wait', async () => {
    const clock = new ManualClock();
    const month = 31 * 24 * 3600;
    await using desk = await openCommandDesk({
      scripts: { slow: WAITING },
      programs: [program('slow', { timeoutSeconds: month })],
      clock,
    });
    const run = await desk.start('slow');
    await desk.printed(run, '\n');
    clock.advance(month * 1000 - 1);
    expect((await desk.commands.find(run.id, LOCAL_VIEWER))?.state).toBe('RUNNING');
    clock.advance(1);
    expect((await endOf(desk, run)).state).toBe('TIMED_OUT');
  });

  it('reports its progress, which is stored and told', async () => {
    await using desk = await openCommandDesk({
      scripts: { steps: `console.log('::progress {"fraction":0.25,"message":"2021"}'); setInterval(() => {}, 1e6);` },
    });
    const run = await desk.start('steps');
    const seen: Run[] = [];
    for await (const state of await desk.commands.followStatus({ runId: run.id }, LOCAL_VIEWER)) {
      seen.push(state);
      if (state.progress !== null) await desk.commands.cancel(run.id, LOCAL_VIEWER);
    }
    expect(seen.at(-1)).toMatchObject({ state: 'CANCELLED', progress: { fraction: 0.25, message: '2021' } });
    expect(await desk.runs.run(run.id)).toMatchObject({ progress: { fraction: 0.25, message: '2021' } });
  });

  it('has a home of its own, which is removed when it stays empty', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        clean: 'console.log(process.cwd() === process.env.HOME)',
        messy: `(await import('node:fs')).writeFileSync('left.txt', 'x')`,
      },
    });
    const clean = await desk.finish('clean');
    expect(clean.text).toBe('true\n');
    expect(existsSync(join(desk.folder, 'work', clean.end.run.id))).toBe(false);
    const messy = await desk.finish('messy');
    expect(existsSync(join(desk.folder, 'work', messy.end.run.id, 'left.txt'))).toBe(true);
  });

  it('sees nothing of the environment of the server', async () => {
    process.env.DESKGRAPH_TEST_SECRET = 'secret';
    try {
      await using desk = await openCommandDesk({ scripts: { env: 'console.log(JSON.stringify(process.env))' } });
      const { text, end } = await desk.finish('env');
      expect(JSON.parse(text)).toEqual({
        PATH: '/usr/local/bin:/usr/bin:/bin',
        LANG: 'C.UTF-8',
        TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
        HOME: join(desk.folder, 'work', end.run.id),
        RUN_ID: end.run.id,
        DESKGRAPH_WORKSPACE: desk.workspace,
      });
    } finally {
      delete process.env.DESKGRAPH_TEST_SECRET;
    }
  });

  it('gets its arguments byte for byte, whatever they look like', async () => {
    const hostile = [
      '; rm -rf /',
      '$(id)',
      '`id`',
      '| cat',
      '> x',
      '"',
      "'",
      '\\',
      '*',
      '~',
      '%PATH%',
      '',
      ' ',
      '😀é',
      '--flag=x',
    ];
    await using desk = await openCommandDesk({
      scripts: { dump: 'console.log(JSON.stringify(process.argv.slice(2)))' },
      programs: [
        program('dump', {
          parameters: [
            { name: 'flagged', type: 'TEXT', required: true, flag: '--value' },
            { name: 'plain', type: 'TEXT', required: false },
          ],
        }),
      ],
      concurrency: { total: 2, perUser: 2 },
    });
    const dumped = await Promise.all(
      hostile.map(async (text) => {
        const plain = text.startsWith('-') ? null : text;
        return JSON.parse((await desk.finish('dump', { flagged: text, plain })).text);
      }),
    );
    expect(dumped).toEqual(hostile.map((text) => [`--value=${text}`, ...(text.startsWith('-') ? [] : ['--', text])]));
  });
});

describe('cancelling', () => {
  it('ends a run and the processes of its group, and changes nothing the second time', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        family: `import { spawn } from 'node:child_process';
          const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
          console.log(child.pid); setInterval(() => {}, 1e6);`,
      },
    });
    const run = await desk.start('family');
    const pid = await printedPid(desk, run);
    expect(isAlive(pid)).toBe(true);
    expect((await desk.commands.cancel(run.id, LOCAL_VIEWER))?.state).toBe('RUNNING');
    await desk.commands.cancel(run.id, LOCAL_VIEWER);
    expect(await endOf(desk, run)).toMatchObject({ state: 'CANCELLED', exitCode: null, signal: 'SIGTERM' });
    await vi.waitFor(() => expect(isAlive(pid)).toBe(false));
    const ended = await desk.commands.cancel(run.id, LOCAL_VIEWER);
    expect(ended).toEqual(await desk.runs.run(run.id));
    expect(ended?.state).toBe('CANCELLED');
  });

  it('kills what ignores SIGTERM after 5 seconds', async () => {
    const clock = new ManualClock();
    await using desk = await openCommandDesk({ scripts: { stubborn: STUBBORN }, clock });
    const run = await desk.start('stubborn');
    const pid = await printedPid(desk, run);
    await desk.commands.cancel(run.id, LOCAL_VIEWER);
    await desk.printed(run, 'term');
    clock.advance(4_999);
    expect(isAlive(pid)).toBe(true);
    clock.advance(1);
    expect(await endOf(desk, run)).toMatchObject({ state: 'CANCELLED', signal: 'SIGKILL' });
    expect(isAlive(pid)).toBe(false);
  });

  it('lets a program that takes the hint say its own exit code', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        tidy: `process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); console.log('ready'); setInterval(() => {}, 1e6);`,
      },
    });
    const run = await desk.start('tidy');
    await desk.printed(run, 'ready');
    await desk.commands.cancel(run.id, LOCAL_VIEWER);
    const { end, text } = await desk.follow(run);
    expect(end.run).toMatchObject({ state: 'CANCELLED', exitCode: 0, signal: null });
    expect(text).toBe('ready\nbye\n');
  });

  it('takes a waiting run out of the queue at once', async () => {
    await using desk = await openCommandDesk({ scripts: { waiting: WAITING }, concurrency: { total: 1, perUser: 1 } });
    const first = await desk.start('waiting');
    const second = await desk.start('waiting');
    expect(second.state).toBe('QUEUED');
    expect(await desk.commands.cancel(second.id, LOCAL_VIEWER)).toMatchObject({
      state: 'CANCELLED',
      startedAt: null,
      exitCode: null,
      signal: null,
    });
    expect((await desk.follow(second)).chunks).toEqual([]);
    expect((await desk.commands.find(first.id, LOCAL_VIEWER))?.state).not.toBe('CANCELLED');
  });

  it('keeps a run that is just starting from running on', async () => {
    await using desk = await openCommandDesk({ scripts: { waiting: WAITING } });
    const run = await desk.start('waiting');
    await desk.commands.cancel(run.id, LOCAL_VIEWER);
    expect((await endOf(desk, run)).state).toBe('CANCELLED');
  });

  it('finds nothing that is not there', async () => {
    await using desk = await openCommandDesk();
    expect(await desk.commands.cancel('none', LOCAL_VIEWER)).toBeUndefined();
  });
});

describe('what a program leaves behind', () => {
  /** Prints the beginning of a character at last. */
  const holding = (options: string) => `import { spawn } from 'node:child_process';
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)'], { stdio: ['ignore', 'inherit', 'inherit'], ${options} });
    process.stdout.write(Buffer.concat([Buffer.from(child.pid + '\\n'), Buffer.of(0xc3)])); child.unref();`;

  it('is killed when it holds the output for 5 seconds, and the run ends as its program did', async () => {
    const clock = new ManualClock();
    await using desk = await openCommandDesk({ scripts: { holding: holding('') }, clock });
    const run = await desk.start('holding');
    const pid = await printedPid(desk, run);
    await vi.waitFor(() => expect(clock.untilNext).toBe(5_000));
    clock.advance(4_999);
    expect(isAlive(pid)).toBe(true);
    clock.advance(1);
    expect(await endOf(desk, run)).toMatchObject({ state: 'SUCCEEDED', exitCode: 0 });
    expect(isAlive(pid)).toBe(false);
  });

  it('keeps no run from ending when it has left the group, and what was printed is kept to the last byte', async () => {
    const clock = new ManualClock();
    await using desk = await openCommandDesk({ scripts: { daemon: holding('detached: true') }, clock });
    const run = await desk.start('daemon');
    const pid = await printedPid(desk, run);
    await vi.waitFor(() => expect(clock.untilNext).toBe(5_000));
    clock.advance(6_000);
    const { text, end } = await desk.follow(run);
    expect(end.run).toMatchObject({ state: 'SUCCEEDED', exitCode: 0 });
    expect(text).toBe(`${pid}\n\ufffd`);
    process.kill(pid, 'SIGKILL');
  });

  it('is killed at the end of the run when it holds nothing', async () => {
    await using desk = await openCommandDesk({
      scripts: {
        parent: `import { spawn } from 'node:child_process';
          const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' });
          console.log(child.pid); child.unref();`,
      },
    });
    const { text, end } = await desk.finish('parent');
    expect(end.run.state).toBe('SUCCEEDED');
    await vi.waitFor(() => expect(isAlive(Number(text))).toBe(false));
  });
});

describe('a queue of runs', () => {
  it('gives users turns, and nobody more than a share', async () => {
    await using desk = await openCommandDesk({ scripts: { waiting: WAITING }, concurrency: { total: 2, perUser: 1 } });
    const begun: string[] = [];
    const order = (async () => {
      for await (const run of await desk.commands.followStatus({}, LOCAL_VIEWER)) {
        if (run.state !== 'RUNNING') continue;
        begun.push(run.id);
        await desk.commands.cancel(run.id, LOCAL_VIEWER);
        if (begun.length === 5) return;
      }
    })();
    const ann: Run[] = [];
    for (let count = 0; count < 3; count++) ann.push(await desk.start('waiting', {}, ANN));
    const bob: Run[] = [];
    for (let count = 0; count < 2; count++) bob.push(await desk.start('waiting', {}, BOB));
    await order;
    const users = begun.map((id) => (ann.some((run) => run.id === id) ? 'ann' : 'bob'));
    expect(begun.filter((_, index) => users[index] === 'ann')).toEqual(ann.map(({ id }) => id));
    expect(begun.filter((_, index) => users[index] === 'bob')).toEqual(bob.map(({ id }) => id));
    expect(users.indexOf('bob')).toBeLessThan(users.lastIndexOf('ann'));
  });

  it('takes 100 that wait and refuses the next, also when they come at the same moment', async () => {
    await using desk = await openCommandDesk({ scripts: { waiting: WAITING }, concurrency: { total: 1, perUser: 1 } });
    const asked = await Promise.allSettled(Array.from({ length: 103 }, () => desk.start('waiting')));
    const refused = asked.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(2);
    expect(refused).toEqual(
      refused.map(() => ({ status: 'rejected', reason: expect.objectContaining({ code: 'COMMAND_QUEUE_FULL' }) })),
    );
    const waiting = await desk.commands.runs({ states: ['QUEUED'] }, { first: 1 }, LOCAL_VIEWER);
    expect(waiting.totalCount).toBe(100);
    const [last] = waiting.edges;
    await desk.commands.cancel(last?.node.id ?? '', LOCAL_VIEWER);
    await expect(desk.start('waiting')).resolves.toMatchObject({ state: 'QUEUED' });
  });
});

describe('the same request again', () => {
  it('answers the same run, also at the same moment, for 24 hours and for the same user', async () => {
    const clock = new ManualClock();
    await using desk = await openCommandDesk({ scripts: { good: '' }, clock });
    const ask = (viewer = ANN) => desk.commands.run({ command: 'good', clientRequestId: 'r1' }, viewer);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second?.id).toBe(first?.id);
    await desk.follow(first);
    expect(await ask()).toEqual(await desk.runs.run(first.id));
    expect((await ask(BOB)).id).not.toBe(first.id);
    clock.advance(24 * 3600 * 1000);
    expect((await ask()).id).toBe(first.id);
    clock.advance(1);
    expect((await ask()).id).not.toBe(first.id);
  });

  it('is refused under a name that is none', async () => {
    await using desk = await openCommandDesk({ scripts: { good: '' } });
    for (const clientRequestId of ['', 'a'.repeat(201), 'a\0', '\ud800']) {
      await expect(desk.commands.run({ command: 'good', clientRequestId }, ANN)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    }
  });
});

describe('a desk that stops', () => {
  it('cancels what runs and what waits, stores it, and takes nothing new', async () => {
    await using desk = await openCommandDesk({ scripts: { waiting: WAITING }, concurrency: { total: 1, perUser: 1 } });
    const running = await desk.start('waiting');
    const pid = await printedPid(desk, running);
    const waiting = await desk.start('waiting');
    const late = desk.start('waiting').catch(({ code }: { code: string }) => code);
    const closed = desk.commands.close();
    await expect(desk.start('waiting')).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await closed;
    expect(await late).toBe('SHUTTING_DOWN');
    for (const { id } of [running, waiting]) expect((await desk.runs.run(id))?.state).toBe('CANCELLED');
    expect(await desk.runs.unfinished()).toEqual([]);
    expect(isAlive(pid)).toBe(false);
  });

  it('leaves no timer', async () => {
    const clock = new ManualClock();
    await using desk = await openCommandDesk({ scripts: { good: '' }, clock });
    const run = await desk.start('good');
    await desk.follow(run);
    await vi.waitFor(() => expect(clock.untilNext).toBe(60_000));
    expect(desk.bus.runStatus.latest(run.id)).toBeDefined();
    await desk.commands.close();
    expect(clock.pending).toBe(0);
  });
});

describe('a desk that starts', () => {
  it('calls what an earlier process left unfinished LOST, and keeps its output', async () => {
    await using first = await openCommandDesk({ scripts: { good: '' } });
    const done = await first.finish('good');
    const run: Run = { ...done.end.run, id: 'left', state: 'RUNNING', endedAt: null, exitCode: null, outputBytes: 0 };
    await first.runs.insert(run, null);
    await first.transcripts.append('left', [{ stream: 'STDOUT', bytes: Buffer.from('as far as it came'), at: 1 }]);
    await first.transcripts.seal('left');
    await using second = await openCommandDesk({ folder: first.folder, scripts: { good: '' } });
    const { text, end } = await second.follow(run);
    expect(text).toBe('as far as it came');
    expect(end.run).toMatchObject({ state: 'LOST', exitCode: null, signal: null, outputBytes: text.length });
    expect(end.run.endedAt).not.toBeNull();
    expect(await second.runs.run(done.end.run.id)).toEqual(done.end.run);
  });
});

describe('a run whose store fails', () => {
  it('is not there when it could not be stored, and others go on', async () => {
    let isBroken = true;
    await using desk = await openCommandDesk({
      scripts: { good: '' },
      concurrency: { total: 1, perUser: 1 },
      wrapRuns: (runs) =>
        override(runs, {
          insert: (run, id) => (isBroken ? Promise.reject(new Error('full')) : runs.insert(run, id)),
        }),
    });
    await expect(desk.start('good')).rejects.toThrow('full');
    isBroken = false;
    expect((await desk.finish('good')).end.run.state).toBe('SUCCEEDED');
  });

  it('has its end stored as soon as that can be', async () => {
    const clock = new ManualClock();
    let failures = 2;
    await using desk = await openCommandDesk({
      scripts: { good: '' },
      clock,
      wrapRuns: (runs) =>
        override(runs, {
          update: (run) =>
            run.state === 'SUCCEEDED' && failures-- > 0 ? Promise.reject(new Error('busy')) : runs.update(run),
        }),
    });
    const run = await desk.start('good');
    for (let attempt = 0; attempt < 2; attempt++) {
      await vi.waitFor(() => expect(clock.untilNext).toBe(1_000));
      clock.advance(1_000);
    }
    expect((await endOf(desk, run)).state).toBe('SUCCEEDED');
    expect(desk.complaints).toHaveLength(2);
  });

  it('has its end stored however late that can be, and does not hold up a server that stops', async () => {
    const clock = new ManualClock();
    let failures = 20;
    let isFull = false;
    const isRefused = (run: Run): boolean => run.endedAt !== null && (isFull || failures-- > 0);
    const wrapRuns = (runs: RunStore) =>
      override(runs, {
        update: (run: Run) => (isRefused(run) ? Promise.reject(new Error('full')) : runs.update(run)),
      });
    await using desk = await openCommandDesk({ scripts: { good: '' }, clock, wrapRuns });
    const run = await desk.start('good');
    while (failures > 0) {
      await vi.waitFor(() => expect(clock.untilNext).toBeGreaterThan(0));
      clock.advance(clock.untilNext ?? 0);
    }
    expect((await endOf(desk, run)).state).toBe('SUCCEEDED');

    failures = 0;
    isFull = true;
    await desk.start('good');
    let isClosed = false;
    void desk.commands.close().then(() => {
      isClosed = true;
    });
    const closing = () => {
      clock.advance(1_000);
      expect(isClosed).toBe(true);
    };
    await vi.waitFor(closing, { timeout: 15_000 });
  });

  it('is ended as FAILED when its output cannot be stored', async () => {
    await using desk = await openCommandDesk({
      scripts: { waiting: WAITING },
      wrapTranscripts: (transcripts) =>
        override(transcripts, {
          append: () => Promise.reject(new Error('full')),
        }),
    });
    const { end } = await desk.finish('waiting');
    expect(end.run).toMatchObject({ state: 'FAILED', signal: 'SIGTERM', isTruncated: true, outputBytes: 0 });
    expect(desk.complaints).toEqual(['the output of a run could not be stored']);
  });
});

/** A store some of whose methods are others. */
function override<Store extends object>(store: Store, methods: Partial<Store>): Store {
  const own: object = store;
  return new Proxy(store, {
    get: (_target, name) => Reflect.get(methods, name) ?? Reflect.get(own, name).bind(own),
  });
}
