/**
 * What becomes of a request: `DROP_BEFORE` resets the connection and does nothing, `DROP_AFTER` resets it after the venue
 * has acted, an answer is sent in place of acting.
 */
export type Interference =
  | 'PASS'
  | 'DROP_BEFORE'
  | 'DROP_AFTER'
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> };

/** Says what becomes of a request; `path` is without the query. */
export type Interfere = (request: { readonly method: string; readonly path: string }) => Interference;
