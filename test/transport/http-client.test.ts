import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/transport/http-client.ts';
import { HttpFailure } from '../../src/transport/http-failure.ts';
import { type Answering, end, type HttpServer, listen, replying, startHttpServer } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';
import { SELF_SIGNED } from '../support/scripted-venue-certificate.ts';

const NEVER = new AbortController().signal;

let clock: ManualClock;
let clients: HttpClient[];
let servers: HttpServer[];

beforeEach(() => {
  clock = new ManualClock();
  clients = [];
  servers = [];
});

afterEach(async () => {
  for (const client of clients) {
    for (const { underWay, waiting } of client.hosts()) expect([underWay, waiting]).toEqual([0, 0]);
    await client.close();
  }
  expect(clock.pending).toBe(0);
  for (const server of servers) {
    await until(() => server.sockets.size === 0);
    await server[Symbol.asyncDispose]();
  }
});

async function serve(answer: Answering, scheme: 'http' | 'https' = 'http'): Promise<HttpServer> {
  const server = await startHttpServer(answer, scheme);
  servers.push(server);
  return server;
}

/** Random numbers of 0, so that the waits between attempts are the shortest: half a second. */
function open(options: Partial<HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({ clock, random: () => 0, ...options });
  clients.push(client);
  return client;
}

function get(client: HttpClient, url: string, signal: AbortSignal = NEVER) {
  return client.get({ url: new URL(url), signal });
}

async function failureOf(answer: Promise<unknown>): Promise<HttpFailure> {
  const error = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HttpFailure) return error;
  throw new Error('wanted an HttpFailure', { cause: error });
}

/** Lets time pass whenever something waits for it, until the promise is settled. */
async function inTime<Value>(promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    // Waits between attempts; deadlines are further away.
    if ((clock.untilNext ?? 10_000) < 5_001) clock.advance(clock.untilNext ?? 0);
  }
  return settled;
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** Leaves each request without an answer. */
function silence(): { readonly answer: Answering; readonly held: ServerResponse[] } {
  const held: ServerResponse[] = [];
  return { held, answer: (_request, response) => void held.push(response) };
}

describe('an HTTP client', () => {
  it('answers with status, type and bytes, and looks like a browser that says who it is', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(404, { 'content-type': 'text/plain; charset=gbk' }).end(Buffer.from([0xd6, 0xd0]));
    });
    const answer = await open().get({
      url: new URL(`${server.url}/a/b?x=1%2C2`),
      headers: { referer: 'http://elsewhere/' },
      signal: NEVER,
    });
    expect(answer).toMatchObject({ status: 404, contentType: 'text/plain; charset=gbk' });
    expect([...answer.bytes]).toEqual([0xd6, 0xd0]);
    const [seen] = server.seen;
    expect([seen?.path, seen?.query.get('x')]).toEqual(['/a/b', '1,2']);
    expect(seen?.headers).toMatchObject({
      'user-agent': 'Mozilla/5.0 (compatible; Deskgraph)',
      'accept-encoding': 'gzip',
      referer: 'http://elsewhere/',
    });
  });

  it('unpacks gzip', async () => {
    const { url } = await serve(replying(gzipSync('packed'), { 'content-encoding': 'gzip' }));
    expect(textOf((await get(open(), url)).bytes)).toBe('packed');
  });

  it('refuses what cannot be unpacked, and what was packed in another way', async () => {
    const broken = await serve(replying('no gzip', { 'content-encoding': 'gzip' }));
    expect(await failureOf(get(open(), broken.url))).toMatchObject({ kind: 'BROKEN' });
    const foreign = await serve(replying('?', { 'content-encoding': 'br' }));
    expect(await failureOf(get(open(), foreign.url))).toMatchObject({ kind: 'BROKEN' });
  });

  it('stops reading a body that is larger than allowed, and ends its connection', async () => {
    let written = 0;
    const server = await serve((_request, response) => {
      response.on('error', () => undefined);
      const write = (): void => {
        while (!response.destroyed && written < 500_000_000) {
          written += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return void response.once('drain', write);
        }
      };
      write();
    });
    const failure = await failureOf(get(open({ maxBytes: 1_000_000 }), server.url));
    expect(failure).toMatchObject({ kind: 'TOO_LARGE', message: 'its answer has more than 1000000 bytes' });
    await until(() => server.sockets.size === 0);
    expect(written).toBeLessThan(100_000_000);
  });

  it('unpacks no more than is allowed', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(bomb.length).toBeLessThan(100_000);
    const { url } = await serve(replying(bomb, { 'content-encoding': 'gzip' }));
    expect(await failureOf(get(open({ maxBytes: 1_000_000 }), url))).toMatchObject({ kind: 'TOO_LARGE' });
  });

  it('gives a trickle without end up when its time is over', async () => {
    const { answer, held } = silence();
    const server = await serve(answer);
    const client = open({ timeoutMs: 3000 });
    const failing = failureOf(get(client, server.url));
    await until(() => held.length === 1);
    for (let count = 0; count < 3; count += 1) {
      held[0]?.write('.');
      clock.advance(900);
    }
    clock.advance(300);
    expect(await failing).toMatchObject({ kind: 'TIMEOUT', message: 'no whole answer within 3000 ms' });
    await until(() => server.sockets.size === 0);
    expect(server.seen).toHaveLength(1);
  });

  it('gives up at once when the caller does, with its reason, and ends the connection', async () => {
    const { answer, held } = silence();
    const server = await serve(answer);
    const stop = new AbortController();
    const answered = get(open(), server.url, stop.signal);
    await until(() => held.length === 1);
    const reason = new Error('nobody waits any more');
    stop.abort(reason);
    await expect(answered).rejects.toBe(reason);
    await until(() => server.sockets.size === 0);
  });

  it('fails at once when the caller has given up before', async () => {
    const server = await serve(replying('x'));
    await expect(get(open(), server.url, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(server.seen).toHaveLength(0);
  });

  it('ends what is under way and what waits when it is closed', async () => {
    const { answer, held } = silence();
    const server = await serve(answer);
    const client = open();
    const failing = [failureOf(get(client, server.url)), failureOf(get(client, server.url))];
    await until(() => held.length === 1);
    await client.close();
    for (const failure of await Promise.all(failing)) expect(failure.kind).toBe('CLOSED');
    expect(await failureOf(get(client, server.url))).toMatchObject({ kind: 'CLOSED' });
  });
});

