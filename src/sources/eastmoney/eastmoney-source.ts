import type { Clock } from '../../async/clock.ts';
import type { AssetType } from '../../domain/asset-rules.ts';
import { type Day, formatDay } from '../../domain/day.ts';
import { CodedError, isNotFound, notFound } from '../../domain/errors.ts';
import type { InstrumentIdentity } from '../../domain/instrument.ts';
import type { CorporateEvent } from '../../domain/series.ts';
import type { CollectedBars, ParsedBars } from '../bar-rows.ts';
import { endpointUrl } from '../endpoint.ts';
import type { ParsedNavs } from '../nav-rows.ts';
import { barRulesOf, type LastFinalDay, type Vendor, type VendorRequest } from '../vendor-source.ts';
import type { VendorWeb } from '../vendor-web.ts';
import { loadNavs, loadTrend, type NavQuestion } from './nav-history.ts';
import { parseKline } from './parse-kline.ts';
import { secidsOf } from './secids.ts';

export interface EastmoneyOptions {
  readonly web: VendorWeb;
  /** Addresses up to the question mark that replace Eastmoney's own. */
  readonly urls: { readonly [Name in keyof typeof URLS]?: string | undefined };
  /** From which day on all there is begins. */
  readonly startDay: Day;
  readonly clock: Clock;
  readonly lastFinalDay?: LastFinalDay | undefined;
}

const URLS = {
  kline: 'https://push2his.eastmoney.com/api/qt/stock/kline/get',
  navTrend: 'https://fund.eastmoney.com/pingzhongdata/{code}.js',
  navPages: 'https://api.fund.eastmoney.com/f10/lsjz',
};

/** Constants of the web page; only the fields that are asked for come back. */
const KLINE_QUERY = {
  fields1: 'f1,f2,f3,f4,f5,f6',
  fields2: 'f51,f52,f53,f54,f55,f56,f57,f58,f59,f60,f61',
  ut: '7eea3edcaed734bea9cbfc24409ed989',
  klt: '101',
  fqt: '0',
  end: '20500101',
};

const ASSET_TYPES: readonly AssetType[] = [
  'CHINA_INDEX',
  'CHINA_ETF',
  'CHINA_FUND',
  'CHINA_STOCK',
  'HK_INDEX',
  'HK_STOCK',
  'US_INDEX',
  'US_STOCK',
  'GLOBAL_INDEX',
  'FUTURES',
];
const HAVING_EVENTS: readonly AssetType[] = ['CHINA_ETF', 'CHINA_FUND', 'CHINA_STOCK', 'HK_STOCK', 'US_STOCK'];
const EVENTS_TIMEOUT_MS = 5_000;
const MOST_LEARNT = 100_000;

/**
 * Eastmoney: bars of Chinese, Hong Kong and American shares, indexes and futures, and NAVs of Chinese funds. Splits and
 * dividends are told of funds only, in the file with their NAVs; it is asked for them when it belongs to the same
 * deployment as the bars, and what it said last stands in when it cannot be read.
 */
