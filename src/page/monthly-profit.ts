/// <reference lib="dom" />

import { formatShort, formatSigned, trendOf } from './figures.ts';
import { make } from './markup.ts';

/** Profit of one calendar month; `month` is a day of it. */
export interface MonthlyProfit {
  readonly month: string;
  readonly profit: number;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A row for each year, newest first, a column for each month, and the sum of the year. */
export function makeMonthlyProfit(months: readonly MonthlyProfit[]): HTMLTableElement {
  const years = [...new Set(months.map(({ month }) => month.slice(0, 4)))].toReversed();
  const names = ['Year', ...MONTHS, 'Sum'];
  const head = make('tr', {}, ...names.map((name) => make('th', { scope: 'col' }, name)));
  const rows = years.map((year) => {
    const ofYear = months.filter(({ month }) => month.startsWith(year));
    const cells = MONTHS.map((name, place) =>
      profitCell(
        name,
        ofYear.find(({ month }) => Number(month.slice(5, 7)) === place + 1),
      ),
    );
    const profit = ofYear.reduce((sum, each) => sum + each.profit, 0);
    return make(
      'tr',
      {},
      make('th', { scope: 'row', class: 'year' }, year),
      ...cells,
      profitCell('Sum', { month: year, profit }),
    );
  });
  return make(
    'table',
    { class: 'monthly-profit', 'aria-label': 'Profit by month' },
    make('thead', {}, head),
    make('tbody', {}, ...rows),
  );
}

/** Has its name as well: where there is no room for the head, the style sheet shows it in the cell. */
function profitCell(name: string, of: MonthlyProfit | undefined): HTMLTableCellElement {
  if (of === undefined) return make('td', { 'data-name': name });
  const { month, profit } = of;
  const title = `${month.slice(0, 7)}: ${formatSigned(profit, 2)}`;
  return make('td', { class: trendOf(profit), title, 'data-name': name }, formatShort(profit));
}
