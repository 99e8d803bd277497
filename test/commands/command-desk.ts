import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/async/clock.ts';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { type Commands, createCommands } from '../../src/commands/commands.ts';
import type { ProgramConfig } from '../../src/commands/program.ts';
import { openRegistry } from '../../src/commands/registry.ts';
import type { Run } from '../../src/domain/run.ts';
import type { CommandChunk, CommandEnd, CommandOutputItem } from '../../src/domain/run-output.ts';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import type { Logger } from '../../src/logger.ts';
import { openTranscripts } from '../../src/store/files/transcript-files.ts';
import type { RunStore } from '../../src/store/runs.ts';
import { openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import type { TranscriptStore } from '../../src/store/transcripts.ts';

export interface CommandDeskOptions {
  /** Scripts of the workspace by name; each is also a command of that name, without parameters. */
  readonly scripts?: Readonly<Record<string, string>>;
  readonly programs?: readonly ProgramConfig[];
  readonly clock?: Clock;
  readonly concurrency?: { readonly total: number; readonly perUser: number };
  readonly maxOutputBytes?: number;
  /** Of a desk that was left, to go on with; removed by whoever made it. */
  readonly folder?: string;
  /** Changes a store before it is used. */
  readonly wrapRuns?: (runs: RunStore) => RunStore;
  readonly wrapTranscripts?: (transcripts: TranscriptStore) => TranscriptStore;
}

/** Commands over real stores and real processes, in a folder of their own. */
export interface CommandDesk extends AsyncDisposable {
  readonly commands: Commands;
  readonly bus: Bus;
  readonly runs: RunStore;
  readonly transcripts: TranscriptStore;
  readonly folder: string;
  readonly workspace: string;
  /** What was logged as an error. */
  readonly complaints: readonly string[];
  start(command: string, given?: Readonly<Record<string, unknown>>, viewer?: Viewer): Promise<Run>;
  /** Everything that a run printed, read to its end. */
  follow(run: Run, after?: string): Promise<Followed>;
  /** Starts a command and follows it. */
  finish(command: string, given?: Readonly<Record<string, unknown>>): Promise<Followed>;
  /** Resolves when a run has printed this. */
  printed(run: Run, text: string): Promise<void>;
}

export interface Followed {
  readonly chunks: readonly CommandChunk[];
  readonly end: CommandEnd;
  readonly text: string;
}

export const ANN: Viewer = { subject: 'ann', roles: ['OPERATOR'], accountPatterns: [], expiresAt: undefined };
export const BOB: Viewer = { subject: 'bob', roles: ['OPERATOR'], accountPatterns: [], expiresAt: undefined };

/** Programs are started by Node itself, so that nothing else has to be there. */
export function program(name: string, parts: Partial<ProgramConfig> = {}): ProgramConfig {
  return {
    name,
    kind: 'COMMAND',
    executable: 'node',
    fixedArguments: [`{workspace}/${name}.mjs`],
    parameters: [],
    roles: ['OPERATOR'],
    ...parts,
  };
}

export async function openCommandDesk(options: CommandDeskOptions = {}): Promise<CommandDesk> {
  const { scripts = {}, programs = [], clock = SYSTEM_CLOCK, concurrency = { total: 4, perUser: 4 } } = options;
  const folder = options.folder ?? realpathSync(mkdtempSync(join(tmpdir(), 'deskgraph-test-')));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace, { recursive: true });
  for (const [name, code] of Object.entries(scripts)) writeFileSync(join(workspace, `${name}.mjs`), code);
  const named = programs.map(({ name }) => name);
  const { registry, problems } = await openRegistry({
    programs: [
      ...Object.keys(scripts)
        .filter((name) => !named.includes(name))
        .map((name) => program(name)),
      ...programs,
    ],
    workspace,
    nodePath: process.execPath,
  });
  if (problems.length > 0) throw new Error(problems.join('\n'));

  const store = openDeskStore({ path: join(folder, 'desk.db'), newEpoch: () => 'epoch' });
  const files = openTranscripts({ folder: join(folder, 'runs') });
  const runs = options.wrapRuns?.(store.runs) ?? store.runs;
  const transcripts = options.wrapTranscripts?.(files) ?? files;
  const bus = createMemoryBus({ epoch: 'epoch', clock });
  const complaints: string[] = [];
  const commands = await createCommands({
    registry,
    bus,
    runs,
    transcripts,
    concurrency,
    runFolder: join(folder, 'work'),
    maxOutputBytes: options.maxOutputBytes,
    clock,
    newId: () => crypto.randomUUID(),
    logger: loggerInto(complaints),
  });
  const desk: CommandDesk = {
    ...{ commands, bus, runs, transcripts, folder, workspace, complaints },
    start: (command, given, viewer = LOCAL_VIEWER) => commands.run({ command, arguments: given }, viewer),
    follow: async ({ id }, after) => followed(await commands.followOutput(id, after, LOCAL_VIEWER)),
    finish: async (command, given) => desk.follow(await desk.start(command, given)),
    printed: async ({ id }, text) => {
      let seen = '';
      for await (const item of await commands.followOutput(id, undefined, LOCAL_VIEWER)) {
        if (item.type === 'CommandChunk') seen += item.text;
        if (seen.includes(text)) return;
      }
      throw new Error(`the run ended without printing ${text}, but ${seen}`);
    },
    [Symbol.asyncDispose]: async () => {
      await commands.close();
      await files.close();
      store.close();
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
  return desk;
}

async function followed(items: AsyncIterable<CommandOutputItem>): Promise<Followed> {
  const chunks: CommandChunk[] = [];
  const ends: CommandEnd[] = [];
  for await (const item of items) {
    if (item.type === 'CommandChunk') chunks.push(item);
    else if (item.type === 'CommandEnd') ends.push(item);
    else throw new Error('received a gap');
  }
  const [end] = ends;
  if (end === undefined || ends.length > 1) throw new Error(`received ${ends.length} ends`);
  return { chunks, end, text: chunks.map(({ text }) => text).join('') };
}

/** Whether there is such a process that has not ended; one that only waits to be collected has. */
export function isAlive(pid: number): boolean {
  try {
    const [, state] = /^\d+ \(.*\) (\S)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

function loggerInto(complaints: string[]): Logger {
  const logger: Logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (_fields, message) => void complaints.push(message),
    child: () => logger,
  };
  return logger;
}
