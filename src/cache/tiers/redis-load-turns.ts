import type { Clock } from '../../async/clock.ts';
import { pause } from '../../async/pause.ts';
import type { RedisConnection } from '../../transport/redis-connection.ts';
import { SoleTurn } from './local-turns.ts';
import { DEFAULT_KEY_PREFIX } from './redis-tier.ts';
import type { LoadTurn, LoadTurns } from './series-tier.ts';
import type { TierKind } from './tier-entry.ts';
import { TierRest } from './tier-rest.ts';

export interface RedisLoadTurnsOptions {
  readonly connection: RedisConnection;
  readonly kind: TierKind;
  /** As of the tier. */
  readonly keyPrefix?: string;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** A text that no other turn of any process has. */
  readonly newToken: () => string;
  /** After which the turn of a holder that has died is another's. Default 10,000. */
  readonly leaseMs?: number;
  /** Told when Redis begins to refuse turns: once, until it has given one again. */
  readonly onFault: (fault: Error) => void;
}

const DEFAULT_LEASE_MS = 10_000;
const LEAST_WAIT_MS = 50;
const MOST_WAIT_MS = 150;

/** KEYS: turn. ARGV: token of whoever believes to hold it. */
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** KEYS: turn. ARGV: token of whoever believes to hold it, milliseconds of the lease. */
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;

/**
 * Turns among processes that share a Redis: a key with a lease, PREFIX:turn:KIND:CODE, that its holder renews. A turn
 * saves work and guards nothing: a holder that has stood still for longer than its lease means that two load the same.
 */
export class RedisLoadTurns implements LoadTurns {
  readonly #options: RedisLoadTurnsOptions;
  readonly #keys: string;
  readonly #leaseMs: number;
  readonly #rest: TierRest;

  constructor(options: RedisLoadTurnsOptions) {
    const { kind, keyPrefix = DEFAULT_KEY_PREFIX, leaseMs = DEFAULT_LEASE_MS, clock, onFault } = options;
    this.#options = options;
    this.#keys = `${keyPrefix}:turn:${kind}:`;
    this.#leaseMs = leaseMs;
    const tell = (error: unknown): void => {
      const received = error instanceof Error ? error.message : error;
      onFault(new Error(`cannot take turns to load ${kind} over Redis: ${received}`, { cause: error }));
    };
    this.#rest = new TierRest({ clock, onFault: tell });
  }

  async take(code: string, signal: AbortSignal): Promise<LoadTurn> {
    const { clock, random, newToken } = this.#options;
    const key = this.#keys + code;
    const token = newToken();
    for (let hasWaited = false; ; hasWaited = true) {
      signal.throwIfAborted();
      const answer = await this.#ask(key, token);
      if (answer === 'UNKNOWN') return signal.aborted ? Promise.reject(signal.reason) : new SoleTurn(hasWaited);
      if (answer === 'OURS') {
        const turn = this.#hold({ key, token, hasWaited });
        if (!signal.aborted) return turn;
        await turn[Symbol.asyncDispose]();
      }
      await pause(LEAST_WAIT_MS + random() * (MOST_WAIT_MS - LEAST_WAIT_MS), { clock, signal });
    }
  }

  async #ask(key: string, token: string): Promise<'OURS' | 'TAKEN' | 'UNKNOWN'> {
    const { connection } = this.#options;
    const set = (): Promise<unknown> => connection.reach((client) => client.set(key, token, 'PX', this.#leaseMs, 'NX'));
    const answer = await this.#rest.attempt(set);
    if (answer === undefined) return 'UNKNOWN';
    return answer === null ? 'TAKEN' : 'OURS';
  }

  #hold({ key, token, hasWaited }: { key: string; token: string; hasWaited: boolean }): LoadTurn {
    const { clock, connection } = this.#options;
    const run = (script: string, ...more: number[]): Promise<unknown> =>
      connection.reach((client) => client.call('EVAL', script, 1, key, token, ...more)).catch(() => undefined);
    let isHeld = true;
    let cancel = (): void => {};
    const renewLater = (): void => {
      cancel = clock.after(this.#leaseMs / 3, async () => {
        // Answered 0: it has ended, and may be another's by now.
        if ((await run(RENEW, this.#leaseMs)) === 0) isHeld = false;
        if (isHeld) renewLater();
      });
    };
    renewLater();
    return {
      hasWaited,
      [Symbol.asyncDispose]: async () => {
        if (!isHeld) return;
        isHeld = false;
        cancel();
        await run(RELEASE);
      },
    };
  }
}
