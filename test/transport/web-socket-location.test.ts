import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConnectGate } from '../../src/transport/connect-gate.ts';
import { proxyAgent } from '../../src/transport/proxy-agent.ts';
import { NoLocationError } from '../../src/transport/web-socket-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type ScriptedVenue, until } from '../support/scripted-venue.ts';
import { FRAME_HEARTBEAT, startEchoingVenue, type WatchedClient, watchClient } from './watched-client.ts';

let venue: ScriptedVenue;
beforeEach(async () => {
  venue = await startEchoingVenue();
});
afterEach(() => venue.close());

describe('a client that has to ask where to connect', () => {
  it('asks anew before each attempt and keeps what the address holds secret', async () => {
    let asked = 0;
    const watched = watchClient({
      url: venue.url,
      locate: async () => {
        asked += 1;
        return { url: `${venue.url}/endpoint?token=secret-${asked}`, heartbeat: FRAME_HEARTBEAT };
      },
    });
    const { client, clock } = watched;
    client.start();
    await until(watched.isOpen);
    expect(venue.connections.at(-1)?.path).toContain('token=secret-1');
    client.send('my token is secret-1');
    expect(client.status().lastSentText).toBe('my token is (hidden)');
    client.reconnect('a test wants it');
    clock.advance(await watched.untilWaiting());
    await until(watched.isOpen);
    expect(venue.connections.at(-1)?.path).toContain('token=secret-2');
    await client.stop();
  });

  it('waits and asks again when there is no answer, or one that is no address', async () => {
    const answers: (() => Promise<string>)[] = [
      () => Promise.reject(new Error('received HTTP 503')),
      () => Promise.resolve('https://no.socket'),
      () => new Promise(() => {}),
    ];
    const watched = watchClient({
      url: venue.url,
      locate: async () => ({
        url: (await (answers.shift() ?? (() => Promise.resolve(venue.url)))()).toString(),
        heartbeat: FRAME_HEARTBEAT,
      }),
    });
    const { client, clock } = watched;
    client.start();
    const first = await watched.untilWaiting();
    expect(client.status().lastFailure).toBe('no address to connect to: received HTTP 503');
    clock.advance(first);
    const second = await watched.untilWaiting();
    expect(client.status().lastFailure).toContain('received a text that is no ws: or wss: URL');
    clock.advance(second);
    expect(client.status().state).toBe('CONNECTING');
    clock.advance(10_000);
    clock.advance(await watched.untilWaiting());
    await until(watched.isOpen);
    await client.stop();
  });

  it('asks again no earlier than it was told', async () => {
    const locate = () => Promise.reject(new NoLocationError('received HTTP 429', 90_000));
    const watched = watchClient({ url: venue.url, locate });
    watched.client.start();
    expect(await watched.untilWaiting()).toBe(90_000);
    await watched.client.stop();
  });

  it('waits when its agent cannot speak the protocol of the address', async () => {
    const agent = proxyAgent('http://127.0.0.1:9', 'https');
    const watched = watchClient({
      ...{ url: 'wss://127.0.0.1:9', agent },
      locate: async () => ({ url: venue.url, heartbeat: FRAME_HEARTBEAT }),
    });
    const { client, clock } = watched;
    client.start();
    const wait = await watched.untilWaiting();
    expect(client.status().lastFailure).toContain('no address to connect to: Protocol "http:" not supported');
    expect(clock.pending).toBe(1);
    clock.advance(wait);
    await watched.untilWaiting();
    await client.stop();
    clock.advance(60_000);
    agent.destroy();
  });

  it('connects nowhere when the answer comes after it was stopped', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const watched = watchClient({
      url: venue.url,
      locate: async () => ({ url: await promise, heartbeat: FRAME_HEARTBEAT }),
    });
    watched.client.start();
    await watched.client.stop();
    resolve(venue.url);
    await promise;
    await new Promise((done) => setImmediate(done));
    expect(venue.attempts).toBe(0);
    expect(watched.client.status().state).toBe('DISABLED');
    expect(watched.clock.pending).toBe(0);
  });
});

describe('clients that share the gate of a venue', () => {
  it('connect no faster than it allows, and tell when', async () => {
    const clock = new ManualClock();
    const gate = new ConnectGate({ clock, random: () => 0, connects: { most: 1, perMs: 1_000 } });
    const clients = [1, 2, 3].map(() => watchClient({ url: venue.url, clock, gate }));
    for (const { client } of clients) client.start();
    expect(clients.map(({ client }) => client.status().state)).toEqual(['CONNECTING', 'DISCONNECTED', 'DISCONNECTED']);
    expect(clients.map(({ client }) => client.status().nextAttemptAt)).toEqual([
      null,
      clock.now() + 1_000,
      clock.now() + 2_000,
    ]);
    clock.advance(2_000);
    await until(() => clients.every(({ isOpen }) => isOpen()));
    for (const { client } of clients) await client.stop();
  });

  it('reconnect once a minute where that is wanted, and stop at once meanwhile', async () => {
    const clock = new ManualClock();
    const gate = new ConnectGate({ clock, random: () => 0, reconnects: { most: 1, perMs: 60_000 } });
    const watched = watchClient({ url: venue.url, clock, gate });
    const { client } = watched;
    client.start();
    await until(watched.isOpen);
    venue.connections.at(-1)?.finish();
    clock.advance(await watched.untilWaiting());
    await until(watched.isOpen);
    venue.connections.at(-1)?.finish();
    await watched.untilWaiting();
    expect(client.status().nextAttemptAt).toBe(clock.now() + 60_000);
    const startedAt = performance.now();
    await client.stop();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    clock.advance(120_000);
    expect(venue.attempts).toBe(2);
  });

  it('take no place from each other with an attempt that is given up', async () => {
    const clock = new ManualClock();
    const gate = new ConnectGate({ clock, random: () => 0, reconnects: { most: 1, perMs: 60_000 } });
    const [first, second, third] = [1, 2, 3].map(() => watchClient({ url: venue.url, clock, gate })) as [
      WatchedClient,
      WatchedClient,
      WatchedClient,
    ];
    for (const { client } of [first, second, third]) client.start();
    await until(() => [first, second, third].every(({ isOpen }) => isOpen()));
    for (const { client } of [first, second]) client.reconnect('a test wants it');
    const wait = await second.untilWaiting();
    expect(wait).toBeGreaterThan(60_000);
    await second.client.stop();
    third.client.reconnect('a test wants it');
    expect(await third.untilWaiting()).toBe(wait);
    for (const { client } of [first, third]) await client.stop();
  });

  it('leave the venue alone together when it has answered one of them with a wait', async () => {
    const clock = new ManualClock();
    const gate = new ConnectGate({ clock, random: () => 0 });
    const [banned, other] = [
      watchClient({ url: venue.url, clock, gate }),
      watchClient({ url: venue.url, clock, gate }),
    ];
    venue.handshake = { status: 429, headers: 'Retry-After: 120\r\n' };
    banned.client.start();
    await banned.untilWaiting();
    venue.handshake = 'ACCEPT';
    other.client.start();
    expect(other.client.status()).toMatchObject({ state: 'DISCONNECTED', nextAttemptAt: clock.now() + 120_000 });
    clock.advance(120_000);
    await until(() => banned.isOpen() && other.isOpen());
    for (const { client } of [banned, other]) await client.stop();
  });
});
