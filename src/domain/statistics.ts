/** Rounds to `decimals` places, halves away from zero. Never answers a negative zero. */
export function roundHalfAway(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  const rounded = (Math.sign(value) * Math.round(Math.abs(value) * scale)) / scale;
  return rounded === 0 ? 0 : rounded;
}

/** Values one after the other, as a list or a column. */
type Values = ArrayLike<number> & Iterable<number>;

/** The arithmetic mean; NaN of nothing. */
export function mean(values: Values): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** The sample standard deviation (divisor n - 1), or null for fewer than two values. */
export function sampleDeviation(values: Values): number | null {
  if (values.length < 2) return null;
  const center = mean(values);
  let squares = 0;
  let areEqual = true;
  for (const value of values) {
    squares += (value - center) ** 2;
    areEqual &&= value === values[0];
  }
  // The mean of equal doubles can be off by a last bit.
  return areEqual ? 0 : Math.sqrt(squares / (values.length - 1));
}

/**
 * The quantile of ascending values by linear interpolation between the two nearest (Hyndman and Fan's type 7, which R,
 * numpy and pandas take by default): 0 is the least, 0.5 the median, 1 the greatest. NaN of nothing.
 */
export function quantile(sorted: Values, share: number): number {
  const at = (sorted.length - 1) * share;
  const lower = sorted[Math.floor(at)] ?? Number.NaN;
  const upper = sorted[Math.ceil(at)] ?? Number.NaN;
  return lower + (at - Math.floor(at)) * (upper - lower);
}
