import { parseDay } from '../../domain/day.ts';
import { notFound } from '../../domain/errors.ts';
import type { BarColumns } from '../../domain/series.ts';
import { type BarRow, type BarRules, type CollectedBars, collectBars } from '../bar-rows.ts';
import { toFigure } from '../figure.ts';
import { echoed, errorNumber, heldBack, invalidReply, isRecord, jsonOf, listOf, type Reply, wordOf } from '../reply.ts';
import { inShares, LOT, tradingUnit } from '../trading-unit.ts';

export interface KlineWish extends BarRules {
  /** `market.code` as it was asked for. */
  readonly secid: string;
  /**
   * How Eastmoney states volume; TURNOVER: in lots, unless turnover tells otherwise. Shares stand for contracts too.
   */
  readonly unit: 'LOTS' | 'SHARES' | 'TURNOVER';
  /** Whether the reply may have no row: nothing since the day asked for. */
  readonly mayBeEmpty: boolean;
}

const ROW_FORM = 'rows of date, open, close, high, low, volume';
/** What it says, beside 0, where it knows no such code. */
const UNKNOWN_CODES: readonly unknown[] = [0, 100, 102, undefined];

/**
 * The daily bars in a reply of Eastmoney's kline endpoint, unadjusted (fqt=0). Rows are texts in the order of the
 * fields f51 to f61: date, open, CLOSE, HIGH, LOW, volume, amount in the quote currency, and what is not read here.
 * Fails with NOT_FOUND for `data: null`; with UPSTREAM_UNAVAILABLE for the empty list that Eastmoney answers when it
 * throttles; with DATA_INVALID when another code is echoed. Source: the endpoint's pages and akshare's readers.
 */
export function parseKline(reply: Reply, wish: KlineWish): CollectedBars {
  const root = jsonOf(reply);
  if (!isRecord(root)) throw invalidReply('no object', 'an object with data');
  const { rc, data } = root;
  if (data === null || data === undefined) {
    if (UNKNOWN_CODES.includes(rc)) throw notFound('it knows no such code');
    throw heldBack(`the code ${errorNumber(rc)} without data`);
  }
  if (!isRecord(data)) throw invalidReply('no object as data', 'an object with klines');
  checkEcho(data, wish.secid);
  const klines = listOf(data.klines, 'a list of klines');
  if (klines.length === 0 && !(wish.mayBeEmpty && toFigure(data.dktotal) > 0))
    throw heldBack('an empty list of klines');
  const decimals = toFigure(data.decimal);
  const tick = decimals >= 0 && decimals <= 6 ? 10 ** -decimals : undefined;
  const { columns, dropped } = collectBars(klines.map(parseRow), { ...wish, tick });
  return { columns: withVolumeInShares(columns, wish), dropped };
}

function checkEcho(data: Readonly<Record<string, unknown>>, secid: string): void {
  const [market, code = ''] = secid.split('.');
  const isSameCode = typeof data.code === 'string' && data.code.toUpperCase() === code.toUpperCase();
  const isSameMarket = data.market === undefined || wordOf(data.market) === market;
  if (!isSameCode || !isSameMarket) {
    throw invalidReply(
      `bars of ${echoed(`${wordOf(data.market ?? market)}.${wordOf(data.code)}`)}`,
      `bars of ${secid}`,
    );
  }
}

function parseRow(row: unknown): BarRow {
  const cells = typeof row === 'string' ? row.split(',') : [];
  const day = parseDay(cells[0] ?? '');
  if (day === undefined || cells.length < 6) throw invalidReply('a row of another form', ROW_FORM, row);
  const [open, close, high, low, volume, amount] = [1, 2, 3, 4, 5, 6].map((index) => toFigure(cells[index])) as Six;
  return { day, open, high, low, close, volume, amount };
}

/** As many as cells are read. */
type Six = [number, number, number, number, number, number];

function withVolumeInShares(columns: BarColumns, { unit }: KlineWish): BarColumns {
  if (unit === 'SHARES') return columns;
  return inShares(columns, (unit === 'TURNOVER' ? tradingUnit(columns, { isIndex: false }) : undefined) ?? LOT);
}
