import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import type { Credentials } from '../venue-account.ts';
import { signedParameters } from './sign.ts';

/**
 * The socket over which an account is followed; there are no listen keys any more. This file has the words of Binance's
 * spot API for both ends of it, and those of REST: https://developers.binance.com/docs/binance-spot-api-docs/user-data-stream
 */
export const SOCKET_PATH = '/ws-api/v3';

export const ORDER_PATH = '/api/v3/order';
export const OPEN_ORDERS_PATH = '/api/v3/openOrders';
/** Open ones are among them. */
export const ALL_ORDERS_PATH = '/api/v3/allOrders';
export const FILLS_PATH = '/api/v3/myTrades';
export const ACCOUNT_PATH = '/api/v3/account';
export const TIME_PATH = '/api/v3/time';

/** The most rows of a page. */
export const MOST_ROWS = 1_000;

/** https://developers.binance.com/docs/binance-spot-api-docs/errors */
export const CODES = {
  unknown: '-1000',
  disconnected: '-1001',
  tooManyRequests: '-1003',
  unexpectedResponse: '-1006',
  timedOut: '-1007',
  tooManyOrders: '-1015',
  shuttingDown: '-1016',
  badTimestamp: '-1021',
  badSignature: '-1022',
  noSuchSymbol: '-1121',
  orderRefused: '-2010',
  cancelRefused: '-2011',
  noSuchOrder: '-2013',
  badApiKeyFormat: '-2014',
  badApiKey: '-2015',
  orderArchived: '-2026',
} as const;

/** Text of a refusal whose code, `orderRefused`, says too little. */
export const DUPLICATE_ORDER = 'Duplicate order sent.';

export const ORDER_STATUSES = [
  'NEW',
  'PENDING_NEW',
  'PARTIALLY_FILLED',
  'FILLED',
  'CANCELED',
  'PENDING_CANCEL',
  'REJECTED',
  'EXPIRED',
  'EXPIRED_IN_MATCH',
] as const;
export type BinanceOrderStatus = (typeof ORDER_STATUSES)[number];

/** Names the one request that we send over the socket. */
export const LOGIN_ID = 'login';
/** Asks for the events of an account without a session: a signature is all it takes. */
export const LOGIN_METHOD = 'userDataStream.subscribe.signature';
/** Milliseconds after its timestamp in which a login is taken. */
const LOGIN_WINDOW_MS = 10_000;

/** The first frame of a private connection. `now` is milliseconds since the epoch by the venue's clock. */
export function writeLogin({ apiKey, secret }: Credentials, now: number): string {
  const params = signedParameters({ apiKey, recvWindow: LOGIN_WINDOW_MS, timestamp: now }, secret);
  return JSON.stringify({ id: LOGIN_ID, method: LOGIN_METHOD, params });
}

/** A JSON text whose numbers are texts, since ids are numbers; undefined for what is no object. */
export function parseExactObject(text: string): JsonObject | undefined {
  const parsed = parseExactJson(text);
  return isObject(parsed) ? parsed : undefined;
}
