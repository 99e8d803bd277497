import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subtractDecimals, toDecimalText } from '../../src/domain/decimal-text.ts';

describe('toDecimalText', () => {
  it.each([
    ['64250.10', '64250.10'],
    ['0', '0'],
    ['-0.00', '0.00'],
    ['+5', '5'],
    ['007.5', '7.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e3', '1000'],
    ['1.50e1', '15.0'],
    ['1.5E-3', '0.0015'],
    ['-12e-1', '-1.2'],
    [1e-7, '0.0000001'],
    [1e21, '1000000000000000000000'],
    [123456789012345678901234567890n, '123456789012345678901234567890'],
  ])('writes %s as %s', (received, text) => {
    expect(toDecimalText(received)).toBe(text);
  });

  it.each([
    [''],
    ['.'],
    ['-'],
    ['e5'],
    ['1e'],
    ['0x1f'],
    ['1,000'],
    ['NaN'],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    ['1e65'],
    ['1e-65'],
    ['1e9999'],
    ['9'.repeat(65)],
  ])('knows no decimal in %s', (received) => {
    expect(toDecimalText(received)).toBeUndefined();
  });

  it('means the same number as the text, without exponent', () => {
    const text = fc
      .tuple(fc.integer(), fc.nat(), fc.integer({ min: -20, max: 20 }))
      .map(([whole, part, exponent]) => `${whole}.${part}e${exponent}`);
    fc.assert(
      fc.property(text, (received) => {
        const decimal = toDecimalText(received) ?? '';
        expect(decimal).toMatch(/^-?\d+(\.\d+)?$/);
        expect(Number(decimal) + 0).toBe(Number(received) + 0);
      }),
    );
  });
});

describe('subtractDecimals', () => {
  it.each([
    ['10', '4', '6'],
    ['0.3', '0.1', '0.2'],
    ['1', '0.00000001', '0.99999999'],
    ['1.50', '0.5', '1.00'],
    ['1', '2.5', '-1.5'],
    ['-1', '-3', '2'],
    ['0.1', '0.1', '0.0'],
  ])('%s - %s = %s', (from, amount, difference) => {
    expect(subtractDecimals(from, amount)).toBe(difference);
  });

  it('is exact', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (left, right) => {
        expect(subtractDecimals(String(left), String(right))).toBe(String(left - right));
      }),
    );
  });
});
