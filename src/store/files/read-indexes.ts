import { readFile, stat } from 'node:fs/promises';
import { ChunkIndex } from './chunk-index.ts';
import type { TranscriptPaths } from './transcript-paths.ts';

interface ReadIndex {
  /** Tells one state of the file from another. */
  readonly version: string;
  readonly chunks: ChunkIndex;
}

/**
 * The indexes of transcripts that are not being written here, those kept that were asked for last. A file that has
 * changed is read again. Nothing is changed: what a crash left behind is passed over until somebody appends.
 */
export class ReadIndexes {
  readonly #maxEntries: number;
  /** By path, in the order of use. */
  readonly #kept = new Map<string, ReadIndex>();

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  async get(paths: TranscriptPaths): Promise<ChunkIndex> {
    const version = await versionOf(paths.index);
    const kept = this.#kept.get(paths.index);
    const chunks = kept?.version === version ? kept.chunks : await readIndex(paths);
    this.#kept.delete(paths.index);
    this.#kept.set(paths.index, { version, chunks });
    for (const path of this.#kept.keys()) {
      if (this.#kept.size <= this.#maxEntries) break;
      this.#kept.delete(path);
    }
    return chunks;
  }

  forget({ index }: TranscriptPaths): void {
    this.#kept.delete(index);
  }
}

async function versionOf(path: string): Promise<string> {
  const found = await ifThere(stat(path));
  return `${found?.size} ${found?.mtimeMs}`;
}

/** The log is looked at last: it is written first. */
async function readIndex({ index, log }: TranscriptPaths): Promise<ChunkIndex> {
  const file = await ifThere(readFile(index));
  const found = await ifThere(stat(log));
  return ChunkIndex.parse(file ?? Buffer.alloc(0), found?.size ?? 0);
}

/** A run that printed nothing has no files. */
async function ifThere<Value>(found: Promise<Value>): Promise<Value | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
