import type { Day } from '../../domain/day.ts';

/** Accounts whose latest states were of a day when they were last looked for, or of a later day of a few. */
export interface SearchGroup {
  readonly names: readonly string[];
  readonly from: Day;
  /** Whether that was so recently that few days follow. */
  readonly isRecent: boolean;
}

export interface SearchPlan {
  readonly groups: readonly SearchGroup[];
  /** Accounts of which nothing is known. */
  readonly unknown: readonly string[];
}

const MOST_REMEMBERED = 100_000;
const RECENT_DAYS = 8;
/** Then an account is looked for anew, wherever its states may be. */
const REMEMBERED_MS = 600_000;

interface Remembered {
  readonly day: Day;
  readonly until: number;
}

/**
 * On which day the latest state of each account was when it was last looked for: where to look first. Days only rise,
 * unless an account is dropped; who is not found there has to be searched again.
 */
export class LatestDays {
  readonly #now: () => number;
  readonly #days = new Map<string, Remembered>();

  /** `now` in milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  remember(name: string, day: Day): void {
    const before = this.#days.get(name);
    const now = this.#now();
    this.#days.delete(name);
    const until = before !== undefined && before.until > now ? before.until : now + REMEMBERED_MS;
    this.#days.set(name, { day, until });
    if (this.#days.size > MOST_REMEMBERED) this.#days.delete(this.#days.keys().next().value ?? '');
  }

  forget(name: string): void {
    this.#days.delete(name);
  }

  /**
   * Groups by recent day, older ones by powers of four, and those ahead of today together: so few that their number grows
   * with the logarithm of the days.
   */
  plan(names: readonly string[], today: Day): SearchPlan {
    const now = this.#now();
    const unknown: string[] = [];
    const groups = new Map<number, { names: string[]; from: Day; isRecent: boolean }>();
    for (const name of names) {
      const remembered = this.#days.get(name);
      if (remembered === undefined || remembered.until <= now) {
        unknown.push(name);
        continue;
      }
      const { day } = remembered;
      const age = Math.max(0, today - day);
      const isRecent = age <= RECENT_DAYS;
      const place = isRecent ? Math.min(day, today + 1) : -Math.floor(Math.log2(age) / 2);
      const group = groups.get(place);
      if (group === undefined) groups.set(place, { names: [name], from: day, isRecent });
      else {
        group.names.push(name);
        group.from = Math.min(group.from, day);
      }
    }
    return { groups: [...groups.values()], unknown };
  }
}
