import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRestClient,
  type RestClient,
  type RestClientOptions,
  RestFailure,
} from '../../src/transport/rest-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { SELF_SIGNED } from '../support/scripted-venue-certificate.ts';

const GET = { method: 'GET', target: '/api?x=1', headers: {}, body: '' } as const;
const POST = { method: 'POST', target: '/order', headers: { 'x-secret': 'hush hush' }, body: '{"sz":"1"}' } as const;

let clock: ManualClock;
let clients: RestClient[];
let servers: Server[];
let sockets: Set<Socket>;

beforeEach(() => {
  clock = new ManualClock();
  clients = [];
  servers = [];
  sockets = new Set();
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  expect(clock.pending).toBe(0);
  for (const client of clients) expect(client.status().underWay).toBe(0);
  for (const socket of sockets) socket.destroy();
  for (const server of servers) {
    server.close();
    if (server.listening) await once(server, 'close');
  }
});

async function listen(server: Server, scheme: 'http' | 'https' = 'http'): Promise<string> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serve = (listener: RequestListener): Promise<string> => listen(createServer(listener));

function connect(url: string, options: Partial<RestClientOptions> = {}): RestClient {
  const client = createRestClient({ url, clock, ...options });
  clients.push(client);
  return client;
}

async function failureOf(answer: Promise<unknown>): Promise<RestFailure> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof RestFailure) return error;
  throw new Error('wanted a RestFailure', { cause: error });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await request.toArray()).toString();
}

/** A server that hands over its requests and leaves them without an answer. */
async function silentServer(): Promise<{ url: string; requests: [IncomingMessage, ServerResponse][] }> {
  const requests: [IncomingMessage, ServerResponse][] = [];
  return { url: await serve((...request) => void requests.push(request)), requests };
}

describe('a request', () => {
  it('arrives with method, path, query, headers and body, and is answered with status and text', async () => {
    const seen: unknown[] = [];
    const url = await serve(async (request, response) => {
      const { method, url: target, headers } = request;
      seen.push([method, target, headers['x-secret'], headers['content-length'], await bodyOf(request)]);
      response.writeHead(method === 'GET' ? 200 : 503).end('{"größe":1}');
    });
    const client = connect(`${url}/prefix/`);
    expect(await client.send(GET)).toEqual({ status: 200, text: '{"größe":1}' });
    expect(await client.send(POST)).toEqual({ status: 503, text: '{"größe":1}' });
    expect(seen).toEqual([
      ['GET', '/prefix/api?x=1', undefined, undefined, ''],
      ['POST', '/prefix/order', 'hush hush', '10', '{"sz":"1"}'],
    ]);
  });

  it('uses the connection of the one before', async () => {
    const ports = new Set<unknown>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    });
    const client = connect(url);
    for (let count = 0; count < 5; count++) await client.send(GET);
    expect(ports.size).toBe(1);
  });

  it('follows no redirect', async () => {
    const targets: unknown[] = [];
    const url = await serve((request, response) => {
      targets.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await connect(url).send(POST)).toEqual({ status: 307, text: '' });
    expect(targets).toEqual(['/order']);
  });

  it('opens at most 16 connections, and lets the others wait', async () => {
    const { url, requests } = await silentServer();
    const client = connect(url);
    const answers = Promise.all(Array.from({ length: 40 }, () => client.send(GET)));
    await until(() => requests.length === 16);
    expect(client.status().underWay).toBe(40);
    let answered = 0;
    while (answered < 40) {
      await until(() => requests.length > answered);
      requests[answered]?.[1].end(String(answered));
      answered += 1;
      expect(sockets.size).toBe(16);
    }
    expect(await answers).toHaveLength(40);
  });
});

