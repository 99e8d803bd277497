import type { Bus, LosslessTopic, Reader } from '../bus/bus.ts';
import type { Command, CommandArguments, CommandKind } from '../domain/command.ts';
import { badUserInput, CodedError, notFound, quoted } from '../domain/errors.ts';
import { type Page, type PageArguments, pageRangeOf, toPage } from '../domain/page.ts';
import type { Run, RunState } from '../domain/run.ts';
import type { CommandOutputItem, RunOutput } from '../domain/run-output.ts';
import { hasRole, type Viewer } from '../domain/viewer.ts';
import type { RunKey } from '../store/runs.ts';
import { renderArguments } from './arguments.ts';
import { CommandRunner, type CommandRunnerOptions } from './command-runner.ts';
import { type OutputEvent, outputHistory } from './output-events.ts';
import { readOutput } from './output-piece.ts';
import { followOutput } from './output-stream.ts';
import { type Program, SCRIPT } from './program.ts';
import type { Registry } from './registry.ts';
import { followRun } from './status-stream.ts';

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const MAX_REQUEST_ID_LENGTH = 200;

export interface CommandRequest {
  readonly command: string;
  /** An object with the arguments by name; nothing when null or absent. */
  readonly arguments?: unknown;
  readonly clientRequestId?: string | null | undefined;
}

export interface BacktestRequest extends Omit<CommandRequest, 'command'> {
  /** The only BACKTEST command when null or absent. */
  readonly command?: string | null | undefined;
  /** A path in the workspace, relative to it. */
  readonly script: string;
}

/** What is absent does not narrow. */
export interface RunSelection {
  readonly command?: string | null | undefined;
  readonly kind?: CommandKind | null | undefined;
  readonly states?: readonly RunState[] | null | undefined;
}

export interface OutputRange {
  /** In stored bytes of both streams. */
  readonly offset: number;
  /** 1 to 1 MiB. */
  readonly limit: number;
}

/**
 * Commands and their runs, as a viewer may use them. A program's roles say who may run it; a run is seen by whom it was
 * made for, and by ADMIN. What is not to be seen looks like what does not exist.
 */
export interface Commands {
  /** In the order of the configuration. */
  list(): readonly Command[];
  /**
   * Queues a run and answers it at once. Fails with COMMAND_NOT_ALLOWED, BAD_USER_INPUT, COMMAND_QUEUE_FULL, or
   * SHUTTING_DOWN.
   */
  run(request: CommandRequest, viewer: Viewer): Promise<Run>;
  /** As `run`, for a script of the workspace. */
  runBacktest(request: BacktestRequest, viewer: Viewer): Promise<Run>;
  /** Ends a run, if it has not ended, and answers at once how it stands then. */
  cancel(runId: string, viewer: Viewer): Promise<Run | undefined>;
  find(runId: string, viewer: Viewer): Promise<Run | undefined>;
  /** The newest first. Fails with BAD_USER_INPUT as `pageRangeOf` does. */
  runs(selection: RunSelection, page: PageArguments, viewer: Viewer): Promise<Page<Run>>;
  /** A piece of what is stored of a run that the viewer has found. Fails with BAD_USER_INPUT. */
  output(run: Run, range: OutputRange): Promise<RunOutput>;
  /** From the beginning, or behind a cursor. Fails with NOT_FOUND and STREAM_BAD_CURSOR. */
  followOutput(runId: string, after: string | undefined, viewer: Viewer): Promise<Reader<CommandOutputItem>>;
  /** One run until its final state, or all that the viewer may see. Fails with NOT_FOUND. */
  followStatus(selection: StatusSelection, viewer: Viewer): Promise<Reader<Run>>;
  /** Takes nothing new, cancels what has not ended, and waits until the end of all is stored. */
  close(): Promise<void>;
}

export interface StatusSelection {
  readonly command?: string | null | undefined;
  readonly runId?: string | null | undefined;
}

export interface CommandsOptions
  extends Omit<CommandRunnerOptions, 'output' | 'runStatus' | 'workspace' | 'maxOutputBytes'> {
  readonly registry: Registry;
  readonly bus: Pick<Bus, 'runStatus' | 'losslessTopic'>;
  /** What is stored of the output of a run at most; 64 MiB when absent. */
  readonly maxOutputBytes?: number | undefined;
}

/** Marks the runs that an earlier process left unfinished as LOST, and is ready then. */
export async function createCommands(options: CommandsOptions): Promise<Commands> {
  const { registry, bus, runs, transcripts, maxOutputBytes = MAX_OUTPUT_BYTES } = options;
  const output = bus.losslessTopic<OutputEvent>({
    history: outputHistory(runs, transcripts),
    tail: {
      maxEvents: 1_000,
      bytes: { max: 1024 * 1024, sizeOf: (event) => ('chunk' in event ? event.chunk.bytes.length : 0) },
      maxIdleStreams: 16,
    },
  });
  const { runStatus } = bus;
  const runner = new CommandRunner({
    ...options,
    ...{ output, runStatus, maxOutputBytes },
    workspace: registry.workspace?.root,
  });
  await runner.recover();
  return new DeskCommands(options, { runner, output });
}

interface Parts {
  readonly runner: CommandRunner;
  readonly output: LosslessTopic<OutputEvent>;
}

class DeskCommands implements Commands {
  readonly #options: CommandsOptions;
  readonly #runner: CommandRunner;
  readonly #output: LosslessTopic<OutputEvent>;

  constructor(options: CommandsOptions, { runner, output }: Parts) {
    this.#options = options;
    this.#runner = runner;
    this.#output = output;
  }

