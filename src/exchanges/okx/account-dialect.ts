import { isObject, type JsonObject, parseObject } from '../../domain/json-text.ts';
import type { AccountChannel } from '../../domain/live-account.ts';
import type { Credentials } from '../venue-account.ts';
import { loginSignature, loginTimestamp } from './sign.ts';

/**
 * Path of the private socket. This file has the words of OKX's private API v5 for both ends of it, the socket's and
 * those of REST: https://www.okx.com/docs-v5/en/#order-book-trading-trade
 */
export const PRIVATE_PATH = '/ws/v5/private';

export const ORDER_PATH = '/api/v5/trade/order';
export const CANCEL_ORDER_PATH = '/api/v5/trade/cancel-order';
export const OPEN_ORDERS_PATH = '/api/v5/trade/orders-pending';
/** Of the last seven days, and of the last three months with `-archive` behind it. */
export const FINISHED_ORDERS_PATH = '/api/v5/trade/orders-history';
/** Of the last three days, and of the last three months with `-history` behind it. */
export const FILLS_PATH = '/api/v5/trade/fills';
export const BALANCE_PATH = '/api/v5/account/balance';
export const POSITIONS_PATH = '/api/v5/account/positions';
export const TIME_PATH = '/api/v5/public/time';
/** https://www.okx.com/docs-v5/en/#public-data-rest-api-get-instruments */
export const INSTRUMENTS_PATH = '/api/v5/public/instruments';

/** The most rows on a page, and how many there are unless told. */
export const MOST_ROWS = 100;

/** Milliseconds since the epoch after which the venue must not take an order any more. */
export const EXPIRY_HEADER = 'exptime';

/**
 * Codes of answers, `code` of the whole and `sCode` of a row; the HTTP status is 200 unless said otherwise:
 * https://www.okx.com/docs-v5/en/#error-code-rest-api
 */
export const OK = '0';
/** Of the whole, when no row of it was done. */
export const ALL_FAILED = '1';
/** Of the whole, when some rows of it were done. */
export const PARTLY_FAILED = '2';
export const CODES = {
  emptyBody: '50000',
  unavailable: '50001',
  badJson: '50002',
  /** Says nothing about what became of the request; nor do busy, systemError and the other two that timed out. */
  timedOut: '50004',
  tooFast: '50011',
  /** Comes with HTTP 429. */
  busy: '50013',
  systemError: '50026',
  /** EXPIRY_HEADER is past already. */
  expired: '50036',
  accountTooFast: '50061',
  /** Older than 30 s, or as far in the future. With HTTP 401, as are the next four. */
  timestampExpired: '50102',
  badPassphrase: '50105',
  badApiKey: '50111',
  badTimestamp: '50112',
  badSignature: '50113',
  /** With HTTP 405. */
  badMethod: '50115',
  /** With HTTP 400. */
  badParameter: '51000',
  noSuchInstrument: '51001',
  noOrderId: '51003',
  priceOutOfLimits: '51006',
  insufficientBalance: '51008',
  duplicateClientOrderId: '51016',
  belowMinimum: '51020',
  notMultipleOfLot: '51121',
  orderTimedOut: '51149',
  cancelNotPossible: '51400',
  cancelTimedOut: '51412',
  noSuchOrder: '51603',
} as const;

/** Codes of the socket's error events. */
export const SOCKET_CODES = {
  badTimestamp: '60004',
  badApiKey: '60005',
  timestampExpired: '60006',
  badSignature: '60007',
  loginFailed: '60009',
  notLoggedIn: '60011',
  badRequest: '60012',
  tooFast: '60014',
  badPassphrase: '60024',
} as const;

export const ORDER_STATES = ['live', 'partially_filled', 'filled', 'canceled', 'mmp_canceled'] as const;
export type OkxOrderState = (typeof ORDER_STATES)[number];

/** The lists of finished orders are one for each of them. */
export const INSTRUMENT_TYPES = ['SPOT', 'MARGIN', 'SWAP', 'FUTURES', 'OPTION'] as const;

/**
 * An order, as the socket pushes it and REST lists it. Decimals and times (milliseconds since the epoch) are texts; what
 * is absent is "". https://www.okx.com/docs-v5/en/#order-book-trading-trade-ws-order-channel
 */
