import { formatDay, parseDay } from '../domain/day.ts';
import { badUserInput, CodedError, quoted } from '../domain/errors.ts';
import { builder } from './builder.ts';

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;
const DECIMAL = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const DECIMAL_MAX_LENGTH = 64;
const INTEGER = /^-?(0|[1-9]\d{0,18})$/;
const CURSOR = /^[A-Za-z0-9_.~-]{1,512}$/;

builder.scalarType('Date', {
  description: 'A calendar day: `2026-11-20`. Nothing shorter, and only days that exist.',
  serialize: formatDay,
  parseValue: (received) => {
    const day = typeof received === 'string' ? parseDay(received) : undefined;
    if (day === undefined) throw badUserInput(`received ${shown(received)}, wanted a day that exists as YYYY-MM-DD`);
    return day;
  },
});

builder.scalarType('DateTime', {
  description:
    'An instant in UTC with milliseconds: `2026-11-20T07:00:00.123Z`. Other zone offsets are accepted as input.',
  serialize: (instant) => new Date(instant).toISOString(),
  parseValue: (received) => {
    const instant = typeof received === 'string' && INSTANT.test(received) ? Date.parse(received) : Number.NaN;
    const isOfADay = typeof received === 'string' && parseDay(received.slice(0, 10)) !== undefined;
    if (Number.isNaN(instant) || !isOfADay) {
      throw badUserInput(`received ${shown(received)}, wanted an instant such as 2026-11-20T07:00:00.123Z`);
    }
    return instant;
  },
});

builder.scalarType('Decimal', {
  description:
    'A decimal number as text: `"64250.10"`. The digits as the venue sent them, trailing zeros kept, exponents expanded.',
  serialize: (text) => text,
  parseValue: (received) => {
    if (typeof received !== 'string' || received.length > DECIMAL_MAX_LENGTH || !DECIMAL.test(received)) {
      throw badUserInput(
        `received ${shown(received)}, wanted a decimal number as text without exponent, at most ${DECIMAL_MAX_LENGTH} characters`,
      );
    }
    return received;
  },
});

builder.scalarType('BigInt', {
  description: 'A whole number of any size as text: `"1579141800000000123"`. Used for nanoseconds since the epoch.',
  serialize: String,
  parseValue: (received) => {
    if (typeof received !== 'string' || !INTEGER.test(received)) {
      throw badUserInput(`received ${shown(received)}, wanted a whole number as text`);
    }
    return BigInt(received);
  },
});

builder.scalarType('SafeInt', {
  description: 'A whole number up to 2^53 - 1, as a JSON number. Used for counters, offsets and sequence numbers.',
  serialize: (value) => {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a safe integer`);
    return value;
  },
  parseValue: (received) => {
    if (!Number.isSafeInteger(received)) {
      throw badUserInput(`received ${shown(received)}, wanted a whole number up to ${Number.MAX_SAFE_INTEGER}`);
    }
    return Number(received);
  },
});

builder.scalarType('Cursor', {
  description: 'Where a stream stands. Opaque: pass it back as `after` to go on exactly there.',
  serialize: (cursor) => cursor,
  parseValue: (received) => {
    if (typeof received !== 'string' || !CURSOR.test(received)) {
      const message = `received ${shown(received)}, wanted a cursor that this server gave out`;
      throw new CodedError('STREAM_BAD_CURSOR', message);
    }
    return received;
  },
});

builder.scalarType('JSON', {
  description:
    "Any JSON value. Used only for the arguments of a command, whose names and types the command's parameters say.",
  serialize: (value) => value,
  parseValue: (received) => received,
});

function shown(received: unknown): string {
  return typeof received === 'object' ? 'an object' : quoted(received);
}
