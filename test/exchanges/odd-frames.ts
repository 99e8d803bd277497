import fc from 'fast-check';
import { expect } from 'vitest';
import type { FrameReader, VenueEvent } from '../../src/exchanges/venue.ts';

/** How many odd frames a reader is given: 100,000 with `npm run test:long`. */
export const ODD_FRAMES = process.env.DESKGRAPH_TEST_LONG === '1' ? 100_000 : 10_000;

const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;
/** A value of a JSON text, not a name in it. */
const VALUE = /(?<=[:[,])\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)(?=\s*[,\]}])/g;

const number = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.tuple(fc.bigInt(), fc.nat(), fc.integer({ min: -99, max: 99 })).map(([whole, part, e]) => `${whole}.${part}e${e}`),
);
const oddText = fc.constantFrom('', 'NaN', 'Infinity', '-0', '-0.0', '0x1f', '__proto__', 'constructor', ' 1', '1_000');
/** As JSON: numbers with and without quotes among them. */
const odd = fc.oneof(
  number,
  fc.oneof(number, oddText, fc.jsonValue()).map((value) => JSON.stringify(value)),
);

/** Texts made from frames of a venue: other values, other characters, cut off, or nothing like them. */
export function oddFrames(frames: readonly string[]): fc.Arbitrary<string> {
  const frame = fc.constantFrom(...frames);
  const withOtherValues = fc
    .tuple(frame, fc.array(fc.tuple(fc.nat(), odd), { maxLength: 4 }))
    .map(([text, changes]) => changes.reduce((changed, [at, value]) => replaceValue(changed, at, value), text));
  const withOtherCharacters = fc
    .tuple(
      frame,
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 3, unit: 'binary' })), { maxLength: 4 }),
    )
    .map(([text, changes]) =>
      changes.reduce((changed, [at, length, inserted]) => {
        const start = at % (changed.length + 1);
        return changed.slice(0, start) + inserted + changed.slice(start + length);
      }, text),
    );
  const half = fc.tuple(frame, fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
  return fc.oneof(fc.string({ unit: 'binary' }), fc.json(), half, withOtherCharacters, withOtherValues);
}

/**
 * Reads odd frames, each with a reader of its own, and expects what every reader owes: it does not throw, prints are in
 * decimal text, no figure is NaN. Answers how often each type of event came.
 */
export function readOddFrames(frames: readonly string[], createReader: () => FrameReader): ReadonlyMap<string, number> {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(oddFrames(frames), (text) => {
      for (const event of createReader()(text, 0)) {
        seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
        expectSound(event);
      }
    }),
    { numRuns: ODD_FRAMES },
  );
  return seen;
}

function expectSound(event: VenueEvent): void {
  if (event.type === 'PRINT') {
    expect(event.print.price).toMatch(DECIMAL);
    expect(event.print.size).toMatch(DECIMAL);
    expect(event.print.price).toMatch(/[1-9]/);
    expect(event.print.size).toMatch(/[1-9]/);
  }
  if (event.type === 'QUOTE') {
    expect(Object.values(event.quote).some(Number.isNaN)).toBe(false);
    expect(event.quote.bid).not.toBe(0);
    expect(event.quote.ask).not.toBe(0);
  }
  if (event.type === 'BAR') expect(Object.values(event.bar).some(Number.isNaN)).toBe(false);
  if (event.type === 'UNREADABLE') expect(event.reason.length).toBeLessThan(2000);
}

function replaceValue(text: string, at: number, value: string): string {
  const values = [...text.matchAll(VALUE)];
  const place = values[at % Math.max(1, values.length)];
  if (place === undefined) return text;
  return `${text.slice(0, place.index)}${value}${text.slice(place.index + place[0].length)}`;
}
