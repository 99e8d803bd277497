import { type Day, type DayRange, FIRST_DAY, formatDay } from '../domain/day.ts';
import { badUserInput } from '../domain/errors.ts';

/** A range whose ends may both be open. */
interface OpenRange {
  readonly start: number;
  readonly end: number;
}

interface RangeArguments {
  readonly start?: number | null | undefined;
  readonly end?: number | null | undefined;
}

const DEFAULT_DAYS = 90;

/** Inclusive days, open where an end is absent. Fails with BAD_USER_INPUT when start is after end. */
export function openRange(args: RangeArguments): DayRange {
  return ordered({ start: args.start ?? -Infinity, end: args.end ?? Infinity }, formatDay);
}

/** Inclusive instants (milliseconds), open where an end is absent. Fails like openRange. */
export function openTimeRange(args: RangeArguments): OpenRange {
  return ordered({ start: args.start ?? -Infinity, end: args.end ?? Infinity }, (instant) =>
    new Date(instant).toISOString(),
  );
}

/** Inclusive days; end defaults to today, start to 90 days before end. Fails like openRange. */
export function rangeUntil(today: () => Day, args: RangeArguments): DayRange {
  const end = args.end ?? today();
  return ordered({ start: args.start ?? Math.max(FIRST_DAY, end - DEFAULT_DAYS), end }, formatDay);
}

/** Whether a day or instant lies within; one that is not known lies only within a range without ends. */
export function isWithin(at: number | null, range: OpenRange): boolean {
  return at === null ? range.start === -Infinity && range.end === Infinity : at >= range.start && at <= range.end;
}

function ordered(range: OpenRange, format: (at: number) => string): OpenRange {
  if (range.start > range.end) {
    throw badUserInput(
      `received start ${format(range.start)} after end ${format(range.end)}, wanted start at or before end`,
    );
  }
  return range;
}
