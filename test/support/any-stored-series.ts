import fc from 'fast-check';
import type { StoredSeries } from '../../src/cache/tiers/series-tier.ts';
import { type BarHistory, type CorporateEvent, NAV_MARKETS, type NavHistory } from '../../src/domain/series.ts';
import { ASKED_AT } from './stored-series.ts';

const anyText = fc.string({ unit: 'binary' });
const anyInstant = fc.integer({ min: 0, max: ASKED_AT });
const anyFigure = fc.oneof(
  fc.double(),
  fc.constantFrom(Number.NaN, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MIN_VALUE),
);
const anyEvent: fc.Arbitrary<CorporateEvent> = fc.record({
  day: fc.integer({ min: -100_000, max: 100_000 }),
  kind: fc.constantFrom('SPLIT' as const, 'DIVIDEND' as const),
  ratio: fc.double({ min: 0.001, max: 1000, noNaN: true }),
  cash: fc.double({ min: 0.001, max: 1000, noNaN: true }),
});
const anyHead = {
  code: anyText,
  events: fc.array(anyEvent, { maxLength: 5 }),
  renewal: fc.constantFrom('REVISION' as const, 'SESSION' as const),
  source: anyText,
  fetchedAt: anyInstant,
  revision: anyText,
};
const anyDay = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

/** Columns of one length, of any figures. */
function anyColumns(count: number): fc.Arbitrary<{ readonly day: Int32Array; readonly figures: Float64Array[] }> {
  const row = fc.tuple(anyDay, fc.array(anyFigure, { minLength: count, maxLength: count }));
  return fc.array(row, { maxLength: 30 }).map((rows) => ({
    day: Int32Array.from(rows, ([day]) => day),
    figures: Array.from({ length: count }, (_, at) => Float64Array.from(rows, ([, figures]) => figures[at] ?? 0)),
  }));
}

const none = new Float64Array();

export const anyStoredBars: fc.Arbitrary<StoredSeries<BarHistory>> = fc
  .tuple(fc.record({ ...anyHead, areEventsKnown: fc.boolean() }), anyColumns(6), anyInstant)
  .map(([head, { day, figures }, askedAt]) => {
    const [open = none, high = none, low = none, close = none, volume = none, amount = none] = figures;
    return { value: { ...head, columns: { day, open, high, low, close, volume, amount } }, askedAt };
  });

export const anyStoredNavs: fc.Arbitrary<StoredSeries<NavHistory>> = fc
  .tuple(
    fc.record({ ...anyHead, navMarket: fc.option(fc.constantFrom(...NAV_MARKETS), { nil: undefined }) }),
    anyColumns(2),
    anyInstant,
  )
  .map(
    ([
      head,
      {
        day,
        figures: [nav = none, accumulated = none],
      },
      askedAt,
    ]) => ({
      value: { ...head, day, nav, accumulated },
      askedAt,
    }),
  );
