import { column } from '../domain/column.ts';
import type { PremiumColumns as Columns, PremiumPoint as PointRow } from '../domain/premium.ts';
import type { PremiumSlice } from '../domain/premium-stats.ts';
import { RowSlice } from '../domain/row-slice.ts';
import { builder } from './builder.ts';
import { columnList, entriesOf } from './column-list.ts';

const DESCRIPTIONS = {
  day: 'The session of the close.',
  premium: 'price / nav - 1, a fraction: 0.01 is one percent above NAV. Rounded to 6 decimals.',
  price: 'Unadjusted close.',
  nav: 'Unit NAV that the close was held against, restated when a split or dividend lies between.',
  navDay: 'The date of that NAV.',
  navAgeSessions: 'Sessions of the fund since that date: 0 for the NAV of the same date, 1 for that of the day before.',
  restated: 'Whether a split or dividend between navDate and date was taken into the NAV.',
};

const FIGURES = ['premium', 'price', 'nav'] as const;

export const PremiumPoint = builder.objectRef<PointRow>('PremiumPoint').implement({
  description:
    "premium is rounded to 6 decimals; navDate tells which day's NAV it was measured against; restated: a split or dividend lies between.",
  fields: (t) => ({
    date: t.expose('day', { type: 'Date', description: DESCRIPTIONS.day, extensions: column('day', 'DAY') }),
    premium: t.exposeFloat('premium', {
      description: DESCRIPTIONS.premium,
      extensions: column('premium', 'NUMBER'),
    }),
    price: t.exposeFloat('price', { description: DESCRIPTIONS.price, extensions: column('price', 'NUMBER') }),
    nav: t.exposeFloat('nav', { description: DESCRIPTIONS.nav, extensions: column('nav', 'NUMBER') }),
    navDate: t.expose('navDay', {
      type: 'Date',
      description: DESCRIPTIONS.navDay,
      extensions: column('navDay', 'DAY'),
    }),
    navAgeSessions: t.exposeInt('navAgeSessions', {
      description: DESCRIPTIONS.navAgeSessions,
      extensions: column('navAgeSessions', 'NUMBER'),
    }),
    restated: t.exposeBoolean('restated', {
      description: DESCRIPTIONS.restated,
      extensions: column('restated', 'BOOLEAN'),
    }),
  }),
});

export const PremiumColumns = builder.objectRef<PremiumSlice<Columns>>('PremiumColumns').implement({
  description: 'The points as one list per field, all of one length: the n-th entries together are the n-th point.',
  fields: (t) => ({
    date: t.field({
      type: ['Date'],
      description: `${DESCRIPTIONS.day} Ascending.`,
      extensions: columnList('day', 'DAY'),
      resolve: (slice) => figuresOf('day', slice),
    }),
    ...Object.fromEntries(
      FIGURES.map((name) => [
        name,
        t.floatList({
          description: DESCRIPTIONS[name],
          extensions: columnList(name, 'NUMBER'),
          resolve: (slice) => figuresOf(name, slice),
        }),
      ]),
    ),
    navDate: t.field({
      type: ['Date'],
      description: DESCRIPTIONS.navDay,
      extensions: columnList('navDay', 'DAY'),
      resolve: (slice) => figuresOf('navDay', slice),
    }),
    navAgeSessions: t.intList({
      description: DESCRIPTIONS.navAgeSessions,
      extensions: columnList('navAgeSessions', 'NUMBER'),
      resolve: (slice) => figuresOf('navAgeSessions', slice),
    }),
    restated: t.booleanList({
      description: DESCRIPTIONS.restated,
      extensions: columnList('restated', 'BOOLEAN'),
      resolve: ({ columns: { restated }, ...entries }) =>
        entriesOf('restated', restated, { ...entries, valueAt: (index) => restated[index] === 1 }),
    }),
  }),
});

/** The points of a slice. */
export function pointRows({ columns, from, to }: PremiumSlice<Columns>): RowSlice<PointRow> {
  return new RowSlice({
    series: columns,
    columns: { ...columns },
    from,
    to,
    rowAt: (index) => pointAt(columns, index),
  });
}

/** The point at an index of the columns. */
export function pointAt(columns: Columns, index: number): PointRow {
  const figure = (name: keyof Columns): number => columns[name][index] ?? Number.NaN;
  return {
    day: figure('day'),
    premium: figure('premium'),
    price: figure('price'),
    nav: figure('nav'),
    navDay: figure('navDay'),
    navAgeSessions: figure('navAgeSessions'),
    restated: figure('restated') === 1,
  };
}

function figuresOf(name: keyof Columns, { columns, ...entries }: PremiumSlice<Columns>): RowSlice<number> {
  const figures = columns[name];
  return entriesOf(name, figures, { ...entries, valueAt: (index) => figures[index] ?? Number.NaN });
}
