import type { PoolSize, PoolUsage, RestRules } from '../../transport/rest-rules.ts';
import { CODES, parseExactObject } from './account-dialect.ts';

/** What all requests of an address take their weight out of. */
export const WEIGHT_POOL = 'weight';
/** Orders that are placed; the little that they weigh is counted when the venue says what is used. */
export const ORDER_POOL = 'orders';

/** Weights: https://developers.binance.com/docs/binance-spot-api-docs/rest-api#account-endpoints */
export const WEIGHTS = { cancel: 1, order: 4, openOrders: 80, allOrders: 20, fills: 20, account: 20 } as const;

const MINUTE_MS = 60_000;
const POOLS: Readonly<Record<string, PoolSize>> = {
  [WEIGHT_POOL]: { most: 6_000, everyMs: MINUTE_MS },
  [ORDER_POOL]: { most: 100, everyMs: 10_000, isPerAccount: true },
};
const USED_HEADERS = { 'x-mbx-used-weight-1m': WEIGHT_POOL, 'x-mbx-order-count-10s': ORDER_POOL } as const;
const TOO_FAST_CODES: readonly string[] = [CODES.tooManyRequests, CODES.tooManyOrders];
/** What is longer is rows, which are not parsed twice. */
const MOST_CHARACTERS_OF_REFUSAL = 500;

/** How Binance limits requests: https://developers.binance.com/docs/binance-spot-api-docs/rest-api#limits */
export const BINANCE_LIMITS: Pick<RestRules, 'poolOf' | 'usageOf' | 'limitedUntil'> = {
  poolOf: (pool) => POOLS[pool],
  usageOf: (response) =>
    Object.entries(USED_HEADERS).flatMap(([header, pool]): PoolUsage[] => {
      const used = response.header(header);
      const size = POOLS[pool];
      if (size === undefined || used === undefined || !/^\d{1,9}$/.test(used)) return [];
      return [{ pool, remaining: Math.max(0, size.most - Number(used)) }];
    }),
  limitedUntil: ({ text }, now) => {
    if (text.length > MOST_CHARACTERS_OF_REFUSAL) return undefined;
    const code = parseExactObject(text)?.code;
    return TOO_FAST_CODES.some((each) => each === code) ? now : undefined;
  },
};
