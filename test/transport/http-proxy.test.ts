import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/transport/http-client.ts';
import { openThroughProxy } from '../../src/transport/http-proxy.ts';
import { type Answering, end, type HttpServer, listen, replying, startHttpServer } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { SELF_SIGNED } from '../support/scripted-venue-certificate.ts';
import { type Credentials, startConnectProxy, startSocks5Proxy, type TestProxy } from '../support/test-proxies.ts';

const NEVER = new AbortController().signal;
/** With what a URL has to write in another way. */
const ANN: Credentials = { user: 'ann@desk', password: 'p:s/s' };

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

async function serve(scheme: 'http' | 'https' = 'http'): Promise<HttpServer> {
  return stack.use(await startHttpServer(replying('through'), scheme));
}

function open(options: Partial<HttpClientOptions>): HttpClient {
  const client = createHttpClient({ clock, random: () => 0, ca: SELF_SIGNED.cert, ...options });
  stack.defer(() => client.close());
  return client;
}

async function read(client: HttpClient, url: string, signal = NEVER): Promise<string> {
  return Buffer.from((await client.get({ url: new URL(url), signal })).bytes).toString();
}

/** The message of the cause, which is for the log. */
async function failureOf(answer: Promise<unknown>): Promise<string> {
  const failing = answer.then(
    () => 'it did not fail',
    (error: Error) => `${error.message}: ${error.cause instanceof Error ? error.cause.message : error.cause}`,
  );
  let isSettled = false;
  void failing.then(() => {
    isSettled = true;
  });
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    if ((clock.untilNext ?? 10_000) < 5_001) clock.advance(clock.untilNext ?? 0);
  }
  return failing;
}

const KINDS = [
  { scheme: 'http', start: startConnectProxy },
  { scheme: 'socks5', start: startSocks5Proxy },
] as const;

/** Of the answer that is wanted. */
const BEGINNINGS = {
  http: ['', 'HTTP/1.1 200 Conn', 'HTTP/1.1 200 OK\r\nvia: 1.1 desk\r\n'],
  socks5: ['', '\x05', '\x05\x00', '\x05\x00\x05\x00\x00\x01\x7f'],
};

/** What a proxy says at each step to let a stream through, with what no target can have said behind it. */
const SAYING_HELLO = {
  http: ['HTTP/1.1 200 OK\r\n\r\nhello'],
  socks5: [Buffer.of(5, 0), Buffer.concat([Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0), Buffer.from('hello')])],
};

