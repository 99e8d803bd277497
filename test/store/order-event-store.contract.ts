import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LiveOrder, OrderChange, RecordedOrderChange } from '../../src/domain/live-order.ts';
import { ORDER_STATUSES, type OrderStatus } from '../../src/domain/order.ts';
import type { OrderEventStore } from '../../src/store/order-events.ts';
import { FOREIGN_NAMES } from './account-store.contract.ts';
import type { OpenedStore } from './opened-store.ts';

export interface EventChanges {
  readonly eventId?: string;
  readonly at?: number;
  readonly orderId?: string;
  readonly status?: OrderStatus;
  readonly createdAt?: number | null;
}

const FINISHED: readonly OrderStatus[] = ['FILLED', 'CANCELLED', 'REJECTED', 'EXPIRED'];
const FILL = { tradeId: '9', price: '0.10', volume: '1e-8', fee: null, feeCurrency: null, at: 7 };

/** One change of one order. */
export function event(changes: EventChanges = {}): OrderChange {
  const { eventId = 'e1', at = 100, orderId = 'o1', status = 'OPEN', createdAt = 50 } = changes;
  const order: LiveOrder = {
    source: 'REALTIME',
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
    clientOrderId: null,
    averagePrice: null,
    updatedAt: at,
    fills: [FILL],
  };
  return { eventId, kind: 'UPDATED', at, order, fill: null };
}

const seqsOf = (events: readonly RecordedOrderChange[]): number[] => events.map(({ seq }) => seq);
const idsOf = (orders: readonly LiveOrder[]): string[] => orders.map(({ orderId }) => orderId);

