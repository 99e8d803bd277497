import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

const CSV = 'date,close\n2024-01-02,1\n';

function startWithCache(environment: Readonly<Record<string, string>> = {}): Promise<TestDeskgraph> {
  return startDeskgraph({
    environment: { DESKGRAPH_CONFIG: 'desk.yaml', ...environment },
    files: {
      'desk.yaml': 'sources: [{ vendor: folder, path: ./bars }]',
      'bars/AAPL.csv': CSV,
      'bars/MSFT.csv': CSV,
      'bars/510300.SH.csv': CSV,
      'bars/510300.SH.nav.csv': 'date,nav\n2024-01-02,1\n',
    },
  });
}

const COUNTERS = 'hits misses stale coalesced upstreamCalls entries bytes';
const CLEAR = `mutation ($codes: [String!]) {
  clearBarCache(codes: $codes) { cleared before { ${COUNTERS} } after { ${COUNTERS} } }
}`;

describe('barCache, over HTTP on a folder of files', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startWithCache();
  });
  afterAll(() => server.close());

  async function stats() {
    const { data, errors } = await server.ask(
      `{ barCache { id ${COUNTERS} maxEntries maxBytes hitRatio ttlSeconds defaultStartDate strategy } }`,
    );
    expect(errors).toEqual([]);
    return data.barCache;
  }

  it('starts empty, tells its bounds, and has no hit ratio before the first read', async () => {
    const { id, strategy, ...figures } = await stats();
    expect(figures).toEqual({
      ...{ hits: 0, misses: 0, stale: 0, coalesced: 0, upstreamCalls: 0, entries: 0, bytes: 0 },
      maxEntries: Number.MAX_SAFE_INTEGER,
      maxBytes: 256 * 1024 * 1024,
      hitRatio: null,
      ttlSeconds: 7200,
      defaultStartDate: '2015-01-01',
    });
    expect(id).not.toBe('');
    expect(strategy).toMatch(/full history/);
  });

  it('counts every read as exactly one of hit, miss, stale and coalesced', async () => {
    const read = (code: string, refresh = false) =>
      server.ask('query ($code: String!, $refresh: Boolean!) { bars(code: $code, refresh: $refresh) { stale } }', {
        code,
        refresh,
      });
    for (const code of ['AAPL', 'AAPL', 'ZZZZ', 'ZZZZ']) await read(code);
    await read('AAPL', true);
    await Promise.all(Array.from({ length: 12 }, (_, index) => read(index % 2 === 0 ? 'MSFT' : 'AAPL')));
    writeFileSync(join(server.folder, 'bars', 'MSFT.csv'), 'junk');
    expect((await read('MSFT')).data).toEqual({ bars: { stale: true } });
    await server.ask('{ etfPremium(code: "510300.SH") { code } }');
    const { hits, misses, stale, coalesced, hitRatio, entries, bytes, upstreamCalls } = await stats();
    const reads = 4 + 1 + 12 + 1 + 2; // a premium reads bars and NAVs
    expect(hits + misses + stale + coalesced).toBe(reads);
    expect(stale).toBe(1);
    expect(hits).toBeGreaterThanOrEqual(1 + 6);
    expect(hitRatio).toBeCloseTo(hits / reads, 12);
    expect(entries).toBe(4);
    expect(bytes).toBeGreaterThan(0);
    // Each miss asked a source, and so did the one read that was answered with the last good series.
    expect(upstreamCalls).toBe(misses + stale);
  });
});

