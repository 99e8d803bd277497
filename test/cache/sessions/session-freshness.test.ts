import { describe, expect, it } from 'vitest';
import { SessionCalendars } from '../../../src/cache/sessions/session-calendars.ts';
import { freshnessOfBars, freshnessOfNavs } from '../../../src/cache/sessions/session-freshness.ts';
import { SessionMarkets } from '../../../src/cache/sessions/session-markets.ts';
import { resolveInstrument } from '../../../src/domain/instrument.ts';
import { at, clockOf, day, dayText } from '../../support/session-instants.ts';

const TTL_MS = 7_200_000;
const china = clockOf('600000.SH');

function bars(askedAt: string, now: string) {
  const { asOf, isFresh, freshUntil } = freshnessOfBars(china, { askedAt: at(askedAt), now: at(now), ttlMs: TTL_MS });
  return { asOf: dayText(asOf), isFresh, freshUntil };
}

describe('bars', () => {
  it('are fresh over a weekend, whatever their age, until Monday is final', () => {
    const monday = at('2026-11-23 16:30 +08:00');
    const asked = '2026-11-20 16:30 +08:00';
    expect(bars(asked, '2026-11-23 16:29 +08:00')).toEqual({ asOf: '2026-11-20', isFresh: true, freshUntil: monday });
    expect(bars(asked, '2026-11-23 16:30 +08:00')).toEqual({ asOf: '2026-11-20', isFresh: false, freshUntil: monday });
  });

  it('are fresh for a minute when they were asked for a minute before a session was final', () => {
    const { asOf, isFresh } = bars('2026-11-20 16:29 +08:00', '2026-11-20 16:30 +08:00');
    expect({ asOf, isFresh }).toEqual({ asOf: '2026-11-19', isFresh: false });
  });

  it('are fresh for the TTL and as of an unknown session beyond the calendar', () => {
    const asked = '2027-01-05 10:00 +08:00';
    expect(bars(asked, '2027-01-05 11:59 +08:00')).toMatchObject({ asOf: undefined, isFresh: true });
    expect(bars(asked, '2027-01-05 12:00 +08:00')).toMatchObject({ asOf: undefined, isFresh: false });
  });

  it('that were asked for at the end of the calendar are fresh to it, and for the TTL at least', () => {
    const end = at('2027-01-01 16:30 +08:00');
    expect(bars('2026-12-31 17:00 +08:00', '2027-01-01 16:29 +08:00')).toMatchObject({
      isFresh: true,
      freshUntil: end,
    });
    expect(bars('2027-01-01 16:00 +08:00', '2027-01-01 17:59 +08:00')).toMatchObject({
      asOf: '2026-12-31',
      isFresh: true,
      freshUntil: at('2027-01-01 18:00 +08:00'),
    });
  });

  it('without a clock are fresh for the TTL', () => {
    const held = { askedAt: 1000, now: 1000 + TTL_MS - 1, ttlMs: TTL_MS };
    expect(freshnessOfBars(undefined, held)).toEqual({ asOf: undefined, isFresh: true, freshUntil: 1000 + TTL_MS });
    expect(freshnessOfBars(undefined, { ...held, now: 1000 + TTL_MS }).isFresh).toBe(false);
  });
});

describe('NAVs', () => {
  const markets = new SessionMarkets(new SessionCalendars());
  const chinese = markets.navs(resolveInstrument('510300.SH'), 'CN');
  const foreign = markets.navs(resolveInstrument('513100.SH'), 'US');

  function freshUntil(clock: typeof chinese, askedAt: string, lastDay: string): string {
    const held = { askedAt: at(askedAt), now: at(askedAt), ttlMs: TTL_MS, lastDay: day(lastDay) };
    return new Date(freshnessOfNavs(clock, held).freshUntil + 8 * 3_600_000)
      .toISOString()
      .slice(0, 16)
      .replace('T', ' ');
  }

  it.each([
    ['2026-11-20 12:00 +08:00', '2026-11-19', '2026-11-20 19:00', 'by day until the evening'],
    ['2026-11-20 19:00 +08:00', '2026-11-19', '2026-11-20 19:30', 'for half an hour while the NAV is awaited'],
    ['2026-11-20 20:00 +08:00', '2026-11-20', '2026-11-21 00:30', 'once it was seen until it is final'],
    ['2026-11-21 00:30 +08:00', '2026-11-20', '2026-11-23 19:00', 'then until the next evening of a session'],
    ['2026-11-21 00:30 +08:00', '2026-11-19', '2026-11-21 01:00', 'for half an hour while it is late'],
    ['2026-11-20 19:00 +08:00', '2024-05-06', '2026-11-21 00:30', 'as bars are when the fund ended long ago'],
  ])('of a Chinese fund asked for at %s with the last of %s are fresh until %s: %s', (askedAt, lastDay, until) => {
    expect(freshUntil(chinese, askedAt, lastDay)).toBe(until);
  });

  it.each([
    ['2026-11-20 20:00 +08:00', '2026-11-19', '2026-11-21 00:30', 'until those of two sessions before are final'],
    ['2026-11-23 09:00 +08:00', '2026-11-19', '2026-11-23 15:00', 'for six hours while one is awaited'],
    ['2026-11-23 21:00 +08:00', '2026-11-20', '2026-11-24 00:30', 'once it was seen'],
  ])('of a foreign fund asked for at %s with the last of %s are fresh until %s: %s', (askedAt, lastDay, until) => {
    expect(freshUntil(foreign, askedAt, lastDay)).toBe(until);
  });

  it('without a clock are fresh for the TTL', () => {
    const held = { askedAt: 0, now: TTL_MS, ttlMs: TTL_MS, lastDay: day('2026-11-20') };
    expect(freshnessOfNavs(undefined, held)).toEqual({ asOf: undefined, isFresh: false, freshUntil: TTL_MS });
  });
});
