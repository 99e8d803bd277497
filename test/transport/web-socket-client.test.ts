import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ScriptedVenue, until } from '../support/scripted-venue.ts';
import { SELF_SIGNED } from '../support/scripted-venue-certificate.ts';
import { startEchoingVenue, type WatchedClient, type WatchedClientOptions, watchClient } from './watched-client.ts';

let venue: ScriptedVenue;
let watched: WatchedClient[];

beforeEach(async () => {
  venue = await startEchoingVenue();
  watched = [];
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(watched.map(({ client }) => client.stop()));
  expect(watched.map(({ clock }) => clock.pending)).toEqual(watched.map(() => 0));
  await venue.close();
});

function watch(options: Partial<WatchedClientOptions> = {}): WatchedClient {
  const client = watchClient({ url: venue.url, ...options });
  watched.push(client);
  return client;
}

async function connect(options: Partial<WatchedClientOptions> = {}): Promise<WatchedClient> {
  const client = watch(options);
  client.client.start();
  await until(client.isOpen);
  return client;
}

/** A server on a port of its own for as long as `use` takes. */
async function withServer(server: Server, use: (port: number) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('WebSocketClient', () => {
  it('connects, sends, receives, and says how it stands', async () => {
    const { client, clock, texts, roundTrip, states, turns } = watch();
    expect(client.status()).toMatchObject({ state: 'DISABLED', connectedAt: null, lastMessageAt: null });
    client.start();
    expect(client.status().state).toBe('CONNECTING');
    await until(() => turns.length > 0);
    const openedAt = clock.now();
    clock.advance(40);
    await roundTrip();
    expect(texts).toEqual(['echo 1']);
    expect(client.status()).toEqual({
      state: 'CONNECTED',
      connectedAt: openedAt,
      lastMessageAt: openedAt + 40,
      reconnects: 0,
      nextAttemptAt: null,
      latencyMs: null,
      lastSentText: 'echo 1',
      lastReceivedText: 'echo 1',
      lastFailure: null,
    });
    expect(states).toEqual(['CONNECTING', 'CONNECTED']);
  });

  it('shows the first 1,000 characters of long texts', async () => {
    const { client, roundTrip } = await connect();
    client.send('x'.repeat(5000));
    await roundTrip();
    client.send('y'.repeat(5000));
    await until(() => client.status().lastReceivedText?.startsWith('y') === true);
    expect(client.status().lastSentText).toBe('y'.repeat(1000));
    expect(client.status().lastReceivedText).toBe('y'.repeat(1000));
  });

  it('sends only while it is open, and says when it did not', async () => {
    const { client, clock, isOpen, untilWaiting } = watch();
    expect(client.send('too early')).toBe(false);
    client.start();
    expect(client.send('too early')).toBe(false);
    await until(isOpen);
    expect(client.send('now')).toBe(true);
    await until(() => venue.connection.texts.length > 0);
    client.reconnect('because');
    await untilWaiting();
    expect(client.send('between')).toBe(false);
    clock.advance(750);
    await until(isOpen);
    await client.stop();
    expect(client.send('too late')).toBe(false);
    expect(venue.connections.map(({ texts }) => texts)).toEqual([['now'], []]);
  });

  it.each(['not a url', 'http://127.0.0.1/', 'ws://127.0.0.1/#part', ''])('refuses the URL %j', (url) => {
    expect(() => watchClient({ url })).toThrow(TypeError);
  });
});

describe('WebSocketClient before it is connected', () => {
  it('gives a handshake up that is not answered within 10 seconds', async () => {
    venue.handshake = 'IGNORE';
    const { client, clock, isOpen } = watch();
    client.start();
    await until(() => venue.attempts === 1);
    clock.advance(9_999);
    expect(client.status().state).toBe('CONNECTING');
    clock.advance(1);
    expect(client.status()).toMatchObject({
      state: 'DISCONNECTED',
      nextAttemptAt: clock.now() + 750,
      lastFailure: 'received no answer to the handshake within 10000 ms',
    });
    venue.handshake = 'ACCEPT';
    clock.advance(750);
    await until(isOpen);
    expect(venue.attempts).toBe(2);
  });

  it('tries again after what is no WebSocket server', async () => {
    const answers: ((socket: Socket) => void)[] = [
      (socket) => socket.end(),
      (socket) => socket.resetAndDestroy(),
      (socket) => socket.end('220 mail.example ESMTP\r\n'),
      (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'),
      (socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
    ];
    const count = answers.length;
    const server = createServer((socket) => void socket.once('data', () => answers.shift()?.(socket)));
    await withServer(server, async (port) => {
      const { client, clock, untilWaiting, turns } = watch({ url: `ws://127.0.0.1:${port}/` });
      client.start();
      for (let attempt = 1; attempt <= count; attempt += 1) {
        const delay = await untilWaiting();
        expect(delay).toBeGreaterThanOrEqual(500);
        expect(answers).toHaveLength(count - attempt);
        expect(client.status().lastFailure).toMatch(/\w/);
        clock.advance(delay);
      }
      expect(turns).toEqual([]);
    });
  });

  it('tries again after a port where nobody listens', async () => {
    let port = 0;
    await withServer(createServer(), async (free) => {
      port = free;
    });
    const { client, untilWaiting } = watch({ url: `ws://127.0.0.1:${port}/` });
    client.start();
    expect(await untilWaiting()).toBe(750);
    expect(client.status().lastFailure).toBe(`connect ECONNREFUSED 127.0.0.1:${port}`);
  });

  it.each([401, 403, 404, 500])('backs off after HTTP %i, whatever its Retry-After says', async (status) => {
    venue.handshake = { status, headers: 'Retry-After: 3600\r\n' };
    const { client, untilWaiting } = watch();
    client.start();
    expect(await untilWaiting()).toBe(750);
    expect(client.status().lastFailure).toBe(`the venue answered the handshake with HTTP ${status}`);
  });

  it.each([418, 429, 503])('comes back after HTTP %i when Retry-After allows it, and not before', async (status) => {
    venue.handshake = { status, headers: 'Retry-After: 120\r\n' };
    const { client, clock, untilWaiting, isOpen } = watch();
    client.start();
    expect(await untilWaiting()).toBe(120_000);
    venue.handshake = 'ACCEPT';
    clock.advance(119_999);
    expect(client.status().state).toBe('DISCONNECTED');
    clock.advance(1);
    await until(isOpen);
    expect(venue.attempts).toBe(2);
  });

  it('keeps to Retry-After when it is stopped and started meanwhile', async () => {
    venue.handshake = { status: 429, headers: 'Retry-After: 60\r\n' };
    const { client, clock, untilWaiting, isOpen } = watch();
    client.start();
    await untilWaiting();
    await client.stop();
    clock.advance(20_000);
    venue.handshake = 'ACCEPT';
    client.start();
    expect(await untilWaiting()).toBe(40_000);
    clock.advance(40_000);
    await until(isOpen);
  });

  it('follows no redirect', async () => {
    const other = await startEchoingVenue();
    venue.handshake = { status: 302, headers: `Location: ${other.url}\r\n` };
    const { client, untilWaiting } = watch();
    client.start();
    await untilWaiting();
    expect(other.attempts).toBe(0);
    await other.close();
  });

  it('refuses a certificate that nobody vouches for, even when the environment says otherwise', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = createHttpsServer(SELF_SIGNED);
    await withServer(server, async (port) => {
      const { client, untilWaiting } = watch({ url: `wss://127.0.0.1:${port}/` });
      client.start();
      await untilWaiting();
      expect(client.status().lastFailure).toMatch(/self-signed certificate/);
    });
  });

  it('tells no secrets of its URL', async () => {
    const secrets = 'ws://user:pa%20ss@127.0.0.1/stream?token=t0ken%2Fvalue&v=1';
    const url = secrets.replace('127.0.0.1', new URL(venue.url).host);
    const { client, isOpen, roundTrip, untilWaiting } = watch({ url });
    client.start();
    await until(isOpen);
    client.send('welcome t0ken/value');
    await roundTrip();
    client.send('welcome t0ken/value');
    await until(() => client.status().lastReceivedText?.startsWith('welcome') === true);
    venue.connection.close(1008, 'pa ss of /stream?token=t0ken%2Fvalue&v=1 is bad');
    await untilWaiting();
    const { lastFailure, lastReceivedText, lastSentText } = client.status();
    expect(lastFailure).toBe('the venue closed the connection with code 1008: (hidden) of /stream(hidden) is bad');
    expect([lastSentText, lastReceivedText]).toEqual(['welcome (hidden)', 'welcome (hidden)']);
    expect(venue.connection.path).toBe('/stream?token=t0ken%2Fvalue&v=1');
  });

  it('tells nothing of a frame that logs in, nor what in it is a secret, wherever that comes back', async () => {
    const { client, unreadable, roundTrip, untilWaiting } = await connect({ secrets: ['pass"phrase'] });
    const signature = 'RFmGiDKJU/jY74GbDZ4CcuKIgxJB5N0V4/vEvIUPhNk=';
    const login = JSON.stringify({ op: 'login', args: [{ passphrase: 'pass"phrase', sign: signature }] });
    expect(client.sendSecret(login)).toBe(true);
    expect(client.status().lastSentText).toBe('(hidden)');
    // The venue echoes it.
    await until(() => client.status().lastReceivedText?.startsWith('{"op"') === true);
    expect(client.status().lastReceivedText).toBe(
      '{"op":"login","args":[{"passphrase":"(hidden)","sign":"(hidden)"}]}',
    );
    // Cut off, a secret would not be known any more.
    client.send('x'.repeat(995) + signature);
    await roundTrip();
    client.send('x'.repeat(995) + signature);
    expect(client.status().lastSentText).toBe(`${'x'.repeat(995)}(hidd`);
    venue.connection.close(1008, `bad ${signature}`);
    await untilWaiting();
    expect(client.status().lastFailure).toBe('the venue closed the connection with code 1008: bad (hidden)');
    expect(unreadable).toEqual([]);
    expect(client.sendSecret(login)).toBe(false);
  });
});

describe('WebSocketClient after a loss', () => {
  const drops = [
    ['finishes', () => venue.connection.finish()],
    ['resets', () => venue.connection.reset()],
    ['closes', () => venue.connection.close(1001, 'bye')],
  ] as const;

  it.each(drops)('connects again when the venue %s', async (_, drop) => {
    const { client, clock, isOpen, untilWaiting, roundTrip, turns } = await connect();
    drop();
    expect(await untilWaiting()).toBe(750);
    expect(client.status()).toMatchObject({ connectedAt: null, latencyMs: null });
    clock.advance(750);
    await until(isOpen);
    await roundTrip();
    expect(client.status()).toMatchObject({ reconnects: 1, nextAttemptAt: null, connectedAt: clock.now() });
    expect(turns).toEqual(['OPEN', 'CLOSE', 'OPEN']);
  });

  it.each(['nothing', 'data'])('waits longer and longer for a venue that sends %s and drops', async (sent) => {
    venue.onConnection = (connection) => {
      if (sent === 'data') connection.send('{}');
      connection.finish();
    };
    const { client, clock, untilWaiting } = watch({ random: () => 0.999_999 });
    client.start();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      delays.push(await untilWaiting());
      clock.advance((delays.at(-1) ?? 0) - 1);
      expect(venue.attempts).toBe(attempt);
      clock.advance(1);
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('starts with short delays again only after 30 seconds that began with data', async () => {
    const { client, clock, isOpen, untilWaiting, live } = watch({ random: () => 0.999_999 });
    client.start();
    async function lose(): Promise<number> {
      venue.connection.finish();
      const delay = await untilWaiting();
      clock.advance(delay);
      await until(isOpen);
      return delay;
    }
    await until(isOpen);
    expect([await lose(), await lose()]).toEqual([1000, 2000]);
    await live(60_000);
    expect(await lose()).toBe(4000);
    client.send('{}');
    await live(29_000);
    expect(await lose()).toBe(8000);
    client.send('{}');
    await live(31_000);
    expect([await lose(), await lose()]).toEqual([1000, 2000]);
  });

  it('connects again when it is told to, once', async () => {
    const { client, clock, isOpen } = await connect();
    client.reconnect('moving on');
    client.reconnect('moving on again');
    expect(client.status()).toMatchObject({ nextAttemptAt: clock.now() + 750, lastFailure: 'moving on' });
    await until(() => venue.connection.isClosed);
    clock.advance(750);
    await until(isOpen);
    expect(venue.attempts).toBe(2);
  });
});

describe('WebSocketClient.stop', () => {
  it('ends an attempt', async () => {
    venue.handshake = 'IGNORE';
    const { client, clock, turns } = watch();
    client.start();
    await until(() => venue.attempts === 1);
    await client.stop();
    expect([client.status().state, clock.pending, turns.length]).toEqual(['DISABLED', 0, 0]);
  });

  it('ends an attempt in the turn in which it began', async () => {
    const { client, clock, turns } = watch();
    client.start();
    await client.stop();
    expect([client.status().state, clock.pending, turns.length]).toEqual(['DISABLED', 0, 0]);
  });

  it('ends a wait', async () => {
    venue.handshake = { status: 503 };
    const { client, clock, untilWaiting } = watch();
    client.start();
    await untilWaiting();
    await client.stop();
    expect([client.status().state, client.status().nextAttemptAt, clock.pending]).toEqual(['DISABLED', null, 0]);
    clock.advance(120_000);
    expect(venue.attempts).toBe(1);
  });

  it('ends a connection', async () => {
    const { client, clock, turns } = await connect();
    await client.stop();
    expect([client.status().state, clock.pending]).toEqual(['DISABLED', 0]);
    expect(turns).toEqual(['OPEN', 'CLOSE']);
    await until(() => venue.connection.isClosed);
  });

  it('does not wait for a venue that has died', async () => {
    const { client } = await connect();
    venue.connection.freeze();
    await client.stop();
    expect(client.status().state).toBe('DISABLED');
  });

  it('may be called at any time and as often as one likes', async () => {
    const { client } = watch();
    await client.stop();
    client.start();
    await Promise.all([client.stop(), client.stop()]);
    await client.stop();
    expect(client.status().state).toBe('DISABLED');
  });

  it('leaves a client that can be started again', async () => {
    const { client, isOpen, roundTrip, turns } = await connect();
    await client.stop();
    client.start();
    client.start();
    await until(isOpen);
    await roundTrip();
    expect(turns).toEqual(['OPEN', 'CLOSE', 'OPEN']);
    expect(client.status().reconnects).toBe(1);
  });
});
