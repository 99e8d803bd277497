import { type Day, formatDay } from '../../domain/day.ts';
import { CodedError } from '../../domain/errors.ts';
import type { CorporateEvent, NavMarket } from '../../domain/series.ts';
import { endpointUrl } from '../endpoint.ts';
import { collectNavs, type NavRow, type ParsedNavs } from '../nav-rows.ts';
import { heldBack, invalidReply } from '../reply.ts';
import type { VendorWeb } from '../vendor-web.ts';
import { NAV_PAGE_SIZE, type NavPage, parseNavPage } from './parse-nav-page.ts';
import { parseNavTrend } from './parse-nav-trend.ts';

export interface NavAddresses {
  /** With {code}. */
  readonly navTrend: string;
  readonly navPages: string;
}

export interface NavQuestion {
  /** The six digits of the fund. */
  readonly digits: string;
  readonly from: Day | undefined;
  readonly lastPossibleDay: Day;
  /** By the six digits, of funds whose file was read; undefined: its name tells nothing. What is read is added. */
  readonly markets: Map<string, NavMarket | undefined>;
  readonly signal: AbortSignal;
}

const MOST_MARKETS = 100_000;
/** Further back, one large file is less of a burden than many pages. */
const MOST_DAYS_BY_PAGES = 60;
/** A whole life of a fund, and no list without end. */
const MOST_PAGES = 400;
/** Without it, the answer is an error that looks like an empty list. */
const REFERER = { referer: 'https://fundf10.eastmoney.com/' };

/**
 * A fund's NAVs: the last days from pages, all of them from the one file that has them, and what the preferred of the
 * two cannot give from the other. The file alone tells the fund's market, so that it comes first until it was read. Fails with what the preferred one failed with, unless that was NOT_FOUND.
 */
export async function loadNavs(web: VendorWeb, urls: NavAddresses, question: NavQuestion): Promise<ParsedNavs> {
  const { digits, from, lastPossibleDay, markets, signal } = question;
  const isRecent = from !== undefined && lastPossibleDay - from <= MOST_DAYS_BY_PAGES && markets.has(digits);
  const byFile = () => loadTrend(web, urls.navTrend, question);
  const byPages = () => loadPages(web, urls.navPages, question);
  const [preferred, other] = isRecent ? [byPages, byFile] : [byFile, byPages];
  try {
    return await preferred();
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CodedError)) throw error;
    return await other().catch((second: unknown) => {
      throw second instanceof CodedError && error.code !== 'NOT_FOUND' ? error : second;
    });
  }
}

/** The file with all NAVs of a fund. */
export async function loadTrend(
  web: VendorWeb,
  template: string,
  { digits, lastPossibleDay, markets, signal }: Omit<NavQuestion, 'from'>,
): Promise<ParsedNavs> {
  const navs = await web.ask({
    url: endpointUrl(template, { code: digits }),
    signal,
    isUnknownAt404: true,
    parse: (reply) => parseNavTrend(reply, { digits, lastPossibleDay }),
  });
  if (markets.size < MOST_MARKETS) markets.set(digits, navs.navMarket);
  return navs;
}

async function loadPages(
  web: VendorWeb,
  address: string,
  { digits, from, lastPossibleDay, markets, signal }: NavQuestion,
): Promise<ParsedNavs> {
  const rows: NavRow[] = [];
  const events: CorporateEvent[] = [];
  let received = 0;
  for (let pageIndex = 1; pageIndex <= MOST_PAGES; pageIndex += 1) {
    if (pageIndex > 1) await web.betweenPages(signal);
    const query = {
      fundCode: digits,
      pageIndex: String(pageIndex),
      pageSize: String(NAV_PAGE_SIZE),
      startDate: from === undefined ? '' : formatDay(from),
      endDate: '',
    };
    const page = await web.ask({ url: endpointUrl(address, { query }), headers: REFERER, signal, parse: parseNavPage });
    if (page.rows.length > NAV_PAGE_SIZE)
      throw invalidReply(`a page of ${page.rows.length} NAVs`, `at most ${NAV_PAGE_SIZE}`);
    takeOlder(page, { rows, events });
    received += page.rows.length;
    if (page.rows.length === 0 && received < page.totalCount) throw heldBack(`${received} of ${page.totalCount} NAVs`);
    if (page.isLast || received >= page.totalCount) break;
  }
  return collectNavs(rows.toReversed(), { lastPossibleDay, navMarket: markets.get(digits), events });
}

/**
 * NAVs that were published while pages were read push the others down: a page may begin with what the last ended with.
 */
function takeOlder(page: NavPage, into: { readonly rows: NavRow[]; readonly events: CorporateEvent[] }): void {
  const oldest = into.rows.at(-1)?.day ?? Number.POSITIVE_INFINITY;
  const older = page.rows.filter(({ day }) => day < oldest);
  if (page.rows.length > 0 && older.length === 0) throw invalidReply('the same page again', 'the next page of NAVs');
  into.rows.push(...older);
  for (const event of page.events) if (event.day < oldest) into.events.push(event);
}
