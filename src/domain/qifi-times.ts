import { type Day, dayOf, dayOfInstant } from './day.ts';

/** Shanghai keeps no summer time (since 1991), so its wall time is UTC + 8 hours. */
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const MS_PER_DAY = 86_400_000;
const ZERO = '0'.charCodeAt(0);

/** Says whether it is a time; its figures stand where they stand. */
const WALL_TIME = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:[._]\d{1,9})?$/;

/**
 * The day of a QIFI `trading_day`: `2020-01-16`, `20200116`, either with a time behind it, or a BSON date, which the
 * Python writers fill with local time as if it were UTC. Undefined for anything else.
 */
export function tradingDayOf(value: unknown): Day | undefined {
  if (value instanceof Date) return isInCalendar(value) ? dayOfInstant(value.getTime()) : undefined;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const text = String(value).trim();
  const month = text.charAt(4) === '-' ? 5 : 4;
  const dayOfMonth = text.charAt(month + 2) === '-' ? month + 3 : month + 2;
  if (isDigit(text.charCodeAt(dayOfMonth + 2))) return undefined;
  return dayOf(digitsAt(text, 0, 4), digitsAt(text, month, 2), digitsAt(text, dayOfMonth, 2));
}

/**
 * Milliseconds since the epoch of a QIFI `updatetime`: Asia/Shanghai wall time as text, its fraction behind a dot or
 * an underscore, or a BSON date, which holds that wall time as if it were UTC. Undefined for anything else.
 */
export function updateTimeOf(value: unknown): number | undefined {
  if (value instanceof Date) return isInCalendar(value) ? value.getTime() - SHANGHAI_OFFSET_MS : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (!WALL_TIME.test(text)) return undefined;
  const day = dayOf(digitsAt(text, 0, 4), digitsAt(text, 5, 2), digitsAt(text, 8, 2));
  const [minute, second] = [digitsAt(text, 14, 2), digitsAt(text, 17, 2)];
  const timeMs = (digitsAt(text, 11, 2) * 3600 + minute * 60 + second) * 1000;
  if (day === undefined || timeMs >= MS_PER_DAY || minute > 59 || second > 59) return undefined;
  const fractionMs = text.length > 19 ? Number(text.slice(20, 23).padEnd(3, '0')) : 0;
  return day * MS_PER_DAY + timeMs + fractionMs - SHANGHAI_OFFSET_MS;
}

/** A QIFI `updatetime` of an instant in milliseconds since the epoch: `2020-01-16 20:59:01.118` in Shanghai. */
export function formatUpdateTime(instant: number): string {
  return new Date(instant + SHANGHAI_OFFSET_MS).toISOString().slice(0, 23).replace('T', ' ');
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

/** The number that these digits of a text are; NaN when one of them is none. */
function digitsAt(text: string, from: number, count: number): number {
  let number = 0;
  for (let at = from; at < from + count; at++) {
    const code = text.charCodeAt(at);
    if (!isDigit(code)) return Number.NaN;
    number = number * 10 + code - ZERO;
  }
  return number;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}
