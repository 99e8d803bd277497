import { DeadlineError, withDeadline } from '../async/deadline.ts';
import { type Flight, type FlightTicket, SingleFlight } from '../async/single-flight.ts';
import { latestOfThePast } from '../async/stretch.ts';
import type { Day } from '../domain/day.ts';
import { CodedError, isNotFound, quoted } from '../domain/errors.ts';
import type { LoadFaults } from './load-faults.ts';
import { checkNotShrunk, isOfThePast } from './series-check.ts';
import type { SeriesEntries, SeriesEntry } from './series-entries.ts';
import type { CachedSeries, SeriesKind } from './series-kind.ts';
import { tailStart } from './series-tail.ts';
import type { LoadTurns, SeriesTier, StoredSeries } from './tiers/series-tier.ts';

/** Where whole series come from. */
export interface SeriesFeed<T> {
  /**
   * Fails with NOT_FOUND when there is none; any other failure counts as an outage. With `from` nothing before that day
   * is needed.
   */
  load(code: string, signal: AbortSignal, from?: Day): Promise<T>;
  /**
   * The revision that a load would carry now, at the cost of a look; undefined where only a load could tell. Absent when
   * no source of the feed can tell at a look.
   */
  revision?(code: string): Promise<string | undefined>;
  /** The revision at once, where that takes microseconds; undefined: `revision` has to be asked. Never fails. */
  revisionAtOnce?: ((code: string) => string | undefined) | undefined;
  /** Whether a series that says it is of this source can still be taken for one. Default: all are. */
  hasSource?(name: string): boolean;
}

/** A load that failed, for the log. */
export interface LoadFault {
  readonly code: string;
  readonly error: unknown;
}

/** Counts since the start. */
export interface LoadCounts {
  /** Loads asked of sources, those in the background included. */
  upstreamCalls: number;
  /** Loads that failed. */
  failures: number;
  /** Series taken from a tier, without asking a source. */
  restored: number;
}

export interface LoaderOptions<T> {
  readonly feed: SeriesFeed<T>;
  readonly kind: SeriesKind<T>;
  readonly entries: SeriesEntries<T>;
  readonly faults: LoadFaults;
  /** Tried in this order; written all. */
  readonly tiers: readonly SeriesTier<T>[];
  readonly turns: LoadTurns;
  readonly counts: LoadCounts;
  readonly ttlMs: number;
  readonly loadTimeoutMs: number;
  /** How long a loaded series waits for tiers to have it. */
  readonly writeTimeoutMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Aborts when the cache is closed. */
  readonly closing: AbortSignal;
  readonly onFault: (fault: LoadFault) => void;
}

/** What a load came to. */
export interface LoadedSeries<T> extends StoredSeries<T> {
  /** What its source told of its revision before, when that could be told at a look. */
  readonly look: string | undefined;
  /** False: another process, or an earlier run, had it. */
  readonly isAsked: boolean;
  /** The source was asked for everything, and not only for what may be new behind what was held. */
  readonly isWhole: boolean;
}

/** A vendor is late with a session's bar more often than the share was halted: until then it is asked again soon. */
const MISSING_BAR_LOOK_MS = 15 * 60_000;
/** A share without a bar for so long is halted. */
const HALTED_AFTER_DAYS = 5;

/** Loads series of one kind, of each at most one at a time, and keeps what is good. */
export class SeriesLoader<T extends CachedSeries> {
  readonly #options: LoaderOptions<T>;
  readonly #flights = new SingleFlight<LoadedSeries<T>>();
  /** Tiers are being cleared: what they still have is not taken. */
  #clearing: Promise<unknown> = Promise.resolve();

  constructor(options: LoaderOptions<T>) {
    this.#options = options;
  }

  isUnderWay(code: string): boolean {
    return this.#flights.isUnderWay(code);
  }

  /**
   * Joins the load under way, or starts one. A `whole` one asks the source for everything, whatever is held. Nobody has
   * to wait for it: a failure has been told to `onFault`.
   */
  start(code: string, { isWhole = false }: { readonly isWhole?: boolean } = {}): Flight<LoadedSeries<T>> {
    const flight = this.#flights.run(code, (ticket) => this.#run(code, { ticket, isWhole }));
    flight.result.catch(() => undefined);
    return flight;
  }

