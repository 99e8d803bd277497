import { type Day, parseDay, weekdayOf } from '../../src/domain/day.ts';

const MINUTE = 60_000;

const YEAR = 2025;

/** A market in 2025 as its exchange announced it: the truth that the clock is held against. */
export interface MarketYear {
  readonly code: string;
  /** Days from Monday to Friday without a session. */
  readonly closed: string;
  /** When the bar of a day begins and when it is final, in minutes after midnight UTC of that day. */
  readonly hours: (day: Day) => { readonly opens: number; readonly final: number };
}

export interface TrueSession {
  readonly day: Day;
  /** When a source begins to show its bar. */
  readonly opensAt: number;
  readonly finalAt: number;
}

/** When the year is over, everywhere. */
export const END_OF_YEAR = Date.UTC(YEAR + 1, 0, 1);

const SUMMER_IN_NEW_YORK = { from: parse('03-09'), to: parse('11-02') };

export const MARKET_YEARS: readonly MarketYear[] = [
  {
    code: '600000.SH',
    closed:
      '01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08',
    hours: () => ({ opens: 90, final: 8 * 60 + 30 }),
  },
  {
    code: '00700.HK',
    closed: '01-01 01-29 01-30 01-31 04-04 04-18 04-21 05-01 05-05 07-01 10-01 10-07 10-29 12-25 12-26',
    hours: () => ({ opens: 90, final: 9 * 60 }),
  },
  {
    code: 'AAPL',
    closed: '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25',
    hours: (day) => {
      const isSummer = day >= SUMMER_IN_NEW_YORK.from && day < SUMMER_IN_NEW_YORK.to;
      return { opens: isSummer ? 810 : 870, final: (isSummer ? 22 : 23) * 60 };
    },
  },
];

function parse(monthAndDay: string): Day {
  const day = parseDay(`${YEAR}-${monthAndDay}`);
  if (day === undefined) throw new Error(`${monthAndDay} is no day`);
  return day;
}

/** Ascending; times are milliseconds since the epoch. */
export function sessionsOf({ closed, hours }: MarketYear): TrueSession[] {
  const holidays = new Set(closed.split(' ').map(parse));
  const sessions = [];
  for (let day = parse('01-01'); day <= parse('12-31'); day += 1) {
    if (weekdayOf(day) > 4 || holidays.has(day)) continue;
    const { opens, final } = hours(day);
    sessions.push({
      day,
      opensAt: day * 1440 * MINUTE + opens * MINUTE,
      finalAt: day * 1440 * MINUTE + final * MINUTE,
    });
  }
  return sessions;
}
