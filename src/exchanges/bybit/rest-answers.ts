import { type RestAnswer, unclear, unreadableAnswer } from '../rest-answers.ts';
import type { PlacedOrder, VenueAnswer } from '../venue-account.ts';
import { isId, textOf } from '../wire-values.ts';
import { type BybitAnswer, CODES, OK, parseAnswer } from './account-dialect.ts';

/** With them the venue says that it does not know itself. */
const UNCERTAIN_CODES: readonly string[] = [
  CODES.expired,
  CODES.overloaded,
  CODES.timedOut,
  CODES.serverError,
  CODES.inProcess,
  CODES.spotInternalError,
  CODES.spotTimedOut,
  CODES.spotPlacingTimedOut,
  CODES.spotCancellingTimedOut,
  CODES.spotSystemError,
  // Which may be the order that was to be placed: a request can arrive twice.
  CODES.duplicateRequest,
  CODES.duplicateClientOrderId,
  CODES.spotDuplicateClientOrderId,
];
/** An order is asked for by its symbol, too, which may have been delisted or never been there. */
const UNKNOWN_QUERY_CODES: readonly string[] = [
  CODES.noSuchOrder,
  CODES.spotNoSuchOrder,
  CODES.symbolNotListed,
  CODES.spotNoSuchSymbol,
];
const TOO_FAST_CODES: readonly string[] = [CODES.tooFast, CODES.spotTooFast];
/** What is longer is rows, which are not parsed twice. */
const MOST_CHARACTERS_OF_REFUSAL = 500;

const NOT_LOOKED_INTO: ReadonlyMap<number, string> = new Map([[403, 'the venue answers nobody at this address']]);

/**
 * What became of one order that was to be placed or cancelled. That an order cannot be cancelled, since there is none that
 * works, does not say whether there ever was one: a refusal.
 */
export function acknowledgedOrder(answer: RestAnswer): VenueAnswer<PlacedOrder> {
  const parsed = parseAnswer(answer.text);
  if (parsed === undefined) return unreadableAnswer(answer, NOT_LOOKED_INTO);
  if (parsed.code !== OK) return refusal(answer, parsed, []);
  const { orderId } = parsed.result;
  if (answer.status >= 300 || !isId(orderId)) return unclear(answer, 'the id of the order');
  return { type: 'DONE', value: { orderId } };
}

/** A page of rows as the venue sends it. */
export interface AnsweredRows {
  readonly rows: readonly unknown[];
  /** What the next page is asked for with; undefined: this is the last. */
  readonly cursor: string | undefined;
  /** Milliseconds since the epoch by the venue's clock; undefined when it does not say. */
  readonly time: number | undefined;
}

/** The rows that were asked for. */
export function queriedRows(answer: RestAnswer): VenueAnswer<AnsweredRows> {
  const parsed = parseAnswer(answer.text);
  if (parsed === undefined) return unreadableAnswer(answer, NOT_LOOKED_INTO);
  if (parsed.code !== OK) return refusal(answer, parsed, UNKNOWN_QUERY_CODES);
  const { list, nextPageCursor } = parsed.result;
  if (answer.status >= 300 || !Array.isArray(list)) return unclear(answer, 'a list of rows');
  const cursor = textOf(nextPageCursor) || undefined;
  return { type: 'DONE', value: { rows: list, cursor, time: parsed.time } };
}

/** Milliseconds since the epoch of the answer to TIME_PATH; undefined when it does not say. */
export function readServerTime({ text }: RestAnswer): number | undefined {
  return parseAnswer(text)?.time;
}

/** Whether the venue refused a request because there were too many of them. */
export function isTooFast({ text }: RestAnswer): boolean {
  return text.length <= MOST_CHARACTERS_OF_REFUSAL && TOO_FAST_CODES.includes(parseAnswer(text)?.code ?? '');
}

function refusal(
  answer: RestAnswer,
  { code, message }: BybitAnswer,
  unknownOrderCodes: readonly string[],
): VenueAnswer<never> {
  const said = textOf(message);
  const reason = said === '' ? `the venue answered the code ${code.slice(0, 32)}` : said;
  const isUncertain = answer.status >= 500 || UNCERTAIN_CODES.includes(code);
  if (isUncertain || !/^-?\d{1,7}$/.test(code)) return { type: 'UNCLEAR', reason };
  if (unknownOrderCodes.includes(code)) return { type: 'NOT_FOUND', code, reason };
  return { type: 'REFUSED', code, reason };
}
