/// <reference lib="dom" />

import { EMPTY_ORDER_LIST, type OrderList } from './order-list.ts';

/** Part of the key: what another version of the page has stored is not read. */
const FORM = 1;

/** Opened anew each time: a browser that keeps nothing for the page throws at that already. */
export type OpenStorage = () => Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

function keyOf(accountCookie: string): string {
  return `deskgraph.orders.${FORM}.${accountCookie}`;
}

/** The list that this tab has stored, with its cursor; an empty one when there is none that can be read. */
export function loadOrderList(open: OpenStorage, accountCookie: string): OrderList {
  try {
    return parseOrderList(open().getItem(keyOf(accountCookie)));
  } catch {
    return EMPTY_ORDER_LIST;
  }
}

/** Stores the list and its cursor as one value, so that neither is ever ahead of the other. */
export function saveOrderList(open: OpenStorage, accountCookie: string, list: OrderList): void {
  try {
    const storage = open();
    // Without room for the new list there is none: an older one would be a reader that has seen less.
    storage.removeItem(keyOf(accountCookie));
    storage.setItem(keyOf(accountCookie), JSON.stringify(list));
  } catch {
    // The page goes on without: after a reload it starts with a snapshot.
  }
}

function parseOrderList(text: string | null): OrderList {
  const list: unknown = JSON.parse(text ?? 'null');
  if (typeof list !== 'object' || list === null) return EMPTY_ORDER_LIST;
  const { cursor, epoch, lastSeq, isBehindSnapshot, orders, log } = list as Partial<OrderList>;
  const isWhole =
    typeof cursor === 'string' &&
    Number.isSafeInteger(epoch) &&
    Number.isSafeInteger(lastSeq) &&
    typeof isBehindSnapshot === 'boolean' &&
    Array.isArray(orders) &&
    Array.isArray(log);
  return isWhole ? (list as OrderList) : EMPTY_ORDER_LIST;
}
