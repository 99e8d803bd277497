import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VENUES } from '../../src/config-file.ts';
import { AccountConnection } from '../../src/exchanges/account/account-connection.ts';
import { createBinanceAccount } from '../../src/exchanges/binance/account.ts';
import type { ExchangeGatewayOptions } from '../../src/exchanges/exchange-gateway.ts';
import type { SocketLimits, Venue } from '../../src/exchanges/venue.ts';
import { findVenue } from '../../src/exchanges/venues.ts';
import { REPLAY_VENUES } from '../../src/simulator/replay/replay-server.ts';
import type { Heartbeat } from '../../src/transport/heartbeat.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type ScriptedConnection, type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import { frameBytes } from '../support/scripted-venue-frames.ts';
import {
  printEvent,
  quoteEvent,
  type ScriptedMarket,
  scriptedMarketVenue,
  serveMarket,
} from '../support/scripted-venue-market.ts';
import { openVenueDesk } from './account/venue-desk.ts';
import { SIMULATED_BINANCE } from './binance/simulated-binance.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

// What venues did to desks before, done to a whole gateway over real sockets. Faults of a socket alone are in
// test/transport/web-socket-*.test.ts, those of subscriptions in gateway-topics and venue-handover.

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const PINGED: Heartbeat = { kind: 'frame', intervalMs: 5_000, timeoutMs: 10_000 };

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

function marketVenue(heartbeat: Heartbeat, limits?: SocketLimits): Venue {
  const scripted = scriptedMarketVenue(new URL(venue.url).origin);
  return { ...scripted, sockets: scripted.sockets.map((socket) => ({ ...socket, heartbeat, limits })) };
}

function open(options: Partial<ExchangeGatewayOptions> = {}): WatchedGateway {
  const desk = watchGateway(new URL(venue.url).origin, { symbols: ['BTC'], channels: ['trades'], ...options });
  watched.push(desk);
  desk.gateway.start();
  return desk;
}

async function connect(options: Partial<ExchangeGatewayOptions> = {}): Promise<WatchedGateway> {
  const desk = open(options);
  await desk.untilState('CONNECTED');
  return desk;
}

const idsOf = ({ prints }: WatchedGateway): string[] => prints.map(({ tradeId }) => tradeId ?? 'none');
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));
const printFrame = (id: string): Buffer => frameBytes({ opcode: 1, payload: JSON.stringify([printEvent('BTC', id)]) });

/** Lets seconds pass, and what is under way arrive after each, until the condition holds. Answers how many; 0 takes no time. */
async function secondsUntil(desk: WatchedGateway, condition: () => boolean, most: number): Promise<number> {
  if (most === 0) await until(condition);
  for (let seconds = 0; seconds <= most; seconds += 1) {
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    if (condition()) return seconds;
    desk.clock.advance(SECOND_MS);
  }
  throw new Error(`received nothing within ${most} s, wanted the gateway to say so`);
}

describe('a burst of prints', () => {
  it('of 10,000 frames at one go arrives whole, once and in its order', async () => {
    const desk = await connect();
    const ids = numbers(10_000);
    venue.connection.write(Buffer.concat(ids.map(printFrame)));
    await until(() => desk.prints.length >= 10_000);
    expect(idsOf(desk)).toEqual(ids);
    expect([venue.attempts, desk.gateway.status().state]).toEqual([1, 'CONNECTED']);
  });

  it('that ends without a closing frame has what came before, and goes on over the next connection without repeats', async () => {
    const desk = await connect();
    const half = frameBytes({ opcode: 1, payload: '[{"type":"PRINT"', length: 500 });
    venue.connection.write(Buffer.concat([...numbers(500).map(printFrame), half]));
    venue.connection.finish();
    await desk.untilState('DISCONNECTED');
    expect(desk.gateway.status().stateReason).toMatch(/^PUBLIC: ./);
    expect(idsOf(desk)).toEqual(numbers(500));
    expect(desk.interrupted).toEqual(['trades BTC']);
    desk.passDelay();
    await desk.untilState('CONNECTED');
    // As venues do, it begins with the last ones again.
    market.send(
      '/public',
      ...numbers(502)
        .slice(490)
        .map((id) => printEvent('BTC', id)),
    );
    await until(() => desk.prints.length === 502);
    expect(idsOf(desk)).toEqual(numbers(502));
  });

  it('with one frame in a thousand that is broken off has all others, and says so', async () => {
    const desk = await connect();
    const ids = numbers(999);
    const frames = ids.map(printFrame);
    frames.splice(500, 0, frameBytes({ opcode: 1, payload: '[{"type":"PRINT","print":{"symbol":"BTC","tra' }));
    venue.connection.write(Buffer.concat(frames));
    await until(() => desk.prints.length === 999);
    expect(idsOf(desk)).toEqual(ids);
    const told = desk.lines.filter(({ message }) => message === 'received what cannot be read');
    expect(told).toEqual([
      { message: 'received what cannot be read', fields: { count: 1, reason: 'received what is no JSON' } },
    ]);
    expect([venue.attempts, desk.gateway.status().state]).toEqual([1, 'CONNECTED']);
  });
});

