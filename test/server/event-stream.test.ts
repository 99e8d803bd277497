import { once } from 'node:events';
import { Agent } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { CSRF_HEADER } from '../../src/server/request-checks.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { ask, connectRaw } from '../support/http-client.ts';
import { openEvents } from './event-reader.ts';
import { type Behaviour, refusalOf, type ServedDesk, serveDesk } from './served-desk.ts';

const LINES = 'subscription { lines { text resumedAfter } }';
const QUOTES = 'subscription { quotes { symbol seq } }';
const COMPLETE = { type: 'complete', data: '' };

const behaviour: Behaviour = {};
let desk: ServedDesk;

beforeEach(async () => {
  desk = await serveDesk(behaviour);
});

afterEach(async () => {
  delete behaviour.wait;
  delete behaviour.thrown;
  await desk.close();
});

const nextOf = (data: unknown, id?: string) => ({
  type: 'next',
  ...(id !== undefined && { id }),
  data: JSON.stringify({ data }),
});
const errorOf = (code: string, message: string) => ({
  type: 'next',
  data: expect.stringMatching(
    `^{"errors":\\[{"message":"${message}",.*"extensions":{"code":"${code}","requestId":"request-\\d+"}}\\]}$`,
  ),
});
const quote = (symbol: string, seq: number) => nextOf({ quotes: { symbol, seq } });

/** A field that waits until the test lets it go, and says when it is waited for. */
function hold() {
  const reached = Promise.withResolvers<AbortSignal>();
  const answer = Promise.withResolvers<string>();
  behaviour.wait = (signal) => {
    reached.resolve(signal);
    return answer.promise;
  };
  return { reached: reached.promise, letGo: (text = '') => answer.resolve(text) };
}

