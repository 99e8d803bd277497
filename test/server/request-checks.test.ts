import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecution } from '../../src/execution/execution.ts';
import { ask, type HttpAnswer } from '../support/http-client.ts';
import { refusalOf, type ServedDesk, serveDesk, testSchema } from './served-desk.ts';

let desk: ServedDesk;
beforeAll(async () => {
  desk = await serveDesk({}, { allowedHosts: ['Desk.Internal'] });
});
afterAll(() => desk.close());

const send = (headers: Record<string, string>, method = 'POST'): Promise<HttpAnswer> =>
  ask({
    url: `${desk.url}/graphql`,
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: '{"query":"{ hello }"}' }),
  });

describe('the host of a request', () => {
  it.each(['localhost', 'LocalHost:8010', '127.0.0.1', '127.0.0.1:1', '[::1]', '[::1]:8010', 'desk.internal:80'])(
    'may be %s',
    async (host) => {
      expect((await send({ host })).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:8010',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '127.0.0.2',
    '0.0.0.0',
    'localhost:8010:8010',
    'localhost:65536',
    '127.0.0.1:99999',
    '[::1]:70000',
    'x'.repeat(2_000),
  ])('may not be %s', async (host) => {
    const answer = await send({ host });
    expect(answer.status).toBe(403);
    expect(refusalOf(answer).code).toBe('FORBIDDEN');
    expect(answer.text.length).toBeLessThan(300);
  });

  it('is checked for every path', async () => {
    for (const path of ['/', '/health/live', '/nothing', '/assets/page.css']) {
      expect((await ask({ url: `${desk.url}${path}`, headers: { host: 'evil.example' } })).status).toBe(403);
    }
  });
});

describe('the origin of a request', () => {
  it('may be its own', async () => {
    const own = desk.url;
    const { status, headers } = await send({ origin: own });
    expect(status).toBe(200);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect((await send({ origin: 'http://localhost', host: 'localhost:80' })).status).toBe(200);
  });

  it('may be a listed one, which may then read the answer, without credentials', async () => {
    const { status, headers } = await send({ origin: 'https://desk.example' });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://desk.example',
      'access-control-expose-headers': 'x-request-id',
      vary: 'Origin, Accept, Accept-Encoding',
    });
    expect(headers['access-control-allow-credentials']).toBeUndefined();
  });

  it.each([
    'https://evil.example',
    'https://desk.example.evil.example',
    'http://desk.example',
    'https://desk.example:444',
    'null',
    'http://127.0.0.1',
    'http://localhost:3000',
    () => `${desk.url}/page`,
    () => desk.url.replace('//', '//evil@'),
    () => desk.url.replace('http', 'HTTP'),
    'file://',
    '*',
    '',
  ])('may not be %s', async (received) => {
    const origin = typeof received === 'string' ? received : received();
    const answer = await send({ origin });
    expect(answer.status).toBe(403);
    expect(refusalOf(answer).code).toBe('FORBIDDEN');
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect((await send({ origin, 'access-control-request-method': 'POST' }, 'OPTIONS')).status).toBe(403);
  });

  it('is told by a preflight what it may send', async () => {
    const { status, headers, text } = await send(
      { origin: 'https://desk.example', 'access-control-request-method': 'POST' },
      'OPTIONS',
    );
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://desk.example',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type, authorization, x-request-id, x-deskgraph-csrf',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
  });
});

describe('a server whose execution hides suggestions', () => {
  it('suggests no names of its schema', async () => {
    const execution = createExecution({ schema: testSchema({}), hideSuggestions: true });
    const production = await serveDesk({}, { execution });
    const { text } = await production.post({ query: '{ hallo }' });
    await production.close();
    expect(text).toContain('hallo');
    expect(text).not.toMatch(/Did you mean|hello/);
  });
});

describe('a caller that cannot be told', () => {
  it('is answered with the reason, or with nothing but INTERNAL', async () => {
    const throwing = (): never => {
      throw new Error('secret');
    };
    const thrown: unknown[] = [
      new Error('secret'),
      'secret',
      null,
      new Proxy({}, { getPrototypeOf: throwing, get: throwing }),
    ];
    for (const value of thrown) {
      const server = await serveDesk(
        {},
        {
          viewerOf: () => {
            throw value;
          },
        },
      );
      const answer = await server.post({ query: '{ hello }' });
      await server.close();
      expect(answer.status).toBe(500);
      expect(refusalOf(answer)).toMatchObject({ message: 'internal error', code: 'INTERNAL' });
      expect(server.faults).toHaveLength(1);
    }
  });
});
