import type { Clock } from '../../async/clock.ts';
import type { AssetType } from '../../domain/asset-rules.ts';
import { type Day, dayOfInstant, instantOfDay } from '../../domain/day.ts';
import type { InstrumentIdentity } from '../../domain/instrument.ts';
import { type CorporateEvent, sliceBars } from '../../domain/series.ts';
import type { ParsedBars } from '../bar-rows.ts';
import { endpointUrl } from '../endpoint.ts';
import { barRulesOf, type LastFinalDay, type Vendor, type VendorRequest } from '../vendor-source.ts';
import type { VendorWeb } from '../vendor-web.ts';
import { type ChartWish, parseChart } from './parse-chart.ts';
import { yahooSymbolOf } from './symbols.ts';

export interface YahooOptions {
  readonly web: VendorWeb;
  /** Address up to the question mark, with {symbol}, that replaces Yahoo's own. */
  readonly urls: { readonly chart?: string | undefined };
  readonly startDay: Day;
  readonly clock: Clock;
  readonly lastFinalDay?: LastFinalDay | undefined;
}

const CHART_URL = 'https://query2.finance.yahoo.com/v8/finance/chart/{symbol}';
const FAR = 1_000_000;

const ASSET_TYPES: readonly AssetType[] = [
  'CHINA_INDEX',
  'CHINA_ETF',
  'CHINA_STOCK',
  'HK_INDEX',
  'HK_STOCK',
  'US_INDEX',
  'US_STOCK',
  'GLOBAL_INDEX',
  'FUTURES',
  'CRYPTO',
  'FOREX',
  'UNKNOWN',
];

/** Yahoo: bars of shares, indexes, futures, coins and currencies of the world, with splits and dividends. */
export function createYahoo({ web, urls, startDay, clock, lastFinalDay }: YahooOptions): Vendor {
  async function loadBars(symbol: string, request: VendorRequest): Promise<ParsedBars> {
    const bars = await loadChart(symbol, request);
    return { ...bars, columns: sliceBars(bars.columns, request.from ?? startDay, FAR) };
  }

  async function loadChart(symbol: string, { identity, from, signal }: VendorRequest): Promise<ParsedBars> {
    const now = clock.now();
    const query = {
      period1: secondsOfDay(from ?? startDay),
      // Up to now whatever is asked for: prices are in today's shares, and the splits since then undo that.
      period2: secondsOfDay(dayOfInstant(now) + 2),
      interval: '1d',
      events: 'div|split',
      includePrePost: 'false',
    };
    const wish: ChartWish = {
      symbol,
      volumeOf: volumeOf(identity),
      mayBeEmpty: from !== undefined,
      rulesIn: (timezone) => barRulesOf({ ...identity, timezone }, { now, lastFinalDay }),
    };
    const url = endpointUrl(urls.chart ?? CHART_URL, { code: symbol, query });
    return web.ask({ url, signal, isUnknownAt404: true, parse: (reply) => parseChart(reply, wish) });
  }

  /** The same chart: how much a dividend was per share of its day is told by the splits since. */
  async function loadEvents(symbol: string, request: VendorRequest): Promise<readonly CorporateEvent[]> {
    const { events } = await loadChart(symbol, request);
    return events;
  }

  return {
    assetTypes: ASSET_TYPES,
    bars: (request) => {
      const symbol = yahooSymbolOf(request.identity);
      return symbol === undefined ? undefined : loadBars(symbol, request);
    },
    events: (request) => {
      const symbol = yahooSymbolOf(request.identity);
      return symbol === undefined ? undefined : loadEvents(symbol, request);
    },
  };
}

function secondsOfDay(day: Day): string {
  return String(instantOfDay(day) / 1000);
}

/** Of coins it is the turnover in the quote currency; of most indexes a number of nobody knows what. */
function volumeOf({ assetType }: InstrumentIdentity): ChartWish['volumeOf'] {
  if (assetType === 'CRYPTO') return 'MONEY';
  const isUnclear = assetType === 'FOREX' || (assetType.endsWith('_INDEX') && assetType !== 'US_INDEX');
  return isUnclear ? 'NOTHING' : 'SHARES';
}
