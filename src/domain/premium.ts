import type { Day } from './day.ts';
import {
  type BarColumns,
  type BarHistory,
  type CorporateEvent,
  lowerBound,
  type NavHistory,
  type NavMarket,
} from './series.ts';
import { BASE_CHANGE, baseSteps, restatedNav } from './share-base.ts';
import { roundHalfAway } from './statistics.ts';

/** Which day's NAV a close is held against; GraphQL's NavAlignment. */
export const NAV_ALIGNMENTS = ['AUTO', 'SAME_DATE', 'PREVIOUS_NAV'] as const;
export type NavAlignment = (typeof NAV_ALIGNMENTS)[number];

/** An alignment that has been decided. */
export type DecidedAlignment = Exclude<NavAlignment, 'AUTO'>;

/** Why a close is held against no NAV; GraphQL's UnmatchedReason. */
export const UNMATCHED_REASONS = ['NAV_MISSING', 'NAV_TOO_OLD', 'NOT_COMPARABLE'] as const;
export type UnmatchedReason = (typeof UNMATCHED_REASONS)[number];

export interface UnmatchedDay {
  readonly day: Day;
  readonly reason: UnmatchedReason;
}

/** How many sessions of the fund a previous NAV may be old, the very next one being the first. */
const MAX_NAV_AGE_SESSIONS = 3;
/** And how many days, since a fund that is halted has no sessions: three of them with the longest holiday between. */
const MAX_NAV_AGE_DAYS = 15;
/** A premium further from zero than this is looked at twice. */
const LARGE_PREMIUM = 0.5;

/** How many decimals of a premium are told. */
export const PREMIUM_DECIMALS = 6;

/** What premiums are computed from. */
export interface PremiumInput {
  /** Unadjusted: an adjusted close is no price that a NAV can be held against. */
  readonly bars: Pick<BarColumns, 'day' | 'close'>;
  readonly navs: Pick<NavHistory, 'day' | 'nav' | 'events'>;
  readonly alignment: DecidedAlignment;
  readonly events: readonly CorporateEvent[];
}

/** The premium of one session. */
export interface PremiumPoint {
  readonly day: Day;
  /** price / nav - 1, rounded to 6 decimals. */
  readonly premium: number;
  readonly price: number;
  /** Unit NAV, restated when a split or dividend lies between its day and the price's. */
  readonly nav: number;
  readonly navDay: Day;
  /** Sessions of the fund after the NAV's day, the price's own included: 0 for the NAV of the same date. */
  readonly navAgeSessions: number;
  readonly restated: boolean;
}

/** Premium points as columns of one length, ascending by day. `restated` is 1 or 0. */
export interface PremiumColumns {
  readonly day: Int32Array;
  readonly premium: Float64Array;
  readonly price: Float64Array;
  readonly nav: Float64Array;
  readonly navDay: Int32Array;
  readonly navAgeSessions: Int32Array;
  readonly restated: Int32Array;
}

/** All premiums of a fund. Never changed, only replaced. */
export interface PremiumHistory {
  readonly columns: PremiumColumns;
  /** Sessions with a close that has no NAV, ascending. */
  readonly unmatched: readonly UnmatchedDay[];
}

/** The alignment that a fund's NAV calls for: the previous NAV where it is struck after the exchange has closed. */
export function resolveAlignment(requested: NavAlignment, navMarket: NavMarket | undefined): DecidedAlignment {
  if (requested !== 'AUTO') return requested;
  return navMarket === 'US' || navMarket === 'EU' ? 'PREVIOUS_NAV' : 'SAME_DATE';
}

/** Splits and dividends of a fund: the bars' where their source knows them, else what is told beside the NAVs. */
export function eventsOfFund(
  bars: Pick<BarHistory, 'events' | 'areEventsKnown'>,
  navs: Pick<NavHistory, 'events'>,
): readonly CorporateEvent[] {
  return bars.areEventsKnown ? bars.events : navs.events;
}

/**
 * Unadjusted close over unit NAV, minus one, for each session that has both. SAME_DATE takes the NAV of the very date.
 * PREVIOUS_NAV takes the latest of an earlier date that is at most 3 sessions of the fund and 15 days old. A NAV is
 * restated to the share base of the close. Sessions with a close and no such NAV are listed apart, and so is one whose
 * premium would be beyond 50 % and a factor of 1.5 away from the one before: then a split lies between of which nobody
 * told, or a figure is wrong. Nothing else carries a NAV forward.
 */
