import type { Clock } from '../../async/clock.ts';
import { latestOfThePast } from '../../async/stretch.ts';
import { quoted } from '../../domain/errors.ts';
import type { RedisConnection } from '../../transport/redis-connection.ts';
import type { SeriesTier, StoredSeries } from './series-tier.ts';
import { EntryReader, MOST_ENTRY_BYTES, type TierCodec, type TierKind } from './tier-entry.ts';
import { TierRest } from './tier-rest.ts';

export interface RedisTierOptions<T> extends TierCodec<T> {
  readonly connection: RedisConnection;
  readonly kind: TierKind;
  /** What all keys begin with. Default `deskgraph:cache:v1`. */
  readonly keyPrefix?: string;
  readonly clock: Clock;
  /**
   * Told when Redis begins to refuse to be read, or to be written: once, until it has gone well again; and of one damaged
   * entry. That it is away is told by the connection.
   */
  readonly onFault: (fault: Error) => void;
}

export const DEFAULT_KEY_PREFIX = 'deskgraph:cache:v1';

/** An entry that nobody has loaded anew for so long is of a code that nobody reads. */
const KEPT_MS = 14 * 24 * 3600 * 1000;
const SCANNED_AT_ONCE = 500;
/** Ten million keys. */
const MOST_PAGES = 20_000;

/** KEYS: entry. ARGV: most bytes. What is no entry is as if there were nothing. */
const READ = `
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return false end
if redis.call('HSTRLEN', KEYS[1], 'bytes') > tonumber(ARGV[1]) then return false end
return redis.call('HGET', KEYS[1], 'bytes')`;

/**
 * KEYS: entry. ARGV: askedAt, the latest one that is possible, bytes, milliseconds to keep them. HSET comes first, since
 * a Redis without memory refuses only the first write of a script.
 */
const WRITE = `
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'hash' then
  local held = tonumber(redis.call('HGET', KEYS[1], 'askedAt'))
  if held and held > tonumber(ARGV[1]) and held <= tonumber(ARGV[2]) then return 0 end
elseif kind ~= 'none' then
  redis.call('UNLINK', KEYS[1])
end
redis.call('HSET', KEYS[1], 'askedAt', ARGV[1], 'bytes', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`;

/** Shares series between processes: a hash with `askedAt` and `bytes` for each code, under PREFIX:KIND:CODE. */
export function createRedisTier<T extends { readonly code: string }>(options: RedisTierOptions<T>): SeriesTier<T> {
  return new RedisTier(options);
}

class RedisTier<T extends { readonly code: string }> implements SeriesTier<T> {
  readonly #options: RedisTierOptions<T>;
  readonly #keys: string;
  readonly #entries: EntryReader<T>;
  readonly #reads: TierRest;
  readonly #writes: TierRest;

  constructor(options: RedisTierOptions<T>) {
    const { kind, keyPrefix = DEFAULT_KEY_PREFIX, clock, decode, onFault } = options;
    const tell = (wanted: string) => (error: unknown) => {
      const received = error instanceof Error ? error.message : error;
      onFault(new Error(`cannot ${wanted} cached ${kind} in Redis: ${received}`, { cause: error }));
    };
    this.#options = options;
    this.#keys = `${keyPrefix}:${kind}:`;
    this.#entries = new EntryReader({
      decode,
      now: () => clock.now(),
      onOdd: (code) =>
        onFault(new Error(`received another content of ${this.#keys}${code}, wanted the ${kind} of ${quoted(code)}`)),
    });
    this.#reads = new TierRest({ clock, onFault: tell('read') });
    this.#writes = new TierRest({ clock, onFault: tell('write') });
  }

  async read(code: string): Promise<StoredSeries<T> | undefined> {
    return this.#reads.attempt(async () => {
      const command = ['EVAL', READ, 1, this.#keys + code, MOST_ENTRY_BYTES] as const;
      const bytes = await this.#options.connection.reach((client) => client.callBuffer(...command));
      return Buffer.isBuffer(bytes) ? this.#entries.read(code, bytes) : undefined;
    });
  }

  async write(code: string, stored: StoredSeries<T>): Promise<void> {
    await this.#writes.attempt(async () => {
      const { connection, clock, encode } = this.#options;
      const bytes = encode(stored);
      if (bytes.length > MOST_ENTRY_BYTES) return;
      const values = [stored.askedAt, latestOfThePast(clock.now()), bytes, KEPT_MS] as const;
      await connection.reach((client) => client.call('EVAL', WRITE, 1, this.#keys + code, ...values));
    });
  }

  async clear(codes?: readonly string[]): Promise<void> {
    await this.#writes.insist(() => (codes === undefined ? this.#clearAll() : this.#unlink(codes)));
  }

  async #clearAll(): Promise<void> {
    const pattern = `${this.#keys.replaceAll(/[\\*?[\]]/g, '\\$&')}*`;
    let cursor: string | undefined = '0';
    for (let pages = 0; cursor !== undefined && (cursor !== '0' || pages === 0); pages += 1) {
      // Reads wait until what is forgotten is gone.
      if (pages === MOST_PAGES) throw new Error(`received more than ${pages} pages of keys, wanted an end of them`);
      const from: string = cursor;
      const scan = await this.#options.connection.reach((client) =>
        client.scan(from, 'MATCH', pattern, 'COUNT', SCANNED_AT_ONCE),
      );
      await this.#unlinkKeys(scan?.[1] ?? []);
      cursor = scan?.[0];
    }
  }

  async #unlink(codes: readonly string[]): Promise<void> {
    for (let from = 0; from < codes.length; from += SCANNED_AT_ONCE) {
      await this.#unlinkKeys(codes.slice(from, from + SCANNED_AT_ONCE).map((code) => this.#keys + code));
    }
  }

  async #unlinkKeys(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.#options.connection.reach((client) => client.unlink(...keys));
  }
}
