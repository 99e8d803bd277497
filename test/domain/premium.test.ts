import { describe, expect, it } from 'vitest';
import { premiumPoints, premiumStats, resolveAlignment } from '../../src/domain/premium.ts';
import type { CorporateEvent, NavHistory } from '../../src/domain/series.ts';
import { closesOf, day } from '../support/bars.ts';

function navsOf(rows: readonly (readonly [date: string, nav: number])[]): NavHistory {
  return {
    code: '510300.SH',
    day: Int32Array.from(rows, ([date]) => day(date)),
    nav: Float64Array.from(rows, ([, nav]) => nav),
    accumulated: new Float64Array(rows.length).fill(Number.NaN),
    navMarket: undefined,
    events: [],
    renewal: 'REVISION',
    source: 'folder',
    fetchedAt: 0,
    revision: '1',
  };
}

describe('premiumPoints', () => {
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

  it('holds a close against the NAV of its date, and lists the sessions without one', () => {
    const { points, unmatchedDays } = premiumPoints({ bars, navs, alignment: 'SAME_DATE', events: [] });
    expect(points).toEqual([
      { day: day('2024-03-01'), premium: 0.01, price: 1.01, nav: 1, navDay: day('2024-03-01'), restated: false },
      {
        day: day('2024-03-04'),
        premium: -0.005994,
        price: 0.995,
        nav: 1.001,
        navDay: day('2024-03-04'),
        restated: false,
      },
    ]);
    expect(unmatchedDays).toEqual([day('2024-03-05')]);
  });

  it('holds a close against the latest earlier NAV, weekends included', () => {
    const { points } = premiumPoints({ bars, navs, alignment: 'PREVIOUS_NAV', events: [] });
    expect(points.map(({ navDay }) => navDay)).toEqual(['2024-02-29', '2024-03-03', '2024-03-04'].map(day));
  });

  it('takes a NAV of 15 days before and none of 16', () => {
    const closes = closesOf([
      ['2024-03-16', 1],
      ['2024-03-17', 1],
    ]);
    const held = premiumPoints({
      bars: closes,
      navs: navsOf([['2024-03-01', 1]]),
      alignment: 'PREVIOUS_NAV',
      events: [],
    });
    expect(held.points.map((point) => point.day)).toEqual([day('2024-03-16')]);
    expect(held.unmatchedDays).toEqual([day('2024-03-17')]);
  });

  it('passes over sessions without a close', () => {
    const held = premiumPoints({
      bars: closesOf([['2024-03-01', Number.NaN]]),
      navs,
      alignment: 'SAME_DATE',
      events: [],
    });
    expect(held).toEqual({ points: [], unmatchedDays: [] });
  });

  // 513100 in January 2022: halted on the 13th, when its NAV was divided by five.
  it('restates the NAV when a split lies between its day and the price', () => {
    const split: CorporateEvent = { day: day('2022-01-13'), kind: 'SPLIT', ratio: 5, cash: 0 };
    const prices = closesOf([
      ['2022-01-12', 5.192],
      ['2022-01-14', 1.015],
    ]);
    const before = premiumPoints({
      bars: prices,
      navs: navsOf([['2022-01-12', 5.189]]),
      alignment: 'PREVIOUS_NAV',
      events: [split],
    });
    expect(before.points).toEqual([
      {
        day: day('2022-01-14'),
        premium: -0.02197,
        price: 1.015,
        nav: 5.189 / 5,
        navDay: day('2022-01-12'),
        restated: true,
      },
    ]);
    const after = premiumPoints({
      bars: prices,
      navs: navsOf([['2022-01-13', 1.009]]),
      alignment: 'PREVIOUS_NAV',
      events: [split],
    });
    expect(after.points).toMatchObject([{ premium: 0.005946, nav: 1.009, restated: false }]);
  });

  it('does not restate for a dividend', () => {
    const dividend: CorporateEvent = { day: day('2024-03-04'), kind: 'DIVIDEND', ratio: 1, cash: 0.1 };
    const { points } = premiumPoints({ bars, navs, alignment: 'PREVIOUS_NAV', events: [dividend] });
    expect(points.every(({ restated }) => !restated)).toBe(true);
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

describe('premiumStats', () => {
  const pointsOf = (...premiums: number[]) => premiums.map((premium) => ({ price: 1 + premium, nav: 1 }));

  it('describes the points and places the latest among them', () => {
    const stats = premiumStats(pointsOf(0.25, -0.5, 0.5, 0.25));
    expect(stats).toMatchObject({
      count: 4,
      mean: 0.125,
      std: 0.433013,
      min: -0.5,
      max: 0.5,
      median: 0.25,
      percentile: 0.75,
    });
    expect(stats?.zScore).toBeCloseTo(0.125 / Math.sqrt(0.5625 / 3), 12);
  });

  it('is of the premiums before rounding', () => {
    // Rounded first, the two would be 0.000001 and 0.000002, and their median 0.000002.
    const points = [
      { price: 1.00000051, nav: 1 },
      { price: 1.0000016, nav: 1 },
    ];
    expect(premiumStats(points)?.median).toBe(0.000001);
  });

  it('has no deviation of one point, and no score where nothing varies', () => {
    expect(premiumStats(pointsOf(0.25))).toMatchObject({
      count: 1,
      mean: 0.25,
      std: null,
      zScore: null,
      percentile: 1,
    });
    expect(premiumStats(pointsOf(0.25, 0.25))).toMatchObject({ std: 0, zScore: null });
  });

  it('is undefined without points', () => {
    expect(premiumStats([])).toBeUndefined();
  });
});
