import type { AnswerPiece } from './answer-piece.ts';
import { joinCrc } from './crc32.ts';
import { type Deflated, deflate, LAST_BLOCK } from './deflate.ts';

/** RFC 1952: the two magic bytes, deflate, no flags, no time, no word about the level, unknown system. */
const HEAD = Buffer.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 0xff]);
const TRAILER_BYTES = 8;
/** Of what is written for one answer only: level 6 would take three times as long for a seventh less. */
const LEVEL_OF_ONCE = 1;

/**
 * An answer as one gzip member, in pieces that nobody may change. Rows that are kept are deflated once for all answers;
 * what is large and has to be deflated now is deflated in other threads. A promise only when somebody has to wait for it.
 */
export function gzipAnswer(pieces: readonly AnswerPiece[]): readonly Buffer[] | Promise<readonly Buffer[]> {
  const parts = pieces.flatMap(({ bytes, series }) => {
    if (bytes.length === 0) return [];
    const kept = series?.kept;
    return kept === undefined ? [deflate(bytes, LEVEL_OF_ONCE)] : kept.rows.deflatedPart(kept.from, kept.to);
  });
  return isSettled(parts) ? join(parts) : Promise.all(parts).then(join);
}

function isSettled(parts: readonly (Deflated | Promise<Deflated>)[]): parts is readonly Deflated[] {
  return !parts.some((part) => part instanceof Promise);
}

function join(parts: readonly Deflated[]): readonly Buffer[] {
  let crc = 0;
  let length = 0;
  for (const part of parts) {
    crc = joinCrc(crc, part.crc);
    length += part.length;
  }
  const trailer = Buffer.allocUnsafe(TRAILER_BYTES);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(length >>> 0, 4);
  return [HEAD, ...parts.map(({ bytes }) => bytes), LAST_BLOCK, trailer];
}
