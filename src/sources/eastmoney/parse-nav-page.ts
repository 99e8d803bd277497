import { type Day, parseDay } from '../../domain/day.ts';
import type { CorporateEvent } from '../../domain/series.ts';
import { toFigure } from '../figure.ts';
import type { NavRow } from '../nav-rows.ts';
import {
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
import { parseFundEvent } from './fund-events.ts';

/** As much as Eastmoney gives at once, whatever is asked for. */
export const NAV_PAGE_SIZE = 20;

/** A page of NAVs, newest first. */
export interface NavPage {
  readonly rows: readonly NavRow[];
  readonly events: readonly CorporateEvent[];
  /** Whether no further page follows, as far as this one tells. */
  readonly isLast: boolean;
  /** Of all pages. */
  readonly totalCount: number;
}

/**
 * One page of Eastmoney's `f10/lsjz`: FSRQ date, DWJZ unit NAV, LJJZ accumulated NAV, FHSP a dividend or split in
 * words, all of them texts and read by name. Fails with UPSTREAM_UNAVAILABLE for error codes: -999 is what comes
 * without the header Referer, with status 200 and a count of 0.
 */
export function parseNavPage(reply: Reply): NavPage {
  const root = recordOf(jsonOf(reply), 'an object with Data');
  const errorCode = toFigure(root.ErrCode);
  if (errorCode !== 0) throw heldBack(`the error ${errorNumber(root.ErrCode)}`);
  if (!isRecord(root.Data)) throw invalidReply('no object as Data', 'an object with LSJZList');
  const rows: NavRow[] = [];
  const events: CorporateEvent[] = [];
  for (const each of listOf(root.Data.LSJZList, 'a list of NAVs')) {
    const row = recordOf(each, 'a NAV with FSRQ and DWJZ');
    const day = dayOf(row.FSRQ);
    rows.push({ day, nav: toFigure(row.DWJZ), accumulated: toFigure(row.LJJZ) });
    if (typeof row.FHSP === 'string') events.push(...(parseFundEvent(row.FHSP, day) ?? []));
  }
  const pageSize = toFigure(root.PageSize);
  const wanted = pageSize > 0 ? Math.min(pageSize, NAV_PAGE_SIZE) : NAV_PAGE_SIZE;
  return { rows, events, isLast: rows.length < wanted, totalCount: toFigure(root.TotalCount) };
}

function dayOf(text: unknown): Day {
  const day = parseDay(wordOf(text).slice(0, 10));
  if (day === undefined) throw invalidReply('a date that is none', 'a day as YYYY-MM-DD', text);
  return day;
}
