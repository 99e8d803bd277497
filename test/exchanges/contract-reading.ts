import fc from 'fast-check';
import { expect } from 'vitest';
import type { ContractTerms } from '../../src/domain/contract.ts';
import type { VenueAnswer, VenuePage } from '../../src/exchanges/venue-account.ts';
import type { VenueContracts } from '../../src/exchanges/venue-contracts.ts';
import { anyFrame } from './any-frame.ts';

/** What the first page of a venue's list, its first unless told, says of an answer. */
export function readList(
  contracts: VenueContracts | undefined,
  text: string,
  { status = 200, index = 0 } = {},
): VenueAnswer<VenuePage<ContractTerms>> {
  const list = contracts?.lists[index];
  if (list === undefined) throw new Error('received a venue without this list');
  return list.page().read({ status, text });
}

/** Expects that a list reads whatever is made of these texts without a throw, and names each contract. */
export function expectSoundLists(contracts: VenueContracts | undefined, texts: readonly string[]): void {
  fc.assert(
    fc.property(anyFrame(texts), (text) => {
      const answer = readList(contracts, text);
      expect(['DONE', 'REFUSED', 'UNCLEAR']).toContain(answer.type);
      if (answer.type === 'DONE') for (const { symbol } of answer.value.items) expect(symbol).not.toBe('');
      else if (answer.type === 'UNCLEAR') expect(answer.reason.length).toBeLessThan(2000);
    }),
  );
}

/** Expects that whatever a venue answers is read without a throw, and that rows that are none make no list. */
export function expectNoLists(
  contracts: VenueContracts | undefined,
  wrap: (rows: readonly unknown[]) => unknown,
): void {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (rows) => {
      expect(readList(contracts, JSON.stringify(wrap(rows))).type).toBe('UNCLEAR');
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 100, max: 599 }), (text, status) => {
      expect(['UNCLEAR', 'REFUSED']).toContain(readList(contracts, text, { status }).type);
    }),
  );
}
