import type { Day } from './day.ts';
import { PREMIUM_DECIMALS, type PremiumColumns } from './premium.ts';
import { mean, quantile, roundHalfAway, sampleDeviation } from './statistics.ts';

/** Statistics of premiums, fractions all of them. Rounded to 6 decimals but for the last two. */
export interface PremiumStats {
  readonly count: number;
  readonly mean: number;
  /** Sample deviation (n - 1); null for fewer than two points. */
  readonly std: number | null;
  readonly min: number;
  /** The first day that has it. */
  readonly minDay: Day;
  readonly max: number;
  readonly maxDay: Day;
  readonly median: number;
  /** Quantiles by linear interpolation, as of numpy and pandas. */
  readonly p05: number;
  readonly p25: number;
  readonly p75: number;
  readonly p95: number;
  /** (latest - mean) / std; null when std is null or zero. */
  readonly zScore: number | null;
  /** Share of the points at or below the latest, the latest included. */
  readonly percentile: number;
}

/** What equal premiums of unequal prices may differ by in doubles; no two prices in ticks come so close. */
const EQUAL_WITHIN = 1e-13;

/** The points of a premium history from `from` on, up to and without `to`. */
export interface PremiumSlice<Columns = Pick<PremiumColumns, 'day' | 'price' | 'nav'>> {
  readonly columns: Columns;
  readonly from: number;
  readonly to: number;
}

/**
 * Statistics of a slice, its last point being the latest; undefined when it is empty. They are of the premiums before
 * rounding: a median between two rounded ones can be off by the last digit.
 */
export function premiumStats({ columns, from, to }: PremiumSlice): PremiumStats | undefined {
  const navs = columns.nav.subarray(from, to);
  const premiums = columns.price.subarray(from, to).map((price, index) => price / (navs[index] ?? Number.NaN) - 1);
  const latest = premiums.at(-1);
  if (latest === undefined) return undefined;
  const sorted = premiums.toSorted();
  const deviation = sampleDeviation(premiums);
  const std = deviation !== null && deviation <= EQUAL_WITHIN ? 0 : deviation;
  const center = mean(premiums);
  const least = sorted[0] as number;
  const greatest = sorted.at(-1) as number;
  const dayOf = (premium: number): Day => columns.day[from + premiums.indexOf(premium)] as Day;
  return {
    count: premiums.length,
    mean: rounded(center),
    std: std === null ? null : rounded(std),
    min: rounded(least),
    minDay: dayOf(least),
    max: rounded(greatest),
    maxDay: dayOf(greatest),
    median: rounded(quantile(sorted, 0.5)),
    p05: rounded(quantile(sorted, 0.05)),
    p25: rounded(quantile(sorted, 0.25)),
    p75: rounded(quantile(sorted, 0.75)),
    p95: rounded(quantile(sorted, 0.95)),
    zScore: std === null || std === 0 ? null : (latest - center) / std,
    percentile: premiums.filter((premium) => premium <= latest + EQUAL_WITHIN).length / premiums.length,
  };
}

function rounded(fraction: number): number {
  return roundHalfAway(fraction, PREMIUM_DECIMALS);
}
