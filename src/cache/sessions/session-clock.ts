import type { Day } from '../../domain/day.ts';
import { type HoursRules, type HoursTable, tabulateHours } from '../../domain/session-hours-table.ts';

/** One session of a market. */
export interface Session {
  readonly day: Day;
  /** Openings and closings, ascending, in milliseconds since the epoch; breaks lie between. */
  readonly periods: readonly { readonly opensAt: number; readonly closesAt: number }[];
}

/**
 * What a market's clock says. Instants are milliseconds since the epoch. Nothing is guessed: where the calendar does
 * not reach the answer is undefined, and a weekday beyond its end is not taken for a session.
 */
export interface SessionClock {
  /** The market and where its days come from. */
  readonly name: string;
  readonly version: string;
  /** The last day of which it is known whether it is a session; undefined: there is no end. */
  readonly coveredThrough: Day | undefined;
  /** From this instant on the last final session is not known; Infinity when there is no end. */
  readonly knownUntil: number;
  /** The last session whose figures are final at an instant. */
  lastFinalSession(now: number): Day | undefined;
  /** When the figures of a further session become final; always after `now`. */
  nextFinalAt(now: number): number | undefined;
  isOpen(now: number): boolean | undefined;
  /** The session whose hours, breaks included, an instant lies in; undefined also between sessions. */
  sessionAt(instant: number): Session | undefined;
  isSession(day: Day): boolean | undefined;
}

/** When a session's figures are final: on a later session, a number of days after it, at a minute of the wall clock. */
export interface FinalRule {
  readonly sessionsLater?: number;
  readonly daysLater?: number;
  readonly minute: number;
}

export interface CalendarClockOptions extends HoursRules {
  readonly name: string;
  readonly version: string;
  readonly coveredFrom: Day;
  readonly final: FinalRule;
}

/** The clock of a market with a calendar. A question is a binary search. */
export class CalendarClock implements SessionClock {
  readonly name: string;
  readonly version: string;
  readonly coveredThrough: Day;
  readonly knownUntil: number;
  readonly #coveredFrom: Day;
  readonly #days: Int32Array;
  /** By session; shorter than the days when a session is final only on a later one. */
  readonly #finals: Float64Array;
  readonly #rules: HoursRules;
  #hours: HoursTable | undefined;

  constructor(options: CalendarClockOptions) {
    const { name, version, coveredFrom, coveredThrough, days, zone, final } = options;
    const { sessionsLater = 0, daysLater = 0, minute } = final;
    this.name = name;
    this.version = version;
    this.coveredThrough = coveredThrough;
    this.#coveredFrom = coveredFrom;
    this.#days = days;
    this.#rules = options;
    this.#finals = Float64Array.from(days.subarray(sessionsLater), (day) => zone.instantOf(day + daysLater, minute));
    // The first day that is not covered could be a session, and final then.
    this.knownUntil = zone.instantOf(coveredThrough + 1 + daysLater, minute);
  }

  lastFinalSession(now: number): Day | undefined {
    if (now >= this.knownUntil) return undefined;
    const count = countUpTo(this.#finals, now);
    return count === 0 ? undefined : this.#days[count - 1];
  }

  nextFinalAt(now: number): number | undefined {
    return this.#finals[countUpTo(this.#finals, now)];
  }

  isOpen(now: number): boolean | undefined {
    const { edges, unknown } = this.#tabulated();
    return isInside(unknown, now) ? undefined : isInside(edges, now);
  }

  sessionAt(instant: number): Session | undefined {
    const { edges, sessionOfEdge, unknown } = this.#tabulated();
    const next = countUpTo(edges, instant);
    if (next === 0 || next === edges.length || isInside(unknown, instant)) return undefined;
    return sessionOfEdge[next] === sessionOfEdge[next - 1] ? this.#sessionAround(next) : undefined;
  }

  isSession(day: Day): boolean | undefined {
    if (day < this.#coveredFrom || day > this.coveredThrough) return undefined;
    return this.#days[countUpTo(this.#days, day) - 1] === day;
  }

  #sessionAround(edgeInside: number): Session {
    const { edges, sessionOfEdge } = this.#tabulated();
    const index = sessionOfEdge[edgeInside] as number;
    let first = edgeInside;
    while (sessionOfEdge[first - 1] === index) first -= 1;
    const periods = [];
    for (let edge = first; sessionOfEdge[edge] === index; edge += 2) {
      periods.push({ opensAt: edges[edge] as number, closesAt: edges[edge + 1] as number });
    }
    return { day: this.#days[index] as Day, periods };
  }

  #tabulated(): HoursTable {
    this.#hours ??= tabulateHours(this.#rules);
    return this.#hours;
  }
}

/** How many of ascending values are not above a limit. */
function countUpTo(values: Float64Array | Int32Array, limit: number): number {
  let from = 0;
  let to = values.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((values[middle] as number) <= limit) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Whether a value lies in one of the stretches that starts and ends in turn mark. */
function isInside(edges: Float64Array, value: number): boolean {
  return countUpTo(edges, value) % 2 === 1;
}
