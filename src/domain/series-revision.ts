import { createHash } from 'node:crypto';

/** Two versions with the same content have one revision, whenever they were fetched. `rest` is what is no column. */
export function contentRevision(columns: readonly (Int32Array | Float64Array)[], rest: unknown): string {
  const hash = createHash('sha256');
  for (const column of columns) hash.update(new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  return hash
    .update(JSON.stringify(rest) ?? '')
    .digest('base64url')
    .slice(0, 22);
}
