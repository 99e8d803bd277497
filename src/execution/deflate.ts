import { promisify } from 'node:util';
import { constants, deflateRaw, deflateRawSync } from 'node:zlib';
import { type PartialCrc, partialCrcOf } from './crc32.ts';

/** Bytes as whole blocks of DEFLATE (RFC 1951) that end at a byte, refer to nothing before them and are not the last. */
export interface Deflated {
  readonly bytes: Buffer;
  readonly crc: PartialCrc;
  /** Bytes before they were deflated. */
  readonly length: number;
}

/** Fewer bytes are stored: to set a compressor up takes longer than to send them. */
const STORED_BYTES = 256;
/** Fewer bytes are deflated at once, which takes at most half a millisecond; more in another thread. */
const AT_ONCE_BYTES = 16 * 1024;
const CHUNK_BYTES = 64 * 1024;

const deflateElsewhere = promisify(deflateRaw);

/** The last block of every stream: it holds nothing. */
export const LAST_BLOCK = Buffer.from([0x03, 0x00]);

export function deflate(bytes: Buffer, level: number): Deflated | Promise<Deflated> {
  const { length } = bytes;
  const whole = (deflated: Buffer): Deflated => ({ bytes: deflated, crc: partialCrcOf(bytes), length });
  if (length <= STORED_BYTES) return whole(stored(bytes));
  const options = { level, finishFlush: constants.Z_FULL_FLUSH, chunkSize: CHUNK_BYTES };
  if (length <= AT_ONCE_BYTES) return whole(deflateRawSync(bytes, options));
  return deflateElsewhere(bytes, options).then(whole);
}

/** A block that is not compressed: a byte that says so, the length, and its complement. */
function stored(bytes: Buffer): Buffer {
  const block = Buffer.allocUnsafe(5 + bytes.length);
  block.writeUInt8(0, 0);
  block.writeUInt16LE(bytes.length, 1);
  block.writeUInt16LE(~bytes.length & 0xffff, 3);
  bytes.copy(block, 5);
  return block;
}
