import type { OutputStream } from '../domain/run-output.ts';
import type { NewChunk, StoredChunk, TranscriptStore } from '../store/transcripts.ts';
import { characterBoundary, MAX_CHUNK_BYTES } from './utf8-chunks.ts';

/** What may wait to be stored before the program has to. */
const MOST_WAITING_BYTES = 1024 * 1024;

export interface TranscriptWriterOptions {
  readonly runId: string;
  readonly transcripts: TranscriptStore;
  /** What is stored at most of the run. */
  readonly maxBytes: number;
  readonly now: () => number;
  /** In order, after they can be read by anybody. */
  readonly onStored: (chunks: readonly StoredChunk[]) => void;
  /** Whether more waits to be stored than may. */
  readonly onPressure: (isBehind: boolean) => void;
  /** Called once, with the first byte over `maxBytes`. */
  readonly onLimit: () => void;
  /** Called once; nothing is stored any more. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Stores what a run prints, in the order of the calls. What comes while a write is under way goes into the next one
 * together, adjacent output of one stream joined, so that many small prints cost few writes.
 */
export class TranscriptWriter {
  readonly #options: TranscriptWriterOptions;
  #waiting: NewChunk[] = [];
  #acceptedBytes = 0;
  #storedBytes = 0;
  #isBehind = false;
  #isTruncated = false;
  #writing: Promise<void> | undefined;

  constructor(options: TranscriptWriterOptions) {
    this.#options = options;
  }

  get storedBytes(): number {
    return this.#storedBytes;
  }

  /** Whether output was left out. */
  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** Takes a chunk that decodes by itself. */
  write(stream: OutputStream, bytes: Buffer): void {
    if (this.#isTruncated) return;
    const { maxBytes, now, onLimit } = this.#options;
    const kept = bytes.subarray(0, characterBoundary(bytes, maxBytes - this.#acceptedBytes));
    if (kept.length > 0) {
      this.#acceptedBytes += kept.length;
      this.#waiting.push({ stream, bytes: kept, at: now() });
      this.#tellPressure();
      this.#writing ??= this.#writeAll();
    }
    if (kept.length === bytes.length) return;
    this.#isTruncated = true;
    onLimit();
  }

  /** Resolves when everything is stored, or cannot be. */
  async drained(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    const { runId, transcripts, onStored, onFault } = this.#options;
    // A turn later, so that `#writing` is set whatever a store does at once.
    await Promise.resolve();
    try {
      while (this.#waiting.length > 0) {
        const chunks = joined(this.#waiting);
        this.#waiting = [];
        const stored = await transcripts.append(runId, chunks);
        this.#storedBytes = stored.at(-1)?.nextOffset ?? this.#storedBytes;
        onStored(stored);
        this.#tellPressure();
      }
    } catch (error) {
      this.#isTruncated = true;
      this.#waiting = [];
      this.#acceptedBytes = this.#storedBytes;
      this.#tellPressure();
      onFault(error);
    } finally {
      this.#writing = undefined;
    }
  }

  #tellPressure(): void {
    const waitingBytes = this.#acceptedBytes - this.#storedBytes;
    const isBehind = waitingBytes > (this.#isBehind ? MOST_WAITING_BYTES / 2 : MOST_WAITING_BYTES);
    if (isBehind === this.#isBehind) return;
    this.#isBehind = isBehind;
    this.#options.onPressure(isBehind);
  }
}

/** Adjacent chunks of one stream as one, as long as it is not larger than a chunk may be. */
function joined(chunks: readonly NewChunk[]): NewChunk[] {
  const groups: { readonly first: NewChunk; readonly parts: Buffer[]; bytes: number }[] = [];
  for (const chunk of chunks) {
    const last = groups.at(-1);
    if (last?.first.stream === chunk.stream && last.bytes + chunk.bytes.length <= MAX_CHUNK_BYTES) {
      last.parts.push(chunk.bytes);
      last.bytes += chunk.bytes.length;
    } else {
      groups.push({ first: chunk, parts: [chunk.bytes], bytes: chunk.bytes.length });
    }
  }
  return groups.map(({ first, parts }) => (parts.length === 1 ? first : { ...first, bytes: Buffer.concat(parts) }));
}
