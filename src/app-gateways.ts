import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AppBase, folderOf } from './app-base.ts';
import type { Bus } from './bus/bus.ts';
import type { OrderStreams } from './bus/order-streams.ts';
import type { Config } from './config.ts';
import type { GatewayConfig } from './config-credentials.ts';
import { CHECK_EVERY_SECONDS } from './config-file.ts';
import { ACCOUNT_CHANNELS } from './domain/live-account.ts';
import { MARKET_CHANNELS } from './domain/market-topic.ts';
import type { AccountOptions } from './exchanges/account/account-gateway.ts';
import { ConnectGates, type ConnectManners } from './exchanges/connect-gates.ts';
import type { ContractOptions } from './exchanges/contracts/contract-verifier.ts';
import { ExchangeGateway } from './exchanges/exchange-gateway.ts';
import type { GatewaySession } from './exchanges/gateways.ts';
import { PRIVATE_PATH } from './exchanges/okx/account-dialect.ts';
import { BUSINESS_PATH, PUBLIC_PATH } from './exchanges/okx/dialect.ts';
import type { OrderJournal } from './exchanges/order-journal.ts';
import type { Credentials } from './exchanges/venue-account.ts';
import { findVenue } from './exchanges/venues.ts';
import { accountSink, marketSink } from './market-sink.ts';
import { DEMO_PRICE_SEED } from './simulator/paper/instruments.ts';
import { startPaperVenue } from './simulator/paper/paper-venue.ts';
import type { DeskStore } from './store/sqlite/desk-store.ts';
import { venueBanStorePath } from './store/sqlite/paths.ts';
import { openVenueBanStore } from './store/sqlite/sqlite-venue-ban-store.ts';
import { RestShare } from './transport/rest-share.ts';

/** A gateway and the symbols that it holds from its start. */
export interface HeldGateway {
  readonly session: GatewaySession;
  readonly symbols: readonly string[];
}

export interface GatewayParts {
  readonly bus: Bus;
  readonly orderStreams: OrderStreams;
  readonly desk: Pick<DeskStore, 'orderEvents' | 'orderSubmissions' | 'accountComparisons' | 'contracts'>;
}

/** The simulated desk trades at the paper venue. */
const DEMO_GATEWAY: GatewayConfig = {
  name: 'paper',
  venue: 'paper',
  symbols: ['BTC-USDT', 'ETH-USDT', 'BTC-USDT-SWAP'],
  accountCookie: 'paper',
};

/** Orders that have ended which a gateway has at hand from its start; it asks the store for others. */
const MOST_ENDED_ORDERS = 2_000;

/** Opens and starts the configured gateways, and the paper venues that they connect to. */
export async function openGateways(base: AppBase, parts: GatewayParts): Promise<readonly HeldGateway[]> {
  const { config, opened, isDemo } = base;
  const configured = isDemo && config.gateways.length === 0 ? [DEMO_GATEWAY] : config.gateways;
  if (configured.length === 0) return [];
  const gates = new ConnectGates({ clock: base.clock, random: Math.random });
  const restShare = await openRestShare(folderOf(base), base);
  const gateways: (HeldGateway & { readonly session: ExchangeGateway })[] = [];
  for (const each of configured) gateways.push(await createGateway(base, { ...parts, gates, restShare }, each));
  for (const { session } of gateways) {
    opened.defer(() => session.stop());
    session.start();
  }
  return gateways;
}

/** The bans that an earlier process met hold for this one, too. */
export async function openRestShare(
  folder: string,
  { clock, logger, opened }: Pick<AppBase, 'clock' | 'logger' | 'opened'>,
): Promise<RestShare> {
  const records = openVenueBanStore({ path: venueBanStorePath(folder) });
  opened.defer(() => records.close());
  const onFault = (error: unknown): void => logger.warn({ error }, 'a ban by a venue could not be kept');
  const restShare = new RestShare({ clock, records, onFault });
  opened.defer(() => restShare.bans.close());
  await restShare.bans.load();
  return restShare;
}

interface SharedParts extends GatewayParts {
  readonly gates: ConnectGates;
  readonly restShare: RestShare;
}

async function createGateway(base: AppBase, parts: SharedParts, configured: GatewayConfig) {
  const { clock, logger, config } = base;
  const { name, venue: venueName, symbols, channels, accountCookie } = configured;
  const venue = findVenue(venueName);
  if (venue === undefined) throw new Error(`there is no venue ${venueName}`);
  const paper = venueName === 'paper' ? await openPaperVenue(base, accountCookie ?? name) : undefined;
  const session = new ExchangeGateway({
    ...{ name, venue, symbols, clock, logger, restShare: parts.restShare },
    urls: paper?.urls ?? configured.urls,
    proxy: proxyOf(config, configured),
    gate: parts.gates.of(venue, mannersOf(configured)),
    sink: marketSink(parts.bus),
    channels: MARKET_CHANNELS.filter((channel) => channels?.includes(channel) ?? true),
    account: accountOf(base, parts, {
      ...{ accountCookie, channels, isPaper: paper !== undefined },
      credentials: paper?.credentials ?? configured.credentials,
    }),
    contracts: paper === undefined && !isVenuesOwn(configured) ? undefined : contractsOf(parts, configured),
    random: Math.random,
  });
  return { session, symbols };
}

