import { randomUUID } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Clock } from '../async/clock.ts';
import type { Gateway } from '../domain/gateway.ts';
import { type MarketChannel, type MarketTopic, topicName } from '../domain/market-topic.ts';
import type { Logger } from '../logger.ts';
import type { ConnectGate } from '../transport/connect-gate.ts';
import { proxyAgent } from '../transport/proxy-agent.ts';
import { RestShare } from '../transport/rest-share.ts';
import type { SocketLocation } from '../transport/web-socket-client.ts';
import { AccountGateway, type AccountOptions } from './account/account-gateway.ts';
import { type ContractOptions, ContractVerifier } from './contracts/contract-verifier.ts';
import { FaultLog } from './fault-log.ts';
import { gatewayStanding, graver, type Standing } from './gateway-standing.ts';
import type { AccountSession, ContractsSession, GatewaySession, MarketSink } from './gateways.ts';
import { SocketGroup } from './socket-group.ts';
import { locateSocket } from './socket-locator.ts';
import { TopicRegistry } from './topic-registry.ts';
import type { Venue, VenueSocket } from './venue.ts';
import { type ConnectionTiming, VenueConnection } from './venue-connection.ts';

export interface GatewayTiming extends ConnectionTiming {
  /** How long a topic that nobody wants any more is still kept. */
  readonly lingerMs: number;
}

const DEFAULT_TIMING: GatewayTiming = {
  acknowledgeTimeoutMs: 5_000,
  staleAfterMs: 10_000,
  silence: { ticks: 60_000, bars: 180_000, trades: 600_000 },
  lingerMs: 30_000,
  socket: {},
};

/** How the configuration names the sockets. */
const URL_NAMES = { PUBLIC: 'public', BUSINESS: 'business', PRIVATE: 'private', REST: 'rest' } as const;
type UrlName = (typeof URL_NAMES)[keyof typeof URL_NAMES] | NonNullable<VenueSocket['urlName']>;

export interface ExchangeGatewayOptions {
  readonly name: string;
  readonly venue: Venue;
  /** Instead of the venue's own. */
  readonly urls?: Partial<Readonly<Record<UrlName, string | undefined>>> | undefined;
  /** Whose orders it carries; market data alone when absent. */
  readonly account?: AccountOptions | undefined;
  /** How the venue's contracts are verified; they are not when absent, nor where the venue does not say what it lists. */
  readonly contracts?: ContractOptions | undefined;
  /** Held from the start to the end, in each of the channels; bars of one minute. */
  readonly symbols: readonly string[];
  readonly channels: readonly MarketChannel[];
  /** http:, https: or socks5: address of a proxy, with user and password: all connections lead through it. */
  readonly proxy?: string | undefined;
  /** Shared by all gateways of the venue. */
  readonly gate?: ConnectGate | undefined;
  readonly sink: MarketSink;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly logger?: Logger | undefined;
  readonly timing?: Partial<GatewayTiming> | undefined;
  /** What is shared with other gateways that ask the same venue: its bans and limits. One of its own unless given. */
  readonly restShare?: RestShare | undefined;
}

/**
 * A session with a venue over as many sockets as what is wanted needs. Throws a TypeError for a URL that is none, and for
 * an account at a venue of which only market data is read.
 */
export class ExchangeGateway implements GatewaySession {
  readonly name: string;
  readonly #options: ExchangeGatewayOptions;
  readonly #faults: FaultLog;
  readonly #restShare: RestShare;
  readonly #registry: TopicRegistry;
  readonly #groups: readonly SocketGroup[];
  readonly #contracts: ContractVerifier | undefined;
  readonly #account: AccountGateway | undefined;
  /** Through the proxy. */
  readonly #agents: Agent[] = [];
  /** Configured topics that the venue does not have. */
  readonly #missing = new Set<string>();
  #isStarted = false;
  #hasStopped = false;
  #isEnabled = true;
  #standing: Standing = { state: 'DISABLED', reason: null };
  #stateSince: number;
  #fingerprint = '';

  constructor(options: ExchangeGatewayOptions) {
    const { name, venue, clock, logger } = options;
    const timing = { ...DEFAULT_TIMING, ...options.timing };
    this.name = name;
    this.#options = options;
    this.#restShare = options.restShare ?? new RestShare({ clock });
    this.#faults = new FaultLog({ clock, logger, gateway: name });
    this.#registry = new TopicRegistry({ clock, lingerMs: timing.lingerMs, onChange: () => this.#follow() });
    this.#groups = venue.sockets.map(
      (venueSocket) => new SocketGroup(venueSocket, (index) => this.#createConnection(venueSocket, index, timing)),
    );
    this.#contracts = this.#createVerifier();
    this.#account = options.account && this.#createAccount(options.account, timing);
    this.#stateSince = clock.now();
  }

  get account(): AccountSession | undefined {
    return this.#account;
  }

  get contracts(): ContractsSession | undefined {
    return this.#contracts;
  }

