import { type Literal, SPOILED_BYTES } from './literal.ts';
import type { Lane } from './row-lanes.ts';
import type { PlannedColumn, RowPlan } from './row-plan.ts';
import { NUMBER_BYTES, writeNumber, writeText } from './write-number.ts';
import { DAY_BYTES, INSTANT_BYTES, TimeWriter } from './write-time.ts';

const BYTES_OF_FORM = { NUMBER: NUMBER_BYTES, DAY: DAY_BYTES, INSTANT: INSTANT_BYTES, BOOLEAN: 'false'.length };

/** Longer lists go the ordinary way: a document with long aliases could ask for any number of bytes. */
const MAX_BYTES = 256 * 1024 * 1024;

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

/**
 * Writes rows as JSON.stringify would write the objects that a plan selects. Undefined when a value has no such text or
 * may not be null, and when there may be more bytes than are taken at once: then the ordinary way says what is to be
 * said.
 */
export function writeRows(
  plan: RowPlan,
  lanes: readonly Lane[],
  { from, to, withOffsets = false }: RowRange & { readonly withOffsets?: boolean },
): WrittenRows | undefined {
  const room = (to - from) * longestRow(plan);
  if (room > MAX_BYTES) return undefined;
  const bytes = Buffer.allocUnsafeSlow(room + SPOILED_BYTES);
  const view = new DataView(bytes.buffer);
  const offsets = new Uint32Array(withOffsets ? to - from + 1 : 0);
  const { heads, tail } = plan;
  const target = { view, times: new TimeWriter() };
  let at = 0;
  for (let row = from; row < to; row++) {
    if (withOffsets) offsets[row - from] = at;
    for (let index = 0; index < lanes.length; index++) {
      const lane = lanes[index] as Lane;
      at = (heads[index] as Literal).write(view, at);
      at = writeValue(target, at, lane.column, lane.values[row] as number);
      if (at < 0) return undefined;
    }
    at = tail.write(view, at);
  }
  if (withOffsets) offsets[to - from] = at;
  return { bytes: bytes.subarray(0, at), offsets };
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
  readonly view: DataView;
  readonly times: TimeWriter;
}

/** Answers where it ends; -1 when the ordinary way has to write it. */
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
