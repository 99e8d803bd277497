import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayOfInstant, instantOfDay } from '../../../src/domain/day.ts';
import { at, clockOf, day, dayText } from '../../support/session-instants.ts';

const CODES = [
  '600000.SH',
  '00700.HK',
  'AAPL',
  'N225',
  'GDAXI',
  'AU.SHF',
  'RB.SHF',
  'IF.CFX',
  'T.CFX',
  'CL.NYM',
  'BTC-USDT',
];
const MINUTE = 60_000;

describe('a session is final', () => {
  it.each([
    ['600000.SH', '2026-11-20', '2026-11-20 16:30 +08:00'],
    ['920002.BJ', '2026-11-20', '2026-11-20 16:30 +08:00'],
    ['513100.SH', '2026-02-13', '2026-02-13 16:30 +08:00'],
    ['H30269.CSI', '2026-11-20', '2026-11-20 16:30 +08:00'],
    ['00700.HK', '2026-11-20', '2026-11-20 17:00 +08:00'],
    ['HSI', '2026-12-24', '2026-12-24 17:00 +08:00'],
    ['AAPL', '2026-03-06', '2026-03-06 18:00 -05:00'],
    ['AAPL', '2026-03-09', '2026-03-09 18:00 -04:00'],
    ['NDX', '2025-11-28', '2025-11-28 18:00 -05:00'],
    ['N225', '2024-11-05', '2024-11-05 16:30 +09:00'],
    ['TOPX', '2026-11-20', '2026-11-20 16:30 +09:00'],
    ['GDAXI', '2026-03-27', '2026-03-27 18:30 +01:00'],
    ['GDAXI', '2026-03-30', '2026-03-30 18:30 +02:00'],
    ['AU.SHF', '2026-11-20', '2026-11-20 16:30 +08:00'],
    ['TL.CFX', '2026-11-20', '2026-11-20 16:30 +08:00'],
    ['CL.NYM', '2026-07-02', '2026-07-02 19:00 -04:00'],
    ['GC.CMX', '2026-11-20', '2026-11-20 19:00 -05:00'],
    ['BTC-USDT', '2026-11-20', '2026-11-21 00:02 +00:00'],
  ])('%s of %s from %s on', (code, session, final) => {
    const clock = clockOf(code);
    const instant = at(final);
    expect(dayText(clock.lastFinalSession(instant))).toBe(session);
    expect(clock.lastFinalSession(instant - 1)).toBeLessThan(day(session));
    expect(clock.nextFinalAt(instant - 1)).toBe(instant);
  });

  it.each([
    ['600000.SH', '2026-02-24 16:00 +08:00', '2026-02-13', 'over the Spring Festival, with 02-23 closed'],
    ['600000.SH', '2026-05-06 16:29 +08:00', '2026-04-30', 'over the holiday of May, with 05-04 and 05-05 closed'],
    ['600000.SH', '2026-10-08 09:00 +08:00', '2026-09-30', 'over the golden week of October'],
    ['00700.HK', '2023-09-01 18:00 +08:00', '2023-08-31', 'on a day of a typhoon'],
    ['AAPL', '2025-01-09 20:00 -05:00', '2025-01-08', 'on the day of mourning for Carter'],
    ['CL.NYM', '2025-01-09 20:00 -05:00', '2025-01-09', 'on the day of mourning, on which NYMEX settled'],
    ['CL.NYM', '2026-01-19 20:00 -05:00', '2026-01-16', 'on a holiday that is part of the next trade date'],
    ['N225', '2026-05-06 20:00 +09:00', '2026-05-01', 'over the golden week of Japan'],
    ['GDAXI', '2025-12-26 20:00 +01:00', '2025-12-23', 'over Christmas'],
    ['BTC-USDT', '2026-11-21 00:01 +00:00', '2026-11-19', 'in the two minutes that venues take'],
  ])('last for %s at %s on %s: %s', (code, now, session) => {
    expect(dayText(clockOf(code).lastFinalSession(at(now)))).toBe(session);
  });
});