  start(): void {
    if (this.#isStarted || this.#hasStopped) return;
    this.#isStarted = true;
    this.#registry.want(heldTopics(this.#options));
    this.#follow();
  }

  /** Ends every socket and timer, for good; resolves when the sockets are gone. */
  async stop(): Promise<void> {
    this.#hasStopped = true;
    this.#follow();
    this.#registry.clear();
    // What a proxy has not opened yet would otherwise outlive the sockets that wait for it.
    for (const agent of this.#agents) agent.destroy();
    const ends = [this.#account?.close(), this.#contracts?.close()];
    await Promise.all([...ends, ...this.#groups.map((group) => group.stop())]);
    if (this.#options.restShare === undefined) this.#restShare.bans.close();
  }

  setEnabled(isEnabled: boolean): void {
    this.#isEnabled = isEnabled;
    this.#follow();
  }

  want(topics: readonly MarketTopic[]): () => void {
    return this.#hasStopped ? () => {} : this.#registry.want(topics);
  }

  status(): Gateway {
    const { name, venue, account } = this.#options;
    const connections = this.#needed();
    const ofAccount = this.#account?.status() ?? [];
    const clients = ofAccount.filter(({ kind }) => kind === 'REST').length;
    const connectionStates = [
      ...connections.map((connection) => connection.status()),
      ...ofAccount,
      ...(this.#contracts === undefined ? [] : [this.#contracts.status(clients)]),
    ];
    const times = connectionStates.map(({ lastMessageAt }) => lastMessageAt).filter((at) => at !== null);
    return {
      name,
      venue: venue.name,
      accountCookie: account?.accountCookie ?? null,
      tradingEnabled: account?.tradingEnabled ?? false,
      hasComparedAccount: this.#account?.hasCompared ?? false,
      state: this.#standing.state,
      stateReason: this.#standing.reason,
      stateSince: this.#stateSince,
      lastMessageAt: times.length === 0 ? null : Math.max(...times),
      connections: connectionStates,
      contractReport: this.#contracts?.report ?? null,
    };
  }

  #createConnection(venueSocket: VenueSocket, index: number, timing: GatewayTiming): VenueConnection {
    const { name, sink, clock, random, gate } = this.#options;
    const url = this.#configuredUrl(venueSocket) ?? venueSocket.url;
    return new VenueConnection({
      gateway: name,
      ...{ venueSocket, index, url, clock, random, timing, gate },
      agent: this.#agentFor(url),
      locate: this.#locatorOf(venueSocket),
      onQuote: (quote) => sink.quote(quote),
      onPrint: (print) => sink.print(print),
      onBar: (bar) => sink.bar(bar),
      onRefused: (topic, reason) => this.#refuse(topic, reason),
      onInterrupted: (topic) => sink.interrupted(name, topic),
      onDropped: (topic) => sink.dropped(name, topic),
      onTrouble: (reason) => this.#faults.trouble(reason),
      onUnreadable: (reason) => this.#faults.unreadable(reason),
      onFault: (error) => this.#faults.fault(error),
      onChange: () => this.#publish(),
    });
  }

  #configuredUrl({ kind, urlName }: VenueSocket): string | undefined {
    return this.#options.urls?.[urlName ?? URL_NAMES[kind]];
  }

  #agentFor(url: string): Agent | undefined {
    const { proxy } = this.#options;
    if (proxy === undefined) return undefined;
    const agent = proxyAgent(proxy, url.startsWith('wss:') ? 'https' : 'http');
    this.#agents.push(agent);
    return agent;
  }

  #locatorOf(venueSocket: VenueSocket): ((signal: AbortSignal) => Promise<SocketLocation>) | undefined {
    const { admission } = venueSocket;
    if (admission === undefined) return undefined;
    const { urls, clock, proxy, venue } = this.#options;
    const options = {
      ...{ admission, clock, proxy, heartbeat: venueSocket.heartbeat },
      ...{ restShare: this.#restShare, rules: venue.account?.rest ?? {} },
      restUrl: urls?.rest,
      socketUrl: this.#configuredUrl(venueSocket),
    };
    return (signal) => locateSocket({ ...options, id: randomUUID() }, signal);
  }

  #createAccount(account: AccountOptions, timing: GatewayTiming): AccountGateway {
    const { name, venue, urls = {}, symbols, clock, random, logger, gate, proxy } = this.#options;
    if (venue.account === undefined)
      throw new TypeError(`received an account at ${venue.name}, of which only market data is read`);
    return new AccountGateway({
      ...account,
      ...{ gateway: name, venue: venue.account, urls, symbols, clock, random, gate, proxy },
      restShare: this.#restShare,
      agent: this.#agentFor(urls.private ?? venue.account.socket.url),
      contractRefusal: (symbol) => this.#contracts?.refusalOf(symbol),
      ...{ acknowledgeTimeoutMs: timing.acknowledgeTimeoutMs, socket: timing.socket },
      onAttempt: (attempt, text) => logger?.debug({ gateway: name, ...attempt, request: text }, 'a request was sent'),
      onTrouble: (reason) => this.#faults.trouble(reason),
      onUnreadable: (reason) => this.#faults.unreadable(reason),
      onFault: (error) => this.#faults.fault(error),
      onChange: () => this.#publish(),
      onHeldChange: () => {
        if (this.#contracts?.isBlocking === true) this.#publish();
      },
    });
  }

  #createVerifier(): ContractVerifier | undefined {
    const { name, venue, urls, proxy, contracts, clock, random, logger } = this.#options;
    if (contracts === undefined || venue.contracts === undefined) return undefined;
    return new ContractVerifier({
      ...{ ...contracts, gateway: name, venue: venue.contracts, proxy, clock, random, logger },
      ...{ url: urls?.rest ?? venue.contracts.url, restShare: this.#restShare, rules: venue.account?.rest ?? {} },
      onFault: (error) => logger?.error({ gateway: name, error }, 'could not verify the contracts of a venue'),
      onChange: () => this.#publish(),
    });
  }

  /** Brings the sockets to what is wanted now. */
  #follow(): void {
    const topics = this.#registry.topics();
    for (const topic of topics.values()) {
      if (this.#carrierOf(topic) === undefined) this.#refuse(topic, 'the venue does not offer it');
    }
    for (const group of this.#groups) {
      group.setWanted(new Map([...topics].filter(([, topic]) => this.#carrierOf(topic) === group)));
    }
    const needed = this.#isRunning() ? this.#needed() : [];
    for (const connection of this.#groups.flatMap(({ connections }) => connections)) {
      if (needed.includes(connection)) connection.start();
      else void connection.stop();
    }
    if (this.#isRunning()) {
      this.#account?.start();
      this.#contracts?.start();
    } else {
      void this.#account?.stop();
      this.#contracts?.stop();
    }
    this.#publish();
  }

  #isRunning(): boolean {
    return this.#isStarted && this.#isEnabled && !this.#hasStopped;
  }

  #carrierOf(topic: MarketTopic): SocketGroup | undefined {
    return this.#groups.find((group) => group.carries(topic));
  }

  #needed(): VenueConnection[] {
    return this.#groups.flatMap((group) => group.needed());
  }

  #refuse(topic: MarketTopic, reason: string): void {
    const name = topicName(topic);
    if (heldTopics(this.#options).some((held) => topicName(held) === name)) this.#missing.add(name);
    if (this.#registry.drop(name)) this.#options.sink.refused(this.name, topic, reason);
  }

  /** Tells the sink when the status says something else than what it was told last. */
  #publish(): void {
    this.#stand(this.#isRunning() ? this.#running() : this.#off());
    const status = this.status();
    const fingerprint = fingerprintOf(status);
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    this.#options.sink.status(status);
  }

  #tell({ state, reason }: Standing): void {
    const { logger, name: gateway } = this.#options;
    const fields = { gateway, state, reason };
    if (state === 'CONNECTING') logger?.debug(fields, 'a gateway connects');
    else logger?.info(fields, 'a gateway changed its state');
  }

  #running(): Standing {
    const needed = this.#account === undefined ? this.#needed() : [...this.#needed(), this.#account];
    const sockets = gatewayStanding(needed.map((each) => each.standing()));
    const verified = this.#contracts?.standing(() => this.#heldSymbols());
    const standing = verified === undefined ? sockets : graver(sockets, verified);
    if (standing.state !== 'CONNECTED' || this.#missing.size === 0) return standing;
    return { state: 'DEGRADED', reason: `the venue does not have ${[...this.#missing].join(', ')}` };
  }

  /** The contracts of which somebody wants something: the configuration, a subscriber, the account. */
  #heldSymbols(): Set<string> {
    const wanted = this.#registry.topics().values();
    const held = this.#account?.heldSymbols() ?? [];
    return new Set([...this.#options.symbols, ...wanted.map(({ symbol }) => symbol), ...held]);
  }

  #off(): Standing {
    return { state: 'DISABLED', reason: this.#isEnabled ? null : 'switched off' };
  }

  #stand(standing: Standing): void {
    if (standing.state !== this.#standing.state) {
      this.#stateSince = this.#options.clock.now();
      this.#tell(standing);
    }
    this.#standing = standing;
  }
}

function heldTopics({ symbols, channels }: ExchangeGatewayOptions): MarketTopic[] {
  return symbols.flatMap((symbol) =>
    channels.map((channel) => (channel === 'bars' ? { channel, symbol, interval: 'M1' } : { channel, symbol })),
  );
}

/** What of a status is worth telling: not what every message changes. */
function fingerprintOf(status: Gateway): string {
  const { state, stateReason, hasComparedAccount, connections, contractReport } = status;
  const parts = connections.map((each) => [
    each.kind,
    each.index,
    each.state,
    each.connectedAt,
    each.reconnects,
    each.nextAttemptAt,
    each.subscriptions,
  ]);
  const ofContracts = [contractReport?.checkedAt, contractReport?.acceptedAt];
  return JSON.stringify([state, stateReason, hasComparedAccount, parts, ofContracts]);
}
