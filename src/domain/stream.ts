/** Where a lossless stream without a cursor starts. */
export const STREAM_STARTS = ['NOW', 'SNAPSHOT', 'BEGINNING'] as const;

export const STREAM_GAP_REASONS = ['TRIMMED', 'EPOCH_CHANGED', 'EXPIRED'] as const;
export type StreamGapReason = (typeof STREAM_GAP_REASONS)[number];

/** Events of a lossless stream that cannot be delivered any more. */
export interface StreamGap {
  readonly type: 'StreamGap';
  /** The cursor that the reader asked to go on after; null when it gave none. */
  readonly requested: string | null;
  /** Null when nothing is kept. */
  readonly firstAvailable: string | null;
  readonly reason: StreamGapReason;
}

/** Where a value stands among those of its key. */
export interface Sequenced {
  /** Dense for each key and epoch, from 1. */
  readonly seq: number;
  /** Names the counting that `seq` belongs to. */
  readonly epoch: string;
}
