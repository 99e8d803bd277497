import type { Day } from '../domain/day.ts';
import { CodedError } from '../domain/errors.ts';
import type { BarHistory, NavHistory } from '../domain/series.ts';
import { type FaultTimes, LoadFaults } from './load-faults.ts';
import { LruRoom } from './lru.ts';
import { SeriesEntries } from './series-entries.ts';
import { barsKind, type CachedSeries, navsKind, type SeriesKind } from './series-kind.ts';
import { type LoadCounts, type LoadFault, type SeriesFeed, SeriesLoader } from './series-loader.ts';
import { type Cached, type ReadCounts, type ReadOptions, SeriesReader } from './series-reader.ts';
import type { SessionMarkets } from './sessions/session-markets.ts';
import { LocalTurns } from './tiers/local-turns.ts';
import type { LoadTurns, SeriesTier } from './tiers/series-tier.ts';

/** Where series of one kind come from, and where they are kept beyond this process. */
export interface SeriesOrigin<T> extends SeriesFeed<T> {
  /** Tried in this order before a source is asked. Default none. */
  readonly tiers?: readonly SeriesTier<T>[];
  /** Among the processes that share a tier. Absent: nobody shares one. */
  readonly turns?: LoadTurns;
}

export interface DailyCacheOptions {
  readonly bars: SeriesOrigin<BarHistory>;
  readonly navs: SeriesOrigin<NavHistory>;
  /** Whose clocks say when there is more. */
  readonly markets: SessionMarkets;
  /** Bars and NAVs together never take up more. A series that alone is larger is answered and not kept. */
  readonly maxBytes: number;
  /** Undefined: only bytes are bounded. */
  readonly maxEntries: number | undefined;
  /** Age after which the end of a series is loaded anew in the background while the present one is served. */
  readonly ttlSeconds: number;
  /** The day from which sources are asked; only told in the statistics. */
  readonly defaultStartDay: Day;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** For how long a failed load answers for the next ones. Default: not at all. */
  readonly faultTimes?: FaultTimes;
  /** How long a reader waits before it gets UPSTREAM_UNAVAILABLE; the load goes on. Default 10,000. */
  readonly waitTimeoutMs?: number;
  /** How long a load may take. Default 120,000. */
  readonly loadTimeoutMs?: number;
  /** How long what was loaded waits until tiers have it; they go on writing. Default 1,000. */
  readonly writeTimeoutMs?: number;
  /** Told of every load that failed, also of one that no reader noticed. */
  readonly onFault?: (fault: LoadFault) => void;
}

/** Every read that ended is exactly one of hits, misses, stale, coalesced and negativeHits. */
export interface CacheStats extends Readonly<ReadCounts>, Readonly<LoadCounts> {
  /** Series held. */
  readonly entries: number;
  readonly bytes: number;
  /** Series that had to go for others. */
  readonly evictions: number;
  readonly maxEntries: number | undefined;
  readonly maxBytes: number;
  readonly ttlSeconds: number;
  readonly defaultStartDay: Day;
  readonly strategy: string;
}

/**
 * Full daily histories by code, loaded once and cut by whoever reads them.
 *
 * An entry is fresh until its market's clock calls a further session final, and at no other time; one whose source tells
 * its revision at a look is fresh as long as that is the same, unless it only stands in for a source that tells none. Of
 * one series at most one load is under way, which asks for what may be new behind the rows that are held. What a load
 * answers is checked before it replaces anything. A load that fails leaves the last good value, which is served with
 * `stale` as soon as there may be more than it; without one the failure is thrown, and for a while to whoever asks next.
 * NOT_FOUND drops what was held of a source that tells revisions; of any other it is an outage.
 */
