import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CALENDAR_MARKETS,
  type CalendarMarket,
  SessionCalendars,
} from '../../../src/cache/sessions/session-calendars.ts';
import { type Day, formatDay, parseDay, weekdayOf } from '../../../src/domain/day.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FOLDER = join(import.meta.dirname, '../../../data/calendars');
const calendars = new SessionCalendars();

function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
}

/** Days from Monday to Friday of a year on which a market is closed, as MM-DD. */
function closedOn(market: CalendarMarket, year: number): string {
  const sessions = new Set(calendars.market(market).days);
  const closed = [];
  for (let each = day(`${year}-01-01`); each <= day(`${year}-12-31`); each += 1) {
    if (weekdayOf(each) < 5 && !sessions.has(each)) closed.push(formatDay(each).slice(5));
  }
  return closed.join(' ');
}

function hoursOn(market: CalendarMarket, text: string): string | undefined {
  const clock = (minute: number) => new Date(minute * 60_000).toISOString().slice(11, 16);
  return calendars
    .market(market)
    .hoursOf(day(text))
    ?.map(({ from, to }) => `${clock(from)}-${clock(to)}`)
    .join(' ');
}

describe('the calendar files', () => {
  // As the exchanges announced them.
  it.each([
    [
      'CN',
      2024,
      '01-01 02-09 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17 10-01 10-02 10-03 10-04 10-07',
    ],
    [
      'CN',
      2025,
      '01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08',
    ],
    [
      'CN',
      2026,
      '01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07',
    ],
    [
      'HK',
      2023,
      '01-02 01-23 01-24 01-25 04-05 04-07 04-10 05-01 05-26 06-22 07-17 10-02 10-23 12-25 12-26 09-01 09-08',
    ],
    ['HK', 2025, '01-01 01-29 01-30 01-31 04-04 04-18 04-21 05-01 05-05 07-01 10-01 10-07 10-29 12-25 12-26'],
    ['HK', 2026, '01-01 02-17 02-18 02-19 04-03 04-06 04-07 05-01 05-25 06-19 07-01 10-01 10-19 12-25'],
    ['US', 2025, '01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25'],
    ['US', 2026, '01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25'],
    [
      'JP',
      2025,
      '01-01 01-02 01-03 01-13 02-11 02-24 03-20 04-29 05-05 05-06 07-21 08-11 09-15 09-23 10-13 11-03 11-24 12-31',
    ],
    [
      'JP',
      2026,
      '01-01 01-02 01-12 02-11 02-23 03-20 04-29 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23 12-31',
    ],
    ['DE', 2025, '01-01 04-18 04-21 05-01 12-24 12-25 12-26 12-31'],
    ['CME', 2025, '01-01 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25'],
  ] as const)('close %s in %s on the days that are announced', (market, year, closed) => {
    expect(closedOn(market, year).split(' ')).toEqual([...closed.split(' ')].sort());
  });

  it('have the days on which Hong Kong was shut by weather', () => {
    expect(closedOn('HK', 2023)).toMatch(/07-17/);
    expect(closedOn('HK', 2024)).toMatch(/09-06/);
  });

  it('trade 242 days a year in China, 243 in 2025', () => {
    const counts = [2022, 2024, 2025, 2026].map((year) => {
      const [from, to] = [day(`${year}-01-01`), day(`${year}-12-31`)];
      return calendars.market('CN').days.filter((each) => each >= from && each <= to).length;
    });
    expect(counts).toEqual([242, 242, 243, 242]);
  });

  it.each([
    ['US', '2025-07-03', '09:30-13:00'],
    ['US', '2025-11-28', '09:30-13:00'],
    ['US', '2025-12-24', '09:30-13:00'],
    ['US', '2026-11-27', '09:30-13:00'],
    ['US', '2026-07-02', '09:30-16:00'],
    ['HK', '2025-01-28', '09:30-12:00'],
    ['HK', '2026-02-16', '09:30-12:00'],
    ['HK', '2026-12-24', '09:30-12:00'],
    ['HK', '2026-12-23', '09:30-12:00 13:00-16:00'],
    ['JP', '2024-11-01', '09:00-11:30 12:30-15:00'],
    ['JP', '2024-11-05', '09:00-11:30 12:30-15:30'],
    ['DE', '2025-12-30', '09:00-14:00'],
    ['CN', '2026-11-20', '09:30-11:30 13:00-15:00'],
  ] as const)('let %s trade on %s at %s', (market, text, hours) => {
    expect(hoursOn(market, text)).toBe(hours);
  });

  it.each([
    ['a trade date that begins on a holiday', '2026-01-20'],
    ['a day that ends early', '2026-11-27'],
  ])('say nothing of the hours of the CME on %s', (_, text) => {
    expect(hoursOn('CME', text)).toBeUndefined();
  });

  it('say where they come from, under which licence, and how far they reach', () => {
    for (const market of CALENDAR_MARKETS) {
      const file = JSON.parse(readFileSync(join(FOLDER, `${market.toLowerCase()}.json`), 'utf8'));
      expect(file).toMatchObject({
        market,
        source: expect.stringMatching(/^exchange_calendars /),
        version: expect.stringMatching(/\d/),
      });
      expect(file.licence).toMatch(/Apache-2.0/);
    }
    expect(readFileSync(join(FOLDER, 'NOTICE'), 'utf8')).toContain('LICENSE.exchange_calendars');
    expect(calendars.coverage().map(({ market }) => market)).toEqual(CALENDAR_MARKETS);
    for (const { market, coveredThrough, coveredFrom } of calendars.coverage()) {
      const { days } = calendars.market(market);
      expect(days[0]).toBeGreaterThanOrEqual(coveredFrom);
      expect(days.at(-1)).toBeLessThanOrEqual(coveredThrough);
      expect(coveredFrom).toBeLessThanOrEqual(day('2015-01-01'));
    }
  });

  it('know night sessions of products that are each in one table only', () => {
    const products = calendars
      .futuresHours()
      .tables.flatMap((table) =>
        Object.entries(table.products).flatMap(([at, list]) => list.map((each) => `${each}.${at}`)),
      );
    expect(products.length).toBeGreaterThan(80);
    expect(new Set(products).size).toBe(products.length);
  });
});

