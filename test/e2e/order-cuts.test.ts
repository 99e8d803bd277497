import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createSeededRandom } from '../../src/simulator/seeded-random.ts';
import { openDeskStore } from '../../src/store/sqlite/desk-store.ts';
import { deskStorePath } from '../../src/store/sqlite/paths.ts';
import { event } from '../store/order-event-store.contract.ts';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { readEvents } from '../support/event-source.ts';
import { startProxy } from '../support/proxy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const IS_LONG = process.env.DESKGRAPH_TEST_LONG === '1';
const STORED = IS_LONG ? 4_800 : 800;
const EVENTS = IS_LONG ? 5_000 : 1_000;
const CUTS = IS_LONG ? 200 : 40;
const QUERY = `subscription ($after: Cursor) { orderEvents(accountCookie: "paper", after: $after, startAt: BEGINNING) {
  __typename ... on OrderEvent { cursor eventId seq }
} }`;

interface Received {
  readonly __typename: string;
  readonly cursor: string;
  readonly eventId: string;
  readonly seq: number;
}

/** What a subscription over server-sent events brings until its connection ends. */
async function* overEvents(url: string, after: string | undefined): AsyncGenerator<Received, void, undefined> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(after === undefined ? {} : { 'last-event-id': after }),
    },
    body: JSON.stringify({ query: QUERY }),
  });
  for await (const { event: type, data } of readEvents(response)) {
    if (type === 'next') yield JSON.parse(data).data.orderEvents;
  }
}

/** The same over a WebSocket. */
async function* overSocket(url: string, after: string | undefined): AsyncGenerator<Received, void, undefined> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const waiting: Received[] = [];
  let isOver = false;
  let wake = (): void => {};
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  socket.on('message', (text) => {
    const { type, payload } = JSON.parse(String(text));
    const subscribe = { id: '1', type: 'subscribe', payload: { query: QUERY, variables: { after } } };
    if (type === 'connection_ack') socket.send(JSON.stringify(subscribe));
    if (type === 'next') waiting.push(payload.data.orderEvents);
    wake();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    isOver = true;
    wake();
  });
  try {
    while (!isOver || waiting.length > 0) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    socket.terminate();
  }
}

/** What an earlier server has recorded: orders that have ended, so that nobody asks the venue for them. */
async function storeEvents(folder: string): Promise<void> {
  const path = deskStorePath(join(folder, 'data', 'demo'));
  mkdirSync(dirname(path), { recursive: true });
  const store = openDeskStore({ path, newEpoch: randomUUID });
  const changes = Array.from({ length: STORED }, (_, index) =>
    event({ eventId: `stored${index}`, orderId: `stored${index}`, status: 'FILLED', at: Date.now() }),
  );
  await store.orderEvents.append('paper', changes);
  store.close();
}

const startDesk = (folder: string): Promise<TestDeskgraph> =>
  startDeskgraph({ isClockRunning: true, now: Date.now(), folder });

it(`${EVENTS} order events, stored and live, reach a client exactly once over ${CUTS} cuts and restarts, whichever the transport`, async () => {
  using folder = temporaryFolder();
  await storeEvents(folder.path);
  let desk = await startDesk(folder.path);
  const proxy = await startProxy(() => Number(new URL(desk.url).port));
  const random = createSeededRandom(11);
  const received: Received[] = [];
  let placed = 0;
  let filled = 0;

  /** Makes two events at least: the acceptance, and the fill. */
  const place = async (): Promise<void> => {
    const side = ++placed % 2 === 0 ? 'BUY' : 'SELL';
    const { data } = await desk.ask(`mutation { placeOrder(input: {
      gateway: "paper", accountCookie: "paper", symbol: "BTC-USDT-SWAP", side: ${side}, type: MARKET, volume: "1",
      clientOrderId: "c${placed}" }) { ... on Order { status } } }`);
    // Right after a restart it is refused.
    if (data.placeOrder.status === 'FILLED') filled += 1;
  };
  const isDone = (): boolean => received.length >= EVENTS;

  for (let cut = 0; cut < CUTS; cut++) {
    const placing = cut % 2 === 0 ? place() : undefined;
    if (received.length >= STORED + 2 * filled) await placing;
    // At least; the order that is being placed comes while it reads, or is there for the next time.
    const there = STORED + 2 * filled;
    if (received.length >= there) continue;
    const after = received.at(-1)?.cursor;
    const following = cut % 2 === 0 ? overEvents(proxy.url, after) : overSocket(proxy.url, after);
    let left = Math.max(1, Math.ceil(((EVENTS - received.length) / (CUTS - cut)) * 2 * random()));
    for await (const item of following) {
      expect(item.__typename).toBe('OrderEvent');
      received.push(item);
      if (--left === 0 || received.length >= there) break;
    }
    await placing;
    await proxy.cut();
    if (cut % 60 === 59) {
      await desk.close();
      desk = await startDesk(folder.path);
    }
  }
  while (!isDone()) {
    await place();
    if (received.length >= STORED + 2 * filled) continue;
    for await (const item of overEvents(proxy.url, received.at(-1)?.cursor)) {
      received.push(item);
      if (received.length >= STORED + 2 * filled) break;
    }
  }
  await proxy.close();
  await desk.close();

  const store = openDeskStore({ path: deskStorePath(join(folder.path, 'data', 'demo')), newEpoch: randomUUID });
  const recorded = await store.orderEvents.read('paper', 0, received.length);
  store.close();
  expect(received.map(({ seq }) => seq)).toEqual(recorded.map(({ seq }) => seq));
  expect(received.map(({ eventId }) => eventId)).toEqual(recorded.map(({ eventId }) => eventId));
  expect(received.length).toBeGreaterThanOrEqual(EVENTS);
}, 120_000);