describe('redirects', () => {
  it('are followed within the same origin', async () => {
    const server = await serve(({ path }, response) => {
      if (path === '/there') response.end('arrived');
      else response.writeHead(302, { location: '/there' }).end('moved');
    });
    expect(textOf((await get(open(), `${server.url}/here`)).bytes)).toBe('arrived');
  });

  it('are not followed to another host', async () => {
    const other = await serve(replying('secret'));
    const server = await serve((_request, response) => response.writeHead(302, { location: other.url }).end());
    const failure = await failureOf(get(open(), server.url));
    expect(failure).toMatchObject({ kind: 'REDIRECTED', message: 'it redirects to another host' });
    expect(other.seen).toHaveLength(0);
  });

  it('end after three', async () => {
    const server = await serve((_request, response) => response.writeHead(301, { location: '/again' }).end());
    expect(await failureOf(get(open(), server.url))).toMatchObject({ kind: 'REDIRECTED' });
    expect(server.seen).toHaveLength(4);
  });
});

describe('retries', () => {
  it('follow statuses of 500 and above', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(server.seen.length < 3 ? 503 : 200).end(`${server.seen.length}`);
    });
    expect(textOf((await inTime(get(open(), server.url))).bytes)).toBe('3');
  });

  it('follow connections that break, and end after three attempts', async () => {
    const server = await serve((_request, response) => void response.destroy());
    const failure = await inTime(failureOf(get(open(), server.url)));
    expect(failure).toMatchObject({ kind: 'NETWORK', message: 'the connection failed (UND_ERR_SOCKET)' });
    expect(server.seen).toHaveLength(3);
  });

  it('follow answers that are cut short', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      if (server.seen.length === 1) response.write('half', () => response.destroy());
      else response.end('0123456789');
    });
    expect(textOf((await inTime(get(open(), server.url))).bytes)).toBe('0123456789');
  });

  it('wait longer each time, by chance and not at once', async () => {
    const times: number[] = [];
    const server = await serve((_request, response) => {
      times.push(clock.now());
      response.writeHead(500).end();
    });
    await inTime(failureOf(get(open({ random: () => 0.999 }), server.url)));
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(waits).toEqual([1000, 1999]);
  });

  it('wait as the host asks, if that is not long', async () => {
    const times: number[] = [];
    const server = await serve((_request, response) => {
      times.push(clock.now());
      response.writeHead(server.seen.length === 1 ? 503 : 200, { 'retry-after': '3' }).end();
    });
    await inTime(get(open(), server.url));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(3000);
  });

  it('end when the caller gives up between two', async () => {
    const server = await serve((_request, response) => void response.writeHead(500).end());
    const stop = new AbortController();
    const answered = get(open(), server.url, stop.signal);
    await until(() => clock.untilNext === 500);
    stop.abort(new Error('enough'));
    await expect(answered).rejects.toThrow('enough');
    expect(server.seen).toHaveLength(1);
  });

  it.each([400, 404, 422])('do not follow status %i, which is an answer', async (status) => {
    const server = await serve((_request, response) => void response.writeHead(status).end('{"error":1}'));
    expect(await get(open(), server.url)).toMatchObject({ status });
    expect(server.seen).toHaveLength(1);
  });
});

