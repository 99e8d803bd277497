import DataLoader from 'dataloader';
import type { Cached, ReadOptions } from '../cache/series-reader.ts';
import type { BarHistory, NavHistory } from '../domain/series.ts';

/** The part of the daily cache that loaders read. */
export interface SeriesCache {
  bars(code: string, options?: ReadOptions): Promise<Cached<BarHistory>>;
  navs(code: string, options?: ReadOptions): Promise<Cached<NavHistory>>;
}

/** Names one full history; `refresh` asks its source even when the cache holds it. */
export interface SeriesKey {
  readonly code: string;
  readonly refresh: boolean;
}

/** Reads of full daily histories, each once an operation. */
export interface SeriesLoaders {
  readonly bars: DataLoader<SeriesKey, Cached<BarHistory>, string>;
  readonly navs: DataLoader<SeriesKey, Cached<NavHistory>, string>;
}

export function createSeriesLoaders(cache: SeriesCache): SeriesLoaders {
  return {
    bars: perKey(({ code, refresh }) => cache.bars(code, { refresh })),
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
