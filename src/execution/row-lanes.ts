import type { Faulty } from '../domain/data-faults.ts';
import { type Figures, RowSlice } from '../domain/row-slice.ts';
import type { PlannedColumn } from './row-plan.ts';

/** The values of one column, one for each row: NaN for null, 1 and 0 for true and false. */
export interface Lane {
  readonly column: PlannedColumn;
  readonly values: Figures;
}

/**
 * The values of rows by column; undefined when there is one that has to be answered the ordinary way: a figure that is
 * null because its document is bad, null where there must be a value, or anything that is not of the column's form.
 */
export function lanesOf(rows: readonly unknown[], columns: readonly PlannedColumn[]): readonly Lane[] | undefined {
  if (!rows.every(isFaultless)) return undefined;
  const lanes: Lane[] = [];
  for (const column of columns) {
    const values = column.form === 'BOOLEAN' ? flagsOf(rows, column) : numbersOf(rows, column);
    if (values === undefined) return undefined;
    lanes.push({ column, values });
  }
  return lanes;
}

/** All values of the series that a slice is cut from; undefined when it lacks a column. */
export function lanesOfSlice(slice: RowSlice<unknown>, columns: readonly PlannedColumn[]): readonly Lane[] | undefined {
  const lanes = columns.flatMap((column) => {
    const values = slice.column(column.name);
    return values === undefined ? [] : [{ column, values }];
  });
  return lanes.length === columns.length ? lanes : undefined;
}

/** What a series field may answer. */
export type Rows = readonly unknown[] | RowSlice<unknown>;

export function isRows(answered: unknown): answered is Rows {
  return Array.isArray(answered) || answered instanceof RowSlice;
}

type Row = Readonly<Record<string, unknown>>;

/** An error in a list is thrown by the executor. */
function isFaultless(row: unknown): row is Row {
  const isRow = typeof row === 'object' && row !== null && !(row instanceof Error);
  return isRow && (row as Faulty).faults === undefined;
}

function numbersOf(rows: readonly Row[], { name, isNullable }: PlannedColumn): Float64Array | undefined {
  const values = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const value = rows[index]?.[name];
    if (typeof value === 'number' && !Number.isNaN(value)) values[index] = value;
    else if (value === null && isNullable) values[index] = Number.NaN;
    else return undefined;
  }
  return values;
}

function flagsOf(rows: readonly Row[], { name }: PlannedColumn): Float64Array | undefined {
  const values = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index++) {
    const value = rows[index]?.[name];
    if (typeof value !== 'boolean') return undefined;
    values[index] = value ? 1 : 0;
  }
  return values;
}
