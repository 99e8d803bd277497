import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foreignOrderKey, ownOrderKey } from '../../src/domain/live-order.ts';
import type { OrderRequest, OrderSubmission } from '../../src/domain/order-request.ts';
import type { OrderEventStore } from '../../src/store/order-events.ts';
import type { OrderSubmissionStore } from '../../src/store/order-submissions.ts';
import { FOREIGN_NAMES } from './account-store.contract.ts';
import type { OpenedStore } from './opened-store.ts';
import { event } from './order-event-store.contract.ts';

/** The stores whose contracts meet: an event settles the submission of its order. */
export interface OrderStores {
  readonly orderEvents: OrderEventStore;
  readonly orderSubmissions: OrderSubmissionStore;
}

export function submission(clientOrderId: string, submittedAt = 100, changes: Partial<OrderRequest> = {}) {
  const request: OrderRequest = {
    gateway: 'okx',
    accountCookie: 'desk',
    symbol: 'BTC-USDT',
    side: 'SELL',
    type: 'LIMIT',
    volume: '123456789012345678901234567.10',
    price: '0.00000001',
    timeInForce: 'GTC',
    offset: 'CLOSE',
    reduceOnly: true,
    marginMode: null,
    clientOrderId,
    ...changes,
  };
  return { request, submittedAt } satisfies OrderSubmission;
}

/** What every OrderSubmissionStore answers, whatever it is made of. `open` opens empty ones. */
export function describeOrderSubmissionStore(name: string, open: () => Promise<OpenedStore<OrderStores>>): void {
  describe(name, () => {
    let opened: OpenedStore<OrderStores>;
    let events: OrderEventStore;
    let store: OrderSubmissionStore;
    const use = ({ orderEvents, orderSubmissions }: OrderStores): void => {
      events = orderEvents;
      store = orderSubmissions;
    };
    const openIds = async (account = 'desk') =>
      (await store.openSubmissions(account)).map(({ request }) => request.clientOrderId);
    const record = (orderKey: string, eventId = orderKey, at = 1) =>
      events.append('desk', [event({ eventId, orderKey, at, status: 'FILLED' })]);
    beforeEach(async () => {
      opened = await open();
      use(opened.store);
    });
    afterEach(() => opened[Symbol.asyncDispose]());

    it('answers a submission as it was stored', async () => {
      const market = submission('c2', 100, { type: 'MARKET', price: null, timeInForce: null, marginMode: 'CROSS' });
      for (const each of [submission('c1'), market]) {
        expect(await store.submit(each)).toBeUndefined();
        expect(await store.submission('desk', each.request.clientOrderId)).toEqual(each);
      }
      expect(await store.openSubmissions('desk')).toEqual([submission('c1'), market]);
      expect(await store.submission('desk', 'c3')).toBeUndefined();
    });

    it('keeps the first submission under a clientOrderId, and answers it to the others', async () => {
      const others = [submission('c1', 200), submission('c1', 200, { volume: '2', gateway: 'other' })];
      await store.submit(submission('c1'));
      for (const other of others) expect(await store.submit(other)).toEqual(submission('c1'));
      expect(await store.openSubmissions('desk')).toEqual([submission('c1')]);
    });

    it('takes one of several that come at once', async () => {
      const answers = await Promise.all([1, 2, 3].map((at) => store.submit(submission('c1', at))));
      expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
      expect(await store.openSubmissions('desk')).toHaveLength(1);
    });

    it('keeps accounts apart', async () => {
      const other = submission('c1', 200, { accountCookie: 'other' });
      await store.submit(submission('c1'));
      expect(await store.submit(other)).toBeUndefined();
      await record(ownOrderKey('c1'));
      expect(await openIds()).toEqual([]);
      expect(await store.openSubmissions('other')).toEqual([other]);
      await store.withdraw('other', 'c1');
      expect(await store.submission('other', 'c1')).toBeUndefined();
      expect(await store.submission('desk', 'c1')).toEqual(submission('c1'));
    });

    it('lists what is open, the oldest first', async () => {
      const ages = { late: 9, early: 1, b: 5, a: 5 };
      for (const [clientOrderId, at] of Object.entries(ages)) await store.submit(submission(clientOrderId, at));
      expect(await openIds()).toEqual(['early', 'a', 'b', 'late']);
    });

    it('forgets what is withdrawn, so that it may be submitted again', async () => {
      await store.submit(submission('c1'));
      await store.withdraw('desk', 'c1');
      await store.withdraw('desk', 'c1');
      await store.withdraw('desk', 'none');
      expect(await openIds()).toEqual([]);
      expect(await store.submit(submission('c1', 200))).toBeUndefined();
      expect(await store.submission('desk', 'c1')).toEqual(submission('c1', 200));
    });

    it('settles a submission with the first event of its order', async () => {
      await store.submit(submission('c1'));
      await record(foreignOrderKey('c1'));
      await record('c1');
      expect(await openIds()).toEqual(['c1']);
      await record(ownOrderKey('c1'));
      expect(await openIds()).toEqual([]);
      expect(await store.submit(submission('c1', 200))).toEqual(submission('c1'));
    });

    it('settles what is submitted after its order became known', async () => {
      await record(ownOrderKey('c1'));
      expect(await store.submit(submission('c1'))).toBeUndefined();
      expect(await openIds()).toEqual([]);
    });

    it('settles nothing when the events are not stored', async () => {
      await store.submit(submission('c1'));
      const known = event({ eventId: 'a', orderKey: ownOrderKey('c1') });
      const broken = { ...event({ eventId: 'b' }), at: null };
      await expect(events.append('desk', [known, broken as never])).rejects.toThrow(); // no event of the type can fail
      expect(await openIds()).toEqual(['c1']);
    });

    it('does not take back what is settled', async () => {
      await store.submit(submission('c1'));
      await record(ownOrderKey('c1'));
      await store.withdraw('desk', 'c1');
      expect(await store.submission('desk', 'c1')).toEqual(submission('c1'));
    });

    it('stays settled when the events of the order are trimmed, keeps its end, and is so when it is opened again', async () => {
      for (const each of ['c1', 'c2']) await store.submit(submission(each));
      await record(ownOrderKey('c1'));
      await events.trim(1_000);
      use(await opened.reopen());
      expect(await events.order('desk', { clientOrderId: 'c1' })).toMatchObject({ orderKey: ownOrderKey('c1') });
      expect((await events.state('desk', { since: 0, most: 10 })).orders).toEqual([]);
      expect(await openIds()).toEqual(['c2']);
      expect(await store.submission('desk', 'c1')).toEqual(submission('c1'));
      expect(await store.submit(submission('c1', 200))).toEqual(submission('c1'));
    });

    it.each(FOREIGN_NAMES)('takes the account and the clientOrderId %j literally', async (name) => {
      const named = submission(name, 1, { accountCookie: name });
      await store.submit(submission('c1'));
      expect(await store.submit(named)).toBeUndefined();
      expect(await store.openSubmissions(name)).toEqual([named]);
      expect(await store.submission(name, name)).toEqual(named);
      await store.withdraw(name, name);
      expect(await openIds(name)).toEqual([]);
      expect(await openIds()).toEqual(['c1']);
    });
  });
}
