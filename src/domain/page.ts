import { badUserInput, quoted } from './errors.ts';

/** Relay's paging arguments as a client sent them. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** What paging arguments ask for: at most `size` of the items between two places, both left out. */
export interface PageRange<Key> {
  readonly size: number;
  /** Whether the items are counted from the end of the range. */
  readonly isBackward: boolean;
  readonly after?: Key | undefined;
  readonly before?: Key | undefined;
}

export interface Page<Item> {
  readonly edges: readonly { readonly cursor: string; readonly node: Item }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Of the whole list, not of the page. */
  readonly totalCount: number;
}

/** The items of a page in their order, and what is known of the list around them. */
export interface PageContent<Item> {
  readonly nodes: readonly Item[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: number;
  /** What the cursor of an item holds. */
  readonly keyOf: (item: Item) => string;
}

const DEFAULT_SIZE = 50;
const MAX_SIZE = 1000;

/**
 * One page of a list that is ascending by `keyOf`. A cursor holds the key of its item, so that it keeps its place when
 * items come or go, the item itself included. Fails as `pageRangeOf` does.
 */
export function pageOf<Item>(items: readonly Item[], args: PageArguments, keyOf: (item: Item) => string): Page<Item> {
  const { size, isBackward, after, before } = pageRangeOf(args, (key) => key);
  const from = after === undefined ? 0 : firstAfter(items, after, keyOf);
  const to = before === undefined ? items.length : firstNotBefore(items, before, keyOf);
  const start = isBackward ? Math.max(from, to - size) : from;
  const end = isBackward ? to : Math.min(to, from + size);
  return toPage({
    nodes: items.slice(start, Math.max(start, end)),
    hasNextPage: end < items.length,
    hasPreviousPage: start > 0,
    totalCount: items.length,
    keyOf,
  });
}

/**
 * The range that paging arguments ask for, for a list whose pages are cut elsewhere. `parseKey` reads the key that a
 * cursor holds, undefined for none of this list. Fails with BAD_USER_INPUT when both directions are asked for, a size is
 * out of 0 to 1,000 or a cursor is none of ours.
 */
export function pageRangeOf<Key>(args: PageArguments, parseKey: (text: string) => Key | undefined): PageRange<Key> {
  const keyAt = (cursor: string | null | undefined): Key | undefined => {
    if (typeof cursor !== 'string') return undefined;
    const text = decodeCursor(cursor);
    const key = text === undefined ? undefined : parseKey(text);
    if (key !== undefined) return key;
    throw badUserInput(`received the cursor ${quoted(cursor)}, wanted one that this server gave out`);
  };
  return { ...sizeOf(args), after: keyAt(args.after), before: keyAt(args.before) };
}

/** Gives each item of a page its cursor. */
export function toPage<Item>(content: PageContent<Item>): Page<Item> {
  const { nodes, hasNextPage, hasPreviousPage, totalCount, keyOf } = content;
  const edges = nodes.map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  const [startCursor, endCursor] = [edges.at(0)?.cursor ?? null, edges.at(-1)?.cursor ?? null];
  return { edges, pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor }, totalCount };
}

function sizeOf({ first, last }: PageArguments): { isBackward: boolean; size: number } {
  if (first != null && last != null) throw badUserInput('received both first and last, wanted one of them');
  const size = first ?? last ?? DEFAULT_SIZE;
  if (size < 0 || size > MAX_SIZE) {
    throw badUserInput(`received ${last == null ? 'first' : 'last'}: ${size}, wanted 0 to ${MAX_SIZE}`);
  }
  return { isBackward: last != null, size };
}

function firstAfter<Item>(items: readonly Item[], key: string, keyOf: (item: Item) => string): number {
  const index = firstNotBefore(items, key, keyOf);
  const found = items[index];
  return found !== undefined && keyOf(found) === key ? index + 1 : index;
}

function firstNotBefore<Item>(items: readonly Item[], key: string, keyOf: (item: Item) => string): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (keyOf(items[middle] as Item) < key) from = middle + 1;
    else to = middle;
  }
  return from;
}

const CURSOR_MARK = 'p1:';

function encodeCursor(key: string): string {
  return Buffer.from(CURSOR_MARK + key).toString('base64url');
}

function decodeCursor(cursor: string): string | undefined {
  const text = Buffer.from(cursor, 'base64url').toString();
  const isOurs = text.startsWith(CURSOR_MARK) && Buffer.from(text).toString('base64url') === cursor;
  return isOurs ? text.slice(CURSOR_MARK.length) : undefined;
}
