import { createHash } from 'node:crypto';
import type { AnswerPiece } from './answer-piece.ts';

/**
 * A text that is the same for the same answer, from what makes it: the bytes around its series, and of each series which
 * rows of which revision it shows. Rows that were written for this answer only are read for it.
 */
export function tagOf(pieces: readonly AnswerPiece[]): string {
  const hash = createHash('sha256');
  for (const { bytes, series } of pieces) {
    // No JSON holds a NUL, so that nothing else has the same pieces.
    if (series === undefined) hash.update(bytes);
    else hash.update(`\0${series.tag}\0`);
  }
  return hash.digest('base64url').slice(0, 27);
}
