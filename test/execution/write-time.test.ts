import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_DAY, formatDay, LAST_DAY } from '../../src/domain/day.ts';
import { DAY_BYTES, INSTANT_BYTES, TimeWriter } from '../../src/execution/write-time.ts';

const MS_PER_DAY = 86_400_000;

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function writtenDay(times: TimeWriter, day: number): string | undefined {
  const bytes = Buffer.alloc(DAY_BYTES);
  return times.writeDay(viewOf(bytes), 0, day) === DAY_BYTES ? bytes.toString('latin1') : undefined;
}

function writtenInstant(times: TimeWriter, instant: number): string | undefined {
  const bytes = Buffer.alloc(INSTANT_BYTES);
  return times.writeInstant(viewOf(bytes), 0, instant) === INSTANT_BYTES ? bytes.toString('latin1') : undefined;
}

describe('days and instants', () => {
  it('are written as their scalars do, in any order', () => {
    const days = fc.array(fc.integer({ min: FIRST_DAY, max: LAST_DAY }), { minLength: 1 });
    fc.assert(
      fc.property(days, (each) => {
        const times = new TimeWriter();
        expect(each.map((day) => writtenDay(times, day))).toEqual(each.map((day) => `"${formatDay(day)}"`));
      }),
    );
    const instants = fc.array(fc.integer({ min: FIRST_DAY * MS_PER_DAY, max: (LAST_DAY + 1) * MS_PER_DAY - 1 }));
    fc.assert(
      fc.property(instants, (each) => {
        const times = new TimeWriter();
        const texts = each.map((instant) => `"${new Date(instant).toISOString()}"`);
        expect(each.map((instant) => writtenInstant(times, instant))).toEqual(texts);
      }),
    );
  });

  it('are right on each day of some years', () => {
    for (const from of [-400, 10_956, 18_261, LAST_DAY - 800]) {
      const times = new TimeWriter();
      for (let day = from; day < from + 800; day++) expect(writtenDay(times, day)).toBe(`"${formatDay(day)}"`);
    }
  });

  it.each([Number.NaN, 0.5, Number.POSITIVE_INFINITY, FIRST_DAY - 1, LAST_DAY + 1])('are none for %d', (day) => {
    expect(writtenDay(new TimeWriter(), day)).toBeUndefined();
    expect(writtenInstant(new TimeWriter(), day === 0.5 ? day : day * MS_PER_DAY)).toBeUndefined();
  });
});