  /** What is under way for these codes, or for any, is not kept; what tiers have of them is forgotten. */
  async clear(codes?: readonly string[]): Promise<void> {
    if (codes === undefined) this.#flights.forgetAll();
    for (const code of codes ?? []) this.#flights.forget(code);
    const cleared = Promise.all(this.#options.tiers.map((tier) => tier.clear(codes)));
    // What they come to is dropped, or each clear would hold on to the one before.
    this.#clearing = Promise.all([this.#clearing, cleared]).then(() => undefined);
    await cleared;
  }

  async #run(code: string, { ticket, isWhole }: Mission): Promise<LoadedSeries<T>> {
    const { faults, counts, closing, loadTimeoutMs: timeoutMs, onFault } = this.#options;
    const look = await this.#look(code);
    try {
      const mission = { ticket, isWhole, look };
      const task = (signal: AbortSignal) => this.#load(code, { ...mission, signal });
      const loaded = await withDeadline(task, { timeoutMs, signal: closing });
      if (ticket.isCurrent()) faults.forget([code]);
      return loaded;
    } catch (thrown) {
      closing.throwIfAborted();
      const error = this.#asFailure(code, thrown);
      counts.failures += 1;
      if (ticket.isCurrent()) this.#doubt(code, { error, look });
      onFault({ code, error });
      throw error;
    }
  }

