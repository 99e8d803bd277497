import { describe, expect, it } from 'vitest';
import { DailyCache, type DailyCacheOptions } from '../../src/cache/daily-cache.ts';
import { VENDOR_FAULT_TIMES } from '../../src/cache/load-faults.ts';
import type { SeriesTier, StoredSeries } from '../../src/cache/tiers/series-tier.ts';
import { CodedError } from '../../src/domain/errors.ts';
import { type BarHistory, sliceBars } from '../../src/domain/series.ts';
import { type MarketFeed, marketFeed } from '../support/market-feed.ts';
import { outage, scriptedNavs, vanished } from '../support/series-feed.ts';
import { at, clockOf, day, dayText, MARKETS } from '../support/session-instants.ts';

const CODE = '600000.SH';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Thursday, after its bars have become final. */
const THURSDAY_EVENING = at('2025-03-20 20:00 +08:00');
const FRIDAY_FINAL = at('2025-03-21 16:30 +08:00');

function setUp(overrides: Partial<DailyCacheOptions> = {}) {
  const time = { now: THURSDAY_EVENING };
  const now = (): number => time.now;
  const feed = marketFeed({ clock: clockOf(CODE), now, firstDay: day('2024-01-02') });
  const faults: string[] = [];
  const cache = new DailyCache({
    bars: feed,
    navs: scriptedNavs(),
    markets: MARKETS,
    ...{ maxBytes: 1e9, maxEntries: undefined, ttlSeconds: 7200, defaultStartDay: day('2024-01-02') },
    now,
    faultTimes: VENDOR_FAULT_TIMES,
    onFault: ({ error }) => faults.push(error instanceof CodedError ? error.code : String(error)),
    ...overrides,
  });
  const lastDay = async () => dayText((await cache.bars(CODE)).value.columns.day.at(-1));
  return { cache, feed, time, faults, lastDay };
}

