import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRaw } from '../support/http-client.ts';
import { type Behaviour, type ServedDesk, serveDesk } from './served-desk.ts';

const behaviour: Behaviour = {};
let desk: ServedDesk;
beforeAll(async () => {
  desk = await serveDesk(behaviour, { transport: { headersTimeoutMs: 50, lingerMs: 30 } });
});
afterAll(() => desk.close());

const GOOD = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{"query":"{ wait }"}`;

/** Every whole answer in what a connection received: status and body. */
function answersIn(text: string): { status: number; body: string }[] {
  const heads = [...text.matchAll(/HTTP\/1\.1 (\d+) [\s\S]*?content-length: (\d+)[\s\S]*?\r\n\r\n/gi)];
  return heads.map((head) => {
    const start = head.index + head[0].length;
    return { status: Number(head[1]), body: text.slice(start, start + Number(head[2])) };
  });
}

describe('what is no HTTP request', () => {
  it.each([
    ['garbage', 'hello there\r\n\r\n', 400],
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a request without a host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two lengths', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
    [
      'length and chunks',
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
    ],
    ['a length that is no number', 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n', 400],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nhost: localhost\r\nx: \0\r\n\r\n', 400],
    ['headers of 20 kB', `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    ['a target of 20 kB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`, 431],
    ['a proxy request', 'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n', 405],
  ])('is answered and hung up on: %s', async (_what, bytes, status) => {
    const connection = connectRaw(desk.port);
    connection.write(Buffer.from(bytes, 'latin1'));
    const text = await connection.closed();
    expect(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])).toBe(status);
    expect(text).toMatch(/connection: close/i);
    expect((await desk.post({ query: '{ hello }' })).status).toBe(200);
  });

  it('has the headers and the coded body of every other refusal', async () => {
    const connection = connectRaw(desk.port);
    connection.write('garbage\r\n\r\n');
    const text = await connection.closed();
    for (const header of [
      'x-content-type-options: nosniff',
      'x-frame-options: DENY',
      'content-type: application/json',
    ]) {
      expect(text).toContain(header);
    }
    const requestId = /x-request-id: (\S+)/.exec(text)?.[1];
    expect(JSON.parse(answersIn(text)[0]?.body ?? '')).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: 'BAD_USER_INPUT', requestId } }],
    });
  });

  it('after a good request on the same connection waits for that one’s answer', async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    behaviour.wait = () => {
      setImmediate(resolve, 'done');
      return promise;
    };
    const connection = connectRaw(desk.port);
    connection.write(`${GOOD}garbage\r\n\r\n`);
    const answers = answersIn(await connection.closed());
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(answers[0]?.body).toBe('{"data":{"wait":"done"}}');
  });

  it('is a request whose headers never end', async () => {
    const connection = connectRaw(desk.port);
    connection.write('GET / HTTP/1.1\r\nhost: localhost\r\n');
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it.each(['GET /health/live HTTP/1.0\r\n\r\n', 'GET /health/live HTTP/1.1\r\nhost:\r\nconnection: close\r\n\r\n'])(
    'is a request to no host at all: %j',
    async (bytes) => {
      const connection = connectRaw(desk.port);
      connection.write(bytes);
      expect(await connection.closed()).toMatch(/^HTTP\/1\.1 403 .*"FORBIDDEN"/s);
    },
  );

  it('may be a target that is a whole address, which is nothing here', async () => {
    const connection = connectRaw(desk.port);
    connection.write('GET http://evil.example/graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n');
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 404 /);
  });

  it.each([
    ['two hosts', 'host: localhost\r\nhost: evil.example', 400],
    ['one host twice', 'host: localhost\r\nhost: localhost', 400],
    ['an encoding around the chunks', 'host: localhost\r\ntransfer-encoding: gzip, chunked', 501],
    ['an expectation that nobody knows', 'host: localhost\r\nexpect: 200-ok', 417],
  ])('may be what another server could have read in another way: %s', async (_what, headers, status) => {
    const connection = connectRaw(desk.port);
    connection.write(`POST /graphql HTTP/1.1\r\n${headers}\r\nconnection: close\r\n\r\n`);
    const text = await connection.closed();
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*"BAD_USER_INPUT"`, 's'));
  });
});
