import { TurnShare } from '../async/turn-share.ts';
import { RowSlice } from '../domain/row-slice.ts';
import type { AnswerPiece } from './answer-piece.ts';
import type { RowBlocks } from './row-blocks.ts';
import { lanesOf, type Rows } from './row-lanes.ts';
import type { RowPlan } from './row-plan.ts';
import { type RowWriter, withoutLastComma } from './write-rows.ts';

/** Values that are written in one turn of the event loop, whoever asked for them: some 5 ms. */
const VALUES_A_TURN = 100_000;
const VALUES_A_PIECE = 20_000;

/** Rows as JSON with commas between them, in one or more pieces; undefined: they are answered the ordinary way. */
export type WrittenPieces = readonly AnswerPiece[] | undefined;

/** Writes rows at once when there are few, otherwise a piece in each turn of the event loop. */
export class PacedRows {
  readonly #writer: RowWriter;
  readonly #blocks: RowBlocks;
  readonly #turns = new TurnShare(VALUES_A_TURN);

  constructor(writer: RowWriter, blocks: RowBlocks) {
    this.#writer = writer;
    this.#blocks = blocks;
  }

  /** Lists that come to more than `mostBytes` are given up. */
  write(rows: Rows, plan: RowPlan, mostBytes: number): WrittenPieces | Promise<WrittenPieces> {
    const values = rows.length * Math.max(1, plan.columns.length);
    if (!(rows instanceof RowSlice) && values > VALUES_A_PIECE) return this.#writeInPieces(rows, plan, mostBytes);
    const write = (): WrittenPieces => {
      const written = rows instanceof RowSlice ? this.#blocks.rowsOf(rows, plan) : this.#writeWhole(rows, plan);
      return written && [written];
    };
    const isKept = rows instanceof RowSlice && this.#blocks.holds(rows, plan);
    const turn = isKept ? undefined : this.#turns.take(values);
    return turn === undefined ? write() : turn.then(write);
  }

  async #writeInPieces(rows: readonly unknown[], plan: RowPlan, mostBytes: number): Promise<WrittenPieces> {
    const columns = Math.max(1, plan.columns.length);
    const rowsOfPiece = Math.ceil(VALUES_A_PIECE / columns);
    const pieces: AnswerPiece[] = [];
    let bytes = 0;
    for (let from = 0; from < rows.length; from += rowsOfPiece) {
      const piece = rows.slice(from, from + rowsOfPiece);
      await this.#turns.take(piece.length * columns);
      const written = this.#writeList(piece, plan);
      bytes += written?.length ?? 0;
      if (written === undefined || bytes > mostBytes) return undefined;
      const isLast = from + rowsOfPiece >= rows.length;
      pieces.push({ bytes: isLast ? withoutLastComma(written) : written, series: undefined });
    }
    return pieces;
  }

  #writeWhole(rows: readonly unknown[], plan: RowPlan): AnswerPiece | undefined {
    const written = this.#writeList(rows, plan);
    return written && { bytes: withoutLastComma(written), series: undefined };
  }

  /** With a comma behind each row. */
  #writeList(rows: readonly unknown[], plan: RowPlan): Buffer | undefined {
    const lanes = lanesOf(rows, plan.columns);
    return lanes && this.#writer.write(plan, lanes, { from: 0, to: rows.length })?.bytes;
  }
}
