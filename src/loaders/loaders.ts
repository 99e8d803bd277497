import type { Viewer } from '../domain/viewer.ts';
import type { AccountStore } from '../store/accounts.ts';
import { type AccountLoaders, createAccountLoaders } from './accounts.ts';
import { createSeriesLoaders, type SeriesCache, type SeriesLoaders } from './bars.ts';

/** Everything that resolvers read through. One set for each operation: what was loaded is loaded once, for one viewer. */
export interface Loaders {
  readonly accounts: AccountLoaders;
  readonly series: SeriesLoaders;
}

export interface LoaderOptions {
  readonly viewer: Viewer;
  readonly accountStore: AccountStore;
  readonly cache: SeriesCache;
}

export function createLoaders({ viewer, accountStore, cache }: LoaderOptions): Loaders {
  return { accounts: createAccountLoaders(accountStore, viewer), series: createSeriesLoaders(cache) };
}
