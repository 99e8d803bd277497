import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DailyCache } from './cache/daily-cache.ts';
import type { LoadFault } from './cache/series-reader.ts';
import { greet } from './cli/greeting.ts';
import { readPackage } from './cli/package.ts';
import type { Config } from './config.ts';
import { ASSET_TYPES } from './domain/asset-rules.ts';
import { dayOfInstant } from './domain/day.ts';
import { CodedError } from './domain/errors.ts';
import { sizeOfBars, sizeOfNavs } from './domain/series.ts';
import { LOCAL_VIEWER } from './domain/viewer.ts';
import { createExecution } from './execution/execution.ts';
import type { GraphContext, ServerFacts } from './graphql/context.ts';
import { buildSchema, hashSchema } from './graphql/schema.ts';
import { createLoaders } from './loaders/loaders.ts';
import type { Logger } from './logger.ts';
import { createDeskServer } from './server/http.ts';
import { readStartingOperations } from './server/starting-operations.ts';
import { demoBarsFolder, discardOtherDemo, seedDemo } from './simulator/demo.ts';
import { createFolderSource } from './sources/folder/folder-source.ts';
import { createSourceList } from './sources/source-list.ts';
import { type WatchedSource, watchSource } from './sources/watched-source.ts';
import type { AccountStore } from './store/accounts.ts';
import { accountStorePath } from './store/sqlite/paths.ts';
import { openSqliteAccountStore } from './store/sqlite/sqlite-account-store.ts';

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
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** Builds every object once, in the order in which they need each other. Fails when the port or the data folder is not to be had. */
export async function startApp(config: Config, { logger, now = Date.now }: AppOptions): Promise<App> {
  const startedAt = now();
  const demoFolder = join(config.dataFolder, 'demo');
  const isDemo = config.demo === 'ON' || (config.demo === 'AUTO' && !existsSync(accountStorePath(config.dataFolder)));
  const folder = isDemo ? demoFolder : config.dataFolder;
  if (isDemo) await discardOtherDemo(folder);
  mkdirSync(folder, { recursive: true });

  const accountStore = openSqliteAccountStore({ path: accountStorePath(folder) });
  if (isDemo) {
    const throughDay = dayOfInstant(startedAt) - 1;
    await seedDemo({ folder, throughDay, writeDocuments: (documents) => accountStore.writeDocuments(documents) });
  }
  const folders = config.sources.map(({ path }, index) => createFolderSource({ path, name: folderName(index), now }));
  const isDemoBars = isDemo && folders.length === 0;
  const sources = (
    isDemoBars ? [createFolderSource({ path: demoBarsFolder(folder), name: 'demo', now })] : folders
  ).map(watchSource);
  const source = createSourceList(sources);
  const cache = new DailyCache({
    bars: { load: source.loadBars, revision: source.barsRevision, sizeOf: sizeOfBars },
    navs: { load: source.loadNavs, revision: source.navsRevision, sizeOf: sizeOfNavs },
    ...config.cache,
    now,
    onFault: (fault) => logFault(logger, fault),
  });

  const schema = buildSchema();
  const { name, version } = readPackage();
  const facts: ServerFacts = {
    name,
    version,
    startedAt,
    schemaHash: hashSchema(schema),
    store: 'sqlite',
    bus: 'memory',
    sources: () => sources.map((each) => ({ ...each.status(), assetTypes: ASSET_TYPES })),
    tunnel: () => 'DISABLED',
    tradingEnabled: false,
  };
  const server = createDeskServer({
    host: config.host,
    port: config.port,
    execution: createExecution({ schema, hideSuggestions: config.isProduction }),
    graphiql: config.graphiql,
    operations: readStartingOperations(),
    corsOrigins: config.corsOrigins,
    logger,
    newRequestId: randomUUID,
    viewerOf: async () => LOCAL_VIEWER,
    readiness: async () => {
      const isReady = await canRead(accountStore);
      return { isReady, dependencies: { store: isReady ? 'ok' : 'unavailable', ...sourceStates(sources) } };
    },
    pageFacts: () => ({ name, version, store: facts.store, dataFolder: basename(config.dataFolder), isDemo }),
    contextOf: ({ viewer }): GraphContext => ({
      viewer,
      loaders: createLoaders({ viewer, accountStore, cache }),
      barCache: cache,
      server: facts,
      now,
    }),
  });
  const close = async (): Promise<void> => {
    await server.close();
    cache.close();
    accountStore.close();
  };
  const { url } = await server.listen().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return { url, greeting: greet({ config, url, version, isDemo }), close };
}

/** A code that no source has is an answer; only what a source could not do is worth a line. */
function logFault(logger: Logger, fault: LoadFault): void {
  if (fault.error instanceof CodedError && fault.error.code === 'NOT_FOUND') return;
  logger.warn(fault, 'a series could not be loaded');
}

/** The second folder is `folder-2`, so that answers and health tell them apart. */
function folderName(index: number): string {
  return index === 0 ? 'folder' : `folder-${index + 1}`;
}

function canRead(store: AccountStore): Promise<boolean> {
  return store.latestSnapshots([{ source: 'HISTORY', accountCookie: '' }]).then(
    () => true,
    () => false,
  );
}

/** A source that is down leaves the server ready: accounts and cached series are still answered. */
function sourceStates(sources: readonly WatchedSource[]): Record<string, string> {
  const states = sources.map((source) => source.status());
  return Object.fromEntries(
    states.map(({ name, isAvailable }) => [`source ${name}`, isAvailable ? 'ok' : 'unavailable']),
  );
}
