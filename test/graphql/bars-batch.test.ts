import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

const QUERY = `query ($codes: [String!]!, $start: Date = "2024-01-01", $end: Date = "2024-01-31") {
  barsBatch(codes: $codes, start: $start, end: $end) {
    code
    instrument { code assetType }
    series { code cached columns { date close } }
    error { __typename code message }
  }
}`;

const AAPL_ITEM = {
  code: 'AAPL',
  instrument: { code: 'AAPL', assetType: 'US_STOCK' },
  series: { code: 'AAPL', columns: { date: ['2024-01-02', '2024-01-03'], close: [1, 2] } },
  error: null,
};
const SHARE_ITEM = {
  code: '600000.SH',
  instrument: { code: '600000.SH', assetType: 'CHINA_STOCK' },
  series: { code: '600000.SH', columns: { date: ['2024-01-31'], close: [9] } },
  error: null,
};

describe('barsBatch, over HTTP on a folder of files', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startDeskgraph({
      environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
      files: {
        'desk.yaml': 'sources: [{ vendor: folder, path: ./bars }]',
        'bars/AAPL.csv': 'date,close\n2024-01-02,1\n2024-01-03,2\n2024-02-01,3\n',
        'bars/600000.SH.csv': 'date,close\n2024-01-31,9\n',
        'bars/TA701.ZCE.csv': 'date,close\n2024-01-31,7\n',
        'bars/600004.SH.csv': 'date,close\n2024-01-31,nonsense\n',
      },
    });
  });
  afterAll(() => server.close());

  it('has one code for a contract of Zhengzhou, with one or two digits of the year', async () => {
    const { data } = await server.ask(QUERY, { codes: ['TA701', 'TA2701.CZCE', 'TA701.ZCE'] });
    expect(new Set(data.barsBatch.map(({ code }: { code: string }) => code))).toEqual(new Set(['TA701.ZCE']));
    for (const { series } of data.barsBatch) expect(series.columns.close).toEqual([7]);
  });

  it('names what an ambiguous number can mean', async () => {
    const { data } = await server.ask(QUERY, { codes: ['000001'] });
    expect(data.barsBatch[0].error).toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringMatching(/000001\.SH .* or 000001\.SZ/),
    });
  });

  async function batch(codes: readonly string[], range: { start?: string; end?: string } = {}) {
    const { data, errors } = await server.ask(QUERY, { codes, ...range });
    expect(errors).toEqual([]);
    return data.barsBatch;
  }

  it('answers one item for each code in the order asked, duplicates too, under canonical codes', async () => {
    const items = await batch(['sh600000', 'AAPL', '600000.SH', 'AAPL']);
    expect(items).toMatchObject([SHARE_ITEM, AAPL_ITEM, SHARE_ITEM, AAPL_ITEM]);
  });

  it('answers an empty list with an empty list', async () => {
    expect(await batch([])).toEqual([]);
  });

  it('reads a code once, however often and however spelled it is asked', async () => {
    const reads = async (): Promise<number> => {
      const { data } = await server.ask('{ barCache { hits misses stale coalesced } }');
      const counts: Record<string, number> = data.barCache;
      return Object.values(counts).reduce((sum, count) => sum + count, 0);
    };
    const before = await reads();
    await batch(['AAPL', 'aapl', 'AAPL.US', 'AAPL', '600000.SH', 'sh600000']);
    expect(await reads()).toBe(before + 2);
  });

  it.each([
    ['a code that no file has', 'ZZZZ', { code: 'ZZZZ', assetType: 'US_STOCK' }, 'NOT_FOUND'],
    ['a code that says nothing', '???', { code: '???', assetType: 'UNKNOWN' }, 'NOT_FOUND'],
    ['a code that says two things', '000001', { code: '000001', assetType: 'UNKNOWN' }, 'NOT_FOUND'],
    ['a file that cannot be read', 'sh600004', { code: '600004.SH', assetType: 'CHINA_STOCK' }, 'DATA_INVALID'],
    ['an empty code', '', { code: '', assetType: 'UNKNOWN' }, 'BAD_USER_INPUT'],
    ['a blank code', ' \t ', { code: '', assetType: 'UNKNOWN' }, 'BAD_USER_INPUT'],
    ['40 characters', 'A'.repeat(40), { code: 'A'.repeat(32), assetType: 'UNKNOWN' }, 'BAD_USER_INPUT'],
    ['a control character', 'AA\u0007PL', { code: 'AA\ufffdPL', assetType: 'UNKNOWN' }, 'BAD_USER_INPUT'],
    ['a zero byte', 'AA\u0000PL', { code: 'AA\ufffdPL', assetType: 'UNKNOWN' }, 'BAD_USER_INPUT'],
    ['an invisible character', 'AAPL\u200b', { code: 'AAPL\ufffd', assetType: 'UNKNOWN' }, 'BAD_USER_INPUT'],
    ['a way out of the folder', '../AAPL', { code: '../AAPL', assetType: 'UNKNOWN' }, 'NOT_FOUND'],
  ])('lets the others have their series beside %s', async (_what, code, instrument, errorCode) => {
    const items = await batch(['AAPL', code, 'sh600000']);
    expect(items).toMatchObject([AAPL_ITEM, { code: instrument.code, instrument, series: null }, SHARE_ITEM]);
    expect(items[1].error).toMatchObject({ __typename: 'SeriesUnavailable', code: errorCode });
    expect(items[1].error.message).toMatch(/^.{10,300}$/);
  });

  it('says of every code that the range is wrong, and never fails as a whole', async () => {
    const items = await batch(['AAPL', 'ZZZZ', 'sh600000'], { start: '2024-02-02', end: '2024-02-01' });
    expect(items).toHaveLength(3);
    for (const item of items) {
      expect(item).toMatchObject({ series: null, error: { code: 'BAD_USER_INPUT' } });
      expect(item.error.message).toMatch(/start 2024-02-02 after end 2024-02-01/);
    }
  });

  it('takes interval and adjustment for all codes, and one code that has no bars in the range', async () => {
    const { data, errors } = await server.ask(
      `{ barsBatch(codes: ["AAPL", "600000.SH"], start: "2024-01-01", end: "2024-01-30", interval: MONTH, adjustment: BACKWARD) {
           series { interval adjustment count } error { code } } }`,
    );
    expect(errors).toEqual([]);
    expect(data.barsBatch).toEqual([
      { series: { interval: 'MONTH', adjustment: 'BACKWARD', count: 1 }, error: null },
      { series: { interval: 'MONTH', adjustment: 'BACKWARD', count: 0 }, error: null },
    ]);
  });

  it('answers 200 codes, with and without history', async () => {
    const codes = Array.from({ length: 200 }, (_, index) => `${600_000 + index}.SH`);
    const items = await batch(codes);
    expect(items.map(({ code }: { code: string }) => code)).toEqual(codes);
    expect(items[0]).toMatchObject(SHARE_ITEM);
    expect(items.filter(({ error }: { error: { code: string } | null }) => error?.code === 'NOT_FOUND')).toHaveLength(
      198,
    );
  });

  it('refuses 201 codes', async () => {
    const { data, errors } = await server.ask(QUERY, { codes: Array(201).fill('AAPL') });
    expect(data).toEqual({ barsBatch: null });
    expect(errors).toMatchObject([{ path: ['barsBatch'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.message).toMatch(/201 codes, wanted at most 200/);
  });
});
