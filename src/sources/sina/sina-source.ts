import type { Clock } from '../../async/clock.ts';
import type { Day } from '../../domain/day.ts';
import { sliceBars } from '../../domain/series.ts';
import type { ParsedBars } from '../bar-rows.ts';
import { endpointUrl } from '../endpoint.ts';
import { barRulesOf, type LastFinalDay, type Vendor, type VendorRequest } from '../vendor-source.ts';
import type { VendorWeb } from '../vendor-web.ts';
import { parseFuturesDaily, parseGlobalFuturesDaily } from './parse-daily.ts';
import { type SinaSymbol, sinaSymbolOf } from './symbols.ts';

export interface SinaOptions {
  readonly web: VendorWeb;
  /** Addresses up to the question mark that replace Sina's own. */
  readonly urls: Readonly<Partial<Record<SinaSymbol['service'], string | undefined>>>;
  readonly startDay: Day;
  readonly clock: Clock;
  readonly lastFinalDay?: LastFinalDay | undefined;
}

const JSONP = 'https://stock2.finance.sina.com.cn/futures/api/jsonp.php/var%20_=';
const SERVICES = {
  futuresDaily: { url: `${JSONP}/InnerFuturesNewService.getDailyKLine`, parse: parseFuturesDaily },
  globalFuturesDaily: {
    url: `${JSONP}/GlobalFuturesService.getGlobalFuturesDailyKLine`,
    parse: parseGlobalFuturesDaily,
  },
};
/** Some of its services answer 403 without it. */
const REFERER = { referer: 'https://finance.sina.com.cn/' };
const FAR = 1_000_000;

/** Sina: bars of Chinese and of some foreign futures, each in one reply with all there is. */
export function createSina({ web, urls, startDay, clock, lastFinalDay }: SinaOptions): Vendor {
  async function loadBars(
    { service, symbol }: SinaSymbol,
    { identity, from = startDay, signal }: VendorRequest,
  ): Promise<ParsedBars> {
    const rules = barRulesOf(identity, { now: clock.now(), lastFinalDay });
    const { url, parse } = SERVICES[service];
    const { columns, dropped } = await web.ask({
      url: endpointUrl(urls[service] ?? url, { query: { symbol } }),
      headers: REFERER,
      signal,
      parse: (reply) => parse(reply, rules),
    });
    return { columns: sliceBars(columns, from, FAR), dropped, events: [], areEventsKnown: true };
  }

  return {
    assetTypes: ['FUTURES'],
    bars: (request) => {
      const symbol = sinaSymbolOf(request.identity, Math.floor(clock.now() / 86_400_000));
      return symbol === undefined ? undefined : loadBars(symbol, request);
    },
  };
}
