import type { Position } from '../domain/account.ts';
import type { AccountChannel } from '../domain/live-account.ts';
import type { FillReport, OrderReport } from '../domain/order-report.ts';
import type { OrderRequest, OrderTarget } from '../domain/order-request.ts';
import type { Heartbeat } from '../transport/heartbeat.ts';
import type { RestMethod } from '../transport/rest-exchange.ts';
import type { RestRules, RestTreatment } from '../transport/rest-rules.ts';

/** What proves to a venue whose orders these are. */
export interface Credentials {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
}

/** How a venue speaks of an account: a private socket that pushes, and requests that are signed. No I/O, no clock. */
export interface VenueAccount {
  readonly socket: VenueAccountSocket;
  readonly rest: VenueRest;
}

/** The private socket of a venue. */
export interface VenueAccountSocket {
  /** The venue's own; the configuration may name another. */
  readonly url: string;
  readonly heartbeat: Heartbeat;
  /** The first frame of a connection. `now` is milliseconds since the epoch. */
  login(credentials: Credentials, now: number): string;
  /** Frames that subscribe to the channels, for after the login. */
  subscribe(channels: readonly AccountChannel[]): readonly string[];
  /** Called anew for each connection, since what a reader remembers ends with it. */
  createReader(): AccountFrameReader;
}

/** What a frame says. Never throws, whatever came in. `receivedAt` is milliseconds since the epoch. */
export type AccountFrameReader = (text: string, receivedAt: number) => Iterable<AccountEvent>;

export type AccountEvent =
  | { readonly type: 'LOGGED_IN' }
  /** With these credentials, or this clock, there is no way in. */
  | { readonly type: 'LOGIN_REFUSED'; readonly reason: string }
  | { readonly type: 'SUBSCRIBED'; readonly channel: AccountChannel }
  | { readonly type: 'REFUSED'; readonly channel: AccountChannel; readonly reason: string }
  | { readonly type: 'ORDER'; readonly report: OrderReport }
  /** All volumes zero: closed. */
  | { readonly type: 'POSITION'; readonly position: Position }
  | { readonly type: 'BALANCE'; readonly balance: CurrencyBalance }
  /** Something that we asked for did not work, which may pass. */
  | { readonly type: 'TROUBLE'; readonly reason: string }
  /** The venue will close this connection. */
  | { readonly type: 'CLOSING'; readonly reason: string }
  /** A frame, or a part of one, that is not what the venue documents. */
  | { readonly type: 'UNREADABLE'; readonly reason: string };

/** What an account owns in one currency, as decimal text. */
export interface CurrencyBalance {
  readonly currency: string;
  readonly total: string;
  readonly available: string | null;
}

/** The signed requests of a venue, and its rules for them. */
export interface VenueRest extends RestRules {
  /** Scheme, host and port; the venue's own, the configuration may name another. */
  readonly url: string;
  /** Headers that prove who asks, for one attempt at this instant by the venue's clock. */
  sign(request: SignableRequest, credentials: Credentials, now: number): Readonly<Record<string, string>>;
  /**
   * For a venue whose signature is a part of the query or the body: what is sent instead of the request's own, made anew
   * for each attempt. `sign` gets what it answers.
   */
  complete?(request: SignableRequest, credentials: Credentials, now: number): SignableRequest;
  /** Codes of a REFUSED that the time in a signature is to blame for: the venue's clock is measured anew then. */
  readonly clockFaultCodes?: readonly string[] | undefined;
  /** The venue must not take the order any more once its clock is past `expiresAt`. Sent once, whatever it says. */
  placeOrder(request: OrderRequest, expiresAt: number): VenueRequest<PlacedOrder>;
  cancelOrder(symbol: string, target: OrderTarget): VenueRequest<PlacedOrder>;
  order(symbol: string, target: OrderTarget): VenueRequest<OrderReport>;
  /** A page of all orders that work; `after` is the `next` of the page before. */
  openOrders(after?: string): VenueRequest<VenuePage<OrderReport>>;
  /** The lists that together hold all orders that have ended; none where they are listed by symbol. */
  readonly finishedOrderLists: readonly string[];
  /**
   * Whether orders that have ended, and fills, are listed for one symbol at a time, which is the `list` of both then. They
   * are asked for under the symbols of the gateway and of the orders that are known.
   */
  readonly isListedBySymbol?: boolean | undefined;
  /** A page of the orders of one of the lists that were created at `since` or later and have ended. */
  finishedOrders(list: string, since: number, after?: string): VenueRequest<VenuePage<OrderReport>>;
  /** A page of all fills at `since` or later, or of those of one list. */
  fills(since: number, after?: string, list?: string): VenueRequest<VenuePage<FillReport>>;
  positions(): VenueRequest<readonly Position[]>;
  /** Asked for instead of `positions` where one answer may not have all of them. */
  positionPages?(after?: string): VenueRequest<VenuePage<Position>>;
  balances(): VenueRequest<readonly CurrencyBalance[]>;
}

/** What a signature covers. */
export interface SignableRequest {
  readonly method: RestMethod;
  /** Path and query. */
  readonly target: string;
  /** JSON text or form; empty for GET. */
  readonly body: string;
  /** Milliseconds since the epoch by the venue's clock from which on it must not be carried out any more. */
  readonly expiresAt?: number | undefined;
}

export interface VenueRequest<Value> extends SignableRequest, RestTreatment {
  /** Headers of its own, beside those of the signature. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Asked next when the answer is NOT_FOUND: where the venue keeps what is not there any more. */
  readonly otherwise?: VenueRequest<Value> | undefined;
  /**
   * What the answer says, also when its status says that all is well. One without content, 204, comes with the text
   * `null`. Never throws, whatever came in.
   */
  read(answer: { readonly status: number; readonly text: string }): VenueAnswer<Value>;
}

export type VenueAnswer<Value> =
  | { readonly type: 'DONE'; readonly value: Value }
  /** The venue says for certain that it did not do it. `code` is its own. */
  | { readonly type: 'REFUSED'; readonly code: string | null; readonly reason: string }
  /** The venue knows of no such order. */
  | { readonly type: 'NOT_FOUND'; readonly code: string | null; readonly reason: string }
  /** It does not say whether it was done: an error of the server, or nothing that can be read. */
  | { readonly type: 'UNCLEAR'; readonly reason: string };

/** The order that a request was about. */
export interface PlacedOrder {
  readonly orderId: string;
}

export interface VenuePage<Item> {
  readonly items: readonly Item[];
  /** Where the next page starts; undefined: this is the last. */
  readonly next: string | undefined;
}
