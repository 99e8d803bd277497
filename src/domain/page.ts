import { badUserInput, quoted } from './errors.ts';

/** Relay's paging arguments as a client sent them. */
export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
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

const DEFAULT_SIZE = 50;
const MAX_SIZE = 1000;

/**
 * One page of a list that is ascending by `keyOf`. A cursor holds the key of its item, so that it keeps its place when
 * items come or go, the item itself included. Fails with BAD_USER_INPUT when both directions are asked for, a size is
 * out of 0 to 1,000 or a cursor is none of ours.
 */
export function pageOf<Item>(items: readonly Item[], args: PageArguments, keyOf: (item: Item) => string): Page<Item> {
  const { isBackward, size } = sizeOf(args);
  const from = typeof args.after === 'string' ? firstAfter(items, decodeCursor(args.after), keyOf) : 0;
  const to = typeof args.before === 'string' ? firstNotBefore(items, decodeCursor(args.before), keyOf) : items.length;
  const start = isBackward ? Math.max(from, to - size) : from;
  const end = isBackward ? to : Math.min(to, from + size);
  const edges = items.slice(start, Math.max(start, end)).map((node) => ({ cursor: encodeCursor(keyOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: end < items.length,
      hasPreviousPage: start > 0,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: items.length,
  };
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

function decodeCursor(cursor: string): string {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!text.startsWith(CURSOR_MARK) || Buffer.from(text).toString('base64url') !== cursor) {
    throw badUserInput(`received the cursor ${quoted(cursor)}, wanted one that this server gave out`);
  }
  return text.slice(CURSOR_MARK.length);
}
