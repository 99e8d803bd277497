import { dayOfInstant } from '../../domain/day.ts';
import { notFound } from '../../domain/errors.ts';
import type { BarRow } from '../bar-rows.ts';
import { toFigure } from '../figure.ts';
import { errorNumber, heldBack, invalidReply, isRecord, jsonOf, listOf, type Reply } from '../reply.ts';

export interface KlinesPage {
  /** Ascending; those that were not finished when they were sent are left out. */
  readonly rows: readonly BarRow[];
  /** How many rows there were. */
  readonly count: number;
  readonly unfinished: number;
}

const DAY_MS = 86_400_000;
const ROW_FORM = 'rows of openTime, open, high, low, close, volume, closeTime, quote volume';
const INVALID_SYMBOL = -1121;

/**
 * One page of Binance's klines, interval 1d in UTC: rows of openTime, open, high, low, close, volume in the base coin,
 * closeTime, volume in the quote coin, and what is not read here. A bar is finished once its closeTime is over. Fails
 * with NOT_FOUND for the error -1121, with UPSTREAM_UNAVAILABLE for others, with DATA_INVALID when bars are no whole
 * days. Source: Binance's documentation of `GET /api/v3/klines`.
 */
export function parseKlinesPage(reply: Reply, now: number): KlinesPage {
  const root = jsonOf(reply);
  if (isRecord(root) && root.code !== undefined) {
    if (root.code === INVALID_SYMBOL) throw notFound('it knows no such code');
    throw heldBack(`the error ${errorNumber(root.code)}`);
  }
  const list = listOf(root, `a list of ${ROW_FORM}`);
  const rows: BarRow[] = [];
  for (const each of list) {
    const cells = listOf(each, ROW_FORM);
    const [openTime, closeTime] = [toFigure(cells[0]), toFigure(cells[6])];
    if (!(openTime % DAY_MS === 0) || closeTime !== openTime + DAY_MS - 1) {
      throw invalidReply('a bar of another form or time', 'whole days of UTC', cells);
    }
    if (closeTime < now) rows.push(toRow(cells, openTime));
  }
  return { rows, count: list.length, unfinished: list.length - rows.length };
}

function toRow(cells: readonly unknown[], openTime: number): BarRow {
  return {
    day: dayOfInstant(openTime),
    open: toFigure(cells[1]),
    high: toFigure(cells[2]),
    low: toFigure(cells[3]),
    close: toFigure(cells[4]),
    volume: toFigure(cells[5]),
    amount: toFigure(cells[7]),
  };
}
