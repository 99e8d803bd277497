import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../src/exchanges/okx/normalize.ts';

const SESSION = new URL('../../../src/simulator/sessions/okx-2022-05-13.jsonl', import.meta.url);
const CANDLE =
  '{"arg":{"channel":"candle1m","instId":"BTC-USDT"},"data":[["1652459220000","30236","30240.5","30228.6","30231","12.5","377912.1","377912.1","0"]]}';
const FRAMES: readonly string[] = [
  CANDLE,
  '{"event":"error","code":"60018","msg":"channel:tickers,instId:BTC-USDT doesn\'t exist"}',
  '{"event":"notice","code":"64008","msg":"The connection will soon be closed for a service upgrade."}',
  ...readFileSync(SESSION, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .flatMap(({ dir, text }) => (dir === 'in' ? [text] : [])),
];
/** 100,000 with `npm run test:long`. */
const RUNS = process.env.DESKGRAPH_TEST_LONG === '1' ? 100_000 : 20_000;
const DECIMAL = /^(0|[1-9]\d*)(\.\d+)?$/;
const TYPES = ['SUBSCRIBED', 'UNSUBSCRIBED', 'REFUSED', 'TROUBLE', 'QUOTE', 'PRINT', 'BAR', 'CLOSING', 'UNREADABLE'];

const number = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.tuple(fc.bigInt(), fc.nat(), fc.integer({ min: -99, max: 99 })).map(([whole, part, e]) => `${whole}.${part}e${e}`),
);
const odd = fc.oneof(
  number,
  fc.constantFrom('', 'NaN', 'Infinity', '-0', '-0.0', '0x1f', '__proto__', 'constructor', ' 1', '1_000'),
  fc.jsonValue(),
);

/** A frame in which some values are others. */
const withOtherValues = fc
  .tuple(fc.constantFrom(...FRAMES), fc.array(fc.tuple(fc.nat(), odd), { maxLength: 4 }))
  .map(([frame, changes]) => {
    let text = frame;
    for (const [at, value] of changes) {
      const values = [...text.matchAll(/(?<=[:[,])"(?:[^"\\]|\\.)*"(?=[,\]}])/g)];
      const place = values[at % Math.max(1, values.length)];
      if (place === undefined) continue;
      text = `${text.slice(0, place.index)}${JSON.stringify(value)}${text.slice(place.index + place[0].length)}`;
    }
    return text;
  });

/** A frame in which some characters are others, gone or new. */
const withOtherCharacters = fc
  .tuple(
    fc.constantFrom(...FRAMES),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 3, unit: 'binary' })), { maxLength: 4 }),
  )
  .map(([frame, changes]) =>
    changes.reduce((text, [at, length, inserted]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + inserted + text.slice(start + length);
    }, frame),
  );

const half = fc.tuple(fc.constantFrom(...FRAMES), fc.nat()).map(([frame, at]) => frame.slice(0, at % frame.length));
const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), half, withOtherCharacters, withOtherValues);

describe('whatever comes in', () => {
  it('is read without a fault, into events of known types and prints in decimal text', { timeout: 300_000 }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(anything, (text) => {
        for (const event of readFrame(text, 0)) {
          seen.set(event.type, (seen.get(event.type) ?? 0) + 1);
          expect(TYPES).toContain(event.type);
          if (event.type === 'PRINT') {
            expect(event.print.price).toMatch(DECIMAL);
            expect(event.print.size).toMatch(DECIMAL);
            expect(event.print.price).toMatch(/[1-9]/);
          }
          if (event.type === 'QUOTE') {
            expect(Object.values(event.quote).some(Number.isNaN)).toBe(false);
            expect(event.quote.bid).not.toBe(0);
          }
          if (event.type === 'UNREADABLE') expect(event.reason.length).toBeLessThan(2000);
        }
      }),
      { numRuns: RUNS },
    );
    // Neither kind of frame is there by chance only.
    for (const type of TYPES.filter((each) => each !== 'UNSUBSCRIBED')) expect(seen.get(type)).toBeGreaterThan(10);
  });
});
