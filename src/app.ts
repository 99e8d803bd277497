import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { openAccountFollower } from './app-accounts.ts';
import { type AppBase, folderOf } from './app-base.ts';
import { busStates, openBus } from './app-bus.ts';
import { logDataIssues } from './app-data-issues.ts';
import { type HeldGateway, openGateways } from './app-gateways.ts';
import { openPrices, type WatchedPrices } from './app-prices.ts';
import { openRedis, redisStates } from './app-redis.ts';
import { isDemo, keepTrimmed, openAccounts } from './app-stores.ts';
import { openTunnel, tunnelFacts, tunnelStates } from './app-tunnel.ts';
import { type Clock, SYSTEM_CLOCK } from './async/clock.ts';
import type { Bus } from './bus/bus.ts';
import { OrderStreams } from './bus/order-streams.ts';
import { LruRoom } from './cache/lru.ts';
import { greet } from './cli/greeting.ts';
import { readPackage } from './cli/package.ts';
import { type Commands, createCommands } from './commands/commands.ts';
import { openRegistry } from './commands/registry.ts';
import type { Config } from './config.ts';
import { Allowance } from './domain/allowance.ts';
import { MS_PER_DAY } from './domain/day.ts';
import { LOCAL_VIEWER } from './domain/viewer.ts';
import type { GatewaySession } from './exchanges/gateways.ts';
import { createExecution } from './execution/execution.ts';
import type { GraphContext, ServerFacts } from './graphql/context.ts';
import { buildSchema, hashSchema } from './graphql/schema.ts';
import { BarViews } from './loaders/bar-views.ts';
import { createLoaders } from './loaders/loaders.ts';
import { Premiums } from './loaders/premiums.ts';
import type { Logger } from './logger.ts';
import { createDeskServer } from './server/http.ts';
import type { PageFacts } from './server/page.ts';
import { readStartingOperations } from './server/starting-operations.ts';
import { demoBarsFolder } from './simulator/demo.ts';
import { seedDemoCommands } from './simulator/demo-commands.ts';
import type { AccountStore } from './store/accounts.ts';
import { openTranscripts } from './store/files/transcript-files.ts';
import { type DeskStore, openDeskStore } from './store/sqlite/desk-store.ts';
import { lockDataFolder } from './store/sqlite/folder-lock.ts';
import { deskStorePath, transcriptFolder } from './store/sqlite/paths.ts';
import type { TranscriptStore } from './store/transcripts.ts';

/** Orders that ended longer ago are not in a snapshot of an account's orders any more. */
const ORDER_RETENTION_MS = 7 * MS_PER_DAY;

/** A client that was away for longer gets a StreamGap and a snapshot. */
const ORDER_EVENTS_KEPT_MS = 30 * MS_PER_DAY;

/** How long a store may take to show that it is there. */
const READINESS_TIMEOUT_MS = 2_000;

/** What one operation may read of the output of runs. */
const OUTPUT_BYTES_PER_OPERATION = 16 * 1024 * 1024;

/** Rows of series that are kept as JSON: some 600 kB for twenty years of daily bars with all fields. */
const BLOCK_BYTES = 128 * 1024 * 1024;

/** What the front page starts the demo's backtest with. */
const DEMO_SCRIPT = 'moving-average.ts';

const NO_COMMANDS = { workspace: undefined, concurrency: { total: 1, perUser: 1 }, programs: [] };

/** What runs, after it has started. */
export interface App {
  readonly url: string;
  /** What a person who started it wants to read first. */
  readonly greeting: string;
  /** Finishes what is under way, then closes everything, in the opposite order of its start. */
  close(): Promise<void>;
}

export interface AppOptions {
  readonly logger: Logger;
  readonly clock?: Clock;
}

/**
 * Builds every object once, in the order in which they need each other. Fails when the port or the data folder is not to
 * be had, which belongs to one server at a time, and when a configured program cannot be run.
 */
