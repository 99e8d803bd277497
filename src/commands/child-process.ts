import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../async/clock.ts';
import { OUTPUT_STREAMS, type OutputStream } from '../domain/run-output.ts';

/** How long a process may take to end after SIGTERM. */
export const TERM_GRACE_MS = 5_000;
/** How long a process that has ended may leave its pipes to others. */
export const PIPE_GRACE_MS = 5_000;
/** How long pipes are still read after SIGKILL. */
const DRAIN_GRACE_MS = 1_000;

export interface ChildOptions {
  /** Absolute. */
  readonly executable: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly clock: Clock;
  readonly onOutput: (stream: OutputStream, bytes: Buffer) => void;
  /** Nothing of this stream follows. */
  readonly onOutputEnd: (stream: OutputStream) => void;
}

/** How a process ended: exactly one of both is not null. */
export interface ChildEnd {
  readonly exitCode: number | null;
  /** Such as SIGKILL. */
  readonly signal: string | null;
}

/** A process in a group of its own. */
export interface Child {
  /** Rejects when it could not be started; then nothing else happens. */
  readonly started: Promise<void>;
  /** Resolves when it has ended and its output is read to the end. Nothing of its group is left then. */
  readonly ended: Promise<ChildEnd>;
  /** Whether it has ended, its output perhaps not read yet. */
  hasExited(): boolean;
  /** Reads nothing of its output until `resume`, so that it waits when its pipes are full. */
  pause(): void;
  resume(): void;
  /** SIGTERM to the group, and SIGKILL after 5 s. To be called once. */
  stop(): void;
}

/**
 * Starts a program without a shell. The end is that of its pipes, so that no output is lost; when others hold them 5 s
 * after it has ended, its group is killed, and when they stay open even then, they are closed.
 */
export function startChild(options: ChildOptions): Child {
  try {
    return watch(spawnGroup(options), options);
  } catch (error) {
    // Too long an argument list is thrown, while a missing program is an event.
    return failedChild(error);
  }
}

function spawnGroup({ executable, argv, environment, folder }: ChildOptions) {
  return spawn(executable, argv, {
    shell: false,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
    cwd: folder,
  });
}

function watch(child: ReturnType<typeof spawnGroup>, { clock, onOutput, onOutputEnd }: ChildOptions): Child {
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<ChildEnd>();
  const pipes = [child.stdout, child.stderr];
  let isPaused = false;
  let isStopping = false;
  let hasExited = false;
  let cancelTimer = (): void => {};
  const schedule = (delayMs: number, task: () => void): void => {
    cancelTimer();
    cancelTimer = clock.after(delayMs, task);
  };
  const kill = (): void => {
    signalGroup(child, 'SIGKILL');
    schedule(DRAIN_GRACE_MS, closePipes);
  };
  const closePipes = (): void => {
    // What is still in the pipes is worth waiting for as long as it is us who do not read.
    if (isPaused) schedule(DRAIN_GRACE_MS, closePipes);
    else for (const pipe of pipes) pipe?.destroy();
  };

  child.on('spawn', () => started.resolve());
  child.on('error', (error) => started.reject(error));
  child.on('exit', () => {
    hasExited = true;
    if (!isStopping) schedule(PIPE_GRACE_MS, kill);
  });
  child.on('close', (exitCode, signal) => {
    cancelTimer();
    signalGroup(child, 'SIGKILL');
    ended.resolve({ exitCode: signal === null ? exitCode : null, signal });
  });
  for (const [index, stream] of OUTPUT_STREAMS.entries()) {
    // There is no pipe when this process has no file descriptor left; the error of the child follows.
    pipes[index]
      ?.on('data', (bytes: Buffer) => onOutput(stream, bytes))
      .on('end', () => onOutputEnd(stream))
      .on('error', () => onOutputEnd(stream));
  }
  return {
    started: started.promise,
    ended: ended.promise,
    hasExited: () => hasExited,
    pause: () => {
      isPaused = true;
      for (const pipe of pipes) pipe?.pause();
    },
    resume: () => {
      isPaused = false;
      for (const pipe of pipes) pipe?.resume();
    },
    stop: () => {
      isStopping = true;
      if (hasExited) return kill();
      signalGroup(child, 'SIGTERM');
      schedule(TERM_GRACE_MS, kill);
    },
  };
}

function failedChild(error: unknown): Child {
  const nothing = (): void => {};
  return {
    started: Promise.reject(error),
    ended: new Promise(nothing),
    hasExited: () => true,
    pause: nothing,
    resume: nothing,
    stop: nothing,
  };
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}
