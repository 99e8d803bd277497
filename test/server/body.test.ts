import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRaw } from '../support/http-client.ts';
import { refusalOf, type ServedDesk, serveDesk } from './served-desk.ts';

const LIMIT = 256 * 1024;
const HEAD = 'POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

let desk: ServedDesk;
beforeAll(async () => {
  desk = await serveDesk({}, { transport: { bodyTimeoutMs: 60, headersTimeoutMs: 100, lingerMs: 30 } });
});
afterAll(() => desk.close());

async function expectAlive() {
  expect((await desk.post({ query: '{ hello }' })).status).toBe(200);
}

describe('a body', () => {
  it('of 256 kB is taken, one byte more is refused', async () => {
    const padded = (bytes: number): string => {
      const query = '{ hello }';
      const frame = JSON.stringify({ query }).length;
      return JSON.stringify({ query: query + ' '.repeat(bytes - frame) });
    };
    expect((await desk.post(padded(LIMIT))).text).toBe('{"data":{"hello":"hello desk"}}');
    const refused = await desk.post(padded(LIMIT + 1));
    expect([refused.status, refused.headers.connection]).toEqual([413, 'close']);
    expect(refusalOf(refused)).toMatchObject({
      code: 'COST_LIMIT',
      message: 'received a body of 262145 bytes, wanted at most 262144 bytes',
    });
  });

  it('of 20 MB is refused by its announced length, before a byte of it has come', async () => {
    const connection = connectRaw(desk.port);
    connection.write(`${HEAD}content-length: 20000000\r\n\r\n`);
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 413 .*received a body of 20000000 bytes/s);
    await expectAlive();
  });

  it('of 20 MB is refused while it is being sent', async () => {
    const connection = connectRaw(desk.port);
    connection.write(`${HEAD}content-length: 20000000\r\n\r\n`);
    for (let sent = 0; sent < 20; sent++) connection.write(Buffer.alloc(1_000_000, 'x'));
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 413 /);
    await expectAlive();
  });

  it('in chunks is refused as soon as it is over the limit', async () => {
    const connection = connectRaw(desk.port);
    connection.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    for (let sent = 0; sent < 5; sent++) connection.write(`ffff\r\n${'x'.repeat(0xffff)}\r\n`);
    const text = await connection.closed();
    expect(text).toMatch(/^HTTP\/1\.1 413 .*received a body of more than 262144 bytes/s);
    expect(text).toMatch(/"code":"COST_LIMIT"/);
    await expectAlive();
  });

  it('in small chunks is taken', async () => {
    const connection = connectRaw(desk.port);
    connection.write(`${HEAD}transfer-encoding: chunked\r\nconnection: close\r\n\r\n`);
    for (const part of ['{"que', 'ry":"{ he', 'llo }"}'])
      connection.write(`${part.length.toString(16)}\r\n${part}\r\n`);
    connection.write('0\r\n\r\n');
    expect(await connection.closed()).toMatch(/"hello desk"/);
  });

  it('that stops half way is refused in time, in JSON', async () => {
    const connection = connectRaw(desk.port);
    connection.write(`${HEAD}content-length: 100\r\n\r\n{"query":`);
    const text = await connection.closed();
    expect(text).toMatch(/^HTTP\/1\.1 408 .*connection: close/is);
    expect(text).toMatch(/received 9 bytes of a body within 60 ms.*"code":"BAD_USER_INPUT"/);
    await expectAlive();
  });

  it('whose client goes away half way harms nobody', async () => {
    const connection = connectRaw(desk.port);
    connection.write(`${HEAD}content-length: 100\r\nexpect: 100-continue\r\n\r\n`);
    await connection.received(/^HTTP\/1\.1 100 Continue/);
    connection.write('{"query":');
    connection.destroy();
    await expectAlive();
    expect(desk.faults).toEqual([]);
  });

  it('is asked for only when it will be read', async () => {
    const connection = connectRaw(desk.port);
    connection.write(`${HEAD}content-length: 20000000\r\nexpect: 100-continue\r\n\r\n`);
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('of a GET is refused, and of a path that takes none is not read', async () => {
    for (const target of ['GET /graphql', 'GET /health/live', 'POST /', 'POST /nothing', 'OPTIONS /graphql']) {
      const connection = connectRaw(desk.port);
      connection.write(`${target} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 20000000\r\n\r\n`);
      expect(await connection.closed()).toMatch(/^HTTP\/1\.1 40[045] .*connection: close/is);
    }
  });
});
