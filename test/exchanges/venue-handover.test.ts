import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExchangeGatewayOptions } from '../../src/exchanges/exchange-gateway.ts';
import type { SocketLimits, Venue } from '../../src/exchanges/venue.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import {
  printEvent,
  quoteEvent,
  type ScriptedMarket,
  scriptedMarketVenue,
  serveMarket,
} from '../support/scripted-venue-market.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

const DAY_MS = 86_400_000;

let venue: ScriptedVenue;
let market: ScriptedMarket;
let watched: WatchedGateway[];

beforeEach(async () => {
  venue = await startScriptedVenue();
  market = serveMarket(venue);
  watched = [];
});

afterEach(async () => {
  await Promise.all(watched.map(({ gateway }) => gateway.stop()));
  expect(watched.map(({ clock }) => clock.pending)).toEqual(watched.map(() => 0));
  await venue.close();
});

function limited(limits: SocketLimits): Venue {
  const scripted = scriptedMarketVenue(new URL(venue.url).origin);
  return { ...scripted, sockets: scripted.sockets.map((socket) => ({ ...socket, limits })) };
}

async function connect(options: Partial<ExchangeGatewayOptions> = {}): Promise<WatchedGateway> {
  const desk = watchGateway(new URL(venue.url).origin, { symbols: ['BTC'], channels: ['ticks', 'trades'], ...options });
  watched.push(desk);
  desk.gateway.start();
  await desk.untilState('CONNECTED');
  return desk;
}

const idsOf = ({ prints }: WatchedGateway) => prints.map(({ tradeId }) => tradeId);

describe('a connection that the venue will end', () => {
  it('is replaced by another one before it is given up', async () => {
    const desk = await connect();
    const [first] = venue.connections;
    market.answerTo = () => 'SILENCE';
    market.send('/public', { type: 'CLOSING', reason: 'upgrade' });
    await until(() => venue.connections.length === 2 && (venue.connections[1]?.texts.length ?? 0) > 0);
    expect(first?.isClosed).toBe(false);
    expect(desk.gateway.status().state).toBe('CONNECTED');
    first?.send(JSON.stringify([quoteEvent('BTC', 1)]));
    await until(() => desk.quotes.length === 1);
    const topics = ['ticks', 'trades'].map((channel) => ({ type: 'SUBSCRIBED', topic: { channel, symbol: 'BTC' } }));
    venue.connections[1]?.send(JSON.stringify(topics));
    await until(() => first?.isClosed === true);
    expect(desk.interrupted).toEqual([]);
    expect(desk.gateway.status()).toMatchObject({ state: 'CONNECTED', connections: [{ reconnects: 1 }] });
    expect(desk.quotes.some(({ stale }) => stale)).toBe(false);
  });

  it('is replaced before its lifetime at the venue ends, again and again', async () => {
    const desk = await connect({ venue: limited({ lifetimeMs: 600_000 }) });
    desk.clock.advance(600_000 * 0.9);
    expect(venue.connections).toHaveLength(1);
    for (const count of [2, 3]) {
      desk.clock.advance(600_000 * 0.05);
      await until(() => venue.connections.length === count && venue.connections[count - 2]?.isClosed === true);
      desk.clock.advance(600_000 * 0.88);
    }
    expect(desk.interrupted).toEqual([]);
    expect(desk.statuses.every(({ state }) => state !== 'DISCONNECTED')).toBe(true);
  });

  it('loses no print and says none twice while two connections bring them', async () => {
    const desk = await connect();
    const [first] = venue.connections;
    market.answerTo = () => 'SILENCE';
    const send = (index: number, ...ids: string[]): void =>
      venue.connections[index]?.send(JSON.stringify(ids.map((id) => printEvent('BTC', id))));
    send(0, '1', '2');
    market.send('/public', { type: 'CLOSING', reason: 'upgrade' });
    await until(() => venue.connections.length === 2 && (venue.connections[1]?.texts.length ?? 0) > 0);
    // What the second one brings first proves its subscription to the trades; the ticks are awaited still.
    send(1, '2', '3');
    await until(() => idsOf(desk).length === 3);
    send(0, '3', '4');
    await until(() => idsOf(desk).length === 4);
    send(1, '4', '5');
    venue.connections[1]?.send(JSON.stringify([quoteEvent('BTC', 7)]));
    await until(() => first?.isClosed === true);
    send(1, '6');
    await until(() => idsOf(desk).length === 6);
    expect(idsOf(desk)).toEqual(['1', '2', '3', '4', '5', '6']);
    // The quote that came before the first was given up is the newest.
    expect(desk.quotes.at(-1)?.last).toBe(7);
  });

  it('is interrupted when it ends before the other one is there, which takes its place at once', async () => {
    const desk = await connect();
    market.answerTo = () => 'SILENCE';
    market.send('/public', { type: 'CLOSING', reason: 'upgrade' });
    await until(() => venue.connections.length === 2 && (venue.connections[1]?.texts.length ?? 0) > 0);
    venue.connections[0]?.finish();
    await until(() => desk.interrupted.length === 2);
    expect(desk.gateway.status().state).toBe('CONNECTING');
    venue.connections[1]?.send(JSON.stringify([quoteEvent('BTC', 7), printEvent('BTC', '1')]));
    await desk.untilState('CONNECTED');
    expect(desk.quotes.at(-1)).toMatchObject({ last: 7, stale: false });
    expect(venue.attempts).toBe(2);
  });

  it('leaves nothing behind when the gateway is stopped meanwhile', async () => {
    const desk = await connect();
    market.answerTo = () => 'SILENCE';
    market.send('/public', { type: 'CLOSING', reason: 'upgrade' });
    await until(() => venue.connections.length === 2);
    await desk.gateway.stop();
    await until(() => venue.connections.every(({ isClosed }) => isClosed));
    expect(desk.clock.pending).toBe(0);
  });
});

