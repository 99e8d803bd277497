import { DeadlineError, withDeadline } from '../async/deadline.ts';
import type { Day } from '../domain/day.ts';
import { CodedError, isNotFound, quoted } from '../domain/errors.ts';
import type { LoadFailure, LoadFaults } from './load-faults.ts';
import type { SeriesEntries, SeriesEntry } from './series-entries.ts';
import type { CachedSeries, SeriesKind } from './series-kind.ts';
import type { LoadedSeries, SeriesFeed, SeriesLoader } from './series-loader.ts';

/** What a read came to. */
export interface Cached<T> {
  /** Shared with every other reader: its typed arrays can be written and never may be. */
  readonly value: T;
  /** Served from the cache, without asking the source. */
  readonly cached: boolean;
  /** The source could not be asked, and may have more; this is the last good value. */
  readonly stale: boolean;
  /** Of a stale value: what the sources said when they were last asked, for clients. */
  readonly staleReason: string | undefined;
  /** The last session whose figures are final in it; undefined where no calendar tells. */
  readonly asOf: Day | undefined;
}

export interface ReadOptions {
  /**
   * Load this key anew; whoever reads it meanwhile is served the present value. What a vendor was asked for less than a
   * second ago is answered as it is. Default false.
   */
  readonly refresh?: boolean;
}

/** How reads went: every read that ended is exactly one of these. */
export interface ReadCounts {
  hits: number;
  misses: number;
  stale: number;
  coalesced: number;
  /** Reads that were answered with a failure that had just happened, without asking the source. */
  negativeHits: number;
}

export interface ReaderOptions<T extends CachedSeries> {
  readonly feed: SeriesFeed<T>;
  readonly kind: SeriesKind<T>;
  readonly entries: SeriesEntries<T>;
  readonly faults: LoadFaults;
  readonly loader: SeriesLoader<T>;
  readonly counts: ReadCounts;
  readonly ttlMs: number;
  /** How long a reader waits for a load, which then goes on for the next one. */
  readonly waitTimeoutMs: number;
  readonly now: () => number;
  readonly closing: AbortSignal;
}

/** Whoever refreshes again and again reaches a vendor once in this time, for each code. */
const LEAST_REFRESH_MS = 1000;
/** The least time between two attempts to re-check in the background. */
const RECHECK_RETRY_MS = 30_000;

/** Reads series of one kind through the cache. The rules are DailyCache's. */
export class SeriesReader<T extends CachedSeries> {
  readonly #options: ReaderOptions<T>;

  constructor(options: ReaderOptions<T>) {
    this.#options = options;
  }

  async read(code: string, { refresh = false }: ReadOptions = {}): Promise<Cached<T>> {
    const { entries, faults, closing } = this.#options;
    closing.throwIfAborted();
    const held = entries.use(code);
    if (refresh && (held === undefined || !this.#isJustAsked(held))) return this.#load(code, { held, isWhole: true });
    const fault = faults.find(code);
    if (held === undefined) return fault === undefined ? this.#load(code, {}) : this.#refuse(code, fault);
    const look = await this.#look(code);
    // Whoever came first may have loaded the new version while this one looked.
    const present = entries.get(code) ?? held;
    if (look.isFailed) return this.#recheck(code, present, { stale: true, reason: look.error });
    if (look.revision !== present.look) return this.#load(code, { held: present, look: look.revision, isWhole: true });
    const { isFresh, asOf } = this.#standing(present);
    if (isFresh) return this.#recheck(code, present, { stale: isDoubtful(present, asOf) });
    return fault === undefined
      ? this.#load(code, { held: present })
      : this.#served(present, { stale: true, reason: fault.error });
  }

  /** What `read` would answer, at once, if it is held and known to be fresh; otherwise undefined, and nothing was counted. */
  readAtOnce(code: string): Cached<T> | undefined {
    const { entries, feed, closing } = this.#options;
    const held = closing.aborted ? undefined : entries.get(code);
    if (held === undefined) return undefined;
    const isSame = feed.revision === undefined || isTold(feed.revisionAtOnce?.(code), held.look);
    const { isFresh, asOf } = this.#standing(held);
    if (!isSame || !isFresh || isDoubtful(held, asOf)) return undefined;
    entries.use(code);
    return this.#recheck(code, held, { stale: false });
  }

  /** Whether asking a vendor again would be no more than a burden to it; what tells of changes at a look may have some. */
  #isJustAsked({ value, askedAt, doubt }: SeriesEntry<T>): boolean {
    const age = this.#options.now() - askedAt;
    return value.renewal === 'SESSION' && doubt === undefined && age >= 0 && age < LEAST_REFRESH_MS;
  }

  /** Joins the load under way, or starts one. When it fails, what is held is answered instead, if there is anything. */
  async #load(code: string, { held, look, isWhole = false }: Wanted<T>): Promise<Cached<T>> {
    const { counts, closing, entries, loader } = this.#options;
    let flight = loader.start(code, { isWhole });
    try {
      let loaded = await this.#wait(code, flight.result);
      const hasChanged = look !== undefined && loaded.look !== look;
      const isTooLittle = isWhole && !loaded.isWhole;
      if (flight.isJoined && (hasChanged || isTooLittle || !this.#standing(loaded).isFresh)) {
        // The one joined had begun before the change that this read has seen, or asks for less than this one does.
        flight = loader.start(code, { isWhole });
        loaded = await this.#wait(code, flight.result);
      }
      counts[loadCount(flight.isJoined, loaded)] += 1;
      const { asOf } = this.#standing(loaded);
      return { value: loaded.value, cached: !loaded.isAsked, stale: false, staleReason: undefined, asOf };
    } catch (error) {
      const lastGood = entries.get(code) ?? held;
      if (lastGood !== undefined && !isNotFound(error) && !closing.aborted) {
        return this.#served(lastGood, { stale: true, reason: error instanceof CodedError ? error : undefined });
      }
      counts[flight.isJoined ? 'coalesced' : 'misses'] += 1;
      throw error;
    }
  }

  /** A failure that is over, since the source has told of a change, is no reason not to ask. */
  async #refuse(code: string, { error, look: seen }: LoadFailure): Promise<Cached<T>> {
    const look = await this.#look(code);
    if (look.isFailed || look.revision !== seen) return this.#load(code, {});
    this.#options.counts.negativeHits += 1;
    throw error;
  }

