import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  divideDecimals,
  isMultipleOf,
  isPositiveDecimal,
  multiplyDecimals,
  subtractDecimals,
  toDecimalText,
} from '../../src/domain/decimal-text.ts';

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

/** Units of a scale as decimal text, and the reverse, to compare with whole numbers. */
const atScale = (units: bigint, scale: number) =>
  toDecimalText(`${units}e-${scale}`) ?? expect.fail(`no decimal of ${units} at ${scale}`);
const units = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });
const scale = fc.nat(20);

describe('addDecimals', () => {
  it.each([
    ['10', '4', '14'],
    ['0.1', '0.2', '0.3'],
    ['1', '0.00000001', '1.00000001'],
    ['1.50', '0.5', '2.00'],
    ['1', '-2.5', '-1.5'],
    ['-0.1', '0.1', '0.0'],
    ['999999999999999999999999999999.99', '0.01', '1000000000000000000000000000000.00'],
  ])('%s + %s = %s', (decimal, amount, sum) => {
    expect(addDecimals(decimal, amount)).toBe(sum);
  });

  it('is undone by subtraction', () => {
    fc.assert(
      fc.property(units, scale, units, scale, (left, leftScale, right, rightScale) => {
        const [decimal, amount] = [atScale(left, leftScale), atScale(right, rightScale)];
        expect(compareDecimals(subtractDecimals(addDecimals(decimal, amount), amount), decimal)).toBe(0);
      }),
    );
  });
});

describe('multiplyDecimals', () => {
  it.each([
    ['1.50', '2', '3'],
    ['0.1', '0.1', '0.01'],
    ['10', '10', '100'],
    ['-0.5', '0.25', '-0.125'],
    ['-0.5', '-4', '2'],
    ['-1', '0.00', '0'],
    ['64250.1', '0.00000001', '0.000642501'],
  ])('%s * %s = %s', (decimal, factor, product) => {
    expect(multiplyDecimals(decimal, factor)).toBe(product);
  });

  it('is exact, at any scale', () => {
    const factor = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n });
    const scaleOfFactor = fc.nat(9);
    fc.assert(
      fc.property(factor, scaleOfFactor, factor, scaleOfFactor, (left, leftScale, right, rightScale) => {
        const product = multiplyDecimals(atScale(left, leftScale), atScale(right, rightScale));
        expect(product).not.toMatch(/\.\d*0$|\.$/);
        expect(compareDecimals(product, atScale(left * right, leftScale + rightScale))).toBe(0);
      }),
    );
  });
});

describe('divideDecimals', () => {
  it.each([
    ['1', '3', 4, '0.3333'],
    ['2', '3', 4, '0.6667'],
    ['1', '8', 2, '0.12'],
    ['3', '8', 2, '0.38'],
    ['-1', '8', 2, '-0.12'],
    ['1', '-3', 2, '-0.33'],
    ['5', '2', 0, '2'],
    ['7', '2', 0, '4'],
    ['1', '1000', 2, '0'],
    ['-1', '1000', 2, '0'],
    ['300', '3.0', 8, '100'],
    ['0.3', '0.1', 8, '3'],
  ])('%s / %s to %i decimals is %s', (dividend, divisor, decimals, quotient) => {
    expect(divideDecimals(dividend, divisor, decimals)).toBe(quotient);
  });

  it('is never further off than half of the last decimal', () => {
    const decimals = 6;
    const divisors = units.filter((value) => value !== 0n);
    fc.assert(
      fc.property(units, divisors, scale, (left, right, rightScale) => {
        const [dividend, divisor] = [String(left), atScale(right, rightScale)];
        const product = multiplyDecimals(divideDecimals(dividend, divisor, decimals), divisor);
        const twiceOff = multiplyDecimals('2', subtractDecimals(product, dividend)).replace('-', '');
        const lastDecimal = multiplyDecimals(divisor, '0.000001').replace('-', '');
        expect(compareDecimals(twiceOff, lastDecimal)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('refuses zero as divisor', () => {
    expect(() => divideDecimals('1', '0.00', 2)).toThrow(RangeError);
  });
});

describe('compareDecimals', () => {
  it.each([
    ['1', '2', -1],
    ['2', '1.99999999999999999999', 1],
    ['1.50', '1.5', 0],
    ['-1', '1', -1],
    ['0.00', '-0', 0],
    ['9', '10', -1],
  ])('%s to %s is %i', (first, second, order) => {
    expect(compareDecimals(first, second)).toBe(order);
    expect(compareDecimals(second, first) + order).toBe(0);
  });
});

describe('isPositiveDecimal', () => {
  it.each([
    ['0.00000001', true],
    ['0.00', false],
    ['-1', false],
  ])('%s: %s', (decimal, isPositive) => {
    expect(isPositiveDecimal(decimal)).toBe(isPositive);
  });
});

describe('isMultipleOf', () => {
  it.each([
    ['0.3', '0.1', true],
    ['0.30', '0.1', true],
    ['0.35', '0.1', false],
    ['64250.1', '0.1', true],
    ['100', '25', true],
    ['0', '0.1', true],
    ['-0.3', '0.1', true],
    ['0.1', '1', false],
  ])('%s in steps of %s: %s', (decimal, step, isMultiple) => {
    expect(isMultipleOf(decimal, step)).toBe(isMultiple);
  });

  it('refuses zero as step', () => {
    expect(() => isMultipleOf('1', '0.0')).toThrow(RangeError);
  });
});
