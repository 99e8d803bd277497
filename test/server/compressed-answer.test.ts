import { spawnSync } from 'node:child_process';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LruRoom } from '../../src/cache/lru.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { columnsOf, type RowValues, rowSchema } from '../execution/row-schema.ts';
import { ask } from '../support/http-client.ts';
import { type ServedDesk, serveDesk } from './served-desk.ts';

const ROWS: readonly RowValues[] = Array.from({ length: 5_000 }, (_, day) => ({
  day,
  at: day,
  isOpen: true,
  price: day / 8,
  must: day,
}));
const LONG = '{ hello history(from: 7, to: 4000) { day price must } }';

let series = columnsOf(ROWS);
let desk: ServedDesk;
beforeAll(async () => {
  const blockRoom = new LruRoom({ maxBytes: 10_000_000, maxEntries: undefined });
  const schema = rowSchema({ rows: ROWS.slice(0, 40), series: () => series });
  desk = await serveDesk({}, { execution: createExecution({ schema, blockRoom }) });
});
afterAll(() => desk.close());

const get = (query: string, headers: Record<string, string> = {}) =>
  ask({
    url: `${desk.url}/graphql?${new URLSearchParams({ query })}`,
    headers: { 'x-deskgraph-csrf': '1', ...headers },
  });

describe('an answer to who takes gzip', () => {
  it('is the very answer compressed, however often it is asked for', async () => {
    const { body: plain } = await desk.post({ query: LONG });
    for (let use = 0; use < 4; use++) {
      for (const answer of [
        await desk.post({ query: LONG }, { 'accept-encoding': 'gzip' }),
        await get(LONG, { 'accept-encoding': 'br, gzip' }),
      ]) {
        const { status, headers, body } = answer;
        expect([status, headers['content-encoding'], headers['content-length']]).toEqual([
          200,
          'gzip',
          String(body.length),
        ]);
        expect(headers.vary).toBe('Origin, Accept, Accept-Encoding');
        expect(body.length).toBeLessThan(plain.length / 3);
        expect(gunzipSync(body).equals(plain)).toBe(true);
        expect(spawnSync('gzip', ['-t'], { input: body }).status).toBe(0);
      }
    }
  });

  it('is read by fetch, which asks for it by itself', async () => {
    const { text } = await desk.post({ query: LONG });
    const answer = await fetch(`${desk.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: LONG }),
    });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(await answer.text()).toBe(text);
  });

  it('may have errors', async () => {
    const { body, headers } = await desk.post(
      { query: '{ history(to: 900) { day price } account { soft } }' },
      { 'accept-encoding': 'gzip' },
    );
    expect(headers['content-encoding']).toBe('gzip');
    expect(JSON.parse(gunzipSync(body).toString('utf8')).errors).toHaveLength(1);
  });

  it.each([
    ['gzip', true],
    ['GZIP;q=0.1', true],
    ['x-gzip', true],
    ['deflate, gzip;q=1.0, *;q=0.5', true],
    ['*', true],
    ['br;q=1, *;q=0.1', true],
    ['identity;q=0', false],
    ['identity;q=0, gzip', true],
    ['gzip;q=0.5, identity', false],
    ['gzip;q=0', false],
    ['gzip;q=0, *', false],
    ['gzip;q=much', false],
    ['br, deflate', false],
    ['identity', false],
    ['', false],
  ])('depends on what %j takes', async (accepted, isCompressed) => {
    const { headers, status } = await desk.post({ query: LONG }, { 'accept-encoding': accepted });
    expect([status, headers['content-encoding']]).toEqual([200, isCompressed ? 'gzip' : undefined]);
  });

  it('is plain when it is small, unless that is refused', async () => {
    const answers = ['gzip', 'gzip, identity;q=0', 'gzip, *;q=0'].map((accepted) =>
      desk.post({ query: '{ hello }' }, { 'accept-encoding': accepted }),
    );
    const encodings = (await Promise.all(answers)).map(({ headers }) => headers['content-encoding']);
    expect(encodings).toEqual([undefined, 'gzip', 'gzip']);
  });

  it('is not compressed as a stream of events', async () => {
    const accepted = { accept: 'text/event-stream', 'accept-encoding': 'gzip' };
    const { headers, text } = await desk.post({ query: LONG }, accepted);
    expect(headers['content-encoding']).toBeUndefined();
    expect(text).toMatch(/^event: next\n/);
  });
});

describe('an answer to a GET', () => {
  it('has a weak tag that stays as long as the answer does, and is not sent again to who has it', async () => {
    // The first two uses write the rows, the later ones have them.
    const query = '{ hello history(from: 9, to: 4900) { day price must } }';
    const answers = [await get(query), await get(query), await get(query)];
    const tags = answers.map(({ headers }) => headers.etag);
    expect(new Set(tags).size).toBe(1);
    const [tag = ''] = tags;
    expect(tag).toMatch(/^W\/"[\w-]{27}"$/);
    expect(answers[0]?.headers['cache-control']).toBe('private, no-cache');
    for (const known of [tag, `"x", ${tag}`, '*', tag.slice(2), `${tag} , W/"y"`]) {
      const { status, headers, body } = await get(query, { 'if-none-match': known, 'accept-encoding': 'gzip' });
      expect([status, headers.etag, body.length]).toEqual([304, tag, 0]);
      expect(headers['content-length']).toBeUndefined();
      expect(headers.vary).toBe('Origin, Accept, Accept-Encoding');
    }
    for (const other of ['W/"x"', '', '""', tag.slice(0, -1)]) {
      expect((await get(query, { 'if-none-match': other })).status).toBe(200);
    }
  });

  it('has another tag for other rows, another selection, another revision, another type', async () => {
    const query = '{ hello history(from: 9, to: 4000) { day price must } }';
    const tagOf = async (asked: string, headers = {}) => (await get(asked, headers)).headers.etag;
    const tags = [
      await tagOf(query),
      await tagOf(query.replace('9', '8')),
      await tagOf(query.replace('must', 'must __typename')),
      await tagOf(query.replace('hello', 'again: hello')),
      await tagOf(query, { accept: 'application/graphql-response+json' }),
      await tagOf('{ rows { day } }'),
      await tagOf('{ rows { at } }'),
    ];
    series = columnsOf(ROWS);
    tags.push(await tagOf(query));
    expect(new Set(tags).size).toBe(tags.length);
    expect(tags).not.toContain(undefined);
    expect(await tagOf('{ rows { at } }')).toBe(tags[6]);
  });

  it('has no tag when it has errors, and none as a POST', async () => {
    for (const answer of [
      await get('{ account { soft } }'),
      await get('{ nothing }'),
      await get('mutation { add }', { 'if-none-match': '*' }),
      await desk.post({ query: LONG }, { 'if-none-match': '*' }),
    ]) {
      expect(answer.headers.etag).toBeUndefined();
      expect(answer.headers['cache-control']).toBe('no-store');
      expect(answer.status).not.toBe(304);
    }
  });
});