export class DailyCache {
  readonly #options: DailyCacheOptions;
  readonly #room: LruRoom;
  readonly #counts: ReadCounts & LoadCounts = {
    ...{ hits: 0, misses: 0, stale: 0, coalesced: 0, negativeHits: 0 },
    ...{ upstreamCalls: 0, failures: 0, restored: 0 },
  };
  readonly #closing = new AbortController();
  readonly #bars: SeriesShelf<BarHistory>;
  readonly #navs: SeriesShelf<NavHistory>;

  constructor(options: DailyCacheOptions) {
    this.#options = options;
    this.#room = new LruRoom(options);
    this.#bars = this.#shelf(options.bars, barsKind(options.markets));
    this.#navs = this.#shelf(options.navs, navsKind(options.markets));
  }

  /** The whole history of a canonical code. Fails with NOT_FOUND, UPSTREAM_UNAVAILABLE, DATA_INVALID or SHUTTING_DOWN. */
  bars(code: string, options?: ReadOptions): Promise<Cached<BarHistory>> {
    return this.#bars.reader.read(code, options);
  }

  /** The same at once, when it is held and known to be fresh; undefined: `bars` has to be asked. Never fails. */
  barsAtOnce(code: string): Cached<BarHistory> | undefined {
    return this.#bars.reader.readAtOnce(code);
  }

  /** All NAVs of a canonical code. Fails like bars. */
  navs(code: string, options?: ReadOptions): Promise<Cached<NavHistory>> {
    return this.#navs.reader.read(code, options);
  }

  stats(): CacheStats {
    const { maxBytes, maxEntries, ttlSeconds, defaultStartDay } = this.#options;
    const { bytes, entries, evictions } = this.#room;
    const bounds = { maxEntries, maxBytes, ttlSeconds, defaultStartDay };
    return { ...this.#counts, entries, bytes, evictions, ...bounds, strategy: STRATEGY };
  }

  /** Forgets the series of these codes, or all of them, and answers how many there were in memory. */
  async clear(codes?: readonly string[]): Promise<number> {
    const cleared = await Promise.all([clearShelf(this.#bars, codes), clearShelf(this.#navs, codes)]);
    return cleared[0] + cleared[1];
  }

  /** Ends the loads under way; they and all later reads fail with SHUTTING_DOWN. */
  close(): void {
    this.#closing.abort(new CodedError('SHUTTING_DOWN', 'the server is shutting down'));
  }

  #shelf<T extends CachedSeries>(feed: SeriesOrigin<T>, kind: SeriesKind<T>): SeriesShelf<T> {
    const { now, ttlSeconds, faultTimes = {}, waitTimeoutMs = 10_000, loadTimeoutMs = 120_000 } = this.#options;
    const { writeTimeoutMs = 1000, onFault = () => undefined } = this.#options;
    const entries = new SeriesEntries(this.#room, kind.sizeOf);
    const faults = new LoadFaults(faultTimes, now);
    const times = { now, ttlMs: ttlSeconds * 1000, closing: this.#closing.signal };
    const shared = { feed, kind, entries, faults, counts: this.#counts, ...times };
    const { tiers = [], turns = new LocalTurns() } = feed;
    const loader = new SeriesLoader({ ...shared, tiers, turns, loadTimeoutMs, writeTimeoutMs, onFault });
    return { entries, faults, loader, reader: new SeriesReader({ ...shared, loader, waitTimeoutMs }) };
  }
}

/** All that there is for series of one kind. */
interface SeriesShelf<T extends CachedSeries> {
  readonly entries: SeriesEntries<T>;
  readonly faults: LoadFaults;
  readonly loader: SeriesLoader<T>;
  readonly reader: SeriesReader<T>;
}

async function clearShelf<T extends CachedSeries>(
  { entries, faults, loader }: SeriesShelf<T>,
  codes: readonly string[] | undefined,
): Promise<number> {
  const cleared = [...new Set(codes ?? entries.codes())].filter((code) => entries.drop(code)).length;
  faults.forget(codes);
  await loader.clear(codes);
  return cleared;
}

const STRATEGY = 'full history by code, kept until a further session of its market is final';
