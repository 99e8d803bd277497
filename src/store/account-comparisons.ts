/**
 * When accounts were last compared with their venues. What was answered is durable. Fails with UPSTREAM_UNAVAILABLE when
 * the store cannot be reached.
 */
export interface AccountComparisonStore {
  /** Milliseconds since the epoch; undefined: never. */
  comparedAt(accountCookie: string): Promise<number | undefined>;
  compared(accountCookie: string, at: number): Promise<void>;
}
