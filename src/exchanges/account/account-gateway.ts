import { Backoff } from '../../async/backoff.ts';
import type { Clock } from '../../async/clock.ts';
import { CodedError } from '../../domain/errors.ts';
import type { GatewayConnection } from '../../domain/gateway.ts';
import type { AccountChannel } from '../../domain/live-account.ts';
import type { LiveOrder } from '../../domain/live-order.ts';
import { foreignOrderKey, ownOrderKey } from '../../domain/live-order.ts';
import { orderOfReport, orderOfRequest } from '../../domain/order-join.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import type { OrderRequest, OrderTarget } from '../../domain/order-request.ts';
import { createRestClient, type RestClient } from '../../transport/rest-client.ts';
import type { SocketTiming } from '../../transport/web-socket-client.ts';
import type { ConnectionStanding } from '../gateway-standing.ts';
import type { AccountSession, AccountSink, CancelOutcome, OrderRefusal, PlaceOutcome } from '../gateways.ts';
import type { OrderJournal } from '../order-journal.ts';
import type { Credentials, VenueAccount } from '../venue-account.ts';
import { AccountConnection, type AccountNews } from './account-connection.ts';
import { Blotter } from './blotter.ts';
import { Holdings } from './holdings.ts';
import { OrderEntry, type OrderEntryTiming } from './order-entry.ts';
import { readHoldings, readOrders } from './reconciliation.ts';
import { Uncertainty } from './uncertainty.ts';
import { VenueClient, VenueUnreadable } from './venue-client.ts';

export interface AccountTiming extends OrderEntryTiming {
  readonly requestTimeoutMs: number;
  /** How often everything is asked for anew while the connection stands: a push may be missing. */
  readonly reconcileEveryMs: number;
}

const DEFAULT_TIMING: AccountTiming = {
  requestTimeoutMs: 5_000,
  orderValidityMs: 5_000,
  pushTimeoutMs: 1_000,
  reconcileEveryMs: 60_000,
};

/** What a gateway needs to carry an account. */
export interface AccountOptions {
  readonly accountCookie: string;
  readonly credentials: Credentials;
  readonly channels: readonly AccountChannel[];
  readonly journal: OrderJournal;
  readonly sink: AccountSink;
  /** Whether orders may be sent. */
  readonly tradingEnabled: boolean;
  readonly timing?: Partial<AccountTiming> | undefined;
}

export interface AccountGatewayOptions extends AccountOptions {
  readonly gateway: string;
  readonly venue: VenueAccount;
  readonly urls: { readonly private?: string | undefined; readonly rest?: string | undefined };
  /** Asked for one by one when only the id of an order is known. */
  readonly symbols: readonly string[];
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly acknowledgeTimeoutMs: number;
  readonly socket: Partial<SocketTiming>;
  onTrouble(reason: string): void;
  onUnreadable(reason: string): void;
  onFault(error: unknown): void;
  /** `standing`, or what of the status is worth telling, says something else. */
  onChange(): void;
}

/** Changes of orders this long before the last one that is known are asked for again: clocks of a venue differ. */
const OVERLAP_MS = 60_000;
/** How far an account is looked back on of which no order is known. */
const FIRST_LOOK_BACK_MS = 24 * 3600 * 1000;
const MOST_BUFFERED = 50_000;
const MOST_SYMBOLS_ASKED = 20;

/**
 * What a gateway knows and does of one account. On each connection everything that may have been missed is asked for
 * first; what is pushed meanwhile waits. Only when both are merged and stored orders are taken.
 */
export class AccountGateway implements AccountSession {
  readonly accountCookie: string;
  readonly #options: AccountGatewayOptions;
  readonly #timing: AccountTiming;
  readonly #connection: AccountConnection;
  readonly #http: RestClient;
  readonly #client: VenueClient;
  readonly #blotter: Blotter;
  readonly #holdings: Holdings;
  readonly #uncertainty: Uncertainty;
  readonly #entry: OrderEntry;
  readonly #backoff: Backoff;
  /** What came before the reconciliation was done; undefined: it is done. */
  #buffer: AccountNews[] | undefined = [];
  /** Raised with each connection: what a former one left under way comes to nothing. */
  #generation = 0;
  #loading: Promise<void> | undefined;
  #reconciledAt: number | null = null;
  #problem: string | null = null;
  #cancelNext: (() => void) | undefined;