/** All that promises can do without the outside world. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const fromDays = ({ asked }: MarketFeed) => asked.map(({ from }) => dayText(from));

describe('bars of a vendor', () => {
  it('are fresh until a further session is final, and are then asked for from ten sessions back', async () => {
    const { cache, feed, time } = setUp();
    expect(await cache.bars(CODE)).toMatchObject({ cached: false, stale: false, asOf: day('2025-03-20') });
    time.now = FRIDAY_FINAL - 1;
    const before = await cache.bars(CODE);
    expect(before).toMatchObject({ cached: true, stale: false, asOf: day('2025-03-20') });
    await settled(); // the re-check of its age
    time.now = FRIDAY_FINAL;
    const after = await cache.bars(CODE);
    expect(after).toMatchObject({ cached: false, stale: false, asOf: day('2025-03-21') });
    expect(dayText(after.value.columns.day.at(-1))).toBe('2025-03-21');
    expect(after.value.columns.day.length).toBe(before.value.columns.day.length + 1);
    expect(fromDays(feed)).toEqual([undefined, '2025-03-07', '2025-03-07']);
  });

  it('are answered at once for as long as they are fresh, and re-checked all the same', async () => {
    const { cache, feed, time } = setUp();
    expect(cache.barsAtOnce(CODE)).toBeUndefined();
    const { value } = await cache.bars(CODE);
    expect(cache.barsAtOnce(CODE)).toMatchObject({ value, cached: true, stale: false, asOf: day('2025-03-20') });
    time.now += 2 * HOUR;
    expect(cache.barsAtOnce(CODE)).toMatchObject({ value });
    await settled();
    expect(feed.asked).toHaveLength(2);
    time.now = FRIDAY_FINAL;
    expect(cache.barsAtOnce(CODE)).toBeUndefined();
    cache.close();
    expect(cache.barsAtOnce(CODE)).toBeUndefined();
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 1 });
  });

  it('keep their very columns when a re-check brings nothing new', async () => {
    const { cache, feed, time } = setUp();
    const { value } = await cache.bars(CODE);
    time.now += 2 * HOUR;
    await cache.bars(CODE);
    await settled();
    const again = await cache.bars(CODE);
    expect(feed.asked).toHaveLength(2);
    expect(again.value.columns).toBe(value.columns);
    expect(again.value.fetchedAt).toBe(time.now);
  });

  it('are not asked for again over a weekend but for their age', async () => {
    const { cache, feed, time } = setUp({ ttlSeconds: 1e6 });
    time.now = FRIDAY_FINAL;
    await cache.bars(CODE);
    time.now = at('2025-03-24 16:29 +08:00');
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: false });
    expect(feed.asked).toHaveLength(1);
  });

  it('are served as stale when a further session is final and the vendor cannot be asked', async () => {
    const { cache, feed, time, faults } = setUp();
    await cache.bars(CODE);
    feed.failure = outage();
    time.now = FRIDAY_FINAL;
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: true, asOf: day('2025-03-20') });
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: true });
    expect(feed.asked).toHaveLength(2); // a failure answers for half a minute
    feed.failure = undefined;
    time.now += 30_000;
    expect(await cache.bars(CODE)).toMatchObject({ cached: false, stale: false, asOf: day('2025-03-21') });
    expect(faults).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(cache.stats()).toMatchObject({ stale: 2, misses: 2, failures: 1 });
  });

  it('are not stale when a re-check fails before a further session is final', async () => {
    const { cache, feed, time, faults } = setUp();
    await cache.bars(CODE);
    feed.failure = outage();
    time.now += 2 * HOUR;
    await cache.bars(CODE);
    await settled();
    expect(faults).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: false });
  });

  it('are loaded whole when the vendor has restated what is held', async () => {
    const { cache, feed, time } = setUp();
    const { value } = await cache.bars(CODE);
    feed.closeOf = (of) => (100 + (of % 7)) / 2;
    time.now = FRIDAY_FINAL;
    const after = await cache.bars(CODE);
    expect(fromDays(feed)).toEqual([undefined, '2025-03-07', undefined]);
    expect(after.value.columns.close[0]).toBe((value.columns.close[0] ?? 0) / 2);
    expect(after.value.revision).not.toBe(value.revision);
  });

  it('are loaded whole when another vendor answers', async () => {
    const { cache, feed, time } = setUp();
    await cache.bars(CODE);
    feed.name = 'another';
    time.now = FRIDAY_FINAL;
    expect(await cache.bars(CODE)).toMatchObject({ value: { source: 'another' }, stale: false });
    expect(fromDays(feed)).toEqual([undefined, '2025-03-07', undefined]);
  });

  it('get the splits and dividends of their new days, and keep the earlier ones', async () => {
    const { cache, feed, time } = setUp();
    const old = { day: day('2024-06-03'), kind: 'DIVIDEND', ratio: 1, cash: 0.5 } as const;
    const split = { day: day('2025-03-21'), kind: 'SPLIT', ratio: 2, cash: 0 } as const;
    feed.events = [old];
    await cache.bars(CODE);
    feed.events = [split]; // the vendor tells those of the days that it is asked for
    time.now = FRIDAY_FINAL;
    expect((await cache.bars(CODE)).value.events).toEqual([old, split]);
    expect(feed.asked).toHaveLength(2);
  });

  it.each<[string, (history: BarHistory) => BarHistory, string]>([
    [
      'nothing at all',
      () => {
        throw vanished();
      },
      'UPSTREAM_UNAVAILABLE',
    ],
    ['another code', (history) => ({ ...history, code: 'AAPL' }), 'DATA_INVALID'],
    [
      'half of what it had, restated',
      ({ columns, ...history }) => ({ ...history, columns: halved(columns) }),
      'DATA_INVALID',
    ],
  ])('stay as they are when the vendor answers %s', async (_, spoil, fault) => {
    const { cache, feed, time, faults } = setUp();
    const { value } = await cache.bars(CODE);
    feed.spoil = spoil;
    time.now = FRIDAY_FINAL;
    const after = await cache.bars(CODE);
    expect(after).toMatchObject({ cached: true, stale: true });
    expect(after.value).toBe(value);
    expect(faults).toEqual([fault]);
  });

  it('that the vendor is late with are asked for again after a quarter of an hour', async () => {
    const { cache, feed, time, lastDay } = setUp();
    feed.lateThrough = day('2025-03-19');
    expect(await lastDay()).toBe('2025-03-19');
    feed.lateThrough = undefined;
    time.now += 15 * MINUTE - 1;
    expect(await lastDay()).toBe('2025-03-19');
    await settled();
    expect(feed.asked).toHaveLength(1);
    time.now += 1;
    await cache.bars(CODE);
    await settled();
    expect(await lastDay()).toBe('2025-03-20');
  });

  it('of a share that has been halted for a week are asked for again by their age alone', async () => {
    const { cache, feed, time } = setUp();
    feed.lateThrough = day('2025-03-13');
    await cache.bars(CODE);
    time.now += 2 * HOUR - 1;
    await cache.bars(CODE);
    await settled();
    expect(feed.asked).toHaveLength(1);
    time.now += 1;
    await cache.bars(CODE);
    await settled();
    expect(feed.asked).toHaveLength(2);
  });

  it.each([
    [2, { stale: false, cached: false }],
    [
      3,
      {
        stale: true,
        cached: true,
        staleReason: expect.stringMatching(/^received 289 days .* from vendor, wanted the 292/),
      },
    ],
  ])('with %d days fewer of 292 replace what is held, or not', async (lost, outcome) => {
    const { cache, feed, time } = setUp();
    await cache.bars(CODE);
    time.now += 1000;
    feed.spoil = (history) => ({
      ...history,
      columns: sliceBars(history.columns, history.columns.day[lost] ?? 0, 1e9),
    });
    expect(await cache.bars(CODE, { refresh: true })).toMatchObject(outcome);
  });

  it.each([
    [0, false],
    [1, true],
  ])('with a volume of %d on a Sunday, have that day: %s', async (traded, isKept) => {
    const { cache, feed } = setUp();
    feed.spoil = (history) => {
      const sunday = day('2025-03-16');
      const { day: days, volume, ...prices } = history.columns;
      const index = days.findIndex((each) => each > sunday);
      const put = (column: Float64Array, figure: number) =>
        Float64Array.of(...column.subarray(0, index), figure, ...column.subarray(index));
      const withSunday = Object.fromEntries(Object.entries(prices).map(([name, column]) => [name, put(column, 1)]));
      return {
        ...history,
        columns: {
          ...history.columns,
          ...withSunday,
          day: Int32Array.of(...days.subarray(0, index), sunday, ...days.subarray(index)),
          volume: put(volume, traded),
        },
      };
    };
    const { value } = await cache.bars(CODE);
    expect(value.columns.day.includes(day('2025-03-16'))).toBe(isKept);
    expect(value.columns.close.includes(1)).toBe(isKept);
  });

  it('of a code that the vendor does not know are not asked for again within the hour', async () => {
    const { cache, feed, time } = setUp();
    feed.failure = vanished();
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    feed.failure = undefined;
    time.now += HOUR - 1;
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(feed.asked).toHaveLength(1);
    expect(cache.stats()).toMatchObject({ misses: 1, negativeHits: 1 });
    time.now += 1;
    expect(await cache.bars(CODE)).toMatchObject({ cached: false });
  });

  it('that were asked for while the clock was a year ahead are asked for again once it is right', async () => {
    const { cache, feed, time } = setUp();
    await cache.bars(CODE);
    time.now += 365 * 24 * HOUR;
    expect(await cache.bars(CODE)).toMatchObject({ asOf: day('2026-03-20'), stale: false });
    time.now = FRIDAY_FINAL;
    feed.failure = outage();
    const during = await cache.bars(CODE);
    expect(during).toMatchObject({ asOf: day('2025-03-21'), stale: true });
    feed.failure = undefined;
    time.now += MINUTE;
    const after = await cache.bars(CODE);
    expect(after).toMatchObject({ asOf: day('2025-03-21'), cached: false, stale: false });
    expect(dayText(after.value.columns.day.at(-1))).toBe('2025-03-21');
  });

  it('that failed while the clock was a year ahead are asked for once it is right', async () => {
    const { cache, feed, time } = setUp();
    time.now += 365 * 24 * HOUR;
    feed.failure = vanished();
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    feed.failure = undefined;
    time.now -= 365 * 24 * HOUR;
    expect(await cache.bars(CODE)).toMatchObject({ cached: false, asOf: day('2025-03-20') });
  });

  it('are asked for at once by a refresh, and after a clear, whatever has failed before', async () => {
    const { cache, feed } = setUp();
    feed.failure = outage();
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    feed.failure = undefined;
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await cache.bars(CODE, { refresh: true })).toMatchObject({ cached: false });
    feed.failure = outage();
    await cache.clear([CODE]);
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    feed.failure = undefined;
    await cache.clear();
    expect(await cache.bars(CODE)).toMatchObject({ cached: false });
  });

  it('are asked for again at once when a load fails that was under way before a clear', async () => {
    const { cache, feed } = setUp();
    const gate = Promise.withResolvers<void>();
    feed.gate = gate.promise;
    const before = cache.bars(CODE);
    await settled();
    await cache.clear();
    feed.failure = outage();
    gate.resolve();
    await expect(before).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    feed.failure = undefined;
    expect(await cache.bars(CODE)).toMatchObject({ cached: false });
  });

  it('are no longer taken for failed once a load has succeeded', async () => {
    const { cache, feed, time } = setUp();
    time.now = FRIDAY_FINAL - 10_000;
    feed.failure = outage();
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    feed.failure = undefined;
    await cache.bars(CODE, { refresh: true });
    time.now = FRIDAY_FINAL;
    expect(await cache.bars(CODE)).toMatchObject({ stale: false, asOf: day('2025-03-21') });
  });

  it('that are refreshed a thousand times, one after the other, are asked for once a second', async () => {
    const { cache, feed, time } = setUp();
    await cache.bars(CODE);
    time.now += 1000;
    for (let count = 0; count < 1000; count += 1) await cache.bars(CODE, { refresh: true });
    expect(feed.asked).toHaveLength(2);
    time.now += 999;
    expect(await cache.bars(CODE, { refresh: true })).toMatchObject({ cached: true });
    time.now += 1;
    expect(await cache.bars(CODE, { refresh: true })).toMatchObject({ cached: false });
    expect(feed.asked).toHaveLength(3);
  });

  it('that take too long go on loading for the next reader', async () => {
    const { cache, feed } = setUp({ waitTimeoutMs: 5 });
    const gate = Promise.withResolvers<void>();
    feed.gate = gate.promise;
    await expect(cache.bars(CODE)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    gate.resolve();
    expect(await cache.bars(CODE)).toMatchObject({ stale: false });
    expect(feed.asked).toHaveLength(1);
  });

  it('leave no failure behind that nobody waits for, when the cache is closed between two loads of one read', async () => {
    let onLook = (): void => {};
    const now = (): number => {
      onLook();
      return time.now;
    };
    const { cache, feed, time } = setUp({ now });
    const gate = Promise.withResolvers<void>();
    feed.gate = gate.promise;
    const reads = [cache.bars(CODE), cache.bars(CODE)];
    await settled();
    time.now = FRIDAY_FINAL; // what is under way is not enough for the read that has joined
    let looks = 0;
    onLook = () => {
      looks += 1;
      if (looks === 2) cache.close(); // the load has ended, and the reads have not gone on yet
    };
    gate.resolve();
    const [, joined] = await Promise.allSettled(reads);
    expect(joined).toMatchObject({ status: 'rejected', reason: { code: 'SHUTTING_DOWN' } });
    await settled(); // Node would tell of an unhandled rejection here, and the run would fail
  });

  it('that were kept elsewhere are taken from there', async () => {
    const kept = await keptSeries();
    const { cache, feed } = setUpWith(kept);
    expect(await cache.bars(CODE)).toMatchObject({ cached: true, stale: false, value: kept.value });
    expect(feed.asked).toEqual([]);
  });

  it.each([
    ['a day of the future', ({ columns }: BarHistory) => ({ columns: lastDayAs(columns, day('9999-12-31')) })],
    ['a day before any date', ({ columns }: BarHistory) => ({ columns: firstDayAs(columns, -2_147_483_648) })],
    ['a fetch at no time', () => ({ fetchedAt: 1e300 })],
    ['a fetch before all time', () => ({ fetchedAt: -1e300 })],
    ['a fetch in the future', () => ({ fetchedAt: at('2026-01-01 00:00 +08:00') })],
    ['the claim that its source tells of changes at a look', () => ({ renewal: 'REVISION' as const })],
  ])('that were kept elsewhere and are forged with %s are asked for', async (_, forge) => {
    const { value, askedAt } = await keptSeries();
    const { cache, feed } = setUpWith({ value: { ...value, ...forge(value) }, askedAt });
    expect(await cache.bars(CODE)).toMatchObject({ cached: false, value });
    expect(feed.asked).toHaveLength(1);
  });

  it('of 50 codes cost 50 loads when they are cold, and none when they are warm', async () => {
    const { cache, feed } = setUp();
    const codes = Array.from({ length: 50 }, (_, index) => `6000${String(index).padStart(2, '0')}.SH`);
    await Promise.all(codes.flatMap((code) => [cache.bars(code), cache.bars(code)]));
    expect(feed.asked).toHaveLength(50);
    await Promise.all(codes.map((code) => cache.bars(code)));
    expect(feed.asked).toHaveLength(50);
  });
});

/** What a process before this one has kept. */
async function keptSeries(): Promise<StoredSeries<BarHistory>> {
  const { cache } = setUp();
  const { value } = await cache.bars(CODE);
  return { value, askedAt: THURSDAY_EVENING };
}

function setUpWith(kept: StoredSeries<BarHistory>) {
  const time = { now: THURSDAY_EVENING };
  const now = (): number => time.now;
  const feed = marketFeed({ clock: clockOf(CODE), now, firstDay: day('2024-01-02') });
  const tier: SeriesTier<BarHistory> = { read: async () => kept, write: async () => {}, clear: async () => {} };
  return { ...setUp({ bars: { ...feed, tiers: [tier] } }), feed };
}

function lastDayAs(columns: BarHistory['columns'], last: number): BarHistory['columns'] {
  return { ...columns, day: Int32Array.of(...columns.day.subarray(0, -1), last) };
}

function firstDayAs(columns: BarHistory['columns'], first: number): BarHistory['columns'] {
  return { ...columns, day: Int32Array.of(first, ...columns.day.subarray(1)) };
}

function halved(columns: BarHistory['columns']): BarHistory['columns'] {
  const half = <Column extends Int32Array | Float64Array>(column: Column) =>
    column.subarray(column.length >> 1) as Column;
  const { day: days, ...figures } = columns;
  const halves = Object.fromEntries(
    Object.entries(figures).map(([name, column]) => [name, half(column).map((x) => x * 2)]),
  );
  return { ...columns, ...halves, day: half(days) };
}
