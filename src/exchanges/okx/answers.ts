import { quoted } from '../../domain/errors.ts';
import { isObject } from '../../domain/json-text.ts';
import { type RestAnswer, unclear, unreadableAnswer } from '../rest-answers.ts';
import type { PlacedOrder, VenueAnswer } from '../venue-account.ts';
import { isId, textOf } from '../wire-values.ts';
import { ALL_FAILED, CODES, OK, PARTLY_FAILED, parseAnswer } from './account-dialect.ts';

/** With them the venue says that it does not know itself. */
const UNCERTAIN_CODES: readonly string[] = [
  CODES.unavailable,
  CODES.timedOut,
  CODES.busy,
  CODES.systemError,
  CODES.orderTimedOut,
  CODES.cancelTimedOut,
  // Which may be the order that was to be placed: a request can arrive twice.
  CODES.duplicateClientOrderId,
];
const UNKNOWN_ORDER_CODES: readonly string[] = [CODES.noSuchOrder];
/** An order is asked for by its instrument, too, which may have been delisted or never been there. */
const UNKNOWN_QUERY_CODES: readonly string[] = [CODES.noSuchOrder, CODES.noSuchInstrument];

const TOO_FAST_CODES: readonly string[] = [CODES.tooFast, CODES.accountTooFast];
/** What is longer is rows, which are not parsed twice. */
const MOST_CHARACTERS_OF_REFUSAL = 500;

/** What became of one order that was to be placed or cancelled: its own code decides, not that of the whole. */
export function acknowledgedOrder(answer: RestAnswer): VenueAnswer<PlacedOrder> {
  const parsed = parseAnswer(answer.text);
  if (parsed === undefined) return unreadableAnswer(answer);
  const [row] = parsed.data ?? [];
  if (isObject(row) && typeof row.sCode === 'string') {
    if (row.sCode !== OK) return refusal(answer, { code: row.sCode, said: textOf(row.sMsg) }, UNKNOWN_ORDER_CODES);
    if (answer.status >= 300 || !isId(row.ordId)) return unclear(answer, 'the id of the order');
    return { type: 'DONE', value: { orderId: row.ordId } };
  }
  // That all or some of it failed does not say why, and so not whether for certain.
  if ([OK, ALL_FAILED, PARTLY_FAILED].includes(parsed.code)) return unclear(answer, 'what became of the order');
  return refusal(answer, { code: parsed.code, said: textOf(parsed.msg) }, UNKNOWN_ORDER_CODES);
}

/** The rows that were asked for. */
export function queriedRows(answer: RestAnswer): VenueAnswer<readonly unknown[]> {
  const parsed = parseAnswer(answer.text);
  if (parsed === undefined) return unreadableAnswer(answer);
  if (parsed.code !== OK) return refusal(answer, { code: parsed.code, said: textOf(parsed.msg) }, UNKNOWN_QUERY_CODES);
  if (answer.status >= 300 || parsed.data === undefined) return unclear(answer, 'a list of rows');
  return { type: 'DONE', value: parsed.data };
}

/** Milliseconds since the epoch of the answer to TIME_PATH; undefined when it does not say. */
export function readServerTime({ text }: RestAnswer): number | undefined {
  const [row] = parseAnswer(text)?.data ?? [];
  const ts = isObject(row) ? Number(textOf(row.ts)) : Number.NaN;
  return Number.isSafeInteger(ts) && ts > 0 ? ts : undefined;
}

/** Whether the venue refused a request because there were too many of them. The codes come with HTTP 429 and 200. */
export function isTooFast({ text }: RestAnswer): boolean {
  if (text.length > MOST_CHARACTERS_OF_REFUSAL) return false;
  return TOO_FAST_CODES.includes(parseAnswer(text)?.code ?? '');
}

interface Refusal {
  readonly code: string;
  readonly said: string;
}

function refusal(
  answer: RestAnswer,
  { code, said }: Refusal,
  unknownOrderCodes: readonly string[],
): VenueAnswer<never> {
  const reason = said === '' ? `the venue answered the code ${quoted(code)}` : said;
  // A code may be refined: 51008_1000.
  const [mainCode = ''] = code.split('_', 1);
  const isUncertain = answer.status >= 500 || UNCERTAIN_CODES.includes(mainCode);
  if (isUncertain || !/^\d{5}$/.test(mainCode)) return { type: 'UNCLEAR', reason };
  if (unknownOrderCodes.includes(mainCode)) return { type: 'NOT_FOUND', code, reason };
  return { type: 'REFUSED', code: code.slice(0, 32), reason };
}
