import { type Day, formatDay } from '../../domain/day.ts';
import type { NavHistory } from '../../domain/series.ts';
import { type CsvRow, csvRows } from './csv-table.ts';

/** The columns of a NAV history. */
export type NavColumns = Pick<NavHistory, 'day' | 'nav' | 'accumulated'>;

interface NavRow {
  readonly day: Day;
  readonly nav: number;
  readonly accumulated: number;
  readonly row: CsvRow;
}

/**
 * CODE.nav.csv: date and nav (unit NAV, in the fund's currency), and accumulatedNav where it is known. A row without a
 * NAV is left out. Rows may stand in any order. Fails with DATA_INVALID, naming the line.
 */
export function parseNavs(text: string, where: string): NavColumns {
  const rows: NavRow[] = [];
  for (const row of csvRows(text, { where, required: ['date', 'nav'] })) {
    const parsed = parseNav(row);
    if (!Number.isNaN(parsed.nav)) rows.push(parsed);
  }
  rows.sort((left, right) => left.day - right.day);
  for (const [index, { day, row }] of rows.entries()) {
    if (rows[index - 1]?.day === day) throw row.invalid(`${formatDay(day)} again`, 'each date once');
  }
  return {
    day: Int32Array.from(rows, ({ day }) => day),
    nav: Float64Array.from(rows, ({ nav }) => nav),
    accumulated: Float64Array.from(rows, ({ accumulated }) => accumulated),
  };
}

function parseNav(row: CsvRow): NavRow {
  const day = row.day('date');
  const nav = row.figure('nav');
  const accumulated = row.figure('accumulatednav');
  if (nav <= 0) throw row.invalid(`the nav ${nav}`, 'a NAV above zero');
  return { day, nav, accumulated, row };
}
