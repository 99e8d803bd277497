import { describe, expect, it } from 'vitest';
import type { Cached } from '../../src/cache/series-reader.ts';
import { notFound } from '../../src/domain/errors.ts';
import type { BarHistory } from '../../src/domain/series.ts';
import { createSeriesLoaders, type SeriesCache } from '../../src/loaders/bars.ts';
import { barsHistory, navHistory } from '../support/series-feed.ts';

/** A cache that holds every code, notes what it is asked, and fails for the codes of `failures` with what they say. */
function notingCache(failures: Readonly<Record<string, unknown>> = {}): { cache: SeriesCache; asked: string[] } {
  const asked: string[] = [];
  async function answer<Value>(what: string, code: string, value: Value): Promise<Cached<Value>> {
    asked.push(`${what} ${code}`);
    if (code in failures) throw failures[code];
    return { value, cached: false, stale: false, staleReason: undefined, asOf: undefined };
  }
  const cache: SeriesCache = {
    bars: (code, { refresh = false } = {}) =>
      answer(refresh ? 'bars, refreshed, of' : 'bars of', code, barsHistory(code, 'r1')),
    navs: (code, { refresh = false } = {}) =>
      answer(refresh ? 'NAVs, refreshed, of' : 'NAVs of', code, navHistory(code, 'r1')),
  };
  return { cache, asked };
}

const read = (code: string) => ({ code, refresh: false });
const refreshed = (code: string) => ({ code, refresh: true });

describe('series loaders', () => {
  it('ask the cache once for each code of an operation, in the same turn and later', async () => {
    const { cache, asked } = notingCache();
    const { bars } = createSeriesLoaders(cache);
    const loaded = await Promise.all(['AAPL', 'MSFT', 'AAPL'].map((code) => bars.load(read(code))));
    expect(loaded.map(({ value }) => value.code)).toEqual(['AAPL', 'MSFT', 'AAPL']);
    expect(await bars.load(read('AAPL'))).toBe(loaded[0]);
    expect(asked).toEqual(['bars of AAPL', 'bars of MSFT']);
  });

  it('answer at once what the cache does, once for each code of an operation', async () => {
    const { cache, asked } = notingCache();
    const standing = { cached: true, stale: false, staleReason: undefined, asOf: undefined };
    const held: Cached<BarHistory> = { value: barsHistory('AAPL', 'r1'), ...standing };
    let looks = 0;
    const barsAtOnce = (code: string) => {
      looks += 1;
      return code === 'AAPL' ? held : undefined;
    };
    const loaders = createSeriesLoaders({ ...cache, barsAtOnce });
    expect([loaders.barsAtOnce(read('AAPL')), loaders.barsAtOnce(read('AAPL'))]).toEqual([held, held]);
    expect(await loaders.bars.load(read('AAPL'))).toBe(held);
    expect([asked, looks]).toEqual([[], 1]);
    expect(loaders.barsAtOnce(refreshed('AAPL'))).toBeUndefined();
    expect(loaders.barsAtOnce(read('MSFT'))).toBeUndefined();
    expect(looks).toBe(2);
    // What was loaded is answered the same way to all that follow.
    await loaders.bars.load(read('MSFT'));
    expect(loaders.barsAtOnce(read('MSFT'))).toBeUndefined();
    expect([asked, looks]).toEqual([['bars of MSFT'], 2]);
    expect(createSeriesLoaders(cache).barsAtOnce(read('AAPL'))).toBeUndefined();
  });

  it('ask anew for another operation', async () => {
    const { cache, asked } = notingCache();
    await createSeriesLoaders(cache).bars.load(read('AAPL'));
    await createSeriesLoaders(cache).bars.load(read('AAPL'));
    expect(asked).toEqual(['bars of AAPL', 'bars of AAPL']);
  });

  it('keep bars and NAVs of one code apart', async () => {
    const { cache, asked } = notingCache();
    const { bars, navs } = createSeriesLoaders(cache);
    const [barsOf, navsOf] = await Promise.all([bars.load(read('510300.SH')), navs.load(read('510300.SH'))]);
    expect(barsOf.value).toEqual(barsHistory('510300.SH', 'r1'));
    expect(navsOf.value).toEqual(navHistory('510300.SH', 'r1'));
    expect(asked).toEqual(['bars of 510300.SH', 'NAVs of 510300.SH']);
  });

  it.each(['bars', 'navs'] as const)('keep a refresh apart from a read of the same %s', async (kind) => {
    const { cache, asked } = notingCache();
    const loader = createSeriesLoaders(cache)[kind];
    await Promise.all([loader.load(read('A')), loader.load(refreshed('A')), loader.load(refreshed('A'))]);
    const name = kind === 'bars' ? 'bars' : 'NAVs';
    expect(asked).toEqual([`${name} of A`, `${name}, refreshed, of A`]);
  });

  it('let the failure of one code leave the others alone', async () => {
    const failure = notFound('no history');
    const { cache } = notingCache({ MSFT: failure });
    const { bars } = createSeriesLoaders(cache);
    const loads = await Promise.allSettled(['AAPL', 'MSFT', 'IBM'].map((code) => bars.load(read(code))));
    expect(loads.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(bars.load(read('MSFT'))).rejects.toBe(failure);
  });

  it.each(['a text', undefined, null, { code: 'NOT_FOUND' }])('make an error of a thrown %j', async (thrown) => {
    const { cache } = notingCache({ MSFT: thrown });
    const { bars, navs } = createSeriesLoaders(cache);
    for (const loader of [bars, navs]) {
      const failed = await loader.load(read('MSFT')).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failed).toBeInstanceOf(Error);
      expect(failed).toMatchObject({ cause: thrown });
      await expect(loader.load(read('AAPL'))).resolves.toMatchObject({ value: { code: 'AAPL' } });
    }
  });
});