/** The tunnel is reached as any other program reaches it. */
function proxyOf({ ssh }: Config, { proxy }: GatewayConfig): string | undefined {
  return proxy === 'tunnel' ? `socks5://127.0.0.1:${ssh?.localPort}` : proxy;
}

function mannersOf({ connectJitterMs, reconnectEverySeconds }: GatewayConfig): ConnectManners {
  return {
    jitterMs: connectJitterMs,
    reconnectEveryMs: reconnectEverySeconds === undefined ? undefined : reconnectEverySeconds * 1_000,
  };
}

/** Sockets that are somewhere else than the venue's have no list to be held against, unless it is said where. */
function isVenuesOwn({ urls }: GatewayConfig): boolean {
  return urls?.rest !== undefined || Object.values(urls ?? {}).every((url) => url === undefined);
}

function contractsOf({ desk }: GatewayParts, { name, venue, contracts }: GatewayConfig): ContractOptions {
  const list = { venue, gateway: name };
  return {
    records: {
      read: () => desk.contracts.contracts(list),
      write: (stored) => desk.contracts.replaceContracts(list, stored),
    },
    policy: contracts?.policy ?? 'block',
    checkEveryMs: (contracts?.checkEverySeconds ?? CHECK_EVERY_SECONDS) * 1_000,
  };
}

interface CarriedAccount extends Pick<GatewayConfig, 'channels' | 'accountCookie' | 'credentials'> {
  readonly isPaper: boolean;
}

/** Undefined: the gateway carries none. */
function accountOf({ config }: AppBase, parts: GatewayParts, carried: CarriedAccount): AccountOptions | undefined {
  const { accountCookie, channels, credentials, isPaper } = carried;
  if (accountCookie === undefined || credentials === undefined) return undefined;
  return {
    ...{ accountCookie, credentials },
    channels: ACCOUNT_CHANNELS.filter((channel) => channels?.includes(channel) ?? true),
    journal: orderJournal(parts),
    sink: accountSink(parts.bus),
    // The paper venue takes orders whether or not real venues may get any.
    tradingEnabled: isPaper || config.tradingEnabled,
  };
}

/**
 * Order events go through their stream, so that who follows the account is told what was stored. Orders that were read
 * from QIFI states, before a gateway carried the account, are none of which its venue knows.
 */
export function orderJournal({ orderStreams, desk }: GatewayParts): OrderJournal {
  const { orderEvents, orderSubmissions, accountComparisons } = desk;
  return {
    orders: async (accountCookie, since) => {
      const { orders } = await orderEvents.state(accountCookie, { since, most: MOST_ENDED_ORDERS });
      return orders.filter(({ gateway }) => gateway !== null);
    },
    order: async (accountCookie, target) => {
      const order = await orderEvents.order(accountCookie, target);
      return order?.gateway === null ? undefined : order;
    },
    record: (accountCookie, changes) => orderStreams.record(accountCookie, changes),
    submit: (submission) => orderSubmissions.submit(submission),
    submission: (accountCookie, clientOrderId) => orderSubmissions.submission(accountCookie, clientOrderId),
    withdraw: (accountCookie, clientOrderId) => orderSubmissions.withdraw(accountCookie, clientOrderId),
    comparedAt: (accountCookie) => accountComparisons.comparedAt(accountCookie),
    compared: (accountCookie, at) => accountComparisons.compared(accountCookie, at),
    openSubmissions: (accountCookie) => orderSubmissions.openSubmissions(accountCookie),
  };
}

/** A venue of its own for an account, or for a gateway without one; its orders and balances outlive the process. */
async function openPaperVenue(base: AppBase, name: string) {
  const folder = join(folderOf(base), 'paper');
  mkdirSync(folder, { recursive: true });
  const newSecret = (): string => randomBytes(24).toString('hex');
  const credentials: Credentials = { apiKey: newSecret(), secret: newSecret(), passphrase: newSecret() };
  const venue = await startPaperVenue({
    port: 0,
    clock: base.clock,
    seed: DEMO_PRICE_SEED,
    journalPath: join(folder, `${encodeURIComponent(name)}.jsonl`),
    credentials,
  });
  base.opened.defer(() => venue.close());
  const { url, restUrl } = venue;
  const paths = { public: PUBLIC_PATH, business: BUSINESS_PATH, private: PRIVATE_PATH };
  const sockets = Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `${url}${path}`]));
  return { credentials, urls: { ...sockets, rest: restUrl } };
}
