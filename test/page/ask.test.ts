import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askOverHttp } from '../../src/page/ask.ts';
import { DeskProblem } from '../../src/page/desk-problem.ts';

let server: Server;
let endpoint: string;
let requests: number;
/** What is answered; undefined: the connection is cut when the request has arrived. */
let answer: string | undefined;

beforeEach(async () => {
  requests = 0;
  server = createServer((request, response) => {
    requests += 1;
    request.resume().once('end', () => (answer === undefined ? response.destroy() : response.end(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function problemOf(operation: Promise<unknown>): Promise<unknown> {
  return operation.catch((problem: unknown) => problem);
}

describe('a question of the page', () => {
  it('is answered with the data', async () => {
    answer = '{"data":{"a":1}}';
    expect(await askOverHttp(endpoint, { query: '{ a }' })).toEqual({ a: 1 });
  });

  it('is refused with the words and the code of the server, also when only a part failed', async () => {
    answer = '{"data":{"a":null,"b":1},"errors":[{"message":"not yours","extensions":{"code":"FORBIDDEN"}}]}';
    const problem = await problemOf(askOverHttp(endpoint, { query: '{ a b }' }));
    expect(problem).toBeInstanceOf(DeskProblem);
    expect(problem).toMatchObject({ message: 'not yours', code: 'FORBIDDEN' });
  });

  it.each([undefined, 'no JSON', '{}', '{"data":null}'])('is asked once when its answer is lost: %s', async (lost) => {
    answer = lost;
    const problem = await problemOf(askOverHttp(endpoint, { query: 'mutation { a }' }));
    expect(problem).toBeInstanceOf(DeskProblem);
    expect(problem).toMatchObject({ code: undefined });
    expect(requests).toBe(1);
  });
});
