import type { DataReport } from '../domain/data-faults.ts';
import type { Viewer } from '../domain/viewer.ts';
import { type AccountLoaders, type AccountReads, createAccountLoaders } from './accounts.ts';
import type { BarViews } from './bar-views.ts';
import { createSeriesLoaders, type SeriesCache, type SeriesLoaders } from './bars.ts';
import type { Premiums } from './premiums.ts';

/** Everything that resolvers read through. One set for each operation: what was loaded is loaded once, for one viewer. */
export interface Loaders {
  readonly accounts: AccountLoaders;
  readonly series: SeriesLoaders;
  readonly premiums: Pick<Premiums, 'of'>;
  readonly views: Pick<BarViews, 'of'>;
}

export interface LoaderOptions {
  readonly viewer: Viewer;
  readonly accountStore: AccountReads;
  readonly cache: SeriesCache;
  /** Shared by all operations, as the views are. */
  readonly premiums: Pick<Premiums, 'of'>;
  readonly views: Pick<BarViews, 'of'>;
  /** Told what the account store had to leave out. */
  readonly report: DataReport;
  /** Aborts when nobody waits for the operation any more. */
  readonly signal: AbortSignal;
}

/** Made when they are asked for: most operations read one kind of thing. */
export function createLoaders({
  viewer,
  accountStore,
  cache,
  premiums,
  views,
  report,
  signal,
}: LoaderOptions): Loaders {
  let accounts: AccountLoaders | undefined;
  let series: SeriesLoaders | undefined;
  return {
    premiums,
    views,
    get accounts() {
      accounts ??= createAccountLoaders(accountStore, viewer, { report, signal });
      return accounts;
    },
    get series() {
      series ??= createSeriesLoaders(cache);
      return series;
    },
  };
}
