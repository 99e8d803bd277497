/**
 * A calendar day as whole days since 1970-01-01, without a time zone. Series hold days as Int32; clients see
 * YYYY-MM-DD.
 */
export type Day = number;

/** Milliseconds of a day in UTC. */
export const MS_PER_DAY = 86_400_000;
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The day that the text names, or undefined when it is not exactly YYYY-MM-DD of a day that exists. */
export function parseDay(text: string): Day | undefined {
  const match = ISO_DAY.exec(text);
  if (match === null) return undefined;
  return dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
}

/** 0001-01-01 and 9999-12-31: what YYYY-MM-DD can name. */
export const FIRST_DAY: Day = -719_162;
export const LAST_DAY: Day = 2_932_896;

/**
 * The day of a civil date (year 1 to 9999, month 1 to 12), or undefined when there is no such date. Series are read day
 * by day, so that this counts: arithmetic as in `formatDay` (days_from_civil).
 */
export function dayOf(year: number, month: number, dayOfMonth: number): Day | undefined {
  const isDate = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && dayOfMonth >= 1;
  if (!isDate || dayOfMonth > daysIn(year, month)) return undefined;
  const yearFromMarch = month <= 2 ? year - 1 : year;
  const era = Math.floor(yearFromMarch / 400);
  const yearOfEra = yearFromMarch - era * 400;
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth - 1;
  const ofEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + ofYear;
  return era * 146_097 + ofEra - 719_468;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isLeap ? 29 : 28;
}

/**
 * YYYY-MM-DD. Series are written day by day, so that this counts: the civil date comes by arithmetic over eras of 400
 * years that begin in March (https://howardhinnant.github.io/date_algorithms.html, civil_from_days).
 */
export function formatDay(day: Day): string {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const dayOfMonth = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${year >= 1000 ? year : String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** The day that contains an instant (milliseconds since the epoch) in UTC. */
export function dayOfInstant(ms: number): Day {
  return Math.floor(ms / MS_PER_DAY);
}

/** Midnight UTC of a day, in milliseconds since the epoch. */
export function instantOfDay(day: Day): number {
  return day * MS_PER_DAY;
}

/** Months since year 0: days of one calendar month share it. */
export function monthOf(day: Day): number {
  const date = new Date(day * MS_PER_DAY);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The last calendar day of a month as `monthOf` numbers it. */
export function lastDayOfMonth(month: number): Day {
  return Date.UTC(Math.floor(month / 12), (month % 12) + 1, 1) / MS_PER_DAY - 1;
}

/** Monday is 0, Sunday is 6. 1970-01-01 was a Thursday. */
export function weekdayOf(day: Day): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** An inclusive range of days. */
export interface DayRange {
  readonly start: Day;
  readonly end: Day;
}

/** The Swedish locale writes days as YYYY-MM-DD. */
const dayFormat = (timeZone: string): Intl.DateTimeFormat => new Intl.DateTimeFormat('sv-SE', { timeZone });

/** Of the zones that markets are in: to make one takes a hundred times as long as to use it. */
const DAY_FORMATS: ReadonlyMap<string, Intl.DateTimeFormat> = new Map(
  ['Asia/Shanghai', 'Asia/Hong_Kong', 'America/New_York', 'UTC'].map((timeZone) => [timeZone, dayFormat(timeZone)]),
);

/** The civil day in a time zone (IANA name) at an instant (milliseconds since the epoch). */
export function dayInZone(instant: number, timeZone: string): Day {
  if (Number.isNaN(new Date(instant).getTime())) return dayOfInstant(instant);
  const format = DAY_FORMATS.get(timeZone) ?? dayFormat(timeZone);
  return parseDay(format.format(instant)) ?? dayOfInstant(instant);
}