export async function startApp(config: Config, { logger, clock = SYSTEM_CLOCK }: AppOptions): Promise<App> {
  // What was opened so far is closed again when a later step fails.
  await using opened = new AsyncDisposableStack();
  mkdirSync(config.dataFolder, { recursive: true });
  opened.use(lockDataFolder(config.dataFolder));
  const base: AppBase = { config, logger, clock, opened, isDemo: isDemo(config), startedAt: clock.now() };
  const { kind: store, accountStore, accountDrops, marketDocuments } = await openAccounts(base);
  const tunnel = await openTunnel(base);
  const redis = await openRedis(base);
  const { cache, sources } = await openPrices(base, { quantaxis: marketDocuments, openTunnel: tunnel?.open, redis });
  const openedBus = await openBus(base);
  const { bus } = openedBus;
  const desk = openDeskRecords(base);
  const commands = await openCommands(base, { bus, desk });
  const local = new Map<string, GatewaySession>();
  const isLocal = (name: string): boolean => local.has(name);
  const { shared } = openedBus;
  // Loaded only where it is used.
  const neighbours =
    shared &&
    (await import('./app-neighbours.ts')).meetNeighbours(base, { shared, isLocal, orderEvents: desk.orderEvents });
  const orderStreams = new OrderStreams({
    bus,
    history: desk.orderEvents,
    isShared: (accountCookie) => [...local.values()].some(({ account }) => account?.accountCookie === accountCookie),
    elsewhere: neighbours?.orders,
    now: () => clock.now(),
    retentionMs: ORDER_RETENTION_MS,
  });
  const held = config.role === 'api' ? [] : await openGateways(base, { bus, orderStreams, desk });
  for (const { session } of held) local.set(session.name, session);
  neighbours?.serve([...local.values()]);
  for (const { account } of local.values()) if (account !== undefined) orderStreams.offer(account.accountCookie);
  const gateways = (): readonly GatewaySession[] => [...local.values(), ...(neighbours?.gateways() ?? [])];
  const { orderEvents } = desk;
  const followed = { accountStore, bus, orderStreams, orderEvents, keptMs: ORDER_EVENTS_KEPT_MS };
  const accountFollower = openAccountFollower(base, followed);

  const premiums = new Premiums();
  const views = new BarViews();
  const schema = buildSchema();
  const { name, version } = readPackage();
  const dataIssuesOf = logDataIssues(logger);
  const facts: ServerFacts = {
    name,
    version,
    startedAt: base.startedAt,
    schemaHash: hashSchema(schema),
    store,
    bus: openedBus.shared === undefined ? 'memory' : 'redis',
    sources: () => sources.map((each) => ({ ...each.status(), assetTypes: each.assetTypes, hosts: each.hosts() })),
    ...tunnelFacts(tunnel),
    tradingEnabled: false,
  };
  const server = createDeskServer({
    host: config.host,
    port: config.port,
    execution: createExecution({
      schema,
      hideSuggestions: config.isProduction,
      blockRoom: new LruRoom({ maxBytes: BLOCK_BYTES, maxEntries: undefined }),
    }),
    graphiql: config.graphiql,
    operations: readStartingOperations(),
    corsOrigins: config.corsOrigins,
    logger,
    newRequestId: randomUUID,
    viewerOf: async () => LOCAL_VIEWER,
    readiness: async () => {
      const isReady = await canRead(accountStore);
      const dependencies = {
        store: isReady ? 'ok' : 'unavailable',
        ...(await redisStates(redis)),
        ...busStates(openedBus),
        ...tunnelStates(tunnel),
        ...sourceStates(sources),
        ...gatewayStates(gateways()),
      };
      return { isReady, dependencies };
    },
    pageFacts: () => ({
      ...{ name, version, store: facts.store, dataFolder: basename(config.dataFolder), isDemo: base.isDemo },
      ...pageOffers({ isDemo: base.isDemo, gateways: [...held, ...(neighbours?.onPage() ?? [])], commands }),
    }),
    contextOf: (origin): GraphContext => {
      const { viewer, signal, resumeAfter } = origin;
      const dataIssues = dataIssuesOf(origin);
      return {
        ...{ viewer, signal, dataIssues },
        loaders: createLoaders({ viewer, accountStore, cache, premiums, views, report: dataIssues.report, signal }),
        barCache: cache,
        accountDrops,
        ...{ gateways: gateways(), bus, orderStreams, accountFollower, commands, resumeAfter },
        recordedOrders: neighbours?.recordedOrders ?? orderEvents,
        outputAllowance: new Allowance(OUTPUT_BYTES_PER_OPERATION, 'bytes of output'),
        server: facts,
        now: () => clock.now(),
      };
    },
  });
  opened.defer(() => server.close());
  const { url } = await server.listen();
  const running = opened.move();
  let closing: Promise<void> | undefined;
  return {
    url,
    greeting: greet({ config, url, version, isDemo: base.isDemo }),
    close: () => {
      closing ??= running.disposeAsync();
      return closing;
    },
  };
}