describe('a venue that ends its connections after a day', () => {
  const socket = { silenceTimeoutMs: 4 * DAY_MS };
  const silence = { ticks: 4 * DAY_MS, trades: 4 * DAY_MS, bars: 4 * DAY_MS };
  const rare: Heartbeat = { kind: 'frame', intervalMs: 4 * DAY_MS, timeoutMs: 10_000 };

  it('has another connection before that where it is known, so that nothing is interrupted', async () => {
    const desk = await connect({ venue: marketVenue(rare, { lifetimeMs: DAY_MS }), timing: { socket, silence } });
    desk.clock.advance(DAY_MS * 0.925);
    await until(() => venue.connections.length === 2 && venue.connections[0]?.isClosed === true);
    desk.clock.advance(DAY_MS * 0.075);
    market.send('/public', printEvent('BTC', '1'));
    await until(() => desk.prints.length === 1);
    expect([desk.interrupted, desk.gateway.status().state]).toEqual([[], 'CONNECTED']);
  });

  it('is connected to anew after its 1001 where nobody knew, with the same topics', async () => {
    const desk = await connect({ venue: marketVenue(rare), timing: { socket, silence } });
    desk.clock.advance(DAY_MS);
    venue.connection.close(1001, 'going away');
    await desk.untilState('DISCONNECTED');
    expect(desk.gateway.status().stateReason).toBe(
      'PUBLIC: the venue closed the connection with code 1001: going away',
    );
    desk.passDelay();
    await desk.untilState('CONNECTED');
    expect(market.topics('/public')).toEqual(['trades BTC']);
  });
});

describe('a stream that dies', () => {
  const timing = { silence: { ticks: 60_000, trades: 600_000, bars: 180_000 } };
  const ways: readonly [string, (connection: ScriptedConnection) => void, number][] = [
    ['reads and answers nothing any more', (connection) => connection.freeze(), 15],
    ['is cut off', (connection) => connection.reset(), 0],
    ['is ended', (connection) => connection.finish(), 0],
    ['is closed', (connection) => connection.close(1001, 'bye'), 0],
    ['sends nothing any more and answers pings', () => {}, 60],
  ];

  it.each(ways)('after its data says so within its limit: it %s', async (_, kill, mostSeconds) => {
    const desk = await connect({ venue: marketVenue(PINGED), channels: ['ticks'], timing });
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => desk.quotes.length === 1);
    kill(venue.connection);
    const isTold = () => desk.statuses.at(-1)?.state !== 'CONNECTED';
    expect(await secondsUntil(desk, isTold, mostSeconds)).toBeLessThanOrEqual(mostSeconds);
    expect(desk.statuses.at(-1)?.stateReason).toMatch(/^PUBLIC: ./);
    // And whoever reads quotes saw that before, or at the same time.
    await until(() => desk.quotes.at(-1)?.stale === true);
  });

  it.each(ways)('before it acknowledged says so within its limit: it %s', async (_, kill, mostSeconds) => {
    market.answerTo = () => 'SILENCE';
    const desk = open({ venue: marketVenue(PINGED), channels: ['ticks'], timing });
    await until(() => venue.connections[0]?.texts.length === 1);
    kill(venue.connection);
    const isTold = () => desk.statuses.at(-1)?.stateReason != null;
    expect(await secondsUntil(desk, isTold, mostSeconds)).toBeLessThanOrEqual(mostSeconds);
    expect(desk.statuses.some(({ state }) => state === 'CONNECTED')).toBe(false);
  });

  it('before it opens says so after 10 seconds', async () => {
    venue.handshake = 'IGNORE';
    const desk = open({ channels: ['ticks'], timing });
    await until(() => venue.attempts === 1);
    expect(await secondsUntil(desk, () => desk.statuses.at(-1)?.state === 'DISCONNECTED', 11)).toBe(10);
    expect(desk.statuses.at(-1)?.stateReason).toMatch(/^PUBLIC: ./);
  });

  it('keeps its pings and brings no data: it is asked for anew over the same connection, then over another', async () => {
    const desk = await connect({ venue: marketVenue(PINGED), channels: ['ticks'], timing });
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => desk.quotes.length === 1);
    const { connection } = venue;
    await secondsUntil(desk, () => connection.texts.length === 3, 61);
    expect(connection.texts.map((text) => JSON.parse(text).operation)).toEqual([
      ...['subscribe', 'unsubscribe', 'subscribe'],
    ]);
    expect(connection.pings).toBeGreaterThanOrEqual(11);
    await secondsUntil(desk, () => desk.gateway.status().state === 'DISCONNECTED', 61);
    expect(desk.gateway.status().stateReason).toContain('received no ticks for 60000 ms');
  });
});

