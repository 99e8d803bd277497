/** The most bytes of one stored chunk. */
export const MAX_CHUNK_BYTES = 64 * 1024;

/**
 * Cuts what one stream of a program prints into chunks that decode as UTF-8 by themselves: a character that the end of
 * a read cuts waits for its rest. Bytes that are no UTF-8 pass as they are. Whatever is decoded chunk by chunk reads as
 * if it were decoded as a whole.
 */
export class Utf8Chunks {
  /** The beginning of a character, 0 to 3 bytes. */
  #held: Buffer = Buffer.alloc(0);

  /** The chunks that are complete with these bytes. */
  push(bytes: Buffer): Buffer[] {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    const end = all.length - cutCharacterBytes(all);
    this.#held = all.subarray(end);
    return chunksOf(all.subarray(0, end));
  }

  /** What was held back, when nothing follows. */
  end(): Buffer[] {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return chunksOf(rest);
  }
}

/** The largest cut at or before `end` that parts no character. */
export function characterBoundary(bytes: Buffer, end: number): number {
  return end >= bytes.length ? bytes.length : end - cutCharacterBytes(bytes.subarray(0, end));
}

function chunksOf(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const to = from + characterBoundary(bytes.subarray(from), MAX_CHUNK_BYTES);
    chunks.push(bytes.subarray(from, to));
    from = to;
  }
  return chunks;
}

/** How many bytes at the end begin a character of which the rest is missing: 0 to 3. */
function cutCharacterBytes(bytes: Buffer): number {
  for (let length = 1; length <= Math.min(3, bytes.length); length++) {
    const byte = bytes[bytes.length - length] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const second = length > 1 ? (bytes[bytes.length - length + 1] ?? 0) : undefined;
    return length < characterLength(byte) && (second === undefined || isSecondByte(byte, second)) ? length : 0;
  }
  return 0;
}

/** Bytes of the character that this byte begins; 0 when none does (https://encoding.spec.whatwg.org/#utf-8-decoder). */
function characterLength(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

/** Overlong forms, surrogates and what lies beyond U+10FFFF show in the second byte. */
function isSecondByte(first: number, second: number): boolean {
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second < 0xa0;
  if (first === 0xf0) return second >= 0x90;
  if (first === 0xf4) return second < 0x90;
  return true;
}
