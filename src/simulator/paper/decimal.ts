import {
  addDecimals,
  compareDecimals,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
} from '../../domain/decimal-text.ts';

/** The exact sum, without trailing zeros, as are all results of this file. */
export function plus(...decimals: readonly string[]): string {
  return trimmed(decimals.reduce(addDecimals, '0'));
}

export function minus(from: string, amount: string): string {
  return trimmed(subtractDecimals(from, amount));
}

export function times(...decimals: readonly string[]): string {
  return trimmed(decimals.reduce(multiplyDecimals, '1'));
}

export function smaller(first: string, second: string): string {
  return compareDecimals(first, second) <= 0 ? first : second;
}

export function larger(first: string, second: string): string {
  return compareDecimals(first, second) >= 0 ? first : second;
}

export function magnitude(decimal: string): string {
  return decimal.startsWith('-') ? decimal.slice(1) : decimal;
}

/** The largest whole number of steps of which so many times the price is not above a sum. */
export function affordableSteps(step: string, sum: string, price: string): string {
  const count = divideDecimals(sum, times(step, price), 0);
  const isRoundedUp = compareDecimals(times(count, step, price), sum) > 0;
  return times(isRoundedUp ? subtractDecimals(count, '1') : count, step);
}

export function trimmed(decimal: string): string {
  return multiplyDecimals(decimal, '1');
}
