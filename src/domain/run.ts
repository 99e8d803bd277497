import type { CommandArguments, CommandKind } from './command.ts';

export const RUN_STATES = [
  'QUEUED',
  'STARTING',
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
  'OUTPUT_LIMIT',
  'LOST',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** States that another one follows. */
export const UNFINISHED_RUN_STATES: readonly RunState[] = ['QUEUED', 'STARTING', 'RUNNING'];

/** One execution of a command. Times are milliseconds since the epoch. */
export interface Run {
  readonly id: string;
  readonly command: string;
  readonly kind: CommandKind;
  readonly arguments: CommandArguments | null;
  /** The schedule that started it; null when somebody did. */
  readonly scheduleId: string | null;
  readonly state: RunState;
  readonly requestedBy: string | null;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly exitCode: number | null;
  /** SIGTERM, SIGKILL: the signal that ended it. */
  readonly signal: string | null;
  readonly outputBytes: number;
  readonly isTruncated: boolean;
  readonly progress: RunProgress | null;
}

/** What a program reports of itself. */
export interface RunProgress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Whether the run has come to its end, which no other state follows. */
export function isFinal({ state }: Pick<Run, 'state'>): boolean {
  return !UNFINISHED_RUN_STATES.includes(state);
}
