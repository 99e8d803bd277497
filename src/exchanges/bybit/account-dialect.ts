import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { ACCOUNT_CHANNELS, type AccountChannel } from '../../domain/live-account.ts';
import type { Credentials } from '../venue-account.ts';
import type { BybitMarket } from './dialect.ts';
import { loginSignature } from './sign.ts';

/**
 * Path of the private socket. This file has the words of Bybit's private API v5 for the client's end of it, and those of
 * REST: https://bybit-exchange.github.io/docs/v5/intro
 */
export const PRIVATE_PATH = '/v5/private';

export const PLACE_PATH = '/v5/order/create';
export const CANCEL_PATH = '/v5/order/cancel';
/** Orders that work, and by its id one that has just ended. */
export const OPEN_ORDERS_PATH = '/v5/order/realtime';
export const FINISHED_ORDERS_PATH = '/v5/order/history';
export const FILLS_PATH = '/v5/execution/list';
export const POSITIONS_PATH = '/v5/position/list';
export const BALANCES_PATH = '/v5/account/wallet-balance';
export const TIME_PATH = '/v5/market/time';

/** The most rows of a page. */
export const MOST_ORDERS = 50;
export const MOST_FILLS = 100;
export const MOST_POSITIONS = 200;

/** Lists of what has ended begin at their startTime and go so far. */
export const LISTED_MS = 7 * 24 * 3600 * 1000;

/** What linear contracts are settled in; positions and open orders are asked for one by one. */
export const SETTLE_COINS = ['USDT', 'USDC'] as const;

/** `retCode` of answers: https://bybit-exchange.github.io/docs/v5/error */
export const OK = '0';
export const CODES = {
  expired: '-1',
  overloaded: '429',
  timedOut: '10000',
  badParameter: '10001',
  badTimestamp: '10002',
  badApiKey: '10003',
  badSignature: '10004',
  tooFast: '10006',
  duplicateRequest: '10014',
  serverError: '10016',
  symbolNotListed: '10029',
  noSuchOrder: '110001',
  duplicateClientOrderId: '110072',
  inProcess: '110079',
  spotInternalError: '170001',
  spotTimedOut: '170007',
  spotNoSuchSymbol: '170121',
  spotDuplicateClientOrderId: '170141',
  spotPlacingTimedOut: '170146',
  spotCancellingTimedOut: '170147',
  spotNoSuchOrder: '170213',
  spotTooFast: '170222',
  spotSystemError: '170234',
} as const;

export const ORDER_STATUSES = [
  'Created',
  'New',
  'PartiallyFilled',
  'Untriggered',
  'Triggered',
  'Filled',
  'Cancelled',
  'PartiallyFilledCanceled',
  'Deactivated',
  'Rejected',
] as const;
export type BybitOrderStatus = (typeof ORDER_STATUSES)[number];

/** Kinds of executions that fill an order; funding and settlements do not. */
export const FILL_TYPES: readonly unknown[] = ['Trade', 'AdlTrade', 'BustTrade', 'BlockTrade'];

/** How long after its frame was written a login is taken. */
const LOGIN_VALIDITY_MS = 10_000;

/** The first frame of a private connection. `now` is milliseconds since the epoch by the venue's clock. */
export function writeLogin({ apiKey, secret }: Credentials, now: number): string {
  const expiresAt = now + LOGIN_VALIDITY_MS;
  return JSON.stringify({ op: 'auth', args: [apiKey, expiresAt, loginSignature(expiresAt, secret)] });
}

/** A frame for each channel, named by it: the venue says of a request as a whole whether it serves it. */
export function writeSubscriptions(channels: readonly AccountChannel[], category: BybitMarket): readonly string[] {
  return channels
    .map((channel) => ({ req_id: channel, op: 'subscribe', args: topicsOf(channel, category) }))
    .filter(({ args }) => args.length > 0)
    .map((request) => JSON.stringify(request));
}

/** Topics that the channel is made of; none for positions of the spot market, where there are none. */
export function topicsOf(channel: AccountChannel, category: BybitMarket): readonly string[] {
  switch (channel) {
    case 'orders':
      return [`order.${category}`, `execution.${category}`];
    case 'positions':
      return category === 'spot' ? [] : [`position.${category}`];
    case 'balances':
      return ['wallet'];
  }
}

/** The channel that a request was named by. */
export function channelOf(reqId: unknown): AccountChannel | undefined {
  return ACCOUNT_CHANNELS.find((channel) => channel === reqId);
}

/** The body of an answer over REST. */
export interface BybitAnswer {
  readonly code: string;
  readonly message: unknown;
  readonly result: JsonObject;
  /** Milliseconds since the epoch; undefined when it does not say. */
  readonly time: number | undefined;
}

/** Undefined for what is no answer of the venue. */
export function parseAnswer(text: string): BybitAnswer | undefined {
  const answer = parseExactJson(text);
  if (!isObject(answer) || typeof answer.retCode !== 'string') return undefined;
  const { retCode: code, retMsg: message, result, time } = answer;
  const at = Number(time);
  return {
    code,
    message,
    result: isObject(result) ? result : {},
    time: Number.isSafeInteger(at) && at > 0 ? at : undefined,
  };
}
