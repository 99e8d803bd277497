import type { RestMethod, RestResponse } from './rest-exchange.ts';

/**
 * Who goes first. ORDER: what places, changes or cancels orders. ACCOUNT: what a trader has to know. MARKET_DATA: what a
 * producer of market data asks for, which is dropped, counted and told when there is no room or the gateway is down.
 */
export const REST_PRIORITIES = ['ORDER', 'ACCOUNT', 'MARKET_DATA'] as const;
export type RestPriority = (typeof REST_PRIORITIES)[number];

/** How a request is treated on its way. */
export interface RestTreatment {
  /** ACCOUNT unless given. */
  readonly priority?: RestPriority | undefined;
  /**
   * Whether it does no harm twice, so that it may be sent again when it failed. Unless given, GET, PUT and DELETE are and
   * POST is not. What places an order never is.
   */
  readonly isIdempotent?: boolean | undefined;
  /** What limits it, as a key of `RestRules.poolOf`; nothing unless given. */
  readonly pool?: string | undefined;
  /** What it takes out of its pool; 1 unless given. */
  readonly weight?: number | undefined;
}

/** What a venue takes at most in any stretch of `everyMs`, in weights of requests. */
export interface PoolSize {
  readonly most: number;
  readonly everyMs: number;
  /** Whether each account has a pool of its own, and not each address. */
  readonly isPerAccount?: boolean | undefined;
}

/** What a venue says is left of a pool. Times are milliseconds since the epoch. */
export interface PoolUsage {
  readonly pool: string;
  /** In weights. */
  readonly remaining: number;
  /** When all of it is there again; `everyMs` of its size from now unless given. */
  readonly resetAt?: number | undefined;
}

/** A venue answers nobody at this address for a while. */
export interface BanNotice {
  /** Milliseconds; 2 minutes unless given. The header Retry-After, if there is one, goes before. */
  readonly forMs?: number | undefined;
}

/** How a venue tells its time: an unsigned GET. */
export interface ServerTimeRequest {
  /** Path and query. */
  readonly target: string;
  /** Milliseconds since the epoch; undefined when the answer does not say. Never throws, whatever came in. */
  read(response: ResponseText): number | undefined;
}

/** What an answer says, without its headers. */
export type ResponseText = Pick<RestResponse, 'status' | 'text'>;

/**
 * What a venue makes of requests beside answering them. Nothing here throws, whatever came in. `now` is milliseconds
 * since the epoch by the venue's clock, and so are the times answered. All of it is shared by those who ask the venue
 * from one address.
 */
export interface RestRules {
  /** The size of a pool that a request names, always the same; undefined: it is not limited. */
  poolOf?(pool: string): PoolSize | undefined;
  /** What an answer says is left of pools: `x-mbx-used-weight-1m`, `x-bapi-limit-status`. `pool` is the request's. */
  usageOf?(response: RestResponse, pool: string | undefined, now: number): readonly PoolUsage[];
  /**
   * When an answer refuses a request because there were too many of them: until when further ones are. It need not have
   * the status 429. `now` when the answer says so but not until when. Retry-After is seen to elsewhere.
   */
  limitedUntil?(response: RestResponse, now: number): number | undefined;
  /** Whether an answer is a ban of this address, as HTTP 403 of Bybit is. The status 418 always is one. */
  banOf?(response: RestResponse): BanNotice | undefined;
  /** Undefined: the venue's clock is taken to be ours. */
  readonly serverTime?: ServerTimeRequest | undefined;
}

const IDEMPOTENT_METHODS: readonly RestMethod[] = ['GET', 'PUT', 'DELETE'];

/** Whether a request does no harm twice. */
export function isHarmlessTwice({ method, isIdempotent }: RestTreatment & { readonly method: RestMethod }): boolean {
  return isIdempotent ?? IDEMPOTENT_METHODS.includes(method);
}