describe('a market is open', () => {
  it.each([
    ['600000.SH', '2026-11-20 09:30 +08:00', true, 'from the opening'],
    ['600000.SH', '2026-11-20 11:30 +08:00', false, 'not in the break'],
    ['600000.SH', '2026-11-20 13:00 +08:00', true, 'after the break'],
    ['600000.SH', '2026-11-20 15:00 +08:00', false, 'to the close'],
    ['600000.SH', '2026-02-23 10:00 +08:00', false, 'not in the Spring Festival'],
    ['600000.SH', '2026-02-28 10:00 +08:00', false, 'not on a Saturday on which offices work'],
    ['00700.HK', '2026-12-24 11:00 +08:00', true, 'in the morning of a half day'],
    ['00700.HK', '2026-12-24 14:00 +08:00', false, 'not in its afternoon'],
    ['AAPL', '2026-11-27 12:59 -05:00', true, 'after Thanksgiving until one'],
    ['AAPL', '2026-11-27 13:00 -05:00', false, 'and no longer'],
    ['AAPL', '2026-03-09 13:30 +00:00', true, 'an hour earlier in UTC in summer'],
    ['AAPL', '2026-03-06 13:30 +00:00', false, 'and not in winter'],
    ['N225', '2024-11-01 15:10 +09:00', false, 'until three'],
    ['N225', '2024-11-05 15:10 +09:00', true, 'until half past three from November 2024 on'],
    ['GDAXI', '2025-12-30 15:00 +01:00', false, 'until two on the last day of the year'],
    ['AU.SHF', '2026-11-20 21:00 +08:00', true, 'in the night before Monday'],
    ['AU.SHF', '2026-11-21 02:29 +08:00', true, 'until half past two'],
    ['AU.SHF', '2026-11-20 10:20 +08:00', false, 'not between 10:15 and 10:30'],
    ['CU.SHF', '2026-11-21 01:30 +08:00', false, 'until one only'],
    ['RB.SHF', '2026-11-20 23:00 +08:00', false, 'until eleven only'],
    ['SI.GFE', '2026-11-20 21:30 +08:00', false, 'not at night where there is none'],
    ['AU.SHF', '2026-09-24 21:30 +08:00', false, 'not in the night before a holiday'],
    ['AU.SHF', '2026-09-30 21:30 +08:00', false, 'not in the night before the golden week'],
    ['AU.SHF', '2026-10-08 21:30 +08:00', true, 'in the first night after it'],
    ['AU.SHF', '2026-09-25 00:30 +08:00', false, 'not after midnight before a holiday'],
    ['IF.CFX', '2026-11-20 15:10 +08:00', false, 'stock indexes until three'],
    ['T.CFX', '2026-11-20 15:10 +08:00', true, 'bonds until a quarter past'],
    ['CL.NYM', '2026-11-22 18:00 -05:00', true, 'on Sunday evening in New York'],
    ['CL.NYM', '2026-11-23 17:30 -05:00', false, 'not in the hour between two trade dates'],
    ['CL.NYM', '2026-11-21 12:00 -05:00', false, 'not on Saturday'],
    ['BTC-USDT', '2026-11-21 12:00 +00:00', true, 'always'],
  ])('%s at %s: %s, %s', (code, now, isOpen) => {
    expect(clockOf(code).isOpen(at(now))).toBe(isOpen);
  });

  it.each([
    ['600000.SH', '2027-01-04 10:00 +08:00', 'beyond the calendar'],
    ['AAPL', '1999-01-04 12:00 -05:00', 'before hours are known'],
    ['AU.SHF', '2026-12-31 21:30 +08:00', 'in a night of which nobody knows the next session'],
    ['AU.SHF', '2019-11-20 10:00 +08:00', 'before the hours of products are known'],
    ['ZZ.SHF', '2026-11-20 10:00 +08:00', 'for a product that nobody knows'],
    ['CL.NYM', '2026-01-19 15:00 -05:00', 'on a holiday with hours that differ by product'],
    ['ZC.CBT', '2026-11-20 10:00 -06:00', 'for grains'],
  ])('is not known of %s at %s: %s', (code, now) => {
    expect(clockOf(code).isOpen(at(now))).toBeUndefined();
    expect(clockOf(code).sessionAt(at(now))).toBeUndefined();
  });
});

