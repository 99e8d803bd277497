import fc from 'fast-check';
import { expect } from 'vitest';
import type { VenueEvent } from '../../src/exchanges/venue.ts';

/** How many frames a reader is tried with. */
export const FRAME_RUNS = process.env.DESKGRAPH_TEST_LONG === '1' ? 100_000 : 5_000;

const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;
/** A value of JSON that is a text, a number, null, true or false. */
const VALUE = /(?<=[:[,]\s*)(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|null|true|false)(?=\s*[,\]}])/g;

const number = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.tuple(fc.bigInt(), fc.nat(), fc.integer({ min: -99, max: 99 })).map(([whole, part, e]) => `${whole}.${part}e${e}`),
);
const odd = fc.oneof(
  number,
  number.map((text) => JSON.stringify(text)),
  fc.constantFrom('""', '"NaN"', '-0', '"-0.0"', '"0x1f"', '"__proto__"', '"constructor"', '" 1"', 'null', '0'),
  fc.json(),
);

/** Whatever may come in where the frames are expected: those in which values or characters are others, and anything else. */
export function anyFrame(frames: readonly string[]): fc.Arbitrary<string> {
  const frame = fc.constantFrom(...frames);
  const withOtherValues = fc.tuple(frame, fc.array(fc.tuple(fc.nat(), odd), { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((changed, [at, value]) => {
      const values = [...changed.matchAll(VALUE)];
      const place = values[at % Math.max(1, values.length)];
      if (place === undefined) return changed;
      return changed.slice(0, place.index) + value + changed.slice(place.index + place[0].length);
    }, text),
  );
  const change = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 3, unit: 'binary' }));
  const withOtherCharacters = fc.tuple(frame, fc.array(change, { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((changed, [at, length, inserted]) => {
      const start = at % (changed.length + 1);
      return changed.slice(0, start) + inserted + changed.slice(start + length);
    }, text),
  );
  const half = fc.tuple(frame, fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
  return fc.oneof(fc.string({ unit: 'binary' }), fc.json(), frame, half, withOtherCharacters, withOtherValues);
}

/** What holds of every event of a venue's reader. */
export function expectSoundEvent(event: VenueEvent): void {
  if (event.type === 'PRINT') {
    expect(event.print.price).toMatch(DECIMAL);
    expect(event.print.price).toMatch(/[1-9]/);
    expect(event.print.size).toMatch(DECIMAL);
    expect(event.print.size).toMatch(/[1-9]/);
  }
  if (event.type === 'QUOTE') {
    expect(Object.values(event.quote).some(Number.isNaN)).toBe(false);
    expect(event.quote.bid).not.toBe(0);
    expect(event.quote.ask).not.toBe(0);
  }
  if (event.type === 'BAR') expect(Object.values(event.bar).some(Number.isNaN)).toBe(false);
  if (event.type === 'UNREADABLE') {
    expect(event.reason).toMatch(/^received .*, wanted /s);
    expect(event.reason.length).toBeLessThan(2000);
  }
}