describe.each(KINDS)('a proxy of $scheme', ({ scheme, start }) => {
  async function proxied(credentials?: Credentials, given = credentials): Promise<[TestProxy, HttpClient]> {
    const proxy = stack.use(await start(credentials));
    const before = given && `${encodeURIComponent(given.user)}:${encodeURIComponent(given.password)}@`;
    const client = open({ open: openThroughProxy(`${scheme}://${before ?? ''}127.0.0.1:${proxy.port}`) });
    return [proxy, client];
  }

  it('passes requests on, all of them over one connection', async () => {
    const server = await serve();
    const [proxy, client] = await proxied();
    for (let count = 0; count < 3; count += 1) expect(await read(client, server.url)).toBe('through');
    expect(proxy.targets).toEqual([new URL(server.url).host]);
    expect(server.seen).toHaveLength(3);
  });

  it('passes encrypted requests on, which it cannot read', async () => {
    const server = await serve('https');
    const [proxy, client] = await proxied();
    expect(await read(client, server.url)).toBe('through');
    expect(proxy.targets).toEqual([new URL(server.url).host]);
  });

  it('leaves the check of certificates to us: neither another name nor a stranger passes', async () => {
    const server = await serve('https');
    const [proxy, client] = await proxied();
    const { port } = new URL(server.url);
    expect(await failureOf(read(client, `https://proxy-side.test:${port}/`))).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    const strict = open({ open: openThroughProxy(`${scheme}://127.0.0.1:${proxy.port}`), ca: undefined });
    expect(await failureOf(read(strict, server.url))).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(server.seen).toHaveLength(0);
    await until(() => proxy.sockets.size === 0);
  });

  it('is left when a target behind it never speaks TLS', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void socket.resume());
    const port = await listen(silent, sockets);
    stack.defer(() => end(silent, sockets));
    const proxy = stack.use(await start());
    const client = open({ open: openThroughProxy(`${scheme}://127.0.0.1:${proxy.port}`), timeoutMs: 2000 });
    const url = new URL(`https://127.0.0.1:${port}/`);
    const failing = client.get({ url, signal: NEVER }).catch((error: Error) => error);
    await until(() => sockets.size === 1);
    clock.advance(2000);
    expect(await failing).toMatchObject({ kind: 'TIMEOUT' });
    await until(() => sockets.size === 0 && proxy.sockets.size === 0);
  });

  it.each(['http', 'https'] as const)('that breaks off gives no part of an answer as the whole: %s', async (target) => {
    const proxies: TestProxy[] = [];
    const answer: Answering = (_request, response) => {
      response.writeHead(200, { 'content-length': 10 });
      response.write('thr', () => {
        for (const socket of proxies.flatMap(({ sockets }) => [...sockets])) socket.destroy();
      });
    };
    const server = stack.use(await startHttpServer(answer, target));
    const [proxy, client] = await proxied();
    proxies.push(proxy);
    expect(await failureOf(read(client, server.url))).toMatch(/^the connection failed/);
    await until(() => server.sockets.size === 0 && proxy.sockets.size === 0);
  });

  it.each(BEGINNINGS[scheme])('that ends after %j is a failure of the network', async (beginning) => {
    const sockets = new Set<Socket>();
    const early = createServer((socket) => void socket.once('data', () => socket.end(beginning)));
    const port = await listen(early, sockets);
    stack.defer(() => end(early, sockets));
    const client = open({ open: openThroughProxy(`${scheme}://127.0.0.1:${port}`) });
    expect(await failureOf(read(client, 'http://127.0.0.1:1/'))).toMatch(/^the connection failed/);
    await until(() => sockets.size === 0);
  });

  it('that has an answer before there is a question is asked three times and no more', async () => {
    const sockets = new Set<Socket>();
    let connections = 0;
    const answers = SAYING_HELLO[scheme];
    const server = createServer((socket) => {
      let next = 0;
      connections += 1;
      // A client that comes again and again is cut off, so that this test ends.
      if (connections > 10) server.close();
      socket.on('data', () => void socket.write(answers[next++] ?? ''));
    });
    stack.defer(() => end(server, sockets).catch(() => undefined));
    const port = await listen(server, sockets);
    const client = open({ open: openThroughProxy(`${scheme}://127.0.0.1:${port}`) });
    expect(await failureOf(read(client, 'http://127.0.0.1:9/'))).toBe(
      'the connection failed: received bytes from a host that was asked nothing yet',
    );
    expect(connections).toBe(3);
  });

  it('is given names to resolve for itself', async () => {
    const server = await serve();
    const { port } = new URL(server.url);
    const [proxy, client] = await proxied();
    expect(await read(client, `http://proxy-side.test:${port}/`)).toBe('through');
    expect(proxy.targets).toEqual([`proxy-side.test:${port}`]);
  });

  it('is told user and password', async () => {
    const server = await serve();
    const [, client] = await proxied(ANN);
    expect(await read(client, server.url)).toBe('through');
  });

  it.each([undefined, { ...ANN, password: 'wrong' }])('that refuses us is a failure of the network', async (given) => {
    const server = await serve();
    const proxy = stack.use(await start(ANN));
    const before = given === undefined ? '' : `${encodeURIComponent(given.user)}:${given.password}@`;
    const client = open({ open: openThroughProxy(`${scheme}://${before}127.0.0.1:${proxy.port}`) });
    const failure = await failureOf(read(client, server.url));
    expect(failure).toMatch(
      /^the connection failed: the proxy (answered with status 407|closed|refused|wants another)/,
    );
    expect(failure).not.toContain('wrong');
    expect(server.seen).toHaveLength(0);
    await until(() => proxy.sockets.size === 0);
  });

  it('that cannot reach the target says so', async () => {
    const server = await startHttpServer(replying(''));
    await server[Symbol.asyncDispose]();
    const [proxy, client] = await proxied();
    const failure = await failureOf(read(client, server.url));
    expect(failure).toMatch(/: the proxy (answered with status 502|refused: connection refused)$/);
    await until(() => proxy.sockets.size === 0);
  });

  it('that says nothing is given up in time, and its connection ended', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void socket.resume());
    const port = await listen(silent, sockets);
    stack.defer(() => end(silent, sockets));
    const client = open({ open: openThroughProxy(`${scheme}://127.0.0.1:${port}`), timeoutMs: 2000 });
    const failing = client.get({ url: new URL('http://127.0.0.1:1/'), signal: NEVER }).catch((error: Error) => error);
    await until(() => sockets.size === 1);
    clock.advance(2000);
    expect(await failing).toMatchObject({ kind: 'TIMEOUT' });
    await until(() => sockets.size === 0);
  });

  it('that talks nonsense is a failure of the network', async () => {
    const sockets = new Set<Socket>();
    const strange = createServer((socket) => void socket.resume().write('SSH-2.0-OpenSSH_9.2\r\n'));
    const port = await listen(strange, sockets);
    stack.defer(() => end(strange, sockets));
    const client = open({ open: openThroughProxy(`${scheme}://127.0.0.1:${port}`) });
    expect(await failureOf(read(client, 'http://127.0.0.1:1/'))).toContain('the connection failed');
    await until(() => sockets.size === 0);
  });

  it('that is being asked when the client is closed is left', async () => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void socket.resume());
    const port = await listen(silent, sockets);
    stack.defer(() => end(silent, sockets));
    const client = open({ open: openThroughProxy(`${scheme}://127.0.0.1:${port}`) });
    const failing = client.get({ url: new URL('http://127.0.0.1:1/'), signal: NEVER }).catch((error: Error) => error);
    await until(() => sockets.size === 1);
    await client.close();
    expect(await failing).toMatchObject({ kind: 'CLOSED' });
    await until(() => sockets.size === 0);
  });
});

