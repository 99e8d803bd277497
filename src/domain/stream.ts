/** Where a lossless stream without a cursor starts. */
export const STREAM_STARTS = ['NOW', 'SNAPSHOT', 'BEGINNING'] as const;
export type StreamStart = (typeof STREAM_STARTS)[number];

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

/**
 * How the responses to events are shared by readers that asked for the same, each of which is at its own place in the
 * stream or sees its own part of it. Declared as the field's extension `sharedResponses`; only for events that look the
 * same to all who see them.
 */
export interface SharedResponding<Event> {
  /**
   * The same for events that are equal, and for no others of what was asked for, be it the event itself; undefined for
   * one that is never shared.
   */
  identityOf(event: Event): unknown;
}

/**
 * How the events of a subscription field may be shared by readers that asked for the same, and what a reader that is
 * behind may lose. Declared as the field's extension `delivery`; only for fields whose events look the same to all.
 */
export interface SharedDelivery<Event> {
  /** CONFLATED: of events with the same key and part only the newest matters. TAPE: each one does. */
  readonly kind: 'CONFLATED' | 'TAPE';
  /** What an event is the state of. A reader that comes later first gets the newest event of each key. */
  keyOf(event: Event): string;
  /** Tells events of one key apart that must not replace each other. */
  partOf?(event: Event): string;
  /** Whether it is the last event of its key for now, of which a reader that comes later is told nothing. */
  isOver?(event: Event): boolean;
}
