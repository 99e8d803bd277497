import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../../src/async/clock.ts';
import { AccountConnection } from '../../src/exchanges/account/account-connection.ts';
import { findVenue } from '../../src/exchanges/venues.ts';
import { ConnectGate } from '../../src/transport/connect-gate.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';
import { SELF_SIGNED } from '../support/scripted-venue-certificate.ts';
import { quoteEvent, type ScriptedMarket, serveMarket, tick } from '../support/scripted-venue-market.ts';
import { startConnectProxy } from '../support/test-proxies.ts';
import { watchClient } from '../transport/watched-client.ts';
import { type WatchedGateway, watchGateway } from './watched-gateway.ts';

// What a desk was promised of the sockets of an exchange connection. The numbers are those of the list that it was given,
// whose other lines are in the files beside this one: acceptance-venues, -requests and -contracts.
// The tests of each part say more.

let venue: ScriptedVenue;
let market: ScriptedMarket;
let running: (() => Promise<void>)[];

beforeEach(async () => {
  venue = await startScriptedVenue();
  market = serveMarket(venue);
  running = [];
});

afterEach(async () => {
  for (const stop of running) await stop();
  await venue.close();
});

async function connect(symbols: readonly string[] = ['BTC']): Promise<WatchedGateway> {
  const desk = watchGateway(new URL(venue.url).origin, { symbols, channels: ['ticks'] });
  running.push(() => desk.gateway.stop());
  desk.gateway.start();
  await desk.untilState('CONNECTED');
  return desk;
}

/** Resolves when the condition holds, which is asked so rarely that asking keeps nobody busy. */
async function polled(everyMs: number, condition: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const poll = setInterval(() => {
    if (condition()) resolve();
  }, everyMs);
  await promise;
  clearInterval(poll);
}

