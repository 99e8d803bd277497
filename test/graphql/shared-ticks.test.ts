import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { marketKey } from '../../src/domain/market-topic.ts';
import type { GatewaySession } from '../../src/exchanges/gateways.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { type EventReader, openEvents } from '../server/event-reader.ts';
import { type ServedDesk, serveDesk } from '../server/served-desk.ts';
import { connectSocket, type GraphQLSocket } from '../support/graphql-socket.ts';
import { ManualClock } from '../support/manual-clock.ts';

let clock: ManualClock;
let bus: Bus;
let desk: ServedDesk;
let socket: GraphQLSocket;
let events: EventReader;

const session: GatewaySession = {
  name: 'desk',
  account: undefined,
  status: () => expect.fail('nobody asks for that'),
  setEnabled: () => expect.fail('nobody switches it'),
  want: () => () => {},
};

const ticks = (rate = ''): string => `subscription { ticks(gateway: "desk", symbols: ["BTC"]${rate}) { seq last } }`;
const LIMITED = ticks(', maxPerSecond: 1');

beforeEach(async () => {
  clock = new ManualClock();
  bus = createMemoryBus({ epoch: 'first', clock });
  desk = await serveDesk(
    {},
    {
      execution: createExecution({ schema: buildSchema() }),
      contextOf: (origin) => ({ ...origin, bus, gateways: [session], now: () => clock.now() }),
    },
  );
  socket = await connectSocket(desk.port);
});

afterEach(async () => {
  socket.webSocket.terminate();
  events.destroy();
  await desk.close();
  // Readers end with their connections, and their timers with them.
  expect([bus.ticks.readers, clock.pending]).toEqual([0, 0]);
});

function publish(last: number): void {
  bus.ticks.publish(marketKey('desk', 'BTC'), {
    ...{
      gateway: 'desk',
      symbol: 'BTC',
      timestamp: null,
      receivedAt: 0,
      last,
      lastSize: null,
      bid: null,
      bidSize: null,
    },
    ...{ ask: null, askSize: null, open24h: null, high24h: null, low24h: null, volume24h: null, stale: false },
  });
}

const nextOf = (id: string, seq: number) => ({
  id,
  type: 'next',
  payload: { data: { ticks: { seq, last: seq * 10 } } },
});

it('readers with maxPerSecond and readers without do not disturb each other, on one socket and over events', async () => {
  publish(10);
  socket.subscribe('all', ticks());
  socket.subscribe('limited', LIMITED);
  socket.subscribe('limited too', LIMITED);
  events = await openEvents(desk, LIMITED);
  expect((await socket.take(3)).toSorted((a, b) => String(a.id).localeCompare(String(b.id)))).toEqual([
    nextOf('all', 1),
    nextOf('limited', 1),
    nextOf('limited too', 1),
  ]);
  expect(JSON.parse((await events.next()).data)).toEqual({ data: { ticks: { seq: 1, last: 10 } } });
  for (const seq of [2, 3, 4]) {
    publish(seq * 10);
    expect(await socket.next()).toEqual(nextOf('all', seq));
  }
  expect(await socket.rest()).toEqual([]);
  // One for all who have no bound, one for all who have this one.
  expect(bus.ticks.readers).toBe(2);
  clock.advance(1_000);
  expect(await socket.take(2)).toEqual([nextOf('limited', 4), nextOf('limited too', 4)]);
  expect(JSON.parse((await events.next()).data)).toEqual({ data: { ticks: { seq: 4, last: 40 } } });
  expect(await socket.rest()).toEqual([]);
});

it('a late reader with maxPerSecond first gets the newest tick that those before it have got', async () => {
  publish(10);
  socket.subscribe('1', LIMITED);
  expect(await socket.next()).toEqual(nextOf('1', 1));
  publish(20);
  clock.advance(1_000);
  expect(await socket.next()).toEqual(nextOf('1', 2));
  events = await openEvents(desk, LIMITED);
  expect(JSON.parse((await events.next()).data)).toEqual({ data: { ticks: { seq: 2, last: 20 } } });
  publish(30);
  expect(await socket.rest()).toEqual([]);
  clock.advance(1_000);
  expect(await socket.next()).toEqual(nextOf('1', 3));
  expect(JSON.parse((await events.next()).data)).toEqual({ data: { ticks: { seq: 3, last: 30 } } });
});
