import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  foreignOrderKey,
  type LiveFill,
  type LiveOrder,
  type OrderChange,
  ownOrderKey,
  type RecordedOrderChange,
} from '../../src/domain/live-order.ts';
import { FINISHED_ORDER_STATUSES, ORDER_STATUSES, type OrderStatus } from '../../src/domain/order.ts';
import type { OrderTarget } from '../../src/domain/order-request.ts';
import type { OrderEventStore } from '../../src/store/order-events.ts';
import { FOREIGN_NAMES } from './account-store.contract.ts';
import type { OpenedStore } from './opened-store.ts';
import { OrderStreamModel } from './order-stream-model.ts';

export interface EventChanges {
  readonly eventId?: string;
  readonly at?: number;
  readonly orderId?: string;
  /** That of a foreign order when absent. */
  readonly orderKey?: string;
  readonly clientOrderId?: string | null;
  readonly status?: OrderStatus;
  readonly createdAt?: number | null;
  readonly fills?: readonly LiveFill[];
}

const FILL = fill('9');

export function fill(tradeId: string, fee: string | null = null): LiveFill {
  return { tradeId, price: '0.10', volume: '1e-8', fee, feeCurrency: null, at: 7 };
}

/** One change of one order. */
export function event(changes: EventChanges = {}): OrderChange {
  const { eventId = 'e1', at = 100, orderId = 'o1', status = 'OPEN', createdAt = 50 } = changes;
  const { orderKey = foreignOrderKey(orderId), clientOrderId = null, fills = [FILL] } = changes;
  const order: LiveOrder = {
    source: 'REALTIME',
    orderKey,
    accountCookie: 'desk',
    tradingDay: null,
    orderId,
    instrumentId: 'BTC-USDT',
    exchangeId: null,
    side: 'BUY',
    offset: 'OPEN',
    type: 'LIMIT',
    timeInForce: 'GTC',
    status,
    price: '30000.10',
    volume: '123456789012345678901234567',
    filledVolume: '0.000',
    remainingVolume: null,
    statusMessage: 'o\'neill "\u0000" 螺纹钢',
    createdAt,
    gateway: 'okx',
    symbol: 'BTC-USDT',
    clientOrderId,
    venueCode: '51008',
    averagePrice: null,
    updatedAt: at,
    fills,
  };
  return { eventId, kind: 'UPDATED', at, order, fill: null };
}

const TARGETS: readonly OrderTarget[] = [
  ...['o1', 'o2', 'c1', 'none'].map((orderId) => ({ orderId })),
  ...['c1', 'c2', 'o1'].map((clientOrderId) => ({ clientOrderId })),
];

const byKey = (left: LiveOrder, right: LiveOrder): number => (left.orderKey < right.orderKey ? -1 : 1);
const seqsOf = (events: readonly RecordedOrderChange[]): number[] => events.map(({ seq }) => seq);
const idsOf = (orders: readonly LiveOrder[]): string[] => orders.map(({ orderId }) => orderId);

