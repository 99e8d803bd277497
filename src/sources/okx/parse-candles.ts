import { dayOfInstant } from '../../domain/day.ts';
import { notFound } from '../../domain/errors.ts';
import type { BarRow } from '../bar-rows.ts';
import { toFigure } from '../figure.ts';
import { echoed, errorNumber, heldBack, invalidReply, jsonOf, listOf, type Reply, recordOf } from '../reply.ts';

/** A page of OKX' candles. Times are milliseconds since the epoch. */
export interface CandlesPage {
  /** ASCENDING; unconfirmed ones are left out. */
  readonly rows: readonly BarRow[];
  readonly count: number;
  readonly unfinished: number;
  /** Of the oldest candle, where the next page begins; undefined for an empty page. */
  readonly oldest: number | undefined;
}

export interface CandlesWish {
  /** Length of a candle in milliseconds; its start is a multiple of it in UTC. */
  readonly barMs: number;
  /** Whether volume is in contracts, so that the coins stand in the column beside it. */
  readonly isDerivative: boolean;
}

const ROW_FORM = 'rows of ts, open, high, low, close, vol, volCcy, volCcyQuote, confirm';
const UNKNOWN_INSTRUMENTS: readonly unknown[] = ['51001', '51000', '51014'];

/**
 * One page of OKX' history-candles, newest first. Spot: vol in the base coin, volCcy in the quote coin; derivatives:
 * vol in contracts, volCcy in the base coin; volCcyQuote in the quote coin for both. confirm 0: unfinished. Business
 * errors come with status 200 and a code: NOT_FOUND for an unknown instrument, else UPSTREAM_UNAVAILABLE. Fails with
 * DATA_INVALID when a candle does not begin at a multiple of its length in UTC, as 1D, of UTC+8, does not. Source: OKX'
 * documentation of `GET /api/v5/market/history-candles`.
 */
export function parseCandlesPage(reply: Reply, { barMs, isDerivative }: CandlesWish): CandlesPage {
  const root = recordOf(jsonOf(reply), 'an object with code and data');
  if (root.code !== '0') {
    if (UNKNOWN_INSTRUMENTS.includes(root.code)) throw notFound('it knows no such code');
    throw heldBack(`the error ${errorNumber(root.code)}`);
  }
  const list = listOf(root.data, 'a list of candles');
  const rows: BarRow[] = [];
  let oldest: number | undefined;
  for (const each of list) {
    const cells = listOf(each, ROW_FORM);
    const ts = toFigure(cells[0]);
    if (cells.length < 9 || !(ts % barMs === 0)) {
      throw invalidReply('a candle of another form or time', `candles of ${barMs} ms in UTC`, cells);
    }
    if (oldest !== undefined && ts >= oldest) throw invalidReply(`the time ${ts} after ${oldest}`, 'newest first');
    oldest = ts;
    if (cells[8] === '1') rows.push(toRow(cells, { ts, isDerivative }));
    else if (cells[8] !== '0') throw invalidReply(`confirm ${echoed(cells[8])}`, '0 or 1');
  }
  return { rows: rows.reverse(), count: list.length, unfinished: list.length - rows.length, oldest };
}

interface CandleFacts {
  readonly ts: number;
  readonly isDerivative: boolean;
}

function toRow(cells: readonly unknown[], { ts, isDerivative }: CandleFacts): BarRow {
  return {
    day: dayOfInstant(ts),
    open: toFigure(cells[1]),
    high: toFigure(cells[2]),
    low: toFigure(cells[3]),
    close: toFigure(cells[4]),
    volume: toFigure(cells[isDerivative ? 6 : 5]),
    amount: toFigure(cells[7]),
  };
}
