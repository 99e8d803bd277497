import type { OutputStream } from '../domain/run-output.ts';

/** Output that a program printed at one go. The bytes are never cut within a character that is valid UTF-8. */
export interface NewChunk {
  readonly stream: OutputStream;
  readonly bytes: Buffer;
  /** When it was read from the program, milliseconds since the epoch. */
  readonly at: number;
}

/** Stored output. Offsets count the stored bytes of both streams in arrival order. */
export interface StoredChunk extends NewChunk {
  readonly offset: number;
  readonly nextOffset: number;
}

/** What runs printed. */
export interface TranscriptStore {
  /** Appends in the order of the calls; answers the chunks with their offsets once they can be read by anybody. */
  append(runId: string, chunks: readonly NewChunk[]): Promise<readonly StoredChunk[]>;
  /**
   * The chunks of which something lies at `offset` or behind it, whole, the first `maxBytes` bytes of them and at least
   * one; none when nothing is stored from there on.
   */
  read(runId: string, offset: number, maxBytes: number): Promise<readonly StoredChunk[]>;
  /** Bytes stored of the run; 0 for one that printed nothing. */
  size(runId: string): Promise<number>;
  /** Gives back what is held for appending; to be called when the run has ended. */
  seal(runId: string): Promise<void>;
}
