import type { CodedError } from '../domain/errors.ts';
import type { LruRoom, Resident } from './lru.ts';
import type { StoredSeries } from './tiers/series-tier.ts';

/** A series that is held in memory. */
export interface SeriesEntry<T> extends StoredSeries<T>, Resident {
  /** What its source told of its revision then, when that could be told at a look. */
  readonly look: string | undefined;
  /** When the background looks at the source again, in milliseconds since the epoch. */
  recheckAt: number;
  /** What the last load failed with; undefined when it did not. */
  doubt: CodedError | undefined;
}

interface KeptWith {
  readonly look: string | undefined;
  readonly recheckAt: number;
}

/** Series of one kind in memory, by code, within a room that they share with others. */
export class SeriesEntries<T> {
  readonly #room: LruRoom;
  readonly #sizeOf: (value: T) => number;
  readonly #byCode = new Map<string, SeriesEntry<T>>();

  constructor(room: LruRoom, sizeOf: (value: T) => number) {
    this.#room = room;
    this.#sizeOf = sizeOf;
  }

  /** Looks at an entry without using it. */
  get(code: string): SeriesEntry<T> | undefined {
    return this.#byCode.get(code);
  }

  /** Uses an entry: others go before it. */
  use(code: string): SeriesEntry<T> | undefined {
    const entry = this.#byCode.get(code);
    if (entry !== undefined) this.#room.touch(entry);
    return entry;
  }

  /** Replaces what is held. What is larger than the room is answered and not kept. */
  keep(code: string, stored: StoredSeries<T>, { look, recheckAt }: KeptWith): SeriesEntry<T> {
    this.drop(code);
    const entry: SeriesEntry<T> = {
      ...stored,
      sizeBytes: this.#sizeOf(stored.value),
      look,
      recheckAt,
      doubt: undefined,
      evict: () => this.#byCode.delete(code),
    };
    if (this.#room.admit(entry)) this.#byCode.set(code, entry);
    return entry;
  }

  /** Answers whether there was one. */
  drop(code: string): boolean {
    const entry = this.#byCode.get(code);
    if (entry === undefined) return false;
    this.#room.release(entry);
    return this.#byCode.delete(code);
  }

  codes(): string[] {
    return [...this.#byCode.keys()];
  }
}
