import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContractTerms } from '../../src/domain/contract.ts';
import {
  applyComparison,
  compareContracts,
  findContradicted,
  isSameList,
} from '../../src/domain/contract-comparison.ts';
import { contract } from '../exchanges/contract-lists.ts';

const size = fc.option(fc.constantFrom('0.1', '0.10', '0.01', '1', '10.0', '0.00000001'), { nil: null });
const terms = fc.record({
  symbol: fc.constantFrom('A', 'B', 'C', 'D', 'E', 'a-b', '𝒳'),
  base: fc.option(fc.constantFrom('BTC', 'ETH'), { nil: null }),
  quote: fc.constantFrom('USDT', null),
  kind: fc.constantFrom('SPOT', 'SWAP', null),
  tickSize: size,
  lotSize: size,
  contractSize: size,
  expiresAt: fc.option(fc.constantFrom(1, 2), { nil: null }),
  listed: fc.boolean(),
});
const list: fc.Arbitrary<ContractTerms[]> = fc.uniqueArray(terms, { selector: ({ symbol }) => symbol });

describe('two lists of contracts', () => {
  it('that are the same differ in nothing, whatever their order', () => {
    fc.assert(
      fc.property(list, (contracts) => {
        const comparison = compareContracts(contracts, contracts.toReversed());
        expect(isSameList(comparison)).toBe(true);
        expect(comparison.matching).toHaveLength(contracts.length);
      }),
    );
  });

  it("become one when the differences are applied: the venue's, with what is gone as not listed", () => {
    fc.assert(
      fc.property(list, list, (stored, venue) => {
        const applied = applyComparison(stored, compareContracts(stored, venue));
        expect(isSameList(compareContracts(applied, venue))).toBe(true);
        const names = new Set(venue.map(({ symbol }) => symbol));
        const ofVenue = applied.filter(({ symbol }) => names.has(symbol));
        expect(ofVenue.map(inValue)).toEqual(venue.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)).map(inValue));
        for (const each of applied) if (!names.has(each.symbol)) expect(each.listed).toBe(false);
      }),
    );
  });

  it('have each contract of either side in one place of the comparison', () => {
    fc.assert(
      fc.property(list, list, (stored, venue) => {
        const { matching, added, removed, changed } = compareContracts(stored, venue);
        const renamedTo = changed.flatMap(({ kind, venue: to }) => (kind === 'RENAMED' && to !== null ? [to] : []));
        const places = [
          ...[...matching, ...added.map(({ symbol }) => symbol), ...removed, ...renamedTo],
          ...new Set(changed.map(({ symbol }) => symbol)),
        ];
        const all = new Set([...stored, ...venue].map(({ symbol }) => symbol));
        expect(places.toSorted()).toEqual([...all].toSorted());
      }),
    );
  });
});

describe('the comparison', () => {
  const stored = [contract('BTC-USDT'), contract('BTC-USDT-SWAP', { kind: 'SWAP', contractSize: '0.01' })];
  const changedTo = (changes: Partial<ContractTerms>) => {
    const [first, ...others] = stored;
    return compareContracts(stored, first === undefined ? [] : [{ ...first, ...changes }, ...others]);
  };

  it.each([
    ['PRICE_STEP', { tickSize: '0.01' }, 'tickSize', '0.1', '0.01'],
    ['LOT_STEP', { lotSize: '0.0001' }, 'lotSize', '0.00000001', '0.0001'],
    ['CONTRACT_SIZE', { contractSize: '10' }, 'contractSize', null, '10'],
    ['STATE', { listed: false }, 'listed', 'true', 'false'],
    ['TERMS', { quote: 'USDC' }, 'quote', 'USDT', 'USDC'],
    ['EXPIRY', { expiresAt: 5 }, 'expiresAt', null, '5'],
  ])('calls a difference a %s by its field', (kind, changes, field, before, now) => {
    const { matching, changed } = changedTo(changes);
    expect(changed).toEqual([{ kind, symbol: 'BTC-USDT', field, stored: before, venue: now }]);
    expect(matching).toEqual(['BTC-USDT-SWAP']);
  });

  it('takes decimals that are written otherwise for the same', () => {
    expect(isSameList(changedTo({ tickSize: '0.10', lotSize: '0.000000010' }))).toBe(true);
  });

  it('says what came and what went, and of what is gone already nothing', () => {
    const gone = contract('OLD', { base: 'OLD', listed: false });
    const added = contract('ETH-USDT', { base: 'ETH' });
    const comparison = compareContracts([...stored, gone], [...stored.slice(1), added]);
    expect(comparison).toEqual({
      matching: ['BTC-USDT-SWAP', 'OLD'],
      added: [added],
      removed: ['BTC-USDT'],
      changed: [],
    });
  });

  it('knows a contract by what it trades when only its name is another', () => {
    const { added, removed, changed } = changedTo({ symbol: 'XBT-USDT' });
    expect({ added, removed }).toEqual({ added: [], removed: [] });
    expect(changed).toEqual([
      { kind: 'RENAMED', symbol: 'BTC-USDT', field: 'symbol', stored: 'BTC-USDT', venue: 'XBT-USDT' },
    ]);
  });

  it('does not guess which of two new names a contract got', () => {
    const { added, removed, changed } = compareContracts(
      [contract('BTC-USDT')],
      [contract('XBT-USDT'), contract('BTC-USDT-2')],
    );
    expect([added.map(({ symbol }) => symbol), removed, changed]).toEqual([
      ['BTC-USDT-2', 'XBT-USDT'],
      ['BTC-USDT'],
      [],
    ]);
  });

  it.each([
    ['is gone', compareContracts([contract('A')], []), true],
    ['has another price step', changedTo({ tickSize: '1' }), true],
    ['has no price step any more', changedTo({ tickSize: null }), true],
    ['is paid in another coin', changedTo({ quote: 'USDC' }), true],
    ['has another name', changedTo({ symbol: 'XBT-USDT' }), true],
    ['says a contract size that it never said', changedTo({ contractSize: '1' }), false],
    ['has another lot step', changedTo({ lotSize: '1' }), false],
    ['is suspended', changedTo({ listed: false }), false],
    ['is new', compareContracts([], [contract('A')]), false],
  ])('of a contract that %s tells whether it contradicts what was stored', (_what, comparison, contradicts) => {
    expect(findContradicted(comparison).size).toBe(contradicts ? 1 : 0);
  });
});

/** A contract with its decimals as values, so that it can be compared whole. */
function inValue(each: ContractTerms): object {
  const value = (text: string | null) => (text === null ? null : Number(text));
  return {
    ...each,
    tickSize: value(each.tickSize),
    lotSize: value(each.lotSize),
    contractSize: value(each.contractSize),
  };
}
