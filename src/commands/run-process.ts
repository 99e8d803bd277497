import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../async/clock.ts';
import type { Run, RunProgress } from '../domain/run.ts';
import { OUTPUT_STREAMS, type OutputStream } from '../domain/run-output.ts';
import type { Logger } from '../logger.ts';
import type { StoredChunk, TranscriptStore } from '../store/transcripts.ts';
import { type Child, type ChildEnd, startChild } from './child-process.ts';
import { environmentOf } from './environment.ts';
import { Paced } from './paced.ts';
import { ProgressLines } from './progress.ts';
import { TranscriptWriter } from './transcript-writer.ts';
import { Utf8Chunks } from './utf8-chunks.ts';
import { isStillThere, type WorkspaceFile } from './workspace.ts';

/** The longest delay of a timer of Node. */
const MAX_DELAY_MS = 2 ** 31 - 1;
/** A program may report as fast as it prints; each report that is told costs a write that waits for the disk. */
const PROGRESS_REST_MS = 250;

/** What is started for a run. */
export interface Launch {
  /** Absolute. */
  readonly executable: string;
  readonly argv: readonly string[];
  /** Files that `argv` names. */
  readonly files: readonly WorkspaceFile[];
  /** No limit when null. */
  readonly timeoutSeconds: number | null;
}

/** Why we end a run. */
export type StopReason = 'CANCELLED' | 'TIMED_OUT' | 'OUTPUT_LIMIT' | 'FAILED';

/** How a run ended: what its record says of it at last. */
export type RunOutcome = Pick<Run, 'exitCode' | 'signal' | 'outputBytes' | 'isTruncated' | 'progress'> & {
  readonly state: StopReason | 'SUCCEEDED';
};

export interface RunProcessOptions {
  readonly runId: string;
  readonly launch: Launch;
  readonly transcripts: TranscriptStore;
  /** A folder for each run is made in it, and nothing else may lie in it. */
  readonly runFolder: string;
  readonly workspace: string | undefined;
  /** What is stored of the output at most. */
  readonly maxOutputBytes: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onChange: (patch: Partial<Run>) => void;
  readonly onStored: (chunks: readonly StoredChunk[]) => void;
}

/**
 * The process of one run, from its start until its output is stored to the end. Its home and working directory is a
 * folder of its own, which is removed again when it stays empty.
 */
export class RunProcess {
  readonly #options: RunProcessOptions;
  readonly #home: string;
  readonly #writer: TranscriptWriter;
  readonly #chunks = { STDOUT: new Utf8Chunks(), STDERR: new Utf8Chunks() };
  readonly #progressLines = new ProgressLines();
  readonly #progressTold: Paced<RunProgress>;
  #progress: RunProgress | null = null;
  #child: Child | undefined;
  #stopReason: StopReason | undefined;
  #isStopping = false;
  #cancelTimeout = (): void => {};

  constructor(options: RunProcessOptions) {
    const { runId, transcripts, maxOutputBytes, clock, logger, onStored } = options;
    this.#options = options;
    this.#home = join(options.runFolder, runId);
    this.#progressTold = new Paced({
      restMs: PROGRESS_REST_MS,
      clock,
      pass: (progress) => options.onChange({ progress, outputBytes: this.outputBytes }),
    });
    this.#writer = new TranscriptWriter({
      runId,
      transcripts,
      maxBytes: maxOutputBytes,
      now: () => clock.now(),
      onStored,
      onPressure: (isBehind) => (isBehind ? this.#child?.pause() : this.#child?.resume()),
      onLimit: () => {
        this.#stopReason ??= 'OUTPUT_LIMIT';
        this.stop('OUTPUT_LIMIT');
      },
      onFault: (error) => {
        logger.error({ error, runId }, 'the output of a run could not be stored');
        this.stop('FAILED');
      },
    });
  }

  /** Bytes of output stored so far. */
  get outputBytes(): number {
    return this.#writer.storedBytes;
  }

  /** Ends it, or keeps it from starting. The first reason counts, unless the program had ended before. */
  stop(reason: StopReason): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    if (this.#child?.hasExited() !== true) this.#stopReason ??= reason;
    this.#child?.stop();
  }

  /** Starts it and waits for its end; to be called once. Never rejects: what cannot be started has FAILED. */
  async run(): Promise<RunOutcome> {
    try {
      if (this.#stopReason !== undefined) return this.#outcome({ exitCode: null, signal: null });
      await mkdir(this.#home, { recursive: true });
      if (this.#stopReason !== undefined) return this.#outcome({ exitCode: null, signal: null });
      this.#child = this.#start();
      await this.#child.started;
    } catch (error) {
      return this.#explain(error instanceof Error ? error.message : String(error));
    }
    this.#options.onChange({ state: 'RUNNING', startedAt: this.#options.clock.now() });
    this.#armTimeout((this.#options.launch.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000);
    const end = await this.#child.ended;
    this.#cancelTimeout();
    this.#progressTold.stop();
    for (const stream of OUTPUT_STREAMS) this.#write(stream, this.#chunks[stream].end());
    return this.#outcome(end);
  }

  #start(): Child {
    const { launch, runId, workspace, clock } = this.#options;
    if (!launch.files.every(isStillThere)) throw new Error('a file of the workspace was replaced meanwhile');
    return startChild({
      executable: launch.executable,
      argv: launch.argv,
      environment: environmentOf({ runId, home: this.#home, workspace }),
      folder: this.#home,
      clock,
      onOutput: (stream, bytes) => {
        if (stream === 'STDOUT') this.#report(bytes);
        this.#write(stream, this.#chunks[stream].push(bytes));
      },
      onOutputEnd: (stream) => this.#write(stream, this.#chunks[stream].end()),
    });
  }

  #write(stream: OutputStream, chunks: readonly Buffer[]): void {
    for (const chunk of chunks) this.#writer.write(stream, chunk);
  }

  #report(bytes: Buffer): void {
    const report = this.#progressLines.push(bytes);
    if (report === undefined) return;
    this.#progress = { ...report, at: this.#options.clock.now() };
    this.#progressTold.offer(this.#progress);
  }

  #armTimeout(ms: number): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    const step = Math.min(ms, MAX_DELAY_MS);
    this.#cancelTimeout = this.#options.clock.after(step, () => {
      if (ms > step) this.#armTimeout(ms - step);
      else this.stop('TIMED_OUT');
    });
  }

  /** The reader of its output learns why there is none. */
  #explain(reason: string): Promise<RunOutcome> {
    this.#write('STDERR', [Buffer.from(`deskgraph: cannot start: ${reason}\n`)]);
    return this.#outcome({ exitCode: null, signal: null });
  }

  async #outcome({ exitCode, signal }: ChildEnd): Promise<RunOutcome> {
    await this.#writer.drained();
    // Fails when the program left something there, which is kept.
    await rmdir(this.#home).catch(() => undefined);
    const { storedBytes: outputBytes, isTruncated } = this.#writer;
    const state = this.#stopReason ?? (exitCode === 0 ? 'SUCCEEDED' : 'FAILED');
    return { state, exitCode, signal, outputBytes, isTruncated, progress: this.#progress };
  }
}
