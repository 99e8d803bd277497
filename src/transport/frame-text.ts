import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';

/** The largest message that is read, packed or not. */
export const LARGEST_MESSAGE_BYTES = 8 * 1024 * 1024;

/** The text of a binary frame: unpacked when it is gzip, as some venues send it. Throws an Error that says why it has none. */
export function binaryFrameText(bytes: Buffer): string {
  const plain = isGzip(bytes) ? gunzip(bytes) : bytes;
  if (!isUtf8(plain)) throw new Error('received a binary frame that is neither gzip nor UTF-8 text');
  return plain.toString('utf8');
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function gunzip(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_MESSAGE_BYTES });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'no gzip';
    throw new Error(`received a gzip frame that cannot be unpacked: ${reason}`, { cause });
  }
}
