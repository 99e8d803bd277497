import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CacheStats, DailyCache, type DailyCacheOptions } from '../../src/cache/daily-cache.ts';
import { CodedError } from '../../src/domain/errors.ts';
import { sizeOfBars } from '../../src/domain/series.ts';
import { barsHistory, outage, scriptedBars, scriptedNavs, vanished } from '../support/series-feed.ts';
import { MARKETS } from '../support/session-instants.ts';

const CODE = '510300.SH';
const SPLIT = { day: 19_783, kind: 'SPLIT', ratio: 2, cash: 0 } as const;
const ONE = sizeOfBars(barsHistory(CODE, 'r1'));
const TTL_SECONDS = 7200;

function setUp(overrides: Partial<DailyCacheOptions> = {}) {
  const bars = scriptedBars();
  const navs = scriptedNavs();
  const clock = { nowMs: 1_000_000 };
  const faults: string[] = [];
  const cache = new DailyCache({
    bars,
    navs,
    maxBytes: 100 * ONE,
    maxEntries: undefined,
    ttlSeconds: TTL_SECONDS,
    markets: MARKETS,
    defaultStartDay: 16_436,
    now: () => clock.nowMs,
    onFault: ({ code, error }) => faults.push(`${code} ${error instanceof CodedError ? error.code : error}`),
    ...overrides,
  });
  return { cache, bars, navs, clock, faults };
}

const readsOf = ({ hits, misses, stale, coalesced, negativeHits }: CacheStats): number =>
  hits + misses + stale + coalesced + negativeHits;

const FAILURES = new Map<string, Error>([
  ['fails', outage()],
  ['has none', vanished()],
]);

