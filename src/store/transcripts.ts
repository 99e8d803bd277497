import type { OutputStream } from '../domain/run-output.ts';

/** Output that a program printed at one go. The bytes are never cut within a character that is valid UTF-8. */
export interface NewChunk {
  readonly stream: OutputStream;
  readonly bytes: Buffer;
  /** When it was read from the program, whole milliseconds since the epoch. */
  readonly at: number;
}

/** Stored output. Offsets count the stored bytes of both streams in arrival order. */
export interface StoredChunk extends NewChunk {
  readonly offset: number;
  readonly nextOffset: number;
}

/**
 * What runs printed. Fails with BAD_USER_INPUT for an id that is none of a run, with UPSTREAM_UNAVAILABLE when the store
 * cannot be reached.
 */
export interface TranscriptStore {
  /**
   * Appends in the order of the calls, all chunks of a call or none; answers them with their offsets once they can be
   * read by anybody. Chunks without bytes are left out.
   */
  append(runId: string, chunks: readonly NewChunk[]): Promise<readonly StoredChunk[]>;
  /**
   * The chunks of which something lies at `offset` or behind it, whole, as many as are `maxBytes` bytes together and at
   * least one; none when nothing is stored from there on.
   */
  read(runId: string, offset: number, maxBytes: number): Promise<readonly StoredChunk[]>;
  /** Bytes stored of the run; 0 for one that printed nothing. */
  size(runId: string): Promise<number>;
  /**
   * Makes what was appended durable and gives back what is held for appending; to be called when the run has ended.
   * Appending to it again is possible.
   */
  seal(runId: string): Promise<void>;
}