export interface OkxOrderRow {
  readonly instType: string;
  readonly instId: string;
  readonly ordId: string;
  readonly clOrdId: string;
  readonly px: string;
  readonly sz: string;
  /** limit, market, post_only, fok, ioc and others that we never send. */
  readonly ordType: string;
  readonly side: string;
  /** long or short; net or "" when the account does not tell them apart. */
  readonly posSide: string;
  /** cash, cross, isolated. */
  readonly tdMode: string;
  /** quote_ccy: `sz` is in the quote currency; base_ccy or "". */
  readonly tgtCcy: string;
  readonly state: OkxOrderState;
  readonly accFillSz: string;
  readonly avgPx: string;
  /** Of the last fill, as are fillSz, fillTime and tradeId. A push carries a fill when tradeId is not "". */
  readonly fillPx: string;
  readonly fillSz: string;
  readonly fillTime: string;
  readonly tradeId: string;
  /** Of all fills; negative: charged. */
  readonly fee: string;
  readonly feeCcy: string;
  /** Of the last fill, in pushes only; negative: charged. */
  readonly fillFee?: string;
  readonly fillFeeCcy?: string;
  readonly reduceOnly: string;
  /** Why the venue cancelled it, else "". */
  readonly cancelSource?: string;
  readonly cancelSourceReason?: string;
  readonly cTime: string;
  readonly uTime: string;
  /** Of an amendment that failed. */
  readonly code?: string;
  readonly msg?: string;
}

/** https://www.okx.com/docs-v5/en/#order-book-trading-trade-get-transaction-details-last-3-days */
export interface OkxFillRow {
  readonly instType: string;
  readonly instId: string;
  readonly tradeId: string;
  readonly ordId: string;
  readonly clOrdId: string;
  /** Where the next page starts; rises with time. */
  readonly billId: string;
  readonly fillPx: string;
  readonly fillSz: string;
  readonly side: string;
  /** T taker, M maker. */
  readonly execType: string;
  /** Negative: charged. */
  readonly fee: string;
  readonly feeCcy: string;
  readonly fillTime: string;
  readonly ts: string;
}

/** Volumes in contracts. https://www.okx.com/docs-v5/en/#trading-account-websocket-positions-channel */
export interface OkxPositionRow {
  readonly instType: string;
  readonly instId: string;
  readonly posId: string;
  /** net, long, short. */
  readonly posSide: string;
  /** cross, isolated. */
  readonly mgnMode: string;
  /** Negative for a short net position; "0" once when it was closed. */
  readonly pos: string;
  readonly availPos: string;
  readonly avgPx: string;
  readonly markPx: string;
  readonly last: string;
  readonly upl: string;
  /** Of a cross position. */
  readonly imr: string;
  /** Of an isolated position. */
  readonly margin: string;
  readonly ccy: string;
  readonly cTime: string;
  readonly uTime: string;
}

/** One currency. https://www.okx.com/docs-v5/en/#trading-account-websocket-account-channel */
export interface OkxBalanceDetail {
  readonly ccy: string;
  readonly eq: string;
  readonly cashBal: string;
  readonly availBal: string;
  readonly availEq: string;
  readonly frozenBal: string;
  readonly ordFrozen: string;
  readonly upl: string;
  readonly uTime: string;
}

/** The one row of the account. */
export interface OkxAccountRow {
  readonly uTime: string;
  readonly totalEq: string;
  readonly details: readonly OkxBalanceDetail[];
}

/** The answer to one order that was to be placed or cancelled: `sCode` decides, never the code of the whole. */
export interface OkxOrderAcknowledgement {
  readonly ordId: string;
  readonly clOrdId: string;
  readonly sCode: string;
  readonly sMsg: string;
  readonly ts?: string;
}

/** What is asked for with POST ORDER_PATH. */
export interface OkxOrderRequest {
  readonly instId: string;
  readonly tdMode: string;
  readonly clOrdId: string;
  readonly side: string;
  readonly ordType: string;
  readonly sz: string;
  readonly px?: string;
  readonly tgtCcy?: string;
  readonly reduceOnly?: boolean;
}

/** Names one order; `ordId` wins when both are there. */
export interface OkxOrderName {
  readonly instId: string;
  readonly ordId?: string;
  readonly clOrdId?: string;
}

const CHANNELS: Readonly<Record<AccountChannel, OkxAccountArgument>> = {
  orders: { channel: 'orders', instType: 'ANY' },
  positions: { channel: 'positions', instType: 'ANY' },
  balances: { channel: 'account' },
};

