/**
 * How a value of a row is written in an answer: a number; a `Day` as YYYY-MM-DD; milliseconds since the epoch as an
 * instant in UTC; a boolean.
 */
export type ColumnForm = 'NUMBER' | 'DAY' | 'INSTANT' | 'BOOLEAN';

/** What a field says that answers a property of its row as it is. */
export interface Column {
  /** Of the property, and of the column in a slice of columns. */
  readonly name: string;
  readonly form: ColumnForm;
}

/** The extension of a field that answers `row[name]` and nothing else, to whoever asks. */
export function column(name: string, form: ColumnForm): { readonly column: Column } {
  return { column: { name, form } };
}

/**
 * The extension of a list field whose rows are objects or a `RowSlice`, of a type that has columns; together with
 * `column`, of one whose rows are the values of that column themselves.
 */
export const SERIES = { isSeries: true } as const;
