import type { PoolSize, RestRules } from '../../transport/rest-rules.ts';
import {
  BALANCE_PATH,
  CANCEL_ORDER_PATH,
  FILLS_PATH,
  FINISHED_ORDERS_PATH,
  OPEN_ORDERS_PATH,
  ORDER_PATH,
  POSITIONS_PATH,
} from './account-dialect.ts';

const EVERY_MS = 2_000;

/** Requests in two seconds, by account, and those of orders by instrument, too: https://www.okx.com/docs-v5/en/#overview-rate-limits */
const MOST_REQUESTS: Readonly<Record<string, number>> = {
  [`POST ${ORDER_PATH}`]: 60,
  [`POST ${CANCEL_ORDER_PATH}`]: 60,
  [`GET ${ORDER_PATH}`]: 60,
  [`GET ${OPEN_ORDERS_PATH}`]: 60,
  [`GET ${FINISHED_ORDERS_PATH}`]: 40,
  [`GET ${FILLS_PATH}`]: 60,
  [`GET ${BALANCE_PATH}`]: 10,
  [`GET ${POSITIONS_PATH}`]: 10,
};

/** What limits a request: `GET /api/v5/trade/fills`, with the instrument behind it if it is of an order. */
export function poolName(methodAndPath: string, symbol?: string): string {
  return symbol === undefined ? methodAndPath : `${methodAndPath} ${symbol}`;
}

/** How OKX limits requests. */
export const OKX_LIMITS: Pick<RestRules, 'poolOf'> = {
  poolOf: (pool): PoolSize | undefined => {
    const [method, path] = pool.split(' ', 2);
    const most = MOST_REQUESTS[`${method} ${path}`];
    return most === undefined ? undefined : { most, everyMs: EVERY_MS, isPerAccount: true };
  },
};
