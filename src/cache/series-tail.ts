import { createHash } from 'node:crypto';
import type { Day } from '../domain/day.ts';
import {
  BAR_FIGURES,
  type BarColumns,
  type BarHistory,
  type CorporateEvent,
  lowerBound,
  type NavHistory,
} from '../domain/series.ts';

/** So many rows of a held series are asked for again, so that a restatement of the past shows. */
const OVERLAP_ROWS = 10;
/** Prices that differ by less, as a fraction, are the same. */
const TOLERANCE = 1e-6;
const PRICES = ['open', 'high', 'low', 'close'] as const;

/** From which day on a source is asked for what may be new; undefined for a series without any day. */
export function tailStart(days: Int32Array): Day | undefined {
  return days[Math.max(0, days.length - OVERLAP_ROWS)];
}

/**
 * A history with what a source has from the tail's first day on. Undefined when the two are not of a piece, so that the
 * whole has to be loaded: another source, a hole between them, other prices on days that both have, or other events.
 * Volumes may differ: vendors go on counting for hours.
 */
export function continueBars(held: BarHistory, tail: BarHistory): BarHistory | undefined {
  const from = overlapStart(held.columns.day, tail.columns.day);
  if (from === undefined || tail.source !== held.source) return undefined;
  if (!PRICES.every((price) => isAgreed(held.columns[price], tail.columns[price], from))) return undefined;
  const events = continueEvents(held, tail);
  if (events === undefined) return undefined;
  const { fetchedAt } = tail;
  if (events === held.events && isContained(held.columns, tail.columns, from)) return { ...held, fetchedAt };
  const columns = appended(held.columns, tail.columns, from);
  const revision = continuedRevision(held, tail);
  return { ...held, columns, events, fetchedAt, revision };
}

/** As continueBars, for NAVs. */
export function continueNavs(held: NavHistory, tail: NavHistory): NavHistory | undefined {
  const from = overlapStart(held.day, tail.day);
  if (from === undefined || tail.source !== held.source || !isAgreed(held.nav, tail.nav, from)) return undefined;
  const events = joined(held.events, tail.events, tail.day[0] as Day);
  const { fetchedAt, navMarket = held.navMarket } = tail;
  const isNew = events !== held.events || navMarket !== held.navMarket || tail.day.length !== held.day.length - from;
  if (!isNew && isSameFigures(held.nav, tail.nav, from) && isSameFigures(held.accumulated, tail.accumulated, from)) {
    return { ...held, fetchedAt };
  }
  const day = joinedDays(held.day, tail.day, from);
  const nav = joinedFigures(held.nav, tail.nav, from);
  const accumulated = joinedFigures(held.accumulated, tail.accumulated, from);
  const revision = continuedRevision(held, tail);
  return { ...held, day, nav, accumulated, navMarket, events, fetchedAt, revision };
}

function continuedRevision(held: Revised, tail: Revised): string {
  return createHash('sha256').update(`${held.revision} ${tail.revision}`).digest('base64url').slice(0, 22);
}

interface Revised {
  readonly revision: string;
}

/** The index in `held` of the tail's first day, when every held day from there on is in the tail, in its place. */
function overlapStart(held: Int32Array, tail: Int32Array): number | undefined {
  const first = tail[0];
  if (first === undefined) return undefined;
  const from = lowerBound(held, first);
  if (from === held.length) return undefined;
  return held.subarray(from).every((day, index) => tail[index] === day) ? from : undefined;
}

function isAgreed(held: Float64Array, tail: Float64Array, from: number): boolean {
  return held.subarray(from).every((figure, index) => {
    const other = tail[index] ?? Number.NaN;
    return Object.is(figure, other) || Math.abs(figure - other) <= TOLERANCE * Math.abs(figure);
  });
}

/** Undefined when what was told of the time before the tail has changed, or is told now and was not. */
function continueEvents(held: BarHistory, tail: BarHistory): readonly CorporateEvent[] | undefined {
  if (!tail.areEventsKnown) return held.events;
  if (!held.areEventsKnown) return undefined;
  const first = tail.columns.day[0] as Day;
  const earlier = tail.events.filter(({ day }) => day < first);
  const isRestated = earlier.length > 0 && !isSame(earlier, before(held.events, first));
  return isRestated ? undefined : joined(held.events, tail.events, first);
}

/** The very list that is held when nothing is new. */
function joined(
  held: readonly CorporateEvent[],
  tail: readonly CorporateEvent[],
  first: Day,
): readonly CorporateEvent[] {
  const events = [...before(held, first), ...tail.filter(({ day }) => day >= first)];
  return isSame(events, held) ? held : events;
}

function before(events: readonly CorporateEvent[], first: Day): readonly CorporateEvent[] {
  return events.filter(({ day }) => day < first);
}

function isSame(left: readonly CorporateEvent[], right: readonly CorporateEvent[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function isContained(held: BarColumns, tail: BarColumns, from: number): boolean {
  if (tail.day.length !== held.day.length - from) return false;
  return BAR_FIGURES.every((figure) => isSameFigures(held[figure], tail[figure], from));
}

function isSameFigures(held: Float64Array, tail: Float64Array, from: number): boolean {
  return tail.every((figure, index) => Object.is(held[from + index], figure));
}

function appended(held: BarColumns, tail: BarColumns, from: number): BarColumns {
  return {
    day: joinedDays(held.day, tail.day, from),
    open: joinedFigures(held.open, tail.open, from),
    high: joinedFigures(held.high, tail.high, from),
    low: joinedFigures(held.low, tail.low, from),
    close: joinedFigures(held.close, tail.close, from),
    volume: joinedFigures(held.volume, tail.volume, from),
    amount: joinedFigures(held.amount, tail.amount, from),
  };
}

function joinedDays(held: Int32Array, tail: Int32Array, from: number): Int32Array {
  const days = new Int32Array(from + tail.length);
  days.set(held.subarray(0, from));
  days.set(tail, from);
  return days;
}

function joinedFigures(held: Float64Array, tail: Float64Array, from: number): Float64Array {
  const figures = new Float64Array(from + tail.length);
  figures.set(held.subarray(0, from));
  figures.set(tail, from);
  return figures;
}
