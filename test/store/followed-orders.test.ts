import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderRecord } from '../../src/app-accounts.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { OrderStreams } from '../../src/bus/order-streams.ts';
import type { AccountDocument } from '../../src/domain/account-document.ts';
import { ordersOfDocument } from '../../src/domain/document-orders.ts';
import { isFinishedOrder, type LiveOrder, type RecordedOrderChange } from '../../src/domain/live-order.ts';
import { FINISHED_ORDER_STATUSES } from '../../src/domain/order.ts';
import { FollowedOrders } from '../../src/store/followed-orders.ts';
import type { OrderEventStore } from '../../src/store/order-events.ts';
import { openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { documentHistories, FIRST_INSERTION, seen } from '../support/document-histories.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { decoded, pythonDocument, pythonOrder } from '../support/qifi-documents.ts';

const DAY_MS = 86_400_000;

/**
 * A process that follows an account whose store keeps nothing but the latest state. `meanwhile` happens before it records
 * anything for the second time; while `isContended` says so, another process has recorded whatever it tells.
 */
function newProcess(orderEvents: OrderEventStore, { meanwhile, isContended }: Company = {}): FollowedOrders {
  const bus = createMemoryBus({ epoch: randomUUID(), clock: new ManualClock() });
  const orderStreams = new OrderStreams({ bus, history: orderEvents, now: Date.now, retentionMs: DAY_MS });
  const record = orderRecord({ orderStreams, orderEvents });
  let records = 0;
  return new FollowedOrders({
    accountCookie: 'a',
    accounts: { orders: async () => [[]], trades: async () => [[]] },
    record: {
      ...record,
      record: async (accountCookie, changes) => {
        records += 1;
        if (records === 2) await meanwhile?.();
        return isContended?.() ? [] : record.record(accountCookie, changes);
      },
    },
    newsMs: Number.POSITIVE_INFINITY,
  });
}

/** What other processes do. */
interface Company {
  readonly meanwhile?: () => Promise<void>;
  readonly isContended?: () => boolean;
}

type Look = 'NEXT' | 'AGAIN' | 'RESTART';

describe('what is told of the orders of an account', () => {
  it('is each event once, and ends where the orders were seen last, also over restarts', async () => {
    const looks = documentHistories.chain((states) =>
      fc.tuple(seen(states), fc.array(fc.constantFrom<Look>('NEXT', 'AGAIN', 'RESTART'), { maxLength: 40 })),
    );
    await fc.assert(
      fc.asyncProperty(looks, async ([documents, rhythm]) => {
        using stored = openEvents();
        let followed = newProcess(stored.orderEvents);
        for (const [index, document] of documents.entries()) {
          const now = FIRST_INSERTION + index * 1000;
          if (rhythm[index] === 'RESTART') followed = newProcess(stored.orderEvents);
          await followed.observe(document, now);
          if (rhythm[index] === 'AGAIN') await followed.observe(document, now + 500);
        }
        expectStory(await stored.events(), documents, { isAlone: true });
      }),
    );
  });

  it('is each event once when two processes see the account, each at its own pace', async () => {
    const looks = documentHistories.chain((states) =>
      fc.tuple(fc.tuple(seen(states), seen(states)), fc.array(fc.constantFrom('ONE', 'OTHER', 'BOTH'))),
    );
    await fc.assert(
      fc.asyncProperty(looks, async ([[one, other], rhythm]) => {
        using stored = openEvents();
        const [first, second] = [newProcess(stored.orderEvents), newProcess(stored.orderEvents)];
        const [toFirst, toSecond] = [[...one], [...other]];
        const look = async (by: FollowedOrders, left: AccountDocument[], now: number): Promise<void> => {
          const document = left.shift();
          if (document !== undefined) await by.observe(document, now);
        };
        for (let step = 0; toFirst.length + toSecond.length > 0; step += 1) {
          const [turn, now] = [rhythm[step] ?? 'BOTH', FIRST_INSERTION + step * 1000];
          if (turn !== 'OTHER') await look(first, toFirst, now);
          if (turn !== 'ONE') await look(second, toSecond, now + 7);
        }
        expectStory(await stored.events(), [...one, ...other], { isAlone: false });
      }),
    );
  });

  it('ends at what is true when another process tells of a later state in the same moment', async () => {
    using stored = openEvents();
    const working = { status: 'ALIVE', volume_left: 1, last_msg: '已报' };
    const stateOf = (order: object) =>
      decoded(pythonDocument({ account_cookie: 'a', orders: [pythonOrder(order)], trades: {} }), 'REALTIME');
    const cancelled = stateOf({ status: 'CANCEL', last_msg: '已撤单' });
    const other = newProcess(stored.orderEvents);
    const one = newProcess(stored.orderEvents, { meanwhile: () => other.observe(cancelled, 2000) });
    for (const state of [stateOf(working), stateOf({ ...working, last_msg: '未成交' }), cancelled, cancelled]) {
      await one.observe(state, 3000);
    }
    const events = await stored.events();
    expect(events.map(({ kind, order }) => [kind, order.status, order.statusMessage])).toEqual([
      ['ACCEPTED', 'OPEN', '已报'],
      ['CANCELLED', 'CANCELLED', '已撤单'],
      ['UPDATED', 'OPEN', '未成交'],
      ['UPDATED', 'CANCELLED', '已撤单'],
    ]);
  });

  it('fails with a code while others are always faster, and is told when they are not any more', async () => {
    using stored = openEvents();
    let isContended = true;
    const followed = newProcess(stored.orderEvents, { isContended: () => isContended });
    const state = decoded(pythonDocument({ account_cookie: 'a', orders: [pythonOrder()], trades: {} }), 'REALTIME');
    await expect(followed.observe(state, 2000)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await stored.events()).toEqual([]);
    isContended = false;
    await followed.observe(state, 3000);
    expect((await stored.events()).map(({ kind }) => kind)).toEqual(['ACCEPTED', 'FILLED']);
  });
});

function openEvents() {
  const store = openDeskStore({ path: ':memory:', newEpoch: randomUUID });
  return {
    orderEvents: store.orderEvents,
    events: () => store.orderEvents.read('a', 0, 10_000),
    [Symbol.dispose]: () => store.close(),
  };
}

interface Circumstances {
  /** Nobody else saw older states later, whose words would be news. */
  readonly isAlone: boolean;
}

/** Fails unless the events are each there once and lead to what was seen last of each order. */
function expectStory(
  events: readonly RecordedOrderChange[],
  documents: readonly AccountDocument[],
  { isAlone }: Circumstances,
): void {
  const replayed = new Map(events.map(({ order }) => [order.orderId, order]));
  const last = furthestOf(documents);
  const today = documents.at(-1)?.snapshot.tradingDay ?? 0;
  expect([...replayed.keys()].toSorted()).toEqual([...last.keys()].toSorted());
  for (const [orderId, order] of last) {
    const isOver = !isFinishedOrder(order) && (order.tradingDay ?? 0) < today;
    const outline = { status: isOver ? 'EXPIRED' : order.status, fills: tradeIdsOf(order) };
    const told = replayed.get(orderId);
    expect(told).toMatchObject(
      isAlone && !isOver ? { ...outlineOf(order), status: order.status } : { status: outline.status },
    );
    expect(told === undefined ? [] : tradeIdsOf(told)).toEqual(outline.fills);
    const own = events.filter((event) => event.order.orderId === orderId);
    expect(own.filter(({ kind }) => kind === 'ACCEPTED').length).toBeLessThanOrEqual(1);
    const ends = own.filter(({ kind }) => FINISHED_ORDER_STATUSES.some((status) => status === kind));
    expect(ends.length).toBeLessThanOrEqual(isAlone ? 1 : 2);
    expect(own.flatMap(({ fill }) => fill?.tradeId ?? []).toSorted()).toEqual(outline.fills.toSorted());
  }
}

/** Each order as the state has it in which it had come furthest. */
function furthestOf(documents: readonly AccountDocument[]): Map<string, LiveOrder> {
  const furthest = new Map<string, LiveOrder>();
  for (const order of documents.flatMap(ordersOfDocument)) {
    const known = furthest.get(order.orderId);
    if (known === undefined || progressOf(order) >= progressOf(known)) furthest.set(order.orderId, order);
  }
  return furthest;
}

const progressOf = (order: LiveOrder): number => order.fills.length + (isFinishedOrder(order) ? 100 : 0);
const tradeIdsOf = ({ fills }: LiveOrder): string[] => fills.map(({ tradeId }) => tradeId);
const outlineOf = ({ statusMessage, price, volume }: LiveOrder): object => ({ statusMessage, price, volume });