describe('overrides', () => {
  function override(content: string): SessionCalendars {
    using folder = temporaryFolder();
    const overridesPath = join(folder.path, 'calendars.json');
    writeFileSync(overridesPath, content);
    return new SessionCalendars({ overridesPath });
  }

  it('close a day, shorten one and extend a calendar, as the README shows', () => {
    const readme = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    const example = /\n( {4}\{\n[\s\S]*?\n {4}\}\n)/.exec(readme)?.[1] ?? '';
    const own = override(example);
    const [hongKong, china] = [own.market('HK'), own.market('CN')];
    expect([...hongKong.days]).not.toContain(day('2026-12-28'));
    expect([...calendars.market('HK').days]).toContain(day('2026-12-28'));
    expect(hongKong.hoursOf(day('2026-12-23'))).toEqual([{ from: 570, to: 720 }]);
    expect(hongKong.version).toMatch(/, changed here$/);
    expect(formatDay(china.coveredThrough)).toBe('2027-12-31');
    expect([...china.days]).toContain(day('2027-01-04'));
    expect([...china.days]).not.toContain(day('2027-02-05'));
    expect(own.market('US').version).toBe(calendars.market('US').version);
  });

  it('open a day that the file has closed, and one at a weekend', () => {
    const own = override('{"US": {"open": {"2026": "12-25 12-26"}}}');
    expect([...own.market('US').days]).toEqual(expect.arrayContaining([day('2026-12-25'), day('2026-12-26')]));
  });

  it.each([
    ['{"HK": {"closed": {"2026": "13-01"}}}', '2026-13-01'],
    ['{"HK": {"shortened": {"noon": {"2026": "12-24"}}}}', 'noon'],
    ['{"HK": {"holidays": {}}}', 'holidays'],
    ['{"HK"', 'calendars.json'],
  ])('are refused with the place of the mistake: %s', (content, place) => {
    let message = '';
    try {
      override(content);
    } catch (error) {
      message = `${error} ${error instanceof Error ? error.cause : ''}`;
    }
    expect(message).toContain('calendars.json');
    expect(message).toContain(place);
  });

  it('are refused for a market without a calendar', () => {
    expect(() => override('{"MOON": {}}')).toThrow(/MOON.*CN, HK, US, JP, DE, CME/);
  });
});