interface DeskRecords extends Omit<DeskStore, 'close'> {
  readonly transcripts: TranscriptStore;
}

function openDeskRecords(base: AppBase): DeskRecords {
  const folder = folderOf(base);
  const store = openDeskStore({ path: deskStorePath(folder), newEpoch: randomUUID });
  base.opened.defer(() => store.close());
  const transcripts = openTranscripts({ folder: transcriptFolder(folder) });
  base.opened.defer(() => transcripts.close());
  const trim = (before: number): Promise<void> => store.orderEvents.trim(before);
  keepTrimmed(base, { what: 'old order events', keptMs: ORDER_EVENTS_KEPT_MS, trim });
  return { ...store, transcripts };
}

async function openCommands(base: AppBase, { bus, desk }: { bus: Bus; desk: DeskRecords }): Promise<Commands> {
  const { clock, config, opened } = base;
  const folder = folderOf(base);
  const configured =
    config.commands ??
    (base.isDemo ? await seedDemoCommands({ folder, barsFolder: demoBarsFolder(folder) }) : NO_COMMANDS);
  const { registry, problems } = await openRegistry({ ...configured, nodePath: process.execPath });
  if (problems.length > 0) throw new Error(problems.join('; '));
  const commands = await createCommands({
    registry,
    bus,
    runs: desk.runs,
    transcripts: desk.transcripts,
    concurrency: configured.concurrency,
    clock,
    newId: randomUUID,
    runFolder: join(folder, 'work'),
    logger: base.logger,
  });
  opened.defer(() => commands.close());
  return commands;
}

function canRead(store: AccountStore): Promise<boolean> {
  return store.check(AbortSignal.timeout(READINESS_TIMEOUT_MS)).then(
    () => true,
    () => false,
  );
}

/** A source that is down leaves the server ready: accounts and cached series are still answered. */
function sourceStates(sources: readonly WatchedPrices[]): Record<string, string> {
  const states = sources.map((source) => source.status());
  return Object.fromEntries(
    states.map(({ name, isAvailable }) => [`source ${name}`, isAvailable ? 'ok' : 'unavailable']),
  );
}

/** A venue that is away leaves the server ready: everything else is still answered. */
function gatewayStates(gateways: readonly GatewaySession[]): Record<string, string> {
  return Object.fromEntries(
    gateways.map((gateway) => [`gateway ${gateway.name}`, gateway.status().state.toLowerCase()]),
  );
}

interface OfferedOnPage {
  readonly isDemo: boolean;
  readonly gateways: readonly HeldGateway[];
  readonly commands: Commands;
}

/** What the front page follows, and what it starts: commands that need no arguments. */
function pageOffers({ isDemo, gateways, commands }: OfferedOnPage): Pick<PageFacts, 'gateways' | 'commands'> {
  return {
    gateways: gateways.flatMap(({ session: { name, account }, symbols }) => {
      if (symbols.length === 0 && account === undefined) return [];
      return [{ name, symbols, accountCookie: account?.accountCookie ?? null }];
    }),
    commands: commands.list().flatMap(({ name, kind, parameters }) => {
      if (isDemo && kind === 'BACKTEST') return [{ name, script: DEMO_SCRIPT }];
      return parameters.some(({ required }) => required) ? [] : [{ name }];
    }),
  };
}
