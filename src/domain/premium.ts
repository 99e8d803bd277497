import type { Day } from './day.ts';
import { type BarColumns, type CorporateEvent, lowerBound, type NavHistory, type NavMarket } from './series.ts';
import { mean, median, roundHalfAway, sampleDeviation } from './statistics.ts';

/** Which day's NAV a close is held against; GraphQL's NavAlignment. */
export const NAV_ALIGNMENTS = ['AUTO', 'SAME_DATE', 'PREVIOUS_NAV'] as const;
export type NavAlignment = (typeof NAV_ALIGNMENTS)[number];

/** An alignment that has been decided. */
export type DecidedAlignment = Exclude<NavAlignment, 'AUTO'>;

/** How far back PREVIOUS_NAV looks: the longest mainland holidays, with their weekends, stay below it. */
const MAX_NAV_AGE_DAYS = 15;

const PREMIUM_DECIMALS = 6;

/** What premiums are computed from. */
export interface PremiumInput {
  /** Unadjusted: an adjusted close is no price that a NAV can be held against. */
  readonly bars: BarColumns;
  readonly navs: NavHistory;
  readonly alignment: DecidedAlignment;
  readonly events: readonly CorporateEvent[];
}

/** The premium of one session. */
export interface PremiumPoint {
  readonly day: Day;
  /** price / nav - 1, rounded to 6 decimals. */
  readonly premium: number;
  readonly price: number;
  /** Unit NAV, restated when a split lies between its day and the price's. */
  readonly nav: number;
  readonly navDay: Day;
  readonly restated: boolean;
}

/** Statistics of premiums, fractions all of them. Rounded to 6 decimals but for the last two. */
export interface PremiumStats {
  readonly count: number;
  readonly mean: number;
  /** Sample deviation (n - 1); null for fewer than two points. */
  readonly std: number | null;
  readonly min: number;
  readonly max: number;
  readonly median: number;
  /** (latest - mean) / std; null when std is null or zero. */
  readonly zScore: number | null;
  /** Share of the points at or below the latest, the latest included. */
  readonly percentile: number;
}

/** The alignment that a fund's NAV calls for: the previous NAV where it is struck after the exchange has closed. */
export function resolveAlignment(requested: NavAlignment, navMarket: NavMarket | undefined): DecidedAlignment {
  if (requested !== 'AUTO') return requested;
  return navMarket === 'US' || navMarket === 'EU' ? 'PREVIOUS_NAV' : 'SAME_DATE';
}

/**
 * Unadjusted close over unit NAV, minus one, for each session that has both. SAME_DATE takes the NAV of the day,
 * PREVIOUS_NAV the latest of an earlier day that is at most 15 calendar days old. Sessions with a close and no such
 * NAV are listed apart; a NAV is never carried forward otherwise.
 */
export function premiumPoints({ bars, navs, alignment, events }: PremiumInput): {
  readonly points: readonly PremiumPoint[];
  readonly unmatchedDays: readonly Day[];
} {
  const points: PremiumPoint[] = [];
  const unmatchedDays: Day[] = [];
  const splits = events.filter((event) => event.ratio !== 1);
  for (const [index, day] of bars.day.entries()) {
    const price = bars.close[index] ?? Number.NaN;
    if (Number.isNaN(price)) continue;
    const navIndex = alignment === 'SAME_DATE' ? indexOfDay(navs.day, day) : indexBefore(navs.day, day);
    const navDay = navs.day[navIndex];
    const published = navs.nav[navIndex];
    if (navDay === undefined || published === undefined || !(published > 0)) {
      unmatchedDays.push(day);
      continue;
    }
    const nav = restate(published, splits, { navDay, day });
    points.push({
      day,
      premium: rounded(price / nav - 1),
      price,
      nav,
      navDay,
      restated: nav !== published,
    });
  }
  return { points, unmatchedDays };
}

/**
 * Statistics of points in time order, the latest last; undefined when there are none. They are of the premiums before
 * rounding: a median between two rounded ones can be off by the last digit.
 */
export function premiumStats(points: readonly Pick<PremiumPoint, 'price' | 'nav'>[]): PremiumStats | undefined {
  const premiums = points.map(({ price, nav }) => price / nav - 1);
  const latest = premiums.at(-1);
  if (latest === undefined) return undefined;
  const center = mean(premiums);
  const std = sampleDeviation(premiums);
  return {
    count: premiums.length,
    mean: rounded(center),
    std: std === null ? null : rounded(std),
    min: rounded(premiums.reduce((left, right) => Math.min(left, right))),
    max: rounded(premiums.reduce((left, right) => Math.max(left, right))),
    median: rounded(median(premiums)),
    zScore: std === null || std === 0 ? null : (latest - center) / std,
    percentile: premiums.filter((premium) => premium <= latest).length / premiums.length,
  };
}

function rounded(fraction: number): number {
  return roundHalfAway(fraction, PREMIUM_DECIMALS);
}

function indexOfDay(days: Int32Array, day: Day): number {
  const index = lowerBound(days, day);
  return days[index] === day ? index : -1;
}

function indexBefore(days: Int32Array, day: Day): number {
  const index = lowerBound(days, day) - 1;
  const navDay = days[index];
  return navDay !== undefined && day - navDay <= MAX_NAV_AGE_DAYS ? index : -1;
}

/** Both in the share base of the price: 513100.SH after its 1:5 split would read -80 % against the NAV before it. */
function restate(
  nav: number,
  splits: readonly CorporateEvent[],
  { navDay, day }: { readonly navDay: Day; readonly day: Day },
): number {
  return splits.reduce(
    (restated, split) => (navDay < split.day && split.day <= day ? restated / split.ratio : restated),
    nav,
  );
}
