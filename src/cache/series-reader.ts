import { DeadlineError, withDeadline } from '../async/deadline.ts';
import { type FlightTicket, SingleFlight } from '../async/single-flight.ts';
import { CodedError, quoted } from '../domain/errors.ts';
import type { LruRoom, Resident } from './lru.ts';

/** What a read came to. */
export interface Cached<T> {
  /** Shared with every other reader: its typed arrays can be written and never may be. */
  readonly value: T;
  /** Served from the cache, without asking the source. */
  readonly cached: boolean;
  /** The source could not be asked; this is the last good value. */
  readonly stale: boolean;
}

export interface ReadOptions {
  /** Load this key anew; whoever reads it meanwhile is served the present value. Default false. */
  readonly refresh?: boolean;
}

/** Where whole series come from. */
export interface SeriesFeed<T> {
  /** Fails with NOT_FOUND when there is none, which is final; any other failure counts as an outage. */
  load(code: string, signal: AbortSignal): Promise<T>;
  /**
   * The revision that a load would carry now, at the cost of a look. Undefined when only a load could tell: then a
   * value is taken as fresh until its age calls for a new look.
   */
  revision(code: string): Promise<string | undefined>;
  /** Bytes that a value takes up. */
  sizeOf(value: T): number;
}

/** A load that failed, for the log. */
export interface LoadFault {
  readonly code: string;
  readonly error: unknown;
}

/** How reads went. Every read that ended is exactly one of the first four. */
export interface ReadCounts {
  hits: number;
  misses: number;
  stale: number;
  coalesced: number;
  /** Loads that were started, those in the background included. */
  upstreamCalls: number;
}

/** What the readers of a cache share. */
export interface SharedCache {
  readonly room: LruRoom;
  readonly counts: ReadCounts;
  readonly ttlMs: number;
  readonly loadTimeoutMs: number;
  readonly now: () => number;
  /** Aborts when the cache is closed. */
  readonly closing: AbortSignal;
  readonly onFault: (fault: LoadFault) => void;
}

/** A reader of one kind of series. `check` throws for a value that must not be kept. */
export interface ReaderOptions<T> {
  readonly feed: SeriesFeed<T>;
  readonly check: (value: T, code: string) => void;
  readonly shared: SharedCache;
}

interface Entry<T> extends Resident {
  readonly value: T;
  /** When the background looks at the source again, in milliseconds since the epoch. */
  recheckAt: number;
  /** Whether the last load for this code failed. */
  isDoubtful: boolean;
}

/** The least time between two attempts to re-check in the background. */
const RECHECK_RETRY_MS = 30_000;

/** Reads whole series of one kind through the cache. The rules are DailyCache's. */
export class SeriesReader<T extends { readonly revision: string }> {
  readonly #feed: SeriesFeed<T>;
  readonly #check: (value: T, code: string) => void;
  readonly #shared: SharedCache;
  readonly #entries = new Map<string, Entry<T>>();
  readonly #flights = new SingleFlight<T>();

  constructor({ feed, check, shared }: ReaderOptions<T>) {
    this.#feed = feed;
    this.#check = check;
    this.#shared = shared;
  }

  async read(code: string, { refresh = false }: ReadOptions = {}): Promise<Cached<T>> {
    this.#shared.closing.throwIfAborted();
    const held = this.#entries.get(code);
    if (held === undefined) return this.#load(code);
    this.#shared.room.touch(held);
    if (refresh) return this.#load(code, { held });
    const look = await this.#look(code);
    // Whoever came first may have loaded the new version while this one looked.
    const present = this.#entries.get(code) ?? held;
    if (look.isFailed || (look.revision === undefined && present.isDoubtful)) {
      this.#recheckIfDue(code, present);
      return this.#served(present, { stale: true });
    }
    if (look.revision !== undefined && look.revision !== present.value.revision) {
      return this.#load(code, { held: present, revision: look.revision });
    }
    this.#recheckIfDue(code, present);
    return this.#served(present, { stale: false });
  }

