import type { KeptRows } from './kept-rows.ts';

/** Rows of a series that are written, known by more than their bytes. */
export interface SeriesRows {
  /** The same for the same bytes, as long as this process lives. */
  readonly tag: string;
  /** Where they are kept, and which of its rows they are; undefined: they were written for one answer. */
  readonly kept: { readonly rows: KeptRows; readonly from: number; readonly to: number } | undefined;
}

/** A piece of an answer as JSON in UTF-8. It may share its memory with other answers: nobody may change it. */
export interface AnswerPiece {
  readonly bytes: Buffer;
  /** Undefined for anything else than rows of a long-lived series. */
  readonly series: SeriesRows | undefined;
}
