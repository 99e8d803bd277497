import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { trustFingerprint, trustKnownHosts } from '../../src/transport/host-key.ts';
import { createHttpClient, type HttpClient } from '../../src/transport/http-client.ts';
import { parsePrivateKey } from '../../src/transport/ssh-key.ts';
import { SshTunnel, type SshTunnelOptions, type TunnelStatus } from '../../src/transport/ssh-tunnel.ts';
import { end, type HttpServer, listen, replying, startHttpServer } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { SELF_SIGNED } from '../support/scripted-venue-certificate.ts';
import { describeWithSshd, makeKey, type Sshd, startSshd } from '../support/sshd.ts';

const NEVER = new AbortController().signal;

let clock: ManualClock;
let stack: AsyncDisposableStack;

beforeEach(() => {
  clock = new ManualClock();
  stack = new AsyncDisposableStack();
});

afterEach(async () => {
  await stack.disposeAsync();
  expect(clock.pending).toBe(0);
});

async function openSshd(configuration: readonly string[] = []): Promise<Sshd> {
  return stack.use(await startSshd({ configuration }));
}

interface OpenTunnel {
  readonly tunnel: SshTunnel;
  readonly changes: readonly TunnelStatus[];
}

/** To a server whose key is known, unless the options say otherwise. */
function openTunnel(sshd: Sshd, options: Partial<SshTunnelOptions> = {}): OpenTunnel {
  const changes: TunnelStatus[] = [];
  const tunnel = new SshTunnel({
    login: sshd.login,
    trust: () => trusting(sshd, sshd.knownHost(`[127.0.0.1]:${sshd.port}`)),
    clock,
    random: () => 0,
    onChange: (status) => void changes.push(status),
    ...options,
  });
  stack.defer(() => tunnel.close());
  return { tunnel, changes };
}

function trusting({ port }: Sshd, knownHosts: string) {
  return trustKnownHosts(knownHosts, { host: '127.0.0.1', port });
}

async function isUp({ tunnel }: OpenTunnel): Promise<void> {
  await until(() => tunnel.status().state === 'UP');
}

/** Until the tunnel tells why its first attempt failed. */
async function failureOf({ tunnel, changes }: OpenTunnel): Promise<string | null> {
  await until(() => changes.length > 0);
  expect(tunnel.status().state).toBe('DOWN');
  return tunnel.status().lastError;
}

function openClient(tunnel: SshTunnel, options: Partial<Parameters<typeof createHttpClient>[0]> = {}): HttpClient {
  const client = createHttpClient({ clock, random: () => 0, open: tunnel.open, ...options });
  stack.defer(() => client.close());
  return client;
}

async function serve(scheme: 'http' | 'https' = 'http'): Promise<HttpServer> {
  return stack.use(await startHttpServer(replying('through'), scheme));
}

async function read(client: HttpClient, url: string, signal = NEVER): Promise<string> {
  return Buffer.from((await client.get({ url: new URL(url), signal })).bytes).toString();
}

function targetOf(url: string) {
  const { hostname, port } = new URL(url);
  return { hostname, port: Number(port) };
}

/** A target that says something at once, and from then on stays open. */
async function startTalker(first = 'hello'): Promise<{ readonly port: number; readonly sockets: ReadonlySet<Socket> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => void socket.resume().write(first));
  const port = await listen(server, sockets);
  stack.defer(() => end(server, sockets));
  return { port, sockets };
}