/** All that promises can do without the outside world. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('DailyCache', () => {
  it('loads a series once and serves it from then on', async () => {
    const { cache, bars } = setUp();
    const first = await cache.bars(CODE);
    const second = await cache.bars(CODE);
    expect(first).toMatchObject({ cached: false, stale: false });
    expect(second).toMatchObject({ cached: true, stale: false });
    expect(second.value).toBe(first.value);
    expect(bars.loads).toBe(1);
    expect(cache.stats()).toMatchObject({
      hits: 1,
      misses: 1,
      stale: 0,
      coalesced: 0,
      upstreamCalls: 1,
      entries: 1,
      bytes: ONE,
    });
  });

  it('asks its source once for 1,000 reads at the same time', async () => {
    const { cache, bars } = setUp();
    const answers = await Promise.all(Array.from({ length: 1000 }, () => cache.bars(CODE)));
    expect(new Set(answers.map(({ value }) => value)).size).toBe(1);
    expect(bars.loads).toBe(1);
    expect(cache.stats()).toMatchObject({ misses: 1, coalesced: 999, upstreamCalls: 1 });
  });

  it('answers at once what is held and known to be fresh, and nothing else', async () => {
    const bars = scriptedBars();
    bars.revisionAtOnce = () => bars.present;
    const { cache } = setUp({ bars });
    expect(cache.barsAtOnce(CODE)).toBeUndefined();
    const { value } = await cache.bars(CODE);
    expect(cache.barsAtOnce(CODE)).toMatchObject({ value, cached: true, stale: false });
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1 });
    for (const revision of ['r2', undefined]) {
      bars.present = revision;
      expect(cache.barsAtOnce(CODE)).toBeUndefined();
    }
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 1 });
    bars.present = 'r1';
    expect(cache.barsAtOnce(CODE)?.value).toBe(value);
    expect([bars.looks, bars.loads]).toEqual([1, 1]);
    cache.close();
    expect(cache.barsAtOnce(CODE)).toBeUndefined();
  });

  it('looks again in the background for reads at once as for others', async () => {
    const bars = scriptedBars();
    bars.revisionAtOnce = () => bars.present;
    const { cache, clock } = setUp({ bars });
    await cache.bars(CODE);
    clock.nowMs += TTL_SECONDS * 1000;
    cache.barsAtOnce(CODE);
    cache.barsAtOnce(CODE);
    await settled();
    expect(bars.loads).toBe(2);
  });

  it('keeps bars and NAVs of a code apart', async () => {
    const { cache, bars, navs } = setUp();
    await Promise.all([cache.bars(CODE), cache.navs(CODE)]);
    expect([bars.loads, navs.loads, cache.stats().entries]).toEqual([1, 1, 2]);
  });

  it('loads anew when the source has another revision', async () => {
    const { cache, bars } = setUp();
    await cache.bars(CODE);
    bars.present = 'r2';
    expect(await cache.bars(CODE)).toMatchObject({ value: { revision: 'r2' }, cached: false, stale: false });
    expect(await cache.bars(CODE)).toMatchObject({ cached: true });
    expect(cache.stats()).toMatchObject({ misses: 2, hits: 1, entries: 1 });
  });

  it('does not take the answer of a load that began before the change', async () => {
    const { cache, bars, clock } = setUp();
    await cache.bars(CODE);
    const gate = Promise.withResolvers<void>();
    bars.gate = gate.promise;
    clock.nowMs += TTL_SECONDS * 1000;
    await cache.bars(CODE); // starts the re-check in the background
    await settled();
    bars.present = 'r2';
    const read = cache.bars(CODE);
    await settled();
    gate.resolve();
    expect(await read).toMatchObject({ value: { revision: 'r2' }, stale: false });
  });

  it.each([
    ['an outage', outage()],
    ['invalid data', new CodedError('DATA_INVALID', 'x')],
    ['a fault of its own', new TypeError('x')],
  ])('serves the last good value as stale after %s', async (_, failure) => {
    const { cache, bars, faults } = setUp();
    const { value } = await cache.bars(CODE);
    bars.present = 'r2';
    bars.failure = failure;
    const again = await cache.bars(CODE);
    expect(again).toMatchObject({ cached: true, stale: true });
    expect(again.value).toBe(value);
    expect(faults).toHaveLength(1);
    bars.failure = undefined;
    expect(await cache.bars(CODE)).toMatchObject({ value: { revision: 'r2' }, stale: false });
    expect(cache.stats()).toMatchObject({ misses: 2, stale: 1 });
  });

  it('serves the last good value as stale when the source cannot even be looked at', async () => {
    const { cache, bars } = setUp({ bars: { ...scriptedBars(), revision: () => Promise.reject(outage()) } });
    await cache.bars(CODE);
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: true });
    expect(bars.loads).toBe(0);
  });

  it('drops what its source no longer has', async () => {
    const { cache, bars } = setUp();
    await cache.bars(CODE);
    bars.present = 'none';
    bars.failure = vanished();
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('does not remember a failure', async () => {
    const { cache, bars } = setUp();
    bars.failure = outage();
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    bars.failure = undefined;
    expect(await cache.bars(CODE)).toMatchObject({ cached: false });
    expect(cache.stats()).toMatchObject({ misses: 2, upstreamCalls: 2 });
  });

  it('refreshes one key while others are served the old value', async () => {
    const { cache, bars } = setUp();
    await cache.bars(CODE);
    await cache.bars('518880.SH');
    const gate = Promise.withResolvers<void>();
    bars.gate = gate.promise;
    const refreshes = [cache.bars(CODE, { refresh: true }), cache.bars(CODE, { refresh: true })];
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: false });
    gate.resolve();
    expect(await Promise.all(refreshes)).toMatchObject([{ cached: false }, { cached: false }]);
    expect(bars.loads).toBe(3);
    expect(cache.stats()).toMatchObject({ hits: 1, misses: 3, coalesced: 1, entries: 2 });
  });

  it('answers a refresh that fails with the last good value, as stale', async () => {
    const { cache, bars } = setUp();
    await cache.bars(CODE);
    bars.failure = outage();
    expect(await cache.bars(CODE, { refresh: true })).toMatchObject({ cached: true, stale: true });
    expect(await cache.bars(CODE)).toMatchObject({ stale: false });
  });

  it('loads anew in the background when the series has reached its age, and serves the present one', async () => {
    const { cache, bars, clock } = setUp();
    await cache.bars(CODE);
    clock.nowMs += TTL_SECONDS * 1000 - 1;
    await cache.bars(CODE);
    expect(bars.loads).toBe(1);
    clock.nowMs += 1;
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: false });
    await settled();
    await cache.bars(CODE);
    expect(bars.loads).toBe(2);
    expect(cache.stats()).toMatchObject({ hits: 3, misses: 1, upstreamCalls: 2 });
  });

  it('gives up on a load that takes too long, and starts anew for the next reader', async () => {
    const { cache, bars } = setUp({ loadTimeoutMs: 5 });
    bars.gate = new Promise(() => undefined);
    const waiting = await Promise.allSettled([cache.bars(CODE), cache.bars(CODE)]);
    expect(waiting).toMatchObject(Array(2).fill({ status: 'rejected', reason: { code: 'UPSTREAM_UNAVAILABLE' } }));
    bars.gate = undefined;
    expect(await cache.bars(CODE)).toMatchObject({ cached: false });
    expect(cache.stats()).toMatchObject({ misses: 2, coalesced: 1, upstreamCalls: 2 });
  });

  it.each([
    ['another code', { code: 'AAPL' }],
    ['columns of different lengths', { columns: { ...barsHistory(CODE, 'x').columns, volume: new Float64Array(1) } }],
    ['days that do not ascend', { columns: { ...barsHistory(CODE, 'x').columns, day: Int32Array.of(5, 5) } }],
    [
      'an infinite price',
      { columns: { ...barsHistory(CODE, 'x').columns, close: Float64Array.of(1, Number.POSITIVE_INFINITY) } },
    ],
    ['a price of nothing', { columns: { ...barsHistory(CODE, 'x').columns, close: Float64Array.of(1, 0) } }],
    ['a volume below nothing', { columns: { ...barsHistory(CODE, 'x').columns, volume: Float64Array.of(1, -1) } }],
    ['a split into endless shares', { events: [{ ...SPLIT, ratio: Number.POSITIVE_INFINITY }] }],
    ['a split into no share', { events: [{ ...SPLIT, ratio: 0 }] }],
    ['a dividend without end', { events: [{ ...SPLIT, cash: Number.POSITIVE_INFINITY }] }],
    ['an event that is no figure', { events: [{ ...SPLIT, cash: Number.NaN }] }],
  ])('lets no history with %s replace a good one', async (_, fault) => {
    const feed = scriptedBars();
    let isBroken = false;
    const { load } = feed;
    const { cache } = setUp({
      bars: Object.assign(feed, {
        load: async (code: string, signal: AbortSignal) => ({
          ...(await load(code, signal)),
          ...(isBroken ? fault : {}),
        }),
      }),
    });
    const { value } = await cache.bars(CODE);
    isBroken = true;
    feed.present = 'r2';
    expect(await cache.bars(CODE)).toMatchObject({ value, cached: true, stale: true });
    const refused = await cache.bars('MSFT').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'DATA_INVALID', message: expect.stringContaining('scripted') });
  });

  it('answers NOT_FOUND for a history without any day', async () => {
    const { columns } = barsHistory(CODE, 'x');
    const none = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.subarray(0, 0)]));
    const load = async (code: string) => ({ ...barsHistory(code, 'x'), columns: { ...columns, ...none } });
    const { cache } = setUp({ bars: { ...scriptedBars(), load } });
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('holds no more bytes than it may, and forgets what was used longest ago', async () => {
    const { cache } = setUp({ maxBytes: 2 * ONE });
    await cache.bars('A');
    await cache.bars('B');
    await cache.bars('A');
    await cache.bars('C');
    expect(await cache.bars('A')).toMatchObject({ cached: true });
    expect(await cache.bars('B')).toMatchObject({ cached: false });
    expect(cache.stats().bytes).toBe(2 * ONE);
  });

  it('answers a series that is larger than its room without keeping it', async () => {
    const { cache } = setUp({ maxBytes: ONE - 1 });
    await cache.bars(CODE);
    expect(await cache.bars(CODE)).toMatchObject({ cached: false });
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0, misses: 2 });
  });

  it('clears the codes it is told, or all, and says how many series there were', async () => {
    const { cache } = setUp();
    await Promise.all(['A', 'B', 'C'].flatMap((code) => [cache.bars(code), cache.navs(code)]));
    expect(await cache.clear(['A', 'A', 'unknown'])).toBe(2);
    expect(await cache.bars('B')).toMatchObject({ cached: true });
    expect(await cache.bars('A')).toMatchObject({ cached: false });
    expect(await cache.clear()).toBe(5);
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0 });
  });

  it('does not keep what was loading when it was cleared', async () => {
    const { cache, bars } = setUp();
    const gate = Promise.withResolvers<void>();
    bars.gate = gate.promise;
    const read = cache.bars(CODE);
    await settled();
    await cache.clear();
    gate.resolve();
    expect(await read).toMatchObject({ value: { code: CODE } });
    expect(cache.stats().entries).toBe(0);
  });

  it('ends loads under way when it is closed, and refuses later reads', async () => {
    const { cache, bars, faults } = setUp();
    let signal: AbortSignal | undefined;
    Object.assign(bars, {
      load: (_: string, given: AbortSignal) => {
        signal = given;
        return new Promise(() => undefined);
      },
    });
    const read = cache.bars(CODE);
    await settled();
    cache.close();
    cache.close();
    await expect(read).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
    expect(signal?.aborted).toBe(true);
    expect(faults).toEqual([]);
  });

  it('counts every read once and keeps its bounds, whatever its source does', async () => {
    const step = fc.record({
      codes: fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 1, maxLength: 6 }),
      refresh: fc.boolean(),
      source: fc.constantFrom('works', 'works', 'fails', 'has none', 'has changed'),
      afterMs: fc.constantFrom(0, 60_000, TTL_SECONDS * 1000),
      clear: fc.constantFrom('nothing', 'nothing', 'A', 'all'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 0, max: 4 }), async (steps, room) => {
        const { cache, bars, clock } = setUp({ maxBytes: room * ONE });
        let reads = 0;
        for (const { codes, refresh, source, afterMs, clear } of steps) {
          clock.nowMs += afterMs;
          bars.failure = FAILURES.get(source);
          if (source === 'has changed') bars.present = `${bars.present}+`;
          reads += codes.length;
          const settledReads = Promise.allSettled(codes.map((code) => cache.bars(code, { refresh })));
          if (clear !== 'nothing') await cache.clear(clear === 'all' ? undefined : [clear]);
          for (const read of await settledReads) {
            if (read.status === 'rejected') expect(['fails', 'has none']).toContain(source);
          }
          await settled();
          const stats = cache.stats();
          expect(readsOf(stats)).toBe(reads);
          expect(stats.upstreamCalls).toBe(bars.loads);
          expect(stats.bytes).toBe(stats.entries * ONE);
          expect(stats.bytes).toBeLessThanOrEqual(room * ONE);
        }
      }),
      { numRuns: 200 },
    );
  });
});
