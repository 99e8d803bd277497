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

describe("a heartbeat of the venue's frames", () => {
  const heartbeat: Heartbeat = { kind: 'serverFrame' };

  it('needs no ping of ours as long as those of the venue come', async () => {
    const { client, clock, isOpen } = await connect({ heartbeat });
    for (let count = 1; count <= 10; count += 1) {
      clock.advance(7_000);
      venue.connection.ping(`${count}`);
      await until(() => venue.connection.pongs.length === count);
    }
    expect(venue.connection.pongs.at(-1)).toBe('10');
    expect(isOpen()).toBe(true);
    expect(venue.connection.pings).toBe(0);
    expect(client.status().reconnects).toBe(0);
  });

  it('asks where nothing has come for half of the silence limit, and lives from the answer', async () => {
    const { client, clock, isOpen } = await connect({ heartbeat });
    for (let count = 1; count <= 10; count += 1) {
      clock.advance(7_500);
      // The ping has left; each pong takes another time, so that it can be told from the one before.
      clock.advance(count);
      await until(() => client.status().latencyMs === count);
      expect(venue.connection.pings).toBe(count);
    }
    expect(isOpen()).toBe(true);
  });

  it('ends a connection that says nothing', async () => {
    venue.answersPings = false;
    const { client, clock, isOpen } = await connect({ heartbeat });
    clock.advance(14_999);
    expect(isOpen()).toBe(true);
    clock.advance(1);
    expect(client.status().lastFailure).toBe('received nothing for 15000 ms');
  });
});

describe('a heartbeat of texts that differ', () => {
  const heartbeat: Heartbeat = {
    kind: 'message',
    ping: (now, count) => JSON.stringify({ op: 'ping', now, count }),
    isPong: (text) => text.startsWith('{"op":"pong"'),
    intervalMs: 5_000,
    timeoutMs: 5_000,
  };

  it('counts its pings, shows them, measures, and hides the answers', async () => {
    venue.onText = (connection, text) => connection.send(text.replace('"ping"', '"pong"'));
    const { client, clock, texts, live } = await connect({ heartbeat });
    clock.advance(5_000);
    const first = JSON.stringify({ op: 'ping', now: clock.now(), count: 1 });
    expect(client.status().lastSentText).toBe(first);
    await until(() => client.status().latencyMs === 0);
    expect(client.status().lastReceivedText).toBe(first.replace('"ping"', '"pong"'));
    await live(60_000);
    expect(texts.filter((text) => !text.startsWith('echo'))).toEqual([]);
    const pings = venue.connection.texts.filter((text) => text.includes('"ping"'));
    expect(pings.map((text) => JSON.parse(text).count)).toEqual(pings.map((_, index) => index + 1));
    expect(pings.length).toBeGreaterThanOrEqual(12);
  });

  it('ends a connection whose pings stay unanswered, whatever else comes, and counts anew on the next', async () => {
    const { client, clock, untilWaiting, roundTrip, isOpen } = await connect({ heartbeat });
    clock.advance(9_999);
    await roundTrip();
    clock.advance(1);
    clock.advance(await untilWaiting());
    expect(client.status().lastFailure).toBe('received no answer to a ping within 5000 ms');
    await until(isOpen);
    clock.advance(5_000);
    await until(() => venue.connection.texts.length === 1);
    expect(JSON.parse(venue.connection.texts[0] ?? '')).toMatchObject({ op: 'ping', count: 1 });
  });
});

describe("a heartbeat of the venue's texts", () => {
  const heartbeat: Heartbeat = {
    kind: 'serverMessage',
    answer: (text) => (text.startsWith('{"ping":') ? text.replace('ping', 'pong') : undefined),
  };

  it('answers at once with the digits that came, shows that, and hides the question', async () => {
    venue.onText = () => {};
    const { client, texts } = await connect({ heartbeat });
    venue.connection.send('{"ping":16186780736431234567}');
    venue.connection.send('{"tick":1}');
    await until(() => texts.length === 1 && venue.connection.texts.length === 1);
    expect(venue.connection.texts).toEqual(['{"pong":16186780736431234567}']);
    expect(client.status().lastSentText).toBe('{"pong":16186780736431234567}');
    expect(texts).toEqual(['{"tick":1}']);
  });

  it('lives from the questions, and ends without them and without any other frame', async () => {
    venue.onText = () => {};
    venue.answersPings = false;
    const { client, clock, isOpen } = await connect({ heartbeat });
    for (let count = 1; count <= 5; count += 1) {
      clock.advance(10_000);
      venue.connection.send(`{"ping":${count}}`);
      await until(() => venue.connection.texts.length === count);
    }
    clock.advance(14_999);
    expect(isOpen()).toBe(true);
    clock.advance(1);
    expect(client.status().lastFailure).toBe('received nothing for 15000 ms');
  });
});

describe('the heartbeat of Engine.IO', () => {
  const heartbeat: Heartbeat = { kind: 'engineIo' };
  const OPEN = '0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":[],"pingInterval":25000,"pingTimeout":60000}';

  it('answers the opening and the pings, and leaves the rest to the reader', async () => {
    venue.onText = () => {};
    const { client, texts } = await connect({ heartbeat });
    venue.connection.send(OPEN);
    await until(() => venue.connection.texts.length === 1);
    venue.connection.send('40{"sid":"wZX3oN0bSVIhsaknAAAI"}');
    venue.connection.send('2');
    await until(() => venue.connection.texts.length === 2);
    expect(venue.connection.texts).toEqual(['40', '3']);
    expect(client.status()).toMatchObject({ lastSentText: '3', lastReceivedText: '2' });
    venue.connection.send('42["message",{"data":1}]');
    await until(() => texts.length === 2);
    expect(texts).toEqual(['40{"sid":"wZX3oN0bSVIhsaknAAAI"}', '42["message",{"data":1}]']);
  });

  it('lives through the 25 s between two pings of the venue', async () => {
    venue.onText = () => {};
    const { client, clock, isOpen } = await connect({ heartbeat });
    for (let count = 1; count <= 10; count += 1) {
      clock.advance(7_500);
      clock.advance(count);
      await until(() => client.status().latencyMs === count);
    }
    expect(isOpen()).toBe(true);
  });
});

describe('a ping', () => {
  it.each<[string, Heartbeat]>([
    ['of a frame', { kind: 'frame', intervalMs: 1_000, timeoutMs: 1_000 }],
    ['of a text', { ...TEXT_HEARTBEAT, intervalMs: 1_000 }],
    ['of a probe', { kind: 'serverFrame' }],
  ])('%s is never sent before the connection is open', async (_, heartbeat) => {
    venue.handshake = 'IGNORE';
    const client = watchClient({ url: venue.url, heartbeat });
    watched.push(client);
    client.client.start();
    await until(() => venue.attempts === 1);
    client.clock.advance(9_999);
    expect(client.client.status()).toMatchObject({ state: 'CONNECTING', lastSentText: null });
    expect(client.faults).toEqual([]);
    expect(venue.connections).toEqual([]);
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

describe('a venue that asks and does not read the answers', () => {
  it('is given up before they pile up', async () => {
    const { client, untilWaiting } = await connect({ heartbeat: { kind: 'serverMessage', answer: (text) => text } });
    venue.connection.freeze();
    for (let count = 0; count < 100; count += 1) venue.connection.send('x'.repeat(200_000));
    await untilWaiting();
    expect(client.status().lastFailure).toBe('more than 1048576 bytes wait to be read by the venue');
  });
});
