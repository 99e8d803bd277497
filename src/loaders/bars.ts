import DataLoader from 'dataloader';
import type { Cached, ReadOptions } from '../cache/series-reader.ts';
import type { BarHistory, NavHistory } from '../domain/series.ts';

/** The part of the daily cache that loaders read. */
export interface SeriesCache {
  bars(code: string, options?: ReadOptions): Promise<Cached<BarHistory>>;
  navs(code: string, options?: ReadOptions): Promise<Cached<NavHistory>>;
  /** What `bars` would answer, at once; undefined: it has to be asked. */
  barsAtOnce?(code: string): Cached<BarHistory> | undefined;
}

/** Names one full history; `refresh` asks its source even when the cache holds it. */
export interface SeriesKey {
  readonly code: string;
  readonly refresh: boolean;
}

/** Reads of full daily histories, each once an operation. */
export interface SeriesLoaders {
  readonly bars: DataLoader<SeriesKey, Cached<BarHistory>, string>;
  /** What `bars` would load, at once, when it is held and fresh: most reads are, and need not wait for each other. */
  readonly barsAtOnce: (key: SeriesKey) => Cached<BarHistory> | undefined;
  readonly navs: DataLoader<SeriesKey, Cached<NavHistory>, string>;
}

export function createSeriesLoaders(cache: SeriesCache): SeriesLoaders {
  const loaded = new Set<string>();
  const bars = perKey(({ code, refresh }) => {
    loaded.add(code);
    return cache.bars(code, { refresh });
  });
  const atOnce = new Map<string, Cached<BarHistory>>();
  return {
    bars,
    barsAtOnce: ({ code, refresh }) => {
      // All of an operation get the same answer.
      if (refresh || loaded.has(code)) return undefined;
      const known = atOnce.get(code) ?? cache.barsAtOnce?.(code);
      if (known === undefined || atOnce.has(code)) return known;
      atOnce.set(code, known);
      bars.prime({ code, refresh }, known);
      return known;
    },
    navs: perKey(({ code, refresh }) => cache.navs(code, { refresh })),
  };
}

function perKey<Value>(load: (key: SeriesKey) => Promise<Value>): DataLoader<SeriesKey, Value, string> {
  const batch = (keys: readonly SeriesKey[]): Promise<(Value | Error)[]> =>
    Promise.all(keys.map((key) => load(key).catch(asError)));
  return new DataLoader(batch, { cacheKeyFn: ({ code, refresh }) => `${refresh ? 'refresh' : 'read'} ${code}` });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('a source threw what is no error', { cause: thrown });
}
