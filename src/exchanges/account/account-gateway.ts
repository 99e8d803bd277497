import type { Clock } from '../../async/clock.ts';
import { SingleFlight } from '../../async/single-flight.ts';
import { CodedError } from '../../domain/errors.ts';
import type { GatewayConnection, GatewayState } from '../../domain/gateway.ts';
import type { AccountChannel } from '../../domain/live-account.ts';
import { foreignOrderKey, type LiveOrder, ownOrderKey } from '../../domain/live-order.ts';
import { orderOfReport } from '../../domain/order-join.ts';
import type { OrderReport } from '../../domain/order-report.ts';
import type { OrderRequest, OrderTarget } from '../../domain/order-request.ts';
import type { AttemptReport } from '../../transport/rest-attempts.ts';
import { banText, RestScheduler } from '../../transport/rest-scheduler.ts';
import type { RestShare } from '../../transport/rest-share.ts';
import type { SocketTiming, WebSocketClientOptions } from '../../transport/web-socket-client.ts';
import type { ConnectionStanding } from '../gateway-standing.ts';
import type { AccountSession, AccountSink, CancelOutcome, OrderRefusal, PlaceOutcome } from '../gateways.ts';
import type { OrderJournal } from '../order-journal.ts';
import type { Credentials, VenueAccount } from '../venue-account.ts';
import { AccountConnection, type AccountNews } from './account-connection.ts';
import { Blotter } from './blotter.ts';
import { Comparison } from './comparison.ts';
import { Holdings } from './holdings.ts';
import { OrderEntry } from './order-entry.ts';
import { Uncertainty } from './uncertainty.ts';
import { VenueClient, VenueUnreadable } from './venue-client.ts';

/** What a gateway needs to carry an account. */
export interface AccountOptions {
  readonly accountCookie: string;
  readonly credentials: Credentials;
  readonly channels: readonly AccountChannel[];
  readonly journal: OrderJournal;
  readonly sink: AccountSink;
  /** Whether orders may be sent. */
  readonly tradingEnabled: boolean;
}

export interface AccountGatewayOptions extends AccountOptions, Pick<WebSocketClientOptions, 'gate' | 'agent'> {
  readonly gateway: string;
  readonly venue: VenueAccount;
  readonly urls: { readonly private?: string | undefined; readonly rest?: string | undefined };
  /** Asked for one by one when only the id of an order is known, and where the venue lists by symbol. */
  readonly symbols: readonly string[];
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly acknowledgeTimeoutMs: number;
  readonly socket: Partial<SocketTiming>;
  /** What is shared with the others who ask this venue. */
  readonly restShare: RestShare;
  /** A http:, https: or socks5: URL through which the requests go. */
  readonly proxy?: string | undefined;
  /** One for each attempt of a request; the text is all of it without secrets, null when it was answered with 2xx. */
  onAttempt?(attempt: AttemptReport, text: string | null): void;
  /** Why no order for the symbol can be sent as its contract stands; undefined: it can. */
  contractRefusal(symbol: string): string | undefined;
  onTrouble(reason: string): void;
  onUnreadable(reason: string): void;
  onFault(error: unknown): void;
  /** `standing`, or what of the status is worth telling, says something else. */
  onChange(): void;
  /** `heldSymbols` may answer otherwise. */
  onHeldChange(): void;
}

const REQUEST_TIMEOUT_MS = 5_000;
const ORDER_TIMING = { orderValidityMs: 5_000, pushTimeoutMs: 1_000, storeTimeoutMs: 5_000 };
const COMPARE_EVERY_MS = 60_000;
const MOST_SYMBOLS_ASKED = 20;

/** What a gateway knows and does of one account. Orders are taken once it was compared with the venue. */
export class AccountGateway implements AccountSession {
  readonly accountCookie: string;
  readonly #options: AccountGatewayOptions;
  readonly #connection: AccountConnection;
  readonly #http: RestScheduler;
  readonly #client: VenueClient;
  readonly #blotter: Blotter;
  readonly #holdings: Holdings;
  readonly #uncertainty: Uncertainty;
  readonly #comparison: Comparison;
  readonly #entry: OrderEntry;
  readonly #questions = new SingleFlight<LiveOrder | undefined>();