/** What every OrderEventStore answers, whatever it is made of. `open` opens an empty one; each epoch is a new one. */
export function describeOrderEventStore(name: string, open: () => Promise<OpenedStore<OrderEventStore>>): void {
  describe(name, () => {
    let opened: OpenedStore<OrderEventStore>;
    let store: OrderEventStore;
    const append = (...changes: EventChanges[]) => store.append('desk', changes.map(event));
    const readAll = () => store.read('desk', 0, 1_000);
    const ordersOf = async (account: string, endedSince: number) =>
      (await store.state(account, { since: endedSince, most: 100_000 })).orders;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened[Symbol.asyncDispose]());

    describe('events', () => {
      it('come back as they were appended, with their numbers', async () => {
        const filled = { ...event({ eventId: 'e2', status: 'FILLED' }), kind: 'FILLED', fill: FILL } as const;
        const appended = await store.append('desk', [event(), filled]);
        expect(appended).toEqual([
          { ...event(), seq: 1 },
          { ...filled, seq: 2 },
        ]);
        expect(await readAll()).toEqual(appended);
      });

      it('are stored once for each id of an account', async () => {
        await append({ eventId: 'a' }, { eventId: 'b' });
        const again = await append({ eventId: 'b' }, { eventId: 'c' }, { eventId: 'c', at: 7 }, { eventId: 'a' });
        expect(again.map(({ eventId, seq, at }) => [eventId, seq, at])).toEqual([['c', 3, 100]]);
        expect(seqsOf(await store.append('other', [event({ eventId: 'a' })]))).toEqual([1]);
        expect((await readAll()).map(({ eventId }) => eventId)).toEqual(['a', 'b', 'c']);
      });

      it('are all stored, or none', async () => {
        await append({ eventId: 'a' });
        const broken = { ...event({ eventId: 'c', orderId: 'o9' }), at: null };
        await expect(store.append('desk', [event({ eventId: 'b' }), broken as never])).rejects.toThrow(); // no event of the type can fail
        expect(await readAll()).toHaveLength(1);
        expect(await store.bounds('desk')).toMatchObject({ firstSeq: 1, lastSeq: 1 });
        expect(seqsOf(await append({ eventId: 'b' }))).toEqual([2]);
      });

      it('are read after any of them, as many as wanted', async () => {
        await append(...['a', 'b', 'c', 'd'].map((eventId) => ({ eventId })));
        expect(seqsOf(await store.read('desk', 1, 2))).toEqual([2, 3]);
        expect(seqsOf(await store.read('desk', 3, 2))).toEqual([4]);
        expect(await store.read('desk', 4, 2)).toEqual([]);
        expect(await store.read('desk', 0, 0)).toEqual([]);
      });

      it('go on in their numbering when the store is opened again', async () => {
        await append({ eventId: 'a' }, { eventId: 'b' });
        const before = await store.bounds('desk');
        store = await opened.reopen();
        expect(await store.bounds('desk')).toEqual(before);
        expect(seqsOf(await append({ eventId: 'b' }, { eventId: 'c' }))).toEqual([3]);
        expect(seqsOf(await readAll())).toEqual([1, 2, 3]);
      });

      it.each(FOREIGN_NAMES)('take the account and the id %j literally', async (name) => {
        await append({});
        const named = event({ eventId: name, orderId: name });
        expect(await store.append(name, [named, named])).toEqual([{ ...named, seq: 1 }]);
        expect(await store.read(name, 0, 10)).toEqual([{ ...named, seq: 1 }]);
        expect(idsOf(await ordersOf(name, 0))).toEqual([name]);
        expect(await readAll()).toHaveLength(1);
      });
    });

    describe('bounds', () => {
      it('are undefined until the first event comes', async () => {
        expect(await store.append('desk', [])).toEqual([]);
        expect(await store.bounds('desk')).toBeUndefined();
        expect(await readAll()).toEqual([]);
        expect(await ordersOf('desk', 0)).toEqual([]);
      });

      it('name an epoch of their own for each account, and keep it', async () => {
        await append({ eventId: 'a' });
        await store.append('other', [event()]);
        const first = await store.bounds('desk');
        expect(first?.epoch).not.toBe((await store.bounds('other'))?.epoch);
        await append({ eventId: 'b' });
        await store.trim(1_000);
        await append({ eventId: 'c' });
        expect(await store.bounds('desk')).toEqual({ epoch: first?.epoch, firstSeq: 3, lastSeq: 3 });
      });
    });

    describe('orders', () => {
      it('are those that are not finished, and those that ended since', async () => {
        for (const [place, status] of ORDER_STATUSES.entries()) {
          for (const at of [99, 100]) {
            const orderId = `${status} ${at}`;
            await append(
              { eventId: `open ${orderId}`, orderId, createdAt: place },
              { eventId: orderId, orderId, status, at, createdAt: place },
            );
          }
        }
        const wanted = ORDER_STATUSES.flatMap((status) =>
          FINISHED_ORDER_STATUSES.includes(status) ? [`${status} 100`] : [`${status} 100`, `${status} 99`],
        );
        expect(idsOf(await ordersOf('desk', 100))).toEqual(wanted);
      });

      it('stand as their last event says', async () => {
        await append({ eventId: 'a', at: 200 }, { eventId: 'b', status: 'PARTIALLY_FILLED', at: 150 });
        expect(await ordersOf('desk', 0)).toEqual([event({ status: 'PARTIALLY_FILLED', at: 150 }).order]);
        await append({ eventId: 'c', status: 'CANCELLED', at: 160 });
        expect(await ordersOf('desk', 161)).toEqual([]);
        expect(await ordersOf('desk', 160)).toHaveLength(1);
      });

      it('come in the order of their insertion, those of one instant by their ids', async () => {
        const ages = [
          ['c', 2],
          ['b', 3],
          ['a', 2],
          ['d', null],
        ] as const;
        await append(...ages.map(([orderId, createdAt]) => ({ eventId: orderId, orderId, createdAt })));
        expect(idsOf(await ordersOf('desk', 0))).toEqual(['d', 'a', 'c', 'b']);
      });
    });

    describe('an order', () => {
      const own = (orderId: string) => ({ orderKey: ownOrderKey('c1'), clientOrderId: 'c1', orderId });

      it('is one, whatever ids it has had, and is found by those that it has', async () => {
        await append({ eventId: 'a', ...own('c1') }, { eventId: 'b', ...own('77') });
        const last = event(own('77')).order;
        expect(await ordersOf('desk', 0)).toEqual([last]);
        expect(await store.order('desk', { orderId: '77' })).toEqual(last);
        expect(await store.order('desk', { clientOrderId: 'c1' })).toEqual(last);
        expect(await store.order('desk', { orderId: 'c1' })).toBeUndefined();
      });

      it('is found though it is finished, until it is trimmed', async () => {
        await append({ at: 1, status: 'FILLED' }, { eventId: 'b', orderId: 'o2', at: 1 });
        expect(await ordersOf('desk', 2)).toHaveLength(1);
        expect(await store.order('desk', { orderId: 'o1' })).toMatchObject({ status: 'FILLED', fills: [FILL] });
        await store.trim(2);
        expect(await store.order('desk', { orderId: 'o1' })).toBeUndefined();
        expect(await store.order('desk', { orderId: 'o2' })).toEqual(event({ orderId: 'o2', at: 1 }).order);
      });

      it('that was placed through here goes before others with its clientOrderId, else the newest', async () => {
        const foreign = (orderId: string, createdAt: number | null) => ({
          ...{ eventId: orderId, orderId, clientOrderId: 'c1', createdAt },
        });
        const found = async () => (await store.order('desk', { clientOrderId: 'c1' }))?.orderId;
        await append(foreign('none', null), foreign('new', 60), foreign('old', 40));
        expect(await found()).toBe('new');
        await append({ eventId: 'a', ...own('7'), createdAt: 1 });
        expect(await found()).toBe('7');
      });

      it('is not one of another account, nor found by the other kind of id', async () => {
        await append({ ...own('7') });
        expect(await store.order('other', { orderId: '7' })).toBeUndefined();
        expect(await store.order('other', { clientOrderId: 'c1' })).toBeUndefined();
        expect(await store.order('desk', { clientOrderId: '7' })).toBeUndefined();
        expect(await store.order('desk', { orderId: '' })).toBeUndefined();
      });
    });

    describe('fills', () => {
      const lists = [
        [],
        [fill('1')],
        [fill('1'), fill('2'), fill('3')],
        [fill('1'), fill('2', '0.1'), fill('3')],
        [fill('0'), fill('1'), fill('2', '0.1'), fill('3')],
        [fill('3')],
        [fill('3'), fill('3')],
      ];

      it('stand with each event as they were after it', async () => {
        await append(...lists.map((fills, place) => ({ eventId: `e${place}`, fills })));
        await append({ eventId: 'other', orderId: 'o2', fills: [fill('1')] });
        const all = await readAll();
        expect(all.map(({ order }) => order.fills)).toEqual([...lists, [fill('1')]]);
        expect((await store.read('desk', 3, 2)).map(({ order }) => order.fills)).toEqual(lists.slice(3, 5));
      });

      it('outlast the events before those that need them', async () => {
        await append(...lists.map((fills, place) => ({ eventId: `e${place}`, at: place, fills })));
        for (let before = 0; before < lists.length; before += 1) {
          await store.trim(before);
          expect((await readAll()).map(({ order }) => order.fills)).toEqual(lists.slice(before));
        }
        await store.trim(100);
        expect((await store.order('desk', { orderId: 'o1' }))?.fills).toEqual(lists.at(-1));
        await append({ eventId: 'new', fills: [fill('3'), fill('4')] });
        expect((await readAll()).map(({ order }) => order.fills)).toEqual([[fill('3'), fill('4')]]);
      });

      it('go with a finished order, which may come back with all of them', async () => {
        const finished = { at: 1, status: 'FILLED', fills: [fill('1'), fill('2')] } as const;
        await append({ eventId: 'a', ...finished });
        await store.trim(2);
        await append({ eventId: 'b', ...finished, fills: [fill('2')] });
        expect((await readAll()).map(({ order }) => order.fills)).toEqual([[fill('2')]]);
      });

      it('of an event that was known are not taken', async () => {
        await append({ eventId: 'a', fills: [fill('1')] });
        await append({ eventId: 'a', fills: [fill('1'), fill('2')] });
        expect((await ordersOf('desk', 0))[0]?.fills).toEqual([fill('1')]);
      });
    });

    it('answers orders and bounds of one moment', async () => {
      expect(await store.state('desk', { since: 0, most: 10 })).toEqual({ bounds: undefined, orders: [] });
      await append({ eventId: 'a' }, { eventId: 'b', orderId: 'o2', status: 'FILLED' });
      const { bounds, orders } = await store.state('desk', { since: 101, most: 10 });
      expect(bounds).toEqual(await store.bounds('desk'));
      expect(bounds).toMatchObject({ firstSeq: 1, lastSeq: 2 });
      expect(orders).toEqual([event().order]);
    });

    describe('trimming', () => {
      it('takes the events of before, and tells where reading starts', async () => {
        await append(
          ...[1, 2, 3, 4].map((at) => ({ eventId: `e${at}`, orderId: `o${at}`, status: 'FILLED' as const, at })),
        );
        await store.trim(3);
        expect(await store.bounds('desk')).toMatchObject({ firstSeq: 3, lastSeq: 4 });
        expect(seqsOf(await readAll())).toEqual([3, 4]);
        expect(idsOf(await ordersOf('desk', 0))).toEqual(['o3', 'o4']);
        await store.trim(5);
        expect(await store.bounds('desk')).toMatchObject({ firstSeq: 5, lastSeq: 4 });
        expect(await readAll()).toEqual([]);
        expect(await ordersOf('desk', 0)).toEqual([]);
      });

      it('keeps the state of an order that is not finished, and the id of its last event', async () => {
        await append({ eventId: 'a', at: 1 }, { eventId: 'b', at: 2 }, { eventId: 'c', orderId: 'o2', at: 9 });
        await store.trim(9);
        expect(idsOf(await ordersOf('desk', 0))).toEqual(['o1', 'o2']);
        expect(seqsOf(await readAll())).toEqual([3]);
        expect(seqsOf(await append({ eventId: 'b' }, { eventId: 'a' }))).toEqual([4]);
      });

      it('takes the kept state once the order is finished', async () => {
        await append({ eventId: 'a', at: 1 });
        await store.trim(2);
        await append({ eventId: 'b', at: 3, status: 'FILLED' });
        await store.trim(4);
        expect(await ordersOf('desk', 0)).toEqual([]);
        expect(seqsOf(await append({ eventId: 'a' }))).toEqual([3]);
      });

      it('leaves no hole where times are out of order', async () => {
        await append(...[1, 9, 2, 8].map((at, place) => ({ eventId: `e${place}`, at })));
        await store.trim(5);
        expect(seqsOf(await readAll())).toEqual([2, 3, 4]);
      });
    });

    it('is a numbered list without repeats, whatever is appended and trimmed', async () => {
      const anyFill = fc.tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom(null, '0.1'));
      const anyChange = fc.record({
        eventId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
        orderKey: fc.constantFrom(ownOrderKey('c1'), ownOrderKey('c2'), foreignOrderKey('o1')),
        orderId: fc.constantFrom('o1', 'o2', 'c1'),
        clientOrderId: fc.constantFrom('c1', 'c2', null),
        createdAt: fc.constantFrom(null, 1, 2),
        status: fc.constantFrom(...ORDER_STATUSES),
        at: fc.integer({ min: 1, max: 20 }),
        fills: fc.array(
          anyFill.map(([tradeId, fee]) => fill(tradeId, fee)),
          { maxLength: 4 },
        ),
      });
      const anyStep = fc.oneof(
        { weight: 3, arbitrary: fc.array(anyChange, { maxLength: 5 }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 21 }) },
      );
      let cases = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), fc.nat(12), fc.nat(4), async (steps, after, limit) => {
          const account = `account ${cases++}`;
          const model = new OrderStreamModel();
          for (const step of steps) {
            if (typeof step === 'number') {
              await store.trim(step);
              model.trim(step);
            } else {
              expect(await store.append(account, step.map(event))).toEqual(model.append(step.map(event)));
            }
            const bounds = await store.bounds(account);
            expect(bounds?.lastSeq ?? 0).toBe(model.lastSeq);
            expect(bounds?.firstSeq ?? 1).toBe(model.firstSeq);
            expect(await store.read(account, 0, 100)).toEqual(model.read());
            expect(await store.read(account, after, limit)).toEqual(
              model
                .read()
                .filter(({ seq }) => seq > after)
                .slice(0, limit),
            );
            expect((await ordersOf(account, 10)).toSorted(byKey)).toEqual(model.orders(10).toSorted(byKey));
            for (const target of TARGETS) expect(await store.order(account, target)).toEqual(model.order(target));
          }
        }),
      );
    }, 60_000);
  });
}
