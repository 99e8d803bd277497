import { latestOfThePast } from '../../async/stretch.ts';
import type { StoredSeries } from './series-tier.ts';

/** What is kept apart, as folders and keys name it. */
export type TierKind = 'bars' | 'navs';

/** How series become bytes, and come back from whatever bytes are found. */
export interface TierCodec<T> {
  readonly encode: (stored: StoredSeries<T>) => Buffer;
  /** Undefined for bytes that are no such series. */
  readonly decode: (bytes: Buffer) => StoredSeries<T> | undefined;
}

/** A larger entry is neither written nor read: a whole history has a thousandth of it. */
export const MOST_ENTRY_BYTES = 64 * 1024 * 1024;

export interface EntryReaderOptions<T> extends Pick<TierCodec<T>, 'decode'> {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of the code of the first entry that cannot be used, and of no other: after an upgrade they all may be such. */
  readonly onOdd: (code: string) => void;
}

/** Reads what a tier holds, whoever wrote it. */
export class EntryReader<T extends { readonly code: string }> {
  readonly #options: EntryReaderOptions<T>;
  #isTold = false;

  constructor(options: EntryReaderOptions<T>) {
    this.#options = options;
  }

  /** The series that these bytes hold; undefined unless it is this code's and was asked for before now. */
  read(code: string, bytes: Buffer): StoredSeries<T> | undefined {
    const { decode, now, onOdd } = this.#options;
    const stored = decode(bytes);
    // What claims a later time would never be replaced.
    const isOfThePast = stored !== undefined && stored.askedAt <= latestOfThePast(now());
    if (isOfThePast && stored.value.code === code) return stored;
    if (!this.#isTold) onOdd(code);
    this.#isTold = true;
    return undefined;
  }
}