/** What every OrderEventStore answers, whatever it is made of. `open` opens an empty one; each epoch is a new one. */
export function describeOrderEventStore(name: string, open: () => Promise<OpenedStore<OrderEventStore>>): void {
  describe(name, () => {
    let opened: OpenedStore<OrderEventStore>;
    let store: OrderEventStore;
    const append = (...changes: EventChanges[]) => store.append('desk', changes.map(event));
    const readAll = () => store.read('desk', 0, 1_000);
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
        expect(idsOf(await store.orders(name, 0))).toEqual([name]);
        expect(await readAll()).toHaveLength(1);
      });
    });

    describe('bounds', () => {
      it('are undefined until the first event comes', async () => {
        expect(await store.append('desk', [])).toEqual([]);
        expect(await store.bounds('desk')).toBeUndefined();
        expect(await readAll()).toEqual([]);
        expect(await store.orders('desk', 0)).toEqual([]);
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
          FINISHED.includes(status) ? [`${status} 100`] : [`${status} 100`, `${status} 99`],
        );
        expect(idsOf(await store.orders('desk', 100))).toEqual(wanted);
      });

      it('stand as their last event says', async () => {
        await append({ eventId: 'a', at: 200 }, { eventId: 'b', status: 'PARTIALLY_FILLED', at: 150 });
        expect(await store.orders('desk', 0)).toEqual([event({ status: 'PARTIALLY_FILLED', at: 150 }).order]);
        await append({ eventId: 'c', status: 'CANCELLED', at: 160 });
        expect(await store.orders('desk', 161)).toEqual([]);
        expect(await store.orders('desk', 160)).toHaveLength(1);
      });

      it('come in the order of their insertion, those of one instant by their ids', async () => {
        const ages = [
          ['c', 2],
          ['b', 3],
          ['a', 2],
          ['d', null],
        ] as const;
        await append(...ages.map(([orderId, createdAt]) => ({ eventId: orderId, orderId, createdAt })));
        expect(idsOf(await store.orders('desk', 0))).toEqual(['d', 'a', 'c', 'b']);
      });
    });

    describe('trimming', () => {
      it('takes the events of before, and tells where reading starts', async () => {
        await append(
          ...[1, 2, 3, 4].map((at) => ({ eventId: `e${at}`, orderId: `o${at}`, status: 'FILLED' as const, at })),
        );
        await store.trim(3);
        expect(await store.bounds('desk')).toMatchObject({ firstSeq: 3, lastSeq: 4 });
        expect(seqsOf(await readAll())).toEqual([3, 4]);
        expect(idsOf(await store.orders('desk', 0))).toEqual(['o3', 'o4']);
        await store.trim(5);
        expect(await store.bounds('desk')).toMatchObject({ firstSeq: 5, lastSeq: 4 });
        expect(await readAll()).toEqual([]);
        expect(await store.orders('desk', 0)).toEqual([]);
      });

      it('keeps the state of an order that is not finished, and the id of its last event', async () => {
        await append({ eventId: 'a', at: 1 }, { eventId: 'b', at: 2 }, { eventId: 'c', orderId: 'o2', at: 9 });
        await store.trim(9);
        expect(idsOf(await store.orders('desk', 0))).toEqual(['o1', 'o2']);
        expect(seqsOf(await readAll())).toEqual([3]);
        expect(seqsOf(await append({ eventId: 'b' }, { eventId: 'a' }))).toEqual([4]);
      });

      it('takes the kept state once the order is finished', async () => {
        await append({ eventId: 'a', at: 1 });
        await store.trim(2);
        await append({ eventId: 'b', at: 3, status: 'FILLED' });
        await store.trim(4);
        expect(await store.orders('desk', 0)).toEqual([]);
        expect(seqsOf(await append({ eventId: 'a' }))).toEqual([3]);
      });

      it('leaves no hole where times are out of order', async () => {
        await append(...[1, 9, 2, 8].map((at, place) => ({ eventId: `e${place}`, at })));
        await store.trim(5);
        expect(seqsOf(await readAll())).toEqual([2, 3, 4]);
      });
    });

    it('is a numbered list without repeats, whatever is appended and trimmed', async () => {
      const anyChange = fc.record({
        eventId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
        orderId: fc.constantFrom('o1', 'o2', 'o3'),
        status: fc.constantFrom(...ORDER_STATUSES),
        at: fc.integer({ min: 1, max: 20 }),
      });
      const anyStep = fc.oneof(
        { weight: 3, arbitrary: fc.array(anyChange, { maxLength: 5 }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 21 }) },
      );
      let cases = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 12 }), fc.nat(12), fc.nat(4), async (steps, after, limit) => {
          const account = `account ${cases++}`;
          const model = new ModelStream();
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
            expect(new Set(idsOf(await store.orders(account, 10)))).toEqual(new Set(model.orders(10)));
          }
        }),
      );
    }, 60_000);
  });
}

/** The same by arrays. */
class ModelStream {
  firstSeq = 1;
  lastSeq = 0;
  #kept: RecordedOrderChange[] = [];

  append(events: readonly OrderChange[]): RecordedOrderChange[] {
    const appended: RecordedOrderChange[] = [];
    for (const each of events) {
      if (this.#kept.some(({ eventId }) => eventId === each.eventId)) continue;
      this.lastSeq += 1;
      appended.push({ ...each, seq: this.lastSeq });
      this.#kept.push({ ...each, seq: this.lastSeq });
    }
    return appended;
  }

  read(): RecordedOrderChange[] {
    return this.#kept.filter(({ seq }) => seq >= this.firstSeq);
  }

  orders(endedSince: number): string[] {
    const lasting = ({ order, at }: RecordedOrderChange) => !FINISHED.includes(order.status) || at >= endedSince;
    return this.#kept.filter((each) => this.#isLast(each) && lasting(each)).map(({ order }) => order.orderId);
  }

  trim(before: number): void {
    this.firstSeq = this.read().find(({ at }) => at >= before)?.seq ?? this.lastSeq + 1;
    const isNeeded = (each: RecordedOrderChange) => this.#isLast(each) && !FINISHED.includes(each.order.status);
    this.#kept = this.#kept.filter((each) => each.seq >= this.firstSeq || isNeeded(each));
  }

  #isLast({ order, seq }: RecordedOrderChange): boolean {
    return !this.#kept.some((other) => other.order.orderId === order.orderId && other.seq > seq);
  }
}
