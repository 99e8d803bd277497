import type { EquityMark } from '../../domain/account.ts';
import { shanghaiDayOf, shanghaiInstant } from '../../domain/qifi-times.ts';
import type { Steps } from '../../domain/steps.ts';
import { tooManyMarks } from '../account-reading.ts';
import type { AccountKey, AccountRangeKey } from '../accounts.ts';
import type { ReadConnection } from './read-connection.ts';
import { toMark } from './rows.ts';

const MARKS = 'SELECT at, balance FROM equity_mark WHERE source = ? AND account_cookie = ?';
const MARKS_OF_RANGE = `${MARKS} AND at >= ? AND at <= ? ORDER BY at`;
const MARK_AT_PLACE = `${MARKS_OF_RANGE} LIMIT 1 OFFSET ?`;
const LAST_MARK_BEFORE = `${MARKS} AND at < ? ORDER BY at DESC LIMIT 1`;

/** How many marks are counted in one step: passing over one costs the twentieth part of reading it. */
const MARKS_OF_LEAP = 10_000;
const COST_OF_LEAP = 500;

/** How many marks a read may answer altogether, and how many of them are left. */
export interface MarkBound {
  readonly most: number;
  readonly left: number;
}

/** Ascending. Fails with COST_LIMIT when there are more than are left, before it has read any. */
export function* marksOfRange(connection: ReadConnection, key: AccountRangeKey, bound: MarkBound): Steps<EquityMark[]> {
  yield* assertNotMore(connection, key, bound);
  const { source, accountCookie, start = -Infinity, end = Infinity } = key;
  return yield* connection.rows(MARKS_OF_RANGE, [source, accountCookie, start, end], toMark);
}

/** The last mark of each day, ascending. Goes from one to the next: a day may have one for each of its ticks. */
export function* lastMarksOfDays(
  connection: ReadConnection,
  { source, accountCookie }: AccountKey,
): Steps<EquityMark[]> {
  const marks: EquityMark[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  for (;;) {
    const row = yield* connection.first(LAST_MARK_BEFORE, [source, accountCookie, before]);
    if (row === undefined) return marks.reverse();
    const mark = toMark(row);
    marks.push(mark);
    before = shanghaiInstant(shanghaiDayOf(mark.at), 0);
  }
}

function* assertNotMore(connection: ReadConnection, key: AccountRangeKey, { most, left }: MarkBound): Steps<void> {
  const { source, accountCookie, start = -Infinity, end = Infinity } = key;
  let from = start;
  for (let counted = 0; ; ) {
    const leap = Math.min(MARKS_OF_LEAP, left - counted);
    const place = [source, accountCookie, from, end, leap];
    const row = yield* connection.first(MARK_AT_PLACE, place, COST_OF_LEAP * (leap / MARKS_OF_LEAP));
    if (row === undefined) return;
    counted += leap;
    if (counted === left) throw tooManyMarks(most);
    from = toMark(row).at;
  }
}
