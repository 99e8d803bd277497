import { isObject, type JsonObject, parseExactJson } from '../../domain/json-text.ts';
import { type RestAnswer, unclear, unreadableAnswer } from '../rest-answers.ts';
import type { PlacedOrder, VenueAnswer } from '../venue-account.ts';
import { isId, textOf } from '../wire-values.ts';
import { CODES, DUPLICATE_ORDER, parseExactObject } from './account-dialect.ts';

/** With them the venue says that it does not know itself. */
const UNCERTAIN_CODES: readonly string[] = [
  CODES.unknown,
  CODES.disconnected,
  CODES.unexpectedResponse,
  CODES.timedOut,
  CODES.shuttingDown,
];
const UNKNOWN_ORDER_CODES: readonly string[] = [CODES.noSuchOrder, CODES.orderArchived];
/** An order is asked for by its symbol, too, which may have been delisted or never been there. */
const UNKNOWN_QUERY_CODES: readonly string[] = [...UNKNOWN_ORDER_CODES, CODES.noSuchSymbol];

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api#http-return-codes */
const NOT_LOOKED_INTO: ReadonlyMap<number, string> = new Map([
  [403, "the venue's firewall refused the request"],
  [418, 'the venue answers nobody at this address for a while'],
]);

/**
 * What became of one order that was to be placed or cancelled. That an order cannot be cancelled, since there is none that
 * works, does not say whether there ever was one: a refusal.
 */
export function acknowledgedOrder(answer: RestAnswer): VenueAnswer<PlacedOrder> {
  const parsed = parseExactObject(answer.text);
  if (parsed === undefined) return unreadableAnswer(answer, NOT_LOOKED_INTO);
  const { code, orderId } = parsed;
  if (code !== undefined) return refusal(answer, parsed, UNKNOWN_ORDER_CODES);
  if (answer.status >= 300 || !isId(orderId)) return unclear(answer, 'the id of the order');
  return { type: 'DONE', value: { orderId } };
}

/** What was asked for: an object or a list, with each number as the text that it was written as. */
export function queried(answer: RestAnswer): VenueAnswer<unknown> {
  const parsed = parseExactJson(answer.text);
  if (typeof parsed !== 'object' || parsed === null) return unreadableAnswer(answer, NOT_LOOKED_INTO);
  if (isObject(parsed) && parsed.code !== undefined) return refusal(answer, parsed, UNKNOWN_QUERY_CODES);
  if (answer.status >= 300) return unclear(answer, 'what was asked for');
  return { type: 'DONE', value: parsed };
}

/** Milliseconds since the epoch of the answer to TIME_PATH; undefined when it does not say. */
export function readServerTime({ text }: RestAnswer): number | undefined {
  const time = Number(textOf(parseExactObject(text)?.serverTime));
  return Number.isSafeInteger(time) && time > 0 ? time : undefined;
}

function refusal(
  answer: RestAnswer,
  { code: received, msg }: JsonObject,
  unknownOrderCodes: readonly string[],
): VenueAnswer<never> {
  const code = textOf(received);
  const said = textOf(msg);
  const reason = said === '' ? `the venue answered the code ${code.slice(0, 32)}` : said;
  // A duplicate may be the order that was to be placed: a request can arrive twice.
  const isUncertain = UNCERTAIN_CODES.includes(code) || said === DUPLICATE_ORDER;
  if (answer.status >= 500 || isUncertain || !/^-\d{4}$/.test(code)) return { type: 'UNCLEAR', reason };
  if (unknownOrderCodes.includes(code)) return { type: 'NOT_FOUND', code, reason };
  return { type: 'REFUSED', code, reason };
}
