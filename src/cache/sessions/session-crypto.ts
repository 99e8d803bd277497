import { type Day, dayOfInstant, instantOfDay } from '../../domain/day.ts';
import type { Session, SessionClock } from './session-clock.ts';

/** Venues close the bar of a UTC day within this. */
const FINAL_AFTER_MS = 2 * 60_000;

/** The clock of coins: every UTC day is a session, and it is never closed. */
export const CRYPTO_CLOCK: SessionClock = {
  name: 'CRYPTO',
  version: 'UTC days',
  coveredThrough: undefined,
  knownUntil: Number.POSITIVE_INFINITY,
  lastFinalSession: (now) => lastFinalDay(now),
  nextFinalAt: (now) => instantOfDay(lastFinalDay(now) + 2) + FINAL_AFTER_MS,
  isOpen: () => true,
  sessionAt: (instant) => sessionOf(dayOfInstant(instant)),
  isSession: () => true,
};

function lastFinalDay(now: number): Day {
  return dayOfInstant(now - FINAL_AFTER_MS) - 1;
}

function sessionOf(day: Day): Session {
  return { day, periods: [{ opensAt: instantOfDay(day), closesAt: instantOfDay(day + 1) }] };
}
