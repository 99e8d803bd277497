import type { Day } from '../domain/day.ts';
import { CodedError } from '../domain/errors.ts';
import type { BarHistory, NavHistory } from '../domain/series.ts';
import { LruRoom } from './lru.ts';
import { checkBars, checkNavs } from './series-check.ts';
import {
  type Cached,
  type LoadFault,
  type ReadCounts,
  type ReadOptions,
  type SeriesFeed,
  SeriesReader,
} from './series-reader.ts';

export interface DailyCacheOptions {
  readonly bars: SeriesFeed<BarHistory>;
  readonly navs: SeriesFeed<NavHistory>;
  /** Bars and NAVs together never take up more. A series that alone is larger is answered and not kept. */
  readonly maxBytes: number;
  /** Undefined: only bytes are bounded. */
  readonly maxEntries: number | undefined;
  /** Age after which a series is loaded anew in the background while the present one is served; never an expiry. */
  readonly ttlSeconds: number;
  /** The day from which sources are asked; only told in the statistics. */
  readonly defaultStartDay: Day;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long a load may take before those who wait get UPSTREAM_UNAVAILABLE. Default 15,000. */
  readonly loadTimeoutMs?: number;
  /** Told of every load that failed, also of one that no reader noticed. */
  readonly onFault?: (fault: LoadFault) => void;
}

/** Every read that ended is exactly one of hits, misses, stale and coalesced. */
export interface CacheStats extends Readonly<ReadCounts> {
  /** Series held. */
  readonly entries: number;
  readonly bytes: number;
  readonly maxEntries: number | undefined;
  readonly maxBytes: number;
  readonly ttlSeconds: number;
  readonly defaultStartDay: Day;
  readonly strategy: string;
}

/**
 * Full daily histories by code, loaded once and cut by whoever reads them.
 *
 * An entry stays until its source has another revision, room is needed or it is cleared; no clock ends it. Of one
 * series at most one load is under way. A load that fails leaves nothing behind: the last good value is served with
 * `stale`, or without one the failure is thrown. NOT_FOUND is no outage: it drops what was held.
 */
export class DailyCache {
  readonly #options: DailyCacheOptions;
  readonly #room: LruRoom;
  readonly #counts: ReadCounts = { hits: 0, misses: 0, stale: 0, coalesced: 0, upstreamCalls: 0 };
  readonly #closing = new AbortController();
  readonly #bars: SeriesReader<BarHistory>;
  readonly #navs: SeriesReader<NavHistory>;

  constructor(options: DailyCacheOptions) {
    const { bars, navs, ttlSeconds, loadTimeoutMs = 15_000, now, onFault = () => undefined } = options;
    this.#options = options;
    this.#room = new LruRoom(options);
    const shared = {
      room: this.#room,
      counts: this.#counts,
      ttlMs: ttlSeconds * 1000,
      loadTimeoutMs,
      now,
      closing: this.#closing.signal,
      onFault,
    };
    this.#bars = new SeriesReader({ feed: bars, check: checkBars, shared });
    this.#navs = new SeriesReader({ feed: navs, check: checkNavs, shared });
  }

  /** The whole history of a canonical code. Fails with NOT_FOUND, UPSTREAM_UNAVAILABLE, DATA_INVALID or SHUTTING_DOWN. */
  bars(code: string, options?: ReadOptions): Promise<Cached<BarHistory>> {
    return this.#bars.read(code, options);
  }

  /** All NAVs of a canonical code. Fails like bars. */
  navs(code: string, options?: ReadOptions): Promise<Cached<NavHistory>> {
    return this.#navs.read(code, options);
  }

  stats(): CacheStats {
    const { maxBytes, maxEntries, ttlSeconds, defaultStartDay } = this.#options;
    const { bytes, entries } = this.#room;
    return { ...this.#counts, entries, bytes, maxEntries, maxBytes, ttlSeconds, defaultStartDay, strategy: STRATEGY };
  }

  /** Forgets the series of these codes, or all of them, and answers how many there were. */
  clear(codes?: readonly string[]): number {
    return this.#bars.clear(codes) + this.#navs.clear(codes);
  }

  /** Ends the loads under way; they and all later reads fail with SHUTTING_DOWN. */
  close(): void {
    this.#closing.abort(new CodedError('SHUTTING_DOWN', 'the server is shutting down'));
  }
}

const STRATEGY = 'full history by code, kept until its source has another';
