import type { Run } from './run.ts';
import type { StreamGap } from './stream.ts';

export const OUTPUT_STREAMS = ['STDOUT', 'STDERR'] as const;
export type OutputStream = (typeof OUTPUT_STREAMS)[number];

/** A piece of a run's transcript. Offsets count stored bytes of both streams in arrival order. */
export interface RunOutput {
  readonly parts: readonly RunOutputPart[];
  readonly offset: number;
  readonly nextOffset: number;
  readonly isComplete: boolean;
  readonly isLossy: boolean;
  /** Where `commandOutput(after:)` goes on. */
  readonly cursor: string;
}

/** Adjacent text of one stream. */
export interface RunOutputPart {
  readonly stream: OutputStream;
  readonly text: string;
}

/** What the stream of a run's output delivers. */
export type CommandOutputItem = CommandChunk | CommandEnd | StreamGap;

/** Output as it was stored at one go. Offsets count as those of RunOutput. */
export interface CommandChunk {
  readonly type: 'CommandChunk';
  readonly cursor: string;
  readonly stream: OutputStream;
  readonly offset: number;
  readonly nextOffset: number;
  readonly text: string;
  /** Whether bytes that are no UTF-8 were replaced. */
  readonly isLossy: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The end of a run's output: nothing follows. */
export interface CommandEnd {
  readonly type: 'CommandEnd';
  readonly cursor: string;
  /** As it ended. */
  readonly run: Run;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
