import type { Clock } from '../async/clock.ts';
import type { SourceConfig } from '../config-file.ts';
import type { Day } from '../domain/day.ts';
import { createHttpClient, type HttpClientOptions } from '../transport/http-client.ts';
import type { HttpHostStatus } from '../transport/http-host.ts';
import { openThroughProxy } from '../transport/http-proxy.ts';
import type { OpenStream } from '../transport/http-stream.ts';
import { createBinance } from './binance/binance-source.ts';
import { createEastmoney } from './eastmoney/eastmoney-source.ts';
import { createOkx } from './okx/okx-source.ts';
import { createQuantaxis, type QuantaxisReader } from './quantaxis/quantaxis-source.ts';
import { createSina } from './sina/sina-source.ts';
import { createTencent } from './tencent/tencent-source.ts';
import { createVendorSourceOf, type LastFinalDay, type Vendor, type VendorSource } from './vendor-source.ts';
import { createVendorWeb, type VendorWebOptions } from './vendor-web.ts';
import { createYahoo } from './yahoo/yahoo-source.ts';

/** A source of the configuration that is no folder. */
export type VendorConfig = Exclude<SourceConfig, { readonly vendor: 'folder' }>;
type WebConfig = Exclude<VendorConfig, { readonly vendor: 'quantaxis' }>;

/** What vendors need of the rest of the process. */
export interface VendorParts {
  readonly clock: Clock;
  /** Answers numbers from 0 to below 1. */
  readonly random: () => number;
  /** From which day on whole histories begin: DEFAULT_START_DATE. */
  readonly startDay: Day;
  /** As answers and errors name it. Default the vendor's name. */
  readonly name?: string | undefined;
  /** The last day whose bar is final, by the calendars; undefined where they do not tell: then yesterday is. */
  readonly lastFinalDay?: LastFinalDay | undefined;
  /** What `proxy: tunnel` leads through. */
  readonly openTunnel?: OpenStream | undefined;
  /** Where `vendor: quantaxis` reads. */
  readonly quantaxis?: QuantaxisReader | undefined;
  /** Limits of HTTP other than the vendors' own. */
  readonly http?: Partial<HttpClientOptions> | undefined;
}

/** A vendor's source that has connections of its own. */
export interface OpenVendorSource extends VendorSource {
  /** The hosts that it has asked, and which of them are left alone. */
  hosts(): readonly HttpHostStatus[];
  /** Ends its connections and with them what is under way. */
  close(): Promise<void>;
}

interface Manners extends Pick<VendorWebOptions, 'pagePause'> {
  readonly http: Pick<HttpClientOptions, 'mostUnderWay' | 'coolDownMs'>;
}

const COOL_DOWN_MS = 600_000;

/**
 * How each vendor wants to be asked: by its own limits where it names them, else by what is known to have been borne.
 */
const MANNERS: Readonly<Record<WebConfig['vendor'], Manners>> = {
  eastmoney: { http: { mostUnderWay: 2, coolDownMs: COOL_DOWN_MS }, pagePause: { least: 500, most: 1500 } },
  tencent: { http: { mostUnderWay: 2, coolDownMs: COOL_DOWN_MS }, pagePause: { least: 100, most: 300 } },
  sina: { http: { mostUnderWay: 1, coolDownMs: COOL_DOWN_MS }, pagePause: { least: 500, most: 1500 } },
  yahoo: { http: { mostUnderWay: 2, coolDownMs: 1_800_000 }, pagePause: { least: 500, most: 1500 } },
  binance: { http: { mostUnderWay: 2, coolDownMs: COOL_DOWN_MS }, pagePause: { least: 50, most: 150 } },
  okx: { http: { mostUnderWay: 2, coolDownMs: COOL_DOWN_MS }, pagePause: { least: 100, most: 200 } },
};

/**
 * The source that an entry of the configuration asks for. Nothing is asked of anybody before the first load. Throws an
 * Error when the entry needs a part that is not given: the tunnel, or where QUANTAXIS is read.
 */
export function createVendorSource(config: VendorConfig, parts: VendorParts): OpenVendorSource {
  const { clock, name = config.vendor } = parts;
  const now = (): number => clock.now();
  if (config.vendor === 'quantaxis') {
    if (parts.quantaxis === undefined) throw new Error('received the vendor quantaxis without MONGO_URL');
    const vendor = createQuantaxis({ ...parts, reader: parts.quantaxis });
    return { ...createVendorSourceOf(vendor, { name, now }), hosts: () => [], close: async () => {} };
  }
  const { http: limits, pagePause } = MANNERS[config.vendor];
  const open = streamsOf(config.proxy, parts);
  const http = createHttpClient({ clock, random: parts.random, open, ...limits, ...parts.http });
  const web = createVendorWeb({ http, clock, random: parts.random, pagePause });
  const source = createVendorSourceOf(createVendor(config, { ...parts, web }), { name, now });
  return { ...source, hosts: () => http.hosts(), close: () => http.close() };
}

function createVendor(
  config: WebConfig,
  parts: VendorParts & { readonly web: ReturnType<typeof createVendorWeb> },
): Vendor {
  switch (config.vendor) {
    case 'eastmoney':
      return createEastmoney({ ...parts, urls: config.urls ?? {} });
    case 'tencent':
      return createTencent({ ...parts, urls: config.urls ?? {} });
    case 'sina':
      return createSina({ ...parts, urls: config.urls ?? {} });
    case 'yahoo':
      return createYahoo({ ...parts, urls: config.urls ?? {} });
    case 'binance':
      return createBinance({ ...parts, urls: config.urls ?? {} });
    case 'okx':
      return createOkx({ ...parts, urls: config.urls ?? {} });
  }
}

function streamsOf(proxy: string | undefined, { openTunnel }: VendorParts): OpenStream | undefined {
  if (proxy === undefined) return undefined;
  if (proxy !== 'tunnel') return openThroughProxy(proxy);
  if (openTunnel === undefined) throw new Error('received proxy: tunnel without SSH_ENABLED');
  return openTunnel;
}
