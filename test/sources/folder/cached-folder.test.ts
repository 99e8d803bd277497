import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DailyCache, type DailyCacheOptions } from '../../../src/cache/daily-cache.ts';
import { VENDOR_FAULT_TIMES } from '../../../src/cache/load-faults.ts';
import { createFolderSource } from '../../../src/sources/folder/folder-source.ts';
import type { PriceSource } from '../../../src/sources/price-source.ts';
import { createSourceList } from '../../../src/sources/source-list.ts';
import { marketFeed } from '../../support/market-feed.ts';
import { outage, vanished } from '../../support/series-feed.ts';
import { at, clockOf, day, MARKETS } from '../../support/session-instants.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const csv = (...closes: number[]): string =>
  ['date,close', ...closes.map((close, index) => `2024-03-${String(index + 1).padStart(2, '0')},${close}`)].join('\n');

const cachedFolder = (path: string): DailyCache =>
  new DailyCache(optionsOf(createSourceList([createFolderSource({ path })])));

function optionsOf(source: PriceSource): DailyCacheOptions {
  return {
    bars: { load: source.loadBars, revision: source.barsRevision },
    navs: { load: source.loadNavs, revision: source.navsRevision },
    markets: MARKETS,
    maxBytes: 1_000_000,
    maxEntries: undefined,
    ttlSeconds: 7200,
    defaultStartDay: 16_436,
    now: () => 0,
  };
}

describe('a folder behind the cache', () => {
  it('shows a change of a file at the next read, keeps the last good rows through a bad one, and forgets a removed one', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'AAPL.csv');
    const cache = cachedFolder(folder.path);
    const closes = async () => {
      const { value, cached, stale } = await cache.bars('AAPL');
      return { closes: [...value.columns.close], cached, stale };
    };
    writeFileSync(file, csv(1));
    expect(await closes()).toEqual({ closes: [1], cached: false, stale: false });
    expect(await closes()).toEqual({ closes: [1], cached: true, stale: false });
    writeFileSync(file, csv(1, 2));
    expect(await closes()).toEqual({ closes: [1, 2], cached: false, stale: false });
    writeFileSync(file, `${csv(1, 2)}\n2024-03-05,nonsense`);
    expect(await closes()).toEqual({ closes: [1, 2], cached: true, stale: true });
    writeFileSync(file, csv(1, 2, 3));
    expect(await closes()).toEqual({ closes: [1, 2, 3], cached: false, stale: false });
    rmSync(file);
    await expect(closes()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(cache.stats()).toMatchObject({ entries: 0, bytes: 0, hits: 1, stale: 1, misses: 4 });
  });

  it('serves what it has while the whole folder is away', async () => {
    using parent = temporaryFolder();
    const path = join(parent.path, 'bars');
    const away = join(parent.path, 'away');
    using folder = temporaryFolder();
    renameSync(folder.path, path);
    writeFileSync(join(path, 'AAPL.csv'), csv(1));
    const cache = cachedFolder(path);
    await cache.bars('AAPL');
    renameSync(path, away);
    expect(await cache.bars('AAPL')).toMatchObject({ cached: true, stale: true });
    await expect(cache.bars('MSFT')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    renameSync(away, path);
    expect(await cache.bars('AAPL')).toMatchObject({ stale: false });
  });

  it('takes over from a vendor with the first file, however short, and hands back with its end', async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, 'AAPL.csv');
    const { cache, vendor } = cacheOf((other) => [createFolderSource({ path: folder.path }), other]);
    expect(await cache.bars('AAPL')).toMatchObject({ value: { source: 'vendor' } });
    writeFileSync(file, csv(1));
    expect(await cache.bars('AAPL')).toMatchObject({ value: { source: 'folder' }, stale: false });
    expect(await cache.bars('AAPL')).toMatchObject({ value: { source: 'folder' }, cached: true });
    rmSync(file);
    expect(await cache.bars('AAPL')).toMatchObject({ value: { source: 'vendor' }, stale: false });
    expect(vendor.asked.map(({ from }) => from)).toEqual([undefined, undefined]);
  });

  it('is asked at once for a code that the vendor behind it did not know a moment ago', async () => {
    using folder = temporaryFolder();
    const { cache, vendor } = cacheOf((other) => [createFolderSource({ path: folder.path }), other]);
    vendor.failure = vanished();
    for (let read = 0; read < 2; read += 1)
      await expect(cache.bars('AAPL')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(vendor.asked).toHaveLength(1);
    writeFileSync(join(folder.path, 'AAPL.csv'), csv(1));
    expect(await cache.bars('AAPL')).toMatchObject({ value: { source: 'folder' } });
    expect(vendor.asked).toHaveLength(1);
  });

  it('stands in for a vendor until a further session is final, and is not taken for all there is', async () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, 'AAPL.csv'), csv(1));
    const { cache, vendor, time } = cacheOf((other) => [other, createFolderSource({ path: folder.path })]);
    vendor.failure = outage();
    expect(await cache.bars('AAPL')).toMatchObject({ value: { source: 'folder' }, asOf: day('2024-03-01') });
    vendor.failure = undefined;
    time.now = at('2024-03-05 17:59 -05:00');
    expect(await cache.bars('AAPL')).toMatchObject({ value: { source: 'folder' }, cached: true });
    time.now = at('2024-03-05 18:00 -05:00');
    expect(await cache.bars('AAPL')).toMatchObject({ value: { source: 'vendor' }, asOf: day('2024-03-05') });
  });
});

/** Over a folder and a vendor, in whichever order. */
function cacheOf(inOrder: (vendor: PriceSource) => readonly PriceSource[]) {
  const time = { now: at('2024-03-04 19:00 -05:00') };
  const now = (): number => time.now;
  const vendor = marketFeed({ clock: clockOf('AAPL'), now, firstDay: day('2024-02-01') });
  const untold = async (): Promise<undefined> => undefined;
  const navs = { loadNavs: () => Promise.reject(vanished()), navsRevision: untold };
  const source = createSourceList(inOrder({ name: 'vendor', loadBars: vendor.load, barsRevision: untold, ...navs }));
  const options = { ...optionsOf(source), now, ttlSeconds: 1e6, faultTimes: VENDOR_FAULT_TIMES };
  return { cache: new DailyCache(options), vendor, time };
}
