import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { request, Socks5ProxyAgent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openThroughProxy } from '../../src/transport/http-proxy.ts';
import { type OpenStream, openDirectly, type StreamTarget } from '../../src/transport/http-stream.ts';
import { listenSocks5, type Socks5Server, type Socks5ServerOptions } from '../../src/transport/socks5-server.ts';
import { end, listen, replying, startHttpServer } from '../support/http-server.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';

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

async function start(options: Partial<Socks5ServerOptions> = {}): Promise<Socks5Server> {
  const server = await listenSocks5({ port: 0, open: openDirectly, clock, ...options });
  stack.defer(() => server.close());
  return server;
}

/** A target that says what it is told. */
async function startEcho(): Promise<{ readonly port: number; readonly sockets: ReadonlySet<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket));
  const port = await listen(server, sockets);
  stack.defer(() => end(server, sockets));
  return { port, sockets };
}

/** Says bytes, and answers all that comes back until the end. */
async function converse({ port }: Socks5Server, bytes: readonly number[]): Promise<number[]> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(Buffer.from(bytes));
  const heard = [...(await buffer(socket))];
  socket.destroy();
  return heard;
}

describe('the local SOCKS5 proxy', () => {
  it('serves the client of undici', async () => {
    const target = stack.use(await startHttpServer(replying('through')));
    const { port } = await start();
    const agent = new Socks5ProxyAgent(`socks5://127.0.0.1:${port}`);
    const { body } = await request(target.url, { dispatcher: agent });
    expect(await body.text()).toBe('through');
    await agent.close();
  });

  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['desk.example.com', 'desk.example.com'],
    ['2001:db8::1', '2001:db8:0:0:0:0:0:1'],
  ])('is asked for %s by our own client', async (hostname, wanted) => {
    const echo = await startEcho();
    const targets: StreamTarget[] = [];
    const open: OpenStream = (target, signal) => {
      targets.push(target);
      return openDirectly({ hostname: '127.0.0.1', port: echo.port }, signal);
    };
    const { port } = await start({ open });
    const stream = await openThroughProxy(`socks5://127.0.0.1:${port}`)({ hostname, port: 65_000 }, NEVER);
    stream.end('hello');
    expect(await text(stream)).toBe('hello');
    expect(targets).toEqual([{ hostname: wanted, port: 65_000 }]);
    await until(() => echo.sockets.size === 0);
  });

  it('passes large bodies on whole, each direction ended by itself', async () => {
    const echo = await startEcho();
    const { port } = await start();
    const open = openThroughProxy(`socks5://127.0.0.1:${port}`);
    const stream = await open({ hostname: '127.0.0.1', port: echo.port }, NEVER);
    const large = Buffer.alloc(3_000_000, 'abc');
    stream.end(large);
    expect(Buffer.compare(await buffer(stream), large)).toBe(0);
    await until(() => echo.sockets.size === 0);
  });

  const GREETING = [5, 1, 0];
  const ZEROS = [1, 0, 0, 0, 0, 0, 0];
  it.each([
    ['another version', [4, 1, 0, 80, 127, 0, 0, 1, 0], []],
    ['HTTP', [...Buffer.from('GET / HTTP/1.1\r\n\r\n')], []],
    ['nothing but authentication', [5, 1, 2], [5, 0xff]],
    ['no method at all', [5, 0], [5, 0xff]],
    ['BIND', [...GREETING, 5, 2, 0, ...ZEROS], [5, 0, 5, 7, 0, ...ZEROS]],
    ['UDP', [...GREETING, 5, 3, 0, ...ZEROS], [5, 0, 5, 7, 0, ...ZEROS]],
    ['an address of an unknown type', [...GREETING, 5, 1, 0, 9, 0, 0], [5, 0, 5, 8, 0, ...ZEROS]],
    ['an empty name', [...GREETING, 5, 1, 0, 3, 0, 0, 80], [5, 0, 5, 8, 0, ...ZEROS]],
    ['a request of another version', [...GREETING, 4, 1, 0, ...ZEROS], [5, 0, 5, 1, 0, ...ZEROS]],
  ])('refuses %s', async (_what, said, heard) => {
    expect(await converse(await start({ open: () => expect.fail('it was opened') }), said)).toEqual(heard);
  });

  it('tells that a target cannot be reached', async () => {
    const server = await start({ open: () => Promise.reject(new Error('refused')) });
    expect(await converse(server, [...GREETING, 5, 1, 0, ...ZEROS])).toEqual([5, 0, 5, 1, 0, ...ZEROS]);
  });

  it('gives up a client that says nothing more, and a target that is not there in time', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<void>();
    const open: OpenStream = async (_target, signal) => {
      resolve();
      await once(signal, 'abort');
      throw signal.reason;
    };
    const server = await start({ open, timeoutMs: 1000 });
    const both = [converse(server, [5]), converse(server, [...GREETING, 5, 1, 0, ...ZEROS])];
    await asked;
    await until(() => clock.pending === 2);
    clock.advance(1000);
    expect(await Promise.all(both)).toEqual([[], [5, 0, 5, 1, 0, ...ZEROS]]);
  });

  it('gives up a target that is being opened for a client that breaks off', async () => {
    const { promise: left, resolve } = Promise.withResolvers<unknown>();
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const open: OpenStream = async (_target, signal) => {
      ask();
      await once(signal, 'abort');
      resolve(signal.reason);
      throw signal.reason;
    };
    const { port } = await start({ open });
    const client = connect(port, '127.0.0.1');
    client.write(Buffer.from([...GREETING, 5, 1, 0, ...ZEROS]));
    await asked;
    client.resetAndDestroy();
    expect(`${await left}`).toContain('the client left');
  });

  it('leaves no target behind for a client that breaks off', async () => {
    const echo = await startEcho();
    const { port } = await start();
    const open = openThroughProxy(`socks5://127.0.0.1:${port}`);
    const stream = await open({ hostname: '127.0.0.1', port: echo.port }, NEVER);
    await until(() => echo.sockets.size === 1);
    (stream as Socket).resetAndDestroy();
    await until(() => echo.sockets.size === 0);
  });

  it('turns away more clients than it has room for', async () => {
    const server = await start({ mostClients: 1 });
    const first = connect(server.port, '127.0.0.1');
    stack.defer(() => void first.destroy());
    await once(first, 'connect');
    const second = connect(server.port, '127.0.0.1').on('error', () => undefined);
    await once(second, 'close');
    expect(first.destroyed).toBe(false);
  });

  it('cuts every client off when it is closed', async () => {
    const echo = await startEcho();
    const server = await start();
    const open = openThroughProxy(`socks5://127.0.0.1:${server.port}`);
    const stream = await open({ hostname: '127.0.0.1', port: echo.port }, NEVER);
    const waiting = connect(server.port, '127.0.0.1').on('error', () => undefined);
    await once(waiting, 'connect');
    const closed = [once(stream, 'close'), once(waiting, 'close')];
    stream.resume();
    await server.close();
    await Promise.all(closed);
    await until(() => echo.sockets.size === 0);
  });

  it('is not to be had on a port that is taken', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