  /** Drops the entries of these codes, or all, and answers how many there were. Loads under way are not kept. */
  clear(codes?: readonly string[]): number {
    const cleared = codes === undefined ? [...this.#entries.keys()] : [...new Set(codes)];
    if (codes === undefined) this.#flights.forgetAll();
    return cleared.filter((code) => {
      this.#flights.forget(code);
      return this.#drop(code);
    }).length;
  }

  /** Joins the load under way, or starts one. When it fails, what is held is answered instead, if there is anything. */
  async #load(
    code: string,
    { held, revision }: { readonly held?: Entry<T>; readonly revision?: string } = {},
  ): Promise<Cached<T>> {
    const { counts, closing } = this.#shared;
    let flight = this.#start(code);
    try {
      let value = await flight.result;
      if (flight.isJoined && revision !== undefined && value.revision !== revision) {
        flight = this.#start(code); // the one joined had begun before the change that this read has seen
        value = await flight.result;
      }
      counts[flight.isJoined ? 'coalesced' : 'misses'] += 1;
      return { value, cached: false, stale: false };
    } catch (error) {
      const lastGood = this.#entries.get(code) ?? held;
      if (lastGood !== undefined && !isNotFound(error) && !closing.aborted)
        return this.#served(lastGood, { stale: true });
      counts[flight.isJoined ? 'coalesced' : 'misses'] += 1;
      throw error;
    }
  }

  #served({ value }: Entry<T>, { stale }: { readonly stale: boolean }): Cached<T> {
    this.#shared.counts[stale ? 'stale' : 'hits'] += 1;
    return { value, cached: true, stale };
  }

  async #look(code: string): Promise<{ readonly isFailed: boolean; readonly revision?: string | undefined }> {
    const { loadTimeoutMs: timeoutMs, closing: signal } = this.#shared;
    try {
      return { isFailed: false, revision: await withDeadline(() => this.#feed.revision(code), { timeoutMs, signal }) };
    } catch {
      signal.throwIfAborted();
      return { isFailed: true };
    }
  }

  #recheckIfDue(code: string, entry: Entry<T>): void {
    const now = this.#shared.now();
    if (now < entry.recheckAt || this.#flights.isUnderWay(code)) return;
    entry.recheckAt = now + RECHECK_RETRY_MS;
    this.#start(code).result.catch(() => undefined); // onFault has been told, and the present value stays
  }

  #start(code: string): ReturnType<SingleFlight<T>['run']> {
    return this.#flights.run(code, (ticket) => this.#fetch(code, ticket));
  }

  async #fetch(code: string, ticket: FlightTicket): Promise<T> {
    const { counts, closing, loadTimeoutMs: timeoutMs, onFault } = this.#shared;
    counts.upstreamCalls += 1;
    try {
      const value = await withDeadline((signal) => this.#feed.load(code, signal), { timeoutMs, signal: closing });
      this.#check(value, code);
      if (ticket.isCurrent()) this.#keep(code, value);
      return value;
    } catch (error) {
      if (ticket.isCurrent()) this.#doubt(code, error);
      if (!closing.aborted) onFault({ code, error });
      throw error instanceof DeadlineError ? unavailable(code, error) : error;
    }
  }

  #keep(code: string, value: T): void {
    this.#drop(code);
    const { room, now, ttlMs } = this.#shared;
    const entry: Entry<T> = {
      value,
      sizeBytes: this.#feed.sizeOf(value),
      recheckAt: now() + ttlMs,
      isDoubtful: false,
      evict: () => this.#entries.delete(code),
    };
    if (room.admit(entry)) this.#entries.set(code, entry);
  }

  #doubt(code: string, error: unknown): void {
    const entry = this.#entries.get(code);
    if (isNotFound(error)) this.#drop(code);
    else if (entry !== undefined) entry.isDoubtful = true;
  }

  #drop(code: string): boolean {
    const entry = this.#entries.get(code);
    if (entry === undefined) return false;
    this.#shared.room.release(entry);
    return this.#entries.delete(code);
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof CodedError && error.code === 'NOT_FOUND';
}

function unavailable(code: string, cause: DeadlineError): CodedError {
  return new CodedError('UPSTREAM_UNAVAILABLE', `no answer for ${quoted(code)} within ${cause.timeoutMs} ms`, {
    cause,
  });
}