export function premiumHistory({ bars, navs, alignment, events }: PremiumInput): PremiumHistory {
  const points: PremiumPoint[] = [];
  const unmatched: UnmatchedDay[] = [];
  const usable = usableNavs(navs);
  const steps = baseSteps({ bars, navs: { ...usable, events: navs.events }, events });
  const find = alignment === 'SAME_DATE' ? navOfDay : navBefore;
  for (const [index, day] of bars.day.entries()) {
    const price = bars.close[index] ?? Number.NaN;
    if (Number.isNaN(price)) continue;
    const found = find(usable.day, { sessions: bars.day, index });
    if (typeof found === 'string') {
      unmatched.push({ day, reason: found });
      continue;
    }
    const { navIndex, navAgeSessions } = found;
    const navDay = usable.day[navIndex] as Day;
    const published = usable.nav[navIndex] as number;
    const nav = restatedNav(published, steps, { navDay, day });
    if (isComparable(price / nav, points.at(-1))) {
      const premium = roundHalfAway(price / nav - 1, PREMIUM_DECIMALS);
      points.push({ day, premium, price, nav, navDay, navAgeSessions, restated: nav !== published });
    } else {
      unmatched.push({ day, reason: 'NOT_COMPARABLE' });
    }
  }
  return { columns: columnsOf(points), unmatched };
}

/** The NAVs that a close can be divided by. */
function usableNavs({ day, nav }: Pick<NavHistory, 'day' | 'nav'>): Pick<NavHistory, 'day' | 'nav'> {
  const isUsable = (_: number, index: number): boolean => {
    const figure = nav[index] ?? Number.NaN;
    return figure > 0 && Number.isFinite(figure);
  };
  return nav.every((figure, index) => isUsable(figure, index))
    ? { day, nav }
    : { day: day.filter(isUsable), nav: nav.filter(isUsable) };
}

interface Session {
  readonly sessions: Int32Array;
  readonly index: number;
}

interface FoundNav {
  readonly navIndex: number;
  readonly navAgeSessions: number;
}

function navOfDay(navDays: Int32Array, { sessions, index }: Session): FoundNav | UnmatchedReason {
  const day = sessions[index] as Day;
  const navIndex = lowerBound(navDays, day);
  return navDays[navIndex] === day ? { navIndex, navAgeSessions: 0 } : 'NAV_MISSING';
}

function navBefore(navDays: Int32Array, { sessions, index }: Session): FoundNav | UnmatchedReason {
  const day = sessions[index] as Day;
  const navIndex = lowerBound(navDays, day) - 1;
  const navDay = navDays[navIndex];
  if (navDay === undefined) return 'NAV_MISSING';
  const navAgeSessions = index + 1 - lowerBound(sessions, navDay + 1);
  const isTooOld = navAgeSessions > MAX_NAV_AGE_SESSIONS || day - navDay > MAX_NAV_AGE_DAYS;
  return isTooOld ? 'NAV_TOO_OLD' : { navIndex, navAgeSessions };
}

function isComparable(quotient: number, last: Pick<PremiumPoint, 'price' | 'nav'> | undefined): boolean {
  if (!(quotient > 0 && Number.isFinite(quotient))) return false;
  if (last === undefined || Math.abs(quotient - 1) <= LARGE_PREMIUM) return true;
  const change = quotient / (last.price / last.nav);
  return change <= BASE_CHANGE && change >= 1 / BASE_CHANGE;
}

function columnsOf(points: readonly PremiumPoint[]): PremiumColumns {
  return {
    day: Int32Array.from(points, ({ day }) => day),
    premium: Float64Array.from(points, ({ premium }) => premium),
    price: Float64Array.from(points, ({ price }) => price),
    nav: Float64Array.from(points, ({ nav }) => nav),
    navDay: Int32Array.from(points, ({ navDay }) => navDay),
    navAgeSessions: Int32Array.from(points, ({ navAgeSessions }) => navAgeSessions),
    restated: Int32Array.from(points, ({ restated }) => Number(restated)),
  };
}
