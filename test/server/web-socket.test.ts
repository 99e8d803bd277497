import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { connectSocket, type GraphQLSocket, openSocket } from '../support/graphql-socket.ts';
import { ask, connectRaw } from '../support/http-client.ts';
import { type Behaviour, refusalOf, type ServedDesk, serveDesk } from './served-desk.ts';

const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': 'graphql-transport-ws',
};

/** Of the frame that closes with this code. */
function closeFrame(code: number): RegExp {
  const [high, low] = Buffer.from([code >> 8, code & 0xff]).toString('latin1');
  return new RegExp(`\\x88.${high}${low}`, 's');
}

function handshake(headers: Readonly<Record<string, string>> = {}, path = '/graphql'): string {
  const lines = Object.entries({ host: 'localhost', ...HANDSHAKE, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

const subscribe = (id: string, query = 'subscription { lines { text } }') => ({
  type: 'subscribe',
  id,
  payload: { query },
});

describe('the protocol', () => {
  const behaviour: Behaviour = {};
  const sockets: GraphQLSocket[] = [];
  let desk: ServedDesk;

  beforeAll(async () => {
    desk = await serveDesk(behaviour, {
      viewerOf: async (authorization) => {
        if (authorization === 'slow') return new Promise(() => {});
        return LOCAL_VIEWER;
      },
    });
  });

  afterEach(async () => {
    for (const { webSocket } of sockets.splice(0)) webSocket.terminate();
    await desk.feeds.lines.untilReaders(0);
    delete behaviour.wait;
  });

  afterAll(() => desk.close());

  const open = async (options = {}): Promise<GraphQLSocket> => {
    const socket = await openSocket(desk.port, options);
    sockets.push(socket);
    return socket;
  };
  const connect = async (): Promise<GraphQLSocket> => {
    const socket = await connectSocket(desk.port);
    sockets.push(socket);
    return socket;
  };

  it.each([
    ['another one', { 'sec-websocket-protocol': 'foo' }],
    ['the one that came before it', { 'sec-websocket-protocol': 'graphql-ws' }],
  ])('is not spoken with a client that offers %s', async (_what, headers) => {
    const connection = connectRaw(desk.port);
    connection.write(handshake(headers));
    const text = await connection.received(closeFrame(4406));
    expect(text).toMatch(/^HTTP\/1\.1 101 /);
    expect(text).not.toMatch(/sec-websocket-protocol/i);
    connection.destroy();
  });

  it('is chosen among several', async () => {
    const { webSocket } = await open({ protocols: ['graphql-ws', 'graphql-transport-ws'] });
    expect(webSocket.protocol).toBe('graphql-transport-ws');
  });

  it.each<[string, number, string, readonly (object | string | Buffer)[]]>([
    ['an operation before anything else', 4401, 'Unauthorized', [subscribe('1')]],
    [
      'an operation before the answer to connection_init',
      4401,
      'Unauthorized',
      [{ type: 'connection_init', payload: { authorization: 'slow' } }, subscribe('1')],
    ],
    [
      'a second connection_init',
      4429,
      'Too many initialisation requests',
      [{ type: 'connection_init' }, { type: 'connection_init' }],
    ],
    [
      'a second connection_init while the first is being looked at',
      4429,
      'Too many initialisation requests',
      [{ type: 'connection_init', payload: { authorization: 'slow' } }, { type: 'connection_init' }],
    ],
    [
      'a connection_init whose payload is text',
      4400,
      'Invalid message received',
      [{ type: 'connection_init', payload: 'x' }],
    ],
  ])('closes over %s', async (_what, code, reason, messages) => {
    const socket = await open();
    for (const message of messages) socket.send(message);
    expect(await socket.closed).toEqual({ code, reason });
  });

  it.each<[string, number, string, object | string | Buffer]>([
    ['what is not JSON', 4400, 'Invalid message received', 'subscribe please'],
    ['binary', 4400, 'Invalid message received', Buffer.from(JSON.stringify({ type: 'ping' }))],
    ['two values at once', 4400, 'Invalid message received', '{"type":"ping"}{"type":"ping"}'],
    ['100,000 brackets', 4400, 'Invalid message received', '['.repeat(100_000)],
    ['100,000 pairs of brackets', 4400, 'Invalid message received', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['null', 4400, 'Invalid message received', 'null'],
    ['an unknown type', 4400, 'Invalid message received', { type: 'start', id: '1' }],
    ['an id that is empty', 4400, 'Invalid message received', subscribe('')],
    ['an id that is a number', 4400, 'Invalid message received', { ...subscribe('1'), id: 1 }],
    ['no payload', 4400, 'Invalid message received', { type: 'subscribe', id: '1' }],
    [
      'a query that is no text',
      4400,
      'Invalid message received',
      { type: 'subscribe', id: '1', payload: { query: 1 } },
    ],
    [
      'variables that are a list',
      4400,
      'Invalid message received',
      { type: 'subscribe', id: '1', payload: { query: '{ hello }', variables: [] } },
    ],
    ['a message that only a server sends', 4400, 'Invalid message received', { type: 'next', id: '1', payload: {} }],
    ['an acknowledgement', 4400, 'Invalid message received', { type: 'connection_ack' }],
    ['an id that is in use', 4409, 'Subscriber already exists', subscribe('in use')],
    [
      'an id that is in use by another kind of operation',
      4409,
      'Subscriber already exists',
      subscribe('in use', '{ hello }'),
    ],
    ['more than it takes at once', 1009, '', 'x'.repeat(256 * 1024 + 1)],
  ])('closes over %s, and lets every source go', async (_what, code, reason, message) => {
    const socket = await connect();
    socket.subscribe('in use', 'subscription { lines { text } }');
    await desk.feeds.lines.untilReaders(1);
    socket.send(message);
    expect(await socket.closed).toEqual({ code, reason });
    await desk.feeds.lines.untilReaders(0);
  });

  it('closes over an id that is in use, however long it is', async () => {
    const socket = await connect();
    const id = 'id'.repeat(1_000);
    socket.subscribe(id, 'subscription { lines { text } }');
    socket.subscribe(id, 'subscription { lines { text } }');
    expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber already exists' });
  });

  it('closes over an id whose operation is still being prepared', async () => {
    const started = Promise.withResolvers<string>();
    behaviour.wait = () => started.promise;
    const socket = await connect();
    socket.send(subscribe('1'));
    socket.send(subscribe('1'));
    expect(await socket.closed).toMatchObject({ code: 4409 });
    started.resolve('');
  });

  it('does nothing more for a client after that', async () => {
    let isReached = false;
    behaviour.wait = async () => {
      isReached = true;
      return '';
    };
    const socket = await connect();
    socket.send('nonsense');
    socket.subscribe('1', '{ wait }');
    await socket.closed;
    expect(isReached).toBe(false);
  });

  it('answers a ping with its payload, also before connection_init', async () => {
    const socket = await open();
    socket.send({ type: 'ping' });
    socket.send({ type: 'ping', payload: { at: 1 } });
    expect(await socket.take(2)).toEqual([{ type: 'pong' }, { type: 'pong', payload: { at: 1 } }]);
  });

  it('ignores a pong and the end of what never began', async () => {
    const socket = await connect();
    socket.send({ type: 'pong', payload: { at: 1 } });
    socket.complete('never');
    expect(await socket.rest()).toEqual([]);
  });
});

describe('connection_init', () => {
  const close: (() => Promise<void>)[] = [];
  const serve = async (options: Parameters<typeof serveDesk>[1]): Promise<ServedDesk> => {
    const desk = await serveDesk({}, options);
    close.push(desk.close);
    return desk;
  };

  afterEach(() => Promise.all(close.splice(0).map((each) => each())));

  it('is waited for so long', async () => {
    const desk = await serve({ transport: { initTimeoutMs: 10 } });
    const socket = await openSocket(desk.port);
    expect(await socket.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  it.each<[string, unknown, { code: number; reason: string }]>([
    [
      'whom it does not know',
      new CodedError('UNAUTHENTICATED', 'no such token: secret'),
      { code: 4401, reason: 'Unauthorized' },
    ],
    ['whom it does not want', new CodedError('FORBIDDEN', 'not you'), { code: 4401, reason: 'Unauthorized' }],
    [
      'when it cannot know',
      new CodedError('UPSTREAM_UNAVAILABLE', 'the directory is down'),
      { code: 1013, reason: 'Try again later' },
    ],
    ['when it is at fault itself', new Error('secret'), { code: 1013, reason: 'Try again later' }],
  ])('does not let in a client %s', async (_what, thrown, closing) => {
    const desk = await serve({ viewerOf: () => Promise.reject(thrown) });
    const socket = await openSocket(desk.port);
    socket.send({ type: 'connection_init' });
    expect(await socket.closed).toEqual(closing);
  });

  it('says who asks, or the header of the handshake does', async () => {
    const viewerOf = async (authorization: string | undefined) => ({ ...LOCAL_VIEWER, subject: String(authorization) });
    const desk = await serve({ viewerOf });
    const subjectOf = async (headers: Record<string, string>, payload?: object): Promise<unknown> => {
      const socket = await openSocket(desk.port, { headers });
      socket.send({ type: 'connection_init', payload });
      await socket.next();
      socket.subscribe('1', '{ caller }');
      const { payload: result } = await socket.next('1');
      return result;
    };
    const caller = (subject: string) => ({ data: { caller: expect.stringContaining(subject) } });
    expect(await subjectOf({})).toEqual(caller('undefined '));
    expect(await subjectOf({ authorization: 'Bearer header' })).toEqual(caller('Bearer header '));
    expect(await subjectOf({ authorization: 'Bearer header' }, { authorization: 'Bearer init' })).toEqual(
      caller('Bearer init '),
    );
  });
});

describe('the handshake', () => {
  let desk: ServedDesk;

  beforeAll(async () => {
    desk = await serveDesk();
  });

  afterAll(() => desk.close());

  it.each<[string, number, string, Record<string, string>, string]>([
    ['a page of another origin', 403, 'FORBIDDEN', { origin: 'https://evil.example' }, '/graphql'],
    ['a page without an origin', 403, 'FORBIDDEN', { origin: 'null' }, '/graphql'],
    ['a name that is not ours', 403, 'FORBIDDEN', { host: 'evil.example' }, '/graphql'],
    ['another path', 404, 'NOT_FOUND', {}, '/'],
    ['another path that begins the same', 404, 'NOT_FOUND', {}, '/graphql/ws'],
  ])('is refused to %s', async (_what, status, code, headers, path) => {
    const answer = await ask({ url: `${desk.url}${path}`, headers: { ...HANDSHAKE, ...headers } });
    expect([answer.status, refusalOf(answer).code]).toEqual([status, code]);
    expect(answer.headers['x-request-id']).toBe(refusalOf(answer).requestId);
  });

  it.each([
    ['no version', { 'sec-websocket-version': '1' }],
    ['no key', { 'sec-websocket-key': 'x' }],
  ])('is refused with %s that is known', async (_what, headers) => {
    const answer = await ask({ url: `${desk.url}/graphql`, headers: { ...HANDSHAKE, ...headers } });
    expect(answer.status).toBe(400);
  });

  it('is open to a page of a listed origin, and of our own', async () => {
    for (const origin of ['https://desk.example', `http://127.0.0.1:${desk.port}`]) {
      const socket = await connectSocket(desk.port, { headers: { origin } });
      socket.webSocket.terminate();
    }
  });

  it('ignores a query string', async () => {
    const connection = connectRaw(desk.port);
    connection.write(handshake({}, '/graphql?token=x'));
    await connection.received(/^HTTP\/1\.1 101 /);
    connection.destroy();
  });

  it('of another protocol is no handshake: the request is answered', async () => {
    const { status, text } = await desk.post(
      { query: '{ hello }' },
      { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA' },
    );
    expect([status, text]).toEqual([200, '{"data":{"hello":"hello desk"}}']);
  });

  it('is refused by a server that is stopping', async () => {
    const reached = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<string>();
    const stopping = await serveDesk({
      wait: () => {
        reached.resolve();
        return answer.promise;
      },
    });
    const connection = connectRaw(stopping.port);
    const body = JSON.stringify({ query: '{ wait }' });
    connection.write(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await reached.promise;
    const closed = stopping.close();
    connection.write(handshake());
    expect(await connection.closed()).toMatch(/HTTP\/1\.1 503 .*SHUTTING_DOWN/s);
    answer.resolve('');
    await closed;
  });
});

describe('a socket', () => {
  it('is closed for good when its client answers no ping, and stays with one that does', async () => {
    const desk = await serveDesk({}, { transport: { keepAliveMs: 20, pongTimeoutMs: 300 } });
    const dead = await connectSocket(desk.port, { autoPong: false });
    const alive = await connectSocket(desk.port);
    expect(await dead.closed).toMatchObject({ code: 1006 });
    expect(await alive.rest()).toEqual([]);
    await desk.close();
  });

  it('is closed for its client to come again when the server stops, and nothing is completed', async () => {
    const desk = await serveDesk();
    const socket = await connectSocket(desk.port);
    const heard: unknown[] = [];
    socket.webSocket.on('message', (data) => heard.push(String(data)));
    for (const [id, field] of ['lines', 'quotes'].entries())
      socket.subscribe(String(id), `subscription { ${field} { text } }`);
    await desk.feeds.lines.untilReaders(1);
    await desk.feeds.quotes.untilAwaited();
    const closed = desk.close();
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    expect(await socket.closed).toEqual({ code: 1012, reason: 'Service restart' });
    await closed;
    expect([heard, desk.feeds.lines.readers, desk.feeds.quotes.readers]).toEqual([[], 0, 0]);
  });

  it('does not keep a server from stopping when its client does not answer', async () => {
    const desk = await serveDesk();
    const connection = connectRaw(desk.port);
    connection.write(handshake());
    await connection.received(/^HTTP\/1\.1 101 /);
    await desk.close();
    expect(await connection.closed()).toMatch(closeFrame(1012));
  });
});
