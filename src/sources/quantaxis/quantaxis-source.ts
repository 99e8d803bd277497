import type { Clock } from '../../async/clock.ts';
import { type Day, dayOfInstant, formatDay } from '../../domain/day.ts';
import { notFound } from '../../domain/errors.ts';
import type { CorporateEvent } from '../../domain/series.ts';
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

/** Indexes have none; their digits in stock_xdxr are a share's. Of funds there are some if somebody filled them in. */
const HAVING_EVENTS = /^CHINA_(STOCK|ETF|FUND)$/;

/** QUANTAXIS: the daily bars that a desk has collected in its own MongoDB, and the events of shares. */
export function createQuantaxis({ reader, startDay, clock, lastFinalDay }: QuantaxisOptions): Vendor {
  const today = (): Day => dayOfInstant(clock.now());

  async function loadBars(places: readonly BarPlace[], request: VendorRequest): Promise<ParsedBars> {
    const { identity, from, signal } = request;
    const rules = barRulesOf(identity, { now: clock.now(), lastFinalDay });
    for (const place of places) {
      const documents = await reader.find({ ...place, fromDate: formatDay(from ?? startDay) }, signal);
      if (documents.length === 0) continue;
      const isIndex = identity.assetType === 'CHINA_INDEX';
      const bars = parseStoredBars(documents, { ...rules, place, isIndex });
      const hasEvents = HAVING_EVENTS.test(identity.assetType);
      const events = hasEvents ? await findEvents(place, signal) : [];
      return { ...bars, events: events ?? [], areEventsKnown: events !== undefined };
    }
    if (from === undefined) throw notFound('it has no bars');
    return { columns: NO_BARS, dropped: { unfinished: 0, empty: 0, faulty: 0 }, events: [], areEventsKnown: false };
  }

  /** Undefined where it has nothing of a share: it notes changes of capital too, so that hardly a share has nothing. */
  async function findEvents({ value }: BarPlace, signal: AbortSignal): Promise<readonly CorporateEvent[] | undefined> {
    const query = { collection: 'stock_xdxr', field: 'code', value, fromDate: undefined } as const;
    const documents = await reader.find(query, signal);
    return documents.length === 0 ? undefined : parseXdxr(documents);
  }

  async function loadEvents(place: BarPlace, signal: AbortSignal): Promise<readonly CorporateEvent[]> {
    const events = await findEvents(place, signal);
    if (events === undefined) throw notFound('it has no events');
    return events;
  }

  return {
    assetTypes: ['CHINA_INDEX', 'CHINA_ETF', 'CHINA_FUND', 'CHINA_STOCK', 'FUTURES', 'CRYPTO'],
    bars: (request) => {
      const places = barPlacesOf(request.identity, today());
      return places.length === 0 ? undefined : loadBars(places, request);
    },
    events: ({ identity, signal }) => {
      const [place] = HAVING_EVENTS.test(identity.assetType) ? barPlacesOf(identity, today()) : [];
      return place === undefined ? undefined : loadEvents(place, signal);
    },
  };
}
