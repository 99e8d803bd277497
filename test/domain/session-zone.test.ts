import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDay } from '../../src/domain/day.ts';
import { ZoneTime } from '../../src/domain/session-zone.ts';

const RANGE = { start: parseDay('1990-01-01') ?? 0, end: parseDay('2027-12-31') ?? 0 };

describe('ZoneTime', () => {
  it.each([
    ['America/New_York', '2025-03-07', 16 * 60, '2025-03-07T21:00:00.000Z'],
    ['America/New_York', '2025-03-10', 16 * 60, '2025-03-10T20:00:00.000Z'],
    ['America/New_York', '2025-10-31', 16 * 60, '2025-10-31T20:00:00.000Z'],
    ['America/New_York', '2025-11-03', 16 * 60, '2025-11-03T21:00:00.000Z'],
    ['America/Chicago', '2026-03-09', -7 * 60, '2026-03-08T22:00:00.000Z'],
    ['Europe/Berlin', '2026-03-27', 17 * 60 + 30, '2026-03-27T16:30:00.000Z'],
    ['Europe/Berlin', '2026-03-30', 17 * 60 + 30, '2026-03-30T15:30:00.000Z'],
    ['Asia/Shanghai', '2026-07-01', 15 * 60, '2026-07-01T07:00:00.000Z'],
    ['Asia/Shanghai', '1991-07-01', 15 * 60, '1991-07-01T06:00:00.000Z'],
    ['Asia/Tokyo', '2026-07-01', 26 * 60, '2026-07-01T17:00:00.000Z'],
  ])('knows when %s shows minute %s of a day', (timeZone, day, minute, instant) => {
    const zone = new ZoneTime(timeZone, RANGE);
    expect(new Date(zone.instantOf(parseDay(day) ?? 0, minute)).toISOString()).toBe(instant);
  });

  it('agrees with the wall clock of the runtime at any minute that a zone has', () => {
    const zones = ['America/New_York', 'America/Chicago', 'Europe/Berlin', 'Asia/Shanghai', 'Asia/Hong_Kong'];
    const clocks = zones.map((timeZone) => ({
      zone: new ZoneTime(timeZone, RANGE),
      format: new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }),
    }));
    fc.assert(
      fc.property(
        fc.integer({ min: RANGE.start, max: RANGE.end }),
        fc.integer({ min: 180, max: 1439 }),
        (day, minute) => {
          const wall = new Date((day * 1440 + minute) * 60_000).toISOString().slice(0, 16).replace('T', ' ');
          for (const { zone, format } of clocks) expect(format.format(zone.instantOf(day, minute))).toBe(wall);
        },
      ),
    );
  });

  it('refuses a zone that nobody knows', () => {
    expect(() => new ZoneTime('Asia/Nowhere', RANGE)).toThrow(RangeError);
  });
});