describe('a host', () => {
  it.each([403, 418, 429, 451, 456])('that refuses with %i is left alone for ten minutes', async (status) => {
    const server = await serve((_request, response) => {
      response.writeHead(server.seen.length === 1 ? status : 200).end('x');
    });
    const client = open();
    expect(await failureOf(get(client, server.url))).toMatchObject({
      kind: 'BLOCKED',
      message: `it refuses to answer (status ${status})`,
      retryAt: clock.now() + 600_000,
    });
    clock.advance(599_999);
    expect(await failureOf(get(client, server.url))).toMatchObject({ kind: 'RESTING' });
    expect(server.seen).toHaveLength(1);
    clock.advance(1);
    expect(await get(client, server.url)).toMatchObject({ status: 200 });
  });

  it('is left alone for as long as it asks', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(server.seen.length === 1 ? 429 : 200, { 'retry-after': '90' }).end();
    });
    const client = open();
    const failure = await failureOf(get(client, server.url));
    expect(failure.retryAt).toBe(clock.now() + 90_000);
    clock.advance(89_999);
    expect((await failureOf(get(client, server.url))).message).toBe('it is left alone until 2026-11-20T04:01:30.000Z');
    clock.advance(1);
    await get(client, server.url);
    expect(server.seen).toHaveLength(2);
  });

  it('that refused while the clock was a year ahead is asked once it is right', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(server.seen.length === 1 ? 429 : 200).end();
    });
    const client = open();
    const rightTime = clock.now();
    clock.set(rightTime + 365 * 24 * 3_600_000);
    expect(await failureOf(get(client, server.url))).toMatchObject({ kind: 'BLOCKED' });
    clock.set(rightTime);
    expect(client.hosts()).toMatchObject([{ restsUntil: null }]);
    expect(await get(client, server.url)).toMatchObject({ status: 200 });
  });

  it('that is overloaded and asks for long patience is asked no second time', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(503, { 'retry-after': 'Fri, 20 Nov 2026 04:30:00 GMT' }).end();
    });
    const client = open();
    expect(await failureOf(get(client, server.url))).toMatchObject({ kind: 'STATUS' });
    expect(client.hosts()).toMatchObject([{ restsUntil: Date.UTC(2026, 10, 20, 4, 30) }]);
    expect(server.seen).toHaveLength(1);
  });

  it('that fails five times in a row is left alone for 30 s, then longer each time, until it answers', async () => {
    let isUp = false;
    const server = await serve((_request, response) => void response.writeHead(isUp ? 200 : 500).end());
    const client = open();
    await inTime(failureOf(get(client, server.url)));
    expect(await inTime(failureOf(get(client, server.url)))).toMatchObject({ kind: 'STATUS' });
    expect(server.seen).toHaveLength(5);
    for (const rest of [30_000, 60_000, 120_000]) {
      clock.advance(rest - 1);
      expect(await failureOf(get(client, server.url))).toMatchObject({ kind: 'RESTING' });
      clock.advance(1);
      await failureOf(get(client, server.url));
    }
    expect(server.seen).toHaveLength(8);
    clock.advance(240_000);
    isUp = true;
    await get(client, server.url);
    expect(client.hosts()).toMatchObject([{ failures: 0, restsUntil: null }]);
  });

  it('whose answers prove to be none is left alone as well', async () => {
    const server = await serve(replying('busy'));
    const client = open();
    for (let count = 0; count < 5; count += 1) {
      await get(client, server.url);
      client.discredit(new URL(server.url));
    }
    expect(await failureOf(get(client, server.url))).toMatchObject({ kind: 'RESTING' });
    expect(server.seen).toHaveLength(5);
    clock.advance(30_000);
    await get(client, server.url);
    expect(client.hosts()).toMatchObject([{ failures: 0 }]);
  });

  it('that is left alone leaves other hosts as they are', async () => {
    const refusing = await serve((_request, response) => void response.writeHead(429).end());
    const other = await serve(replying('x'));
    const client = open();
    await failureOf(get(client, refusing.url));
    expect(await get(client, other.url)).toMatchObject({ status: 200 });
  });

  it.each([1, 2])('is asked %i at a time, in the order in which they came', async (mostUnderWay) => {
    const held: [string, ServerResponse][] = [];
    const server = await serve(({ path }, response) => void held.push([path, response]));
    const client = open({ mostUnderWay });
    const paths = ['/1', '/2', '/3', '/4'];
    const answers = paths.map((path) => get(client, `${server.url}${path}`));
    for (const [index] of paths.entries()) {
      await until(() => held.length >= Math.min(paths.length, index + mostUnderWay));
      expect(client.hosts()[0]?.underWay).toBe(Math.min(mostUnderWay, paths.length - index));
      held[index]?.[1].end();
      await answers[index];
    }
    expect(held.map(([path]) => path)).toEqual(paths);
    expect(server.sockets.size).toBeLessThanOrEqual(mostUnderWay);
  });

  it('takes the turn of one that gave up while it waited', async () => {
    const { answer, held } = silence();
    const server = await serve(answer);
    const client = open();
    const first = get(client, server.url);
    await until(() => held.length === 1);
    const stop = new AbortController();
    const second = expect(get(client, server.url, stop.signal)).rejects.toThrow('gone');
    const third = get(client, server.url);
    stop.abort(new Error('gone'));
    held[0]?.end();
    await first;
    await second;
    await until(() => held.length === 2);
    held[1]?.end();
    await third;
    expect(server.seen).toHaveLength(2);
  });

  it('refuses those who wait as soon as it is left alone', async () => {
    const { answer, held } = silence();
    const server = await serve(answer);
    const client = open();
    const first = failureOf(get(client, server.url));
    const second = failureOf(get(client, server.url));
    await until(() => held.length === 1);
    held[0]?.writeHead(429).end();
    expect((await first).kind).toBe('BLOCKED');
    expect((await second).kind).toBe('RESTING');
    expect(server.seen).toHaveLength(1);
  });

  it('tells how long its last answer took', async () => {
    const { answer, held } = silence();
    const server = await serve(answer);
    const client = open();
    const answered = get(client, server.url);
    await until(() => held.length === 1);
    clock.advance(120);
    held[0]?.end();
    await answered;
    expect(client.hosts()).toMatchObject([{ host: new URL(server.url).host, latencyMs: 120 }]);
  });
});

