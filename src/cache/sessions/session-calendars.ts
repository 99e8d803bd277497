import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import type { Day } from '../../domain/day.ts';
import { listSessions } from '../../domain/session-days.ts';
import type { Period } from '../../domain/session-hours.ts';
import { ZoneTime } from '../../domain/session-zone.ts';
import {
  CALENDAR_FILE,
  CALENDAR_OVERRIDES,
  type CalendarFile,
  type CalendarOverrides,
  FUTURES_HOURS_FILE,
  type FuturesHoursFile,
} from './session-calendar-file.ts';

/** Markets with a calendar file; data/calendars/us.json is US. */
export const CALENDAR_MARKETS = ['CN', 'HK', 'US', 'JP', 'DE', 'CME'] as const;
export type CalendarMarket = (typeof CALENDAR_MARKETS)[number];

/** How far a calendar reaches, for answers and for `doctor`. */
export interface CalendarCoverage {
  readonly market: CalendarMarket;
  readonly coveredFrom: Day;
  /** The last day of which it is known whether it is a session. */
  readonly coveredThrough: Day;
  /** Where the days come from. */
  readonly source: string;
  readonly version: string;
}

/** The sessions of a market. */
export interface MarketCalendar extends CalendarCoverage {
  readonly zone: ZoneTime;
  /** Sessions, ascending. */
  readonly days: Int32Array;
  /** Undefined where they are not known. */
  hoursOf(day: Day): readonly Period[] | undefined;
}

export interface SessionCalendarsOptions {
  /** The folder of the files. Default: the one that comes with Deskgraph. */
  readonly folder?: string;
  /** A JSON file with what a desk knows better, in the form that data/calendars/README.md shows. */
  readonly overridesPath?: string | undefined;
}

const BUNDLED_FOLDER = fileURLToPath(new URL('../../../data/calendars', import.meta.url));

/** The calendar files, each read when it is first asked for. */
export class SessionCalendars {
  readonly #folder: string;
  readonly #overrides: CalendarOverrides;
  readonly #markets = new Map<CalendarMarket, MarketCalendar>();
  #futuresHours: FuturesHoursFile | undefined;

  /** Fails with an Error that names the file of overrides when it cannot be read. */
  constructor({ folder = BUNDLED_FOLDER, overridesPath }: SessionCalendarsOptions = {}) {
    this.#folder = folder;
    this.#overrides = overridesPath === undefined ? {} : readJson(overridesPath, CALENDAR_OVERRIDES);
    const unknown = Object.keys(this.#overrides).find((market) => !isCalendarMarket(market));
    if (unknown === undefined) return;
    throw new Error(`${overridesPath}: received the market ${unknown}, wanted one of ${CALENDAR_MARKETS.join(', ')}`);
  }

  market(market: CalendarMarket): MarketCalendar {
    let calendar = this.#markets.get(market);
    if (calendar === undefined) {
      const file = readJson(`${this.#folder}/${market.toLowerCase()}.json`, CALENDAR_FILE);
      calendar = toCalendar(market, file, this.#overrides[market]);
      this.#markets.set(market, calendar);
    }
    return calendar;
  }

  /** Trading hours of Chinese futures by product. */
  futuresHours(): FuturesHoursFile {
    this.#futuresHours ??= readJson(`${this.#folder}/cn-futures.json`, FUTURES_HOURS_FILE);
    return this.#futuresHours;
  }

  /** Of all markets; reads every file. */
  coverage(): CalendarCoverage[] {
    return CALENDAR_MARKETS.map((each) => {
      const { market, coveredFrom, coveredThrough, source, version } = this.market(each);
      return { market, coveredFrom, coveredThrough, source, version };
    });
  }
}

function isCalendarMarket(text: string): text is CalendarMarket {
  return CALENDAR_MARKETS.some((market) => market === text);
}

function readJson<T extends z.ZodType>(path: string, form: T): z.infer<T> {
  try {
    return form.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new Error(`cannot read the calendar ${path}`, { cause: error });
  }
}

function toCalendar(
  market: CalendarMarket,
  { source, version, timezone, coveredFrom, hours, irregular, ...file }: CalendarFile,
  own: CalendarOverrides[string] = {},
): MarketCalendar {
  const open = own.open ?? new Set<Day>();
  const closed = new Set([...file.closed, ...(own.closed ?? [])].filter((day) => !open.has(day)));
  const coveredThrough = Math.max(file.coveredThrough, own.coveredThrough ?? file.coveredThrough);
  const shortened = new Map([...(file.shortened ?? []), ...(own.shortened ?? [])]);
  return {
    market,
    source,
    version: Object.keys(own).length === 0 ? version : `${version}, changed here`,
    coveredFrom,
    coveredThrough,
    zone: new ZoneTime(timezone, { start: coveredFrom, end: coveredThrough }),
    days: listSessions({ coveredFrom, coveredThrough, closed, open }),
    hoursOf: (day) => {
      if (irregular?.has(day)) return undefined;
      return shortened.get(day) ?? hours.findLast(({ since }) => since <= day)?.hours;
    },
  };
}
