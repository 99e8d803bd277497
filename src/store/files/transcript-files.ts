import { type FileHandle, open } from 'node:fs/promises';
import { CodedError } from '../../domain/errors.ts';
import type { NewChunk, StoredChunk, TranscriptStore } from '../transcripts.ts';
import type { ChunkIndex, ChunkRecord } from './chunk-index.ts';
import { ReadIndexes } from './read-indexes.ts';
import { TranscriptAppender } from './transcript-appender.ts';
import { type TranscriptPaths, transcriptPathsOf } from './transcript-paths.ts';

/** Runs that are read again and again while others are: more cost memory, fewer cost reading an index anew. */
const MOST_READ_INDEXES = 32;

export interface TranscriptFiles extends TranscriptStore {
  /** Seals every transcript. */
  close(): Promise<void>;
}

/**
 * Keeps transcripts in files, a folder for each run: `output.log` with what it printed, `output.index` with a record for
 * each chunk. What was appended outlives the process from then on, and a power cut from `seal` on. The folder is made
 * with the first append.
 */
export function openTranscripts({ folder }: { folder: string }): TranscriptFiles {
  return new OpenTranscripts(folder);
}

class OpenTranscripts implements TranscriptFiles {
  readonly #folder: string;
  /** By run. */
  readonly #appenders = new Map<string, TranscriptAppender>();
  readonly #indexes = new ReadIndexes(MOST_READ_INDEXES);

  constructor(folder: string) {
    this.#folder = folder;
  }

  async append(runId: string, chunks: readonly NewChunk[]): Promise<readonly StoredChunk[]> {
    const paths = transcriptPathsOf(this.#folder, runId);
    const appender = this.#appenders.get(runId) ?? new TranscriptAppender(paths);
    this.#appenders.set(runId, appender);
    return reached(appender.append(chunks));
  }

  async read(runId: string, offset: number, maxBytes: number): Promise<readonly StoredChunk[]> {
    const paths = transcriptPathsOf(this.#folder, runId);
    return reached(
      this.#chunksOf(runId, paths).then((chunks) => readChunks(paths.log, chunks.select(offset, maxBytes))),
    );
  }

  async size(runId: string): Promise<number> {
    const chunks = await reached(this.#chunksOf(runId, transcriptPathsOf(this.#folder, runId)));
    return chunks.logBytes;
  }

  async seal(runId: string): Promise<void> {
    const paths = transcriptPathsOf(this.#folder, runId);
    const appender = this.#appenders.get(runId);
    if (appender === undefined) return;
    try {
      await reached(appender.seal());
    } finally {
      this.#indexes.forget(paths); // it may be of before what was appended
      if (appender.isIdle && this.#appenders.get(runId) === appender) this.#appenders.delete(runId);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#appenders.keys()].map((runId) => this.seal(runId)));
  }

  /** An appender knows what it has written; of all other runs the file does. */
  async #chunksOf(runId: string, paths: TranscriptPaths): Promise<ChunkIndex> {
    return this.#appenders.get(runId)?.chunks ?? this.#indexes.get(paths);
  }
}

/** In one read, since chunks that follow each other lie together. */
async function readChunks(log: string, records: readonly ChunkRecord[]): Promise<StoredChunk[]> {
  const start = records.at(0)?.offset ?? 0;
  const bytes = Buffer.allocUnsafe((records.at(-1)?.nextOffset ?? 0) - start);
  if (bytes.length === 0) return [];
  await using file = await open(log);
  await readAll(file, bytes, start);
  return records.map((record) => ({
    ...record,
    bytes: bytes.subarray(record.offset - start, record.nextOffset - start),
  }));
}

async function readAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, position + filled);
    if (bytesRead === 0) throw new Error(`the log ends ${bytes.length - filled} bytes early`);
    filled += bytesRead;
  }
}

async function reached<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (cause) {
    throw new CodedError('UPSTREAM_UNAVAILABLE', 'the transcripts cannot be reached', { cause });
  }
}