describe('a connection', () => {
  it('that is not to be had in time is given up', async () => {
    const target = '127.0.0.1:1';
    let isDestroyed = false;
    const client = open({
      timeoutMs: 2000,
      open: (_target, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            isDestroyed = true;
            reject(signal.reason);
          });
        }),
    });
    const failing = failureOf(get(client, `http://${target}/`));
    await until(() => clock.pending === 2);
    clock.advance(2000);
    expect((await failing).kind).toBe('TIMEOUT');
    expect(isDestroyed).toBe(true);
  });

  it('that is refused is a failure of the network', async () => {
    const server = await serve(replying(''));
    await server[Symbol.asyncDispose]();
    servers.pop();
    const failure = await inTime(failureOf(get(open(), server.url)));
    expect(failure).toMatchObject({ kind: 'NETWORK', message: 'the connection failed (ECONNREFUSED)' });
  });

  it('is encrypted and believed only with a certificate that is trusted', async () => {
    const server = await serve(replying('encrypted'), 'https');
    expect(await inTime(failureOf(get(open(), server.url)))).toMatchObject({ kind: 'NETWORK' });
    expect(server.seen).toHaveLength(0);
    expect(textOf((await get(open({ ca: SELF_SIGNED.cert }), server.url)).bytes)).toBe('encrypted');
    const byName = server.url.replace('127.0.0.1', 'localhost');
    expect(textOf((await get(open({ ca: SELF_SIGNED.cert }), byName)).bytes)).toBe('encrypted');
  });

  it('that speaks no HTTP is a failure of the network', async () => {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => void socket.end('220 mail.example ready\r\n'));
    const port = await listen(server, sockets);
    const failure = await inTime(failureOf(get(open(), `http://127.0.0.1:${port}/`)));
    expect(failure.kind).toBe('NETWORK');
    await end(server, sockets);
  });

  it('that breaks the rules of HTTP is told without anything of what it carried', async () => {
    const sockets = new Set<Socket>();
    const answer = `HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n${'some of its body '.repeat(1000)}`;
    const server = createTcpServer((socket) => void socket.end(answer));
    const port = await listen(server, sockets);
    const failure = await inTime(failureOf(get(open(), `http://127.0.0.1:${port}/`)));
    expect(failure).toMatchObject({ kind: 'NETWORK', message: 'the connection failed' });
    expect(inspect(failure)).toContain('Invalid character in Content-Length');
    expect(inspect(failure)).not.toContain('some of its body');
    await end(server, sockets);
  });

  it('that the host ended while it was idle costs nobody an answer', async () => {
    const server = await serve(replying('x'));
    const client = open();
    await get(client, server.url);
    const [socket] = server.sockets;
    const closed = socket === undefined ? undefined : once(socket, 'close');
    socket?.destroy();
    await closed;
    expect(await inTime(get(client, server.url))).toMatchObject({ status: 200 });
  });
});
