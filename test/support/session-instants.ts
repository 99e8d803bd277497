import { SessionCalendars } from '../../src/cache/sessions/session-calendars.ts';
import type { SessionClock } from '../../src/cache/sessions/session-clock.ts';
import { SessionMarkets } from '../../src/cache/sessions/session-markets.ts';
import { type Day, formatDay, parseDay } from '../../src/domain/day.ts';
import { resolveInstrument } from '../../src/domain/instrument.ts';

/** The markets as the files that come with Deskgraph have them. */
export const MARKETS = new SessionMarkets(new SessionCalendars());

/** The clock of the bars of a code, from the files that come with Deskgraph. */
export function clockOf(code: string): SessionClock {
  const clock = MARKETS.bars(resolveInstrument(code));
  if (clock === undefined) throw new Error(`${code} has no clock`);
  return clock;
}

/** `2026-11-20 16:30 +08:00` */
export function at(text: string): number {
  const instant = Date.parse(text.replace(' ', 'T').replace(' ', ''));
  if (Number.isNaN(instant)) throw new Error(`${text} is no instant`);
  return instant;
}

export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
}

export function dayText(value: Day | undefined): string | undefined {
  return value === undefined ? undefined : formatDay(value);
}
