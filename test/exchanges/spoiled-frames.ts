import fc from 'fast-check';
import { expect } from 'vitest';
import type { VenueEvent } from '../../src/exchanges/venue.ts';

const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;
const RUNS = process.env.DESKGRAPH_TEST_LONG === '1' ? 100_000 : 5_000;
const MARKET_EVENTS: readonly string[] = ['QUOTE', 'PRINT', 'BAR'];

const number = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.tuple(fc.bigInt(), fc.nat(), fc.integer({ min: -99, max: 99 })).map(([whole, part, e]) => `${whole}.${part}e${e}`),
);
const odd = fc.oneof(
  number,
  fc.constantFrom('', 'NaN', 'Infinity', '-0', '-0.0', '0x1f', '__proto__', 'constructor', ' 1', '1_000', 0, -1, 1e300),
  fc.jsonValue(),
);

/** Texts that are none of the frames, though nearly: with other values or characters, cut off, or anything at all. */
export function spoiledFrames(frames: readonly string[]): fc.Arbitrary<string> {
  const frame = fc.constantFrom(...frames);
  const withOtherValues = fc
    .tuple(frame, fc.array(fc.tuple(fc.nat(), odd), { maxLength: 4 }))
    .map(([text, changes]) => changes.reduce((changed, [at, value]) => replaceValue(changed, at, value), text));
  const insertion = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 3, unit: 'binary' }));
  const withOtherCharacters = fc.tuple(frame, fc.array(insertion, { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((changed, [at, length, inserted]) => {
      const start = at % (changed.length + 1);
      return changed.slice(0, start) + inserted + changed.slice(start + length);
    }, text),
  );
  const half = fc.tuple(frame, fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
  return fc.oneof(fc.string({ unit: 'binary' }), fc.json(), half, withOtherCharacters, withOtherValues);
}

function replaceValue(text: string, at: number, value: unknown): string {
  const values = [...text.matchAll(/(?<=[:[,]\s?)("(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null)(?=\s?[,\]}])/g)];
  const place = values[at % Math.max(1, values.length)];
  if (place === undefined) return text;
  return `${text.slice(0, place.index)}${JSON.stringify(value)}${text.slice(place.index + place[0].length)}`;
}

/**
 * Reads thousands of spoiled frames, each by a reader of its own. Whatever came in, nothing is thrown and no event has a
 * figure that is no number. Fails unless each of the types came up more than by chance.
 */
export function expectEventsOfAnything(
  frames: readonly string[],
  read: (text: string) => Iterable<VenueEvent>,
  types: readonly VenueEvent['type'][],
): void {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(spoiledFrames(frames), (text) => {
      for (const event of read(text)) {
        seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
        if (!types.includes(event.type)) throw new Error(`received an event ${event.type}, wanted ${types.join(', ')}`);
        if (MARKET_EVENTS.includes(event.type)) expectFigures(event);
        if (event.type === 'UNREADABLE') expect(event.reason.length).toBeLessThan(2000);
      }
    }),
    { numRuns: RUNS },
  );
  for (const type of types)
    expect([type, seen.get(type) ?? 0]).toEqual([type, expect.toSatisfy((count) => count > 10)]);
}

function expectFigures(event: VenueEvent): void {
  if (event.type === 'PRINT') {
    for (const decimal of [event.print.price, event.print.size]) {
      expect(decimal).toMatch(DECIMAL);
      expect(decimal).toMatch(/[1-9]/);
    }
  }
  if (event.type === 'QUOTE') {
    expect(Object.values(event.quote).some(Number.isNaN)).toBe(false);
    for (const price of [event.quote.bid, event.quote.ask, event.quote.last]) expect(price).not.toBe(0);
  }
  if (event.type === 'BAR') expect(Object.values(event.bar).some(Number.isNaN)).toBe(false);
}
