import { RatePool } from './rate-pool.ts';
import { Bans, type BansOptions } from './rest-bans.ts';
import type { PoolSize } from './rest-rules.ts';

/** What all share who ask venues: a venue counts the requests of an address, whoever sends them. */
export class RestShare {
  readonly bans: Bans;
  readonly #pools = new Map<string, RatePool>();

  constructor(options: BansOptions) {
    this.bans = new Bans(options);
  }

  /** The pool of that name, which begins with the address, made when it is first asked for. */
  pool(name: readonly string[], size: PoolSize): RatePool {
    const key = JSON.stringify(name);
    const pool = this.#pools.get(key) ?? new RatePool(size);
    this.#pools.set(key, pool);
    return pool;
  }
}