  /** Throws a TypeError for a URL that is none. */
  constructor(options: AccountGatewayOptions) {
    const { venue, urls, clock, random, credentials, journal, gateway, accountCookie, sink, onFault } = options;
    const { rest } = venue;
    this.accountCookie = accountCookie;
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    const { orderValidityMs } = this.#timing;
    this.#http = createRestClient({ url: urls.rest ?? rest.url, timeoutMs: this.#timing.requestTimeoutMs, clock });
    this.#client = new VenueClient({ rest, http: this.#http, credentials, clock });
    const onChange = (): void => options.onChange();
    this.#blotter = new Blotter({ gateway, accountCookie, journal, clock, random, onChange });
    this.#holdings = new Holdings({ gateway, accountCookie, sink, clock });
    this.#uncertainty = new Uncertainty({
      ...{ client: this.#client, blotter: this.#blotter, rest, clock, random, orderValidityMs, onFault },
    });
    this.#entry = new OrderEntry({
      ...{ accountCookie, rest, journal, clock, client: this.#client, blotter: this.#blotter },
      uncertainty: this.#uncertainty,
      timing: this.#timing,
      gate: () => this.#gate(),
    });
    this.#backoff = new Backoff(random);
    this.#connection = this.#createConnection();
  }

  start(): void {
    this.#connection.start();
  }

  /** Ends the connection; may be started again. */
  async stop(): Promise<void> {
    await this.#connection.stop();
  }

  /** Ends everything, for good; what is being stored is stored. */
  async close(): Promise<void> {
    this.#uncertainty.close();
    await this.#connection.stop();
    await this.#http.close();
    this.#blotter.close();
  }

  placeOrder(request: OrderRequest): Promise<PlaceOutcome> {
    return this.#entry.place(request);
  }

  cancelOrder(target: OrderTarget, symbol?: string): Promise<CancelOutcome> {
    return this.#entry.cancel(target, symbol);
  }

  async order(target: OrderTarget): Promise<LiveOrder | undefined> {
    const { journal, accountCookie } = this.#options;
    const known = this.#blotter.find(target) ?? (await journal.order(accountCookie, target));
    return known ?? this.#askForOrder(target);
  }

  async openOrders(): Promise<readonly LiveOrder[]> {
    await this.#load();
    return this.#blotter.open();
  }

  standing(): ConnectionStanding {
    const { lastFailure } = this.#connection.status();
    const state = this.#connection.state();
    if (!this.#connection.isReady) return { kind: 'PRIVATE', state, reason: lastFailure };
    if (this.#buffer !== undefined) return { kind: 'PRIVATE', state: 'RECONCILING', reason: this.#problem };
    const reason = this.#blotter.trouble ?? this.#problem;
    return { kind: 'PRIVATE', state: reason === null ? 'CONNECTED' : 'DEGRADED', reason };
  }

  status(): GatewayConnection[] {
    const { gateway, channels } = this.#options;
    const { lastFailure: _, ...socket } = this.#connection.status();
    const { state } = this.standing();
    const { underWay, lastFailure: __, ...http } = this.#http.status();
    return [
      {
        ...socket,
        ...{ gateway, kind: 'PRIVATE', index: 0, state, subscriptions: [...channels] },
        ...{ queuedRequests: null, droppedRequests: null },
      },
      {
        ...http,
        ...{ gateway, kind: 'REST', index: 0, connectedAt: null, reconnects: 0, nextAttemptAt: null },
        ...{ state: this.#connection.state() === 'DISABLED' ? 'DISABLED' : 'CONNECTED', subscriptions: [] },
        ...{ queuedRequests: underWay, droppedRequests: 0 },
      },
    ];
  }

  #createConnection(): AccountConnection {
    const { venue, urls, clock, random, credentials, channels, acknowledgeTimeoutMs, socket } = this.#options;
    const { onTrouble, onUnreadable, onFault, onChange } = this.#options;
    return new AccountConnection({
      ...{ clock, random, credentials, acknowledgeTimeoutMs, socket, onTrouble, onUnreadable, onFault, onChange },
      venueSocket: venue.socket,
      url: urls.private ?? venue.socket.url,
      // Orders are always followed: without their pushes nobody would know what became of one.
      channels: [...new Set<AccountChannel>(['orders', ...channels])],
      onNews: (news) => this.#receive(news),
      onReady: () => this.#reconcile(),
      onLost: () => this.#lost(),
    });
  }

  #gate(): OrderRefusal | undefined {
    const refuse = (code: OrderRefusal['code'], message: string): OrderRefusal => {
      return { type: 'REFUSED', code, message, venueCode: null };
    };
    if (!this.#options.tradingEnabled) return refuse('TRADING_DISABLED', 'orders may not be sent through this gateway');
    const { state, reason } = this.standing();
    if (state === 'CONNECTED') return undefined;
    return refuse('GATEWAY_DOWN', `the gateway is ${state}${reason === null ? '' : `: ${reason}`}`);
  }

  #receive(news: AccountNews): void {
    if (this.#buffer === undefined) {
      this.#apply([news]);
      return;
    }
    this.#buffer.push(news);
    if (this.#buffer.length > MOST_BUFFERED) this.#connection.reconnect('more was pushed than could be kept');
  }

  #apply(news: readonly AccountNews[]): void {
    const reports = news.flatMap((each) => (each.type === 'ORDER' ? [each.report] : []));
    for (const each of news) {
      if (each.type === 'POSITION') this.#holdings.position(each.position);
      if (each.type === 'BALANCE') this.#holdings.balance(each.balance);
    }
    if (reports.length === 0) return;
    this.#blotter.learn({ reports }).catch((error: unknown) => this.#fail(error));
  }

  #lost(): void {
    this.#generation += 1;
    this.#cancelNext?.();
    this.#buffer = [];
    this.#problem = null;
  }

  /** Asks for everything that may have been missed, until it is known. */
  #reconcile(): void {
    const generation = this.#generation;
    const isCurrent = (): boolean => generation === this.#generation;
    this.#readAll(isCurrent).then(
      () => {
        if (!isCurrent()) return;
        this.#backoff.reset();
        this.#problem = null;
        this.#reconcileAfter(this.#timing.reconcileEveryMs);
        this.#options.onChange();
      },
      (error: unknown) => {
        if (!isCurrent()) return;
        this.#problem = `the orders could not be compared with the venue's: ${this.#reasonOf(error)}`;
        this.#reconcileAfter(this.#backoff.next());
        this.#options.onChange();
      },
    );
  }

  #reconcileAfter(delayMs: number): void {
    this.#cancelNext = this.#options.clock.after(delayMs, () => this.#reconcile());
  }

  async #readAll(isCurrent: () => boolean): Promise<void> {
    const { clock, venue, journal, accountCookie } = this.#options;
    const { rest } = venue;
    const startedAt = clock.now();
    await this.#load();
    const known = this.#reconciledAt ?? this.#blotter.lastEventAt;
    const since = known === null ? startedAt - FIRST_LOOK_BACK_MS : known - OVERLAP_MS;
    const asked = { client: this.#client, rest, blotter: this.#blotter, since, now: startedAt };
    const orders = await readOrders(asked);
    // Pushes that come while the connection stands are newer than any answer about holdings.
    const holdings = this.#buffer === undefined ? undefined : await readHoldings(asked);
    if (!isCurrent()) return;
    await this.#blotter.learn(orders);
    const open = await journal.openSubmissions(accountCookie);
    const lost = open.map(({ request, submittedAt }) => orderOfRequest(request, 'UNKNOWN', submittedAt));
    const unknown = this.#blotter.open().filter(({ status }) => status === 'UNKNOWN');
    const unsettled = [...unknown, ...lost].filter((each) => !this.#entry.isUnderWay(each.clientOrderId ?? ''));
    await this.#uncertainty.resume(unsettled);
    if (!isCurrent()) return;
    if (holdings !== undefined) this.#holdings.replace(holdings);
    this.#reconciledAt = startedAt;
    const buffered = this.#buffer ?? [];
    this.#buffer = undefined;
    this.#apply(buffered);
  }

  /** What earlier processes knew; read once, again only when that failed. */
  #load(): Promise<void> {
    this.#loading ??= this.#blotter.load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** An order that is not known here: the venue wants to be told the symbol. */
  async #askForOrder(target: OrderTarget): Promise<LiveOrder | undefined> {
    const { symbols, venue, gateway, accountCookie } = this.#options;
    for (const symbol of symbols.slice(0, MOST_SYMBOLS_ASKED)) {
      const answer = await this.#client.ask<OrderReport>(venue.rest.order(symbol, target));
      if (answer.type === 'DONE') {
        const { clientOrderId, orderId } = answer.value;
        const isOwn = clientOrderId !== null && clientOrderId === target.clientOrderId;
        const orderKey = isOwn ? ownOrderKey(clientOrderId) : foreignOrderKey(orderId);
        return orderOfReport(answer.value, { gateway, accountCookie, orderKey });
      }
      if (answer.type !== 'NOT_FOUND') {
        throw new CodedError('UPSTREAM_UNAVAILABLE', `the venue could not be asked for the order: ${answer.reason}`);
      }
    }
    return undefined;
  }

  #fail(error: unknown): void {
    if (error instanceof CodedError && error.code === 'SHUTTING_DOWN') return;
    this.#connection.reconnect(this.#reasonOf(error));
  }

  #reasonOf(error: unknown): string {
    if (error instanceof VenueUnreadable || error instanceof CodedError) return error.message;
    this.#options.onFault(error);
    return 'something unexpected went wrong';
  }
}
