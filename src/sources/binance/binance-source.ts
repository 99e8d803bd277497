import type { Clock } from '../../async/clock.ts';
import { type Day, instantOfDay } from '../../domain/day.ts';
import type { InstrumentIdentity } from '../../domain/instrument.ts';
import { type BarRow, collectBars, type ParsedBars } from '../bar-rows.ts';
import { endpointUrl } from '../endpoint.ts';
import { heldBack, invalidReply } from '../reply.ts';
import { barRulesOf, type LastFinalDay, type Vendor, type VendorRequest } from '../vendor-source.ts';
import type { VendorWeb } from '../vendor-web.ts';
import { parseKlinesPage } from './parse-klines.ts';

export interface BinanceOptions {
  readonly web: VendorWeb;
  /** Address up to the question mark that replaces Binance's own. */
  readonly urls: { readonly klines?: string | undefined };
  readonly startDay: Day;
  readonly clock: Clock;
  readonly lastFinalDay?: LastFinalDay | undefined;
}

const KLINES_URL = 'https://api.binance.com/api/v3/klines';
const PAGE_SIZE = 1000;
/** Coins that Binance's spot market quotes in. */
const PAIR = /^([A-Z0-9]{2,10})-(USDT|USDC|BTC|ETH|EUR)$/;

/** Binance: daily bars of pairs on its spot market, a thousand a page, oldest first. */
export function createBinance({ web, urls, startDay, clock, lastFinalDay }: BinanceOptions): Vendor {
  async function loadBars(symbol: string, { identity, from, signal }: VendorRequest): Promise<ParsedBars> {
    const rows: BarRow[] = [];
    let unfinished = 0;
    // Of times before 1970 it wants to know nothing.
    let next = Math.max(0, from ?? startDay);
    for (;;) {
      if (rows.length > 0) await web.betweenPages(signal);
      const query = { symbol, interval: '1d', startTime: String(instantOfDay(next)), limit: String(PAGE_SIZE) };
      const url = endpointUrl(urls.klines ?? KLINES_URL, { query });
      const now = clock.now();
      const page = await web.ask({ url, signal, parse: (reply) => parseKlinesPage(reply, now) });
      if (page.count > PAGE_SIZE) throw invalidReply(`a page of ${page.count} bars`, `at most ${PAGE_SIZE}`);
      const start = next;
      const further = page.rows.filter(({ day }) => day >= start);
      for (const row of further) rows.push(row);
      unfinished += page.unfinished;
      if (page.count < PAGE_SIZE || page.unfinished > 0) break;
      if (further.length === 0) throw invalidReply('the same page again', 'the next page of bars');
      next = (rows.at(-1)?.day ?? next) + 1;
    }
    if (rows.length === 0 && unfinished === 0 && from === undefined) throw heldBack('an empty list of bars');
    const { columns, dropped } = collectBars(rows, barRulesOf(identity, { now: clock.now(), lastFinalDay }));
    return {
      columns,
      dropped: { ...dropped, unfinished: dropped.unfinished + unfinished },
      events: [],
      areEventsKnown: true,
    };
  }

  return {
    assetTypes: ['CRYPTO'],
    bars: (request) => {
      const symbol = symbolOf(request.identity);
      return symbol === undefined ? undefined : loadBars(symbol, request);
    },
  };
}

function symbolOf({ code, assetType }: InstrumentIdentity): string | undefined {
  const [, base, quote] = assetType === 'CRYPTO' ? (PAIR.exec(code) ?? []) : [];
  return base === undefined || quote === undefined ? undefined : `${base}${quote}`;
}
