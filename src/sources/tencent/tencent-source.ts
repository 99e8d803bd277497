import type { Clock } from '../../async/clock.ts';
import type { AssetType } from '../../domain/asset-rules.ts';
import { type Day, dayOf, formatDay } from '../../domain/day.ts';
import { CodedError, notFound } from '../../domain/errors.ts';
import type { InstrumentIdentity } from '../../domain/instrument.ts';
import type { BarColumns } from '../../domain/series.ts';
import { collectBars, type ParsedBars } from '../bar-rows.ts';
import { endpointUrl } from '../endpoint.ts';
import { heldBack } from '../reply.ts';
import { inShares, LOT, tradingUnit } from '../trading-unit.ts';
import { barRulesOf, type LastFinalDay, type Vendor, type VendorRequest } from '../vendor-source.ts';
import type { VendorWeb } from '../vendor-web.ts';
import { type KlinePart, parseKlinePart } from './parse-kline.ts';
import { tencentSymbolsOf } from './symbols.ts';

export interface TencentOptions {
  readonly web: VendorWeb;
  /** Address up to the question mark that replaces Tencent's own. */
  readonly urls: { readonly kline?: string | undefined };
  readonly startDay: Day;
  readonly clock: Clock;
  readonly lastFinalDay?: LastFinalDay | undefined;
}

/** The same bars by two ways; each has been out of order while the other was not. */
const KLINE_URLS: readonly string[] = [
  'https://proxy.finance.qq.com/ifzqgtimg/appstock/app/newfqkline/get',
  'https://web.ifzq.gtimg.cn/appstock/app/fqkline/get',
];
/** As many rows come at most; two years have 510 sessions at most. */
const MOST_ROWS = 640;
const YEARS_AT_ONCE = 2;
const MOST_LEARNT = 100_000;
const DOUBTFUL = /^68[89]|^000\d{3}\.SZ$|\.BJ$/;

const ASSET_TYPES: readonly AssetType[] = [
  'CHINA_INDEX',
  'CHINA_ETF',
  'CHINA_FUND',
  'CHINA_STOCK',
  'HK_INDEX',
  'HK_STOCK',
  'US_INDEX',
  'US_STOCK',
];

/** Tencent: bars of Chinese, Hong Kong and American shares and indexes, two years at a time. */
export function createTencent({ web, urls, startDay, clock, lastFinalDay }: TencentOptions): Vendor {
  const addresses = urls.kline === undefined ? KLINE_URLS : [urls.kline];
  /** Which of several symbols an instrument was found as. */
  const learnt = new Map<string, string>();

  async function loadBars({ identity, from, signal }: VendorRequest): Promise<ParsedBars> {
    const known = learnt.get(identity.code);
    const symbols = known === undefined ? tencentSymbolsOf(identity) : [known];
    for (const symbol of symbols) {
      const parts = await loadParts(symbol, { identity, from, signal });
      if (parts === undefined) continue;
      if (symbols.length > 1 && learnt.size < MOST_LEARNT) learnt.set(identity.code, symbol);
      return toBars(parts, { identity, now: clock.now(), lastFinalDay });
    }
    throw notFound('it knows no such code');
  }

  /** Undefined when nothing is known of the symbol. */
  async function loadParts(
    symbol: string,
    { identity, from = startDay, signal }: VendorRequest,
  ): Promise<readonly KlinePart[] | undefined> {
    const parts: KlinePart[] = [];
    const { lastPossibleDay } = barRulesOf(identity, { now: clock.now() });
    for (const [start, end] of stretches(from, lastPossibleDay)) {
      if (parts.length > 0) await web.betweenPages(signal);
      const part = await loadPart({ symbol, start, end }, signal);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    if (parts.some(({ rows }) => rows.length > 0)) return parts;
    if (from !== startDay && parts.some(({ isQuoted }) => isQuoted)) return parts;
    if (parts.some(({ isQuoted }) => isQuoted)) throw heldBack('an empty list of bars');
    return undefined;
  }

  async function loadPart(
    wish: { readonly symbol: string; readonly start: Day; readonly end: Day },
    signal: AbortSignal,
  ): Promise<KlinePart | undefined> {
    const { symbol, start, end } = wish;
    const param = `${symbol},day,${formatDay(start)},${formatDay(end)},${MOST_ROWS},`;
    let telling: CodedError | undefined;
    for (const address of addresses) {
      try {
        const url = endpointUrl(address, { query: { _var: 'kline_day', param } });
        return await web.ask({ url, signal, parse: (reply) => parseKlinePart(reply, wish) });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof CodedError)) throw error;
        if (error.code === 'NOT_FOUND') return undefined;
        telling ??= error;
      }
    }
    throw telling ?? notFound('it knows no such code');
  }

  return {
    assetTypes: ASSET_TYPES,
    bars: (request) => (tencentSymbolsOf(request.identity).length === 0 ? undefined : loadBars(request)),
  };
}

function* stretches(from: Day, until: Day): Generator<readonly [Day, Day]> {
  for (let start = from; start <= until; ) {
    const year = Number(formatDay(start).slice(0, 4));
    const end = dayOf(year + YEARS_AT_ONCE - 1, 12, 31) ?? until;
    yield [start, end];
    start = end + 1;
  }
}

interface BarFacts {
  readonly identity: InstrumentIdentity;
  readonly now: number;
  readonly lastFinalDay: LastFinalDay | undefined;
}

function toBars(parts: readonly KlinePart[], { identity, ...times }: BarFacts): ParsedBars {
  const rules = barRulesOf(identity, times);
  const { columns, dropped } = collectBars(
    parts.flatMap(({ rows }) => rows),
    rules,
  );
  const events = parts.flatMap((part) => part.events);
  const isShare = /_(STOCK|ETF|FUND)$/.test(identity.assetType);
  return { columns: inOurUnits(columns, identity), dropped, events, areEventsKnown: !isShare };
}

/**
 * Volume in shares. Shares and funds of the mainland come in lots, those of STAR (688, 689) in shares; of indexes,
 * Beijing and Shenzhen's 000 one hears both, so that turnover decides. Where it does not tell, an index of Shanghai is
 * in lots, and of one of Shenzhen it is not known.
 */
function inOurUnits(columns: BarColumns, { code, assetType }: InstrumentIdentity): BarColumns {
  if (!assetType.startsWith('CHINA_')) return withLikelyAmount(columns);
  const isIndex = assetType === 'CHINA_INDEX';
  const told = isIndex || DOUBTFUL.test(code) ? tradingUnit(columns, { isIndex }) : undefined;
  if (told !== undefined) return inShares(columns, told);
  if (isIndex) return inShares(columns, code.endsWith('.SH') ? LOT : Number.NaN);
  return inShares(columns, /^68[89]/.test(code) ? 1 : LOT);
}

/** Outside of the mainland the unit of turnover is not known for sure: it is kept where it fits volume and price. */
function withLikelyAmount(columns: BarColumns): BarColumns {
  const { volume, close } = columns;
  const amount = columns.amount.map((figure, index) => {
    const ratio = figure / (volume[index] ?? Number.NaN) / (close[index] ?? Number.NaN);
    return ratio > 0.5 && ratio < 2 ? figure : Number.NaN;
  });
  return { ...columns, amount };
}
