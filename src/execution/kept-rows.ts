import type { BlockRoom, RoomGuest } from './block-room.ts';
import { type Deflated, deflate } from './deflate.ts';

/** DEFLATE looks back so far: shorter spans compress less. */
const SPAN_BYTES = 32 * 1024;
/** Spans that are not whole: where parts begin and end that are asked for again and again. */
const MAX_EDGES = 8;
const LEVEL = 6;

/** All rows of a series as one selection asks for them, as JSON with a comma behind each. */
export interface RowBytes {
  readonly bytes: Buffer;
  /** Where each row begins, and where the last one ends. */
  readonly offsets: Uint32Array;
}

/**
 * Rows that are kept as JSON, and deflated when somebody asks for that: in spans that refer to nothing outside of
 * themselves, each once, so that any part of the rows is put together from them. What is deflated takes room of its own.
 */
export class KeptRows implements RoomGuest {
  readonly sizeBytes: number;
  readonly #room: BlockRoom;
  readonly #rows: RowBytes;
  readonly #onEvicted: () => void;
  readonly #rowsOfSpan: number;
  #deflated: DeflatedRows | undefined;

  constructor(rows: RowBytes, room: BlockRoom, onEvicted: () => void) {
    this.#rows = rows;
    this.#room = room;
    this.#onEvicted = onEvicted;
    this.sizeBytes = rows.bytes.length + rows.offsets.byteLength;
    const bytesOfRow = rows.bytes.length / Math.max(1, rows.offsets.length - 1);
    this.#rowsOfSpan = Math.max(1, Math.round(SPAN_BYTES / bytesOfRow));
  }

  evict(): void {
    this.release();
    this.#onEvicted();
  }

  /** To be called when it is dropped for another reason than the room. */
  release(): void {
    this.#deflated?.drop();
    this.#deflated = undefined;
  }

  /** Rows from `from` on, up to and without `to`, with commas between them. */
  part(from: number, to: number): Buffer {
    const { bytes, offsets } = this.#rows;
    return bytes.subarray(offsets[from], Math.max(offsets[from] ?? 0, (offsets[to] ?? 0) - 1));
  }

  /** The same rows deflated, in spans, each begun when it is asked for. */
  *deflatedPart(from: number, to: number): Generator<Deflated | Promise<Deflated>, void, undefined> {
    for (let begin = from; begin < to; ) {
      const end = Math.min(to, (Math.floor(begin / this.#rowsOfSpan) + 1) * this.#rowsOfSpan);
      yield this.#span(begin, end, end === to);
      begin = end;
    }
  }

  #span(from: number, to: number, isLast: boolean): Deflated | Promise<Deflated> {
    this.#deflated ??= new DeflatedRows(this.#room, () => {
      this.#deflated = undefined;
    });
    const isWhole = from % this.#rowsOfSpan === 0 && to - from === this.#rowsOfSpan;
    // Without its last comma it is something else, which is why a part that ends with a whole span ends with an edge.
    const key = isLast ? `${from} ${to}` : `${from} ${to},`;
    const { bytes, offsets } = this.#rows;
    const json = isLast ? this.part(from, to) : bytes.subarray(offsets[from], offsets[to]);
    return this.#deflated.span(key, json, isWhole && !isLast);
  }
}

/** The spans of rows that are deflated. It grows with them, and goes as a whole. */
class DeflatedRows implements RoomGuest {
  sizeBytes = 0;
  readonly #room: BlockRoom;
  readonly #onEvicted: () => void;
  readonly #whole = new Map<string, Deflated>();
  /** In order of use, the latest last. */
  readonly #edges = new Map<string, Deflated>();
  readonly #underWay = new Map<string, Promise<Deflated>>();
  #isDropped = false;

  constructor(room: BlockRoom, onEvicted: () => void) {
    this.#room = room;
    this.#onEvicted = onEvicted;
  }

  evict(): void {
    this.#isDropped = true;
    this.#onEvicted();
  }

  /** What is under way is not kept any more. */
  drop(): void {
    this.#isDropped = true;
    this.#room.release(this);
  }

  span(key: string, json: Buffer, isWhole: boolean): Deflated | Promise<Deflated> {
    const known = this.#whole.get(key) ?? this.#edge(key) ?? this.#underWay.get(key);
    if (known !== undefined) {
      this.#room.touch(this);
      return known;
    }
    const keep = (deflated: Deflated): Deflated => {
      this.#underWay.delete(key);
      this.#keep(key, deflated, isWhole);
      return deflated;
    };
    const deflated = deflate(json, LEVEL);
    if (!(deflated instanceof Promise)) return keep(deflated);
    const kept = deflated.then(keep);
    this.#underWay.set(key, kept);
    return kept;
  }

  #edge(key: string): Deflated | undefined {
    const edge = this.#edges.get(key);
    if (edge !== undefined) {
      this.#edges.delete(key);
      this.#edges.set(key, edge);
    }
    return edge;
  }

  #keep(key: string, deflated: Deflated, isWhole: boolean): void {
    if (this.#isDropped) return;
    // The room counts what it was told when it let somebody in.
    this.#room.release(this);
    (isWhole ? this.#whole : this.#edges).set(key, deflated);
    this.sizeBytes += deflated.bytes.length;
    for (const [oldest, { bytes }] of this.#edges) {
      if (this.#edges.size <= MAX_EDGES) break;
      this.#edges.delete(oldest);
      this.sizeBytes -= bytes.length;
    }
    if (!this.#room.admit(this)) this.evict();
  }
}
