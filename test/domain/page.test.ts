import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Page, pageOf, pageRangeOf, toPage } from '../../src/domain/page.ts';

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

const parseCount = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);
const pageOfCounts = (nodes: readonly number[]) =>
  toPage({ nodes, hasNextPage: false, hasPreviousPage: true, totalCount: 9, keyOf: String });

describe('pageRangeOf', () => {
  it('answers the keys that toPage put into cursors', () => {
    const { edges, pageInfo } = pageOfCounts([3, 4, 5]);
    expect(edges.map(({ node }) => node)).toEqual([3, 4, 5]);
    expect(edges.map(({ cursor }) => pageRangeOf({ after: cursor }, parseCount).after)).toEqual([3, 4, 5]);
    const range = pageRangeOf({ last: 7, after: pageInfo.startCursor, before: pageInfo.endCursor }, parseCount);
    expect(range).toEqual({ size: 7, isBackward: true, after: 3, before: 5 });
  });

  it('starts at the start, with fifty, when nothing is asked for', () => {
    const nothing = { first: null, last: null, after: null, before: null };
    for (const args of [{}, nothing]) expect(pageRangeOf(args, parseCount)).toEqual({ size: 50, isBackward: false });
  });

  it('takes an empty key for a key', () => {
    const { startCursor } = pageOf([''], {}, keyOf).pageInfo;
    expect(pageRangeOf({ after: startCursor }, (text) => text).after).toBe('');
  });

  it('refuses the cursor of another list as it refuses nonsense', () => {
    const { startCursor } = pageOf(letters, {}, keyOf).pageInfo;
    expect(() => pageRangeOf({ after: startCursor }, parseCount)).toThrow(
      `received the cursor "${startCursor}", wanted one that this server gave out`,
    );
    expect(() => pageRangeOf({ before: 'nonsense' }, parseCount)).toThrow(/received the cursor "nonsense"/);
  });
});

describe('toPage', () => {
  it('tells what it was told of the list around the page', () => {
    const { pageInfo, totalCount } = pageOfCounts([3]);
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(pageInfo.startCursor).toBe(pageInfo.endCursor);
    expect(totalCount).toBe(9);
  });

  it('has no cursors when it has no items', () => {
    expect(pageOfCounts([]).pageInfo).toMatchObject({ startCursor: null, endCursor: null });
  });
});

function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
