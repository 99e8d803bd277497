import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { deskStorePath } from '../../src/store/sqlite/paths.ts';
import { event } from '../store/order-event-store.contract.ts';
import { startDeskgraph, TEST_NOW } from '../support/deskgraph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const EVENTS = `subscription ($after: Cursor, $startAt: StreamStart! = SNAPSHOT) {
  orderEvents(accountCookie: "desk", after: $after, startAt: $startAt) {
    __typename
    ... on OrderEvent { cursor eventId seq kind order { orderId price volume } fill { price } }
    ... on OrderSnapshot { cursor orders { orderId } }
    ... on StreamGap { reason }
  }
}`;

it('order events that an earlier process stored are followed by cursor, also over a restart', async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, 'data');
  mkdirSync(data);
  const append = async (...eventIds: string[]): Promise<void> => {
    const store = openDeskStore({ path: deskStorePath(data), newEpoch: randomUUID });
    const changes = eventIds.map((eventId) => event({ eventId, orderId: eventId, at: TEST_NOW }));
    await store.orderEvents.append('desk', changes);
    store.close();
  };
  const read = async (count: number, variables: object) => {
    const desk = await startDeskgraph({ folder: folder.path, environment: { DEMO: '0' } });
    try {
      // biome-ignore lint/suspicious/noExplicitAny: tests look into items whose shape the document decides
      const items: any[] = [];
      for await (const { data: result } of desk.events(EVENTS, variables)) {
        items.push(result.orderEvents);
        if (items.length === count) break;
      }
      return items;
    } finally {
      await desk.close();
    }
  };
  await append('a', 'b');
  const [first, second] = await read(2, { startAt: 'BEGINNING' });
  expect(first).toMatchObject({ eventId: 'a', seq: 1, order: { price: '30000.10' } });
  expect(second).toMatchObject({ eventId: 'b', seq: 2 });
  await append('c');
  expect(await read(2, { after: first.cursor })).toMatchObject([{ eventId: 'b' }, { eventId: 'c', seq: 3 }]);
  const [snapshot] = await read(1, {});
  expect(snapshot).toMatchObject({
    __typename: 'OrderSnapshot',
    orders: [{ orderId: 'a' }, { orderId: 'b' }, { orderId: 'c' }],
  });
});
