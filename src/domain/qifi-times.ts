import { type Day, dayOf, dayOfInstant } from './day.ts';

/** Shanghai keeps no summer time (since 1991), so its wall time is UTC + 8 hours. */
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const MS_PER_DAY = 86_400_000;

const DAY = /^(\d{4})-?(\d{2})-?(\d{2})(?!\d)/;
const WALL_TIME = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:[._](\d{1,9}))?$/;

/**
 * The day of a QIFI `trading_day`: `2020-01-16`, `20200116`, either with a time behind it, or a BSON date, which the
 * Python writers fill with local time as if it were UTC. Undefined for anything else.
 */
export function tradingDayOf(value: unknown): Day | undefined {
  if (value instanceof Date) return isInCalendar(value) ? dayOfInstant(value.getTime()) : undefined;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const match = DAY.exec(String(value).trim());
  return match === null ? undefined : dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
}

/**
 * Milliseconds since the epoch of a QIFI `updatetime`: Asia/Shanghai wall time as text, its fraction behind a dot or
 * an underscore, or a BSON date, which holds that wall time as if it were UTC. Undefined for anything else.
 */
export function updateTimeOf(value: unknown): number | undefined {
  if (value instanceof Date) return isInCalendar(value) ? value.getTime() - SHANGHAI_OFFSET_MS : undefined;
  const match = typeof value === 'string' ? WALL_TIME.exec(value.trim()) : null;
  if (match === null) return undefined;
  const [year, month, dayOfMonth, hour, minute, second] = match.slice(1, 7).map(Number);
  const day = dayOf(year ?? 0, month ?? 0, dayOfMonth ?? 0);
  const timeMs = ((hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0)) * 1000;
  if (day === undefined || timeMs >= MS_PER_DAY || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  const fractionMs = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  return day * MS_PER_DAY + timeMs + fractionMs - SHANGHAI_OFFSET_MS;
}

/** The Asia/Shanghai calendar day of an instant in milliseconds since the epoch. */
export function shanghaiDayOf(instant: number): Day {
  return dayOfInstant(instant + SHANGHAI_OFFSET_MS);
}

/** The instant, in milliseconds since the epoch, of a time of day in Shanghai. */
export function shanghaiInstant(day: Day, timeOfDayMs: number): number {
  return day * MS_PER_DAY + timeOfDayMs - SHANGHAI_OFFSET_MS;
}

/** A year of four digits, as texts have it: other dates are nobody's, and no day or instant that can be written. */
function isInCalendar(date: Date): boolean {
  const year = date.getUTCFullYear();
  return year >= 1000 && year <= 9999;
}
