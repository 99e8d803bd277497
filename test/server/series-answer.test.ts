import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LruRoom } from '../../src/cache/lru.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { DEFAULT_LIMITS } from '../../src/execution/limits.ts';
import { columnsOf, type RowValues, rowSchema } from '../execution/row-schema.ts';
import { connectSocket } from '../support/graphql-socket.ts';
import { ask, connectRaw } from '../support/http-client.ts';
import { type ServedDesk, serveDesk } from './served-desk.ts';

const LENGTH = 100_000;
const ROWS: readonly RowValues[] = Array.from({ length: LENGTH }, (_, at) => ({
  day: at,
  at: at * 1000,
  isOpen: at % 2 === 0,
  price: at % 3 === 0 ? null : at / 4,
  must: at,
}));
const SERIES = columnsOf(ROWS);
const limits = { ...DEFAULT_LIMITS, listValuesUnderWay: 2 * LENGTH };

/** Some of everything: a few rows of objects and of columns, an error beside them, text that needs more than ASCII. */
const QUERY = `{ hello account { part: history(from: 7, to: 9) { day at price } soft } toJSON: history(to: 2) { must } }`;
const DATA =
  '"data":{"hello":"hello \\u0001 \\"ü\\"","account":{"part":[' +
  '{"day":"1970-01-08","at":"1970-01-01T00:00:07.000Z","price":1.75},{"day":"1970-01-09","at":"1970-01-01T00:00:08.000Z","price":2}],' +
  '"soft":null},"toJSON":[{"must":0},{"must":1}]}';
const errorOf = (requestId: unknown): string =>
  `"errors":[{"message":"internal error","locations":[{"line":1,"column":66}],"path":["account","soft"],"extensions":{"code":"INTERNAL","requestId":"${requestId}"}}]`;
const PLAIN = `{ history(from: 1, to: 3) { day must } }`;
const PLAIN_TEXT = '{"data":{"history":[{"day":"1970-01-02","must":1},{"day":"1970-01-03","must":2}]}}';
const TOO_LARGE = '{ history(to: 100000) { day at price must } }';

describe('an answer with a series', () => {
  let desk: ServedDesk;
  beforeAll(async () => {
    const blockRoom = new LruRoom({ maxBytes: 100_000_000, maxEntries: undefined });
    const schema = rowSchema({ rows: ROWS, series: () => SERIES });
    desk = await serveDesk({}, { execution: createExecution({ schema, limits, blockRoom }) });
  });
  afterAll(() => desk.close());

  it('has its length, status, type and masked errors, like any other', async () => {
    for (let use = 0; use < 3; use++) {
      const { status, headers, body, text } = await desk.post({ query: QUERY });
      expect(status).toBe(200);
      expect(text).toBe(`{${errorOf(headers['x-request-id'])},${DATA}}`);
      expect(headers['content-length']).toBe(String(body.length));
      expect(headers['content-type']).toBe('application/json; charset=utf-8');
      const negotiated = await desk.post({ query: PLAIN }, { accept: 'application/graphql-response+json' });
      expect(negotiated.headers['content-type']).toBe('application/graphql-response+json; charset=utf-8');
      expect(negotiated.text).toBe(PLAIN_TEXT);
    }
  });

  it('has the same bytes over GET, and as a stream of events', async () => {
    const search = new URLSearchParams({ query: QUERY });
    const url = `${desk.url}/graphql?${search}`;
    const get = await ask({ url, headers: { 'x-deskgraph-csrf': '1' } });
    expect(get.text).toBe(`{${errorOf(get.headers['x-request-id'])},${DATA}}`);
    const { text, headers } = await desk.post({ query: QUERY }, { accept: 'text/event-stream' });
    const event = `event: next\ndata: {${errorOf(headers['x-request-id'])},${DATA}}\n\n`;
    expect(text).toBe(`${event}event: complete\ndata:\n\n`);
  });

  it('has them over a WebSocket, the errors behind the data, among other operations', async () => {
    const socket = await connectSocket(desk.port);
    const heard: string[] = [];
    socket.webSocket.on('message', (data) => heard.push(String(data)));
    socket.subscribe('a', PLAIN);
    socket.subscribe('b', '{ hello }');
    socket.subscribe('c', QUERY);
    for (const id of ['a', 'b', 'c']) await socket.take(2, id);
    expect(heard.filter((text) => text.includes('"a"'))).toEqual([
      `{"id":"a","type":"next","payload":${PLAIN_TEXT}}`,
      '{"id":"a","type":"complete"}',
    ]);
    const requestId = /"requestId":"([^"]+)"/.exec(heard.join())?.[1];
    expect(heard).toContain(`{"id":"c","type":"next","payload":{${DATA},${errorOf(requestId)}}}`);
    expect(await socket.rest()).toEqual([]);
    socket.webSocket.terminate();
  });

  it('reaches a reader whole in whatever pieces it takes it, many at once', async () => {
    const query = '{ history(to: 25000) { day at price must } }';
    const whole = (await desk.post({ query })).body;
    for (let use = 0; use < 3; use++) {
      const answers = await Promise.all([desk.post({ query }), desk.post({ query })]);
      for (const { body } of answers) expect(body.equals(whole)).toBe(true);
    }
  });

  it('gives back what it took when its reader leaves in the middle, and spoils nothing for others', async () => {
    const query = '{ history(to: 50000) { day at price must } }';
    const body = JSON.stringify({ query });
    const before = (await desk.post({ query })).body;
    for (let cut = 0; cut < 10; cut++) {
      const socket = connect(desk.port, '127.0.0.1').on('error', () => {});
      socket.write(
        `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      await once(socket, 'readable');
      socket.destroy();
      await expect.poll(async () => (await desk.post({ query })).body.equals(before)).toBe(true);
    }
    // Only what the queries fail of by themselves.
    expect(desk.faults.filter(({ fields }) => !String(fields.fault).includes('Error: failed'))).toEqual([]);
  });

  it('is refused as a whole when it has too many values, as if each were made', async () => {
    const { text, status } = await desk.post({ query: TOO_LARGE });
    expect(status).toBe(503);
    expect(JSON.parse(text).errors[0].extensions.code).toBe('OVERLOADED');
  });

  it('leaves the connection fit for the next request', async () => {
    const raw = connectRaw(desk.port);
    const body = JSON.stringify({ query: PLAIN });
    const request = `POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    raw.write(request + request);
    const text = await raw.received(/\]\}\}HTTP[\s\S]*\]\}\}$/);
    expect(text.split(PLAIN_TEXT)).toHaveLength(3);
    raw.destroy();
  });
});
