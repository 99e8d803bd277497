import type { Day } from './day.ts';
import { isOrdinaryStep } from './session-days.ts';
import type { Period } from './session-hours.ts';
import type { ZoneTime } from './session-zone.ts';

/** What a market's trading hours are made of. */
export interface HoursRules {
  readonly zone: ZoneTime;
  /** Sessions, ascending. */
  readonly days: Int32Array;
  readonly coveredThrough: Day;
  /** Undefined where they are not known. */
  readonly hoursOf: (day: Day) => readonly Period[] | undefined;
  /** Held on the evening of the session before, and part of the session. */
  readonly night?: NightRule | undefined;
}

export interface NightRule {
  /** In minutes after midnight of the session before. */
  readonly period: Period;
  /** Sessions whose evening has none, beyond those before a holiday from Monday to Friday. */
  readonly cancelled: ReadonlySet<Day>;
}

/** Trading hours as instants, in typed arrays for searches. */
export interface HoursTable {
  /** Openings and closings in turn, ascending: between an even and the next odd one the market is open. */
  readonly edges: Float64Array;
  /** The index in `days` of the session that an edge belongs to. */
  readonly sessionOfEdge: Int32Array;
  /** Starts and ends of stretches about which nothing is known, in turn, ascending. */
  readonly unknown: Float64Array;
}

export function tabulateHours(rules: HoursRules): HoursTable {
  const { zone, days, hoursOf } = rules;
  const edges: number[] = [];
  const sessionOfEdge: number[] = [];
  const unknown: number[] = [];
  let isKnown = false;
  for (const [index, day] of days.entries()) {
    const hours = hoursOf(day);
    if (hours === undefined) {
      if (isKnown) unknown.push(edges.at(-1) ?? Number.NEGATIVE_INFINITY);
      isKnown = false;
      continue;
    }
    const opened = edges.length;
    const evening = index === 0 ? undefined : nightBefore(rules, days[index - 1] as Day, day);
    if (evening !== undefined) edges.push(...evening);
    for (const { from, to } of hours) edges.push(zone.instantOf(day, from), zone.instantOf(day, to));
    while (sessionOfEdge.length < edges.length) sessionOfEdge.push(index);
    if (!isKnown) {
      if (unknown.length === 0) unknown.push(Number.NEGATIVE_INFINITY);
      unknown.push(edges[opened] as number);
    }
    isKnown = true;
  }
  if (unknown.length === 0) unknown.push(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  else unknown.push(...(isKnown ? [endOfKnowledge(rules, edges.at(-1) as number)] : []), Number.POSITIVE_INFINITY);
  return {
    edges: Float64Array.from(edges),
    sessionOfEdge: Int32Array.from(sessionOfEdge),
    unknown: Float64Array.from(unknown),
  };
}

function nightBefore({ zone, night }: HoursRules, previous: Day, day: Day): [number, number] | undefined {
  if (night === undefined || night.cancelled.has(previous) || !isOrdinaryStep(previous, day)) return undefined;
  const { from, to } = night.period;
  return [zone.instantOf(previous, from), zone.instantOf(previous, to)];
}

/** The first session that is not covered could open then. */
function endOfKnowledge({ zone, days, coveredThrough, hoursOf, night }: HoursRules, lastClose: number): number {
  const opensAt = hoursOf(days.at(-1) as Day)?.[0]?.from ?? 0;
  return night !== undefined || opensAt < 0 ? lastClose : zone.instantOf(coveredThrough + 1, opensAt);
}
