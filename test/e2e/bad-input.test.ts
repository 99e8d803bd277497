import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

describe('bad input over HTTP', () => {
  let server: TestDeskgraph;
  beforeAll(async () => {
    server = await startDeskgraph();
  });
  afterAll(() => server.close());

  /** Every refusal is coded, says nothing of the inside, and leaves the server answering. */
  async function expectRefusal(response: Promise<Response>, code: string, message: RegExp) {
    const { errors, text } = await answerOf(await response);
    expect(errors.map((error) => error.extensions.code)).toContain(code);
    expect(errors[0]?.message).toMatch(message);
    expect(errors[0]?.extensions.requestId).toMatch(/^[\w.-]+$/);
    expect(text).not.toMatch(/\bat .+:\d+:\d+|node_modules|\.ts\b|stack/);
    expect((await server.ask('{ __typename }')).data).toEqual({ __typename: 'Query' });
  }
  const post = (query: string, variables?: object) => server.post(JSON.stringify({ query, variables }));

  it.each([
    ['a malformed document', '{ bars(code: "AAPL" { code } }', undefined, 'BAD_USER_INPUT', /Syntax Error/],
    ['an empty document', '', undefined, 'BAD_USER_INPUT', /./],
    ['an unknown field', '{ barz }', undefined, 'BAD_USER_INPUT', /barz/],
    ['an unknown argument', '{ bars(ticker: "AAPL") { code } }', undefined, 'BAD_USER_INPUT', /ticker/],
    ['a missing argument', '{ bars { code } }', undefined, 'BAD_USER_INPUT', /code/],
    [
      'a variable of the wrong type',
      'query ($c: String!) { bars(code: $c) { code } }',
      { c: 5 },
      'BAD_USER_INPUT',
      /\$c/,
    ],
    ['a missing variable', 'query ($c: String!) { bars(code: $c) { code } }', {}, 'BAD_USER_INPUT', /\$c/],
    [
      'a day that does not exist',
      '{ bars(code: "AAPL", start: "2024-02-30") { code } }',
      undefined,
      'BAD_USER_INPUT',
      /2024-02-30/,
    ],
    [
      'a day in short form',
      'query ($s: Date) { bars(code: "AAPL", start: $s) { code } }',
      { s: '2024-1-5' },
      'BAD_USER_INPUT',
      /2024-1-5/,
    ],
    [
      'a range that ends before it starts',
      '{ bars(code: "AAPL", start: "2024-02-02", end: "2024-02-01") { code } }',
      undefined,
      'BAD_USER_INPUT',
      /start 2024-02-02 after end 2024-02-01/,
    ],
    [
      'a curve that ends before it starts',
      '{ account(accountCookie: "demo-cta") { equityCurve(start: "2024-02-02", end: "2024-02-01") { balance } } }',
      undefined,
      'BAD_USER_INPUT',
      /start 2024-02-02 after end 2024-02-01/,
    ],
    ['an unknown code', '{ bars(code: "ZZZZ") { code } }', undefined, 'NOT_FOUND', /ZZZZ/],
    [
      'the premium of what is no fund',
      '{ etfPremium(code: "AAPL") { code } }',
      undefined,
      'BAD_USER_INPUT',
      /US_STOCK/,
    ],
    [
      'an enum value that does not exist',
      '{ bars(code: "AAPL", interval: HOUR) { code } }',
      undefined,
      'BAD_USER_INPUT',
      /HOUR/,
    ],
    [
      '201 codes',
      'query ($c: [String!]!) { barsBatch(codes: $c) { code } }',
      { c: Array(201).fill('AAPL') },
      'BAD_USER_INPUT',
      /201 codes, wanted at most 200/,
    ],
    [
      'a page in both directions',
      '{ accounts(first: 1, last: 1) { totalCount } }',
      undefined,
      'BAD_USER_INPUT',
      /both first and last/,
    ],
    ['a page that is too large', '{ accounts(first: 1001) { totalCount } }', undefined, 'BAD_USER_INPUT', /1001/],
    ['a cursor of another list', '{ accounts(after: "abc") { totalCount } }', undefined, 'BAD_USER_INPUT', /cursor/],
    ['an id that is none', '{ node(id: "%%%") { id } }', undefined, 'BAD_USER_INPUT', /id/],
    [
      'a gateway that there is not',
      'subscription { ticks(gateway: "x", symbols: ["B"]) { seq } }',
      undefined,
      'NOT_FOUND',
      /"x"/,
    ],
    [
      'no symbols',
      'subscription { ticks(gateway: "paper", symbols: []) { seq } }',
      undefined,
      'BAD_USER_INPUT',
      /0 symbols/,
    ],
    [
      'too many symbols',
      'subscription ($s: [String!]!) { marketTrades(gateway: "paper", symbols: $s) { seq } }',
      { s: Array.from({ length: 501 }, (_, index) => `S${index}`) },
      'BAD_USER_INPUT',
      /501 symbols, wanted 1 to 500/,
    ],
    [
      'a symbol that is too long',
      'subscription ($s: [String!]!) { liveBars(gateway: "paper", symbols: $s) { close } }',
      { s: ['B'.repeat(65)] },
      'BAD_USER_INPUT',
      /1 to 64 characters/,
    ],
    ...[0, -1, 1001].map((rate): [string, string, undefined, string, RegExp] => [
      `${rate} ticks a second`,
      `subscription { ticks(gateway: "paper", symbols: ["B"], maxPerSecond: ${rate}) { seq } }`,
      undefined,
      'BAD_USER_INPUT',
      /maxPerSecond/,
    ]),
    [
      'the output of a run that there is not',
      'subscription { commandOutput(runId: "UnVuOng") { __typename } }',
      undefined,
      'NOT_FOUND',
      /run/,
    ],
    [
      'the output of what is no run',
      'subscription { commandOutput(runId: "x") { __typename } }',
      undefined,
      'BAD_USER_INPUT',
      /id/,
    ],
    [
      'orders of an account that has settled days alone, for which no snapshot would be true',
      'subscription { orderEvents(accountCookie: "demo-cta") { __typename } }',
      undefined,
      'NOT_FOUND',
      /no account/,
    ],
    [
      'positions of an account that has settled days alone, which would never change',
      'subscription { positionUpdates(accountCookie: "demo-cta") { seq } }',
      undefined,
      'NOT_FOUND',
      /no account/,
    ],
    [
      'a mutation that a later version brings',
      'mutation { deleteSchedule(id: "x") { __typename } }',
      undefined,
      'NOT_AVAILABLE',
      /not available/,
    ],
  ])('refuses %s', async (_what, query, variables, code, message) => {
    await expectRefusal(post(query, variables), code, message);
  });

  it.each([
    ['broken JSON', '{"query": "{ __typename }"'],
    ['JSON that is no object', '"{ __typename }"'],
    ['a list of operations', '[{"query":"{ __typename }"}]'],
    ['a query that is no text', '{"query": 5}'],
    ['variables that are a list', '{"query":"{ __typename }","variables":[1]}'],
    ['no query at all', '{}'],
    ['an empty body', ''],
  ])('refuses %s', async (_what, body) => {
    await expectRefusal(server.post(body), 'BAD_USER_INPUT', /./);
  });

  it('answers null, without an error, for an account, a portfolio, a day and a node that are not there', async () => {
    const missing = Buffer.from('Account:["HISTORY","nobody"]').toString('base64url');
    const { data, errors } = await server.ask(
      `{ account(accountCookie: "nobody") { id } none: portfolio(name: "nobody") { id } node(id: "${missing}") { id }
         past: account(accountCookie: "demo-cta", tradingDay: "1999-01-04") { id }
         now: account(accountCookie: "demo-cta") { positions(tradingDay: "1999-01-04") { id } } }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ account: null, none: null, node: null, past: null, now: { positions: null } });
  });

  it.each(["o'brien", '{"$gt":""}', '$where', 'a.b', '../../etc/passwd', '\u0000', '%', '名字', 'x'.repeat(10_000)])(
    'takes the account name %j literally',
    async (accountCookie) => {
      const { data, errors } = await server.ask(
        'query ($a: String!) { account(accountCookie: $a) { id } accounts(search: $a) { totalCount } }',
        { a: accountCookie },
      );
      expect(errors).toEqual([]);
      expect(data).toEqual({ account: null, accounts: { totalCount: 0 } });
    },
  );

  it.each(['../../etc/passwd', '..', '/etc/passwd', 'a/b', 'CON.csv', 'AAPL.csv', '.nav'])(
    'never leaves the folder for the code %j',
    async (code) => {
      const { data, errors } = await server.ask('query ($c: String!) { bars(code: $c) { code } }', { c: code });
      expect(data.bars).toBeNull();
      expect(['NOT_FOUND', 'BAD_USER_INPUT']).toContain(errors[0]?.extensions.code);
    },
  );

  it('complained of nothing: no refusal is a fault of the server', () => {
    expect(server.complaints).toEqual([]);
  });
});
