import { type CalendarCoverage, SessionCalendars } from '../../cache/sessions/session-calendars.ts';
import { type Day, formatDay } from '../../domain/day.ts';
import { type Finding, fault, note, ok } from './finding.ts';

/** So long before its end a calendar is worth a word. */
const SOON_DAYS = 30;

/** How far the trading calendars reach. Behind its end a market's series are fresh by their age alone. */
export function checkCalendars(overridesPath: string | undefined, today: Day): Finding[] {
  try {
    return describeCoverage(new SessionCalendars({ overridesPath }).coverage(), today);
  } catch (error) {
    return [fault(error instanceof Error ? error.message : String(error))];
  }
}

/** One finding for each calendar that has ended or soon will, or one for all. */
export function describeCoverage(coverage: readonly CalendarCoverage[], today: Day): Finding[] {
  const ending = coverage.filter(({ coveredThrough }) => coveredThrough < today + SOON_DAYS);
  if (ending.length > 0) return ending.map((calendar) => describeEnd(calendar, today));
  const first = coverage.reduce((left, right) => (left.coveredThrough <= right.coveredThrough ? left : right));
  return [ok(`${coverage.length} markets, all known through ${formatDay(first.coveredThrough)}`)];
}

function describeEnd({ market, coveredThrough }: CalendarCoverage, today: Day): Finding {
  const ends = `${market} ${coveredThrough < today ? 'ended' : 'ends'} on ${formatDay(coveredThrough)}`;
  const why = 'behind it bars are fresh by their age alone, and asOf is null';
  return note(`${ends}; ${why}; a later version has more, or CALENDAR_OVERRIDES`);
}
