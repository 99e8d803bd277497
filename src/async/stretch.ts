/** A stretch of time by the clock on the wall, in milliseconds since the epoch; its end is not part of it. */
export interface Stretch {
  readonly from: number;
  readonly until: number;
}

/** So much do the clocks of two processes differ. */
const CLOCKS_DIFFER_MS = 5 * 60_000;
/** Clocks are corrected by less than this all the time. */
const CORRECTED_MS = 60_000;

/**
 * The latest time that something can bear that has happened, by whichever clock. What bears a later one was told by a
 * clock that went ahead: nobody knows when it was.
 */
export function latestOfThePast(now: number): number {
  return now + CLOCKS_DIFFER_MS;
}

/** The stretch from now on. */
export function stretchFrom(now: number, lengthMs: number): Stretch {
  return { from: now, until: now + lengthMs };
}

/**
 * Whether it lasts. One that was begun in the future does not: the clock went ahead then and has been set back since, so
 * that its end could be a year away.
 */
export function isLasting({ from, until }: Stretch, now: number): boolean {
  return now < until && now >= from - CORRECTED_MS;
}