  /** Throws a TypeError for a URL that is none. */
  constructor(options: AccountGatewayOptions) {
    const { venue, urls, clock, random, credentials, journal, gateway, accountCookie, sink, onFault } = options;
    const { rest } = venue;
    this.accountCookie = accountCookie;
    this.#options = options;
    const onChange = (): void => options.onChange();
    this.#http = new RestScheduler({
      ...{ url: urls.rest ?? rest.url, timeoutMs: REQUEST_TIMEOUT_MS, clock, random, rules: rest, onChange },
      // Whoever asks repeats a question by itself, and looks first whether it is still worth one.
      mostRepeats: 0,
      account: accountCookie,
      ...{ share: options.restShare, proxy: options.proxy, secrets: Object.values(credentials) },
      onAttempt: (attempt, text) => options.onAttempt?.(attempt, text),
      onClockAlarm: (reason) => options.onTrouble(reason),
    });
    const client = new VenueClient({ rest, http: this.#http, credentials });
    const onLearned = (): void => options.onHeldChange();
    const blotter = new Blotter({ gateway, accountCookie, journal, clock, random, onChange, onLearned });
    const holdings = new Holdings({ gateway, accountCookie, sink, clock });
    const { orderValidityMs } = ORDER_TIMING;
    const uncertainty = new Uncertainty({ client, blotter, rest, clock, random, orderValidityMs, onFault });
    const parts = { accountCookie, client, rest, journal, blotter, uncertainty, clock };
    this.#client = client;
    this.#blotter = blotter;
    this.#holdings = holdings;
    this.#uncertainty = uncertainty;
    this.#entry = new OrderEntry({
      ...parts,
      timing: ORDER_TIMING,
      placingGate: (request) => this.#placingGate(request),
      cancellingGate: () => this.#cancellingGate(),
    });
    this.#comparison = new Comparison({
      ...{ ...parts, holdings, random, onChange },
      channels: options.channels,
      symbols: options.symbols,
      everyMs: COMPARE_EVERY_MS,
      isUnderWay: (clientOrderId) => this.#entry.isUnderWay(clientOrderId),
      apply: (news) => this.#apply(news),
      reasonOf: (error) => this.#reasonOf(error),
    });
    this.#connection = this.#createConnection();
  }

  get hasCompared(): boolean {
    return this.#holdings.areKnown;
  }

  /** Instruments in which it has a position or an open order; some more than once. */
  heldSymbols(): readonly string[] {
    return [...this.#holdings.instruments(), ...this.#blotter.open().map(({ symbol }) => symbol)];
  }

  start(): void {
    this.#http.start();
    this.#connection.start();
  }

  /** Ends the connection; may be started again. */
  async stop(): Promise<void> {
    this.#http.pause();
    await this.#connection.stop();
  }

  /** Ends everything, for good; what is being stored is stored. */
  async close(): Promise<void> {
    this.#uncertainty.close();
    await this.#connection.stop();
    await this.#http.stop({ drain: false, timeoutMs: 0 });
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
    return known ?? this.#questions.run(JSON.stringify(target), () => this.#askForOrder(target)).result;
  }

  async openOrders(): Promise<readonly LiveOrder[]> {
    await this.#comparison.load();
    return this.#blotter.open();
  }

  standing(): ConnectionStanding {
    const { ban, clockAlarm } = this.#http.status();
    if (ban !== undefined) return { kind: 'REST', state: 'DISCONNECTED', reason: banText(ban) };
    const { lastFailure } = this.#connection.status();
    const state = this.#connection.state();
    if (!this.#connection.isReady) return { kind: 'PRIVATE', state, reason: lastFailure };
    const { isDone, problem } = this.#comparison;
    if (!isDone) return { kind: 'PRIVATE', state: 'RECONCILING', reason: problem };
    const reason = this.#blotter.trouble ?? problem ?? clockAlarm;
    return { kind: 'PRIVATE', state: reason === null ? 'CONNECTED' : 'DEGRADED', reason };
  }

  status(): GatewayConnection[] {
    const { gateway, channels } = this.#options;
    const { lastFailure: _, ...socket } = this.#connection.status();
    const { state } = this.standing();
    const { lastMessageAt, latencyMs, lastSentText, lastReceivedText, queued, dropped, ban } = this.#http.status();
    return [
      {
        ...socket,
        ...{ gateway, kind: 'PRIVATE', index: 0, state, subscriptions: [...channels] },
        ...{ queuedRequests: null, droppedRequests: null },
      },
      {
        ...{ lastMessageAt, latencyMs, lastSentText, lastReceivedText },
        ...{ gateway, kind: 'REST', index: 0, connectedAt: null, reconnects: 0, nextAttemptAt: ban?.until ?? null },
        ...{ state: this.#restState(), subscriptions: [], queuedRequests: queued, droppedRequests: dropped },
      },
    ];
  }

  #restState(): GatewayState {
    const { ban, lastFailure } = this.#http.status();
    if (this.#connection.state() === 'DISABLED') return 'DISABLED';
    if (ban !== undefined) return 'DISCONNECTED';
    return lastFailure === null ? 'CONNECTED' : 'DEGRADED';
  }

  #createConnection(): AccountConnection {
    const { venue, urls, clock, random, credentials, channels, acknowledgeTimeoutMs, socket } = this.#options;
    const { gate, agent, onTrouble, onUnreadable, onFault, onChange } = this.#options;
    return new AccountConnection({
      ...{ clock, random, credentials, acknowledgeTimeoutMs, socket, gate, agent },
      ...{ onTrouble, onUnreadable, onFault, onChange },
      venueSocket: venue.socket,
      url: urls.private ?? venue.socket.url,
      venueNow: () => this.#http.toVenueTime(clock.now()),
      // Orders are always followed: without their pushes nobody would know what became of one.
      channels: [...new Set<AccountChannel>(['orders', ...channels])],
      onNews: (news) => this.#receive(news),
      onReady: () => this.#comparison.begin(),
      onLost: () => this.#comparison.end(),
    });
  }

  /** A comparison that failed while the connection stands says nothing against placing. */
  #placingGate({ symbol }: OrderRequest): OrderRefusal | undefined {
    const closed = this.#cancellingGate();
    if (closed !== undefined) return closed;
    if (!this.#comparison.isDone) return this.#down();
    if (this.#blotter.trouble !== null) return this.#down();
    const reason = this.#options.contractRefusal(symbol);
    return reason === undefined ? undefined : refusal('GATEWAY_DOWN', reason);
  }

  /** To cancel is right as long as there is somebody to hear it. */
  #cancellingGate(): OrderRefusal | undefined {
    if (!this.#options.tradingEnabled) {
      return refusal('TRADING_DISABLED', 'orders may not be sent through this gateway');
    }
    const isBanned = this.#http.status().ban !== undefined;
    return this.#connection.isReady && !isBanned ? undefined : this.#down();
  }

  #down(): OrderRefusal {
    const { state, reason } = this.standing();
    return refusal('GATEWAY_DOWN', `the gateway is ${state}${reason === null ? '' : `: ${reason}`}`);
  }

  #receive(news: AccountNews): void {
    const kept = this.#comparison.hold(news);
    if (kept === 'DONE') this.#apply([news]);
    if (kept === 'FULL') this.#connection.reconnect('more was pushed than could be kept');
  }

  #apply(news: readonly AccountNews[]): void {
    const reports = news.flatMap((each) => (each.type === 'ORDER' ? [each.report] : []));
    for (const each of news) {
      if (each.type === 'POSITION') this.#holdings.position(each.position);
      if (each.type === 'BALANCE') this.#holdings.balance(each.balance);
    }
    if (news.some(({ type }) => type === 'POSITION')) this.#options.onHeldChange();
    if (reports.length === 0) return;
    this.#blotter.learn({ reports }).catch((error: unknown) => {
      if (error instanceof CodedError && error.code === 'SHUTTING_DOWN') return;
      this.#connection.reconnect(this.#reasonOf(error));
    });
  }

  /** An order that is not known here: the venue wants to be told the symbol. */
  async #askForOrder(target: OrderTarget): Promise<LiveOrder | undefined> {
    const { symbols, venue } = this.#options;
    for (const symbol of symbols.slice(0, MOST_SYMBOLS_ASKED)) {
      const answer = await this.#client.ask<OrderReport>(venue.rest.order(symbol, target));
      if (answer.type === 'DONE') return this.#toOrder(answer.value);
      if (answer.type === 'NOT_FOUND') continue;
      throw new CodedError('UPSTREAM_UNAVAILABLE', `the venue could not be asked for the order: ${answer.reason}`);
    }
    return undefined;
  }

  async #toOrder(report: OrderReport): Promise<LiveOrder> {
    const { gateway, accountCookie, journal } = this.#options;
    const { clientOrderId, orderId } = report;
    const isOwn = clientOrderId !== null && (await journal.submission(accountCookie, clientOrderId)) !== undefined;
    const orderKey = isOwn ? ownOrderKey(clientOrderId) : foreignOrderKey(orderId);
    return orderOfReport(report, { gateway, accountCookie, orderKey });
  }

  #reasonOf(error: unknown): string {
    if (error instanceof VenueUnreadable || error instanceof CodedError) return error.message;
    this.#options.onFault(error);
    return 'something unexpected went wrong';
  }
}

function refusal(code: OrderRefusal['code'], message: string): OrderRefusal {
  return { type: 'REFUSED', code, message, venueCode: null };
}
