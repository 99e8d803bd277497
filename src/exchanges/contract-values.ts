import { isPositiveDecimal, toDecimalText } from '../domain/decimal-text.ts';

const MOST_DECIMALS = 31;

/**
 * A step or size of a contract as decimal text, exponents expanded; null for what is none above zero. What a venue sends as
 * a JSON number is read by parseExactJson, so that it comes as text with its digits.
 */
export function sizeOf(received: unknown): string | null {
  const decimal = typeof received === 'string' ? toDecimalText(received) : undefined;
  return decimal !== undefined && isPositiveDecimal(decimal) ? decimal : null;
}

/** The step that so many decimals make: 0.01 for `2`, 1 for `0`, 10 for `-1`. Null for what is no such number. */
export function stepOfDecimals(received: unknown): string | null {
  if (typeof received !== 'string' || !/^-?\d{1,2}$/.test(received)) return null;
  const decimals = Number(received);
  return Math.abs(decimals) > MOST_DECIMALS ? null : (toDecimalText(`1e${-decimals}`) ?? null);
}

/** A word of the venue's; null for what is none. */
export function wordOf(received: unknown): string | null {
  return typeof received === 'string' && received !== '' && received.length <= 64 ? received : null;
}