describe('a request that certainly never left', () => {
  const nobody = async (): Promise<string> => {
    const server = createServer();
    const url = await listen(server);
    server.close();
    await once(server, 'close');
    return url;
  };
  const plainBehindTls = async (): Promise<string> => {
    const url = await listen(createTcpServer((socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    return url.replace('http:', 'https:');
  };
  const cutsTls = async (): Promise<string> => {
    const url = await listen(createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
    return url.replace('http:', 'https:');
  };
  const seen: unknown[] = [];
  const selfSigned = (): Promise<string> =>
    listen(
      createTlsServer(SELF_SIGNED, (request) => void seen.push(request.url)),
      'https',
    );

  it.each([
    ['nobody listens', nobody, /ECONNREFUSED/],
    ['there is no such host', async () => 'http://no-such-host.invalid', /ENOTFOUND|EAI_AGAIN/],
    ['the other end does not speak TLS', plainBehindTls, /wrong version|EPROTO/],
    ['the handshake of TLS is cut off', cutsTls, /disconnected|ECONNRESET/],
    ['the certificate proves nothing', selfSigned, /self-signed certificate/],
  ])('says so: %s', async (_, urlOf, reason) => {
    const client = connect(await urlOf());
    const failure = await failureOf(client.send(POST));
    expect(failure.wasSent).toBe('NO');
    expect(failure.message).toMatch(reason);
    expect(client.status().lastFailure).toBe(failure.message);
    await until(() => sockets.size === 0);
    expect(seen).toEqual([]);
  });

  it('says so when the handshake does not end in time', async () => {
    let isGreeted = false;
    const url = await listen(
      createTcpServer((socket) =>
        socket.once('data', () => {
          isGreeted = true;
        }),
      ),
    );
    const failure = failureOf(connect(url.replace('http:', 'https:'), { timeoutMs: 3_000 }).send(POST));
    await until(() => isGreeted);
    clock.advance(3_000);
    expect(await failure).toMatchObject({ wasSent: 'NO', message: 'received no whole answer within 3000 ms' });
  });

  it('says so when it was given up before', async () => {
    const { url, requests } = await silentServer();
    const signal = AbortSignal.abort(new Error('not any more'));
    const failure = await failureOf(connect(url).send({ ...POST, signal }));
    expect(failure).toMatchObject({ wasSent: 'NO', message: 'not any more' });
    expect(requests).toEqual([]);
  });

  it('says so when it waited for a connection until its time was over', async () => {
    const { url, requests } = await silentServer();
    const client = connect(url, { timeoutMs: 1_000 });
    const failures = Array.from({ length: 17 }, () => failureOf(client.send(GET)));
    await until(() => requests.length === 16);
    clock.advance(1_000);
    const sent = (await Promise.all(failures)).map(({ wasSent }) => wasSent);
    expect(sent).toEqual([...Array.from({ length: 16 }, () => 'PERHAPS'), 'NO']);
  });

  it('says so at once when it is given up while it waits for a connection', async () => {
    const { url, requests } = await silentServer();
    const client = connect(url);
    const others = Array.from({ length: 16 }, () => failureOf(client.send(GET)));
    await until(() => requests.length === 16);
    const controller = new AbortController();
    const failure = failureOf(client.send({ ...POST, signal: controller.signal }));
    controller.abort(new Error('not any more'));
    expect(await failure).toMatchObject({ wasSent: 'NO', message: 'not any more' });
    requests[0]?.[1].end('{}');
    await client.close();
    await Promise.all(others.slice(1));
    expect(requests.map(([{ url: target }]) => target)).not.toContain('/order');
  });

  it.each([
    ['a header', { ...POST, headers: { 'x-secret': 'hush\nhush' } }],
    ['a path', { ...POST, target: '/order\r\nx-secret: hush' }],
  ])('says so of %s that cannot be written, without the value', async (_, request) => {
    const { url, requests } = await silentServer();
    const failure = await failureOf(connect(url).send(request));
    expect(failure.wasSent).toBe('NO');
    expect(failure.message).not.toContain('hush');
    expect(requests).toEqual([]);
  });
});

describe('a request that may have arrived', () => {
  it.each([
    ['is cut off before an answer', (socket: Socket) => socket.resetAndDestroy()],
    ['is ended before an answer', (socket: Socket) => socket.end()],
    ['is answered with something else', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    ['is answered in part', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":')],
    ['is answered with half a head', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-le')],
    [
      'is answered with too many headers',
      (socket: Socket) => socket.end(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(99_999)}`),
    ],
  ])('says so when it %s', async (_, end) => {
    const url = await listen(createTcpServer((socket) => socket.once('data', () => end(socket))));
    const client = connect(url);
    const failure = await failureOf(client.send(POST));
    expect(failure.wasSent).toBe('PERHAPS');
    expect(failure.message).toMatch(/\w/);
    expect(`${failure.message}${failure.stack}`).not.toContain('hush');
    expect(client.status()).toMatchObject({ underWay: 0, lastFailure: failure.message, lastMessageAt: null });
  });

  it('says so when no answer comes in time, and ends the connection', async () => {
    const { url, requests } = await silentServer();
    const failure = failureOf(connect(url, { timeoutMs: 2_000 }).send(POST));
    await until(() => requests.length === 1);
    clock.advance(1_999);
    expect(requests[0]?.[0].socket.destroyed).toBe(false);
    clock.advance(1);
    expect(await failure).toMatchObject({ wasSent: 'PERHAPS', message: 'received no whole answer within 2000 ms' });
    await until(() => sockets.size === 0);
  });

  it('says so when the answer begins but does not end in time', async () => {
    const { url, requests } = await silentServer();
    const client = connect(url, { timeoutMs: 2_000 });
    const failure = failureOf(client.send(POST));
    await until(() => requests.length === 1);
    requests[0]?.[1].writeHead(200).write('{"half":');
    const second = client.send(GET);
    await until(() => requests.length === 2);
    requests[1]?.[1].end('{}');
    // The first answer's beginning has had its time to arrive, too.
    await second;
    clock.advance(2_000);
    expect(await failure).toMatchObject({ wasSent: 'PERHAPS', message: 'received no whole answer within 2000 ms' });
  });

  it('says so when it is given up', async () => {
    const { url, requests } = await silentServer();
    const controller = new AbortController();
    const failure = failureOf(connect(url).send({ ...POST, signal: controller.signal }));
    await until(() => requests.length === 1);
    controller.abort(new Error('not any more'));
    expect(await failure).toMatchObject({ wasSent: 'PERHAPS', message: 'not any more' });
  });

  it('says so when its answer is larger than what is read, and reads no further', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(5_000_000)));
    const failure = await failureOf(connect(url, { maxBytes: 1_000 }).send(GET));
    expect(failure).toMatchObject({ wasSent: 'PERHAPS', message: 'received an answer of more than 1000 bytes' });
    await until(() => sockets.size === 0);
  });

  it('takes an answer of exactly the bytes that are read', async () => {
    const url = await serve((_request, response) => response.end('x'.repeat(1_000)));
    const { text } = await connect(url, { maxBytes: 1_000 }).send(GET);
    expect(text).toHaveLength(1_000);
  });

  it('says so when a connection that stood already is cut off', async () => {
    let count = 0;
    const url = await serve((request, response) => {
      count += 1;
      if (count === 1) response.end('{}');
      else request.socket.resetAndDestroy();
    });
    const client = connect(url);
    await client.send(GET);
    expect((await failureOf(client.send(POST))).wasSent).toBe('PERHAPS');
    expect(count).toBe(2);
  });
});

describe('close', () => {
  it('ends what is under way and all connections, and sends nothing more', async () => {
    const { url, requests } = await silentServer();
    const client = connect(url);
    const failures = Array.from({ length: 20 }, () => failureOf(client.send(POST)));
    await until(() => requests.length === 16);
    await client.close();
    const sent = (await Promise.all(failures)).map(({ wasSent }) => wasSent);
    expect(sent.filter((each) => each === 'PERHAPS')).toHaveLength(16);
    expect(await failureOf(client.send(POST))).toMatchObject({ wasSent: 'NO', message: 'the client was closed' });
    await until(() => sockets.size === 0);
    expect(requests).toHaveLength(16);
  });

  it('ends idle connections', async () => {
    const url = await serve((_request, response) => response.end('{}'));
    const client = connect(url);
    await client.send(GET);
    expect(sockets.size).toBe(1);
    await client.close();
    await until(() => sockets.size === 0);
  });
});

describe('the status', () => {
  it('tells of the last request without its headers, and of the last answer, in 1,000 characters each', async () => {
    const { url, requests } = await silentServer();
    const client = connect(url);
    expect(client.status()).toEqual({
      lastMessageAt: null,
      latencyMs: null,
      underWay: 0,
      lastSentText: null,
      lastReceivedText: null,
      lastFailure: null,
    });
    const answer = client.send({ ...POST, body: `{"sz":"1"${' '.repeat(2_000)}}` });
    expect(client.status().underWay).toBe(1);
    await until(() => requests.length === 1);
    clock.advance(250);
    requests[0]?.[1].end(`{"code":"0"${' '.repeat(2_000)}}`);
    await answer;
    const { lastSentText, lastReceivedText, ...status } = client.status();
    expect(lastSentText).toBe(`POST /order {"sz":"1"${' '.repeat(2_000)}`.slice(0, 1_000));
    expect(lastReceivedText).toBe(`{"code":"0"${' '.repeat(2_000)}`.slice(0, 1_000));
    expect(status).toEqual({ lastMessageAt: clock.now(), latencyMs: 250, underWay: 0, lastFailure: null });
  });

  it('forgets a failure with the next answer', async () => {
    let count = 0;
    const url = await serve((request, response) => {
      count += 1;
      if (count === 1) request.socket.resetAndDestroy();
      else response.end('{}');
    });
    const client = connect(url);
    await failureOf(client.send(GET));
    expect(client.status().lastFailure).toMatch(/\w/);
    await client.send(GET);
    expect(client.status().lastFailure).toBeNull();
  });
});

describe('a URL', () => {
  it.each(['', 'ftp://127.0.0.1', 'http://', 'http://ann:hush@127.0.0.1', 'http://127.0.0.1/?key=hush', 'http://a/#b'])(
    'that is none of a REST API is refused without being quoted: %j',
    (url) => {
      expect(() => createRestClient({ url, clock })).toThrow(TypeError);
      expect(() => createRestClient({ url, clock })).not.toThrow(/hush/);
    },
  );
});
