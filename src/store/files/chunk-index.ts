import { OUTPUT_STREAMS, type OutputStream } from '../../domain/run-output.ts';
import type { NewChunk } from '../transcripts.ts';

/** Where a chunk lies in the log of its run. */
export interface ChunkRecord {
  readonly offset: number;
  readonly nextOffset: number;
  readonly stream: OutputStream;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** offset (6 bytes), length (4), time (6), stream (1: its place in OUTPUT_STREAMS); unsigned, little endian. */
const RECORD_BYTES = 17;
const LENGTH_AT = 6;
const TIME_AT = 10;
const STREAM_AT = 16;
const FIRST_ROOM = 64 * RECORD_BYTES;

/**
 * The chunks of a log in its order, kept as the bytes of the index file. Each chunk begins where the one before ends, and
 * none is empty, so that the records are ascending by either end.
 */
export class ChunkIndex {
  #bytes: Buffer;
  #count: number;

  private constructor(bytes: Buffer, count: number) {
    this.#bytes = bytes;
    this.#count = count;
  }

  /** Takes an index file as far as it is whole and the log has what it says: what a crash left behind that is cut. */
  static parse(file: Buffer, logBytes: number): ChunkIndex {
    const index = new ChunkIndex(file, 0);
    const records = Math.floor(file.length / RECORD_BYTES);
    while (index.#count < records && index.#isWhole(index.#count, logBytes)) index.#count += 1;
    return index;
  }

  /** The length of the log that it covers. */
  get logBytes(): number {
    return this.#count === 0 ? 0 : this.#endOf(this.#count - 1);
  }

  get sizeBytes(): number {
    return this.#count * RECORD_BYTES;
  }

  /** What to write behind the file so that it holds the chunks as well; `accept` takes it in. */
  encode(chunks: readonly NewChunk[]): Buffer {
    const records = Buffer.allocUnsafe(chunks.length * RECORD_BYTES);
    let offset = this.logBytes;
    chunks.forEach(({ bytes, at, stream }, place) => {
      const start = place * RECORD_BYTES;
      records.writeUIntLE(offset, start, 6);
      records.writeUInt32LE(bytes.length, start + LENGTH_AT);
      records.writeUIntLE(at, start + TIME_AT, 6);
      records.writeUInt8(OUTPUT_STREAMS.indexOf(stream), start + STREAM_AT);
      offset += bytes.length;
    });
    return records;
  }

  /** Takes in what `encode` made, as soon as it is in the file. */
  accept(records: Buffer): void {
    this.#makeRoom(records.length);
    records.copy(this.#bytes, this.sizeBytes);
    this.#count += records.length / RECORD_BYTES;
  }

  /** The chunk that holds the offset or is the first behind it, and those that follow within `maxBytes` of its start. */
  select(offset: number, maxBytes: number): ChunkRecord[] {
    const first = this.#firstEndingBehind(offset);
    if (first === this.#count) return [];
    const end = this.#firstEndingBehind(this.#startOf(first) + maxBytes);
    const count = Math.max(end - first, 1);
    return Array.from({ length: count }, (_, index) => this.#recordAt(first + index));
  }

  /** The place of the first chunk whose end lies behind the offset; the number of chunks when there is none. */
  #firstEndingBehind(offset: number): number {
    let from = 0;
    let to = this.#count;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.#endOf(middle) <= offset) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  #recordAt(place: number): ChunkRecord {
    const start = place * RECORD_BYTES;
    return {
      offset: this.#startOf(place),
      nextOffset: this.#endOf(place),
      stream: OUTPUT_STREAMS[this.#bytes.readUInt8(start + STREAM_AT)] as OutputStream, // isWhole has seen it
      at: this.#bytes.readUIntLE(start + TIME_AT, 6),
    };
  }

  #isWhole(place: number, logBytes: number): boolean {
    const isKnown = this.#bytes.readUInt8(place * RECORD_BYTES + STREAM_AT) < OUTPUT_STREAMS.length;
    const start = this.#startOf(place);
    const end = this.#endOf(place);
    return isKnown && start === this.logBytes && end > start && end <= logBytes;
  }

  #startOf(place: number): number {
    return this.#bytes.readUIntLE(place * RECORD_BYTES, 6);
  }

  #endOf(place: number): number {
    return this.#startOf(place) + this.#bytes.readUInt32LE(place * RECORD_BYTES + LENGTH_AT);
  }

  #makeRoom(moreBytes: number): void {
    const neededBytes = this.sizeBytes + moreBytes;
    if (neededBytes <= this.#bytes.length) return;
    const room = Buffer.allocUnsafe(Math.max(FIRST_ROOM, 2 * neededBytes));
    this.#bytes.copy(room, 0, 0, this.sizeBytes);
    this.#bytes = room;
  }
}
