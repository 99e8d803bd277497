import { type Column, column, SERIES } from '../domain/column.ts';
import { type Figures, RowSlice } from '../domain/row-slice.ts';

/** Which entries of a column are answered: from `from` on, up to and without `to`. */
interface Entries {
  readonly from: number;
  readonly to: number;
}

/** What marks a field that answers one column as a list. */
export function columnList(name: string, form: Column['form']) {
  return { ...SERIES, ...column(name, form) };
}

/** Entries of a column as a list that can be written past the executor; `valueAt` is the other way to answer them. */
export function entriesOf<Value>(
  name: string,
  figures: Figures,
  { from, to, valueAt }: Entries & { readonly valueAt: (index: number) => Value },
): RowSlice<Value> {
  return new RowSlice({ series: figures, columns: { [name]: figures }, from, to, rowAt: valueAt });
}