describeWithSshd('an SSH tunnel', () => {
  it('carries requests, all of them over one connection', async () => {
    const [sshd, server] = [await openSshd(), await serve()];
    const { tunnel } = openTunnel(sshd);
    const client = openClient(tunnel);
    for (let count = 0; count < 3; count += 1) expect(await read(client, server.url)).toBe('through');
    expect(tunnel.status()).toEqual({ state: 'UP', lastError: null, streams: 1, waiting: 0, connections: 1 });
  });

  it('lets the SSH server resolve names', async () => {
    const [sshd, server] = [await openSshd(), await serve()];
    const client = openClient(openTunnel(sshd).tunnel);
    expect(await read(client, `http://localhost:${new URL(server.url).port}/`)).toBe('through');
  });

  it('leaves encryption to the two ends: a target whose certificate is not trusted is refused', async () => {
    const [sshd, server] = [await openSshd(), await serve('https')];
    const { tunnel } = openTunnel(sshd);
    expect(await read(openClient(tunnel, { ca: SELF_SIGNED.cert }), server.url)).toBe('through');
    const failing = read(openClient(tunnel), server.url).catch((error: unknown) => error);
    for (let attempt = 1; attempt < 3; attempt += 1) {
      await until(() => (clock.untilNext ?? 10_000) <= 500);
      clock.advance(500);
    }
    expect(await failing).toMatchObject({
      kind: 'NETWORK',
      message: 'the connection failed (DEPTH_ZERO_SELF_SIGNED_CERT)',
    });
    expect(server.seen).toHaveLength(1);
  });

  it('carries fifty streams at once, and a body of many windows of one whole', async () => {
    const sshd = await openSshd();
    const large = Buffer.alloc(5_000_000, 'ab');
    const held: (() => void)[] = [];
    const server = stack.use(
      await startHttpServer(({ path }, response) => {
        held.push(() => response.end(path === '/large' ? large : path));
        // None is answered before all are there.
        if (held.length === 50) for (const answer of held) answer();
      }),
    );
    const client = openClient(openTunnel(sshd).tunnel, { mostUnderWay: 50 });
    const paths = Array.from({ length: 49 }, (_, index) => `/${index}`);
    const [bytes, ...answers] = await Promise.all([
      client.get({ url: new URL(`${server.url}/large`), signal: NEVER }),
      ...paths.map((path) => read(client, server.url + path)),
    ]);
    expect(Buffer.compare(Buffer.from(bytes.bytes), large)).toBe(0);
    expect(answers).toEqual(paths);
  });

  it('passes on what a stream is ended with, and reads on until the other side ends too', async () => {
    const sshd = await openSshd();
    const sockets = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, async (socket) => socket.end(`heard ${await text(socket)}`));
    const port = await listen(server, sockets);
    stack.defer(() => end(server, sockets));
    const stream = await openTunnel(sshd).tunnel.open({ hostname: '127.0.0.1', port }, NEVER);
    stream.end('all');
    expect(await text(stream)).toBe('heard all');
    await until(() => stream.destroyed && sockets.size === 0);
  });

  it('closes a stream by itself when the other side takes nothing more', async () => {
    const sshd = await openSshd();
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const port = await listen(server, sockets);
    stack.defer(() => end(server, sockets));
    const { tunnel } = openTunnel(sshd);
    const stream = await tunnel.open({ hostname: '127.0.0.1', port }, NEVER);
    stream.resume().write('a');
    await once(stream, 'end');
    stream.write('b');
    await until(() => stream.destroyed);
    expect([stream.errored, tunnel.status().streams]).toEqual([null, 0]);
  });

  it('closes a stream whose other side breaks off without having taken what was written', async () => {
    const sshd = await openSshd();
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void socket.pause());
    const port = await listen(server, sockets);
    stack.defer(() => end(server, sockets));
    const { tunnel } = openTunnel(sshd);
    const stream = await tunnel.open({ hostname: '127.0.0.1', port }, NEVER);
    stream.resume().write(Buffer.alloc(16_000_000));
    // Until the server's side is full as well.
    await tunnel.open({ hostname: '127.0.0.1', port: 1 }, NEVER).catch(() => undefined);
    expect(stream.writableLength).toBeGreaterThan(0);
    for (const socket of sockets) socket.resetAndDestroy();
    await until(() => stream.destroyed);
    expect(tunnel.status().streams).toBe(0);
  });

  it('takes no more than is read, and loses nothing of it', async () => {
    const sshd = await openSshd();
    const large = Buffer.alloc(16_000_000, 'abc');
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void socket.end(large));
    const port = await listen(server, sockets);
    stack.defer(() => end(server, sockets));
    const { tunnel } = openTunnel(sshd);
    const target = { hostname: '127.0.0.1', port };
    const unread = await tunnel.open(target, NEVER);
    // The same again meanwhile, so that there is time for more to come.
    const read = await tunnel.open(target, NEVER);
    expect(Buffer.compare(await buffer(read), large)).toBe(0);
    expect(unread.readableLength).toBeGreaterThan(0);
    expect(unread.readableLength).toBeLessThan(200_000);
    expect(Buffer.compare(await buffer(unread), large)).toBe(0);
    read.end();
    unread.end();
    await until(() => tunnel.status().streams === 0);
  });

  it('releases at both ends the streams that are given up, read or not', async () => {
    const [sshd, talker] = [await openSshd(), await startTalker()];
    const { tunnel } = openTunnel(sshd);
    const target = { hostname: '127.0.0.1', port: talker.port };
    const streams = await Promise.all(Array.from({ length: 5 }, () => tunnel.open(target, NEVER)));
    await Promise.all(streams.slice(0, 2).map((stream) => once(stream, 'data')));
    await until(() => talker.sockets.size === 5);
    expect([tunnel.status().streams, talker.sockets.size]).toEqual([5, 5]);
    const closed = streams.map((stream) => once(stream, 'close'));
    for (const stream of streams) stream.destroy();
    await Promise.all(closed);
    await until(() => talker.sockets.size === 0);
    expect(tunnel.status()).toMatchObject({ state: 'UP', streams: 0 });
  });

  it('releases what a client used when the client is closed', async () => {
    const [sshd, server] = [await openSshd(), await serve()];
    const { tunnel } = openTunnel(sshd);
    const client = openClient(tunnel);
    await read(client, server.url);
    await client.close();
    await until(() => server.sockets.size === 0);
    expect(tunnel.status().streams).toBe(0);
  });

  it('releases the stream to a target that never speaks TLS when the time is over', async () => {
    const [sshd, talker] = [await openSshd(), await startTalker('')];
    const { tunnel } = openTunnel(sshd);
    const client = openClient(tunnel, { timeoutMs: 8000 });
    const failing = read(client, `https://127.0.0.1:${talker.port}/`).catch((error: unknown) => error);
    await until(() => talker.sockets.size === 1 && tunnel.status().streams === 1);
    clock.advance(8000);
    expect(await failing).toMatchObject({ kind: 'TIMEOUT' });
    await until(() => talker.sockets.size === 0);
    expect(tunnel.status()).toMatchObject({ state: 'UP', streams: 0 });
  });

  it('tells that a target cannot be reached, and stays', async () => {
    const sshd = await openSshd();
    const server = await startHttpServer(replying(''));
    await server[Symbol.asyncDispose]();
    const { tunnel } = openTunnel(sshd);
    await expect(tunnel.open(targetOf(server.url), NEVER)).rejects.toThrow('the SSH server cannot connect to it');
    expect(tunnel.status()).toMatchObject({ state: 'UP', streams: 0 });
  });

  it('tells that the SSH server does not forward', async () => {
    const [sshd, server] = [await openSshd(['AllowTcpForwarding no']), await serve()];
    const { tunnel } = openTunnel(sshd);
    await expect(tunnel.open(targetOf(server.url), NEVER)).rejects.toThrow('the SSH server does not allow it');
  });

  it('gives a stream up that opens after its caller has left', async () => {
    const [sshd, talker] = [await openSshd(), await startTalker()];
    const opened = openTunnel(sshd);
    await isUp(opened);
    const asked = new AbortController();
    const opening = opened.tunnel.open({ hostname: '127.0.0.1', port: talker.port }, asked.signal);
    asked.abort(new Error('gone'));
    await expect(opening).rejects.toThrow('gone');
    await until(() => talker.sockets.size === 1);
    await until(() => talker.sockets.size === 0);
    expect(opened.tunnel.status().streams).toBe(0);
  });

  it('is closed with all that it carries, and leaves nothing open', async () => {
    const [sshd, talker] = [await openSshd(), await startTalker()];
    const { tunnel } = openTunnel(sshd);
    const stream = await tunnel.open({ hostname: '127.0.0.1', port: talker.port }, NEVER);
    const failed = once(stream, 'error');
    await tunnel.close();
    expect(`${await failed}`).toContain('the SSH connection was ended');
    await until(() => talker.sockets.size === 0);
    expect(clock.pending).toBe(0);
    await expect(tunnel.open({ hostname: '127.0.0.1', port: 1 }, NEVER)).rejects.toMatchObject({ kind: 'CLOSED' });
  });

  it('can be closed while it connects', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void socket.resume());
    const port = await listen(silent, sockets);
    stack.defer(() => end(silent, sockets));
    const sshd = await openSshd();
    const { tunnel } = openTunnel(sshd, { login: { ...sshd.login, port } });
    const waiting = tunnel.open({ hostname: '127.0.0.1', port: 1 }, NEVER).catch((error: unknown) => error);
    await until(() => sockets.size === 1);
    await tunnel.close();
    expect(await waiting).toMatchObject({ kind: 'CLOSED' });
    await until(() => sockets.size === 0);
  });
});

