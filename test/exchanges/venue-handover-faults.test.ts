import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import { printEvent, quoteEvent, type ScriptedMarket, serveMarket } from '../support/scripted-venue-market.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

let venue: ScriptedVenue;
let market: ScriptedMarket;
let desk: WatchedGateway;

beforeEach(async () => {
  venue = await startScriptedVenue();
  market = serveMarket(venue);
  desk = watchGateway(new URL(venue.url).origin, { symbols: ['BTC'], channels: ['ticks', 'trades'] });
  desk.gateway.start();
  await desk.untilState('CONNECTED');
});

afterEach(async () => {
  await desk.gateway.stop();
  expect(desk.clock.pending).toBe(0);
  await venue.close();
});

const say = (index: number, ...events: object[]): void => venue.connections[index]?.send(JSON.stringify(events));
const subscribed = (channel: string): object => ({ type: 'SUBSCRIBED', topic: { channel, symbol: 'BTC' } });
const CLOSING = { type: 'CLOSING', reason: 'upgrade' };

/** Until another connection was opened and has asked for its topics, which `answerTo` may leave unanswered. */
async function untilAsked(index: number): Promise<void> {
  await until(() => (venue.connections[index]?.texts.length ?? 0) > 0);
}

async function beginHandover(): Promise<void> {
  market.answerTo = () => 'SILENCE';
  say(0, CLOSING);
  await untilAsked(1);
}

describe('a connection that is to replace another one', () => {
  it('has no quotes any more when it was lost itself', async () => {
    await beginHandover();
    say(1, quoteEvent('BTC', 2));
    venue.handshake = { status: 503 };
    say(0, quoteEvent('BTC', 1));
    await until(() => desk.quotes.length === 1);
    venue.connections[1]?.finish();
    await until(() => venue.connections[1]?.isClosed === true);
    venue.connections[0]?.finish();
    await desk.untilState('DISCONNECTED');
    expect(desk.quotes.map(({ last, stale }) => [last, stale])).toEqual([
      [1, false],
      [1, true],
    ]);
  });

  it('says no print twice when it was lost itself and came back', async () => {
    await beginHandover();
    say(1, printEvent('BTC', '1'));
    await until(() => desk.prints.length === 1);
    venue.connections[1]?.finish();
    await until(() => venue.connections[1]?.isClosed === true);
    desk.clock.advance(30_000);
    await untilAsked(2);
    say(2, printEvent('BTC', '1'), printEvent('BTC', '2'));
    await until(() => desk.prints.length > 1);
    expect(desk.prints.map(({ tradeId }) => tradeId)).toEqual(['1', '2']);
  });

  it('has nothing more to say once it was given up, be it in the same frame', async () => {
    await beginHandover();
    say(1, CLOSING, { type: 'READY' });
    await until(() => venue.connections[1]?.isClosed === true);
    // The venue is quick, so that the delay before the next attempt is shorter than the time for an acknowledgement.
    desk.clock.advance(1_000);
    await until(() => venue.connections.length === 3);
    await untilAsked(2);
    expect(venue.connections[2]?.texts.map((text) => JSON.parse(text).operation)).toEqual(['subscribe']);
  });

  it('brings quotes that go stale like all others, though it says nothing more', async () => {
    await beginHandover();
    say(0, quoteEvent('BTC', 1));
    say(1, quoteEvent('BTC', 2));
    await until(() => desk.quotes.length === 1);
    venue.connections[0]?.finish();
    await until(() => desk.quotes.length === 3);
    desk.clock.advance(10_000);
    expect(desk.quotes.map(({ last, stale }) => [last, stale])).toEqual([
      [1, false],
      [1, true],
      [2, false],
      [2, true],
    ]);
  });

  it('brings no quote that is older than what was told', async () => {
    await beginHandover();
    const at = (last: number, receivedAt: number): object => ({
      type: 'QUOTE',
      quote: { symbol: 'BTC', last, timestamp: null, receivedAt },
    });
    say(1, at(1, 10));
    await new Promise((resolve) => setImmediate(resolve));
    say(0, at(2, 20));
    await until(() => desk.quotes.length === 1);
    say(1, subscribed('trades'));
    await until(() => venue.connections[0]?.isClosed === true);
    expect(desk.quotes.map(({ last }) => last)).toEqual([2]);
  });

  it('does so only when it is served what the other one was', async () => {
    await beginHandover();
    say(1, subscribed('ticks'));
    await untilAsked(1);
    for (const count of [2, 3, 4]) {
      desk.clock.advance(5_000);
      if (count < 4) await until(() => venue.connections[1]?.texts.length === count);
    }
    expect(desk.gateway.status().state).toBe('CONNECTED');
    say(0, printEvent('BTC', '1'));
    await until(() => desk.prints.length === 1);
    say(1, printEvent('BTC', '2'));
    await until(() => venue.connections[0]?.isClosed === true);
    expect(desk.interrupted).toEqual([]);
    expect(desk.gateway.status()).toMatchObject({ state: 'CONNECTED', stateReason: null });
  });
});

describe('a venue that closes every connection', () => {
  it('is connected to no faster than one that ends them without a word', async () => {
    venue.onConnection = (connection) => connection.send(JSON.stringify([CLOSING]));
    say(0, CLOSING);
    await until(() => venue.connections.length === 2);
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(venue.attempts).toBe(2);
  });

  it('is connected to anew once a minute as long as each connection works until then', async () => {
    say(0, CLOSING);
    await until(() => venue.connections[0]?.isClosed === true);
    say(1, CLOSING, quoteEvent('BTC', 1));
    await until(() => desk.quotes.length === 1);
    desk.clock.advance(59_999);
    for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(venue.attempts).toBe(2);
    desk.clock.advance(1);
    await until(() => venue.connections[1]?.isClosed === true);
    expect(venue.attempts).toBe(3);
    expect(desk.interrupted).toEqual([]);
  });
});
