import { expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import type { SessionFrame } from '../../src/simulator/replay/parse-session.ts';
import { type ReplayServer, startReplayServer } from '../../src/simulator/replay/replay-server.ts';
import { openEvents } from '../server/event-reader.ts';
import { startDeskgraph } from '../support/deskgraph.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { startScriptedVenue, until } from '../support/scripted-venue.ts';
import { gatewayTo } from './replayed-desk.ts';

const TICKS = 'subscription { ticks(gateway: "okx", symbols: ["BTC-USDT"]) { seq last stale } }';

const QUOTE: SessionFrame = {
  time: 0,
  direction: 'in',
  text: JSON.stringify({
    arg: { channel: 'tickers', instId: 'BTC-USDT' },
    data: [{ instId: 'BTC-USDT', last: '30000', lastSz: '1', ts: '1652459235576' }],
  }),
};

const serve = (port: number): Promise<ReplayServer> =>
  startReplayServer({ session: [QUOTE], venue: 'okx', port, speed: 1, loop: false, clock: SYSTEM_CLOCK });

it('a quote is sent again as stale when its venue is lost, and fresh when the venue is back', async () => {
  let venue = await serve(0);
  const desk = await startDeskgraph(gatewayTo(venue.url));
  try {
    const socket = await connectSocket(Number(new URL(desk.url).port));
    socket.subscribe('1', TICKS);
    const stream = await openEvents(desk, TICKS);
    const read = async () => {
      const { payload } = await socket.next('1');
      const { data } = await stream.next();
      expect(JSON.parse(data)).toEqual(payload);
      return Object(payload).data.ticks;
    };
    const present = async () => {
      const { data } = await desk.ask('{ ticks(gateway: "okx", symbols: ["BTC-USDT"]) { seq last stale } }');
      return data.ticks;
    };
    const fresh = { seq: 1, last: 30_000, stale: false };
    expect(await read()).toEqual(fresh);
    await venue.close();
    const lost = { ...fresh, seq: 2, stale: true };
    expect(await read()).toEqual(lost);
    expect(await present()).toEqual([lost]);
    venue = await serve(venue.port);
    const back = { ...fresh, seq: 3 };
    expect(await read()).toEqual(back);
    expect(await present()).toEqual([back]);
    socket.webSocket.close();
  } finally {
    await desk.close();
    await venue.close();
  }
});

it('the venue sees its sockets closed when the server stops, and nobody comes again', async () => {
  const venue = await startScriptedVenue();
  const desk = await startDeskgraph(
    gatewayTo(new URL(venue.url).origin, 'symbols: [BTC-USDT], channels: [ticks, bars], '),
  );
  try {
    await until(() => venue.connections.length === 2 && venue.connections.every(({ texts }) => texts.length > 0));
    await desk.close();
    await until(() => venue.connections.every(({ isClosed }) => isClosed));
    expect(venue.attempts).toBe(2);
  } finally {
    await desk.close();
    await venue.close();
  }
});
