import { type Day, weekdayOf } from './day.ts';

/** Which days a market trades on: all from Monday to Friday, with exceptions. */
export interface SessionDays {
  readonly coveredFrom: Day;
  /** The last day of which it is known whether it is a session. */
  readonly coveredThrough: Day;
  /** Days from Monday to Friday without a session. */
  readonly closed: ReadonlySet<Day>;
  /** Sessions at weekends. */
  readonly open: ReadonlySet<Day>;
}

const SATURDAY = 5;

/** The sessions in the covered range, ascending. */
export function listSessions({ coveredFrom, coveredThrough, closed, open }: SessionDays): Int32Array {
  const days: Day[] = [];
  for (let day = coveredFrom; day <= coveredThrough; day += 1) {
    if (open.has(day) || (weekdayOf(day) < SATURDAY && !closed.has(day))) days.push(day);
  }
  return Int32Array.from(days);
}

/**
 * Whether nothing but a weekend lies between two sessions. Chinese exchanges of futures hold no night session on the
 * last working day before a public holiday.
 */
export function isOrdinaryStep(previous: Day, next: Day): boolean {
  for (let day = previous + 1; day < next; day += 1) {
    if (weekdayOf(day) < SATURDAY) return false;
  }
  return true;
}
