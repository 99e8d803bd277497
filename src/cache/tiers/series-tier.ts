/** A series as the cache holds it. */
export interface StoredSeries<T> {
  readonly value: T;
  /** When its source was asked, not when it answered, in milliseconds since the epoch: what it can contain. */
  readonly askedAt: number;
}

/**
 * Where series are kept beyond the memory of this process, so that a restart, or a process beside it, need not ask a
 * source again. Neither method fails: a tier that is away, and an entry that is damaged or of another version, are as
 * if there were nothing.
 */
export interface SeriesTier<T> {
  read(code: string): Promise<StoredSeries<T> | undefined>;
  /** Replaces what is there, unless that was asked for later. */
  write(code: string, stored: StoredSeries<T>): Promise<void>;
  /** Forgets the series of these codes, or all of them. */
  clear(codes?: readonly string[]): Promise<void>;
}

/** A turn to load a series, among all processes that share a tier. */
export interface LoadTurn extends AsyncDisposable {
  /** Whether another process had its turn while this one waited, so that the tier may have what is wanted. */
  readonly hasWaited: boolean;
}

/** Gives one process after the other a turn to load a series. */
export interface LoadTurns {
  /**
   * Waits until no other process loads this series. A holder that has died loses its turn when its lease ends. Where
   * processes cannot agree, since what they share is away, each has its turn at once. Fails only with the signal's
   * reason.
   */
  take(code: string, signal: AbortSignal): Promise<LoadTurn>;
}
