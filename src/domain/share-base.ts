import type { Day } from './day.ts';
import { type BarColumns, type CorporateEvent, lowerBound, type NavHistory } from './series.ts';

/** A split or dividend, with the first day on which the close, and on which the NAV, is without the right. */
export interface BaseStep {
  readonly priceDay: Day;
  readonly navDay: Day;
  readonly ratio: number;
  readonly cash: number;
}

/** The two series that a premium is made of, and what is known to have happened to the share. */
export interface HeldSeries {
  /** Unadjusted. */
  readonly bars: Pick<BarColumns, 'day' | 'close'>;
  readonly navs: Pick<NavHistory, 'day' | 'nav' | 'events'>;
  readonly events: readonly CorporateEvent[];
}

/** By how much a figure has to change at once to be of another share: no session moves a fund's close or NAV that far. */
export const BASE_CHANGE = 1.5;

/** How far apart close and NAV change, and how far the told day may lie from it: the longest halts around a holiday. */
const NEAR_DAYS = 15;

/**
 * The steps of a fund's share base, in order. Close and NAV need not change on one day: 513100.SH was halted on
 * 2022-01-13 when its NAV was divided by five, and traded at a fifth from the 14th on. A split of 1.5 and more is
 * dated by the very change of each series near the day that was told; a dividend of the NAV by the NAV's own events.
 * Whatever neither shows is dated as it was told.
 */
export function baseSteps({ bars, navs, events }: HeldSeries): readonly BaseStep[] {
  const steps = events.map((event) => ({
    priceDay: dayOfChange(bars.day, bars.close, event) ?? event.day,
    navDay: dayOfChange(navs.day, navs.nav, event) ?? dividendOfNav(navs.events, event)?.day ?? event.day,
    ratio: event.ratio,
    cash: event.cash,
  }));
  // Cash is paid per old share: it goes before the same day's split divides.
  return steps.sort((left, right) => left.priceDay - right.priceDay || right.cash - left.cash);
}

/**
 * A NAV of one day in the share base of another day's close: without the cash and the split that the close is without,
 * with those that only the NAV is without. Not above zero when events are nonsense.
 */
export function restatedNav(
  nav: number,
  steps: readonly BaseStep[],
  { navDay, day }: { readonly navDay: Day; readonly day: Day },
): number {
  let restated = nav;
  for (const step of steps) {
    if (step.priceDay <= day && navDay < step.navDay) restated = (restated - step.cash) / step.ratio;
  }
  for (let index = steps.length - 1; index >= 0; index--) {
    const step = steps[index] as BaseStep;
    if (step.navDay <= navDay && day < step.priceDay) restated = restated * step.ratio + step.cash;
  }
  return restated;
}

/** The day near an event's on which figures changed as its split says, the best match; undefined when none did. */
function dayOfChange(days: Int32Array, figures: Float64Array, event: CorporateEvent): Day | undefined {
  const wanted = Math.log(event.ratio);
  if (Math.abs(wanted) < Math.log(BASE_CHANGE)) return undefined;
  let best: Day | undefined;
  let leastDistance = Math.abs(wanted) / 2;
  let before = Number.NaN;
  for (let index = lowerBound(days, event.day - NEAR_DAYS); index < days.length; index++) {
    const day = days[index] as Day;
    if (day > event.day + NEAR_DAYS) break;
    const figure = figures[index] as number;
    const distance = Math.abs(Math.log(before / figure) - wanted);
    if (distance < leastDistance) {
      best = day;
      leastDistance = distance;
    }
    if (figure > 0) before = figure;
  }
  return best;
}

/** What is told of the NAV itself of the same dividend: a listed fund may go ex elsewhere a day before it does here. */
function dividendOfNav(
  events: readonly CorporateEvent[],
  { day, ratio, cash }: CorporateEvent,
): CorporateEvent | undefined {
  if (ratio !== 1) return undefined;
  return events.find((other) => Math.abs(other.day - day) <= NEAR_DAYS && Math.abs(other.cash - cash) <= cash * 1e-6);
}
