import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Heartbeat } from '../../src/transport/heartbeat.ts';
import { type ScriptedVenue, until } from '../support/scripted-venue.ts';
import { startEchoingVenue, type WatchedClient, type WatchedClientOptions, watchClient } from './watched-client.ts';

const TEXT_HEARTBEAT: Heartbeat = { kind: 'text', ping: 'ping', pong: 'pong', intervalMs: 5_000, timeoutMs: 5_000 };

let venue: ScriptedVenue;
let watched: WatchedClient[];

beforeEach(async () => {
  venue = await startEchoingVenue();
  watched = [];
});

afterEach(async () => {
  await Promise.all(watched.map(({ client }) => client.stop()));
  expect(watched.map(({ clock }) => clock.pending)).toEqual(watched.map(() => 0));
  await venue.close();
});

async function connect(options: Partial<WatchedClientOptions> = {}): Promise<WatchedClient> {
  const client = watchClient({ url: venue.url, ...options });
  watched.push(client);
  client.client.start();
  await until(client.isOpen);
  return client;
}

/** Answers pings, echoes the rest. */
function answerTextPings(): void {
  venue.onText = (connection, text) => connection.send(text === 'ping' ? 'pong' : text);
}

describe('a heartbeat of ping frames', () => {
  it('keeps a connection without data, and measures', async () => {
    const { client, clock, roundTrip, live } = await connect();
    clock.advance(5_000);
    await until(() => venue.connection.pings === 1);
    clock.advance(30);
    await roundTrip();
    await until(() => client.status().latencyMs !== null);
    expect(client.status().latencyMs).toBe(30);
    await live(120_000);
    expect(venue.connection.pings).toBeGreaterThanOrEqual(24);
    expect(client.status().reconnects).toBe(0);
  });

  it('ends a connection whose pings stay unanswered, even one with data', async () => {
    venue.answersPings = false;
    const { client, clock, roundTrip, untilWaiting } = await connect();
    clock.advance(9_999);
    await roundTrip();
    clock.advance(1);
    await untilWaiting();
    expect(client.status().lastFailure).toBe('received no answer to a ping within 5000 ms');
    expect(venue.connection.pings).toBe(1);
    await until(() => venue.connection.isClosed);
  });

  it('takes a pong that nobody asked for as no answer', async () => {
    venue.answersPings = false;
    const { client, clock, roundTrip, untilWaiting } = await connect();
    clock.advance(3_000);
    venue.connection.frame({ opcode: 10, payload: 'hello' });
    await roundTrip();
    expect(client.status().latencyMs).toBeNull();
    clock.advance(7_000);
    await untilWaiting();
  });

  it("answers the venue's pings with their payload", async () => {
    const { roundTrip } = await connect();
    venue.connection.ping('1700000000');
    await roundTrip();
    expect(venue.connection.pongs).toEqual(['1700000000']);
  });
});

describe('a heartbeat of texts', () => {
  it('keeps the connection, measures, and hides the answers', async () => {
    answerTextPings();
    const { client, clock, texts, live } = await connect({ heartbeat: TEXT_HEARTBEAT });
    clock.advance(5_000);
    expect(client.status().lastSentText).toBe('ping');
    await until(() => client.status().latencyMs === 0);
    expect(client.status()).toMatchObject({ lastReceivedText: 'pong', lastMessageAt: clock.now() });
    await live(60_000);
    expect(texts.filter((text) => !text.startsWith('echo'))).toEqual([]);
    expect(client.status().reconnects).toBe(0);
  });

  it('ends a connection whose pings stay unanswered', async () => {
    venue.onText = () => {};
    const { client, clock, untilWaiting } = await connect({ heartbeat: TEXT_HEARTBEAT });
    clock.advance(10_000);
    await untilWaiting();
    expect(client.status().lastFailure).toBe('received no answer to a ping within 5000 ms');
  });

  it('asks a quiet connection before the silence limit, however rarely the venue wants it', async () => {
    answerTextPings();
    const heartbeat = { ...TEXT_HEARTBEAT, intervalMs: 20_000, timeoutMs: 10_000 };
    const { client, clock } = await connect({ heartbeat });
    const pings = (): number => venue.connection.texts.length;
    for (let count = 1; count <= 10; count += 1) {
      clock.advance(7_500);
      await until(() => pings() === count && client.status().lastMessageAt === clock.now());
    }
    expect(client.status().reconnects).toBe(0);
  });
});

describe('silence', () => {
  it('of 15 seconds ends the connection before a slow heartbeat would', async () => {
    venue.onText = () => {};
    const heartbeat = { ...TEXT_HEARTBEAT, intervalMs: 60_000, timeoutMs: 60_000 };
    const { client, clock, isOpen } = await connect({ heartbeat });
    clock.advance(14_999);
    expect(isOpen()).toBe(true);
    clock.advance(1);
    expect(client.status()).toMatchObject({
      state: 'DISCONNECTED',
      lastFailure: 'received nothing for 15000 ms',
    });
  });

  it('is broken by any frame', async () => {
    venue.onText = () => {};
    const heartbeat = { ...TEXT_HEARTBEAT, intervalMs: 60_000, timeoutMs: 60_000 };
    const { client, clock, texts, isOpen } = await connect({ heartbeat });
    clock.advance(10_000);
    venue.connection.ping('still here');
    await until(() => venue.connection.pongs.length === 1);
    clock.advance(14_999);
    expect(isOpen()).toBe(true);
    venue.connection.send('a text');
    await until(() => texts.length === 1);
    clock.advance(14_999);
    expect(isOpen()).toBe(true);
    clock.advance(1);
    expect(client.status().state).toBe('DISCONNECTED');
  });
});
