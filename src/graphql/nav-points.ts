import { column } from '../domain/column.ts';
import type { Day, DayRange } from '../domain/day.ts';
import { RowSlice } from '../domain/row-slice.ts';
import { lowerBound, type NavHistory } from '../domain/series.ts';
import { builder } from './builder.ts';

interface NavRow {
  readonly date: Day;
  readonly nav: number;
  readonly accumulatedNav: number | null;
}

export const NavPoint = builder.objectRef<NavRow>('NavPoint').implement({
  description: 'The NAV of one date, in the currency of the fund.',
  fields: (t) => ({
    date: t.expose('date', {
      type: 'Date',
      description: 'The date that the NAV was struck for.',
      extensions: column('date', 'DAY'),
    }),
    nav: t.exposeFloat('nav', {
      description: 'Unit NAV: what one share stands for.',
      extensions: column('nav', 'NUMBER'),
    }),
    accumulatedNav: t.exposeFloat('accumulatedNav', {
      nullable: true,
      description: 'Unit NAV plus all money paid out per share; null where the source has none.',
      extensions: column('accumulatedNav', 'NUMBER'),
    }),
  }),
});

/** The NAVs of a range, ascending. */
export function navRows(history: NavHistory, { start, end }: DayRange): RowSlice<NavRow> {
  const { day, nav, accumulated } = history;
  const from = lowerBound(day, start);
  return new RowSlice({
    series: history,
    columns: { date: day, nav, accumulatedNav: accumulated },
    from,
    to: Math.max(from, lowerBound(day, end + 1)),
    rowAt: (index) => {
      const accumulatedNav = accumulated[index] ?? Number.NaN;
      return {
        date: day[index] ?? Number.NaN,
        nav: nav[index] ?? Number.NaN,
        accumulatedNav: Number.isNaN(accumulatedNav) ? null : accumulatedNav,
      };
    },
  });
}
