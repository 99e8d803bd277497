import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NUMBER_BYTES, writeNumber } from '../../src/execution/write-number.ts';

function written(value: number): string {
  const bytes = Buffer.alloc(NUMBER_BYTES + 4, '#');
  const end = writeNumber(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 2, value);
  expect(bytes.toString('latin1', 0, 2)).toBe('##');
  // Zeros that were taken back may stand behind the end, but nothing outside of the room.
  expect(bytes.toString('latin1', NUMBER_BYTES + 2)).toBe('##');
  return bytes.toString('latin1', 2, end);
}

function expectAsJson(value: number): void {
  expect(written(value)).toBe(JSON.stringify(value));
}

describe('a number', () => {
  it.each([
    0,
    -0,
    1,
    -1,
    9,
    10,
    99,
    100,
    4294967295,
    4294967296,
    -4294967297,
    99999999,
    100000000,
    999999999999999,
    1e15,
    1e15 + 0.5,
    -(2 ** 53),
    2 ** 53 + 2,
    1e20,
    1e21,
    -1e21,
    123456789012345680000,
    0.1,
    0.5,
    0.05,
    0.01,
    1.1,
    1.005,
    1000000.25,
    -3150.25,
    0.000001,
    0.0000015,
    1e-7,
    -0.0000012345678901234567,
    0.1 + 0.2,
    0.03243370147807367,
    99999999.999999,
    999999999.999999,
    9999999999.999998,
    1e9 + 0.01,
    1e13 + 0.01,
    9999999999999.99,
    8.41,
    1.15,
    5e-324,
    Number.MAX_VALUE,
    Number.MIN_VALUE,
    -2.2250738585072014e-308,
    Number.EPSILON,
    Number.MAX_SAFE_INTEGER,
  ])('%d is written as JSON.stringify does', expectAsJson);

  it('is, whatever double it is', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), expectAsJson), { numRuns: 5_000 });
  });

  it('is, whatever decimal it is', () => {
    const digits = fc.maxSafeInteger();
    const places = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(digits, places, (value, shift) => expectAsJson(Number(`${value}e-${shift}`))),
      { numRuns: 5_000 },
    );
  });

  it('is, when it lies beside a decimal', () => {
    const near = fc.tuple(fc.integer({ min: 1, max: 1_000_000_000 }), fc.integer({ min: 0, max: 6 }), fc.boolean());
    fc.assert(
      fc.property(near, ([digits, shift, isAbove]) => {
        const decimal = new Float64Array([digits / 10 ** shift]);
        const bits = new BigInt64Array(decimal.buffer);
        bits[0] = (bits[0] ?? 0n) + (isAbove ? 1n : -1n);
        expectAsJson(decimal[0] ?? 0);
      }),
      { numRuns: 5_000 },
    );
  });
});
