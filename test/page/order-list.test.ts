import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyOrderItem,
  EMPTY_ORDER_LIST,
  MOST_FINISHED_ORDERS,
  MOST_LOG_LINES,
  type OrderList,
  withoutCursor,
} from '../../src/page/order-list.ts';
import type { OrderStreamItem } from '../../src/page/order-stream.ts';
import { loadOrderList, saveOrderList } from '../../src/page/stored-orders.ts';
import { eventOf, gapOf, orderOf, snapshotOf } from '../support/order-items.ts';
import '../support/property-runs.ts';

const listAfter = (items: readonly OrderStreamItem[], list: OrderList = EMPTY_ORDER_LIST): OrderList =>
  items.reduce(applyOrderItem, list);
const orderIds = ({ orders }: OrderList): string[] => orders.map(({ orderId }) => orderId);
const seqs = ({ log }: OrderList): number[] => log.flatMap((line) => (line.type === 'event' ? line.seq : []));
const types = ({ log }: OrderList): string[] => log.map(({ type }) => type);

describe('the list of orders', () => {
  it('is what a snapshot says, newest first, in place of whatever was there', () => {
    const before = listAfter([snapshotOf('a', [orderOf(1), orderOf(2)])]);
    expect(orderIds(before)).toEqual(['2', '1']);
    const after = listAfter([snapshotOf('b', [orderOf(3)])], before);
    expect(orderIds(after)).toEqual(['3']);
    expect(after.cursor).toBe('b');
  });

  it('takes the orders of events, each by its id whatever its place', () => {
    const items = [
      snapshotOf('a', [orderOf(1), orderOf(2)]),
      eventOf(7, orderOf(1, { status: 'FILLED' })),
      eventOf(8, orderOf(3)),
      eventOf(9, orderOf(3, { orderId: '300' })),
    ];
    const list = listAfter(items);
    expect(orderIds(list)).toEqual(['300', '2', '1']);
    expect(list.orders.at(-1)?.status).toBe('FILLED');
    expect(list.cursor).toBe('cursor-9');
  });

  it('leaves an event out that it has had, and stays as it is', () => {
    const list = listAfter([snapshotOf('a', []), eventOf(1, orderOf(1)), eventOf(2, orderOf(1, { status: 'FILLED' }))]);
    expect(applyOrderItem(list, eventOf(2, orderOf(1)))).toBe(list);
    expect(applyOrderItem(list, eventOf(1, orderOf(1)))).toBe(list);
  });

  it('leaves an event out that it had before a snapshot of the same numbering', () => {
    const list = listAfter([snapshotOf('a', []), eventOf(5, orderOf(1)), gapOf('TRIMMED'), snapshotOf('b', [])]);
    expect(applyOrderItem(list, eventOf(5, orderOf(1)))).toBe(list);
    expect(seqs(applyOrderItem(list, eventOf(9, orderOf(2))))).toEqual([5, 9]);
  });

  it('takes the same number again when the server has begun to count anew', () => {
    const list = listAfter([snapshotOf('a', []), eventOf(1, orderOf(1)), gapOf('EPOCH_CHANGED'), snapshotOf('b', [])]);
    const after = applyOrderItem(list, eventOf(1, orderOf(2)));
    expect(after.log.filter((line) => line.type === 'event').map(({ epoch, seq }) => [epoch, seq])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it('says where the server has announced a gap, and where numbers are missing without a word', () => {
    const items = [snapshotOf('a', []), eventOf(4, orderOf(1)), eventOf(7, orderOf(2)), gapOf('TRIMMED')];
    const list = listAfter([...items, snapshotOf('b', []), eventOf(20, orderOf(3))]);
    expect(types(list)).toEqual(['snapshot', 'event', 'hole', 'event', 'gap', 'snapshot', 'event']);
    expect(list.log[2]).toMatchObject({ from: 5, to: 6 });
  });

  it('starts without a cursor where the server does not take the one it has, and keeps what it shows until then', () => {
    const list = withoutCursor(listAfter([snapshotOf('a', []), eventOf(4, orderOf(1))]));
    expect(list.cursor).toBeUndefined();
    expect(orderIds(list)).toEqual(['1']);
    expect(seqs(listAfter([snapshotOf('b', []), eventOf(2, orderOf(2))], list))).toEqual([4, 2]);
  });

  it('ignores items of a type that it does not know', () => {
    const item = { __typename: 'OrderRumour' } as unknown as OrderStreamItem;
    expect(applyOrderItem(EMPTY_ORDER_LIST, item)).toBe(EMPTY_ORDER_LIST);
  });

  it('lets the oldest finished orders go, never an open one', () => {
    const finished = Array.from({ length: MOST_FINISHED_ORDERS + 10 }, (_, at) =>
      orderOf(100 + at, { status: 'CANCELLED' }),
    );
    const list = listAfter([snapshotOf('a', [orderOf(1), ...finished])]);
    expect(list.orders).toHaveLength(MOST_FINISHED_ORDERS + 1);
    expect(orderIds(list).at(-1)).toBe('1');
    expect(orderIds(list).at(-2)).toBe('110');
  });

  it('keeps the newest lines of the log and goes on counting', () => {
    const events = Array.from({ length: MOST_LOG_LINES + 20 }, (_, at) => eventOf(at + 1, orderOf(1)));
    const { log } = listAfter([snapshotOf('a', []), ...events]);
    expect(log).toHaveLength(MOST_LOG_LINES);
    expect(log.at(-1)?.line).toBe(MOST_LOG_LINES + 21);
  });
});

describe('a reader that is cut off and goes on with its stored list', () => {
  it('ends with the same orders and each event once, wherever it was cut and however much it gets again', () => {
    const changes = fc.array(
      fc.record({ order: fc.integer({ min: 1, max: 6 }), status: fc.constantFrom('OPEN', 'FILLED', 'CANCELLED') }),
      {
        minLength: 1,
        maxLength: 60,
      },
    );
    const cuts = fc.array(fc.record({ at: fc.nat(60), repeated: fc.nat(5) }), { maxLength: 8 });
    fc.assert(
      fc.property(changes, cuts, (made, cut) => {
        const events = made.map(({ order, status }, at) => eventOf(at + 1, orderOf(order, { status })));
        const whole = listAfter([snapshotOf('cursor-0', []), ...events]);
        const storage = emptyStorage();
        saveOrderList(() => storage, 'paper', listAfter([snapshotOf('cursor-0', [])]));
        for (const { at, repeated } of [...cut, { at: events.length, repeated: 0 }]) {
          const list = loadOrderList(() => storage, 'paper');
          const seen = Number(list.cursor?.slice('cursor-'.length));
          const again = events.slice(Math.max(0, seen - repeated), Math.max(seen, at));
          saveOrderList(() => storage, 'paper', listAfter(again, list));
        }
        expect(loadOrderList(() => storage, 'paper')).toEqual(whole);
        expect(seqs(whole)).toEqual(events.map((_, at) => at + 1));
      }),
    );
  });
});

describe('the stored list', () => {
  it.each([
    null,
    '',
    '{',
    '[]',
    '7',
    '{"cursor":"a"}',
    '{"cursor":1,"epoch":1,"lastSeq":0,"isBehindSnapshot":true,"orders":[],"log":[]}',
  ])('is an empty one when the storage holds %j', (text) => {
    const storage = { ...emptyStorage(), getItem: () => text };
    expect(loadOrderList(() => storage, 'paper')).toBe(EMPTY_ORDER_LIST);
  });

  it('is one for each account', () => {
    const storage = emptyStorage();
    saveOrderList(() => storage, 'paper', listAfter([snapshotOf('a', [orderOf(1)])]));
    expect(loadOrderList(() => storage, 'other')).toBe(EMPTY_ORDER_LIST);
  });

  it('is none rather than an older one where there is no room', () => {
    const storage = emptyStorage();
    saveOrderList(() => storage, 'paper', listAfter([snapshotOf('a', [])]));
    const full = {
      ...storage,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    saveOrderList(() => full, 'paper', listAfter([snapshotOf('b', [])]));
    expect(loadOrderList(() => storage, 'paper')).toBe(EMPTY_ORDER_LIST);
  });

  it('does without a storage where the browser gives none', () => {
    const refuse = (): never => {
      throw new DOMException('denied', 'SecurityError');
    };
    saveOrderList(refuse, 'paper', listAfter([snapshotOf('a', [])]));
    expect(loadOrderList(refuse, 'paper')).toBe(EMPTY_ORDER_LIST);
  });
});

function emptyStorage() {
  const values = new Map<string, string>();
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  };
}
