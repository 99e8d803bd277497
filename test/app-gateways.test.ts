import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { openRestShare, orderJournal } from '../src/app-gateways.ts';
import { createMemoryBus } from '../src/bus/memory-bus.ts';
import { OrderStreams } from '../src/bus/order-streams.ts';
import { ordersOfDocument } from '../src/domain/document-orders.ts';
import { observedChanges } from '../src/domain/order-observation.ts';
import { openDeskStore } from '../src/store/sqlite/desk-store.ts';
import { event } from './store/order-event-store.contract.ts';
import { ManualClock } from './support/manual-clock.ts';
import { decoded, pythonDocument, pythonOrder } from './support/qifi-documents.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

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

it('a ban that one process met holds for the next one with the same data folder', async () => {
  using folder = temporaryFolder();
  const clock = new ManualClock();
  const faults: object[] = [];
  const nothing = () => {};
  const logger = { debug: nothing, info: nothing, error: nothing, warn: (fields: object) => void faults.push(fields) };
  const open = async () => {
    const opened = new AsyncDisposableStack();
    const share = await openRestShare(folder.path, {
      clock,
      opened,
      logger: { ...logger, child: () => logger as never },
    });
    return { opened, share };
  };
  const now = clock.now();
  const ban = { address: 'https://api.example', from: now, until: now + 60_000, reason: 'it answered HTTP 418' };
  const first = await open();
  first.share.bans.begin(ban);
  await first.opened.disposeAsync();
  expect(clock.pending).toBe(0);
  const second = await open();
  expect(second.share.bans.of('https://api.example')).toEqual(ban);
  clock.advance(60_000);
  expect(second.share.bans.of('https://api.example')).toBeUndefined();
  await second.opened.disposeAsync();
  second.share.bans.begin({ ...ban, from: clock.now(), until: clock.now() + 1_000 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(faults).toMatchObject([{ error: { code: 'UPSTREAM_UNAVAILABLE' } }]);
});
