import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import type { NewChunk, StoredChunk } from '../transcripts.ts';
import { ChunkIndex } from './chunk-index.ts';
import type { TranscriptPaths } from './transcript-paths.ts';

interface OpenFiles {
  readonly log: FileHandle;
  readonly index: FileHandle;
  readonly chunks: ChunkIndex;
  readonly handles: AsyncDisposableStack;
}

/**
 * Appends to the transcript of one run, one call after the other. Its files are open from the first append to `seal`, and
 * again from the next append on.
 */
export class TranscriptAppender {
  readonly #paths: TranscriptPaths;
  #files: OpenFiles | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(paths: TranscriptPaths) {
    this.#paths = paths;
  }

  /** What is stored, while the files are open. */
  get chunks(): ChunkIndex | undefined {
    return this.#files?.chunks;
  }

  /** Whether it holds nothing and has nothing to do. */
  get isIdle(): boolean {
    return this.#waiting === 0 && this.#files === undefined;
  }

  append(chunks: readonly NewChunk[]): Promise<StoredChunk[]> {
    return this.#inTurn(async () => {
      this.#files ??= await openFiles(this.#paths);
      return appendTo(this.#files, chunks);
    });
  }

  /** Makes what was appended durable and closes the files. */
  seal(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#files === undefined) return;
      const { log, index, handles } = this.#files;
      this.#files = undefined;
      try {
        await log.datasync();
        await index.datasync();
      } finally {
        await handles.disposeAsync();
      }
    });
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#waiting += 1;
    const result = this.#last.then(work).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = result.catch(() => undefined); // its caller is told; the next one has its turn all the same
    return result;
  }
}

/** Cuts off what a crash left behind, so that what is appended follows what can be read. */
async function openFiles(paths: TranscriptPaths): Promise<OpenFiles> {
  await mkdir(paths.folder, { recursive: true });
  await using opened = new AsyncDisposableStack();
  const log = opened.use(await open(paths.log, constants.O_RDWR | constants.O_CREAT));
  const index = opened.use(await open(paths.index, constants.O_RDWR | constants.O_CREAT));
  const chunks = ChunkIndex.parse(await index.readFile(), (await log.stat()).size);
  await cut({ log, index, chunks });
  return { log, index, chunks, handles: opened.move() };
}

/** The log first, so that the index never says what is not there. */
async function appendTo(files: OpenFiles, chunks: readonly NewChunk[]): Promise<StoredChunk[]> {
  const { log, index, chunks: stored } = files;
  const added = chunks.filter(({ bytes }) => bytes.length > 0);
  const records = stored.encode(added);
  try {
    await writeAll(log, joined(added), stored.logBytes);
    await writeAll(index, records, stored.sizeBytes);
  } catch (error) {
    await cut(files).catch(() => undefined); // the next append writes to the same places
    throw error;
  }
  let nextOffset = stored.logBytes;
  stored.accept(records);
  return added.map((chunk) => {
    const offset = nextOffset;
    nextOffset += chunk.bytes.length;
    return { ...chunk, offset, nextOffset };
  });
}

async function cut({ log, index, chunks }: Pick<OpenFiles, 'log' | 'index' | 'chunks'>): Promise<void> {
  await index.truncate(chunks.sizeBytes);
  await log.truncate(chunks.logBytes);
}

function joined(chunks: readonly NewChunk[]): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first.bytes : Buffer.concat(chunks.map(({ bytes }) => bytes));
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
