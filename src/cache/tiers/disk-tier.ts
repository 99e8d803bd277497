import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { answerWithin } from '../../async/answer-within.ts';
import type { Clock } from '../../async/clock.ts';
import { Slots } from '../../async/slots.ts';
import { quoted } from '../../domain/errors.ts';
import { DiskFolder } from './disk-folder.ts';
import type { SeriesTier, StoredSeries } from './series-tier.ts';
import { EntryReader, MOST_ENTRY_BYTES, type TierCodec, type TierKind } from './tier-entry.ts';
import { TierRest } from './tier-rest.ts';

export interface DiskTierOptions<T> extends TierCodec<T> {
  /** Of all kinds; each has a folder of its own inside. */
  readonly folder: string;
  readonly kind: TierKind;
  /** Of all entries of this kind together. Default 1 GiB. */
  readonly maxBytes?: number;
  readonly clock: Clock;
  /** Told when reading, or writing, begins to fail: once, until it has gone well again; and of one damaged entry. */
  readonly onFault: (fault: Error) => void;
}

const DEFAULT_MOST_BYTES = 1024 ** 3;
/** For disks that have stopped answering, not for slow ones. */
const READ_TIMEOUT_MS = 1000;
const WRITE_TIMEOUT_MS = 10_000;
const SUFFIX = '.series';

/** Keeps series in files, one a code, so that a restart asks no source again for what it had. */
export function createDiskTier<T extends { readonly code: string }>(options: DiskTierOptions<T>): SeriesTier<T> {
  return new DiskTier(options);
}

class DiskTier<T extends { readonly code: string }> implements SeriesTier<T> {
  readonly #options: DiskTierOptions<T>;
  readonly #folder: DiskFolder;
  readonly #entries: EntryReader<T>;
  /** So few that the last of many is not late because of the others. */
  readonly #slots = new Slots(8);
  readonly #reads: TierRest;
  readonly #writes: TierRest;
  /** Writes go one after the other: there are as many as there are loads, and so the folder is never too large. */
  #last: Promise<unknown>;

  constructor(options: DiskTierOptions<T>) {
    const { folder, kind, maxBytes = DEFAULT_MOST_BYTES, clock, decode, onFault } = options;
    const tell = (wanted: string) => (error: unknown) =>
      onFault(new Error(`cannot ${wanted} cached ${kind} on disk: ${describe(error)}`, { cause: error }));
    this.#options = options;
    this.#folder = new DiskFolder({ path: join(folder, kind), suffix: SUFFIX, maxBytes });
    this.#entries = new EntryReader({
      decode,
      now: () => clock.now(),
      onOdd: (code) =>
        onFault(new Error(`received another content of ${fileName(code)}, wanted the ${kind} of ${quoted(code)}`)),
    });
    this.#reads = new TierRest({ clock, onFault: tell('read') });
    this.#writes = new TierRest({ clock, onFault: tell('write') });
    this.#last = this.#writes.attempt(() => this.#folder.open());
  }

  async read(code: string): Promise<StoredSeries<T> | undefined> {
    const find = (): Promise<StoredSeries<T> | undefined> => this.#find(code);
    return this.#slots.run(() => this.#reads.attempt(() => this.#within(READ_TIMEOUT_MS, find)));
  }

  async write(code: string, stored: StoredSeries<T>): Promise<void> {
    await this.#next(() => this.#writes.attempt(() => this.#within(WRITE_TIMEOUT_MS, () => this.#put(code, stored))));
  }

  async clear(codes?: readonly string[]): Promise<void> {
    const remove = (): Promise<void> => this.#folder.remove(codes?.map(fileName));
    await this.#next(() => this.#writes.insist(() => this.#within(WRITE_TIMEOUT_MS, remove)));
  }

  async #find(code: string): Promise<StoredSeries<T> | undefined> {
    const bytes = await this.#folder.read(fileName(code), MOST_ENTRY_BYTES);
    return bytes && this.#entries.read(code, bytes);
  }

  async #put(code: string, stored: StoredSeries<T>): Promise<void> {
    // What cannot be read is replaced.
    const held = await this.#find(code).catch(() => undefined);
    if (held !== undefined && held.askedAt > stored.askedAt) return;
    const bytes = this.#options.encode(stored);
    if (bytes.length <= MOST_ENTRY_BYTES) await this.#folder.write(fileName(code), bytes);
  }

  #within<Value>(timeoutMs: number, task: () => Promise<Value>): Promise<Value> {
    return answerWithin(task(), this.#options.clock, timeoutMs);
  }

  #next(task: () => Promise<unknown>): Promise<unknown> {
    this.#last = this.#last.then(task);
    return this.#last;
  }
}

/** Some of the code for those who look, and enough of its hash for everything that a file name cannot tell apart. */
function fileName(code: string): string {
  const readable = code.slice(0, 40).replaceAll(/[^\w-]/g, '_');
  return `${readable}-${createHash('sha256').update(code).digest('hex').slice(0, 20)}${SUFFIX}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
