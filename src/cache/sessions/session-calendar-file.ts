import { z } from 'zod';
import { type Day, parseDay } from '../../domain/day.ts';
import { quoted } from '../../domain/errors.ts';
import { type Period, parseHours } from '../../domain/session-hours.ts';

/** A calendar of data/calendars as its file tells it; the README there explains the keys. */
export type CalendarFile = z.infer<typeof CALENDAR_FILE>;

/** Trading hours of the Chinese exchanges of futures by product. */
export type FuturesHoursFile = z.infer<typeof FUTURES_HOURS_FILE>;

/** What a desk knows better, by market. */
export type CalendarOverrides = z.infer<typeof CALENDAR_OVERRIDES>;

const dayText = z.string().transform(toDay);
const hoursText = z.string().transform(toHours);
/** {"2026": "01-01 02-17"} */
const daysByYear = z.record(z.string(), z.string()).transform(toDays);
/** {"2024-11-05": "09:00-11:30 12:30-15:30"} */
const hoursSince = z
  .record(z.string(), hoursText)
  .transform((changes) => Object.entries(changes).map(([since, hours]) => ({ since: toDay(since), hours })));
/** {"09:30-13:00": {"2026": "11-27 12-24"}} */
const shortened = z.record(z.string(), daysByYear).transform((lists) => {
  const daysOf = ([hours, days]: [string, ReadonlySet<Day>]) => [...days].map((day) => [day, toHours(hours)] as const);
  return new Map(Object.entries(lists).flatMap(daysOf));
});

export const CALENDAR_FILE = z.object({
  market: z.string(),
  source: z.string(),
  version: z.string(),
  timezone: z.string(),
  coveredFrom: dayText,
  coveredThrough: dayText,
  hours: hoursSince,
  shortened: shortened.optional(),
  irregular: daysByYear.optional(),
  closed: daysByYear,
});

export const FUTURES_HOURS_FILE = z.object({
  version: z.string(),
  hoursFrom: dayText,
  cancelledNights: daysByYear,
  tables: z.array(
    z.object({
      hours: hoursText,
      night: hoursText.optional(),
      products: z.record(
        z.string(),
        z.string().transform((products) => products.split(' ')),
      ),
    }),
  ),
});

export const CALENDAR_OVERRIDES = z.record(
  z.string(),
  z.strictObject({
    coveredThrough: dayText.optional(),
    closed: daysByYear.optional(),
    open: daysByYear.optional(),
    shortened: shortened.optional(),
  }),
);

function toDays(years: Readonly<Record<string, string>>): ReadonlySet<Day> {
  const daysOf = ([year, days]: [string, string]) => days.split(' ').map((day) => toDay(`${year}-${day}`));
  return new Set(Object.entries(years).flatMap(daysOf));
}

function toDay(text: string): Day {
  return known(parseDay(text), text, 'a day');
}

function toHours(text: string): readonly Period[] {
  return known(parseHours(text), text, 'hours such as 09:30-12:00 13:00-16:00');
}

function known<T>(value: T | undefined, text: string, wanted: string): T {
  if (value === undefined) throw new Error(`received ${quoted(text)}, wanted ${wanted}`);
  return value;
}
