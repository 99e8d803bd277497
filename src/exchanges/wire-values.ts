import { toDecimalText } from '../domain/decimal-text.ts';
import { quoted } from '../domain/errors.ts';
import type { Side } from '../domain/trade.ts';

const PLAIN_DECIMAL = /^(0|[1-9]\d{0,31})(\.\d{1,31})?$/;
const MAX_ID_LENGTH = 64;
const MAX_REASON_LENGTH = 512;

const SIDES: ReadonlyMap<unknown, Side> = new Map([
  ['buy', 'BUY'],
  ['sell', 'SELL'],
]);

export function toSide(received: unknown): Side | undefined {
  return SIDES.get(received);
}

/** The venue's numbers are texts; a JSON number may have lost digits already. */
export function toDecimal(received: unknown): string | undefined {
  if (typeof received !== 'string') return undefined;
  // What nearly every number looks like is decimal text already.
  return PLAIN_DECIMAL.test(received) ? received : toDecimalText(received);
}

/** From 0 on. */
export function toUnsignedDecimal(received: unknown): string | undefined {
  const decimal = toDecimal(received);
  return decimal?.startsWith('-') ? undefined : decimal;
}

/** Above 0. */
export function toPositiveDecimal(received: unknown): string | undefined {
  const decimal = toUnsignedDecimal(received);
  return decimal !== undefined && /[1-9]/.test(decimal) ? decimal : undefined;
}

/** Milliseconds since the epoch, before the year 2287. */
export function toInstant(received: unknown): number | null {
  return typeof received === 'string' && /^\d{1,13}$/.test(received) ? Number(received) : null;
}

/** Whether a text can be an id that the venue, or a client of it, has given. */
export function isId(received: unknown): received is string {
  return typeof received === 'string' && received !== '' && received.length <= MAX_ID_LENGTH;
}

/** What the venue says in words; empty for what is no text. */
export function textOf(received: unknown): string {
  return typeof received === 'string' ? received.slice(0, MAX_REASON_LENGTH) : '';
}

export interface Unreadable {
  readonly type: 'UNREADABLE';
  readonly reason: string;
}

export function unreadable(text: string, wanted: string): Unreadable {
  return { type: 'UNREADABLE', reason: `received ${quoted(text, 200)}, wanted ${wanted}` };
}
