import { describe, expect, it } from 'vitest';
import type { SessionClock } from '../../../src/cache/sessions/session-clock.ts';
import { freshnessOfBars } from '../../../src/cache/sessions/session-freshness.ts';
import { END_OF_YEAR, MARKET_YEARS, type MarketYear, sessionsOf } from '../../support/market-years.ts';
import { clockOf } from '../../support/session-instants.ts';

const MINUTE = 60_000;
/**
 * One request a minute from the first session's final bar to the end of the year. The source has a bar of the running
 * session as soon as it opens; the cache keeps what the clock calls final of an answer, and asks again when the clock
 * calls what it holds no longer fresh.
 */
function walkThroughYear(market: MarketYear, clock: SessionClock | undefined) {
  const sessions = sessionsOf(market);
  const counts = { minutes: 0, wrong: 0, unfinished: 0, loads: 0, sessions: sessions.length };
  let final = 0;
  let opened = 0;
  let held: { readonly askedAt: number; readonly last: (typeof sessions)[number] | undefined } | undefined;
  const end = END_OF_YEAR;
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

describe.each(MARKET_YEARS)('a year of minutes of $code', (market) => {
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
