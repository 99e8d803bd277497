import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { connectSocket, type GraphQLSocket } from '../support/graphql-socket.ts';
import { type Behaviour, type ServedDesk, serveDesk } from './served-desk.ts';

const behaviour: Behaviour = {};
let desk: ServedDesk;
let socket: GraphQLSocket;

beforeEach(async () => {
  desk = await serveDesk(behaviour, { transport: { operationsPerSocket: 5 } });
  socket = await connectSocket(desk.port);
});

afterEach(async () => {
  delete behaviour.wait;
  delete behaviour.thrown;
  socket.webSocket.terminate();
  await Promise.all([desk.feeds.lines, desk.feeds.quotes, desk.feeds.prints].map((feed) => feed.untilReaders(0)));
  await desk.close();
});

const LINES = 'subscription { lines { text } }';
const QUOTES = 'subscription { quotes { symbol seq } }';
const line = (text: string) => ({ cursor: `c-${text}`, text });
const next = (id: string, data: unknown) => ({ id, type: 'next', payload: { data } });
const quoteOf = (id: string, symbol: string, seq: number) => next(id, { quotes: { symbol, seq } });
const errorOf = (id: string, code: string, message: unknown = expect.any(String)) => ({
  id,
  type: 'error',
  payload: [
    expect.objectContaining({ message, extensions: { code, requestId: expect.stringMatching(/^request-\d+$/) } }),
  ],
});

async function follow(id: string, query: string, feed: { untilReaders(count: number): Promise<void> }): Promise<void> {
  socket.subscribe(id, query);
  await feed.untilReaders(1);
}

/** A field that waits until the test lets it go, and says when it is waited for. */
function hold(): { readonly reached: Promise<void>; readonly letGo: (answer?: string) => void } {
  const reached = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  behaviour.wait = () => {
    reached.resolve();
    return answer.promise;
  };
  return { reached: reached.promise, letGo: (text = '') => answer.resolve(text) };
}

describe('an operation over a socket', () => {
  it.each([
    ['query', '{ hello }', { hello: 'hello desk' }],
    ['mutation', 'mutation { add }', { add: 1 }],
    ['query with a fault in it', '{ hello brokenNumber }', { hello: 'hello desk', brokenNumber: null }],
  ])('may be a %s, which has one result and is complete', async (_what, query, data) => {
    socket.subscribe('1', query);
    const [result, end] = await socket.take(2);
    expect(result).toMatchObject(next('1', data));
    expect(end).toEqual({ id: '1', type: 'complete' });
  });

  it('is given variables and the name of the operation', async () => {
    const query = 'query A { hello } query B($name: String!) { hello(name: $name) }';
    socket.subscribe('1', query, { variables: { name: 'you' }, operationName: 'B', extensions: { a: 1 } });
    expect(await socket.next()).toEqual(next('1', { hello: 'hello you' }));
  });

  it('may be a subscription that ends by itself', async () => {
    await follow('1', LINES, desk.feeds.lines);
    desk.feeds.lines.publish(line('a'), line('b'));
    desk.feeds.lines.end();
    expect(await socket.take(3)).toEqual([
      next('1', { lines: { text: 'a' } }),
      next('1', { lines: { text: 'b' } }),
      { id: '1', type: 'complete' },
    ]);
  });

  it.each([
    'toString',
    'constructor',
    '__proto__',
    'hasOwnProperty',
    '"\\\n\u2028',
    '行情',
    '\ud800',
    'x'.repeat(10_000),
  ])('may have the id %j', async (id) => {
    const heard = JSON.parse(JSON.stringify(id));
    await follow(id, QUOTES, desk.feeds.quotes);
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    expect(await socket.next()).toEqual(quoteOf(heard, 'A', 1));
    socket.complete(id);
    await desk.feeds.quotes.untilReaders(0);
    await follow(id, LINES, desk.feeds.lines);
    desk.feeds.lines.end();
    expect(await socket.next()).toEqual({ id: heard, type: 'complete' });
  });
});

