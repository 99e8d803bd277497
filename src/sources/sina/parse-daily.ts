import { parseDay } from '../../domain/day.ts';
import { notFound } from '../../domain/errors.ts';
import { type BarRow, type BarRules, type CollectedBars, collectBars } from '../bar-rows.ts';
import { toFigure } from '../figure.ts';
import { invalidReply, jsonOf, listOf, type Reply, recordOf, wordOf } from '../reply.ts';

const ROW_FORM = 'bars with a date and prices';

/**
 * Sina's daily bars of Chinese futures, in JavaScript that is not run: objects with d, o, h, l, c, v (contracts), p
 * (open interest) and s (settlement). Fails with NOT_FOUND for `null` and an empty list. Source: akshare's readers.
 */
export function parseFuturesDaily(reply: Reply, rules: BarRules): CollectedBars {
  return collect(reply, rules, (row) => ({ ...row, date: row.d, open: row.o, high: row.h, low: row.l, close: row.c }));
}

/**
 * Sina's daily bars of foreign futures: objects with date, open, high, low, close and volume. Its volume is 0 for most,
 * and then not known. Fails like parseFuturesDaily.
 */
export function parseGlobalFuturesDaily(reply: Reply, rules: BarRules): CollectedBars {
  return collect(reply, rules, (row) => ({ ...row, v: toFigure(row.volume) === 0 ? null : row.volume }));
}

type Named = Readonly<Record<string, unknown>>;

function collect(reply: Reply, rules: BarRules, rename: (row: Named) => Named): CollectedBars {
  const list = jsonOf(reply);
  if (list === null) throw notFound('it knows no such code');
  const rows = listOf(list, 'a list of bars').map((row) => parseRow(rename(recordOf(row, ROW_FORM))));
  if (rows.length === 0) throw notFound('it has no bars');
  return collectBars(rows, rules);
}

function parseRow({ date, open, high, low, close, v }: Named): BarRow {
  const day = parseDay(wordOf(date).slice(0, 10));
  if (day === undefined) throw invalidReply('a date that is none', ROW_FORM, date);
  return {
    day,
    open: toFigure(open),
    high: toFigure(high),
    low: toFigure(low),
    close: toFigure(close),
    volume: toFigure(v),
    amount: Number.NaN,
  };
}
