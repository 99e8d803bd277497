import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { badUserInput, CodedError } from '../../src/domain/errors.ts';
import { ask, connectRaw, type HttpAnswer } from '../support/http-client.ts';
import { type Behaviour, refusalOf, type ServedDesk, serveDesk } from './served-desk.ts';

const behaviour: Behaviour = {};
let desk: ServedDesk;
beforeAll(async () => {
  desk = await serveDesk(behaviour);
});
afterAll(() => desk.close());
afterEach(async () => {
  expect((await desk.post({ query: '{ hello }' })).text).toBe('{"data":{"hello":"hello desk"}}');
});

const get = (search: Record<string, string>, headers: Record<string, string> = { 'x-deskgraph-csrf': '1' }) =>
  ask({ url: `${desk.url}/graphql?${new URLSearchParams(search)}`, headers });

describe('an operation', () => {
  it('is answered as JSON with its length, the request id and nothing to be cached or framed', async () => {
    const { status, headers, body } = await desk.post({ query: '{ hello }' }, { 'x-request-id': 'abc-1' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      'x-request-id': 'abc-1',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      vary: 'Origin, Accept, Accept-Encoding',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('takes variables, an operation name and a charset, and knows its caller', async () => {
    const query = 'query A($n: String!) { hello(name: $n) } query B { caller }';
    const type = { 'content-type': 'Application/JSON; charset="UTF-8"', 'x-request-id': 'r.7' };
    const first = await desk.post({ query, variables: { n: 'ü' }, operationName: 'A', extensions: null }, type);
    expect(JSON.parse(first.text)).toEqual({ data: { hello: 'hello ü' } });
    expect(first.headers['content-length']).toBe(String(Buffer.byteLength(first.text)));
    const second = await desk.post({ query, operationName: 'B' }, type);
    expect(JSON.parse(second.text)).toEqual({ data: { caller: 'local r.7' } });
  });

  it.each(['a b', 'x'.repeat(65), 'ü', ''])('gets a new id in place of the unusable %j', async (id) => {
    const { headers } = await desk.post({ query: '{ hello }' }, { 'x-request-id': encodeURI(id) });
    expect(headers['x-request-id']).toMatch(/^request-\d+$/);
  });

  it.each([
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8', 400],
    ['application/json', 'application/json; charset=utf-8', 200],
    ['*/*', 'application/json; charset=utf-8', 200],
    [
      'application/graphql-response+json, application/json;q=0.9',
      'application/graphql-response+json; charset=utf-8',
      400,
    ],
  ])('that is invalid is answered as GraphQL over HTTP has it for accept %s', async (accept, type, status) => {
    for (const query of ['{', '{ barz }', 'query ($n: String!) { hello(name: $n) }']) {
      const answer = await desk.post({ query }, { accept });
      expect(answer.headers['content-type']).toBe(type);
      expect(answer.status).toBe(status);
      expect(refusalOf(answer).code).toBe('BAD_USER_INPUT');
    }
  });

  it.each([
    '{ hello }',
    '{ hello fault }',
    '{ brokenNumber }',
    '{',
    '{ barz }',
    'query ($n: String!) { hello(name: $n) }',
    'mutation { add }',
    'subscription { count }',
    '{ refused }',
  ])('has the same answer by the short way and through Yoga: %s', async (query) => {
    for (const type of ['application/json', 'application/graphql-response+json', '*/*', 'text/html, application/*']) {
      behaviour.thrown = new CodedError('FORBIDDEN', 'not for you');
      const ask = async (accept: string, method: 'GET' | 'POST') => {
        const headers = { accept, 'x-request-id': 'same', 'x-deskgraph-csrf': '1' };
        const asked = method === 'GET' ? get({ query }, headers) : desk.post({ query }, headers);
        const { status, headers: answered, text } = await asked;
        const { date: _, ...told } = answered;
        return { status, headers: told, text: text.replace(/"add":\d+/, '"add":0') };
      };
      for (const method of ['GET', 'POST'] as const) {
        // What says something of a charset is left to Yoga.
        const byYoga = await ask(`${type}; charset=utf-8`, method);
        expect(await ask(type, method)).toEqual(byYoga);
      }
    }
  });

  it('over a limit is refused with COST_LIMIT', async () => {
    const aliases = Array.from({ length: 101 }, (_, at) => `a${at}: __typename`).join(' ');
    expect(refusalOf(await desk.post({ query: `{ ${aliases} }` }))).toMatchObject({
      code: 'COST_LIMIT',
      message: 'the document has 101 aliases, wanted at most 50',
    });
  });

  it('that is refused in part keeps its data, the path and the places', async () => {
    behaviour.thrown = new CodedError('UPSTREAM_UNAVAILABLE', 'the source is down');
    const { status, text } = await desk.post({ query: '{ hello fault }' });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      data: { hello: 'hello desk', fault: null },
      errors: [
        {
          message: 'the source is down',
          locations: [{ line: 1, column: 9 }],
          path: ['fault'],
          extensions: { code: 'UPSTREAM_UNAVAILABLE', requestId: expect.stringMatching(/^request-/) },
        },
      ],
    });
  });

  it('is answered, and the fault hidden, whatever a resolver throws', async () => {
    const cyclic: Record<string, unknown> = { secret: 'secret' };
    cyclic.self = cyclic;
    const throwing = (): never => {
      throw new Error('secret');
    };
    const thrownValues: unknown[] = [
      new Error('secret'),
      new TypeError('secret', { cause: badUserInput('secret') }),
      'secret',
      null,
      undefined,
      0,
      Symbol('secret'),
      cyclic,
      Object.defineProperty({}, 'message', { get: throwing }),
      new Proxy({}, { get: throwing, getPrototypeOf: throwing, ownKeys: throwing }),
      Object.assign(new Error('secret'), {
        extensions: { http: { status: 418, headers: { secret: '1' } } },
        status: 418,
      }),
      new DOMException('secret', 'AbortError'),
      new AggregateError([new Error('secret')], 'secret'),
    ];
    for (const thrown of thrownValues) {
      behaviour.thrown = thrown;
      const { status, text, headers } = await desk.post({ query: '{ fault lateFault hello }' });
      const { data, errors } = JSON.parse(text);
      expect(status).toBe(200);
      expect(headers.secret).toBeUndefined();
      // A value that throws while graphql looks at it fails the whole operation instead of its field.
      expect([
        ['hello desk', 2],
        [undefined, 1],
      ]).toContainEqual([data?.hello, errors.length]);
      for (const { message, extensions } of errors) {
        expect(message).toBe('internal error');
        expect(extensions).toEqual({ code: 'INTERNAL', requestId: headers['x-request-id'] });
      }
      expect(text).not.toContain('secret');
    }
  });

  it('hides a value that cannot be serialized', async () => {
    const { text } = await desk.post({ query: '{ brokenNumber }' });
    expect(JSON.parse(text).errors[0]).toMatchObject({ message: 'internal error', extensions: { code: 'INTERNAL' } });
  });

  it('is answered 200 times at once', async () => {
    const asked = Array.from({ length: 200 }, (_, at) => desk.post({ query: `{ hello(name: "${at}") }` }));
    const answers = await Promise.all(asked);
    expect(answers.map(({ text }) => JSON.parse(text).data.hello)).toEqual(
      Array.from({ length: 200 }, (_, at) => `hello ${at}`),
    );
    expect(new Set(answers.map(({ headers }) => headers['x-request-id'])).size).toBe(200);
  });
});

describe('a GET', () => {
  it('is answered when it proves that no web page sent it', async () => {
    const { status, text } = await get({
      query: 'query ($n: String!) { hello(name: $n) }',
      variables: '{"n":"get"}',
    });
    expect([status, text]).toEqual([200, '{"data":{"hello":"hello get"}}']);
  });

  it('is forbidden without the header', async () => {
    const answer = await get({ query: '{ hello }' }, {});
    expect(answer.status).toBe(403);
    expect(refusalOf(answer)).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('x-deskgraph-csrf'),
    });
  });

  it('never mutates', async () => {
    const answer = await get({ query: 'mutation { add }' });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
    expect(refusalOf(answer).code).toBe('BAD_USER_INPUT');
  });

  it('is refused for variables that are not JSON, and without a query', async () => {
    for (const search of [{ query: '{ hello }', variables: '{secret' }, { variables: '{}' }]) {
      const answer = await get(search);
      expect(answer.status).toBe(400);
      expect(refusalOf(answer).code).toBe('BAD_USER_INPUT');
      expect(answer.text).not.toContain('secret');
    }
  });

  it('cannot reach a shortcut of the framework below', async () => {
    const answer = await get({ query: '{ hello }', x: '/health' });
    expect(JSON.parse(answer.text)).toEqual({ data: { hello: 'hello desk' } });
  });
});

