const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
const MAX_LENGTH = 64;

/**
 * A number as decimal text without exponent: every digit of the text is kept, trailing zeros included. Undefined for
 * what is no finite number, or would take more than 64 characters.
 */
export function toDecimalText(received: number | bigint | string): string | undefined {
  const text = String(received);
  const match = text.length > MAX_LENGTH ? null : NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (digits === '' || point > MAX_LENGTH || point < -MAX_LENGTH) return undefined;

  const before =
    digits
      .slice(0, Math.max(point, 0))
      .padEnd(point, '0')
      .replace(/^0+(?=\d)/, '') || '0';
  const after = '0'.repeat(Math.max(-point, 0)) + digits.slice(Math.max(point, 0));
  const unsigned = after === '' ? before : `${before}.${after}`;
  if (unsigned.length > MAX_LENGTH) return undefined;
  return sign === '-' && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
}

/** A figure as decimal text; null for one that is not known, or that has no such text. */
export function figureText(figure: number | null): string | null {
  return figure === null ? null : (toDecimalText(figure) ?? null);
}

/** The exact sum of two decimal texts, with as many decimals as the longer of them. */
export function addDecimals(decimal: string, amount: string): string {
  const scale = Math.max(decimalsOf(decimal), decimalsOf(amount));
  return unscaled(scaled(decimal, scale) + scaled(amount, scale), scale);
}

/** The exact difference of two decimal texts, with as many decimals as the longer of them. */
export function subtractDecimals(from: string, amount: string): string {
  const scale = Math.max(decimalsOf(from), decimalsOf(amount));
  return unscaled(scaled(from, scale) - scaled(amount, scale), scale);
}

/** The exact product of two decimal texts, without trailing zeros behind the point. */
export function multiplyDecimals(decimal: string, factor: string): string {
  const [scale, factorScale] = [decimalsOf(decimal), decimalsOf(factor)];
  return withoutTrailingZeros(unscaled(scaled(decimal, scale) * scaled(factor, factorScale), scale + factorScale));
}

/**
 * The quotient of two decimal texts, rounded half to even to at most so many decimals, without trailing zeros behind
 * the point. Throws a RangeError when the divisor is zero.
 */
export function divideDecimals(dividend: string, divisor: string, decimals: number): string {
  const scale = Math.max(decimalsOf(dividend), decimalsOf(divisor));
  const [numerator, denominator] = [scaled(dividend, scale) * 10n ** BigInt(decimals), scaled(divisor, scale)];
  const quotient = magnitude(numerator) / magnitude(denominator);
  const twiceRest = 2n * (magnitude(numerator) % magnitude(denominator));
  const isRoundedUp =
    twiceRest > magnitude(denominator) || (twiceRest === magnitude(denominator) && quotient % 2n === 1n);
  const rounded = isRoundedUp ? quotient + 1n : quotient;
  const isNegative = numerator < 0n !== denominator < 0n;
  return withoutTrailingZeros(unscaled(isNegative ? -rounded : rounded, decimals));
}

/** Below zero when the first decimal text is the smaller number, above when it is the larger, 0 when they are equal. */
export function compareDecimals(first: string, second: string): number {
  const scale = Math.max(decimalsOf(first), decimalsOf(second));
  const difference = scaled(first, scale) - scaled(second, scale);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

export function isPositiveDecimal(decimal: string): boolean {
  return compareDecimals(decimal, '0') > 0;
}

/** Whether a decimal text is a whole number of steps. Throws a RangeError when the step is zero. */
export function isMultipleOf(decimal: string, step: string): boolean {
  const scale = Math.max(decimalsOf(decimal), decimalsOf(step));
  return scaled(decimal, scale) % scaled(step, scale) === 0n;
}

function decimalsOf(decimal: string): number {
  const point = decimal.indexOf('.');
  return point < 0 ? 0 : decimal.length - point - 1;
}

function scaled(decimal: string, scale: number): bigint {
  return BigInt(decimal.replace('.', '') + '0'.repeat(scale - decimalsOf(decimal)));
}

function unscaled(value: bigint, scale: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = String(magnitude(value)).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return sign + (scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function withoutTrailingZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
