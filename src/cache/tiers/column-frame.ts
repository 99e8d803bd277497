import { endianness } from 'node:os';
import { crc32 } from 'node:zlib';

/** Columns of one length behind a head of JSON. */
export interface ColumnFrame {
  readonly head: unknown;
  readonly days: Int32Array;
  readonly figures: readonly Float64Array[];
}

/** What a frame must be to be read. */
export interface FrameForm {
  /** 0 to 255: what the columns are. */
  readonly kind: number;
  /** How many columns of figures there are. */
  readonly figures: number;
}

/** Raised with every change of the frame or of a head: another version is read as nothing. */
const VERSION = 1;
const MAGIC = 'DGSC';
/** Magic 4, version 1, kind 1, columns of figures 2, bytes of the head 4, rows 4. */
const PREFIX_BYTES = 16;
/** Some ten thousand events: reading JSON is what takes its time. */
const MOST_HEAD_BYTES = 1024 * 1024;
const DAY_BYTES = Int32Array.BYTES_PER_ELEMENT;
const FIGURE_BYTES = Float64Array.BYTES_PER_ELEMENT;
/**
 * CRC-32 finds every damage within 32 bits in a row and others but for one in four billion, in a third of the time of
 * SHA-256. Neither keeps out somebody who may write here and counts anew, so a head is checked like any input.
 */
const CHECKSUM_BYTES = 4;
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/**
 * The bytes of a frame, all of them little-endian: prefix, head, days, each column of figures, checksum over all before
 * it. Fails with a RangeError when the columns are not of one length, or the head is larger than a mebibyte.
 */
export function encodeFrame(kind: number, { head, days, figures }: ColumnFrame): Buffer {
  const odd = figures.find((column) => column.length !== days.length);
  if (odd !== undefined) throw new RangeError(`received a column of ${odd.length} rows, wanted ${days.length}`);
  const headBytes = Buffer.from(JSON.stringify(head));
  if (headBytes.length > MOST_HEAD_BYTES)
    throw new RangeError(`received a head of ${headBytes.length} bytes, wanted at most ${MOST_HEAD_BYTES}`);
  const bytes = Buffer.allocUnsafeSlow(frameBytes(headBytes.length, days.length, figures.length));
  bytes.write(MAGIC, 0, 'latin1');
  bytes.writeUInt8(VERSION, 4);
  bytes.writeUInt8(kind, 5);
  bytes.writeUInt16LE(figures.length, 6);
  bytes.writeUInt32LE(headBytes.length, 8);
  bytes.writeUInt32LE(days.length, 12);
  let at = PREFIX_BYTES + headBytes.copy(bytes, PREFIX_BYTES);
  for (const column of [days, ...figures]) {
    const part = bytes.subarray(at, at + column.byteLength);
    part.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    swapOnBigEndian(part, column.BYTES_PER_ELEMENT);
    at += column.byteLength;
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(0, at)), at);
  return bytes;
}

/**
 * What the bytes hold; undefined for whatever is not exactly a frame of this form and version. The columns have memory
 * of their own. Nothing is allocated for a length that the bytes do not have.
 */
export function decodeFrame({ kind, figures }: FrameForm, bytes: Buffer): ColumnFrame | undefined {
  if (bytes.length < PREFIX_BYTES + CHECKSUM_BYTES || bytes.toString('latin1', 0, 4) !== MAGIC) return undefined;
  if (bytes.readUInt8(4) !== VERSION || bytes.readUInt8(5) !== kind || bytes.readUInt16LE(6) !== figures)
    return undefined;
  const headBytes = bytes.readUInt32LE(8);
  const rows = bytes.readUInt32LE(12);
  if (headBytes > MOST_HEAD_BYTES || frameBytes(headBytes, rows, figures) !== bytes.length) return undefined;
  const end = bytes.length - CHECKSUM_BYTES;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return undefined;
  const head = parsed(bytes.toString('utf8', PREFIX_BYTES, PREFIX_BYTES + headBytes));
  let at = PREFIX_BYTES + headBytes;
  const fill = <Column extends Int32Array | Float64Array>(column: Column): Column => {
    const part = Buffer.from(column.buffer);
    bytes.copy(part, 0, at, at + part.length);
    swapOnBigEndian(part, column.BYTES_PER_ELEMENT);
    at += part.length;
    return column;
  };
  const days = fill(new Int32Array(rows));
  return { head, days, figures: Array.from({ length: figures }, () => fill(new Float64Array(rows))) };
}

function frameBytes(headBytes: number, rows: number, figures: number): number {
  return PREFIX_BYTES + headBytes + rows * (DAY_BYTES + figures * FIGURE_BYTES) + CHECKSUM_BYTES;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function swapOnBigEndian(part: Buffer, width: number): void {
  if (IS_LITTLE_ENDIAN) return;
  if (width === DAY_BYTES) part.swap32();
  else part.swap64();
}
