import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish, sortInSteps, visitInSteps } from '../../src/domain/steps.ts';
import { costsOf } from '../support/steps.ts';

interface Item {
  readonly rank: number;
  readonly at: number;
}

const byRank = (left: Item, right: Item): number => left.rank - right.rank;
const itemsOf = (ranks: readonly number[]): Item[] => ranks.map((rank, at) => ({ rank, at }));

describe('work in steps', () => {
  it('sorts as toSorted does, equal items in the order in which they came', () => {
    const ranks = fc.oneof(
      fc.array(fc.nat(9), { maxLength: 5000, size: 'max' }),
      fc.array(fc.integer(), { maxLength: 5000, size: 'max' }),
      // Runs that ascend, as days of an account do.
      fc.array(fc.nat(3), { maxLength: 5000, size: 'max' }).map((steps) => steps.map((step, at) => at - step * 400)),
    );
    fc.assert(
      fc.property(ranks, (each) => {
        const items = itemsOf(each);
        expect(finish(sortInSteps(items, byRank))).toEqual(items.toSorted(byRank));
      }),
    );
  });

  it('leaves what it sorts as it was', () => {
    const items = itemsOf([3, 1, 2]);
    finish(sortInSteps(items, byRank));
    expect(items).toEqual(itemsOf([3, 1, 2]));
  });

  it('can be put aside after every few hundred items', () => {
    const items = itemsOf(Array.from({ length: 20_000 }, (_, at) => (at * 7919) % 20_011));
    expect(costsOf(sortInSteps(items, byRank)).costs.length).toBeGreaterThan(200);
    const seen: Item[] = [];
    const { costs } = costsOf(visitInSteps(items, (item) => seen.push(item)));
    expect(costs.length).toBeGreaterThan(30);
    expect(seen).toEqual(items);
  });
});
