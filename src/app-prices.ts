import { type AppBase, folderOf } from './app-base.ts';
import { DailyCache } from './cache/daily-cache.ts';
import { VENDOR_FAULT_TIMES } from './cache/load-faults.ts';
import type { LoadFault } from './cache/series-loader.ts';
import { SessionCalendars } from './cache/sessions/session-calendars.ts';
import { SessionMarkets } from './cache/sessions/session-markets.ts';
import type { SourceConfig } from './config-file.ts';
import { ASSET_TYPES, type AssetType } from './domain/asset-rules.ts';
import { isNotFound } from './domain/errors.ts';
import { demoBarsFolder } from './simulator/demo.ts';
import { createFolderSource } from './sources/folder/folder-source.ts';
import type { PriceSource } from './sources/price-source.ts';
import type { QuantaxisReader } from './sources/quantaxis/quantaxis-source.ts';
import { createSourceList } from './sources/source-list.ts';
import { type SourceStatus, watchSource } from './sources/watched-source.ts';
import type { HttpHostStatus } from './transport/http-host.ts';
import type { OpenStream } from './transport/http-stream.ts';
import type { RedisConnection } from './transport/redis-connection.ts';

/** What the price sources read through. */
export interface PriceParts {
  /** Undefined without MONGO_URL. */
  readonly quantaxis: QuantaxisReader | undefined;
  /** What `proxy: tunnel` leads through; undefined without SSH_ENABLED. */
  readonly openTunnel: OpenStream | undefined;
  /** Where processes share what they have loaded; undefined without REDIS_URL. */
  readonly redis: RedisConnection | undefined;
}

/** A price source as operators see it. */
export interface WatchedPrices {
  readonly assetTypes: readonly AssetType[];
  status(): SourceStatus;
  /** The hosts that it has asked. */
  hosts(): readonly HttpHostStatus[];
}

export interface OpenPrices {
  readonly cache: DailyCache;
  /** In the order of the configuration. */
  readonly sources: readonly WatchedPrices[];
}

/** The cache of daily series over the configured sources, or over the demo's folder. Nobody is asked before a read. */
export async function openPrices(base: AppBase, parts: PriceParts): Promise<OpenPrices> {
  const { config, logger, clock, opened } = base;
  const now = (): number => clock.now();
  const markets = new SessionMarkets(new SessionCalendars({ overridesPath: config.calendarOverrides }));
  const named = namedSources(base);
  const sources = await Promise.all(named.map((each) => openSource(base, { ...parts, named: each, markets })));
  const list = createSourceList(sources.map(({ source }) => source));
  const isTelling = sources.some(({ isLocal }) => isLocal);
  const names = new Set(sources.map(({ source }) => source.name));
  const hasSource = (name: string): boolean => names.has(name);
  const hasVendors = sources.some(({ isLocal }) => !isLocal);
  // What lies in a folder is near enough. Loaded only where it is used, as the vendors are.
  const tiers = hasVendors ? (await import('./app-tiers.ts')).openTiers(base, parts.redis) : undefined;
  const cache = new DailyCache({
    bars: {
      ...tiers?.bars,
      load: list.loadBars,
      hasSource,
      ...(isTelling ? { revision: list.barsRevision, revisionAtOnce: list.barsRevisionAtOnce } : {}),
    },
    navs: { ...tiers?.navs, load: list.loadNavs, hasSource, ...(isTelling ? { revision: list.navsRevision } : {}) },
    markets,
    ...config.cache,
    now,
    // Looking into a folder again costs nothing.
    ...(hasVendors ? { faultTimes: VENDOR_FAULT_TIMES } : {}),
    onFault: (fault) => {
      if (isWorthALine(fault)) logger.warn(fault, 'a series could not be loaded');
    },
  });
  opened.defer(() => cache.close());
  return { cache, sources };
}

interface NamedSource {
  readonly name: string;
  readonly config: SourceConfig;
}

/** The second folder is `folder-2`, so that answers and health tell them apart. */
function namedSources(base: AppBase): readonly NamedSource[] {
  const { sources } = base.config;
  if (sources.length === 0 && base.isDemo) {
    return [{ name: 'demo', config: { vendor: 'folder', path: demoBarsFolder(folderOf(base)) } }];
  }
  return sources.map((config, index) => {
    const earlier = sources.slice(0, index).filter(({ vendor }) => vendor === config.vendor).length;
    return { name: earlier === 0 ? config.vendor : `${config.vendor}-${earlier + 1}`, config };
  });
}

interface SourceParts extends PriceParts {
  readonly named: NamedSource;
  readonly markets: SessionMarkets;
}

interface OpenSource extends WatchedPrices {
  readonly source: PriceSource;
  /** Whether it tells its revisions at a look. */
  readonly isLocal: boolean;
}

async function openSource({ config, clock, opened }: AppBase, parts: SourceParts): Promise<OpenSource> {
  const { named, markets, quantaxis, openTunnel } = parts;
  const { name } = named;
  if (named.config.vendor === 'folder') {
    const folder = createFolderSource({ path: named.config.path, name, now: () => clock.now() });
    const source = watchSource(folder);
    return { source, isLocal: true, assetTypes: ASSET_TYPES, status: source.status, hosts: () => [] };
  }
  const { createVendorSource } = await import('./sources/vendors.ts');
  const vendor = createVendorSource(named.config, {
    ...{ clock, random: Math.random, name, quantaxis, openTunnel },
    startDay: config.cache.defaultStartDay,
    lastFinalDay: (identity, now) => markets.bars(identity)?.lastFinalSession(now),
  });
  opened.defer(() => vendor.close());
  const source = watchSource(vendor);
  return { source, isLocal: false, assetTypes: vendor.assetTypes, status: source.status, hosts: vendor.hosts };
}

/** A code that no source has is an answer; only what a source could not do is worth a line. */
function isWorthALine({ error }: LoadFault): boolean {
  return !isNotFound(error);
}