const ACCOUNT_CHANNELS: ReadonlyMap<unknown, AccountChannel> = new Map([
  ['orders', 'orders'],
  ['positions', 'positions'],
  ['account', 'balances'],
]);

/** What is subscribed to on the private socket. */
export interface OkxAccountArgument {
  readonly channel: string;
  readonly instType?: string;
}

export interface OkxLogin {
  readonly apiKey: string;
  readonly passphrase: string;
  /** Seconds since the epoch. */
  readonly timestamp: string;
  readonly sign: string;
}

export type OkxAccountOperation =
  | { readonly op: 'login'; readonly login: OkxLogin }
  | { readonly op: 'subscribe' | 'unsubscribe'; readonly args: readonly OkxAccountArgument[] };

/** Our channel of an `arg`; undefined for one that is not ours to subscribe to. */
export function channelOf(arg: unknown): AccountChannel | undefined {
  return isObject(arg) ? ACCOUNT_CHANNELS.get(arg.channel) : undefined;
}

/** The first frame of a private connection. `now` is milliseconds since the epoch by the venue's clock. */
export function writeLogin({ apiKey, secret, passphrase }: Credentials, now: number): string {
  const timestamp = loginTimestamp(now);
  const sign = loginSignature(timestamp, secret);
  return JSON.stringify({ op: 'login', args: [{ apiKey, passphrase, timestamp, sign }] });
}

export function writeAccountSubscription(channels: readonly AccountChannel[]): string {
  return JSON.stringify({ op: 'subscribe', args: channels.map((channel) => CHANNELS[channel]) });
}

/** What a client asks for on the private socket; undefined for what the venue calls an invalid request. */
export function parseAccountOperation(text: string): OkxAccountOperation | undefined {
  const request = parseObject(text);
  if (request === undefined || !Array.isArray(request.args)) return undefined;
  const args: readonly unknown[] = request.args;
  if (request.op === 'login') {
    const [login] = args;
    return isLogin(login) ? { op: 'login', login } : undefined;
  }
  if (request.op !== 'subscribe' && request.op !== 'unsubscribe') return undefined;
  if (args.length === 0 || !args.every(isAccountArgument)) return undefined;
  return { op: request.op, args: args.map(toAccountArgument) };
}

export function acknowledgeLogin(connectionId: string): string {
  return JSON.stringify({ event: 'login', code: OK, msg: '', connId: connectionId });
}

export function acknowledgeChannel(
  event: 'subscribe' | 'unsubscribe',
  arg: OkxAccountArgument,
  connectionId: string,
): string {
  return JSON.stringify({ event, arg, connId: connectionId });
}

export function writeError(code: string, msg: string, connectionId: string): string {
  return JSON.stringify({ event: 'error', code, msg, connId: connectionId });
}

/** A push. `eventType` is for positions and the account: snapshot or event_update. */
export function writePush(
  arg: OkxAccountArgument,
  data: readonly (OkxOrderRow | OkxPositionRow | OkxAccountRow)[],
  eventType?: 'snapshot' | 'event_update',
): string {
  return JSON.stringify({ arg, ...(eventType === undefined ? {} : { eventType }), data });
}

/** The body of an answer over REST. */
export interface OkxAnswer {
  readonly code: string;
  readonly msg: string;
  /** Undefined when there is no list. */
  readonly data: readonly unknown[] | undefined;
}

export function writeAnswer(data: readonly object[], code: string = OK, msg = ''): string {
  return JSON.stringify({ code, msg, data });
}

/** Undefined for what is no answer of the venue. */
export function parseAnswer(text: string): OkxAnswer | undefined {
  const answer = parseObject(text);
  if (typeof answer?.code !== 'string') return undefined;
  const { code, msg, data } = answer;
  return { code, msg: typeof msg === 'string' ? msg : '', data: Array.isArray(data) ? data : undefined };
}

function isLogin(received: unknown): received is OkxLogin {
  if (!isObject(received)) return false;
  const { apiKey, passphrase, timestamp, sign } = received;
  return [apiKey, passphrase, timestamp, sign].every((each) => typeof each === 'string');
}

function isAccountArgument(received: unknown): received is JsonObject & OkxAccountArgument {
  if (!isObject(received) || typeof received.channel !== 'string') return false;
  return received.instType === undefined || typeof received.instType === 'string';
}

function toAccountArgument({ channel, instType }: OkxAccountArgument): OkxAccountArgument {
  return instType === undefined ? { channel } : { channel, instType };
}
