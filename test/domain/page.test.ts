import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Page, pageOf } from '../../src/domain/page.ts';

const keyOf = (item: string): string => item;
const letters = ['a', 'b', 'c', 'd', 'e'];
const nodesOf = (page: ReturnType<typeof pageOf<string>>) => page.edges.map(({ node }) => node);

describe('pageOf', () => {
  it('answers the first fifty when no size is given', () => {
    const many = Array.from({ length: 120 }, (_, index) => String(index).padStart(3, '0'));
    const page = pageOf(many, {}, keyOf);
    expect(nodesOf(page)).toEqual(many.slice(0, 50));
    expect(page.totalCount).toBe(120);
    expect(page.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  it('goes backwards with last and before', () => {
    const end = pageOf(letters, { last: 2 }, keyOf);
    expect(nodesOf(end)).toEqual(['d', 'e']);
    const earlier = pageOf(letters, { last: 2, before: end.pageInfo.startCursor }, keyOf);
    expect(nodesOf(earlier)).toEqual(['b', 'c']);
    expect(earlier.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  });

  it('keeps its place when the item of the cursor is gone', () => {
    const { endCursor } = pageOf(letters, { first: 2 }, keyOf).pageInfo;
    expect(nodesOf(pageOf(['a', 'c', 'd'], { first: 2, after: endCursor }, keyOf))).toEqual(['c', 'd']);
  });

  it('answers an empty page without cursors for first: 0', () => {
    const page = pageOf(letters, { first: 0 }, keyOf);
    expect(page.edges).toEqual([]);
    expect(page.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null });
  });

  it.each([
    [{ first: 1, last: 1 }, /both first and last/],
    [{ first: -1 }, /first: -1, wanted 0 to 1000/],
    [{ last: 1001 }, /last: 1001, wanted 0 to 1000/],
    [{ after: 'nonsense' }, /received the cursor "nonsense"/],
    [{ before: '' }, /received the cursor ""/],
    [{ after: `${'A'.repeat(5000)}` }, /received the cursor "A{64}…"/],
  ])('refuses %j', (args, message) => {
    expect(() => pageOf(letters, args, keyOf)).toThrow(message);
  });

  it('walks any list in both directions without hole or repeat', () => {
    const lists = fc
      .uniqueArray(fc.string({ maxLength: 6 }), { maxLength: 40 })
      .map((items) => items.toSorted(byCodeUnit));
    fc.assert(
      fc.property(lists, fc.integer({ min: 1, max: 7 }), (items, size) => {
        const forward: string[] = [];
        for (let after: string | null = null; ; ) {
          const page: Page<string> = pageOf(items, { first: size, after }, keyOf);
          forward.push(...nodesOf(page));
          if (!page.pageInfo.hasNextPage) break;
          after = page.pageInfo.endCursor;
        }
        const backward: string[] = [];
        for (let before: string | null = null; ; ) {
          const page: Page<string> = pageOf(items, { last: size, before }, keyOf);
          backward.unshift(...nodesOf(page));
          if (!page.pageInfo.hasPreviousPage) break;
          before = page.pageInfo.startCursor;
        }
        expect(forward).toEqual(items);
        expect(backward).toEqual(items);
      }),
    );
  });
});

function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
