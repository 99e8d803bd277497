import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { continueBars, continueNavs, tailStart } from '../../src/cache/series-tail.ts';
import {
  BAR_FIGURES,
  type BarColumns,
  type BarHistory,
  type CorporateEvent,
  type NavHistory,
  sliceBars,
} from '../../src/domain/series.ts';
import { anyBars } from '../support/bars.ts';

const FACTS = { code: 'A', source: 'vendor', fetchedAt: 0, renewal: 'SESSION' } as const;

function history(columns: BarColumns, more: Partial<BarHistory> = {}): BarHistory {
  return { ...FACTS, columns, events: [], areEventsKnown: true, revision: 'r', ...more };
}

function navsOf({ day, close, open }: BarColumns): NavHistory {
  return { ...FACTS, day, nav: close, accumulated: open, navMarket: 'CN', events: [], revision: 'r' };
}

/** A series, how much of it is held, and from where on its source is asked. */
const cut = anyBars
  .filter(({ day }) => day.length >= 2)
  .chain((columns) =>
    fc
      .integer({ min: 1, max: columns.day.length })
      .chain((held) => fc.integer({ min: 0, max: held - 1 }).map((from) => ({ columns, held, from }))),
  );

const first = (columns: BarColumns, count: number): BarColumns => sliceBars(columns, -1e9, columns.day[count - 1] ?? 0);
const rest = (columns: BarColumns, from: number): BarColumns => sliceBars(columns, columns.day[from] ?? 0, 1e9);

describe('a series continued by what its source has from an earlier day on', () => {
  it('is the whole series, whatever was held and from wherever it is asked', () => {
    fc.assert(
      fc.property(cut, ({ columns, held, from }) => {
        const bars = continueBars(history(first(columns, held)), history(rest(columns, from)));
        expect(bars?.columns).toEqual(columns);
        const navs = continueNavs(navsOf(first(columns, held)), navsOf(rest(columns, from)));
        expect([navs?.day, navs?.nav, navs?.accumulated]).toEqual([columns.day, columns.close, columns.open]);
      }),
    );
  });

  it('is none when a price that both have is another one, or a day is missing', () => {
    fc.assert(
      fc.property(cut, fc.nat(), fc.constantFrom('open', 'high', 'low', 'close'), (given, at, price) => {
        const { columns, held, from } = given;
        const index = at % (held - from);
        const tail = rest(columns, from);
        const changed = tail[price].with(index, (tail[price][index] ?? 0) + 1);
        if (!Number.isNaN(changed[index])) {
          expect(continueBars(history(first(columns, held)), history({ ...tail, [price]: changed }))).toBeUndefined();
        }
        // Without its first row it begins a day later.
        if (index > 0) {
          expect(continueBars(history(first(columns, held)), history(withoutRow(tail, index)))).toBeUndefined();
        }
      }),
    );
  });

  it('keeps its very columns, and its revision, when nothing is new', () => {
    fc.assert(
      fc.property(cut, ({ columns, from }) => {
        const held = history(columns);
        const same = continueBars(held, history(rest(columns, from), { fetchedAt: 7, revision: 'tail' }));
        expect(same).toEqual({ ...held, fetchedAt: 7 });
        expect(same?.columns).toBe(columns);
      }),
    );
  });

  it('has the later volume of a day that both have, and another revision', () => {
    const columns = fc.sample(cut, 1)[0]?.columns as BarColumns;
    const from = columns.day.length - 1;
    const tail = rest(columns, from);
    const counted = { ...tail, volume: Float64Array.of(123_456_789) };
    const continued = continueBars(history(columns), history(counted, { revision: 'other' }));
    expect(continued?.columns.volume.at(-1)).toBe(123_456_789);
    expect(continued?.revision).not.toBe('r');
  });
});

