import type { ContractTerms } from '../domain/contract.ts';
import { quoted } from '../domain/errors.ts';
import type { VenueAnswer, VenuePage } from './venue-account.ts';

export interface ListAnswer {
  readonly status: number;
  readonly text: string;
}

/** A list that came in one answer, of rows that all can be read or else are no list. `wanted` says what they are. */
export function readContractRows(
  rows: readonly unknown[],
  readRow: (row: unknown) => ContractTerms | undefined,
  answer: ListAnswer,
  wanted: string,
): VenueAnswer<VenuePage<ContractTerms>> {
  const items: ContractTerms[] = [];
  for (const row of rows) {
    const terms = readRow(row);
    if (terms === undefined) return unclearList(answer, wanted);
    items.push(terms);
  }
  return { type: 'DONE', value: { items, next: undefined } };
}

export function unclearList({ status, text }: ListAnswer, wanted: string): VenueAnswer<never> {
  return { type: 'UNCLEAR', reason: `received HTTP ${status} with ${quoted(text, 200)}, wanted ${wanted}` };
}
