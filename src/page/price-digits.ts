const MOST_DIGITS = 8;

/**
 * How many digits behind the point the prices of one instrument are shown with: the most that were seen so far, so that a
 * price that happens to end in a zero does not move the others.
 */
export class PriceDigits {
  #digits = 0;

  /** With these prices seen too. */
  of(...prices: readonly (number | null)[]): number {
    for (const price of prices) this.#digits = Math.max(this.#digits, digitsOf(price));
    return this.#digits;
  }
}

function digitsOf(price: number | null): number {
  if (price === null || !Number.isFinite(price)) return 0;
  const [, fraction = ''] = price.toFixed(MOST_DIGITS).replace(/0+$/, '').split('.');
  return fraction.length;
}
