import { describe, expect, it } from 'vitest';
import { DailyCache } from '../../src/cache/daily-cache.ts';
import { VENDOR_FAULT_TIMES } from '../../src/cache/load-faults.ts';
import { type Day, formatDay } from '../../src/domain/day.ts';
import { columnsOf } from '../support/market-feed.ts';
import { END_OF_YEAR, MARKET_YEARS, type MarketYear, sessionsOf, type TrueSession } from '../support/market-years.ts';
import { scriptedNavs } from '../support/series-feed.ts';
import { clockOf, MARKETS } from '../support/session-instants.ts';

const MINUTE = 60_000;
/** Between two reads; the instants at which bars become final are full half hours. */
const STEP = process.env.DESKGRAPH_TEST_LONG === '1' ? MINUTE : 10 * MINUTE;

/** Reads the bars of a code through a year, from a vendor that shows the bar of a session as soon as it opens. */
async function walkThroughYear(market: MarketYear) {
  const { code } = market;
  const sessions = sessionsOf(market);
  const clock = clockOf(code);
  const time = { now: sessions[0]?.finalAt ?? END_OF_YEAR };
  const asked: (Day | undefined)[] = [];
  const load = async (_code: string, _signal: AbortSignal, from: Day | undefined) => {
    asked.push(from);
    const through = clock.lastFinalSession(time.now) ?? Number.POSITIVE_INFINITY;
    const isTold = ({ day, opensAt }: TrueSession) => opensAt <= time.now && day <= through && day >= (from ?? day);
    const days = sessions.filter(isTold).map(({ day }) => day);
    const facts = { source: 'vendor', fetchedAt: time.now, revision: String(time.now), renewal: 'SESSION' } as const;
    return { code, columns: columnsOf(days, (day) => day), events: [], areEventsKnown: true, ...facts };
  };
  const cache = new DailyCache({
    bars: { load },
    navs: scriptedNavs(),
    markets: MARKETS,
    ...{ maxBytes: 1e9, maxEntries: undefined, ttlSeconds: 7200, defaultStartDay: 0, now: () => time.now },
    faultTimes: VENDOR_FAULT_TIMES,
  });
  const wrong: string[] = [];
  let reads = 0;
  let final = 0;
  for (; time.now < END_OF_YEAR; time.now += STEP) {
    while ((sessions[final]?.finalAt ?? END_OF_YEAR) <= time.now) final += 1;
    const { value, stale, asOf } = await cache.bars(code);
    const wanted = sessions[final - 1]?.day ?? 0;
    reads += 1;
    if (value.columns.day.at(-1) === wanted && asOf === wanted && !stale) continue;
    wrong.push(`${new Date(time.now).toISOString()} wanted ${formatDay(wanted)}`);
  }
  return {
    reads,
    wrong,
    whole: asked.filter((from) => from === undefined).length,
    sessions: sessions.length,
    ...cache.stats(),
  };
}

describe.each(MARKET_YEARS)('a year of reads of $code through the cache', (market) => {
  it('has the right last bar in each, and loads the whole history once', async () => {
    const { reads, wrong, whole, misses, sessions, upstreamCalls } = await walkThroughYear(market);
    expect(reads).toBeGreaterThan((350 * 24 * 60 * MINUTE) / STEP);
    expect(wrong).toEqual([]);
    expect(whole).toBe(1);
    // One wait a session; what else is asked for is the re-check every two hours.
    expect(misses).toBeLessThanOrEqual(sessions + 1);
    expect(upstreamCalls).toBeLessThanOrEqual(365 * 12 + sessions + 1);
  });
});
