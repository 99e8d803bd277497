import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DailyCache } from '../../src/cache/daily-cache.ts';
import { VENDOR_FAULT_TIMES } from '../../src/cache/load-faults.ts';
import type { Cached } from '../../src/cache/series-reader.ts';
import type { SeriesTier } from '../../src/cache/tiers/series-tier.ts';
import type { BarHistory } from '../../src/domain/series.ts';
import { marketFeed } from '../support/market-feed.ts';
import { memoryTier } from '../support/memory-tier.ts';
import { outage, scriptedNavs } from '../support/series-feed.ts';
import { at, clockOf, day, MARKETS } from '../support/session-instants.ts';

const CODE = '600000.SH';
const MINUTE = 60_000;
const CLOCK = clockOf(CODE);

type Step =
  | { readonly kind: 'READ' | 'REFRESH' | 'CLEAR'; readonly process: number }
  | { readonly kind: 'FAIL' | 'RECOVER' }
  | { readonly kind: 'LET_RUN'; readonly turns: number }
  | { readonly kind: 'PASS'; readonly minutes: number };

const process = fc.constantFrom(0, 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('READ'), process }) },
  fc.record({ kind: fc.constantFrom('REFRESH', 'CLEAR'), process }),
  fc.record({ kind: fc.constantFrom('FAIL', 'RECOVER') }),
  fc.record({ kind: fc.constant('LET_RUN'), turns: fc.nat(6) }),
  fc.record({ kind: fc.constant('PASS'), minutes: fc.constantFrom(1, 10, 40, 180, 600, 1440) }),
);

async function turnsOfLoop(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Two processes that share a tier, over a vendor; each answer of either takes a few turns of the event loop. */
function setUp(delays: Iterator<number>) {
  const time = { now: at('2025-03-20 16:00 +08:00') };
  const now = (): number => time.now;
  const wait = (): Promise<void> => turnsOfLoop(delays.next().value ?? 0);
  const feed = marketFeed({ clock: CLOCK, now, firstDay: day('2025-02-03') });
  const kept = memoryTier<BarHistory>();
  const tier: SeriesTier<BarHistory> = {
    async read(code) {
      await wait();
      const stored = await kept.read(code);
      await wait();
      return stored;
    },
    write: (code, stored) => wait().then(() => kept.write(code, stored)),
    clear: (codes) => wait().then(() => kept.clear(codes)),
  };
  const load: typeof feed.load = async (...question) => {
    const history = await feed.load(...question);
    await wait();
    if (feed.failure !== undefined) throw feed.failure;
    return history;
  };
  const start = (): DailyCache =>
    new DailyCache({
      bars: { load, tiers: [tier] },
      navs: scriptedNavs(),
      markets: MARKETS,
      ...{ maxBytes: 1e9, maxEntries: undefined, ttlSeconds: 7200, defaultStartDay: 0, now },
      faultTimes: VENDOR_FAULT_TIMES,
    });
  return { feed, time, caches: [start(), start()] as const };
}

/** What a read that began at an instant may be answered. */
function check({ value, stale, staleReason, asOf = 0 }: Cached<BarHistory>, startedAt: number): void {
  expect(staleReason).toBe(stale ? 'the source is down' : undefined);
  if (stale) return;
  expect(asOf).toBeGreaterThanOrEqual(CLOCK.lastFinalSession(startedAt) ?? 0);
  expect(value.columns.day.at(-1)).toBeGreaterThanOrEqual(asOf);
}

describe('processes that share a tier, whatever comes in between', () => {
  it('never answer less than was final when they were asked without saying so, and count each read once', async () => {
    const delays = fc.infiniteStream(fc.nat(4));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 40 }), delays, async (steps, stream) => {
        const { feed, time, caches } = setUp(stream);
        const reads = [0, 0];
        const underWay: Promise<unknown>[] = [];
        const read = (at: number, refresh: boolean): void => {
          const startedAt = time.now;
          reads[at] = (reads[at] ?? 0) + 1;
          const answer = caches[at === 0 ? 0 : 1].bars(CODE, { refresh });
          underWay.push(
            answer.then(
              (cached) => check(cached, startedAt),
              (error: unknown) => expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' }),
            ),
          );
        };
        for (const each of steps) {
          if (each.kind === 'READ' || each.kind === 'REFRESH') read(each.process, each.kind === 'REFRESH');
          else if (each.kind === 'CLEAR') underWay.push(caches[each.process === 0 ? 0 : 1].clear());
          else if (each.kind === 'LET_RUN') await turnsOfLoop(each.turns);
          else if (each.kind === 'PASS') time.now += each.minutes * MINUTE;
          else feed.failure = each.kind === 'FAIL' ? outage() : undefined;
        }
        await Promise.all(underWay);
        for (const [at, cache] of caches.entries()) {
          const { hits, misses, stale, coalesced, negativeHits } = cache.stats();
          expect(hits + misses + stale + coalesced + negativeHits).toBe(reads[at]);
          cache.close();
        }
      }),
    );
  });
});
