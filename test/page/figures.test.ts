import { describe, expect, it } from 'vitest';
import {
  formatNumber,
  formatPercent,
  formatShort,
  formatSigned,
  formatSignedPercent,
  groupDigits,
  shortAverage,
  toDecimal,
  trendOf,
} from '../../src/page/figures.ts';

describe('figures', () => {
  it.each([
    ['64250.10', '64,250.10'],
    ['-1234567', '−1,234,567'],
    ['999', '999'],
    ['0.00000001', '0.00000001'],
    [
      '1234567890123456789012345678901234567890.123456789',
      '1,234,567,890,123,456,789,012,345,678,901,234,567,890.123456789',
    ],
    [null, '–'],
  ])('show the decimal text %j with every digit as %j', (decimal, shown) => {
    expect(groupDigits(decimal)).toBe(shown);
  });

  it.each([
    ['50941.1667364016736402', '50,941.166'],
    ['50928.8', '50,928.8'],
    ['50928.00000', '50,928'],
    ['0.0000001234567', '0.000000123'],
    ['123456789.123', '123,456,789'],
    [null, '–'],
  ])('show the average %j as %j', (decimal, shown) => {
    expect(shortAverage(decimal)).toBe(shown);
  });

  it('say the sign of what does not show as zero', () => {
    expect(formatSigned(1234.5, 2)).toBe('+1,234.50');
    expect(formatSigned(-0.5, 1)).toBe('−0.5');
    expect(formatSigned(-0.001, 2)).toBe('0.00');
    expect(formatSigned(null, 2)).toBe('–');
    expect(formatNumber(-0.001, 2)).toBe('0.00');
  });

  it('show fractions in hundredths', () => {
    expect(formatSignedPercent(0.000617, 3)).toBe('+0.062 %');
    expect(formatPercent(0.6475, 0)).toBe('65 %');
    expect(formatPercent(null, 0)).toBe('–');
  });

  it.each([
    [0, '0'],
    [940, '+940'],
    [999.6, '+1.0k'],
    [-10_499, '−10k'],
    [9_960, '+10k'],
    [1_234_000, '+1.2M'],
  ])('put %d in short as %j', (value, shown) => {
    expect(formatShort(value)).toBe(shown);
  });

  it('turn a double into digits without an exponent', () => {
    expect(toDecimal(64_250.1)).toBe('64250.1');
    expect(toDecimal(1e-7)).toBe('0.0000001');
    expect(toDecimal(0.1 + 0.2)).toBe('0.3');
    expect(toDecimal(1e15)).toBe('1000000000000000');
  });

  it('name the trend of a figure', () => {
    expect([1, -1, 0, null].map(trendOf)).toEqual(['up', 'down', 'flat', 'flat']);
  });
});
