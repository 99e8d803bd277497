import fc from 'fast-check';
import { expect } from 'vitest';
import type { FrameReader, VenueEvent } from '../../src/exchanges/venue.ts';
import { anyFrame } from './any-frame.ts';

/** How many readers are tried, each with up to five frames. */
const READERS = process.env.DESKGRAPH_TEST_LONG === '1' ? 100_000 : 7_000;

const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;

export interface ExpectedEvents {
  /** Each of them comes up more than by chance. */
  readonly types: readonly VenueEvent['type'][];
  /** They may come, too. No other does. */
  readonly rare?: readonly VenueEvent['type'][] | undefined;
  /** Whether a last price of 0 is passed on. */
  readonly hasZeros?: boolean | undefined;
}

/**
 * Reads whatever may come in where the frames are expected, with thousands of readers. Nothing is thrown, prints are in
 * decimal text above 0, no figure is NaN, no price of a quote is 0.
 */
export function expectSoundEvents(
  frames: readonly string[],
  createReader: () => FrameReader,
  { types, rare = [], hasZeros = false }: ExpectedEvents,
): void {
  const seen = new Map<VenueEvent['type'], number>();
  fc.assert(
    fc.property(fc.array(anyFrame(frames), { minLength: 1, maxLength: 5 }), (texts) => {
      const read = createReader();
      for (const event of texts.flatMap((text) => [...read(text, 0)])) {
        seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
        expectSound(event);
        if (event.type === 'QUOTE' && !hasZeros) expect(event.quote.last).not.toBe(0);
      }
    }),
    { numRuns: READERS },
  );
  expect([...seen.keys()].filter((type) => !types.includes(type) && !rare.includes(type))).toEqual([]);
  for (const type of types) expect(seen.get(type) ?? 0, type).toBeGreaterThan(10);
}

function expectSound(event: VenueEvent): void {
  if (event.type === 'PRINT') {
    for (const decimal of [event.print.price, event.print.size]) {
      expect(decimal).toMatch(DECIMAL);
      expect(decimal).toMatch(/[1-9]/);
    }
  }
  if (event.type === 'QUOTE') {
    expect(Object.values(event.quote).some(Number.isNaN)).toBe(false);
    for (const price of [event.quote.bid, event.quote.ask]) expect(price).not.toBe(0);
  }
  if (event.type === 'BAR') expect(Object.values(event.bar).some(Number.isNaN)).toBe(false);
  if (event.type === 'UNREADABLE') {
    expect(event.reason).toMatch(/^received .*, wanted /s);
    expect(event.reason.length).toBeLessThan(2000);
  }
}
