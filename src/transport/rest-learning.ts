import type { Clock } from '../async/clock.ts';
import type { RatePool } from './rate-pool.ts';
import type { BanRecord } from './rest-bans.ts';
import type { RestResponse } from './rest-exchange.ts';
import type { RestRules } from './rest-rules.ts';
import type { RestShare } from './rest-share.ts';
import { retryAfterMs } from './retry-after.ts';

/** Of Binance, which invented the status for it. */
const BANNED_STATUS = 418;
const DEFAULT_BAN_MS = 2 * 60_000;
const TOO_MANY_STATUS = 429;

export interface RestLearningOptions {
  /** The venue, and the way to it. */
  readonly address: string;
  /** Whose requests these are. */
  readonly account?: string | undefined;
  readonly clock: Clock;
  readonly rules: RestRules;
  readonly share: RestShare;
  /** An instant of our clock by the venue's. */
  readonly toVenueTime: (at: number) => number;
}

/** What answers say beside answering: bans, and what is left of the pools. */
export class RestLearning {
  readonly #options: RestLearningOptions;

  constructor(options: RestLearningOptions) {
    this.#options = options;
  }

  /** The ban that lasts. */
  get ban(): BanRecord | undefined {
    return this.#options.share.bans.of(this.#options.address);
  }

  /** What limits the requests of a pool; undefined: nothing. */
  poolOf(name: string | undefined): RatePool | undefined {
    const { rules, share, address, account = '' } = this.#options;
    const size = name === undefined ? undefined : rules.poolOf?.(name);
    if (name === undefined || size === undefined) return undefined;
    return share.pool([address, size.isPerAccount ? account : '', name], size);
  }

  /** Answers until when no more requests of its kind are taken, by our clock; undefined: the answer says nothing of it. */
  learn(response: RestResponse, poolName: string | undefined): number | undefined {
    const { rules, clock, toVenueTime } = this.#options;
    const now = clock.now();
    const venueNow = toVenueTime(now);
    const toOurTime = (at: number): number => at - venueNow + now;
    const askedMs = retryAfterMs(response.header('retry-after'), now);
    this.#learnBan(response, now, askedMs);
    for (const { pool, remaining, resetAt } of rules.usageOf?.(response, poolName, venueNow) ?? [])
      this.poolOf(pool)?.learn(remaining, now, resetAt === undefined ? undefined : toOurTime(resetAt));
    const told = rules.limitedUntil?.(response, venueNow);
    if (told === undefined && response.status !== TOO_MANY_STATUS) return undefined;
    const until = Math.max(now + askedMs, told === undefined ? now : toOurTime(told));
    this.poolOf(poolName)?.close(now, until);
    return until;
  }

  #learnBan(response: RestResponse, now: number, askedMs: number): void {
    const { rules, share, address } = this.#options;
    const notice = rules.banOf?.(response) ?? (response.status === BANNED_STATUS ? {} : undefined);
    if (notice === undefined) return;
    const forMs = askedMs || (notice.forMs ?? DEFAULT_BAN_MS);
    share.bans.begin({ address, from: now, until: now + forMs, reason: `it answered HTTP ${response.status}` });
  }
}
