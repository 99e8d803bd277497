import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDay } from '../../src/domain/day.ts';
import {
  type DecidedAlignment,
  eventsOfFund,
  type PremiumHistory,
  type PremiumInput,
  premiumHistory,
  resolveAlignment,
} from '../../src/domain/premium.ts';
import type { BarColumns, CorporateEvent } from '../../src/domain/series.ts';
import { anyBars, closesOf, day } from '../support/bars.ts';

type NavRows = readonly (readonly [date: string, nav: number])[];

function navsOf(rows: NavRows, events: readonly CorporateEvent[] = []): PremiumInput['navs'] {
  const { day: days, close } = closesOf(rows);
  return { day: days, nav: close, events };
}

interface Held {
  readonly bars: BarColumns;
  readonly navs: PremiumInput['navs'];
  readonly events?: readonly CorporateEvent[];
}

const hold = (alignment: DecidedAlignment, { bars, navs, events = [] }: Held): PremiumHistory =>
  premiumHistory({ bars, navs, events, alignment });

/** The points as lines, dates spelled out. */
function linesOf({ columns }: PremiumHistory): unknown[] {
  const { day: days, premium, price, nav, navDay, navAgeSessions, restated } = columns;
  return Array.from(days, (at, index) => [
    formatDay(at),
    premium[index],
    price[index],
    nav[index],
    formatDay(navDay[index] ?? 0),
    navAgeSessions[index],
    restated[index] === 1,
  ]);
}

const unmatchedOf = ({ unmatched }: PremiumHistory): unknown[] =>
  unmatched.map(({ day: at, reason }) => [formatDay(at), reason]);

const bars = closesOf([
  ['2024-03-01', 1.01],
  ['2024-03-04', 0.995],
  ['2024-03-05', 1.1],
]);
const navs = navsOf([
  ['2024-02-29', 1.02],
  ['2024-03-01', 1],
  ['2024-03-03', 1.05],
  ['2024-03-04', 1.001],
]);