describe('a venue that acknowledges and sends nothing', () => {
  const silence = { ticks: 60_000, trades: 600_000, bars: 180_000 };
  const timing = { socket: { silenceTimeoutMs: DAY_MS }, silence };
  const operationsOf = (index: number): string[] =>
    venue.connections[index]?.texts.map((text) => JSON.parse(text).operation) ?? [];

  it('is asked anew, then connected to anew, and told of', async () => {
    const desk = await connect({ timing, channels: ['ticks'] });
    desk.clock.advance(60_000);
    await until(() => operationsOf(0).length === 3);
    expect(operationsOf(0)).toEqual(['subscribe', 'unsubscribe', 'subscribe']);
    expect(desk.gateway.status()).toMatchObject({ state: 'DEGRADED', stateReason: 'PUBLIC: the venue sends no ticks' });
    desk.clock.advance(60_000);
    await desk.untilState('DISCONNECTED');
    expect(desk.gateway.status().stateReason).toContain(
      'received no ticks for 60000 ms, though they were acknowledged',
    );
  });

  it('is well again with its first data, and is left alone for longer after each measure in vain', async () => {
    const desk = await connect({ timing, channels: ['ticks'] });
    for (const attempts of [2, 3]) {
      desk.clock.advance(60_000 * (attempts - 1));
      await until(() => operationsOf(attempts - 2).length === 3);
      desk.clock.advance(60_000 * (attempts - 1));
      await desk.untilState('DISCONNECTED');
      desk.passDelay();
      await until(() => venue.connections.length === attempts && operationsOf(attempts - 1).length === 1);
      await until(() => desk.gateway.status().connections[0]?.state === 'DEGRADED');
    }
    market.send('/public', quoteEvent('BTC', 1));
    await desk.untilState('CONNECTED');
    desk.clock.advance(59_999);
    expect(desk.gateway.status().state).toBe('CONNECTED');
    desk.clock.advance(1);
    expect(desk.gateway.status().state).toBe('DEGRADED');
  });

  it('has stale quotes then, though it sends other data', async () => {
    const desk = await connect({ timing: { ...timing, staleAfterMs: 10_000 } });
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => desk.quotes.length === 1);
    for (let id = 1; id <= 12; id += 1) {
      desk.clock.advance(5_000);
      market.send('/public', printEvent('BTC', String(id)));
      await until(() => desk.prints.length === id);
    }
    expect(desk.quotes.map(({ stale }) => stale)).toEqual([false, true]);
    expect(desk.gateway.status()).toMatchObject({ state: 'DEGRADED', stateReason: 'PUBLIC: the venue sends no ticks' });
    market.send('/public', quoteEvent('BTC', 2));
    await until(() => desk.quotes.length === 3);
    expect(desk.quotes.at(-1)?.stale).toBe(false);
  });

  it('may have no prints for long: they are asked for anew and the connection stays', async () => {
    const desk = await connect({ timing, channels: ['trades'] });
    desk.clock.advance(600_000);
    await until(() => operationsOf(0).length === 3);
    desk.clock.advance(1_200_000);
    await until(() => operationsOf(0).length === 5);
    expect(venue.attempts).toBe(1);
  });
});

