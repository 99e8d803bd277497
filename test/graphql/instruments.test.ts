import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

describe('instruments, over HTTP on a folder of files', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startDeskgraph({
      environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
      files: {
        'desk.yaml': 'sources: [{ vendor: folder, path: ./bars }]',
        'bars/600000.SH.csv': 'date,close\n2024-01-02,10\n',
      },
    });
  });
  afterAll(() => server.close());

  async function data(query: string, variables?: object) {
    const answer = await server.ask(query, variables);
    expect(answer.errors).toEqual([]);
    return answer.data;
  }

  it('tells what a code is, under its canonical code', async () => {
    const { instrument } = await data(
      '{ instrument(code: "sh600000") { code assetType assetTypeDescription name exchange currency } }',
    );
    expect(instrument).toEqual({
      code: '600000.SH',
      assetType: 'CHINA_STOCK',
      assetTypeDescription: 'share of the Shanghai main board',
      name: null,
      exchange: 'SSE',
      currency: 'CNY',
    });
  });

  it('answers UNKNOWN for a code that says nothing, with what it was asked', async () => {
    const { instrument } = await data(
      '{ instrument(code: "名字") { code assetType assetTypeDescription exchange currency etfPremium { code } } }',
    );
    expect(instrument).toEqual({
      code: '名字',
      assetType: 'UNKNOWN',
      assetTypeDescription: 'not a code that is known here',
      exchange: null,
      currency: null,
      etfPremium: null,
    });
  });

  it('answers UNKNOWN for a code that says several things, and names them', async () => {
    const { instrument } = await data('{ instrument(code: "000001") { code assetType assetTypeDescription } }');
    expect(instrument).toMatchObject({ code: '000001', assetType: 'UNKNOWN' });
    expect(instrument.assetTypeDescription).toMatch(/^ambiguous: 000001\.SH .+ or 000001\.SZ /);
  });

  it('answers a list in the order asked, each code as often as it was asked', async () => {
    const codes = ['AAPL', 'nonsense!', 'sh600000', 'AAPL', '600000.XSHG', '700.HK'];
    const { instruments } = await data(
      'query ($codes: [String!]!) { instruments(codes: $codes) { code assetType } none: instruments(codes: []) { code } }',
      { codes },
    );
    expect(instruments).toEqual([
      { code: 'AAPL', assetType: 'US_STOCK' },
      { code: 'NONSENSE!', assetType: 'UNKNOWN' },
      { code: '600000.SH', assetType: 'CHINA_STOCK' },
      { code: 'AAPL', assetType: 'US_STOCK' },
      { code: '600000.SH', assetType: 'CHINA_STOCK' },
      { code: '00700.HK', assetType: 'HK_STOCK' },
    ]);
  });

  it('answers 200 codes and refuses 201', async () => {
    const query = 'query ($codes: [String!]!) { instruments(codes: $codes) { code } }';
    const codes = Array.from({ length: 201 }, (_, index) => `${600_000 + index}.SH`);
    const { instruments } = await data(query, { codes: codes.slice(0, 200) });
    expect(instruments).toEqual(codes.slice(0, 200).map((code) => ({ code })));
    const refused = await server.ask(query, { codes });
    expect(refused.errors).toMatchObject([{ path: ['instruments'], extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(refused.errors[0]?.message).toMatch(/201 codes, wanted at most 200/);
  });

  it.each([
    ['nothing', ' ', ''],
    ['40 characters', 'A'.repeat(40), 'A'.repeat(32)],
    ['a control character', 'AA\u0007PL', 'AA\ufffdPL'],
  ])('answers UNKNOWN for %s, and everything else beside it', async (_what, code, shown) => {
    const { instrument, instruments } = await data(
      'query ($code: String!) { instrument(code: $code) { code assetType assetTypeDescription } instruments(codes: [$code, "AAPL"]) { assetType } }',
      { code },
    );
    expect(instrument).toEqual({ code: shown, assetType: 'UNKNOWN', assetTypeDescription: 'not a code' });
    expect(instruments).toEqual([{ assetType: 'UNKNOWN' }, { assetType: 'US_STOCK' }]);
  });

  it('finds an instrument again by its id, the same for every spelling', async () => {
    const { one, other } = await data(
      '{ one: instrument(code: "sh600000") { id } other: instrument(code: "600000.SS") { id } }',
    );
    expect(one.id).toBe(other.id);
    const { node } = await data(
      'query ($id: ID!) { node(id: $id) { __typename id ... on Instrument { code bars(start: "2024-01-01", end: "2024-01-31") { count } } } }',
      { id: one.id },
    );
    expect(node).toEqual({ __typename: 'Instrument', id: one.id, code: '600000.SH', bars: { count: 1 } });
  });

  it('refuses the id of a series, which is a cache key only', async () => {
    const { bars } = await data('{ bars(code: "600000.SH") { id } }');
    const { data: answer, errors } = await server.ask('query ($id: ID!) { node(id: $id) { __typename } }', {
      id: bars.id,
    });
    expect(answer).toEqual({ node: null });
    expect(errors).toMatchObject([{ path: ['node'], extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
