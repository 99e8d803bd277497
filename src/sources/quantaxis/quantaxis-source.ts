import type { Clock } from '../../async/clock.ts';
import { type Day, formatDay } from '../../domain/day.ts';
import { notFound } from '../../domain/errors.ts';
import { NO_BARS, type ParsedBars } from '../bar-rows.ts';
import { barRulesOf, type LastFinalDay, type Vendor, type VendorRequest } from '../vendor-source.ts';
import { type BarPlace, barPlacesOf, type MarketQuery } from './collections.ts';
import { type MarketDocument, parseStoredBars } from './parse-bars.ts';
import { parseXdxr } from './parse-xdxr.ts';

/** Reads QUANTAXIS' market database, wherever that is. */
export interface QuantaxisReader {
  /**
   * The documents of a query, in the order in which they were stored; with `fromDate`, YYYY-MM-DD, those of that date
   * and later ones. Fails with UPSTREAM_UNAVAILABLE, or with the signal's reason.
   */
  find(
    query: MarketQuery & { readonly fromDate: string | undefined },
    signal: AbortSignal,
  ): Promise<readonly MarketDocument[]>;
}

export interface QuantaxisOptions {
  readonly reader: QuantaxisReader;
  readonly startDay: Day;
  readonly clock: Clock;
  readonly lastFinalDay?: LastFinalDay | undefined;
}

/** QUANTAXIS: the daily bars that a desk has collected in its own MongoDB, and the events of shares. */
export function createQuantaxis({ reader, startDay, clock, lastFinalDay }: QuantaxisOptions): Vendor {
  async function loadBars(places: readonly BarPlace[], request: VendorRequest): Promise<ParsedBars> {
    const { identity, from, signal } = request;
    const rules = barRulesOf(identity, { now: clock.now(), lastFinalDay });
    for (const place of places) {
      const documents = await reader.find({ ...place, fromDate: formatDay(from ?? startDay) }, signal);
      if (documents.length === 0) continue;
      const isIndex = identity.assetType === 'CHINA_INDEX';
      const bars = parseStoredBars(documents, { ...rules, place, isIndex });
      const events = await loadEvents(place, request);
      // It keeps none of funds, unless somebody has filled them in.
      const isFund = identity.isFund || identity.assetType === 'CHINA_FUND';
      return { ...bars, events, areEventsKnown: !isFund || events.length > 0 };
    }
    if (from === undefined) throw notFound('it has no bars');
    return { columns: NO_BARS, dropped: { unfinished: 0, empty: 0, faulty: 0 }, events: [], areEventsKnown: false };
  }

  /** Indexes have none; the same digits in stock_xdxr are a share. */
  async function loadEvents({ value }: BarPlace, { identity, signal }: VendorRequest) {
    if (!/^CHINA_(STOCK|ETF|FUND)$/.test(identity.assetType)) return [];
    const query = { collection: 'stock_xdxr', field: 'code', value, fromDate: undefined } as const;
    return parseXdxr(await reader.find(query, signal));
  }

  return {
    assetTypes: ['CHINA_INDEX', 'CHINA_ETF', 'CHINA_FUND', 'CHINA_STOCK', 'FUTURES', 'CRYPTO'],
    bars: (request) => {
      const places = barPlacesOf(request.identity, Math.floor(clock.now() / 86_400_000));
      return places.length === 0 ? undefined : loadBars(places, request);
    },
  };
}