describe('a proxy of socks5', () => {
  it.each([
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1'],
    ['::ffff:7f00:1', '0:0:0:0:0:ffff:7f00:1'],
    ['::', '0:0:0:0:0:0:0:0'],
  ])('is given the address %s of IPv6 byte by byte', async (address, wanted) => {
    const proxy = stack.use(await startSocks5Proxy());
    const asked = new AbortController();
    const opening = openThroughProxy(`socks5://127.0.0.1:${proxy.port}`)({ hostname: address, port: 1 }, asked.signal);
    opening.catch(() => undefined);
    await until(() => proxy.targets.length === 1);
    asked.abort(new Error('seen'));
    expect(proxy.targets).toEqual([`${wanted}:1`]);
    await opening.then(
      (stream) => stream.destroy(),
      () => undefined,
    );
  });
});

describe('the URL of a proxy', () => {
  it.each(['ftp://127.0.0.1', 'tunnel', '', 'socks4://127.0.0.1:1080'])('is not %j', (text) => {
    expect(() => openThroughProxy(text)).toThrow('received a text that is no http:, https: or socks5: URL of a proxy');
  });

  it('may be of a proxy that is itself encrypted', async () => {
    // Nobody speaks for the proxy here: that the first byte is TLS's handshake is what counts.
    const sockets = new Set<Socket>();
    const server = createServer();
    const port = await listen(server, sockets);
    stack.defer(() => end(server, sockets));
    const first = once(server, 'connection').then(async ([socket]: Socket[]) => once(socket as Socket, 'data'));
    const stop = new AbortController();
    const opening = openThroughProxy(`https://127.0.0.1:${port}`)({ hostname: 'localhost', port: 1 }, stop.signal);
    opening.catch(() => undefined);
    const [bytes]: Buffer[] = await first;
    stop.abort(new Error('seen'));
    expect(bytes?.[0]).toBe(22);
    await expect(opening).rejects.toThrow();
  });

  it('of a proxy that is itself encrypted is of one whose certificate is checked', async () => {
    const stranger = stack.use(await startHttpServer(replying(''), 'https'));
    const opening = openThroughProxy(stranger.url)({ hostname: 'localhost', port: 1 }, NEVER);
    await expect(opening).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await until(() => stranger.sockets.size === 0);
  });
});
