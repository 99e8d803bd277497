import { describe, expect, it } from 'vitest';
import { DailyCache, type DailyCacheOptions } from '../../src/cache/daily-cache.ts';
import { VENDOR_FAULT_TIMES } from '../../src/cache/load-faults.ts';
import { sliceBars } from '../../src/domain/series.ts';
import { marketFeed } from '../support/market-feed.ts';
import { memoryTier } from '../support/memory-tier.ts';
import { outage, scriptedNavs, vanished } from '../support/series-feed.ts';
import { at, clockOf, day, dayText, MARKETS } from '../support/session-instants.ts';

const CODE = '600000.SH';
const THURSDAY_EVENING = at('2025-03-20 20:00 +08:00');
const HOUR = 3_600_000;
const FRIDAY_FINAL = at('2025-03-21 16:30 +08:00');

/** A vendor and a tier, over which one cache follows another as one run of a server does. */
function setUp() {
  const time = { now: THURSDAY_EVENING };
  const now = (): number => time.now;
  const feed = marketFeed({ clock: clockOf(CODE), now, firstDay: day('2024-01-02') });
  const tier = memoryTier<Awaited<ReturnType<typeof feed.load>>>();
  const start = (overrides: Partial<DailyCacheOptions> = {}) =>
    new DailyCache({
      bars: { ...feed, tiers: [tier] },
      navs: scriptedNavs(),
      markets: MARKETS,
      ...{ maxBytes: 1e9, maxEntries: undefined, ttlSeconds: 7200, defaultStartDay: day('2024-01-02') },
      now,
      faultTimes: VENDOR_FAULT_TIMES,
      ...overrides,
    });
  return { feed, tier, time, start };
}