describe('sessionAt', () => {
  it.each([
    ['600000.SH', '2026-11-20 12:00 +08:00', '2026-11-20'],
    ['AU.SHF', '2026-11-20 21:30 +08:00', '2026-11-23'],
    ['AU.SHF', '2026-11-22 12:00 +08:00', '2026-11-23'],
    ['AU.SHF', '2026-11-23 14:00 +08:00', '2026-11-23'],
    ['AU.SHF', '2026-11-23 21:00 +08:00', '2026-11-24'],
    ['AU.SHF', '2026-09-28 09:30 +08:00', '2026-09-28'],
    ['CL.NYM', '2026-11-22 18:30 -05:00', '2026-11-23'],
    ['BTC-USDT', '2026-11-21 23:59 +00:00', '2026-11-21'],
  ])('finds what %s trades at %s: %s', (code, instant, session) => {
    expect(dayText(clockOf(code).sessionAt(at(instant))?.day)).toBe(session);
  });

  it.each([
    ['600000.SH', '2026-11-20 20:00 +08:00'],
    ['600000.SH', '2026-11-20 15:00 +08:00'],
    ['AU.SHF', '2026-11-23 15:00 +08:00'],
    ['AU.SHF', '2026-09-24 22:00 +08:00'],
  ])('finds nothing for %s at %s', (code, instant) => {
    expect(clockOf(code).sessionAt(at(instant))).toBeUndefined();
  });

  it('tells openings and closings with night, pause and break', () => {
    const periods = clockOf('AG.SHF').sessionAt(at('2026-11-23 10:20 +08:00'))?.periods ?? [];
    expect(
      periods.map(({ opensAt, closesAt }) => [opensAt, closesAt].map((each) => new Date(each).toISOString())),
    ).toEqual([
      ['2026-11-20T13:00:00.000Z', '2026-11-20T18:30:00.000Z'],
      ['2026-11-23T01:00:00.000Z', '2026-11-23T02:15:00.000Z'],
      ['2026-11-23T02:30:00.000Z', '2026-11-23T03:30:00.000Z'],
      ['2026-11-23T05:30:00.000Z', '2026-11-23T07:00:00.000Z'],
    ]);
  });
});

describe('isSession', () => {
  it.each([
    ['600000.SH', '2026-02-23', false],
    ['600000.SH', '2026-02-24', true],
    ['600000.SH', '2026-11-21', false],
    ['600000.SH', '2027-01-04', undefined],
    ['600000.SH', '1990-12-18', undefined],
    ['600000.SH', '1990-12-19', true],
    ['BTC-USDT', '2026-11-21', true],
  ])('of %s on %s is %s', (code, text, isSession) => {
    expect(clockOf(code).isSession(day(text))).toBe(isSession);
  });
});

describe('beyond its calendar a clock', () => {
  it.each([
    ['600000.SH', '2027-01-01 16:30 +08:00'],
    ['AU.SHF', '2027-01-01 16:30 +08:00'],
  ])('of %s says from %s on that it does not know, and never takes a weekday for a session', (code, text) => {
    const clock = clockOf(code);
    expect(clock.knownUntil).toBe(at(text));
    expect(dayText(clock.lastFinalSession(at(text) - 1))).toBe('2026-12-31');
    expect(clock.nextFinalAt(at('2026-12-31 16:30 +08:00'))).toBeUndefined();
    for (const later of [at(text), at('2027-01-04 18:00 +08:00'), at('2030-06-05 18:00 +08:00')]) {
      expect(clock.lastFinalSession(later)).toBeUndefined();
      expect(clock.nextFinalAt(later)).toBeUndefined();
      expect(clock.isOpen(later)).toBeUndefined();
    }
    expect(clock.isOpen(at('2027-01-01 08:00 +08:00'))).toBe(code === 'AU.SHF' ? undefined : false);
  });

  it('of coins knows everything', () => {
    expect(clockOf('BTC-USDT').coveredThrough).toBeUndefined();
    expect(clockOf('BTC-USDT').knownUntil).toBe(Number.POSITIVE_INFINITY);
  });
});

