import { describe, expect, it } from 'vitest';
import type { SessionClock } from '../../src/cache/session-clock.ts';
import { freshnessOfBars } from '../../src/cache/session-freshness.ts';
import { type Day, parseDay, weekdayOf } from '../../src/domain/day.ts';
import { clockOf } from '../support/session-instants.ts';

const MINUTE = 60_000;
const YEAR = 2025;

/** A market in 2025 as its exchange announced it: the truth that the clock is held against. */
interface Market {
  readonly code: string;
  /** Days from Monday to Friday without a session. */
  readonly closed: string;
  /** When the bar of a day begins and when it is final, in minutes after midnight UTC of that day. */
  readonly hours: (day: Day) => { readonly opens: number; readonly final: number };
}

const SUMMER_IN_NEW_YORK = { from: parse('03-09'), to: parse('11-02') };

const MARKETS: readonly Market[] = [
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

function sessionsOf({ closed, hours }: Market) {
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

/**
 * One request a minute from the first session's final bar to the end of the year. The source has a bar of the running
 * session as soon as it opens; the cache keeps what the clock calls final of an answer, and asks again when the clock
 * calls what it holds no longer fresh.
 */
function walkThroughYear(market: Market, clock: SessionClock | undefined) {
  const sessions = sessionsOf(market);
  const counts = { minutes: 0, wrong: 0, unfinished: 0, loads: 0, sessions: sessions.length };
  let final = 0;
  let opened = 0;
  let held: { readonly askedAt: number; readonly last: (typeof sessions)[number] | undefined } | undefined;
  const end = (parse('12-31') + 1) * 1440 * MINUTE;
  for (let now = sessions[0]?.finalAt ?? end; now < end; now += MINUTE) {
    while ((sessions[final]?.finalAt ?? end) <= now) final += 1;
    while ((sessions[opened]?.opensAt ?? end) <= now) opened += 1;
    const isFresh =
      held !== undefined && freshnessOfBars(clock, { askedAt: held.askedAt, now, ttlMs: 7_200_000 }).isFresh;
    if (!isFresh) {
      counts.loads += 1;
      const through = clock?.lastFinalSession(now) ?? Number.POSITIVE_INFINITY;
      held = { askedAt: now, last: sessions.slice(0, opened).findLast(({ day }) => day <= through) };
    }
    counts.minutes += 1;
    if (held?.last !== sessions[final - 1]) counts.wrong += 1;
    if (held?.last !== undefined && held.last.finalAt > now) counts.unfinished += 1;
  }
  return counts;
}

describe.each(MARKETS)('a year of minutes of $code', (market) => {
  it('is never served with a wrong or unfinished last bar, and costs one load a session', () => {
    const { minutes, wrong, unfinished, loads, sessions } = walkThroughYear(market, clockOf(market.code));
    expect(minutes).toBeGreaterThan(515_000);
    expect({ wrong, unfinished }).toEqual({ wrong: 0, unfinished: 0 });
    expect(loads).toBeLessThanOrEqual(sessions + 1);
    expect(loads).toBeGreaterThanOrEqual(sessions);
  });

  it('would be served wrong for weeks, and loaded thousands of times, with a cache that goes by age', () => {
    const { minutes, wrong, loads } = walkThroughYear(market, undefined);
    expect(wrong / minutes).toBeGreaterThan(0.1);
    expect(loads).toBeGreaterThan(4000);
  });
});