describe('a subscription', () => {
  const query = 'subscription { count }';

  it('is streamed to who takes a stream', async () => {
    const { headers, text } = await desk.post({ query }, { accept: 'text/event-stream' });
    expect(headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(headers['content-length']).toBeUndefined();
    expect(text.match(/data: .+/g)).toEqual(['data: {"data":{"count":1}}', 'data: {"data":{"count":2}}']);
    expect(text).toMatch(/event: complete/);
  });

  it('is refused for who takes only JSON', async () => {
    const answer = await desk.post({ query }, { accept: 'application/json' });
    expect(refusalOf(answer)).toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('text/event-stream'),
    });
  });
});

describe('a request that is no operation', () => {
  const refused = async (answer: Promise<HttpAnswer>, status: number, message: RegExp, code = 'BAD_USER_INPUT') => {
    const received = await answer;
    expect(received.status).toBe(status);
    expect(received.headers['content-type']).toMatch(/json/);
    expect(received.headers['content-length']).toBe(String(received.body.length));
    const refusal = refusalOf(received);
    expect(refusal.code).toBe(code);
    expect(refusal.message).toMatch(message);
    expect(refusal.requestId).toBe(received.headers['x-request-id']);
    expect(received.text).not.toMatch(/secret|\.ts:|node_modules|\\n/);
  };

  it.each<[string, string | Buffer, RegExp]>([
    ['broken JSON', '{"query": secret', /not valid JSON/],
    ['an empty body', '', /empty body/],
    ['text', '"secret"', /received text/],
    ['null', 'null', /received null/],
    ['a number', '5', /received a number/],
    ['a list', '[{"query":"{ hello }"}]', /no batching/],
    ['an object without a query', '{}', /no query/],
    ['a query that is null', '{"query":null}', /no query/],
    ['a query that is a list', '{"query":["{ hello }"]}', /a list as query/],
    ['variables that are text', '{"query":"{ hello }","variables":"{}"}', /text as variables/],
    ['variables that are a list', '{"query":"{ hello }","variables":[]}', /a list as variables/],
    ['an operation name that is a number', '{"query":"{ hello }","operationName":5}', /a number as operationName/],
    ['extensions that are true', '{"query":"{ hello }","extensions":true}', /a boolean as extensions/],
    ['an unknown key', '{"query":"{ hello }","querry":"secret"}', /"querry"/],
    ['an unknown operation', '{"query":"{ hello }","operationName":"x"}', /operation/],
    ['no UTF-8', Buffer.from('{"query":"\xff"}', 'latin1'), /not UTF-8/],
    ['a byte order mark', '\ufeff{"query":"{ hello }"}', /not valid JSON/],
    ['100,000 brackets', '['.repeat(100_000), /not valid JSON/],
    [
      'variables 50,000 deep',
      `{"query":"{ hello }","variables":{"x":${'['.repeat(50_000)}${']'.repeat(50_000)}}}`,
      /nested deeper/,
    ],
  ])('is refused: %s', async (_what, body, message) => {
    await refused(desk.post(body, { accept: 'application/graphql-response+json' }), 400, message);
  });

  it.each([
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain',
    'application/graphql',
    'application/json; charset=utf-16',
    'application/jsonp',
    '',
  ])('is refused for the content type %j', async (type) => {
    await refused(desk.post('{"query":"mutation { add }"}', { 'content-type': type }), 415, /content type/);
  });

  it('is refused when it is compressed', async () => {
    await refused(desk.post('{"query":"{ hello }"}', { 'content-encoding': 'gzip' }), 415, /content encoding "gzip"/);
  });

  it.each(['image/png', 'multipart/mixed', 'text/html'])('is refused for accept %s', async (accept) => {
    await refused(desk.post({ query: '{ hello }' }, { accept }), 406, /accept/);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'HEAD'])('is refused with the method %s', async (method) => {
    const answer = await ask({ url: `${desk.url}/graphql`, method });
    expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, POST']);
  });

  it('is refused where there is nothing, and cannot be made to echo much', async () => {
    await refused(ask({ url: `${desk.url}/graphqll` }), 404, /"\/graphqll"/, 'NOT_FOUND');
    await refused(ask({ url: `${desk.url}/${'x'.repeat(9_000)}` }), 404, /^.{1,120}$/, 'NOT_FOUND');
    await refused(ask({ url: `${desk.url}//graphql` }), 404, /\/\/graphql/, 'NOT_FOUND');
  });
});

describe('a connection', () => {
  it('is closed after a stream when the client said so', async () => {
    const body = '{"query":"{ hello }"}';
    const connection = connectRaw(desk.port);
    connection.write(
      `POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const text = await connection.closed();
    expect(text).toMatch(/connection: close/i);
    expect(text).not.toMatch(/keep-alive/i);
  });
});