describe('the acceptance list of the exchange bus: sockets', () => {
  it('3: a ping goes through what is shown as sent last, and never before the connection is open', async () => {
    const heartbeat = { kind: 'text', ping: 'ping', pong: 'pong', intervalMs: 5_000, timeoutMs: 60_000 } as const;
    venue.onText = () => {};
    venue.handshake = 'IGNORE';
    const { client, clock, isOpen } = watchClient({
      url: venue.url,
      heartbeat,
      timing: { handshakeTimeoutMs: 3_600_000 },
    });
    running.push(() => client.stop());
    client.start();
    await until(() => venue.attempts === 1);
    clock.advance(600_000);
    expect(client.status().lastSentText).toBeNull();
    venue.handshake = 'ACCEPT';
    client.reconnect('not open, so nothing happens');
    await client.stop();
    client.start();
    await until(isOpen);
    expect(client.status().lastSentText).toBeNull();
    clock.advance(5_000);
    expect(client.status().lastSentText).toBe('ping');
    await until(() => venue.connections[0]?.texts.length === 1);
    expect(venue.connections[0]?.texts).toEqual(['ping']);
  });

  it('4: three refused connects and a fourth that is accepted, after delays that rise with jitter', async () => {
    venue.handshake = { status: 503 };
    const { client, clock, untilWaiting, isOpen } = watchClient({ url: venue.url, random: () => 0.999 });
    running.push(() => client.stop());
    client.start();
    const delays: number[] = [];
    for (let refused = 1; refused <= 3; refused += 1) {
      delays.push(await untilWaiting());
      if (refused === 3) venue.handshake = 'ACCEPT';
      clock.advance(delays.at(-1) ?? 0);
      await until(() => venue.attempts === refused + 1);
    }
    await until(isOpen);
    expect(venue.attempts).toBe(4);
    expect(delays).toEqual(delays.toSorted((one, other) => one - other));
    expect(new Set(delays).size).toBe(3);
  });

  it('4: a client that waits for its next attempt takes below 5 % of the event loop', async () => {
    venue.handshake = { status: 503 };
    const { client } = watchClient({ url: venue.url, clock: SYSTEM_CLOCK, random: () => 0 });
    running.push(() => client.stop());
    client.start();
    const shares: number[] = [];
    // The machine may be busy with something else during one of the waits.
    while (shares.length < 3 && !shares.some((share) => share < 0.05)) {
      await polled(5, () => client.status().state === 'DISCONNECTED');
      const { attempts } = venue;
      const before = performance.eventLoopUtilization();
      await polled(20, () => venue.attempts > attempts);
      shares.push(performance.eventLoopUtilization(before).utilization);
    }
    expect(Math.min(...shares)).toBeLessThan(0.05);
  });

  it('5: a second drop within a minute is not followed by an attempt before the minute is over, and stop is at once', async () => {
    const clock = new ManualClock();
    const gate = new ConnectGate({
      clock,
      random: () => 0.5,
      reconnects: { most: 1, perMs: 60_000 },
      jitterMs: [1_000, 5_000],
    });
    const watched = watchClient({ url: venue.url, clock, gate });
    const { client, isOpen } = watched;
    running.push(() => client.stop());
    client.start();
    clock.advance(3_000);
    await until(isOpen);
    for (const connection of [0, 1]) {
      venue.connections[connection]?.finish();
      await until(() => client.status().state === 'DISCONNECTED');
      if (connection === 0) {
        clock.advance((client.status().nextAttemptAt ?? 0) - clock.now());
        await until(isOpen);
      }
    }
    clock.advance(59_999);
    expect(venue.attempts).toBe(2);
    const startedAt = performance.now();
    await client.stop();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('6: after a reconnect the same topics are asked for, without those that were given up meanwhile', async () => {
    const desk = await connect(['BTC', 'ETH']);
    const release = desk.gateway.want([tick('SOL')]);
    await until(() => market.topics('/public').length === 3);
    venue.connections[0]?.finish();
    await desk.untilState('DISCONNECTED');
    release();
    venue.handshake = { status: 503 };
    desk.clock.advance(30_000);
    await until(() => venue.attempts > 1);
    venue.handshake = 'ACCEPT';
    await desk.untilState('DISCONNECTED');
    desk.passDelay();
    await desk.untilState('CONNECTED');
    expect(market.topics('/public')).toEqual(['ticks BTC', 'ticks ETH']);
  });

  it('6: an account logs in, waits for the answer, and only then subscribes', async () => {
    const account = findVenue('okx')?.account;
    if (account === undefined) throw new Error('OKX has accounts');
    const fail = (reason: unknown): never => {
      throw new Error(String(reason));
    };
    const clock = new ManualClock();
    let ready = 0;
    venue.onText = () => {};
    const connection = new AccountConnection({
      ...{ venueSocket: account.socket, url: venue.url, clock, random: () => 0.5, acknowledgeTimeoutMs: 5_000 },
      credentials: { apiKey: 'key', secret: 'secret', passphrase: 'phrase' },
      channels: ['orders'],
      venueNow: () => clock.now(),
      socket: {},
      ...{ onNews: fail, onTrouble: fail, onUnreadable: fail, onFault: fail, onLost: () => {}, onChange: () => {} },
      onReady: () => {
        ready += 1;
      },
    });
    running.push(() => connection.stop());
    connection.start();
    await until(() => venue.connections[0]?.texts.length === 1);
    const operations = () => venue.connections[0]?.texts.map((text) => JSON.parse(text).op);
    expect(operations()).toEqual(['login']);
    venue.connections[0]?.send('{"event":"login","code":"0","msg":"","connId":"a4d3ae55"}');
    await until(() => venue.connections[0]?.texts.length === 2);
    expect(operations()).toEqual(['login', 'subscribe']);
    expect(ready).toBe(0);
    venue.connections[0]?.send('{"event":"subscribe","arg":{"channel":"orders","instType":"ANY"},"connId":"a4d3ae55"}');
    await until(() => ready === 1);
  });

  it('7: a fault in what handles one event costs nothing else', async () => {
    const desk = await connect();
    market.connection('/public').send('throw');
    market.send('/public', quoteEvent('BTC', 1));
    await until(() => desk.quotes.length === 1);
    expect(desk.lines.filter(({ message }) => message === 'could not handle what a venue sent')).toHaveLength(1);
    expect(venue.attempts).toBe(1);
  });

  it('8: what is no JSON is counted, the pong of OKX is not', async () => {
    venue.onText = (connection, text) => {
      if (text === 'ping') connection.send('pong');
      else if (text.includes('subscribe')) {
        connection.send('{"event":"subscribe","arg":{"channel":"tickers","instId":"BTC-USDT"}}');
      }
    };
    const okx = findVenue('okx');
    if (okx === undefined) throw new Error('OKX is a venue');
    const desk = watchGateway(new URL(venue.url).origin, {
      venue: okx,
      urls: { public: venue.url },
      symbols: ['BTC-USDT'],
      channels: ['ticks'],
    });
    running.push(() => desk.gateway.stop());
    desk.gateway.start();
    await desk.untilState('CONNECTED');
    const counted = () => desk.lines.filter(({ message }) => message === 'received what cannot be read');
    desk.clock.advance(20_000);
    await until(() => desk.gateway.status().connections[0]?.lastReceivedText === 'pong');
    expect(counted()).toEqual([]);
    venue.connections[0]?.send('<html>');
    await until(() => counted().length === 1);
    expect(counted()[0]?.fields).toMatchObject({ count: 1 });
    expect(desk.gateway.status().state).toBe('CONNECTED');
  });

  it('12: a certificate that only its server vouches for is refused', async () => {
    const server = createHttpsServer(SELF_SIGNED);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { client, untilWaiting } = watchClient({ url: `wss://127.0.0.1:${port}/` });
    running.push(async () => {
      await client.stop();
      await new Promise((resolve) => server.close(resolve));
    });
    client.start();
    await untilWaiting();
    expect(client.status().lastFailure).toMatch(/self-signed certificate/);
  });

  it('13: a socket is opened by CONNECT where a proxy is configured, whose password nobody sees', async () => {
    await using proxy = await startConnectProxy({ user: 'desk', password: 'proxy-secret' });
    const desk = watchGateway(new URL(venue.url).origin, {
      proxy: `http://desk:proxy-secret@127.0.0.1:${proxy.port}`,
      symbols: ['BTC'],
      channels: ['ticks'],
    });
    desk.gateway.start();
    await desk.untilState('CONNECTED');
    expect(proxy.targets).toEqual([new URL(venue.url).host]);
    expect(JSON.stringify([desk.gateway.status(), desk.lines])).not.toContain('proxy-secret');
    await desk.gateway.stop();
  });
});
