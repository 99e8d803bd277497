import fc from 'fast-check';
import { expect } from 'vitest';
import type { VenueContracts } from '../../src/exchanges/venue-contracts.ts';

type Read = ReturnType<ReturnType<VenueContracts['lists'][number]['page']>['read']>;

/** What the first page of a venue's only list says. */
export function readFirstPage(contracts: VenueContracts | undefined, text: string, status = 200): Read | undefined {
  return contracts?.lists[0]?.page().read({ status, text });
}

/** Whatever a venue answers, it is read without a throw, and rows that are none make no list. */
export function expectNoThrow(
  contracts: VenueContracts | undefined,
  wrap: (rows: readonly unknown[]) => unknown,
): void {
  fc.assert(
    fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), (rows) => {
      expect(readFirstPage(contracts, JSON.stringify(wrap(rows)))?.type).toBe('UNCLEAR');
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 100, max: 599 }), (text, status) => {
      expect(['UNCLEAR', 'REFUSED']).toContain(readFirstPage(contracts, text, status)?.type);
    }),
  );
}
