import type { PoolSize, RestRules } from '../../transport/rest-rules.ts';
import { CANCEL_PATH, PLACE_PATH } from './account-dialect.ts';
import type { BybitMarket } from './dialect.ts';
import { isTooFast } from './rest-answers.ts';

const SECOND_MS = 1_000;
/** Of questions in a second; the path is the pool. */
const MOST_QUESTIONS = 50;
/** https://bybit-exchange.github.io/docs/v5/rate-limit */
const MOST_ORDERS: Readonly<Record<BybitMarket, number>> = { spot: 20, linear: 10, inverse: 10 };
/** How long an address is answered 403 that asked too often. */
const BAN_MS = 600_000;

/** How Bybit limits requests: by account and path. */
export function bybitLimits(category: BybitMarket): Pick<RestRules, 'poolOf' | 'usageOf' | 'limitedUntil' | 'banOf'> {
  return {
    poolOf: (path): PoolSize => {
      const isOfOrders = path === PLACE_PATH || path === CANCEL_PATH;
      return { most: isOfOrders ? MOST_ORDERS[category] : MOST_QUESTIONS, everyMs: SECOND_MS, isPerAccount: true };
    },
    usageOf: (response, pool) => {
      const remaining = countOf(response.header('x-bapi-limit-status'));
      return pool === undefined || remaining === undefined ? [] : [{ pool, remaining }];
    },
    limitedUntil: (response, now) =>
      isTooFast(response) ? (countOf(response.header('x-bapi-limit-reset-timestamp')) ?? now) : undefined,
    banOf: ({ status }) => (status === 403 ? { forMs: BAN_MS } : undefined),
  };
}

function countOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}