  list(): readonly Command[] {
    return [...this.#options.registry.programs.values()].map(({ command }) => command);
  }

  async run(request: CommandRequest, viewer: Viewer): Promise<Run> {
    return this.#start(this.#allowed(request.command, viewer), request, viewer);
  }

  async runBacktest(request: BacktestRequest, viewer: Viewer): Promise<Run> {
    const { script, arguments: others } = request;
    const program = this.#allowed(request.command ?? this.#onlyBacktest(), viewer);
    const { name, kind } = program.command;
    if (kind !== 'BACKTEST') throw badUserInput(`received the command ${quoted(name)}, wanted one of kind BACKTEST`);
    if (isObject(others) && Object.hasOwn(others, SCRIPT)) {
      throw badUserInput(`received ${SCRIPT} among the arguments as well, wanted it once`);
    }
    const all = others == null || isObject(others) ? { ...others, [SCRIPT]: script } : others;
    return this.#start(program, { ...request, arguments: all }, viewer);
  }

  async cancel(runId: string, viewer: Viewer): Promise<Run | undefined> {
    const run = await this.find(runId, viewer);
    return run === undefined ? undefined : ((await this.#runner.cancel(runId)) ?? this.find(runId, viewer));
  }

  async find(runId: string, viewer: Viewer): Promise<Run | undefined> {
    const run = await this.#options.runs.run(runId);
    return run !== undefined && maySee(viewer, run) ? this.#runner.present(run) : undefined;
  }

  async runs({ command, kind, states }: RunSelection, page: PageArguments, viewer: Viewer): Promise<Page<Run>> {
    const requestedBy = hasRole(viewer, 'ADMIN') ? undefined : viewer.subject;
    const filter = {
      command: command ?? undefined,
      kind: kind ?? undefined,
      states: states ?? undefined,
      requestedBy,
    };
    const { runs, ...rest } = await this.#options.runs.list(filter, pageRangeOf(page, parseRunKey));
    return toPage({ ...rest, nodes: runs.map((run) => this.#runner.present(run)), keyOf: runKeyText });
  }

  async output(run: Run, range: OutputRange): Promise<RunOutput> {
    return readOutput(run, range, this.#options.transcripts);
  }

  async followOutput(runId: string, after: string | undefined, viewer: Viewer): Promise<Reader<CommandOutputItem>> {
    await this.#visible(runId, viewer);
    return followOutput(runId, after, { transcripts: this.#options.transcripts, output: this.#output });
  }

  async followStatus({ command, runId }: StatusSelection, viewer: Viewer): Promise<Reader<Run>> {
    const { runStatus } = this.#options.bus;
    const isWanted = (run: Run): boolean => command == null || run.command === command;
    if (runId == null) return runStatus.subscribe({ where: (run) => maySee(viewer, run) && isWanted(run) });
    return followRun(runId, runStatus, async () => {
      const run = await this.#visible(runId, viewer);
      if (!isWanted(run)) throw runNotFound(runId);
      return run;
    });
  }

  close(): Promise<void> {
    return this.#runner.close();
  }

  #allowed(name: string, viewer: Viewer): Program {
    const program = this.#options.registry.programs.get(name);
    if (program?.roles.some((role) => hasRole(viewer, role)) === true) return program;
    const wanted = 'one that is registered and yours to run';
    throw new CodedError('COMMAND_NOT_ALLOWED', `received the command ${quoted(name)}, wanted ${wanted}`);
  }

  #onlyBacktest(): string {
    const backtests = this.list().filter(({ kind }) => kind === 'BACKTEST');
    const [only, ...others] = backtests;
    if (only !== undefined && others.length === 0) return only.name;
    throw badUserInput(`received no command, wanted one of the ${backtests.length} of kind BACKTEST`);
  }

  #start(program: Program, request: Omit<CommandRequest, 'command'>, viewer: Viewer): Promise<Run> {
    const { command, executable } = program;
    const { workspace } = this.#options.registry;
    return this.#runner.run({
      command,
      arguments: isObject(request.arguments) ? request.arguments : null,
      requestedBy: viewer.subject,
      clientRequestId: checkedRequestId(request.clientRequestId),
      prepare: async () => ({
        ...(await renderArguments(program, request.arguments, { viewer, workspace })),
        executable,
        timeoutSeconds: command.timeoutSeconds,
      }),
    });
  }

  async #visible(runId: string, viewer: Viewer): Promise<Run> {
    const run = await this.find(runId, viewer);
    if (run === undefined) throw runNotFound(runId);
    return run;
  }
}

function maySee(viewer: Viewer, { requestedBy }: Run): boolean {
  return requestedBy === viewer.subject || hasRole(viewer, 'ADMIN');
}

function runNotFound(runId: string): CodedError {
  return notFound(`there is no run ${quoted(runId)} that is yours`);
}

function checkedRequestId(id: string | null | undefined): string | null {
  if (id == null) return null;
  if (id.length > 0 && id.length <= MAX_REQUEST_ID_LENGTH && id.isWellFormed() && !/\p{Cc}/u.test(id)) return id;
  const wanted = `1 to ${MAX_REQUEST_ID_LENGTH} characters without control characters`;
  throw badUserInput(`received the clientRequestId ${quoted(id)}, wanted ${wanted}`);
}

function isObject(value: unknown): value is CommandArguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function runKeyText({ queuedAt, id }: RunKey): string {
  return `${queuedAt}:${id}`;
}

function parseRunKey(text: string): RunKey | undefined {
  const [, queuedAt, id] = /^(\d{1,15}):([A-Za-z0-9-]{1,64})$/.exec(text) ?? [];
  return queuedAt === undefined || id === undefined ? undefined : { queuedAt: Number(queuedAt), id };
}