describe('an operation that is refused', () => {
  const deep = `{ ${'self { '.repeat(12)}hello${' }'.repeat(12)} }`;

  it.each<[string, string, string, object]>([
    ['a syntax error', 'BAD_USER_INPUT', '{ hello', {}],
    ['a field that does not exist', 'BAD_USER_INPUT', '{ nothing }', {}],
    ['a subscription field that does not exist', 'BAD_USER_INPUT', 'subscription { nothing }', {}],
    ['a document that is too deep', 'COST_LIMIT', deep, {}],
    ['a document that is far too deep', 'COST_LIMIT', `${'{ self '.repeat(20_000)}`, {}],
    ['an unknown operation name', 'BAD_USER_INPUT', 'query A { hello }', { operationName: 'B' }],
    ['no operation name among several', 'BAD_USER_INPUT', 'query A { hello } query B { hello }', {}],
    ['a wrong variable', 'BAD_USER_INPUT', 'query ($name: String!) { hello(name: $name) }', { variables: { name: 1 } }],
    [
      'a wrong variable of a subscription',
      'BAD_USER_INPUT',
      'subscription ($most: Int!) { quotes(most: $most) { symbol } }',
      { variables: { most: 'x' } },
    ],
    ['a key that nobody knows', 'BAD_USER_INPUT', '{ hello }', { extra: 1 }],
    [
      'variables that are nested too deep',
      'BAD_USER_INPUT',
      '{ hello }',
      { variables: JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`) },
    ],
  ])('for %s ends alone, and the others go on', async (_what, code, query, more) => {
    await follow('other', QUOTES, desk.feeds.quotes);
    socket.subscribe('1', query, more);
    expect(await socket.next()).toEqual(errorOf('1', code));
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    expect(await socket.next()).toEqual(quoteOf('other', 'A', 1));
    expect(await socket.rest()).toEqual([]);
  });

  it('has several errors if there are several', async () => {
    socket.subscribe('1', 'query ($a: String!, $b: String!) { hello(name: $a) other: hello(name: $b) }', {
      variables: {},
    });
    const { type, payload } = await socket.next();
    expect([type, payload]).toEqual(['error', [expect.anything(), expect.anything()]]);
  });

  it('because there are too many ends alone, and one more may come when one has gone', async () => {
    for (const id of ['1', '2', '3', '4', '5', '6']) socket.subscribe(id, id === '1' ? QUOTES : LINES);
    expect(await socket.next()).toEqual(
      errorOf('6', 'COST_LIMIT', 'received more than 5 operations on one socket, wanted at most 5'),
    );
    socket.complete('1');
    await desk.feeds.quotes.untilReaders(0);
    socket.subscribe('6', '{ hello }');
    expect(await socket.take(2)).toEqual([next('6', { hello: 'hello desk' }), { id: '6', type: 'complete' }]);
  });
});

describe('an operation that fails', () => {
  it.each([
    [
      'that may be told',
      new CodedError('GATEWAY_DOWN', 'the gateway okx is gone'),
      'GATEWAY_DOWN',
      'the gateway okx is gone',
    ],
    ['that may not', new Error('password=secret'), 'INTERNAL', 'internal error'],
    [
      'with a code of its own',
      Object.assign(new Error('secret'), { extensions: { code: 'COST_LIMIT' } }),
      'INTERNAL',
      'internal error',
    ],
    ['that is nothing', undefined, 'INTERNAL', 'internal error'],
    ['that has no text', Object.create(null), 'INTERNAL', 'internal error'],
  ])(
    'because its source throws something %s ends with it, after what came before',
    async (_what, thrown, code, message) => {
      for (const [id, query, feed] of [
        ['alone', LINES, desk.feeds.lines],
        ['shared', QUOTES, desk.feeds.quotes],
      ] as const) {
        await follow(id, query, feed);
        if (id === 'alone') desk.feeds.lines.publish(line('a'));
        else desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
        feed.fail(thrown);
        expect(await socket.next()).toMatchObject({ id, type: 'next' });
        expect(await socket.next()).toEqual(errorOf(id, code, message));
        await feed.untilReaders(0);
        expect(await socket.rest()).toEqual([]);
      }
      expect(desk.faults).toHaveLength(code === 'INTERNAL' ? 2 : 0);
    },
  );

  it('tells where it goes on', async () => {
    await follow('1', LINES, desk.feeds.lines);
    desk.feeds.lines.fail(new CodedError('SLOW_CONSUMER', 'too slow', { cursor: 'c-7' }));
    expect(await socket.next()).toMatchObject({ payload: [{ extensions: { code: 'SLOW_CONSUMER', cursor: 'c-7' } }] });
  });

  it('is told to each member with its own request id', async () => {
    await follow('1', QUOTES, desk.feeds.quotes);
    socket.subscribe('2', QUOTES);
    await socket.rest();
    desk.feeds.quotes.fail(new Error('once'));
    const ids = (await socket.take(2)).map(({ id, payload }) => [
      id,
      JSON.stringify(payload).match(/request-\d+/)?.[0],
    ]);
    expect(new Set(ids.map(([, requestId]) => requestId)).size).toBe(2);
    expect(ids.map(([id]) => id)).toEqual(['1', '2']);
  });

  it('before it starts ends with what it threw', async () => {
    behaviour.thrown = new CodedError('NOT_FOUND', 'there is no such gateway');
    socket.subscribe('1', 'subscription { refused }');
    expect(await socket.next()).toEqual(errorOf('1', 'NOT_FOUND', 'there is no such gateway'));
    expect(await socket.rest()).toEqual([]);
  });

  it('because a result cannot be written ends a subscription, and the client is not told why', async () => {
    socket.subscribe('1', 'subscription { unwritable }');
    expect(await socket.next()).toEqual(errorOf('1', 'INTERNAL', 'internal error'));
    expect(await socket.rest()).toEqual([]);
    expect(desk.faults).toHaveLength(1);
  });

  it('in a way that nobody has thought of closes the socket, and is logged once', async () => {
    socket.subscribe('1', '{ unwritable }');
    expect(await socket.closed).toEqual({ code: 1011, reason: 'Internal error' });
    expect(desk.faults.map(({ fields }) => fields.fault)).toEqual([expect.stringContaining('BigInt')]);
  });

  it('for one event tells it with that event and goes on', async () => {
    await follow('1', 'subscription { quotes { hardText } }', desk.feeds.quotes);
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 }, { symbol: 'A', seq: 2, text: 'hard' });
    const [failed, good] = await socket.take(2);
    expect(failed).toMatchObject({ type: 'next', payload: { errors: [{ extensions: { code: 'INTERNAL' } }] } });
    expect(good).toEqual(next('1', { quotes: { hardText: 'hard' } }));
  });

  it('because nobody can say what its resolvers work with costs only itself', async () => {
    let isBroken = true;
    const broken = await serveDesk(behaviour, {
      contextOf: (origin) => {
        if (isBroken) throw new Error('no context');
        return { ...origin };
      },
    });
    const client = await connectSocket(broken.port);
    for (const [id, query] of Object.entries({ query: '{ hello }', alone: LINES, shared: QUOTES })) {
      client.subscribe(id, query);
      expect(await client.next()).toEqual(errorOf(id, 'INTERNAL'));
    }
    isBroken = false;
    client.subscribe('1', '{ hello }');
    expect(await client.next()).toEqual(next('1', { hello: 'hello desk' }));
    client.webSocket.terminate();
    await broken.close();
  });
});

describe('complete', () => {
  it.each([
    ['a subscription that is followed alone', LINES, 'lines'],
    ['a subscription that is shared', QUOTES, 'quotes'],
  ] as const)('ends %s: its source is let go and nothing follows', async (_what, query, name) => {
    const feed = desk.feeds[name];
    await follow('1', query, feed);
    socket.complete('1');
    await feed.untilReaders(0);
    expect(await socket.rest()).toEqual([]);
  });

  it('ends a subscription that waits in a generator, which goes when its event comes', async () => {
    const { reached, letGo } = hold();
    socket.subscribe('1', 'subscription { count }');
    expect(await socket.next()).toEqual(next('1', { count: 1 }));
    await reached;
    socket.complete('1');
    await follow('1', QUOTES, desk.feeds.quotes);
    letGo();
    await socket.rest();
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    expect(await socket.next()).toEqual(quoteOf('1', 'A', 1));
    socket.complete('1');
    await desk.feeds.quotes.untilReaders(0);
    expect(await socket.rest()).toEqual([]);
  });

  it('before a subscription has started lets it go as soon as it has', async () => {
    const { reached, letGo } = hold();
    socket.subscribe('1', LINES);
    await reached;
    socket.complete('1');
    await socket.rest();
    letGo();
    await desk.feeds.lines.untilReaders(1);
    await desk.feeds.lines.untilReaders(0);
    expect(await socket.rest()).toEqual([]);
  });

  it('before a query has its answer keeps the answer back', async () => {
    const { reached, letGo } = hold();
    socket.subscribe('1', '{ wait }');
    await reached;
    socket.complete('1');
    await socket.rest();
    letGo('too late');
    socket.subscribe('2', '{ hello }');
    expect(await socket.take(2)).toEqual([next('2', { hello: 'hello desk' }), { id: '2', type: 'complete' }]);
    expect(await socket.rest()).toEqual([]);
  });
});

describe('the signal of an operation', () => {
  /** The signals with which fields were asked, in the order of the operations. */
  function signalsOf(answer: Promise<string> = Promise.resolve('')): {
    readonly signals: AbortSignal[];
    readonly reached: Promise<AbortSignal>;
  } {
    const signals: AbortSignal[] = [];
    const { promise, resolve } = Promise.withResolvers<AbortSignal>();
    behaviour.wait = (signal) => {
      signals.push(signal);
      resolve(signal);
      return answer;
    };
    return { signals, reached: promise };
  }

  it.each([
    ['a query', '{ wait }'],
    ['a subscription that has not started', LINES],
    ['a subscription that waits for its source', 'subscription { count }'],
  ])('aborts when the client completes %s, and no other does', async (_what, query) => {
    const answer = Promise.withResolvers<string>();
    const { signals, reached } = signalsOf(answer.promise);
    socket.subscribe('1', query);
    const signal = await reached;
    socket.subscribe('2', '{ wait }');
    await socket.rest();
    const aborted = once(signal, 'abort');
    socket.complete('1');
    await aborted;
    expect(signals.map((each) => each.aborted)).toEqual([true, false]);
    answer.resolve('');
    expect(await socket.take(2, '2')).toMatchObject([{ type: 'next' }, { type: 'complete' }]);
    expect(signals[1]?.aborted).toBe(false);
    expect(desk.faults).toEqual([]);
  });

  it('aborts when it fails, and not when it has come to its end', async () => {
    const { signals } = signalsOf();
    await follow('1', LINES, desk.feeds.lines);
    desk.feeds.lines.end();
    expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
    await follow('2', LINES, desk.feeds.lines);
    desk.feeds.lines.fail(new CodedError('GATEWAY_DOWN', 'the gateway is gone'));
    expect(await socket.next()).toEqual(errorOf('2', 'GATEWAY_DOWN'));
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
  });

  it('aborts when the socket closes', async () => {
    const { reached } = signalsOf(new Promise(() => {}));
    const client = await connectSocket(desk.port);
    client.subscribe('1', '{ wait }');
    const signal = await reached;
    const aborted = once(signal, 'abort');
    client.webSocket.terminate();
    await aborted;
  });

  it('of a shared subscription aborts when the last one has left it', async () => {
    await follow('1', QUOTES, desk.feeds.quotes);
    socket.subscribe('2', QUOTES);
    await socket.rest();
    const [signal] = desk.feeds.signals;
    socket.complete('1');
    await socket.rest();
    expect(signal?.aborted).toBe(false);
    socket.complete('2');
    await desk.feeds.quotes.untilReaders(0);
    expect(signal?.aborted).toBe(true);
  });
});

describe('an id', () => {
  it('may be used again in the same breath', async () => {
    await follow('1', QUOTES, desk.feeds.quotes);
    for (let round = 0; round < 20; round++) {
      socket.complete('1');
      socket.subscribe('1', round % 2 === 0 ? LINES : QUOTES);
    }
    socket.complete('1');
    socket.subscribe('1', 'subscription { prints { seq } }');
    await desk.feeds.prints.untilReaders(1);
    await Promise.all([desk.feeds.lines.untilReaders(0), desk.feeds.quotes.untilReaders(0)]);
    desk.feeds.prints.publish({ symbol: 'A', seq: 7 });
    expect(await socket.next()).toEqual(next('1', { prints: { seq: 7 } }));
    socket.complete('1');
    await desk.feeds.prints.untilReaders(0);
    expect(await socket.rest()).toEqual([]);
  });

  it('never gets the answer to its former use', async () => {
    const { reached, letGo } = hold();
    socket.subscribe('1', '{ wait }');
    await reached;
    socket.complete('1');
    socket.subscribe('1', QUOTES);
    await socket.rest();
    letGo('of the former');
    await desk.feeds.quotes.untilReaders(1);
    expect(await socket.rest()).toEqual([]);
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    expect(await socket.next()).toEqual(quoteOf('1', 'A', 1));
    socket.complete('1');
    await desk.feeds.quotes.untilReaders(0);
  });

  it('may be given up again before its turn has come', async () => {
    const { reached, letGo } = hold();
    socket.subscribe('1', '{ wait }');
    await reached;
    socket.complete('1');
    socket.subscribe('1', LINES);
    socket.complete('1');
    await socket.rest();
    letGo();
    socket.subscribe('1', '{ hello }');
    expect(await socket.take(2)).toEqual([next('1', { hello: 'hello desk' }), { id: '1', type: 'complete' }]);
    expect(desk.feeds.lines.opened).toBe(0);
  });

  it('may not be used twice, also while its turn has not come', async () => {
    const { reached, letGo } = hold();
    socket.subscribe('1', '{ wait }');
    await reached;
    socket.complete('1');
    socket.subscribe('1', '{ hello }');
    socket.subscribe('1', '{ hello }');
    expect(await socket.closed).toEqual({ code: 4409, reason: 'Subscriber already exists' });
    letGo();
  });
});

describe('identical subscriptions', () => {
  it('of several sockets run once, and a late one begins with the newest of each key', async () => {
    const others = await Promise.all([connectSocket(desk.port), connectSocket(desk.port)]);
    await follow('1', QUOTES, desk.feeds.quotes);
    others[0].subscribe('2', QUOTES);
    await others[0].rest();
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 }, { symbol: 'B', seq: 2 }, { symbol: 'A', seq: 3 });
    const seen = [quoteOf('1', 'A', 1), quoteOf('1', 'B', 2), quoteOf('1', 'A', 3)];
    expect(await socket.take(3)).toEqual(seen);
    expect(await others[0].take(3)).toEqual(seen.map((message) => ({ ...message, id: '2' })));
    others[1].subscribe('3', QUOTES);
    expect(await others[1].take(2)).toEqual([quoteOf('3', 'A', 3), quoteOf('3', 'B', 2)]);
    expect([desk.feeds.quotes.opened, desk.feeds.resolved]).toEqual([1, 3]);
    for (const { webSocket } of others) webSocket.terminate();
  });

  it('outlive whoever came first', async () => {
    const first = await connectSocket(desk.port);
    first.subscribe('1', QUOTES);
    await desk.feeds.quotes.untilReaders(1);
    socket.subscribe('2', QUOTES);
    await socket.rest();
    first.webSocket.terminate();
    await first.closed;
    socket.subscribe('3', '{ hello }');
    await socket.take(2, '3');
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    expect(await socket.next()).toEqual(quoteOf('2', 'A', 1));
    expect([desk.feeds.quotes.opened, desk.feeds.signals.map(({ aborted }) => aborted)]).toEqual([1, [false]]);
  });

  it('are two when their variables, their selection or what they select from an event differ', async () => {
    const query = 'subscription ($most: Int) { quotes(most: $most) { seq } }';
    socket.subscribe('1', query, { variables: { most: 1 } });
    socket.subscribe('2', query, { variables: { most: 2 } });
    socket.subscribe('3', QUOTES);
    socket.subscribe('4', 'subscription { quotes { same { seq } } }');
    socket.subscribe('5', 'subscription { quotes { same { seq } } }');
    await desk.feeds.quotes.untilReaders(5);
    desk.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    expect((await socket.take(5)).map(({ id }) => id).toSorted()).toEqual(['1', '2', '3', '4', '5']);
  });
});

describe('identical subscriptions of two viewers', () => {
  const viewers: Readonly<Record<string, Viewer>> = {
    trader: { ...LOCAL_VIEWER, subject: 'trader', roles: ['VIEWER', 'TRADER'], accountPatterns: ['a*', 'b*'] },
    'trader too': {
      ...LOCAL_VIEWER,
      subject: 'trader too',
      roles: ['TRADER', 'VIEWER'],
      accountPatterns: ['b*', 'a*'],
    },
    reader: { ...LOCAL_VIEWER, subject: 'reader', roles: ['VIEWER'], accountPatterns: ['a*', 'b*'] },
    'trader elsewhere': { ...LOCAL_VIEWER, roles: ['VIEWER', 'TRADER'], accountPatterns: ['a*', 'c*'] },
  };

  it.each([
    ['run once if they may do and see the same', 'trader too', 1],
    ['are two if one may do more', 'reader', 2],
    ['are two if they see other accounts', 'trader elsewhere', 2],
  ])('%s', async (_what, other, runs) => {
    const own = await serveDesk({}, { viewerOf: async (authorization = '') => viewers[authorization] ?? LOCAL_VIEWER });
    const clients = [];
    for (const authorization of ['trader', other]) {
      const client = await connectSocket(own.port, { headers: { authorization } });
      clients.push(client);
      client.subscribe('1', QUOTES);
      await client.rest();
    }
    await own.feeds.quotes.untilReaders(runs);
    own.feeds.quotes.publish({ symbol: 'A', seq: 1 });
    for (const client of clients) expect(await client.next()).toEqual(quoteOf('1', 'A', 1));
    expect([own.feeds.quotes.opened, own.feeds.resolved]).toEqual([runs, runs]);
    for (const { webSocket } of clients) webSocket.terminate();
    await own.close();
  });
});

describe('a client that is cut off', () => {
  it('leaves nothing behind', async () => {
    const { reached, letGo } = hold();
    const client = await connectSocket(desk.port);
    client.subscribe('1', QUOTES);
    client.subscribe('2', 'subscription { prints { seq } }');
    client.subscribe('3', '{ wait }');
    await reached;
    delete behaviour.wait;
    client.subscribe('4', LINES);
    await desk.feeds.lines.untilReaders(1);
    client.webSocket.terminate();
    await Promise.all([desk.feeds.lines, desk.feeds.quotes, desk.feeds.prints].map((feed) => feed.untilReaders(0)));
    letGo();
    expect(desk.faults).toEqual([]);
  });

  it('while its subscription is being started lets the source go when it comes', async () => {
    const { reached, letGo } = hold();
    const client = await connectSocket(desk.port);
    client.subscribe('1', LINES);
    await reached;
    client.webSocket.terminate();
    await client.closed;
    letGo();
    await desk.feeds.lines.untilReaders(1);
    await desk.feeds.lines.untilReaders(0);
  });
});