  async #load(code: string, mission: LoadMission): Promise<LoadedSeries<T>> {
    const { turns, now } = this.#options;
    const restored = await this.#restore(code, mission);
    if (restored !== undefined) return restored;
    await using turn = await turns.take(code, mission.signal);
    const others = turn.hasWaited ? await this.#restore(code, mission) : undefined;
    if (others !== undefined) return others;
    const askedAt = now();
    const { value, isWhole } = await this.#ask(code, mission);
    const stored: StoredSeries<T> = { value, askedAt };
    const { ticket, look } = mission;
    if (ticket.isCurrent()) {
      this.#keep(code, stored, look);
      if (value.renewal === 'SESSION' && look === undefined) await this.#write(code, stored);
    }
    return { ...stored, look, isAsked: true, isWhole };
  }

  /**
   * What a tier has that is newer than what is held, if that is good enough. It is held from then on in any case, so
   * that what a source answers is measured by it, and it stands in when none answers.
   */
  async #restore(code: string, { ticket, look, isWhole }: LoadMission): Promise<LoadedSeries<T> | undefined> {
    const { tiers, entries, counts } = this.#options;
    // A source that tells its revision has the series, and is asked.
    if (look !== undefined) return undefined;
    await this.#clearing;
    for (const tier of tiers) {
      const stored = await tier.read(code);
      const held = entries.get(code);
      if (stored === undefined || stored.askedAt <= (held?.askedAt ?? Number.NEGATIVE_INFINITY)) continue;
      if (!ticket.isCurrent() || !this.#isUsable(code, stored)) continue;
      const { recheckAt } = this.#keep(code, stored, look);
      // A re-check in the background wants something younger than what it was started for.
      if (isWhole || !this.#isFresh(stored) || (held !== undefined && recheckAt <= this.#options.now())) continue;
      counts.restored += 1;
      return { ...stored, look, isAsked: false, isWhole: false };
    }
    return undefined;
  }

  #isUsable(code: string, { value }: StoredSeries<T>): boolean {
    const { feed, kind, now } = this.#options;
    if (feed.hasSource?.(value.source) === false) return false;
    try {
      return kind.checked(value, code) === value && isOfThePast(value, kind.daysOf(value), now());
    } catch {
      return false;
    }
  }

  #isFresh({ value, askedAt }: StoredSeries<T>): boolean {
    const { kind, now, ttlMs } = this.#options;
    return kind.freshness(value, { askedAt, now: now(), ttlMs }).isFresh;
  }

  /** What may be new behind what is held, or else everything. */
  async #ask(code: string, { isWhole, signal }: LoadMission): Promise<Asked<T>> {
    const { feed, kind, entries, counts, now } = this.#options;
    const held = entries.get(code);
    // What was asked for by a clock that has been set back since may have bars that were not final.
    const isKnown = held?.value.renewal === 'SESSION' && held.askedAt <= latestOfThePast(now());
    const known = isKnown ? held.value : undefined;
    const from = known === undefined || isWhole ? undefined : tailStart(kind.daysOf(known));
    counts.upstreamCalls += 1;
    if (known !== undefined && from !== undefined) {
      const tail = await feed.load(code, signal, from);
      const continued = kind.continued(known, kind.checked(tail, code));
      if (continued !== undefined) return { value: continued, isWhole: false };
      counts.upstreamCalls += 1;
    }
    const value = kind.checked(await feed.load(code, signal), code);
    if (known !== undefined && value.renewal === 'SESSION') {
      checkNotShrunk(kind.daysOf(value), kind.daysOf(known), value);
    }
    return { value, isWhole: true };
  }

  #keep(code: string, stored: StoredSeries<T>, look: string | undefined): SeriesEntry<T> {
    const { entries, kind, now, ttlMs } = this.#options;
    const { value, askedAt } = stored;
    const lastDay = kind.daysOf(value).at(-1);
    const { asOf } = kind.freshness(value, { askedAt, now: now(), ttlMs });
    const missing = asOf === undefined || lastDay === undefined ? 0 : asOf - lastDay;
    const isLate = look === undefined && missing > 0 && missing <= HALTED_AFTER_DAYS;
    const recheckAt = askedAt + (isLate ? Math.min(ttlMs, MISSING_BAR_LOOK_MS) : ttlMs);
    return entries.keep(code, stored, { look, recheckAt });
  }

  /** In the turn, so that whoever waits for it finds the series. A disk that hangs keeps nobody from what is loaded. */
  async #write(code: string, stored: StoredSeries<T>): Promise<void> {
    const { tiers, writeTimeoutMs: timeoutMs, closing: signal } = this.#options;
    const write = (): Promise<unknown> => Promise.all(tiers.map((tier) => tier.write(code, stored)));
    await withDeadline(write, { timeoutMs, signal }).catch(() => undefined);
  }

  #doubt(code: string, { error, look }: { readonly error: unknown; readonly look: string | undefined }): void {
    const { entries, faults } = this.#options;
    faults.remember(code, error, look);
    const entry = entries.get(code);
    if (isNotFound(error)) entries.drop(code);
    else if (entry !== undefined) entry.doubt = error instanceof CodedError ? error : unexpected(error);
  }

  /** A vendor that says it has nothing of what it had holds back, more likely than not. */
  #asFailure(code: string, thrown: unknown): unknown {
    if (thrown instanceof DeadlineError)
      return unavailable(`no answer for ${quoted(code)} within ${thrown.timeoutMs} ms`, thrown);
    const isKnown = this.#options.entries.get(code)?.value.renewal === 'SESSION';
    return isKnown && isNotFound(thrown)
      ? unavailable(`${thrown.message}, of which there was history before`, thrown)
      : thrown;
  }

  /** What cannot be looked at now is told by the load. */
  async #look(code: string): Promise<string | undefined> {
    const { feed, loadTimeoutMs: timeoutMs, closing: signal } = this.#options;
    if (feed.revision === undefined) return undefined;
    const look = withDeadline(async () => feed.revision?.(code), { timeoutMs, signal });
    return look.catch(() => undefined);
  }
}

interface Mission {
  readonly ticket: FlightTicket;
  readonly isWhole: boolean;
}

type Asked<T> = Pick<LoadedSeries<T>, 'isWhole' | 'value'>;

interface LoadMission extends Mission {
  readonly look: string | undefined;
  readonly signal: AbortSignal;
}

/** Only what was written for clients is shown to them. */
function unexpected(cause: unknown): CodedError {
  return new CodedError('INTERNAL', 'a source failed in an unexpected way', { cause });
}

function unavailable(message: string, cause: unknown): CodedError {
  return new CodedError('UPSTREAM_UNAVAILABLE', message, { cause });
}
