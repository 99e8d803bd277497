/**
 * A stretch of trading in minutes after midnight of a day, on the wall clock of the market: below 0 on the day before,
 * from 1440 on the day after.
 */
export interface Period {
  readonly from: number;
  readonly to: number;
}

const MINUTES_PER_DAY = 1440;

/**
 * Stretches as the calendar files spell them: `09:30-12:00 13:00-16:00`, `<17:00-16:00` for one that opens on the day
 * before, `21:00-02:30` for one that ends on the day after. Undefined for anything else, also for stretches that
 * overlap.
 */
export function parseHours(text: string): readonly Period[] | undefined {
  const periods: Period[] = [];
  for (const part of text.split(' ')) {
    const match = /^(<?)(\d\d):([0-5]\d)-(\d\d):([0-5]\d)$/.exec(part);
    if (match === null || Number(match[2]) > 23 || Number(match[4]) > 23) return undefined;
    const from = Number(match[2]) * 60 + Number(match[3]) - (match[1] === '<' ? MINUTES_PER_DAY : 0);
    const clock = Number(match[4]) * 60 + Number(match[5]);
    const to = clock > from ? clock : clock + MINUTES_PER_DAY;
    const previous = periods.at(-1);
    if (previous !== undefined && from < previous.to) return undefined;
    periods.push({ from, to });
  }
  return periods;
}
