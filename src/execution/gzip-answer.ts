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
 * what is large and has to be deflated now is deflated in another thread, one part after the other. A promise only when
 * somebody has to wait for it; it is given up, and empty, as soon as nobody wants it any more.
 */
export function gzipAnswer(
  pieces: readonly AnswerPiece[],
  isWanted: () => boolean = () => true,
): readonly Buffer[] | Promise<readonly Buffer[]> {
  const parts = partsOf(pieces);
  const done: Deflated[] = [];
  for (let next = parts.next(); next.done !== true; next = parts.next()) {
    if (next.value instanceof Promise) return joinLater(done, { first: next.value, others: parts, isWanted });
    done.push(next.value);
  }
  return join(done);
}

/** A part is begun when it is asked for: every compressor at work takes a quarter of a megabyte. */
function* partsOf(pieces: readonly AnswerPiece[]): Generator<Deflated | Promise<Deflated>, void, undefined> {
  for (const { bytes, series } of pieces) {
    if (bytes.length === 0) continue;
    const kept = series?.kept;
    if (kept === undefined) yield deflate(bytes, LEVEL_OF_ONCE);
    else yield* kept.rows.deflatedPart(kept.from, kept.to);
  }
}

interface LaterParts {
  readonly first: Promise<Deflated>;
  readonly others: Iterable<Deflated | Promise<Deflated>>;
  readonly isWanted: () => boolean;
}

async function joinLater(done: Deflated[], { first, others, isWanted }: LaterParts): Promise<readonly Buffer[]> {
  done.push(await first);
  for (const part of others) {
    if (!isWanted()) return [];
    done.push(await part);
  }
  return join(done);
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