describe.each(CODES)('at any time the clock of %s', (code) => {
  const clock = clockOf(code);
  const from = at('2015-01-06 00:00 +00:00');
  const to = Math.min(clock.knownUntil, at('2028-01-01 00:00 +00:00')) - 1;
  const instants = fc.integer({ min: from, max: to });

  it('has its next final instant ahead, and the last final session changes then and not before', () => {
    fc.assert(
      fc.property(instants, (now) => {
        const last = clock.lastFinalSession(now);
        const next = clock.nextFinalAt(now);
        if (last === undefined) throw new Error('nothing is final');
        expect(last).toBeLessThanOrEqual(dayOfInstant(now));
        if (next === undefined) return;
        expect(next).toBeGreaterThan(now);
        expect(clock.lastFinalSession(next - 1)).toBe(last);
        expect(clock.lastFinalSession(next)).toBeGreaterThan(last);
      }),
    );
  });

  it('never goes back', () => {
    fc.assert(
      fc.property(instants, instants, (one, other) => {
        const [earlier = 0, later = 0] = [one, other].sort((left, right) => left - right);
        expect(clock.lastFinalSession(later)).toBeGreaterThanOrEqual(clock.lastFinalSession(earlier) ?? 0);
      }),
    );
  });

  it('is open within a session and never final within it', () => {
    fc.assert(
      fc.property(instants, (now) => {
        const session = clock.sessionAt(now);
        const isOpen = clock.isOpen(now);
        if (isOpen === true) expect(session).toBeDefined();
        if (session === undefined) return;
        const inside = session.periods.some(({ opensAt, closesAt }) => opensAt <= now && now < closesAt);
        expect(inside).toBe(isOpen);
        expect(clock.isSession(session.day)).toBe(true);
        expect(clock.lastFinalSession(now)).toBeLessThan(session.day);
        const edges = session.periods.flatMap(({ opensAt, closesAt }) => [opensAt, closesAt]);
        expect(edges).toEqual([...edges].sort((left, right) => left - right));
      }),
    );
  });

  it('has no session on a weekend unless it never closes', () => {
    fc.assert(
      fc.property(instants, (now) => {
        const weekday = new Date(instantOfDay(dayOfInstant(now))).getUTCDay();
        const isWeekend = weekday === 0 || weekday === 6;
        if (isWeekend) expect(clock.isSession(dayOfInstant(now))).toBe(clock.coveredThrough === undefined);
      }),
    );
  });
});

describe('a question', () => {
  it('costs less than a microsecond once a clock is warm', () => {
    const start = at('2026-01-01 00:00 +00:00');
    const best = (ask: (index: number) => void): number => {
      const rounds = Array.from({ length: 7 }, () => {
        const began = process.hrtime.bigint();
        for (let index = 0; index < 20_000; index += 1) ask(index);
        return Number(process.hrtime.bigint() - began) / 20_000;
      });
      return Math.min(...rounds);
    };
    for (const clock of CODES.map(clockOf)) {
      expect(best((index) => clock.lastFinalSession(start + index * 20 * MINUTE))).toBeLessThan(1000);
      expect(best((index) => clock.nextFinalAt(start + index * 20 * MINUTE))).toBeLessThan(1000);
      expect(best((index) => clock.isOpen(start + index * 20 * MINUTE))).toBeLessThan(1000);
      expect(best((index) => clock.sessionAt(start + index * 20 * MINUTE))).toBeLessThan(1000);
    }
  });
});
