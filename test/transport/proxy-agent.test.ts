import { once } from 'node:events';
import http, { createServer as createHttpServer } from 'node:http';
import https, { createServer as createHttpsServer } from 'node:https';
import { createServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type ProxyAgentOptions, proxyAgent } from '../../src/transport/proxy-agent.ts';
import { end, listen, replying, startHttpServer } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { SELF_SIGNED } from '../support/scripted-venue-certificate.ts';
import { type Credentials, startConnectProxy, startSocks5Proxy, type TestProxy } from '../support/test-proxies.ts';

/** With what a URL has to write in another way. */
const ANN: Credentials = { user: 'ann@desk', password: 'p:s/s' };
const ANN_IN_URL = `${encodeURIComponent(ANN.user)}:${encodeURIComponent(ANN.password)}@`;

const KINDS = [
  { scheme: 'http', start: startConnectProxy },
  { scheme: 'socks5', start: startSocks5Proxy },
] as const;

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

function open(url: string, target: 'http' | 'https', options: ProxyAgentOptions = {}): http.Agent {
  const agent = proxyAgent(url, target, { clock, ...options });
  stack.defer(() => agent.destroy());
  return agent;
}

/** The body of the answer to a GET, or why there is none. */
async function get(url: string, agent: http.Agent, ca: string | undefined = SELF_SIGNED.cert): Promise<string> {
  const { request } = url.startsWith('https:') ? https : http;
  const asking = request(url, { agent, ca });
  asking.on('error', () => undefined).end();
  try {
    const [response] = await once(asking, 'response');
    return await text(response);
  } catch (error) {
    return error instanceof Error ? `failed: ${error.message}` : 'failed';
  }
}

/** A server of WebSockets that says back what it hears. */
async function serveSockets(scheme: 'ws' | 'wss'): Promise<string> {
  const server = scheme === 'ws' ? createHttpServer() : createHttpsServer(SELF_SIGNED);
  const sockets = new Set<Socket>();
  const echo = new WebSocketServer({ server });
  echo.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
  const port = await listen(server, sockets);
  stack.defer(() => end(server, sockets));
  return `${scheme}://127.0.0.1:${port}`;
}

describe.each(KINDS)('an agent for a proxy of $scheme', ({ scheme, start }) => {
  async function startProxy(credentials?: Credentials): Promise<[TestProxy, string]> {
    const proxy = stack.use(await start(credentials));
    return [proxy, `${scheme}://${credentials === undefined ? '' : ANN_IN_URL}127.0.0.1:${proxy.port}`];
  }

  it.each(['http', 'https'] as const)('carries requests of %s, several over one connection', async (target) => {
    const server = stack.use(await startHttpServer(replying('through'), target));
    const [proxy, url] = await startProxy(ANN);
    const agent = open(url, target, { keepAlive: true });
    for (let count = 0; count < 3; count += 1) expect(await get(server.url, agent)).toBe('through');
    expect(proxy.targets).toEqual([new URL(server.url).host]);
  });

  it.each(['ws', 'wss'] as const)('carries a WebSocket of %s', async (socketScheme) => {
    const address = await serveSockets(socketScheme);
    const [proxy, url] = await startProxy();
    const agent = open(url, socketScheme === 'ws' ? 'http' : 'https');
    const socket = new WebSocket(address, { agent, ca: SELF_SIGNED.cert });
    await once(socket, 'open');
    socket.send('hello');
    const [said] = await once(socket, 'message');
    expect(String(said)).toBe('hello');
    expect(proxy.targets).toEqual([new URL(address).host]);
    socket.terminate();
    await until(() => proxy.sockets.size === 0);
  });

  it('checks the certificate of the target, whatever the request says', async () => {
    const server = stack.use(await startHttpServer(replying('through'), 'https'));
    const [proxy, url] = await startProxy();
    const asking = https.request(server.url, { agent: open(url, 'https'), rejectUnauthorized: false });
    const failed = once(asking, 'error');
    asking.end();
    const [error] = await failed;
    expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(server.seen).toEqual([]);
    await until(() => proxy.sockets.size === 0);
  });

  it('fails without the password in its reason when the proxy refuses', async () => {
    const server = stack.use(await startHttpServer(replying('through')));
    const proxy = stack.use(await start(ANN));
    const answer = await get(server.url, open(`${scheme}://ann:wrong@127.0.0.1:${proxy.port}`, 'http'));
    expect(answer).toMatch(/^failed: the proxy (answered with status 407|refused user and password|closed)/);
    expect(answer).not.toContain('wrong');
    expect(server.seen).toEqual([]);
  });

  it.each(['its time is over', 'the agent is destroyed'])('gives up a proxy that says nothing once %s', async (why) => {
    const sockets = new Set<Socket>();
    const silent = createServer((socket) => void socket.resume());
    const port = await listen(silent, sockets);
    stack.defer(() => end(silent, sockets));
    const agent = open(`${scheme}://127.0.0.1:${port}`, 'http', { connectTimeoutMs: 3_000 });
    const answer = get('http://127.0.0.1:1/', agent);
    await until(() => sockets.size === 1);
    if (why === 'its time is over') clock.advance(3_000);
    else agent.destroy();
    expect(await answer).toMatch(/^failed: (no connection within 3000 ms|the client was closed)$/);
    await until(() => sockets.size === 0);
  });
});

describe('the URL of a proxy', () => {
  it.each(['', 'ftp://127.0.0.1', '127.0.0.1:1080'])('is not %j, which is not quoted', (url) => {
    expect(() => proxyAgent(url, 'http')).toThrow('received a text that is no http:, https: or socks5: URL');
  });
});
