import { type Literal, SPOILED_BYTES } from './literal.ts';
import type { Lane } from './row-lanes.ts';
import type { PlannedColumn, RowPlan } from './row-plan.ts';
import { NUMBER_BYTES, writeNumber, writeText } from './write-number.ts';
import { DAY_BYTES, INSTANT_BYTES, TimeWriter } from './write-time.ts';

const BYTES_OF_FORM = { NUMBER: NUMBER_BYTES, DAY: DAY_BYTES, INSTANT: INSTANT_BYTES, BOOLEAN: 'false'.length };

/** Longer lists go the ordinary way: a document with long aliases could ask for any number of bytes. */
const MAX_BYTES = 256 * 1024 * 1024;

const ROWS_A_CALL = 64;

export interface RowRange {
  readonly from: number;
  /** The row behind the last one. */
  readonly to: number;
}

/** Rows as JSON, each with a comma behind it. */
export interface WrittenRows {
  readonly bytes: Buffer;
  /** Where each row begins, and where the last one ends. Empty unless it was asked for. */
  readonly offsets: Uint32Array;
}

/** Memory that is written first and copied from, as large as most lists need; larger ones get their own. */
const DRAFT_BYTES = 2 * 1024 * 1024;

/** Writes rows as JSON.stringify would write the objects that a plan selects. */
export class RowWriter {
  /** Room for the longest texts that values may have is several times what they take, and fresh memory is dear. */
  #draft: DataView | undefined;

  /**
   * Undefined when a value has no such text or may not be null, and when there may be more bytes than are taken at once:
   * then the ordinary way says what is to be said.
   */
  write(
    plan: RowPlan,
    lanes: readonly Lane[],
    { from, to, withOffsets = false }: RowRange & { readonly withOffsets?: boolean },
  ): WrittenRows | undefined {
    const room = (to - from) * longestRow(plan) + SPOILED_BYTES;
    if (room > MAX_BYTES) return undefined;
    const view = this.#draftOf(room);
    const offsets = new Uint32Array(withOffsets ? to - from + 1 : 0);
    const target = { view, times: new TimeWriter(), offsets };
    let end = 0;
    for (let row = from; row < to && end >= 0; row += ROWS_A_CALL) {
      end = writeRange(target, end, { plan, lanes, from, row, to: Math.min(to, row + ROWS_A_CALL) });
    }
    if (end < 0) return undefined;
    if (withOffsets) offsets[to - from] = end;
    const bytes = Buffer.allocUnsafeSlow(end);
    bytes.set(new Uint8Array(view.buffer, 0, end));
    return { bytes, offsets };
  }

  #draftOf(room: number): DataView {
    if (room > DRAFT_BYTES) return new DataView(Buffer.allocUnsafeSlow(room).buffer);
    this.#draft ??= new DataView(Buffer.allocUnsafeSlow(DRAFT_BYTES).buffer);
    return this.#draft;
  }
}

/** Rows with commas between them, from rows with a comma behind each. */
export function withoutLastComma(rows: Buffer): Buffer {
  return rows.subarray(0, Math.max(0, rows.length - 1));
}

function longestRow({ columns, heads, tail }: RowPlan): number {
  const values = columns.reduce((sum, { form }) => sum + BYTES_OF_FORM[form], 0);
  return heads.reduce((sum, head) => sum + head.length, values + tail.length);
}

interface Target {
  /** Where each row begins, as far as there is room for it. */
  readonly offsets: Uint32Array;
  readonly view: DataView;
  readonly times: TimeWriter;
}

interface PlannedRows extends RowRange {
  readonly plan: RowPlan;
  readonly lanes: readonly Lane[];
  /** The first one to be written, of those from `from` on. */
  readonly row: number;
}

/**
 * Answers where it ends; -1 when the ordinary way has to write it. It writes few rows and is called often: a long loop
 * would be compiled while it runs, which gives slower code, and thrown away at its end.
 */
function writeRange(target: Target, at: number, { plan, lanes, from, row: first, to }: PlannedRows): number {
  const { offsets } = target;
  const hasOffsets = offsets.length > 0;
  let end = at;
  for (let row = first; row < to && end >= 0; row++) {
    if (hasOffsets) offsets[row - from] = end;
    end = writeRow(target, end, plan, lanes, row);
  }
  return end;
}

function writeRow(target: Target, at: number, { heads, tail }: RowPlan, lanes: readonly Lane[], row: number): number {
  let end = at;
  for (let index = 0; index < lanes.length; index++) {
    const lane = lanes[index] as Lane;
    end = (heads[index] as Literal).write(target.view, end);
    end = writeValue(target, end, lane.column, lane.values[row] as number);
    if (end < 0) return -1;
  }
  return tail.write(target.view, end);
}

function writeValue({ view, times }: Target, at: number, column: PlannedColumn, value: number): number {
  if (Number.isNaN(value)) return column.isNullable ? writeText(view, at, 'null') : -1;
  switch (column.form) {
    case 'NUMBER':
      return Number.isFinite(value) ? writeNumber(view, at, value) : -1;
    case 'DAY':
      return times.writeDay(view, at, value);
    case 'INSTANT':
      return times.writeInstant(view, at, value);
    case 'BOOLEAN':
      if (value !== 0 && value !== 1) return -1;
      return writeText(view, at, value === 1 ? 'true' : 'false');
  }
}
