import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus } from '../../src/bus/bus.ts';
import { createMemoryBus } from '../../src/bus/memory-bus.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { marketSink } from '../../src/market-sink.ts';
import { type WatchedGateway, watchGateway } from '../exchanges/watched-gateway.ts';
import { openEvents } from '../server/event-reader.ts';
import { type ServedDesk, serveDesk } from '../server/served-desk.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import { printEvent, quoteEvent, type ScriptedMarket, serveMarket } from '../support/scripted-venue-market.ts';

const LINGER_MS = 30_000;
const TICKS = 'subscription { ticks(gateway: "desk", symbols: ["BTC"]) { last } }';
const TRADES = 'subscription { marketTrades(gateway: "desk", symbols: ["BTC"]) { price } }';
const BARS = 'subscription { liveBars(gateway: "desk", symbols: ["BTC"], interval: H1) { close } }';
const HOURLY = {
  type: 'BAR',
  bar: {
    ...{ symbol: 'BTC', interval: 'H1', openTime: 0, open: 1, high: 1, low: 1, close: 1, volume: 1, isClosed: false },
  },
};

let venue: ScriptedVenue;
let market: ScriptedMarket;
let bus: Bus;
let watched: WatchedGateway;
let desk: ServedDesk;

/** The schema of the product on real sockets, with a gateway to the scripted venue whose time the tests let pass. */
beforeEach(async () => {
  venue = await startScriptedVenue();
  market = serveMarket(venue);
  bus = createMemoryBus({ epoch: 'first', clock: new ManualClock() });
  watched = watchGateway(new URL(venue.url).origin, { sink: marketSink(bus) });
  watched.gateway.start();
  await watched.untilState('CONNECTED');
  const gateways = [watched.gateway];
  desk = await serveDesk(
    {},
    {
      execution: createExecution({ schema: buildSchema() }),
      contextOf: () => ({ viewer: LOCAL_VIEWER, gateways, bus }),
    },
  );
});
afterEach(async () => {
  await desk.close();
  await watched.gateway.stop();
  await venue.close();
});

async function present(query: string): Promise<unknown> {
  const { text } = await desk.post({ query });
  return JSON.parse(text).data;
}
const presentTicks = () => present('{ ticks(gateway: "desk", symbols: ["BTC"]) { last } }');
const presentBars = () => present('{ liveBars(gateway: "desk", symbols: ["BTC"], interval: H1) { close } }');

/** Subscribes, and resolves with the way to leave when the first event has come. */
const WAYS = {
  'completes its operation': async () => {
    const socket = await connectSocket(desk.port);
    socket.subscribe('1', TICKS);
    await begin(socket.next('1'));
    return () => socket.complete('1');
  },
  'loses its WebSocket': async () => {
    const socket = await connectSocket(desk.port);
    socket.subscribe('1', TICKS);
    await begin(socket.next('1'));
    return () => socket.webSocket.terminate();
  },
  'cuts its stream of events': async () => {
    const stream = await openEvents(desk, TICKS);
    await begin(stream.next());
    return () => stream.destroy();
  },
} as const;

async function begin(first: Promise<unknown>): Promise<void> {
  await until(() => market.topics('/public').includes('ticks BTC'));
  market.send('/public', quoteEvent('BTC', 5));
  await first;
}

describe('the venue', () => {
  it.each(Object.entries(WAYS))('is told to stop, after a while, when the last reader %s', async (_, subscribe) => {
    const leave = await subscribe();
    const leaveToo = await WAYS['completes its operation']();
    leave();
    // Identical subscriptions read as one; the venue goes on for who is left.
    watched.clock.advance(LINGER_MS);
    leaveToo();
    await until(() => bus.ticks.readers === 0);
    watched.clock.advance(LINGER_MS - 1);
    expect(await presentTicks()).toEqual({ ticks: [{ last: 5 }] });
    expect(market.topics('/public')).toEqual(['ticks BTC']);
    watched.clock.advance(1);
    expect(await presentTicks()).toEqual({ ticks: [] });
    await until(() => market.topics('/public').length === 0);
  });

  it('goes on sending for who comes back before that, without being asked again', async () => {
    const leave = await WAYS['completes its operation']();
    leave();
    await until(() => bus.ticks.readers === 0);
    watched.clock.advance(LINGER_MS - 1);
    const back = await connectSocket(desk.port);
    back.subscribe('1', TICKS);
    expect(await back.next('1')).toMatchObject({ payload: { data: { ticks: { last: 5 } } } });
    watched.clock.advance(LINGER_MS);
    expect(await presentTicks()).toEqual({ ticks: [{ last: 5 }] });
    expect(market.connection('/public').texts).toHaveLength(1);
  });

  it('is told to stop for trades and bars as well, whose socket is closed when nothing else is on it', async () => {
    const socket = await connectSocket(desk.port);
    socket.subscribe('trades', TRADES);
    socket.subscribe('bars', BARS);
    await until(() => market.topics('/public').length === 1 && venue.connections.length === 2);
    await until(() => market.topics('/business').length === 1);
    market.send('/public', printEvent('BTC', '1'));
    market.send('/business', HOURLY);
    await Promise.all([socket.next('trades'), socket.next('bars')]);
    expect(await presentBars()).toEqual({ liveBars: [{ close: 1 }] });
    socket.webSocket.terminate();
    await until(() => bus.marketTrades.readers + bus.liveBars.readers === 0);
    watched.clock.advance(LINGER_MS);
    expect(await presentBars()).toEqual({ liveBars: [] });
    await until(() => market.topics('/public').length === 0 && market.connection('/business').isClosed);
  });

  it('is told to stop for the other symbols of a reader that a refused one has ended', async () => {
    market.answerTo = ({ symbol }) => (symbol === 'NONE' ? 'REFUSED' : 'SUBSCRIBED');
    const socket = await connectSocket(desk.port);
    socket.subscribe('1', TICKS.replace('"BTC"', '"BTC", "NONE"'));
    expect(await socket.next('1')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'BAD_USER_INPUT' } }],
    });
    expect(market.topics('/public')).toEqual(['ticks BTC']);
    watched.clock.advance(LINGER_MS);
    await until(() => market.topics('/public').length === 0);
  });
});
