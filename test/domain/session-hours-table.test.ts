import { describe, expect, it } from 'vitest';
import { type Day, parseDay } from '../../src/domain/day.ts';
import { parseHours } from '../../src/domain/session-hours.ts';
import { type HoursRules, tabulateHours } from '../../src/domain/session-hours-table.ts';
import { ZoneTime } from '../../src/domain/session-zone.ts';

const FRIDAY = day('2026-09-18');
const HOURS = parseHours('09:00-11:30 13:30-15:00');
const NIGHT = { from: 21 * 60, to: 26 * 60 + 30 };

/** Friday, Monday, Tuesday, Thursday; Wednesday is a holiday. */
const DAYS = [FRIDAY, FRIDAY + 3, FRIDAY + 4, FRIDAY + 6];

function day(text: string): Day {
  return parseDay(text) ?? 0;
}

function tabulate(changes: Partial<HoursRules> = {}) {
  return tabulateHours({
    zone: new ZoneTime('UTC', { start: FRIDAY, end: FRIDAY + 10 }),
    days: Int32Array.from(DAYS),
    coveredThrough: FRIDAY + 8,
    hoursOf: () => HOURS,
    ...changes,
  });
}

function texts(instants: Float64Array): string[] {
  return [...instants].map((each) => (Number.isFinite(each) ? new Date(each).toISOString().slice(5, 16) : `${each}`));
}

describe('tabulateHours', () => {
  it('puts the night before into the session, over a weekend and not before a holiday', () => {
    const { edges, sessionOfEdge } = tabulate({ night: { period: NIGHT, cancelled: new Set() } });
    expect(texts(edges.subarray(4, 10)).slice(0, 2)).toEqual(['09-18T21:00', '09-19T02:30']);
    expect([...sessionOfEdge]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3]);
  });

  it('leaves out evenings that are cancelled for a holiday at a weekend', () => {
    const { sessionOfEdge } = tabulate({ night: { period: NIGHT, cancelled: new Set([FRIDAY]) } });
    expect([...sessionOfEdge].filter((session) => session === 1)).toHaveLength(4);
  });

  it('knows nothing before the first session, and from when the first one beyond the calendar could open', () => {
    expect(texts(tabulate().unknown)).toEqual(['-Infinity', '09-18T09:00', '09-27T09:00', 'Infinity']);
  });

  it('knows nothing after the last close of a market that opens on the evening before', () => {
    expect(texts(tabulate({ night: { period: NIGHT, cancelled: new Set() } }).unknown).at(-2)).toBe('09-24T15:00');
    expect(texts(tabulate({ hoursOf: () => parseHours('<17:00-16:00') }).unknown).at(-2)).toBe('09-24T16:00');
  });

  it('knows nothing between the sessions around one whose hours are not known', () => {
    const { unknown } = tabulate({ hoursOf: (each) => (each === FRIDAY + 3 ? undefined : HOURS) });
    expect(texts(unknown).slice(2, 4)).toEqual(['09-18T15:00', '09-22T09:00']);
    const atTheEnd = tabulate({ hoursOf: (each) => (each > FRIDAY ? undefined : HOURS) });
    expect(texts(atTheEnd.unknown).slice(2)).toEqual(['09-18T15:00', 'Infinity']);
  });

  it('knows nothing at all where no hours are known', () => {
    const { edges, unknown } = tabulate({ hoursOf: () => undefined });
    expect([...unknown]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(edges).toHaveLength(0);
  });
});
