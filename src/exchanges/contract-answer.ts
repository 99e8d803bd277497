import type { ContractTerms } from '../domain/contract.ts';
import { quoted } from '../domain/errors.ts';
import { isObject, type JsonObject } from '../domain/json-text.ts';
import type { VenueAnswer, VenuePage } from './venue-account.ts';

export interface ContractAnswer {
  readonly status: number;
  readonly text: string;
}

/** How a venue writes a list of contracts. */
export interface ContractListForm {
  parse(text: string): unknown;
  /** Undefined: the answer is no list. */
  rowsOf(parsed: unknown): unknown;
  /** Undefined for a row that names no contract. */
  termsOf(row: JsonObject): ContractTerms | undefined;
  /** Where the next page starts; undefined: this is the last. */
  nextOf?(parsed: unknown): string | undefined;
}

/** HTTP statuses with which a venue turns away who asks too often; Binance says 418 to who does not stop. */
const TOO_MANY_REQUESTS: readonly number[] = [418, 429];

/** A list of contracts, or why there is none. All or nothing, since a contract that is left out looks as if it were gone. */
export function readContracts(
  { status, text }: ContractAnswer,
  form: ContractListForm,
): VenueAnswer<VenuePage<ContractTerms>> {
  if (TOO_MANY_REQUESTS.includes(status)) return { type: 'REFUSED', code: null, reason: 'too many requests' };
  const parsed = status === 200 ? form.parse(text) : undefined;
  const rows = parsed === undefined ? undefined : form.rowsOf(parsed);
  const unclear = (wanted: string): VenueAnswer<never> => ({
    type: 'UNCLEAR',
    reason: `received HTTP ${status} with ${quoted(text, 200)}, wanted ${wanted}`,
  });
  if (!Array.isArray(rows)) return unclear('a list of contracts');
  const items: ContractTerms[] = [];
  for (const row of rows) {
    const terms = isObject(row) ? form.termsOf(row) : undefined;
    if (terms === undefined) return unclear('contracts with their names');
    items.push(terms);
  }
  return { type: 'DONE', value: { items, next: form.nextOf?.(parsed) } };
}