describeWithSshd('an SSH tunnel that is lost', () => {
  it('is made again by itself when its server is killed and comes back, and the next request succeeds', async () => {
    const [sshd, server] = [await openSshd(), await serve()];
    const opened = openTunnel(sshd);
    const client = openClient(opened.tunnel);
    expect(await read(client, server.url)).toBe('through');
    await sshd.kill();
    await until(() => opened.tunnel.status().state === 'DOWN');
    expect(opened.tunnel.status()).toMatchObject({ lastError: 'the SSH server closed the connection', streams: 0 });
    clock.advance(500);
    await until(() => opened.tunnel.status().lastError === 'no connection (ECONNREFUSED)');
    await sshd.restart();
    clock.advance(500);
    await isUp(opened);
    expect(await read(client, server.url)).toBe('through');
    expect(opened.changes.map(({ state, connections }) => `${state} ${connections}`)).toEqual([
      'UP 1',
      'DOWN 1',
      'DOWN 1',
      'UP 2',
    ]);
  });

  it('cuts off what is being read, which is not the end of it', async () => {
    const [sshd, talker] = [await openSshd(), await startTalker()];
    const { tunnel } = openTunnel(sshd);
    const stream = await tunnel.open({ hostname: '127.0.0.1', port: talker.port }, NEVER);
    let hasEnded = false;
    stream.once('end', () => {
      hasEnded = true;
    });
    await once(stream, 'data');
    const failed = once(stream, 'error');
    await sshd.kill();
    expect(`${await failed}`).toContain('the SSH server closed the connection');
    expect(hasEnded).toBe(false);
  });

  it('notices a frozen server by three probes without an answer', async () => {
    const [sshd, server] = [await openSshd(), await serve()];
    const opened = openTunnel(sshd);
    await isUp(opened);
    sshd.freeze();
    for (const _probe of [1, 2, 3]) {
      clock.advance(15_000);
      await new Promise((resolve) => setImmediate(resolve));
      expect(opened.tunnel.status().state).toBe('UP');
    }
    clock.advance(15_000);
    await until(() => opened.tunnel.status().state === 'DOWN');
    expect(opened.tunnel.status().lastError).toBe('received no answer to 3 probes');
    sshd.thaw();
    clock.advance(500);
    await isUp(opened);
    expect(await read(openClient(opened.tunnel), server.url)).toBe('through');
  });

  it('stays when every probe is answered', async () => {
    const sshd = await openSshd();
    const opened = openTunnel(sshd);
    await isUp(opened);
    for (let probe = 0; probe < 10; probe += 1) {
      clock.advance(15_000);
      // Answers come in the order of what was asked: when this stream is refused, the probe was answered.
      const refused = opened.tunnel.open({ hostname: '127.0.0.1', port: 1 }, NEVER);
      await expect(refused).rejects.toThrow('the SSH server cannot connect to it');
    }
    expect(opened.tunnel.status()).toMatchObject({ state: 'UP', connections: 1 });
  });

  it('lets callers wait for a few seconds, then fails them with what the tunnel is, not the host', async () => {
    const [sshd, server] = [await openSshd(), await serve()];
    await sshd.kill();
    // No attempt within the patience of anybody but the first.
    const opened = openTunnel(sshd, { random: () => 0.99 });
    const client = openClient(opened.tunnel, { mostUnderWay: 20 });
    await failureOf(opened);
    const failing = Array.from({ length: 20 }, () => read(client, server.url).catch((error: unknown) => error));
    await until(() => opened.tunnel.status().waiting === 20);
    for (let second = 0; second < 5; second += 1) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const errors = await Promise.all(failing);
    for (const error of errors) expect(error).toMatchObject({ kind: 'TUNNEL_DOWN', message: 'the SSH tunnel is down' });
    expect(opened.tunnel.status().waiting).toBe(0);
    expect(client.hosts()).toMatchObject([{ failures: 0, underWay: 0, waiting: 0, restsUntil: null }]);
  });

  it('fails callers at once while its next attempt is far away', async () => {
    const sshd = await openSshd();
    await sshd.kill();
    const opened = openTunnel(sshd, { random: () => 1 });
    for (let attempt = 1; attempt < 4; attempt += 1) {
      await until(() => opened.changes.length === attempt);
      if (attempt < 3) clock.advance(clock.untilNext ?? 0);
    }
    const waiting = opened.tunnel.open({ hostname: '127.0.0.1', port: 1 }, NEVER).catch((error: unknown) => error);
    await until(() => opened.tunnel.status().waiting === 1);
    clock.advance(4000);
    expect(await waiting).toMatchObject({ kind: 'TUNNEL_DOWN' });
    expect(clock.untilNext).toBeGreaterThan(5000);
    const failing = opened.tunnel.open({ hostname: '127.0.0.1', port: 1 }, NEVER);
    await expect(failing).rejects.toMatchObject({ kind: 'TUNNEL_DOWN', cause: 'no connection (ECONNREFUSED)' });
  });

  it('fails with what the tunnel is who asked for a stream when it was lost', async () => {
    const sshd = await openSshd();
    const opened = openTunnel(sshd);
    await isUp(opened);
    sshd.freeze();
    const opening = opened.tunnel.open({ hostname: '127.0.0.1', port: 1 }, NEVER).catch((error: unknown) => error);
    await sshd.kill();
    expect(await opening).toMatchObject({ kind: 'TUNNEL_DOWN' });
  });

  it('lets a caller go whose own time is over', async () => {
    const sshd = await openSshd();
    await sshd.kill();
    const { tunnel } = openTunnel(sshd);
    const asked = new AbortController();
    const waiting = tunnel.open({ hostname: '127.0.0.1', port: 1 }, asked.signal);
    await until(() => tunnel.status().waiting === 1);
    asked.abort(new Error('late'));
    await expect(waiting).rejects.toThrow('late');
    expect(tunnel.status().waiting).toBe(0);
  });

  it('is tried after growing delays, small again only after a time of health', async () => {
    const sshd = await openSshd();
    const opened = openTunnel(sshd, { random: () => 1 });
    const delays: number[] = [];
    const lose = async (): Promise<void> => {
      await isUp(opened);
      const before = opened.changes.length;
      await sshd.kill();
      await until(() => opened.changes.length > before);
      delays.push(clock.untilNext ?? 0);
      await sshd.restart();
      clock.advance(clock.untilNext ?? 0);
    };
    await lose();
    await lose();
    await lose();
    await isUp(opened);
    clock.advance(14_000);
    clock.advance(14_000);
    await opened.tunnel.open({ hostname: '127.0.0.1', port: 1 }, NEVER).catch(() => undefined);
    clock.advance(2_000);
    await lose();
    expect(delays).toEqual([1000, 2000, 4000, 1000]);
  });

  it('is down where something else answers than an SSH server', async () => {
    const [sshd, server] = [await openSshd(), await serve()];
    const opened = openTunnel(sshd, { login: { ...sshd.login, port: targetOf(server.url).port } });
    expect(await failureOf(opened)).toMatch(/^the SSH connection failed: /);
    await until(() => server.sockets.size === 0);
  });

  it('gives a server up that lets it wait for its login', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void socket.resume().write('SSH-2.0-OpenSSH_9.2\r\n'));
    const port = await listen(silent, sockets);
    stack.defer(() => end(silent, sockets));
    const sshd = await openSshd();
    const opened = openTunnel(sshd, { login: { ...sshd.login, port } });
    await until(() => sockets.size === 1);
    clock.advance(10_000);
    expect(await failureOf(opened)).toBe('no connection within 10000 ms');
    await until(() => sockets.size === 0);
  });
});

