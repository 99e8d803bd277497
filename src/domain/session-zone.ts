import { type Day, type DayRange, instantOfDay } from './day.ts';

const MS_PER_MINUTE = 60_000;
/** No zone changes its offset twice within this. */
const STEP_MS = 14 * 86_400_000;

/** The wall clock of a time zone over a range of days. */
export class ZoneTime {
  /** Instants from which an offset holds, ascending; the first stands for all before. */
  readonly #since: readonly number[];
  /** Milliseconds to add to UTC. */
  readonly #offsets: readonly number[];

  /** Fails with RangeError for a name that the runtime does not know. */
  constructor(timeZone: string, { start, end }: DayRange) {
    const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
    const offsetAt = (instant: number): number => parseOffset(format.format(instant));
    const last = instantOfDay(end) + STEP_MS;
    const since = [instantOfDay(start) - STEP_MS];
    const offsets = [offsetAt(instantOfDay(start) - STEP_MS)];
    for (let from = instantOfDay(start) - STEP_MS; from < last; from += STEP_MS) {
      const offset = offsetAt(from + STEP_MS);
      if (offset === offsets.at(-1)) continue;
      since.push(firstInstantOf(offset, { from, to: from + STEP_MS, offsetAt }));
      offsets.push(offset);
    }
    this.#since = since;
    this.#offsets = offsets;
  }

  /** When the wall clock shows a minute after midnight of a day; the minute may lie outside of that day. */
  instantOf(day: Day, minute: number): number {
    const wall = instantOfDay(day) + minute * MS_PER_MINUTE;
    return wall - this.#offsetAt(wall - this.#offsetAt(wall));
  }

  #offsetAt(instant: number): number {
    let index = this.#since.length - 1;
    while (index > 0 && (this.#since[index] ?? 0) > instant) index -= 1;
    return this.#offsets[index] ?? 0;
  }
}

interface Search {
  readonly from: number;
  readonly to: number;
  readonly offsetAt: (instant: number) => number;
}

/** Zones change at full minutes. */
function firstInstantOf(offset: number, { from, to, offsetAt }: Search): number {
  let before = from;
  let after = to;
  while (after - before > MS_PER_MINUTE) {
    const middle = Math.floor((before + after) / 2 / MS_PER_MINUTE) * MS_PER_MINUTE;
    if (offsetAt(middle) === offset) after = middle;
    else before = middle;
  }
  return after;
}

/** `11/21/2026, GMT-05:00`, `... GMT` */
function parseOffset(text: string): number {
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?$/.exec(text) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MS_PER_MINUTE;
}
