import { type Day, dayOfInstant } from '../../domain/day.ts';

const HOUR_MS = 3_600_000;

/**
 * The days of instants (milliseconds since the epoch) in a time zone, for many instants in a row. Fails with RangeError
 * for a name that the runtime does not know.
 */
export function createZoneDays(timeZone: string): (instant: number) => Day {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  let knownHour = Number.NaN;
  let offset = 0;
  return (instant) => {
    // Formatting is what takes time, and zones change at full hours.
    const hour = Math.floor(instant / HOUR_MS);
    if (hour !== knownHour) offset = offsetAt(format, instant);
    knownHour = hour;
    return dayOfInstant(instant + offset);
  };
}

function offsetAt(format: Intl.DateTimeFormat, instant: number): number {
  const fields = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)] as const));
  const field = (type: Intl.DateTimeFormatPartTypes): number => fields.get(type) ?? 0;
  const wall = Date.UTC(field('year'), field('month') - 1, field('day'), field('hour'), field('minute'));
  return wall - Math.floor(instant / 60_000) * 60_000;
}