describeWithSshd('the host key of an SSH tunnel', () => {
  const first = (knownHosts: (sshd: Sshd) => string) => async (): Promise<[Sshd, OpenTunnel]> => {
    const sshd = await openSshd();
    return [sshd, openTunnel(sshd, { trust: () => trusting(sshd, knownHosts(sshd)) })];
  };

  it('is asked for as the kind that is known', async () => {
    const hostKeys = ['ed25519', 'ecdsa', 'rsa'] as const;
    const sshd = stack.use(await startSshd({ hostKeys }));
    for (const kind of hostKeys) {
      await isUp(openTunnel(sshd, { trust: () => trusting(sshd, sshd.knownHost(`[127.0.0.1]:${sshd.port}`, kind)) }));
    }
  });

  it('that nothing is known of is refused, also the second time', async () => {
    const [, opened] = await first((sshd) => sshd.knownHost('127.0.0.1'))();
    const unknown = /^the host key is unknown: received ssh-ed25519 SHA256:\S{43}, wanted one of known_hosts$/;
    expect(await failureOf(opened)).toMatch(unknown);
    clock.advance(500);
    await until(() => opened.changes.length === 2);
    expect(opened.tunnel.status()).toMatchObject({ state: 'DOWN', lastError: expect.stringMatching(unknown) });
  });

  it('that is another than the known one is refused before anybody logs in', async () => {
    const other = await openSshd();
    const [sshd, opened] = await first((each) => other.knownHost(`[127.0.0.1]:${each.port}`))();
    expect(await failureOf(opened)).toMatch(
      /^the host key has changed or is another one: received ssh-ed25519 SHA256:\S{43}, wanted ssh-ed25519 SHA256:\S{43}$/,
    );
    expect(sshd.printed()).not.toContain('Accepted');
  });

  it('that is revoked is refused', async () => {
    const [, opened] = await first((sshd) => {
      const line = sshd.knownHost(`[127.0.0.1]:${sshd.port}`);
      return `${line}@revoked ${line}`;
    })();
    expect(await failureOf(opened)).toMatch(/^the host key is revoked in known_hosts: received ssh-ed25519 SHA256:/);
  });

  it('is trusted as soon as known_hosts has it', async () => {
    let knownHosts = '';
    const [sshd, opened] = await first(() => knownHosts)();
    await failureOf(opened);
    knownHosts = sshd.knownHost(`[127.0.0.1]:${sshd.port}`);
    clock.advance(500);
    await isUp(opened);
  });

  it('is known by its fingerprint, and refused for another', async () => {
    const sshd = await openSshd();
    const opened = openTunnel(sshd, { trust: () => trustFingerprint(sshd.fingerprint()) });
    await isUp(opened);
    const wrong = `SHA256:${'A'.repeat(43)}`;
    const refused = openTunnel(sshd, { trust: () => trustFingerprint(wrong) });
    expect(await failureOf(refused)).toContain(`received ssh-ed25519 ${sshd.fingerprint()}, wanted ${wrong}`);
  });
});

describeWithSshd('the key of the user of an SSH tunnel', () => {
  it('may be one that a passphrase locks', async () => {
    const sshd = await openSshd();
    const locked = sshd.lockedKey('open sesame');
    const key = parsePrivateKey(locked, 'open sesame');
    await isUp(openTunnel(sshd, { login: { ...sshd.login, key } }));
    for (const passphrase of ['wrong words', undefined]) {
      expect(() => parsePrivateKey(locked, passphrase)).toThrow(/^(?!.*wrong words)(.*passphrase|.*integrity check)/);
    }
  });

  it('that the server does not know is refused, without a word of it', async () => {
    const sshd = await openSshd();
    makeKey(`${sshd.folder}/stranger`);
    const opened = openTunnel(sshd, {
      login: { ...sshd.login, key: parsePrivateKey(sshd.read('stranger'), undefined) },
    });
    expect(await failureOf(opened)).toBe('the SSH server refused user and key');
  });
});