function posted(query: string, headers = 'accept: text/event-stream\r\n'): string {
  const body = JSON.stringify({ query });
  return `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;
}

describe('an answer as a stream of events', () => {
  it.each([
    ['a query', '{ hello }', { hello: 'hello desk' }],
    ['a mutation', 'mutation { add }', { add: 1 }],
  ])('has the one result of %s, and is complete', async (_what, query, data) => {
    const events = await openEvents(desk, query);
    expect([events.status, events.headers]).toMatchObject([
      200,
      { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    ]);
    expect(events.headers['x-request-id']).toBe('request-1');
    expect(await events.untilClosed()).toEqual([nextOf(data), COMPLETE]);
  });

  it.each<[string, string, string, string]>([
    ['a syntax error', '{ hello', 'BAD_USER_INPUT', 'Syntax Error.*'],
    ['a field that does not exist', 'subscription { nothing }', 'BAD_USER_INPUT', 'Cannot query field.*'],
    [
      'a document that is too deep',
      `{ ${'self { '.repeat(12)}hello${' }'.repeat(12)} }`,
      'COST_LIMIT',
      'the document has.*',
    ],
    [
      'a missing variable',
      'subscription ($most: Int!) { quotes(most: $most) { seq } }',
      'BAD_USER_INPUT',
      'Variable .*',
    ],
  ])('tells %s in it', async (_what, query, code, message) => {
    const events = await openEvents(desk, query);
    expect(events.status).toBe(200);
    expect(await events.untilClosed()).toEqual([errorOf(code, message), COMPLETE]);
  });

  it('is given only for what has no other form, when both are accepted', async () => {
    const headers = { accept: 'application/json, text/event-stream' };
    expect(await desk.post({ query: '{ hello }' }, headers)).toMatchObject({
      status: 200,
      text: '{"data":{"hello":"hello desk"}}',
    });
    expect(refusalOf(await desk.post({ query: 'subscription { nothing }' }, headers)).code).toBe('BAD_USER_INPUT');
    const events = await openEvents(desk, LINES, { headers });
    await desk.feeds.lines.untilReaders(1);
    desk.feeds.lines.end();
    expect(await events.untilClosed()).toEqual([COMPLETE]);
  });

  it('may be asked for by GET with the header that no form can send', async () => {
    const query = 'subscription ($most: Int) { quotes(most: $most) { symbol seq } }';
    const events = await openEvents(desk, query, { method: 'GET', variables: { most: 1 } });
    await desk.feeds.quotes.untilReaders(1);
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    expect(await events.next()).toEqual(quote('A', 1));
    events.destroy();
    const url = `${desk.url}/graphql?${new URLSearchParams({ query })}`;
    const refused = await ask({ url, headers: { accept: 'text/event-stream' } });
    expect([refused.status, refusalOf(refused).code]).toEqual([403, 'FORBIDDEN']);
  });

  it('changes nothing by GET', async () => {
    const url = `${desk.url}/graphql?${new URLSearchParams({ query: 'mutation { add }' })}`;
    const refused = await ask({ url, headers: { accept: 'text/event-stream', [CSRF_HEADER]: '1' } });
    expect([refused.status, refused.headers.allow, refusalOf(refused).code]).toEqual([405, 'POST', 'BAD_USER_INPUT']);
  });

  it('may follow another one on its connection, many times', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = JSON.stringify({ query: '{ hello }' });
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    for (let round = 0; round < 20; round++) {
      const { text } = await ask({ url: `${desk.url}/graphql`, method: 'POST', headers, body, agent });
      expect(text).toMatch(/event: complete\ndata:\n\n$/);
    }
    process.off('warning', onWarning);
    agent.destroy();
    expect(warnings).toEqual([]);
  });
});

describe('a subscription as a stream of events', () => {
  it('has the cursor of each event that has one, and is complete at its end', async () => {
    const events = await openEvents(desk, LINES);
    await desk.feeds.lines.untilReaders(1);
    desk.feeds.lines.publish({ cursor: 'c1', text: 'a' }, { cursor: 'c2', text: 'b' });
    desk.feeds.lines.end();
    expect(await events.untilClosed()).toEqual([
      nextOf({ lines: { text: 'a', resumedAfter: null } }, 'c1'),
      nextOf({ lines: { text: 'b', resumedAfter: null } }, 'c2'),
      COMPLETE,
    ]);
  });

  it('knows where its client stopped', async () => {
    const events = await openEvents(desk, LINES, { headers: { 'last-event-id': 'c2' } });
    await desk.feeds.lines.untilReaders(1);
    desk.feeds.lines.publish({ cursor: 'c3', text: 'c' });
    expect(await events.next()).toEqual(nextOf({ lines: { text: 'c', resumedAfter: 'c2' } }, 'c3'));
    events.destroy();
  });

  it('is shared, also with WebSockets, and begins with the newest of each key', async () => {
    const socket = await connectSocket(desk.port);
    socket.subscribe('1', QUOTES);
    await desk.feeds.quotes.untilReaders(1);
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 }, { symbol: 'B', seq: 2 }, { symbol: 'A', seq: 3 });
    await socket.take(3);
    const readers = [await openEvents(desk, QUOTES), await openEvents(desk, QUOTES)];
    for (const events of readers) {
      expect([await events.next(), await events.next()]).toEqual([quote('A', 3), quote('B', 2)]);
    }
    desk.feeds.quotes.publish({ symbol: 'B', seq: 4 });
    for (const events of readers) expect(await events.next()).toEqual(quote('B', 4));
    expect([desk.feeds.quotes.opened, desk.feeds.resolved]).toEqual([1, 4]);
    for (const events of readers) events.destroy();
    socket.webSocket.terminate();
    await desk.feeds.quotes.untilReaders(0);
  });

  it.each([
    ['that may be told', new CodedError('GATEWAY_DOWN', 'the gateway is gone'), 'GATEWAY_DOWN', 'the gateway is gone'],
    ['that may not', new Error('password=secret'), 'INTERNAL', 'internal error'],
    ['that is nothing', undefined, 'INTERNAL', 'internal error'],
  ])('tells what its source throws, if it is something %s, and is complete', async (_what, thrown, code, message) => {
    for (const [query, feed] of [
      [LINES, desk.feeds.lines],
      [QUOTES, desk.feeds.quotes],
    ] as const) {
      const events = await openEvents(desk, query);
      await feed.untilReaders(1);
      feed.fail(thrown);
      expect(await events.untilClosed()).toEqual([errorOf(code, message), COMPLETE]);
      await feed.untilReaders(0);
    }
  });

  it('tells why it cannot start', async () => {
    behaviour.thrown = new CodedError('NOT_FOUND', 'there is no such gateway');
    const events = await openEvents(desk, 'subscription { refused }');
    expect(await events.untilClosed()).toEqual([errorOf('NOT_FOUND', 'there is no such gateway'), COMPLETE]);
  });

  it('tells that nobody can say what its resolvers work with', async () => {
    const broken = await serveDesk(behaviour, {
      contextOf: () => {
        throw new Error('no context');
      },
    });
    for (const query of ['{ hello }', LINES, QUOTES]) {
      const events = await openEvents(broken, query);
      expect(await events.untilClosed()).toEqual([errorOf('INTERNAL', 'internal error'), COMPLETE]);
    }
    await broken.close();
  });

  it('has comments while there is nothing to tell', async () => {
    const quick = await serveDesk(behaviour, { transport: { keepAliveMs: 5 } });
    const events = await openEvents(quick, LINES);
    expect([await events.next(), await events.next()]).toEqual([
      { type: ':', data: '' },
      { type: ':', data: '' },
    ]);
    events.destroy();
    await quick.close();
  });
});

describe('a client of a stream that goes', () => {
  it.each([
    ['followed alone', LINES, 'lines'],
    ['shared', QUOTES, 'quotes'],
  ] as const)('lets the source of what is %s go', async (_what, query, name) => {
    const events = await openEvents(desk, query);
    await desk.feeds[name].untilReaders(1);
    events.destroy();
    await desk.feeds[name].untilReaders(0);
    expect(desk.faults).toEqual([]);
  });

  it('before it is known who asks follows nothing', async () => {
    const asked = Promise.withResolvers<void>();
    const known = Promise.withResolvers<void>();
    const slow = await serveDesk(behaviour, {
      viewerOf: async () => {
        asked.resolve();
        await known.promise;
        return LOCAL_VIEWER;
      },
    });
    const connection = connectRaw(slow.port);
    connection.write(posted(QUOTES));
    await asked.promise;
    connection.destroy();
    await connection.closed();
    // By then the server knows: it has been asked for something else since, and has answered.
    await ask({ url: `${slow.url}/health/live` });
    known.resolve();
    await slow.close();
    expect([slow.feeds.quotes.readers, slow.faults]).toEqual([0, []]);
  });

  it('while its subscription is being started lets the source go when it comes', async () => {
    const { reached, letGo } = hold();
    const connection = connectRaw(desk.port);
    connection.write(posted(LINES));
    const signal = await reached;
    connection.destroy();
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    letGo();
    await desk.feeds.lines.untilReaders(1);
    await desk.feeds.lines.untilReaders(0);
  });

  it('lets go also of what waits behind another answer on its connection', async () => {
    const { reached, letGo } = hold();
    const connection = connectRaw(desk.port);
    connection.write(posted('{ wait }', ''));
    await reached;
    connection.write(posted(QUOTES));
    await desk.feeds.quotes.untilReaders(1);
    connection.destroy();
    await desk.feeds.quotes.untilReaders(0);
    letGo();
  });
});

describe('a stream when the server stops', () => {
  it('is interrupted for its client to come again, and says nothing more', async () => {
    const readers = [await openEvents(desk, QUOTES), await openEvents(desk, LINES)];
    await Promise.all([desk.feeds.quotes.untilReaders(1), desk.feeds.lines.untilReaders(1)]);
    const closed = desk.close();
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    desk.feeds.lines.publish({ cursor: 'c', text: 'a' });
    for (const events of readers) expect(await events.untilClosed()).toEqual([{ type: 'retry', data: '1000' }]);
    await closed;
    expect([desk.feeds.quotes.readers, desk.feeds.lines.readers]).toEqual([0, 0]);
  });

  it.each([
    ['is followed alone', LINES, 'lines'],
    ['is shared', QUOTES, 'quotes'],
  ] as const)('and what %s begins after that is interrupted at once', async (_what, query, name) => {
    const asked = Promise.withResolvers<void>();
    const known = Promise.withResolvers<void>();
    const slow = await serveDesk(behaviour, {
      viewerOf: async () => {
        asked.resolve();
        await known.promise;
        return LOCAL_VIEWER;
      },
    });
    const connection = connectRaw(slow.port);
    connection.write(posted(query));
    await asked.promise;
    const closed = slow.close();
    known.resolve();
    await slow.feeds[name].untilReaders(0);
    expect(await connection.closed()).toMatch(/\r\nretry: 1000\n\n\r\n0\r\n\r\n$/);
    await closed;
    expect(slow.feeds[name].opened).toBe(0);
  });

  it('tells its source, also one that has not answered yet', async () => {
    const { reached, letGo } = hold();
    const events = await openEvents(desk, LINES);
    const signal = await reached;
    const aborted = once(signal, 'abort');
    const closed = desk.close();
    await aborted;
    expect(await events.untilClosed()).toEqual([{ type: 'retry', data: '1000' }]);
    await closed;
    letGo();
    await desk.feeds.lines.untilReaders(1);
    await desk.feeds.lines.untilReaders(0);
  });

  it('comes to its end if it has one of its own', async () => {
    const { reached, letGo } = hold();
    const events = await openEvents(desk, '{ wait }');
    await reached;
    const closed = desk.close();
    letGo('finished');
    expect(await events.untilClosed()).toEqual([nextOf({ wait: 'finished' }), COMPLETE]);
    await closed;
  });
});
