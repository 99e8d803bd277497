import { quoted } from '../domain/errors.ts';
import type { VenueAnswer } from './venue-account.ts';

export interface RestAnswer {
  readonly status: number;
  readonly text: string;
}

/** HTTP statuses of requests that nobody has looked into. */
const NOT_PASSED_ON: ReadonlyMap<number, string> = new Map([
  [413, 'the request is too large'],
  [414, 'the request is too large'],
  [429, 'too many requests'],
  [431, 'the request is too large'],
]);

/** Nothing that says what became of the request. */
export function unclear({ status, text }: RestAnswer, wanted: string): VenueAnswer<never> {
  return { type: 'UNCLEAR', reason: `received HTTP ${status} with ${quoted(text, 200)}, wanted ${wanted}` };
}

/**
 * An answer that is none of the venue's: something between it and us may have given it, with a page of its own and at any
 * time. `refused` are further statuses that the venue documents for requests that it has not looked into.
 */
export function unreadableAnswer(
  answer: RestAnswer,
  refused: ReadonlyMap<number, string> = new Map(),
): VenueAnswer<never> {
  const reason = NOT_PASSED_ON.get(answer.status) ?? refused.get(answer.status);
  return reason === undefined ? unclear(answer, 'an answer of the venue') : { type: 'REFUSED', code: null, reason };
}