/** All that promises can do without the outside world. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a series that a tier has kept', () => {
  it('is taken from there while it is fresh, and continued when it is not', async () => {
    const { feed, time, start } = setUp();
    await start().bars(CODE);
    const second = start();
    expect(await second.bars(CODE)).toMatchObject({ cached: true, stale: false });
    expect(second.stats()).toMatchObject({ hits: 1, restored: 1, upstreamCalls: 0 });
    time.now = FRIDAY_FINAL;
    expect(await start().bars(CODE)).toMatchObject({ cached: false, asOf: day('2025-03-21') });
    expect(feed.asked.map(({ from }) => dayText(from))).toEqual([undefined, '2025-03-07']);
  });

  it('is taken instead of asking again when another process has loaded it meanwhile', async () => {
    const { feed, time, start } = setUp();
    const [first, second] = [start(), start()];
    await first.bars(CODE);
    await second.bars(CODE);
    time.now = FRIDAY_FINAL;
    await second.bars(CODE);
    expect(await first.bars(CODE)).toMatchObject({ cached: true, stale: false, asOf: day('2025-03-21') });
    expect(first.stats()).toMatchObject({ misses: 1, hits: 1, restored: 1 });
    expect(feed.asked).toHaveLength(2);
  });

  it('is not enough for a re-check of its age, unless another process has just made one', async () => {
    const { feed, time, start } = setUp();
    const [first, second] = [start(), start()];
    await first.bars(CODE);
    await second.bars(CODE);
    time.now += 2 * HOUR;
    await first.bars(CODE);
    await settled();
    await second.bars(CODE);
    await settled();
    expect(first.stats().upstreamCalls).toBe(2);
    expect(second.stats()).toMatchObject({ upstreamCalls: 0, restored: 2 });
    expect(feed.asked).toHaveLength(2);
  });

  it('is not enough for a re-check when it has reached that age as well', async () => {
    const { time, start } = setUp();
    const [first, second] = [start(), start()];
    await second.bars(CODE);
    time.now += HOUR;
    await first.bars(CODE, { refresh: true });
    time.now += 2 * HOUR;
    await second.bars(CODE);
    await settled();
    expect(second.stats()).toMatchObject({ upstreamCalls: 2, restored: 0 });
  });

  it.each([
    ['of a source that is not configured any more', { hasSource: (name: string) => name !== 'vendor' }, 1],
    ['of a source that still is', { hasSource: (name: string) => name === 'vendor' }, 0],
  ])('%s is taken or not', async (_what, { hasSource }, calls) => {
    const { feed, tier, start } = setUp();
    await start().bars(CODE);
    const second = start({ bars: { ...feed, tiers: [tier], hasSource } });
    await second.bars(CODE);
    expect(second.stats().upstreamCalls).toBe(calls);
  });

  it('is asked for anew when the calendar has learnt that a day without trades was no session', async () => {
    const { feed, tier, start } = setUp();
    await start().bars(CODE);
    const stored = tier.stored.get(CODE);
    if (stored === undefined) throw new Error('nothing was kept');
    const { columns } = stored.value;
    const sunday = { ...columns, day: columns.day.map((each, index) => (index === 0 ? day('2023-12-31') : each)) };
    const idle = { ...sunday, volume: columns.volume.map((each, index) => (index === 0 ? 0 : each)) };
    tier.stored.set(CODE, { ...stored, value: { ...stored.value, columns: idle } });
    const { value } = await start().bars(CODE);
    expect(dayText(value.columns.day[0])).toBe('2024-01-02');
    expect(feed.asked).toHaveLength(2);
  });

  it('is not what a refresh answers, which asks for everything', async () => {
    const { feed, start } = setUp();
    await start().bars(CODE);
    expect(await start().bars(CODE, { refresh: true })).toMatchObject({ cached: false });
    expect(feed.asked.map(({ from }) => from)).toEqual([undefined, undefined]);
  });

  it('is not what a refresh answers that comes while it is being read', async () => {
    const { feed, tier, start } = setUp();
    await start().bars(CODE);
    const gate = Promise.withResolvers<void>();
    tier.gate = gate.promise;
    const second = start();
    const [read, refreshed] = [second.bars(CODE), second.bars(CODE, { refresh: true })];
    gate.resolve();
    expect(await read).toMatchObject({ cached: true });
    expect(await refreshed).toMatchObject({ cached: false });
    expect(feed.asked.map(({ from }) => from)).toEqual([undefined, undefined]);
  });

  it('is served as stale when a refresh fails that is the first read', async () => {
    const { feed, start } = setUp();
    const { value } = await start().bars(CODE);
    feed.failure = outage();
    const refreshed = await start().bars(CODE, { refresh: true });
    expect(refreshed).toMatchObject({ cached: true, stale: true, staleReason: 'the source is down' });
    expect(refreshed.value).toBe(value);
  });

  it('is not replaced by half of it when a refresh is the first read', async () => {
    const { feed, tier, start } = setUp();
    const { value } = await start().bars(CODE);
    feed.spoil = (history) => ({
      ...history,
      columns: sliceBars(history.columns, day('2024-10-01'), day('2099-01-01')),
    });
    expect(await start().bars(CODE, { refresh: true })).toMatchObject({ stale: true, value });
    expect(tier.stored.get(CODE)?.value).toBe(value);
  });

  it('is neither held nor taken by a read that began before the cache was cleared', async () => {
    const { tier, start } = setUp();
    await start().bars(CODE);
    const gate = Promise.withResolvers<void>();
    tier.gate = gate.promise;
    const second = start();
    const read = second.bars(CODE);
    await settled();
    const cleared = second.clear();
    gate.resolve();
    await Promise.all([read, cleared]);
    expect(second.stats()).toMatchObject({ entries: 0, restored: 0 });
  });

  it('is not taken while the tier is being cleared', async () => {
    const { feed, tier, start } = setUp();
    await start().bars(CODE);
    const gate = Promise.withResolvers<void>();
    tier.clearGate = gate.promise;
    const second = start();
    const cleared = second.clear([CODE]);
    const read = second.bars(CODE);
    await settled();
    gate.resolve();
    expect(await read).toMatchObject({ cached: false });
    await cleared;
    expect(feed.asked).toHaveLength(2);
  });

  it('never takes the place of what was asked for later', async () => {
    const { feed, tier, time, start } = setUp();
    const cache = start({ writeTimeoutMs: 1 });
    await cache.bars(CODE);
    tier.writeGate = new Promise(() => undefined);
    time.now = FRIDAY_FINAL;
    await cache.bars(CODE);
    feed.failure = outage();
    time.now += 2 * HOUR;
    await cache.bars(CODE); // re-checks its age, and looks into the tier first
    await settled();
    const { value, stale } = await cache.bars(CODE);
    expect([dayText(value.columns.day.at(-1)), stale]).toEqual(['2025-03-21', false]);
  });

  it('tells what the sources say when they no longer know it', async () => {
    const { feed, time, start } = setUp();
    await start().bars(CODE);
    feed.failure = vanished();
    time.now = FRIDAY_FINAL;
    const { staleReason } = await start().bars(CODE);
    expect(staleReason).toBe('no such series, of which there was history before');
  });
});

describe('a series that a tier does not take', () => {
  it('is answered all the same, however long writing takes', async () => {
    const { tier, start } = setUp();
    const gate = Promise.withResolvers<void>();
    tier.writeGate = gate.promise;
    const cache = start({ writeTimeoutMs: 5 });
    expect(await cache.bars(CODE)).toMatchObject({ cached: false, stale: false });
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: false });
    gate.resolve();
    await settled();
    expect(tier.stored.has(CODE)).toBe(true);
  });
});