export function createEastmoney({ web, urls, startDay, clock, lastFinalDay }: EastmoneyOptions): Vendor {
  const addresses = {
    kline: urls.kline ?? URLS.kline,
    navTrend: urls.navTrend ?? URLS.navTrend,
    navPages: urls.navPages ?? URLS.navPages,
  };
  const hasOwnEvents = (urls.kline === undefined) === (urls.navTrend === undefined);
  /** Which of several markets an instrument was found in. */
  const learnt = new Map<string, string>();
  const lastEvents = new Map<string, readonly CorporateEvent[]>();
  const markets: NavQuestion['markets'] = new Map();

  async function loadBars({ identity, from, signal }: VendorRequest): Promise<ParsedBars> {
    const wanted = new AbortController();
    const either = AbortSignal.any([signal, wanted.signal]);
    try {
      const [bars, events] = await Promise.all([
        loadKlines({ identity, from, signal }),
        identity.isFund && hasOwnEvents ? findEvents(identity, either) : undefined,
      ]);
      const areEventsKnown = events !== undefined || !HAVING_EVENTS.includes(identity.assetType);
      return { ...bars, events: events ?? [], areEventsKnown };
    } finally {
      wanted.abort(new Error('there are no bars that the events could belong to'));
    }
  }

  async function loadKlines({ identity, from, signal }: VendorRequest): Promise<CollectedBars> {
    const { code } = identity;
    const known = learnt.get(code);
    const rules = barRulesOf(identity, { now: clock.now(), lastFinalDay });
    const secids = known === undefined ? secidsOf(identity, rules.lastPossibleDay) : [known];
    for (const secid of secids) {
      const query = { ...KLINE_QUERY, secid, beg: formatDay(from ?? startDay).replaceAll('-', '') };
      const wish = {
        ...rules,
        secid,
        unit: unitOf(identity),
        mayBeEmpty: from !== undefined,
      };
      const url = endpointUrl(addresses.kline, { query });
      const bars = await web
        .ask({ url, signal, parse: (reply) => parseKline(reply, wish) })
        .catch((error: unknown): undefined => {
          if (!isNotFound(error)) throw error;
        });
      if (bars === undefined) continue;
      if (secids.length > 1 && learnt.size < MOST_LEARNT) learnt.set(code, secid);
      return bars;
    }
    throw notFound('it knows no such code');
  }

  /** Of a fund, whose bars are worth having without them and are not kept waiting; undefined when nothing is known. */
  async function findEvents(
    identity: InstrumentIdentity,
    signal: AbortSignal,
  ): Promise<readonly CorporateEvent[] | undefined> {
    try {
      return await loadEvents(identity, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof CodedError)) throw error;
      return lastEvents.get(identity.code);
    }
  }

  async function loadEvents(identity: InstrumentIdentity, signal: AbortSignal): Promise<readonly CorporateEvent[]> {
    const { lastPossibleDay } = barRulesOf(identity, { now: clock.now() });
    const limit = new AbortController();
    const late = new CodedError('UPSTREAM_UNAVAILABLE', `no events within ${EVENTS_TIMEOUT_MS} ms`);
    const cancel = clock.after(EVENTS_TIMEOUT_MS, () => limit.abort(late));
    const question = {
      digits: identity.code.slice(0, 6),
      lastPossibleDay,
      markets,
      signal: AbortSignal.any([signal, limit.signal]),
    };
    try {
      const { events } = await loadTrend(web, addresses.navTrend, question);
      if (lastEvents.size < MOST_LEARNT) lastEvents.set(identity.code, events);
      return events;
    } finally {
      cancel();
    }
  }

  async function loadFundNavs({ identity, from, signal }: VendorRequest): Promise<ParsedNavs> {
    const { lastPossibleDay } = barRulesOf(identity, { now: clock.now() });
    return loadNavs(web, addresses, { digits: identity.code.slice(0, 6), from, lastPossibleDay, markets, signal });
  }

  return {
    assetTypes: ASSET_TYPES,
    bars: (request) => (secidsOf(request.identity, startDay).length === 0 ? undefined : loadBars(request)),
    events: ({ identity, signal }) => (identity.isFund && hasOwnEvents ? loadEvents(identity, signal) : undefined),
    navs: (request) => (request.identity.isFund ? loadFundNavs(request) : undefined),
  };
}

/** Lots on the mainland; of STAR and of Beijing, which trade by the share, nobody has recorded it. */
function unitOf({ code, assetType }: InstrumentIdentity): 'LOTS' | 'SHARES' | 'TURNOVER' {
  if (!assetType.startsWith('CHINA_')) return 'SHARES';
  return /^68[89]|^\d{6}\.BJ$/.test(code) ? 'TURNOVER' : 'LOTS';
}
