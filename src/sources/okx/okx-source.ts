import type { Clock } from '../../async/clock.ts';
import { type Day, dayOfInstant } from '../../domain/day.ts';
import { sliceBars } from '../../domain/series.ts';
import { type BarRow, collectBars, type ParsedBars } from '../bar-rows.ts';
import { endpointUrl } from '../endpoint.ts';
import { heldBack, invalidReply } from '../reply.ts';
import { barRulesOf, type LastFinalDay, type Vendor, type VendorRequest } from '../vendor-source.ts';
import type { VendorWeb } from '../vendor-web.ts';
import { parseCandlesPage } from './parse-candles.ts';

export interface OkxOptions {
  readonly web: VendorWeb;
  /** Address up to the question mark that replaces OKX' own. */
  readonly urls: { readonly candles?: string | undefined };
  readonly startDay: Day;
  readonly clock: Clock;
  readonly lastFinalDay?: LastFinalDay | undefined;
}

const CANDLES_URL = 'https://www.okx.com/api/v5/market/history-candles';
const PAGE_SIZE = 100;
const DAY_MS = 86_400_000;
/** OKX' own names of instruments are the canonical codes. */
const DERIVATIVE = /-(SWAP|\d{6})$/;
const INSTRUMENT = /^[A-Z0-9]{2,10}-[A-Z]{3,4}(-(SWAP|\d{6}))?$/;
const FAR = 1_000_000;

/** OKX: daily bars in UTC of pairs and derivatives, a hundred a page, backwards from the newest. */
export function createOkx({ web, urls, startDay, clock, lastFinalDay }: OkxOptions): Vendor {
  async function loadBars({ identity, from, signal }: VendorRequest): Promise<ParsedBars> {
    const { code } = identity;
    const first = from ?? startDay;
    const pages: (readonly BarRow[])[] = [];
    let unfinished = 0;
    let after: number | undefined;
    for (;;) {
      if (after !== undefined) await web.betweenPages(signal);
      const query = {
        instId: code,
        bar: '1Dutc',
        limit: String(PAGE_SIZE),
        after: after === undefined ? undefined : String(after),
      };
      const wish = { barMs: DAY_MS, isDerivative: DERIVATIVE.test(code) };
      const url = endpointUrl(urls.candles ?? CANDLES_URL, { query });
      const page = await web.ask({ url, signal, parse: (reply) => parseCandlesPage(reply, wish) });
      if (page.count > PAGE_SIZE) throw invalidReply(`a page of ${page.count} candles`, `at most ${PAGE_SIZE}`);
      const end = after === undefined ? FAR : dayOfInstant(after);
      const further = page.rows.filter(({ day }) => day < end);
      pages.push(further);
      unfinished += page.unfinished;
      if (page.oldest === undefined || page.count < PAGE_SIZE || dayOfInstant(page.oldest) <= first) break;
      if (after !== undefined && page.oldest >= after) {
        throw invalidReply('the same page again', 'the page of bars before');
      }
      after = page.oldest;
    }
    const rows = pages.toReversed().flat();
    if (rows.length === 0 && unfinished === 0 && from === undefined) throw heldBack('an empty list of bars');
    const { columns, dropped } = collectBars(rows, barRulesOf(identity, { now: clock.now(), lastFinalDay }));
    return {
      columns: sliceBars(columns, first, FAR),
      dropped: { ...dropped, unfinished: dropped.unfinished + unfinished },
      events: [],
      areEventsKnown: true,
    };
  }

  return {
    assetTypes: ['CRYPTO'],
    bars: (request) => {
      const { assetType, code } = request.identity;
      return assetType === 'CRYPTO' && INSTRUMENT.test(code) ? loadBars(request) : undefined;
    },
  };
}
