import { type Day, parseDay } from '../../domain/day.ts';
import { notFound } from '../../domain/errors.ts';
import type { CorporateEvent } from '../../domain/series.ts';
import type { BarRow } from '../bar-rows.ts';
import { toFigure } from '../figure.ts';
import {
  echoed,
  errorNumber,
  heldBack,
  invalidReply,
  isRecord,
  jsonOf,
  listOf,
  type Reply,
  recordOf,
  wordOf,
} from '../reply.ts';
import { parseShareEvents } from './share-events.ts';

/** Bars of a stretch of days, as they were sent but for the order of columns; volume in the vendor's own unit. */
export interface KlinePart {
  readonly rows: readonly BarRow[];
  readonly events: readonly CorporateEvent[];
  /** Whether Tencent has a quote of the symbol, so that having no bars at all would be strange. */
  readonly isQuoted: boolean;
}

export interface KlinePartWish {
  readonly symbol: string;
  readonly start: Day;
  readonly end: Day;
}

const ROW_FORM = 'rows of date, open, close, high, low, volume';
const YUAN_PER_UNIT_OF_AMOUNT = 10_000;

/**
 * Unadjusted daily bars of Tencent's fqkline and newfqkline: `data.SYMBOL.day`, rows of texts in the order date, open,
 * CLOSE, HIGH, LOW, volume; [6] an object or a text beside an ex-day, [8] turnover in 10,000 yuan. Days outside of the
 * stretch are left out. Fails with NOT_FOUND when there is nothing about any symbol; with DATA_INVALID for another
 * symbol, and for adjusted bars, which have another name and are never taken for unadjusted ones. Source: akshare's
 * readers.
 */
export function parseKlinePart(reply: Reply, { symbol, start, end }: KlinePartWish): KlinePart {
  const root = recordOf(jsonOf(reply), 'an object with data');
  if (toFigure(root.code) !== 0) throw heldBack(`the code ${errorNumber(root.code)}`);
  const { data } = root;
  if (!isRecord(data) || Object.keys(data).length === 0) throw notFound('it knows no such code');
  if (!Object.hasOwn(data, symbol)) {
    throw invalidReply(`bars of ${echoed(Object.keys(data)[0])}`, `bars of ${symbol}`);
  }
  const own = recordOf(data[symbol], 'an object with day');
  if (own.day === undefined && (own.qfqday !== undefined || own.hfqday !== undefined)) {
    throw invalidReply('adjusted bars', 'unadjusted ones');
  }
  const rows: BarRow[] = [];
  const events: CorporateEvent[] = [];
  for (const each of listOf(own.day ?? [], 'a list of bars')) {
    const cells = listOf(each, ROW_FORM);
    const row = parseRow(cells);
    if (row.day < start || row.day > end) continue;
    rows.push(row);
    events.push(...parseShareEvents(cells[6]));
  }
  const days = end - start + 1;
  if (rows.length > days) throw invalidReply(`${rows.length} bars of ${days} days`, 'one a day');
  return { rows, events, isQuoted: isQuoted(own.qt, symbol) };
}

function parseRow(cells: readonly unknown[]): BarRow {
  const day = parseDay(wordOf(cells[0]));
  if (day === undefined || cells.length < 6) throw invalidReply('a row of another form', ROW_FORM, cells);
  return {
    day,
    open: toFigure(cells[1]),
    close: toFigure(cells[2]),
    high: toFigure(cells[3]),
    low: toFigure(cells[4]),
    volume: toFigure(cells[5]),
    amount: toFigure(cells[8]) * YUAN_PER_UNIT_OF_AMOUNT,
  };
}

function isQuoted(quotes: unknown, symbol: string): boolean {
  const quote = isRecord(quotes) ? quotes[symbol] : undefined;
  return Array.isArray(quote) && quote.length > 0;
}