describe('premiumHistory', () => {
  it('holds a close against the NAV of its date, and lists the sessions without one', () => {
    const held = hold('SAME_DATE', { bars, navs });
    expect(linesOf(held)).toEqual([
      ['2024-03-01', 0.01, 1.01, 1, '2024-03-01', 0, false],
      ['2024-03-04', -0.005994, 0.995, 1.001, '2024-03-04', 0, false],
    ]);
    expect(unmatchedOf(held)).toEqual([['2024-03-05', 'NAV_MISSING']]);
  });

  it('holds a close against the latest earlier NAV, that of a Sunday included', () => {
    const held = hold('PREVIOUS_NAV', { bars, navs });
    expect(linesOf(held)).toEqual([
      ['2024-03-01', -0.009804, 1.01, 1.02, '2024-02-29', 1, false],
      ['2024-03-04', -0.052381, 0.995, 1.05, '2024-03-03', 1, false],
      ['2024-03-05', 0.098901, 1.1, 1.001, '2024-03-04', 1, false],
    ]);
    expect(unmatchedOf(held)).toEqual([]);
  });

  it('counts the age of a previous NAV in sessions of the fund, and takes one of three and none of four', () => {
    const week = ['2024-03-04', '2024-03-05', '2024-03-06', '2024-03-07', '2024-03-08', '2024-03-11'];
    const held = hold('PREVIOUS_NAV', {
      bars: closesOf(week.map((date) => [date, 1])),
      navs: navsOf([
        ['2024-03-04', 1],
        ['2024-03-08', 1],
      ]),
    });
    expect(Array.from(held.columns.day, formatDay)).toEqual(['2024-03-05', '2024-03-06', '2024-03-07', '2024-03-11']);
    expect([...held.columns.navAgeSessions]).toEqual([1, 2, 3, 1]);
    expect(unmatchedOf(held)).toEqual([
      ['2024-03-04', 'NAV_MISSING'],
      ['2024-03-08', 'NAV_TOO_OLD'],
    ]);
  });

  // The Spring Festival of 2020 closed the exchanges from January 24 to February 2.
  it('takes the NAV from before the longest holiday, but none that a halt has left 16 days behind', () => {
    const held = hold('PREVIOUS_NAV', {
      bars: closesOf([
        ['2020-01-22', 1],
        ['2020-02-03', 1],
        ['2020-03-02', 1],
        ['2020-03-18', 1],
      ]),
      navs: navsOf([
        ['2020-01-21', 1],
        ['2020-01-23', 1],
        ['2020-02-16', 1],
        ['2020-03-02', 1],
      ]),
    });
    expect([...held.columns.navAgeSessions]).toEqual([1, 1, 1]);
    expect(Array.from(held.columns.navDay, formatDay)).toEqual(['2020-01-21', '2020-01-23', '2020-02-16']);
    expect(unmatchedOf(held)).toEqual([['2020-03-18', 'NAV_TOO_OLD']]);
  });

  it('passes over sessions without a close, which still make a NAV older', () => {
    const held = hold('PREVIOUS_NAV', {
      bars: closesOf([
        ['2024-03-04', Number.NaN],
        ['2024-03-05', Number.NaN],
        ['2024-03-06', 1],
        ['2024-03-07', 1],
      ]),
      navs: navsOf([['2024-03-01', 1]]),
    });
    expect([...held.columns.navAgeSessions]).toEqual([3]);
    expect(unmatchedOf(held)).toEqual([['2024-03-07', 'NAV_TOO_OLD']]);
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('takes a NAV of %d for none', (nav) => {
    const held = {
      bars: closesOf([['2024-03-05', 1.1]]),
      navs: navsOf([
        ['2024-03-04', 1],
        ['2024-03-05', nav],
      ]),
    };
    expect(unmatchedOf(hold('SAME_DATE', held))).toEqual([['2024-03-05', 'NAV_MISSING']]);
    const broken = {
      ...held,
      navs: { ...held.navs, nav: Float64Array.of(1, nav), day: held.navs.day.map((d) => d - 1) },
    };
    expect(linesOf(hold('PREVIOUS_NAV', broken))).toEqual([['2024-03-05', 0.1, 1.1, 1, '2024-03-03', 1, false]]);
  });

  it('has no points without NAVs, or without bars', () => {
    expect(unmatchedOf(hold('PREVIOUS_NAV', { bars, navs: navsOf([]) }))).toHaveLength(3);
    expect(hold('SAME_DATE', { bars: closesOf([]), navs })).toMatchObject({ unmatched: [] });
  });

  it('leaves out what comes with nonsense events: a NAV below the cash that was paid', () => {
    const events = [{ day: day('2024-03-04'), kind: 'DIVIDEND', ratio: 1, cash: 2 } as const];
    expect(unmatchedOf(hold('PREVIOUS_NAV', { bars, navs: navsOf([['2024-03-01', 1]]), events }))).toEqual([
      ['2024-03-01', 'NAV_MISSING'],
      ['2024-03-04', 'NOT_COMPARABLE'],
      ['2024-03-05', 'NOT_COMPARABLE'],
    ]);
  });

  it('has every session with a close exactly once, as a point or unmatched, whatever the NAVs', () => {
    const anyAlignment = fc.constantFrom<DecidedAlignment>('SAME_DATE', 'PREVIOUS_NAV');
    fc.assert(
      fc.property(anyBars, anyBars, anyAlignment, (closes, others, alignment) => {
        const ofNavs = { day: others.day, nav: others.close, events: [] };
        const { columns, unmatched } = hold(alignment, { bars: closes, navs: ofNavs });
        const all = [...columns.day, ...unmatched.map((each) => each.day)];
        expect(all.toSorted((left, right) => left - right)).toEqual([...closes.day]);
        for (const [index, at] of columns.day.entries()) {
          const navDay = columns.navDay[index] ?? 0;
          expect(alignment === 'SAME_DATE' ? navDay === at : navDay < at && at - navDay <= 15).toBe(true);
          expect(columns.navAgeSessions[index]).toBe(closes.day.filter((each) => each > navDay && each <= at).length);
        }
      }),
    );
  });
});

describe('premiumHistory where a split or its want lies between', () => {
  // 513100.SH in January 2022: halted on the 13th, when its NAV was divided by five.
  const split = (date: string): CorporateEvent => ({ day: day(date), kind: 'SPLIT', ratio: 5, cash: 0 });
  const prices = closesOf([
    ['2022-01-11', 5.15],
    ['2022-01-12', 5.192],
    ['2022-01-14', 1.015],
    ['2022-01-17', 1.02],
  ]);
  const published: NavRows = [
    ['2022-01-11', 5.16],
    ['2022-01-12', 5.189],
    ['2022-01-13', 1.009],
    ['2022-01-14', 1.011],
  ];
  const sameDate = [
    ['2022-01-11', -0.001938, 5.15, 5.16, '2022-01-11', 0, false],
    ['2022-01-12', 0.000578, 5.192, 5.189, '2022-01-12', 0, false],
    ['2022-01-14', 0.003956, 1.015, 1.011, '2022-01-14', 0, false],
  ];
  const previous = [
    ['2022-01-12', 0.006202, 5.192, 5.16, '2022-01-11', 1, false],
    ['2022-01-14', 0.005946, 1.015, 1.009, '2022-01-13', 1, false],
    ['2022-01-17', 0.008902, 1.02, 1.011, '2022-01-14', 1, false],
  ];

  it.each([
    ['the day of the halt', [split('2022-01-13')]],
    ['the first day that trades without the right', [split('2022-01-14')]],
    ['the last day before', [split('2022-01-12')]],
    ['no day', []],
  ])('holds the close of the 14th against the NAV of the halt, the split being told for %s', (_when, events) => {
    const held = { bars: prices, navs: navsOf(published), events };
    expect(linesOf(hold('SAME_DATE', held))).toEqual(sameDate);
    expect(linesOf(hold('PREVIOUS_NAV', held))).toEqual(previous);
  });

  const withoutHalt = published.filter(([date]) => date !== '2022-01-13');
  it.each(['2022-01-13', '2022-01-14'])(
    'restates the last traded NAV when that of the halt is missing, split %s',
    (date) => {
      const held = { bars: prices, navs: navsOf(withoutHalt), events: [split(date)] };
      expect(linesOf(hold('SAME_DATE', held))).toEqual(sameDate);
      expect(linesOf(hold('PREVIOUS_NAV', held))[1]).toEqual([
        '2022-01-14',
        -0.02197,
        1.015,
        5.189 / 5,
        '2022-01-12',
        1,
        true,
      ]);
    },
  );

  it('lists the session as not comparable when nobody told the split, and goes on behind it', () => {
    const held = hold('PREVIOUS_NAV', { bars: prices, navs: navsOf(withoutHalt) });
    expect(linesOf(held)).toEqual([previous[0], previous[2]]);
    expect(unmatchedOf(held)).toEqual([
      ['2022-01-11', 'NAV_MISSING'],
      ['2022-01-14', 'NOT_COMPARABLE'],
    ]);
  });

  it('restates the other way where the fund still traded in old shares on the day of the new NAV', () => {
    const traded = closesOf([
      ['2022-01-12', 5.192],
      ['2022-01-13', 5.05],
      ['2022-01-14', 1.015],
    ]);
    const held = { bars: traded, navs: navsOf(published), events: [split('2022-01-14')] };
    expect(linesOf(hold('SAME_DATE', held))[1]).toEqual([
      '2022-01-13',
      0.000991,
      5.05,
      5 * 1.009,
      '2022-01-13',
      0,
      true,
    ]);
    const untold = hold('SAME_DATE', { ...held, events: [] });
    expect(unmatchedOf(untold)).toEqual([['2022-01-13', 'NOT_COMPARABLE']]);
  });

  it('takes two shares that became one the same way', () => {
    const held = hold('PREVIOUS_NAV', {
      bars: closesOf([
        ['2024-03-04', 0.5],
        ['2024-03-05', 1.01],
      ]),
      navs: navsOf([
        ['2024-03-01', 0.5],
        ['2024-03-04', 0.5],
      ]),
      events: [{ day: day('2024-03-05'), kind: 'SPLIT', ratio: 0.5, cash: 0 }],
    });
    expect(linesOf(held)[1]).toEqual(['2024-03-05', 0.01, 1.01, 1, '2024-03-04', 1, true]);
  });

  it('publishes a premium that grew beyond 50 % step by step', () => {
    const closes = [1.3, 1.43, 1.57, 1.73, 1.9, 2.09].map((price, index) => [`2026-01-1${index + 1}`, price] as const);
    const held = hold('SAME_DATE', { bars: closesOf(closes), navs: navsOf(closes.map(([date]) => [date, 1])) });
    expect([...held.columns.premium]).toEqual([0.3, 0.43, 0.57, 0.73, 0.9, 1.09]);
  });
});

describe('premiumHistory over a dividend', () => {
  const dividend: CorporateEvent = { day: day('2024-03-05'), kind: 'DIVIDEND', ratio: 1, cash: 0.1 };
  const closes = closesOf([
    ['2024-03-04', 1.1],
    ['2024-03-05', 1.01],
    ['2024-03-06', 1.02],
  ]);
  const ofNav: NavRows = [
    ['2024-03-01', 1.1],
    ['2024-03-04', 1.1],
    ['2024-03-05', 1],
    ['2024-03-06', 1],
  ];

  it('takes the cash out of the previous NAV, which is still with it, and leaves that of the same date alone', () => {
    const held = { bars: closes, navs: navsOf(ofNav), events: [dividend] };
    expect(linesOf(hold('PREVIOUS_NAV', held))).toEqual([
      ['2024-03-04', 0, 1.1, 1.1, '2024-03-01', 1, false],
      ['2024-03-05', 0.01, 1.01, 1.1 - 0.1, '2024-03-04', 1, true],
      ['2024-03-06', 0.02, 1.02, 1, '2024-03-05', 1, false],
    ]);
    expect([...hold('SAME_DATE', held).columns.restated]).toEqual([0, 0, 0]);
  });

  it('adds the cash to the NAV where that went ex a day before the close', () => {
    const early = { ...dividend, day: day('2024-03-04') };
    const navsEarly = navsOf(
      ofNav.map(([date, nav]) => [date, date === '2024-03-04' ? 1 : nav]),
      [early],
    );
    const held = hold('SAME_DATE', { bars: closes, navs: navsEarly, events: [dividend] });
    expect(linesOf(held)).toEqual([
      ['2024-03-04', 0, 1.1, 1.1, '2024-03-04', 0, true],
      ['2024-03-05', 0.01, 1.01, 1, '2024-03-05', 0, false],
      ['2024-03-06', 0.02, 1.02, 1, '2024-03-06', 0, false],
    ]);
  });

  it.each<[string, CorporateEvent[]]>([
    ['two events', [{ ...dividend, kind: 'SPLIT', ratio: 2, cash: 0 }, dividend]],
    ['one', [{ ...dividend, kind: 'SPLIT', ratio: 2 }]],
  ])('pays the cash per old share when the fund splits on the same day, told as %s', (_how, events) => {
    const held = hold('PREVIOUS_NAV', {
      bars: closesOf([
        ['2024-03-04', 1.1],
        ['2024-03-05', 0.505],
      ]),
      navs: navsOf([['2024-03-04', 1.1]]),
      events,
    });
    expect(linesOf(held)).toEqual([['2024-03-05', 0.01, 0.505, 0.5, '2024-03-04', 1, true]]);
  });
});

describe('eventsOfFund', () => {
  const told = [{ day: 1, kind: 'SPLIT', ratio: 2, cash: 0 } as const];

  it('are the bars where their source knows them, though it knows of none, and those of the NAVs where it does not', () => {
    expect(eventsOfFund({ events: [], areEventsKnown: true }, { events: told })).toEqual([]);
    expect(eventsOfFund({ events: [], areEventsKnown: false }, { events: told })).toEqual(told);
  });
});

describe('resolveAlignment', () => {
  it('follows the market that strikes the NAV, unless one was asked for', () => {
    const markets = ['CN', 'HK', 'JP', 'MIXED', undefined, 'US', 'EU'] as const;
    expect(markets.map((market) => resolveAlignment('AUTO', market))).toEqual([
      ...Array<string>(5).fill('SAME_DATE'),
      'PREVIOUS_NAV',
      'PREVIOUS_NAV',
    ]);
    expect([resolveAlignment('SAME_DATE', 'US'), resolveAlignment('PREVIOUS_NAV', 'CN')]).toEqual([
      'SAME_DATE',
      'PREVIOUS_NAV',
    ]);
  });
});