describe('a venue with bounds', () => {
  it('gets as many connections as its bound of topics asks for, and a topic stays where it is', async () => {
    const desk = await connect({ venue: limited({ topics: 2 }), symbols: ['A', 'B', 'C'], channels: ['ticks'] });
    await until(() => venue.connections.length === 2);
    await desk.untilState('CONNECTED');
    const shares = (): (readonly string[])[] =>
      desk.gateway.status().connections.map(({ subscriptions }) => subscriptions);
    expect(shares()).toEqual([['ticks A', 'ticks B'], ['ticks C']]);
    expect(desk.gateway.status().connections.map(({ kind, index }) => [kind, index])).toEqual([
      ['PUBLIC', 0],
      ['PUBLIC', 1],
    ]);
    const release = desk.gateway.want([
      { channel: 'ticks', symbol: 'D' },
      { channel: 'ticks', symbol: 'E' },
    ]);
    await until(() => shares().length === 3);
    expect(shares()).toEqual([['ticks A', 'ticks B'], ['ticks C', 'ticks D'], ['ticks E']]);
    release();
    desk.clock.advance(30_000);
    await until(() => shares().length === 2);
    expect(shares()).toEqual([['ticks A', 'ticks B'], ['ticks C']]);
  });

  it('is asked no faster than it takes frames, and has its whole time to acknowledge', async () => {
    const desk = await connect({ venue: limited({ frames: { most: 2, perMs: 10_000 } }), channels: ['ticks'] });
    const texts = (): number => venue.connections[0]?.texts.length ?? 0;
    desk.gateway.want([{ channel: 'ticks', symbol: 'A' }]);
    await until(() => texts() === 2);
    desk.gateway.want([{ channel: 'ticks', symbol: 'B' }]);
    await new Promise((resolve) => setImmediate(resolve));
    desk.clock.advance(9_999);
    expect(desk.gateway.status().stateReason).toBeNull();
    expect(texts()).toBe(2);
    desk.clock.advance(1);
    await until(() => texts() === 3);
    expect(market.topics('/public')).toEqual(['ticks A', 'ticks B', 'ticks BTC']);
  });

  it('is connected to anew when what is to be asked would wait for long, and sends all the while', async () => {
    const desk = await connect({ venue: limited({ frames: { most: 3, perMs: 3_600_000 } }), channels: ['ticks'] });
    for (const [index, symbol] of ['A', 'B'].entries()) {
      desk.gateway.want([{ channel: 'ticks', symbol }]);
      await until(() => venue.connections[0]?.texts.length === index + 2);
    }
    desk.gateway.want([{ channel: 'ticks', symbol: 'C' }]);
    await until(() => venue.connections[0]?.isClosed === true);
    expect(market.topics('/public')).toEqual(['ticks A', 'ticks B', 'ticks BTC', 'ticks C']);
    expect(venue.connections[1]?.texts).toHaveLength(1);
    expect(desk.interrupted).toEqual([]);
    expect(desk.gateway.status()).toMatchObject({ state: 'CONNECTED', stateReason: null });
  });
});