  #recheck(code: string, entry: SeriesEntry<T>, answer: Served): Cached<T> {
    const { now, loader } = this.#options;
    if (now() >= entry.recheckAt && !loader.isUnderWay(code)) {
      entry.recheckAt = now() + RECHECK_RETRY_MS;
      loader.start(code);
    }
    return this.#served(entry, answer);
  }

  #served(entry: SeriesEntry<T>, { stale, reason }: Served): Cached<T> {
    this.#options.counts[stale ? 'stale' : 'hits'] += 1;
    const staleReason = stale ? (reason ?? entry.doubt)?.message : undefined;
    return { value: entry.value, cached: true, stale, staleReason, asOf: this.#standing(entry).asOf };
  }

  #standing({ value, askedAt, look }: Pick<SeriesEntry<T>, 'value' | 'askedAt' | 'look'>): Standing {
    const { kind, now, ttlMs } = this.#options;
    const bySession = (): Standing => kind.freshness(value, { askedAt, now: now(), ttlMs });
    if (value.renewal === 'SESSION') return bySession();
    // What tells its revision at a look is whole as long as that is the same. Without one it stands in for a vendor.
    return { isFresh: look !== undefined || bySession().isFresh, asOf: kind.daysOf(value).at(-1) };
  }

  async #look(code: string): Promise<Look> {
    const { feed, waitTimeoutMs: timeoutMs, closing: signal } = this.#options;
    if (feed.revision === undefined) return { isFailed: false };
    try {
      const revision = await withDeadline(async () => feed.revision?.(code), { timeoutMs, signal });
      return { isFailed: false, revision };
    } catch (error) {
      signal.throwIfAborted();
      return { isFailed: true, error: error instanceof CodedError ? error : undefined };
    }
  }

  async #wait(code: string, result: Promise<LoadedSeries<T>>): Promise<LoadedSeries<T>> {
    const { waitTimeoutMs: timeoutMs, closing: signal } = this.#options;
    try {
      return await withDeadline(() => result, { timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      const message = `no answer for ${quoted(code)} within ${timeoutMs} ms; it is still being loaded`;
      throw new CodedError('UPSTREAM_UNAVAILABLE', message, { cause: error });
    }
  }
}

interface Wanted<T> {
  readonly held?: SeriesEntry<T> | undefined;
  /** The revision that the source has told of, which is not the one held. */
  readonly look?: string | undefined;
  readonly isWhole?: boolean;
}

interface Look {
  readonly isFailed: boolean;
  readonly revision?: string | undefined;
  readonly error?: CodedError | undefined;
}

interface Served {
  readonly stale: boolean;
  /** Why, when it is not what the last load failed with. */
  readonly reason?: CodedError | undefined;
}

interface Standing {
  readonly isFresh: boolean;
  readonly asOf: Day | undefined;
}

function loadCount(isJoined: boolean, { isAsked }: { readonly isAsked: boolean }): keyof ReadCounts {
  if (isJoined) return 'coalesced';
  return isAsked ? 'misses' : 'hits';
}

/** Whether a look at once has told the revision that is held. */
function isTold(revision: string | undefined, look: string | undefined): boolean {
  return revision !== undefined && revision === look;
}

/** Where a calendar says that there can be nothing new, an outage does no harm; what cannot be used may be a restatement. */
function isDoubtful({ value, doubt }: SeriesEntry<CachedSeries>, asOf: Day | undefined): boolean {
  if (doubt === undefined || value.renewal === 'REVISION') return false;
  return asOf === undefined || doubt.code !== 'UPSTREAM_UNAVAILABLE';
}
