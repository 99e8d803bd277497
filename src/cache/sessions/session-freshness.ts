import { latestOfThePast } from '../../async/stretch.ts';
import type { Day } from '../../domain/day.ts';
import type { SessionClock } from './session-clock.ts';
import type { NavClock } from './session-markets.ts';

/** How a held series stands against the clock of its market. */
export interface Freshness {
  /** The last session whose figures were final when the series was asked for; undefined where no calendar tells. */
  readonly asOf: Day | undefined;
  readonly isFresh: boolean;
  /** When it stops, or stopped, being fresh, in milliseconds since the epoch. */
  readonly freshUntil: number;
}

/** A series that is held. Instants are milliseconds since the epoch. */
export interface HeldSeries {
  /** When the source was asked, not when it answered: what became final in between may be missing. */
  readonly askedAt: number;
  readonly now: number;
  /** How long a series is fresh where no calendar tells, in milliseconds. */
  readonly ttlMs: number;
}

/**
 * Bars are fresh until a further session is final, and at no other time; a share that was halted is fresh without a new
 * bar. Where the calendar does not reach, or there is none, they are fresh for the TTL and nobody knows `asOf`.
 */
export function freshnessOfBars(clock: SessionClock | undefined, { askedAt, now, ttlMs }: HeldSeries): Freshness {
  if (askedAt > latestOfThePast(now)) return { asOf: clock?.lastFinalSession(now), isFresh: false, freshUntil: now };
  const asOf = clock?.lastFinalSession(askedAt);
  const expiresAt = askedAt + ttlMs;
  if (clock === undefined || asOf === undefined) return { asOf, isFresh: now < expiresAt, freshUntil: expiresAt };
  const nextFinalAt = clock.nextFinalAt(askedAt);
  // Behind the last covered session nothing says when the next one comes.
  const freshUntil = nextFinalAt ?? Math.max(clock.knownUntil, expiresAt);
  return { asOf, isFresh: now < freshUntil, freshUntil };
}

/** NAVs that are held. */
export interface HeldNavs extends HeldSeries {
  /** The last day that has a NAV. */
  readonly lastDay: Day;
}

/** A fund that published no NAV for so long has ended; nobody looks for a NAV of it between two sessions. */
const ENDED_AFTER_DAYS = 30;

/**
 * NAVs are fresh as bars are, and besides no longer than the interval between two looks while the NAV of a session may
 * be published and is not among them.
 */
export function freshnessOfNavs(clock: NavClock | undefined, held: HeldNavs): Freshness {
  const { asOf, freshUntil: finalUntil } = freshnessOfBars(clock?.final, held);
  const freshUntil = clock === undefined ? finalUntil : Math.min(finalUntil, nextLook(clock, held));
  return { asOf, isFresh: held.now < freshUntil, freshUntil };
}

function nextLook({ possible, lookEveryMs }: NavClock, { askedAt, lastDay }: HeldNavs): number {
  const published = possible.lastFinalSession(askedAt);
  const isMissing = published !== undefined && published > lastDay && published <= lastDay + ENDED_AFTER_DAYS;
  return isMissing ? askedAt + lookEveryMs : (possible.nextFinalAt(askedAt) ?? Number.POSITIVE_INFINITY);
}