describe('an account', () => {
  it('whose order is acknowledged after it was filled stays filled, and is told once', async () => {
    const late: string[] = [];
    const account = createBinanceAccount({
      ...{ origin: 'wss://ws-api.binance.com:443', restOrigin: 'https://api.binance.com' },
    });
    const protocol: typeof SIMULATED_BINANCE = {
      ...SIMULATED_BINANCE,
      push: (order, fill, of) => {
        const frames = SIMULATED_BINANCE.push(order, fill, of);
        if (order.status !== 'NEW') return frames;
        late.push(...frames);
        return [];
      },
    };
    await using desk = await openVenueDesk({ account, protocol, symbol: 'BTCUSDT' });
    await desk.untilState('CONNECTED');
    desk.venue.interfere = ({ method }) => (method === 'POST' ? 'DROP_AFTER' : 'PASS');
    const placing = desk.session.placeOrder(desk.order('a'));
    await until(() => late.length > 0);
    desk.venue.trade('a', '0.1');
    await placing;
    const told = await desk.untilTold(2);
    const [acknowledgement = ''] = late;
    expect(acknowledgement).toContain('"X":"NEW"');
    desk.venue.push(acknowledgement);
    const texts = () => desk.gateway.status().connections.map(({ lastReceivedText }) => lastReceivedText);
    await until(() => texts().some((text) => text?.includes('"X":"NEW"') === true));
    await desk.pass(10_000);
    expect(told.at(-1)).toBe('FILLED a 0.1');
    expect(await desk.story()).toEqual(told);
    expect(await desk.session.order({ clientOrderId: 'a' })).toMatchObject({ status: 'FILLED', filledVolume: '0.1' });
  });

  it('whose login OKX refuses is tried again more and more rarely, and subscribes to nothing', async () => {
    const account = findVenue('okx')?.account;
    if (account === undefined) throw new Error('OKX has accounts');
    const clock = new ManualClock();
    const refusals: unknown[] = [];
    venue.onText = (connection, text) => {
      if (text.includes('login')) connection.send('{"event":"error","code":"60009","msg":"Login failed."}');
    };
    const nothing = () => {};
    const connection = new AccountConnection({
      ...{ venueSocket: account.socket, url: venue.url, clock, random: () => 0.5, acknowledgeTimeoutMs: 5_000 },
      credentials: { apiKey: 'key', secret: 'secret', passphrase: 'phrase' },
      channels: ['orders'],
      venueNow: () => clock.now(),
      socket: {},
      ...{ onNews: nothing, onUnreadable: nothing, onFault: nothing, onLost: nothing, onChange: nothing },
      onTrouble: (reason) => void refusals.push(reason),
      onReady: () => void refusals.push('it was let in'),
    });
    connection.start();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await until(() => venue.attempts === attempt && connection.state() === 'DISCONNECTED');
      const { nextAttemptAt } = connection.status();
      delays.push((nextAttemptAt ?? 0) - clock.now());
      clock.advance(delays.at(-1) ?? 0);
    }
    await connection.stop();
    expect(delays).toEqual(delays.toSorted((one, other) => one - other));
    expect(delays[0]).toBeGreaterThan(0);
    expect(delays.at(-1)).toBeGreaterThanOrEqual(15_000);
    expect(refusals).not.toContain('it was let in');
    expect(venue.connections.every(({ texts }) => texts.length <= 1)).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

it('the recording of every venue that a gateway may have can be replayed', () => {
  expect(REPLAY_VENUES.toSorted()).toEqual(VENUES.filter((name) => name !== 'paper').toSorted());
});
