import { describe, expect, it } from 'vitest';
import { Premiums } from '../../src/loaders/premiums.ts';
import { barsHistory, navHistory } from '../support/series-feed.ts';

const bars = barsHistory('510300.SH', 'r1');
const navs = navHistory('510300.SH', 'r1');

describe('Premiums', () => {
  it('computes the premiums of two histories once for each alignment', () => {
    const premiums = new Premiums();
    const first = premiums.of({ bars, navs, alignment: 'SAME_DATE' });
    expect([...first.columns.premium]).toEqual([0, 0]);
    expect(premiums.of({ bars: { ...bars }, navs: { ...navs }, alignment: 'SAME_DATE' })).toBe(first);
    const previous = premiums.of({ bars, navs, alignment: 'PREVIOUS_NAV' });
    expect([...previous.columns.premium]).toEqual([1]);
    expect(premiums.of({ bars, navs, alignment: 'PREVIOUS_NAV' })).toBe(previous);
  });

  it.each([
    ['bars', { bars: barsHistory('510300.SH', 'r2'), navs }],
    ['NAVs', { bars, navs: navHistory('510300.SH', 'r2') }],
  ])('computes them anew when the %s were loaded anew', (_what, replaced) => {
    const premiums = new Premiums();
    const first = premiums.of({ bars, navs, alignment: 'SAME_DATE' });
    expect(premiums.of({ ...replaced, alignment: 'SAME_DATE' })).not.toBe(first);
    expect(premiums.of({ bars, navs, alignment: 'SAME_DATE' })).toBe(first);
  });

  it('takes the events of the NAVs where the source of the bars knows none', () => {
    const split = { day: navs.day[1] ?? 0, kind: 'SPLIT', ratio: 0.5, cash: 0 } as const;
    const told = { ...navs, events: [split] };
    const lastOf = (areEventsKnown: boolean) =>
      new Premiums().of({ bars: { ...bars, areEventsKnown }, navs: told, alignment: 'PREVIOUS_NAV' }).columns.premium;
    expect([...lastOf(true), ...lastOf(false)]).toEqual([1, 0]);
  });
});
