import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { orderJournal } from '../src/app-gateways.ts';
import { createMemoryBus } from '../src/bus/memory-bus.ts';
import { OrderStreams } from '../src/bus/order-streams.ts';
import { ordersOfDocument } from '../src/domain/document-orders.ts';
import { observedChanges } from '../src/domain/order-observation.ts';
import { openDeskStore } from '../src/store/sqlite/desk-store.ts';
import { event } from './store/order-event-store.contract.ts';
import { ManualClock } from './support/manual-clock.ts';
import { decoded, pythonDocument, pythonOrder } from './support/qifi-documents.ts';

it('a gateway knows nothing of orders that were read from QIFI states of its account, which its venue never had', async () => {
  using opened = new DisposableStack();
  const desk = openDeskStore({ path: ':memory:', newEpoch: randomUUID });
  opened.defer(() => desk.close());
  const bus = createMemoryBus({ epoch: 'first', clock: new ManualClock() });
  const orderStreams = new OrderStreams({ bus, history: desk.orderEvents, now: () => 0, retentionMs: 1000 });
  const journal = orderJournal({ bus, orderStreams, desk });
  const raw = pythonDocument({ account_cookie: 'desk', orders: [pythonOrder({ status: 'ALIVE', volume_left: 1 })] });
  const [order] = ordersOfDocument(decoded(raw, 'REALTIME'));
  if (order === undefined) throw new Error('there is no order');
  await journal.record('desk', [...observedChanges(undefined, order, 1), event({ orderId: 'own' })]);
  expect(await orderStreams.isRecorded('desk')).toBe(true);
  expect((await journal.orders('desk', 0)).map(({ orderId }) => orderId)).toEqual(['own']);
  expect(await journal.order('desk', { orderId: order.orderId })).toBeUndefined();
  expect(await journal.order('desk', { orderId: 'own' })).toMatchObject({ orderId: 'own' });
});