describe('the events of a series that is continued', () => {
  const columns = fc.sample(
    cut.filter(({ columns: { day } }) => day.length > 6),
    1,
  )[0]?.columns as BarColumns;
  const dayAt = (index: number): number => columns.day[index] ?? 0;
  const split = (index: number, ratio = 2): CorporateEvent => ({ day: dayAt(index), kind: 'SPLIT', ratio, cash: 0 });
  const held = (events: readonly CorporateEvent[], more = {}) => history(columns, { events, ...more });
  const tail = (events: readonly CorporateEvent[], more = {}) => history(rest(columns, 3), { events, ...more });

  it('are those of earlier days as they were held, and later ones as they are told', () => {
    expect(continueBars(held([split(1), split(4)]), tail([split(4, 3), split(5)]))?.events).toEqual([
      split(1),
      split(4, 3),
      split(5),
    ]);
  });

  it('are taken from a source that tells all of them each time', () => {
    expect(continueBars(held([split(1)]), tail([split(1), split(5)]))?.events).toEqual([split(1), split(5)]);
    expect(continueBars(held([split(1)]), tail([split(2), split(5)]))).toBeUndefined();
  });

  it('stay as they are while nobody tells them, and are all loaded once somebody does', () => {
    expect(continueBars(held([split(1)]), tail([], { areEventsKnown: false }))?.events).toEqual([split(1)]);
    expect(continueBars(held([], { areEventsKnown: false }), tail([split(5)]))).toBeUndefined();
  });
});

describe('NAVs that are continued', () => {
  const columns = fc.sample(
    cut.filter(({ columns: { day } }) => day.length > 6),
    1,
  )[0]?.columns as BarColumns;
  const held = navsOf(columns);
  const tail = navsOf(rest(columns, 3));

  it('are none when a NAV that both have is another one, a day is missing, or another source tells it', () => {
    const restated = { ...tail, nav: tail.nav.with(1, 123_456_789) };
    expect(continueNavs(held, restated)).toBeUndefined();
    expect(continueNavs(held, navsOf(withoutRow(rest(columns, 3), 1)))).toBeUndefined();
    expect(continueNavs(held, { ...tail, source: 'another' })).toBeUndefined();
  });

  it('keep their very figures and their revision when nothing is new, and their market while nobody tells it', () => {
    const same = continueNavs(held, { ...tail, navMarket: undefined, fetchedAt: 7, revision: 'tail' });
    expect(same).toEqual({ ...held, fetchedAt: 7 });
    expect(same?.nav).toBe(held.nav);
  });

  it('have the market that somebody tells, and another revision', () => {
    const told = continueNavs({ ...held, navMarket: undefined }, { ...tail, navMarket: 'US', revision: 'tail' });
    expect(told).toMatchObject({ navMarket: 'US', day: held.day, nav: held.nav });
    expect(told?.revision).not.toBe('r');
  });

  it('have the events of their new days, and the earlier ones as they were', () => {
    const event = (index: number): CorporateEvent => ({
      day: columns.day[index] ?? 0,
      kind: 'DIVIDEND',
      ratio: 1,
      cash: 1,
    });
    const continued = continueNavs({ ...held, events: [event(1), event(4)] }, { ...tail, events: [event(5)] });
    expect(continued?.events).toEqual([event(1), event(5)]);
  });
});

describe('tailStart', () => {
  it('is ten rows before the end, or the first day', () => {
    expect(tailStart(Int32Array.from({ length: 30 }, (_, index) => index * 2))).toBe(40);
    expect(tailStart(Int32Array.of(5, 6))).toBe(5);
    expect(tailStart(new Int32Array(0))).toBeUndefined();
  });
});

function withoutRow(columns: BarColumns, index: number): BarColumns {
  const kept = <Column extends Int32Array | Float64Array>(column: Column) =>
    column.filter((_: number, at: number) => at !== index) as Column;
  const figures = Object.fromEntries(BAR_FIGURES.map((figure) => [figure, kept(columns[figure])]));
  return { ...columns, ...figures, day: kept(columns.day) };
}