describe('clearBarCache, over HTTP on a folder of files', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startWithCache();
  });
  afterAll(() => server.close());

  /** Reads four series, so that all of them are held. */
  async function fill() {
    const { errors } = await server.ask(
      '{ aapl: bars(code: "AAPL") { code } msft: bars(code: "MSFT") { code } etfPremium(code: "510300.SH") { code } }',
    );
    expect(errors).toEqual([]);
  }

  async function clear(variables?: { codes: readonly string[] | null }) {
    const { data, errors } = await server.ask(CLEAR, variables);
    expect(errors).toEqual([]);
    return data.clearBarCache;
  }

  it.each([
    ['without codes', undefined],
    ['for null', { codes: null }],
  ])('forgets everything %s, and tells the counters before and after', async (_what, variables) => {
    await fill();
    const { cleared, before, after } = await clear(variables);
    expect(cleared).toBe(4);
    expect(before).toMatchObject({ entries: 4 });
    expect(before.bytes).toBeGreaterThan(0);
    expect(after).toEqual({ ...before, entries: 0, bytes: 0 });
    const { data } = await server.ask('{ bars(code: "AAPL") { cached } }');
    expect(data).toEqual({ bars: { cached: false } });
  });

  it('forgets the bars and NAVs of the codes named, in any spelling, and leaves the others', async () => {
    await fill();
    const { cleared, before, after } = await clear({ codes: ['sh510300', '510300.SH', 'ZZZZ'] });
    expect(cleared).toBe(2);
    expect(before.entries).toBe(4);
    expect(after.entries).toBe(2);
    expect(after.bytes).toBeLessThan(before.bytes);
    const { data } = await server.ask(
      '{ aapl: bars(code: "AAPL") { cached } fund: bars(code: "510300.SH") { cached } }',
    );
    expect(data).toEqual({ aapl: { cached: true }, fund: { cached: false } });
  });

  it.each([
    ['codes that are not held', ['ZZZZ', '???']],
    ['an empty list', []],
  ])('forgets nothing for %s', async (_what, codes) => {
    await fill();
    const { cleared, before, after } = await clear({ codes });
    expect(cleared).toBe(0);
    expect(after).toEqual(before);
  });

  it.each([
    ['an empty code', ['AAPL', '']],
    ['40 characters', ['AAPL', 'A'.repeat(40)]],
    ['a control character', ['AAPL', 'AAPL\u0007']],
    ['201 codes', Array<string>(201).fill('AAPL')],
  ])('refuses %s, and then forgets nothing at all', async (_what, codes) => {
    await fill();
    const { data, errors } = await server.ask(CLEAR, { codes });
    expect(data).toEqual({ clearBarCache: null });
    expect(errors).toMatchObject([{ path: ['clearBarCache'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect((await server.ask('{ barCache { entries } }')).data.barCache.entries).toBe(4);
  });
});

describe('a cache for one series, over HTTP on a folder of files', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startWithCache({ CACHE_MAXSIZE: '1', CACHE_TTL_SECONDS: '60', DEFAULT_START_DATE: '2020-05-04' });
  });
  afterAll(() => server.close());

  it('holds the series read last, and answers all of them', async () => {
    const read = async (code: string) => {
      const { data, errors } = await server.ask(
        'query ($code: String!) { bars(code: $code, end: "2024-01-31") { cached count } }',
        { code },
      );
      expect(errors).toEqual([]);
      return data.bars;
    };
    expect(await read('AAPL')).toEqual({ cached: false, count: 1 });
    expect(await read('AAPL')).toEqual({ cached: true, count: 1 });
    expect(await read('MSFT')).toEqual({ cached: false, count: 1 });
    expect(await read('MSFT')).toEqual({ cached: true, count: 1 });
    expect(await read('AAPL')).toEqual({ cached: false, count: 1 });
    const { data } = await server.ask(
      '{ barCache { entries maxEntries hits misses hitRatio ttlSeconds defaultStartDate } }',
    );
    expect(data.barCache).toEqual({
      entries: 1,
      maxEntries: 1,
      hits: 2,
      misses: 3,
      hitRatio: 0.4,
      ttlSeconds: 60,
      defaultStartDate: '2020-05-04',
    });
  });

  it('answers a premium, which needs two series at once', async () => {
    const { data, errors } = await server.ask(
      '{ etfPremium(code: "510300.SH", end: "2024-01-31") { latestPremium } barCache { entries } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ etfPremium: { latestPremium: 0 }, barCache: { entries: 1 } });
  });
});
