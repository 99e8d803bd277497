import { runInNewContext } from 'node:vm';
import type { ParameterType } from '../domain/command.ts';
import { parseDay } from '../domain/day.ts';
import { subtractDecimals, toDecimalText } from '../domain/decimal-text.ts';
import { quoted } from '../domain/errors.ts';
import { describeInstrument } from '../domain/instrument.ts';
import { ownsAccount, type Viewer } from '../domain/viewer.ts';
import type { ParameterConfig } from './program.ts';

const MAX_TEXT_LENGTH = 256;
const PATTERN_TIMEOUT_MS = 50;
/** Of the values that an error message names. */
const MAX_LISTED = 20;

/** The text of a value that may stand in an argument, or what was wanted instead. */
export type CheckedValue = { readonly text: string } | { readonly wanted: string };

/** The types whose values are checked without looking at anything else. */
type PlainType = Exclude<ParameterType, 'WORKSPACE_PATH'>;
export type PlainParameter = ParameterConfig & { readonly type: PlainType };

type Check = (received: unknown, parameter: ParameterConfig, viewer: Viewer) => CheckedValue;

/** The text of a value as its parameter's type renders it: numbers as decimal text, codes in their canonical spelling. */
export function checkValue(received: unknown, parameter: PlainParameter, viewer: Viewer): CheckedValue {
  return CHECKS[parameter.type](received, parameter, viewer);
}

const CHECKS: Readonly<Record<PlainType, Check>> = {
  INT: (received, parameter) => {
    const text = Number.isSafeInteger(received) || typeof received === 'string' ? String(received) : '';
    return checkedNumber(/^(0|-?[1-9]\d{0,17})$/.test(text) ? text : undefined, parameter, 'a whole number');
  },
  DECIMAL: (received, parameter) => {
    const isNumber = typeof received === 'number' || (typeof received === 'string' && /^-?\d+(\.\d+)?$/.test(received));
    return checkedNumber(isNumber ? toDecimalText(received) : undefined, parameter, 'a decimal number');
  },
  DATE: (received) => {
    const isDay = typeof received === 'string' && parseDay(received) !== undefined;
    return isDay ? { text: received } : { wanted: 'a day that exists as YYYY-MM-DD' };
  },
  CODE: (received) => {
    const isVisible = typeof received === 'string' && /^[\x21-\x7e]{1,32}$/.test(received);
    const code = isVisible ? describeInstrument(received).code : '';
    // Programs make file names of codes.
    return /^[A-Z0-9][A-Z0-9._-]{0,31}$/.test(code) ? { text: code } : { wanted: 'a code such as 000300.SH' };
  },
  ACCOUNT: (received, _parameter, viewer) => {
    const isOwn = isText(received) && received !== '' && ownsAccount(viewer, received);
    return isOwn ? { text: received } : { wanted: 'the name of an account that is yours' };
  },
  BOOL: (received) => (typeof received === 'boolean' ? { text: String(received) } : { wanted: 'true or false' }),
  ENUM: (received, { values = [] }) =>
    typeof received === 'string' && values.includes(received)
      ? { text: received }
      : { wanted: `one of ${listed(values)}` },
  TEXT: (received, { pattern }) => {
    const wanted = `a text of at most ${MAX_TEXT_LENGTH} characters without control characters`;
    if (!isText(received)) return { wanted };
    const isMatch = pattern === undefined || matchesInTime(pattern, received);
    return isMatch ? { text: received } : { wanted: `a text that matches ${pattern}` };
  },
};

/** A pattern that backtracks without end is ended, and its text refused: only a context of its own can be interrupted. */
function matchesInTime(pattern: string, text: string): boolean {
  const whole = new RegExp(`^(?:${pattern})$`, 'u');
  try {
    return runInNewContext('whole.test(text)', { whole, text }, { timeout: PATTERN_TIMEOUT_MS }) === true;
  } catch {
    return false;
  }
}

/** What reaches a program byte for byte: a NUL would end it, a lone surrogate would become another character. */
function isText(received: unknown): received is string {
  return (
    typeof received === 'string' &&
    received.length <= MAX_TEXT_LENGTH &&
    received.isWellFormed() &&
    !/\p{Cc}/u.test(received)
  );
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, MAX_LISTED).map((value) => quoted(value));
  return values.length > MAX_LISTED ? `${shown.join(', ')} and ${values.length - MAX_LISTED} more` : shown.join(', ');
}

function checkedNumber(text: string | undefined, { min, max }: ParameterConfig, what: string): CheckedValue {
  const isWithin =
    text !== undefined && (min === undefined || !isLess(text, min)) && (max === undefined || !isLess(max, text));
  if (isWithin) return { text };
  if (min === undefined && max === undefined) return { wanted: what };
  if (max === undefined) return { wanted: `${what} of at least ${min}` };
  return { wanted: min === undefined ? `${what} of at most ${max}` : `${what} from ${min} to ${max}` };
}

function isLess(left: number | string, right: number | string): boolean {
  return subtractDecimals(toDecimalText(left) ?? '0', toDecimalText(right) ?? '0').startsWith('-');
}
