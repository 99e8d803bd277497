/** What is unlike the documentation; otherwise the row's meaning. */
export type RowReading<Value> = { readonly value: Value } | { readonly wanted: string };

/** All or nothing: a list without one of its rows would look complete. */
export function readAll<Item>(
  rows: readonly unknown[],
  readRow: (row: unknown) => RowReading<Item>,
): RowReading<readonly Item[]> {
  const items: Item[] = [];
  for (const row of rows) {
    const reading = readRow(row);
    if ('wanted' in reading) return reading;
    items.push(reading.value);
  }
  return { value: items };
}
