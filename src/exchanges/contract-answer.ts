import type { ContractTerms } from '../domain/contract.ts';
import { isObject, type JsonObject } from '../domain/json-text.ts';
import { type RestAnswer, unclear } from './rest-answers.ts';
import type { VenueAnswer, VenuePage } from './venue-account.ts';
import type { VenueContractList } from './venue-contracts.ts';

/** Why a venue gives no list, in its own words. */
export interface ListRefusal {
  readonly code: string;
  readonly reason: string;
}

/** How a venue writes a list of contracts. */
export interface ContractListForm {
  parse(text: string): unknown;
  /** Undefined: the answer does not say that there is no list. It may say so with any status. */
  refusalOf?(parsed: unknown): ListRefusal | undefined;
  /** Undefined: the answer is no list. */
  rowsOf(parsed: unknown): unknown;
  /** Undefined for a row that names no contract. */
  termsOf(row: JsonObject): ContractTerms | undefined;
  /** Where the next page starts; undefined: this is the last. */
  nextOf?(parsed: unknown): string | undefined;
}

/** HTTP statuses with which a venue turns away who asks too often; Binance says 418 to who does not stop. */
const TOO_MANY_REQUESTS: readonly number[] = [418, 429];

/** A list that is a single answer. */
export function listInOneAnswer(name: string, target: string, form: ContractListForm): VenueContractList {
  return { name, page: () => ({ target, read: (answer) => readContracts(answer, form) }) };
}

/** A list of contracts, or why there is none. */
export function readContracts(answer: RestAnswer, form: ContractListForm): VenueAnswer<VenuePage<ContractTerms>> {
  const parsed = form.parse(answer.text);
  const refusal = parsed === undefined ? undefined : form.refusalOf?.(parsed);
  if (refusal !== undefined) return { type: 'REFUSED', ...refusal };
  if (TOO_MANY_REQUESTS.includes(answer.status)) return { type: 'REFUSED', code: null, reason: 'too many requests' };
  const rows = parsed === undefined || answer.status !== 200 ? undefined : form.rowsOf(parsed);
  if (!Array.isArray(rows)) return unclear(answer, 'a list of contracts');
  const termsOf = (row: unknown) => (isObject(row) ? form.termsOf(row) : undefined);
  return readContractRows(answer, { rows, termsOf, next: form.nextOf?.(parsed) });
}

export interface ContractRows {
  readonly rows: readonly unknown[];
  /** Undefined for a row that names no contract. */
  termsOf(row: unknown): ContractTerms | undefined;
  /** Where the next page starts; undefined: this is the last. */
  readonly next?: string | undefined;
}

/** The contracts of the rows of an answer. All or nothing, since a contract that is left out looks as if it were gone. */
export function readContractRows(
  answer: RestAnswer,
  { rows, termsOf, next }: ContractRows,
): VenueAnswer<VenuePage<ContractTerms>> {
  const items: ContractTerms[] = [];
  for (const row of rows) {
    const terms = termsOf(row);
    if (terms === undefined) return unclear(answer, 'contracts with their names');
    items.push(terms);
  }
  return { type: 'DONE', value: { items, next } };
}
