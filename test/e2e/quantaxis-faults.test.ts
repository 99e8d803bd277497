import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GraphAnswer } from '../support/deskgraph.ts';
import { describeOnMongo } from '../support/mongo.ts';
import { openQuantaxis, type QuantaxisDesk } from '../support/quantaxis-desk.ts';
import { fillNonsense, UNNAMED_DOCUMENTS, UNUSABLE_ACCOUNTS } from '../support/quantaxis-nonsense.ts';

interface Issues {
  readonly dropped: number;
  readonly nulled: number;
  readonly samples: readonly string[];
}

const issuesOf = ({ text }: GraphAnswer): Issues | undefined => JSON.parse(text).extensions?.dataIssues;
const faultsOf = ({ errors }: GraphAnswer) =>
  errors.map(({ path, message, extensions: { code, collection, documentId } }) => ({
    ...{ path: path?.join('.'), message: message.replace(/^\S+ \S+: /, ''), code, documentId },
    collection: String(collection).replace(/^test_\w+?_/, ''),
  }));

describeOnMongo('documents of QUANTAXIS that hold nonsense', (server) => {
  let quantaxis: QuantaxisDesk;
  beforeAll(async () => {
    quantaxis = await openQuantaxis(server, {
      fill: (collections) => fillNonsense(server, collections),
    });
  });
  afterAll(() => quantaxis[Symbol.asyncDispose]());

  const ask = (query: string) => quantaxis.desk.ask(query);
  const at = (accountCookie: string, fields: string, rest = '') =>
    ask(`{ account(accountCookie: "${accountCookie}"${rest}) { ${fields} } }`);

  it.each(['HISTORY', 'REALTIME'])(
    'of no account that could be named are left out of %s and counted',
    async (source) => {
      const answer = await ask(`{ accounts(source: ${source}, first: 1000) { totalCount nodes { accountCookie } } }`);
      expect(answer.errors).toEqual([]);
      const names: string[] = answer.data.accounts.nodes.map(
        ({ accountCookie }: { accountCookie: string }) => accountCookie,
      );
      expect(names).toHaveLength(answer.data.accounts.totalCount);
      expect(names.filter((name) => /^(ghost|133497|kkk|bell|\s)/.test(name))).toEqual([]);
      expect(names).toContain('good');
      const useless = source === 'HISTORY' ? UNUSABLE_ACCOUNTS.length : 0;
      const list = await ask(`{ accounts(source: ${source}, first: 0) { totalCount } }`);
      expect(issuesOf(list)?.dropped).toBe(UNNAMED_DOCUMENTS.length + useless);
    },
  );

  it('say which document was left out', async () => {
    const { samples = [] } = issuesOf(await ask('{ accounts(source: REALTIME) { totalCount } }')) ?? {};
    expect(samples).toHaveLength(5);
    for (const sample of samples) {
      expect(sample).toMatch(
        /^test_\w+_QAREALTIME\.account cookie \w+: left out, account_cookie: received .{1,60}, wanted a name$/,
      );
    }
  });

  it('instead of figures leave the account at its last state that can be read', async () => {
    const answer = await ask(
      '{ accounts(search: "unusable") { totalCount nodes { accountCookie tradingDay balance equityCurve { tradingDay } } } }',
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data.accounts.nodes).toEqual(
      UNUSABLE_ACCOUNTS.map((_, index) => ({
        ...{ accountCookie: `unusable ${index}`, tradingDay: '2026-11-17', balance: 100096.5 },
        equityCurve: [{ tradingDay: '2026-11-17' }],
      })),
    );
    expect((await at('unusable 0', 'balance', ', tradingDay: "2026-11-18"')).data).toEqual({ account: null });
  });

  it('instead of figures leave an account that has nothing else out, counted', async () => {
    const answer = await at('useless 0', 'balance');
    expect(answer.data).toEqual({ account: null });
    expect(issuesOf(answer)).toMatchObject({
      dropped: 1,
      samples: [expect.stringMatching(/history useless 0: left out, accounts: received 5, wanted an object$/)],
    });
  });

  it('as single figures are null, each with the path and the document in an error', async () => {
    const answer = await at(
      'figures',
      `tradingDay updatedAt connectionStatus brokerName currency portfolio { name } balance available margin deposit
       withdraw closeProfit floatProfit commission premium preBalance riskRatio dayProfit`,
    );
    expect(answer.data.account).toEqual({
      ...{ tradingDay: '2026-11-18', updatedAt: null, connectionStatus: 'UNKNOWN', brokerName: null, currency: null },
      ...{ portfolio: null, balance: 100096.5, available: 1000, margin: 9007199254740992, deposit: null },
      ...{ withdraw: null, closeProfit: null, floatProfit: null, commission: null, premium: null, preBalance: 100 },
      ...{ riskRatio: null, dayProfit: 99996.5 },
    });
    const place = { code: 'DATA_INVALID', documentId: 'figures', collection: 'quantaxis.history' };
    expect(faultsOf(answer)).toEqual(
      expect.arrayContaining([
        { ...place, path: 'account.closeProfit', message: 'accounts.close_profit: received "abc", wanted a number' },
        { ...place, path: 'account.floatProfit', message: 'accounts.float_profit: received true, wanted a number' },
        { ...place, path: 'account.commission', message: 'accounts.commission: received an object, wanted a number' },
        { ...place, path: 'account.premium', message: 'accounts.premium: received an array, wanted a number' },
        { ...place, path: 'account.currency', message: 'accounts.currency: received an object, wanted a name' },
        { ...place, path: 'account.portfolio', message: 'portfolio: received an object, wanted a name' },
        { ...place, path: 'account.updatedAt', message: 'updatetime: received "yesterday", wanted a time' },
        {
          ...place,
          path: 'account.brokerName',
          message: expect.stringMatching(/^broker_name: received "b+…?"?.*wanted a name$/),
        },
      ]),
    );
    expect(answer.errors).toHaveLength(8);
    expect(issuesOf(answer)).toBeUndefined();
  });

  it('within maps are left out and counted, and what stands beside them is answered', async () => {
    const answer = await at(
      'maps',
      'positions { instrumentId } trades { nodes { tradeId } } orders { nodes { orderId } }',
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data.account).toEqual({
      ...{ positions: [{ instrumentId: 'rb2005' }], trades: { nodes: [] }, orders: { nodes: [] } },
    });
    expect(issuesOf(answer)).toMatchObject({ dropped: 8, nulled: 0 });
  });

  it('as lists instead of maps are read, and a map that is not there is empty', async () => {
    const fields = 'positions { instrumentId } trades { nodes { tradeId } } orders { nodes { orderId } }';
    const lists = await at('lists', fields);
    expect(lists.data.account).toEqual({
      positions: [{ instrumentId: 'rb2005' }],
      trades: { nodes: [{ tradeId: 'a930d427-1' }] },
      orders: { nodes: [{ orderId: 'b3eda7b5-1' }] },
    });
    expect(issuesOf(lists)).toMatchObject({ dropped: 1 });
    const bare = await at('bare', fields);
    expect([bare.data.account.positions, bare.errors, issuesOf(bare)]).toEqual([[], [], undefined]);
  });

  it('do not, when keys of all writers stand side by side: none of them tells what it holds', async () => {
    const answer = await at('writers', 'positions { exchangeId instrumentId }');
    expect(answer.errors).toEqual([]);
    expect(answer.data.account.positions).toEqual([
      { exchangeId: null, instrumentId: 'm2101' },
      { exchangeId: 'DCE', instrumentId: 'j2101' },
      { exchangeId: 'SHFE', instrumentId: 'rb2101' },
      { exchangeId: 'stock_cn', instrumentId: '000001' },
    ]);
  });

  it('as figures of positions, fills and orders are null with an error each', async () => {
    const answer = await at(
      'entries',
      `positions { exchangeId volumeLong lastPrice } trades { nodes { price volume tradedAt tradedAtNanos commission } }
       orders { nodes { price remainingVolume filledVolume createdAt volume } }`,
    );
    expect(answer.data.account).toEqual({
      positions: [{ exchangeId: null, volumeLong: null, lastPrice: 3510 }],
      trades: { nodes: [{ price: null, volume: null, tradedAt: null, tradedAtNanos: null, commission: 3.5 }] },
      orders: { nodes: [{ price: null, remainingVolume: null, filledVolume: null, createdAt: null, volume: '1' }] },
    });
    expect(faultsOf(answer).map(({ path, documentId }) => [path, documentId])).toEqual(
      expect.arrayContaining(
        [
          ...['positions.0.exchangeId', 'positions.0.volumeLong', 'trades.nodes.0.price', 'trades.nodes.0.volume'],
          ...['trades.nodes.0.tradedAt', 'trades.nodes.0.tradedAtNanos', 'orders.nodes.0.price'],
          ...['orders.nodes.0.remainingVolume', 'orders.nodes.0.createdAt'],
        ].map((path) => [`account.${path}`, 'entries']),
      ),
    );
    expect(answer.errors).toHaveLength(9);
    // The second position of the instrument.
    expect(issuesOf(answer)).toMatchObject({ dropped: 1, nulled: 9 });
  });

  it('in many accounts of a list blank nothing else: twenty errors, the others counted', async () => {
    const answer = await ask(
      '{ accounts(portfolio: "many", first: 1000) { totalCount nodes { accountCookie balance available } } portfolio(name: "many") { balance available } }',
    );
    expect(answer.data.accounts.nodes).toHaveLength(25);
    expect(answer.data.accounts.nodes.map(({ available }: { available: number }) => available)).toEqual(
      Array(25).fill(96850),
    );
    expect(answer.data.accounts.nodes.at(-1)).toMatchObject({ accountCookie: 'many 24', balance: 24 });
    expect(answer.data.portfolio).toEqual({ balance: null, available: 25 * 96850 });
    expect(answer.errors).toHaveLength(20);
    expect(issuesOf(answer)).toMatchObject({ nulled: 24 });
  });

  it('as a day make a running account one of no day, with an error', async () => {
    const answer = await at('good running', 'tradingDay balance', ', source: REALTIME');
    expect(answer.data.account).toEqual({ tradingDay: null, balance: 100096.5 });
    expect(answer.errors).toMatchObject([{ path: ['account', 'tradingDay'], extensions: { code: 'DATA_INVALID' } }]);
  });

  it('as marks are left out and counted by their ids, and hide no mark beside them', async () => {
    const answer = await at(
      'good',
      'intradayEquity { balance } equityCurve { tradingDay balance }',
      ', source: REALTIME',
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data.account).toEqual({
      intradayEquity: [{ balance: 1 }, { balance: 4.5 }],
      equityCurve: [
        { tradingDay: '2026-11-16', balance: 1 },
        { tradingDay: '2026-11-17', balance: 4.5 },
        { tradingDay: '2026-11-18', balance: 100096.5 },
      ],
    });
    const { dropped, samples = [] } = issuesOf(answer) ?? {};
    expect(dropped).toBe(server.holdsAllShapes ? 5 : 4);
    for (const sample of samples) expect(sample).toMatch(/QAREALTIME\.hisaccount (\w+ mark|[0-9a-f]{24}): left out, /);
  });

  it('answer every field of every account, whatever is in them', async () => {
    const answer = await ask(`{ accounts(first: 1000) { nodes { accountCookie tradingDay balance dayProfit
      positions { id instrumentId lastPrice } equityCurve { balance } monthlyProfit { profit } performance { days sharpeRatio }
      trades { nodes { id tradeId price } } orders { nodes { id status price } } } } }`);
    expect(answer.status).toBe(200);
    expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['DATA_INVALID']));
    expect(answer.data.accounts.nodes.length).toBeGreaterThan(30);
    for (const node of answer.data.accounts.nodes) expect(node.equityCurve).toBeInstanceOf(Array);
  });

  it('are not faults of the server', () => {
    expect(quantaxis.desk.complaints.filter(({ message }) => !message.startsWith('stored documents hold'))).toEqual([]);
  });

  if (!server.holdsAllShapes) return;

  it('as keys are keys like any other: __proto__, constructor, $gt, empty, with dots', async () => {
    const answer = await at('keys', 'positions { instrumentId lastPrice }');
    expect(answer.errors).toEqual([]);
    const ids = [1, 2, 3, 4, 5, 6, 7].map((index) => ({ instrumentId: `rb210${index}`, lastPrice: 3510 }));
    expect(answer.data.account.positions).toEqual(ids);
    expect(Object.hasOwn(Object.prototype, 'instrument_id')).toBe(false);
  });

  it('as NaN and Infinity are null with an error, blank no list, and are no point of a curve', async () => {
    const answer = await ask(`{ accounts(portfolio: "nan") { nodes { accountCookie balance margin available
      positions { lastPrice margin } equityCurve { balance } monthlyProfit { profit } performance { days totalReturn }
      trades { nodes { price volume } } orders { nodes { price volume } } } } }`);
    expect(answer.data.accounts.nodes).toEqual(
      [0, 1, 2].map((index) => ({
        ...{ accountCookie: `nan ${index}`, balance: null, margin: null, available: 96850 },
        ...{ positions: [{ lastPrice: null, margin: 3150 }], equityCurve: [], monthlyProfit: [] },
        performance: { days: 0, totalReturn: null },
        trades: { nodes: [{ price: null, volume: 1 }] },
        orders: { nodes: [{ price: null, volume: '1' }] },
      })),
    );
    expect(answer.errors).toHaveLength(15);
    for (const { extensions } of answer.errors) {
      expect(extensions).toMatchObject({ code: 'DATA_INVALID', documentId: expect.stringMatching(/^nan [012]$/) });
    }
    const unlisted = UNNAMED_DOCUMENTS.length + UNUSABLE_ACCOUNTS.length;
    expect(issuesOf(answer)).toMatchObject({ dropped: unlisted + 3, nulled: 15 });
  });

  it('as decimals of MongoDB are numbers, digits kept where digits count', async () => {
    const answer = await at('decimal', 'balance margin trades { nodes { price volume } } orders { nodes { price } }');
    expect(answer.data.account).toEqual({
      ...{ balance: 100096.5, margin: 1000, trades: { nodes: [{ price: 3500.1, volume: null }] } },
      orders: { nodes: [{ price: '3500.10' }] },
    });
    expect(answer.errors).toHaveLength(1);
  });
});
