import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnMongo } from '../support/mongo.ts';
import { openQuantaxis, type QuantaxisDesk } from '../support/quantaxis-desk.ts';
import { fillWriters, NIGHT_NANOS } from '../support/quantaxis-writers.ts';
import { fieldsOf } from '../support/selections.ts';

const STATE = `source accountCookie brokerName currency connectionStatus tradingDay updatedAt preBalance staticBalance
  deposit withdraw withdrawQuota closeProfit positionProfit floatProfit commission premium balance margin frozenMargin
  frozenCommission frozenPremium available riskRatio dayProfit portfolio { name }`;
const POSITION = `instrumentId exchangeId instrument { code } volumeLong volumeLongToday volumeLongHistory
  volumeLongFrozen volumeShort volumeShortToday volumeShortHistory volumeShortFrozen openPriceLong openPriceShort
  openCostLong openCostShort positionPriceLong positionPriceShort lastPrice floatProfit positionProfit margin`;
const TRADE = `tradeId orderId accountCookie instrumentId exchangeId side offset price volume commission tradingDay
  tradedAt tradedAtNanos`;
const ORDER = `orderId clientOrderId accountCookie gateway instrumentId symbol exchangeId side offset type timeInForce
  status price volume filledVolume remainingVolume averagePrice statusMessage tradingDay createdAt updatedAt
  fills { tradeId }`;
const POINTS = 'tradingDay balance available margin deposit withdraw';

/** All that an order of a QIFI document never has. */
const NEVER_LIVE = { clientOrderId: null, gateway: null, symbol: null, averagePrice: null, updatedAt: null, fills: [] };

const PYTHON_STATE = {
  ...{ accountCookie: 'cta_rb_5min', brokerName: 'QAPaperTrading', currency: 'CNY', connectionStatus: 'CONNECTED' },
  ...{ portfolio: { name: 'cta' }, tradingDay: '2020-01-16', updatedAt: null },
  ...{ preBalance: 0, staticBalance: 0, deposit: 100000, withdraw: 0, withdrawQuota: 0, closeProfit: -3.5 },
  ...{ positionProfit: 100, floatProfit: 100, commission: 3.5015, premium: 0, balance: 100096.5, margin: 3150 },
  ...{ frozenMargin: 0, frozenCommission: 0, frozenPremium: 0, available: 96850, riskRatio: 0.03243370147807367 },
  dayProfit: 96.5,
};
const PYTHON_POSITION = {
  ...{ instrumentId: 'rb2005', exchangeId: 'SHFE', instrument: { code: 'RB2005.SHF' } },
  ...{ volumeLong: 1, volumeLongToday: 1, volumeLongHistory: 0, volumeLongFrozen: 0 },
  ...{ volumeShort: 0, volumeShortToday: 0, volumeShortHistory: 0, volumeShortFrozen: 0 },
  ...{ openPriceLong: 3500, openPriceShort: 0, openCostLong: 35000, openCostShort: 0, positionPriceLong: 3500 },
  ...{ positionPriceShort: 0, lastPrice: 3510, floatProfit: 100, positionProfit: 100, margin: 3150 },
};
const PYTHON_TRADE = {
  ...{ tradeId: 'a930d427-1', orderId: 'b3eda7b5-1', accountCookie: 'cta_rb_5min', instrumentId: 'rb2005' },
  ...{ exchangeId: 'SHFE', side: 'BUY', offset: 'OPEN', price: 3500, volume: 1, commission: 3.5 },
  ...{ tradingDay: '2020-01-16', tradedAt: '2020-01-16T02:30:00.112Z', tradedAtNanos: '1579141800112232960' },
};
const PYTHON_ORDER = {
  ...NEVER_LIVE,
  ...{ orderId: 'b3eda7b5-1', accountCookie: 'cta_rb_5min', instrumentId: 'rb2005', exchangeId: 'SHFE' },
  ...{ side: 'BUY', offset: 'OPEN', type: 'LIMIT', timeInForce: 'GFD', status: 'FILLED', price: '3500', volume: '1' },
  ...{ filledVolume: '1', remainingVolume: '0', statusMessage: '全部成交', tradingDay: '2020-01-16' },
  createdAt: '2020-01-16T02:30:00.112Z',
};

/** What a document that says little leaves open. */
const UNTOLD_FIGURES = {
  ...{ staticBalance: null, deposit: null, withdraw: null, withdrawQuota: null, closeProfit: null },
  ...{ positionProfit: null, floatProfit: null, commission: null, premium: null },
  ...{ frozenMargin: null, frozenCommission: null, frozenPremium: null },
};
const UNTOLD_VOLUMES = {
  ...{ volumeLong: null, volumeLongToday: null, volumeLongHistory: null, volumeLongFrozen: null },
  ...{ volumeShort: null, volumeShortToday: null, volumeShortHistory: null, volumeShortFrozen: null },
  ...{ openPriceLong: null, openPriceShort: null, openCostLong: null, openCostShort: null, positionPriceLong: null },
  ...{ positionPriceShort: null, lastPrice: null, floatProfit: null, positionProfit: null, margin: null },
};

describeOnMongo('a QUANTAXIS database', (server) => {
  let quantaxis: QuantaxisDesk;
  beforeAll(async () => {
    quantaxis = await openQuantaxis(server, {
      fill: (collections) => fillWriters(server, collections),
    });
  });
  afterAll(() => quantaxis[Symbol.asyncDispose]());

  const accountAt = (accountCookie: string, rest: string, fields: string) =>
    quantaxis
      .data(`{ account(accountCookie: "${accountCookie}"${rest}) { ${fields} } }`)
      .then(({ account }) => account);

  it('answers the running state of the Python writer, field by field', async () => {
    const fields = `${STATE} positions { ${POSITION} } trades { totalCount nodes { ${TRADE} } } orders { totalCount nodes { ${ORDER} } }`;
    expect(await accountAt('cta_rb_5min', ', source: REALTIME', fields)).toEqual({
      ...{ ...PYTHON_STATE, source: 'REALTIME', positions: [PYTHON_POSITION] },
      trades: { totalCount: 1, nodes: [PYTHON_TRADE] },
      orders: { totalCount: 1, nodes: [PYTHON_ORDER] },
    });
  });

  it('answers the settled days of the Python writer: the latest of them, fills once, flat positions []', async () => {
    const fields = `${STATE} positions { ${POSITION} } trades { totalCount nodes { ${TRADE} } } orders { nodes { ${ORDER} } }
      equityCurve { ${POINTS} } intradayEquity { at } carry: monthlyProfit { month profit } legacy: monthlyProfit(mode: LEGACY) { month profit }`;
    expect(await accountAt('cta_rb_5min', '', fields)).toEqual({
      ...PYTHON_STATE,
      ...{ source: 'HISTORY', tradingDay: '2020-01-20', preBalance: 99500.5, deposit: 0, balance: 99500.5, margin: 0 },
      ...{ available: 99500.5, dayProfit: 0, positions: [] },
      trades: {
        totalCount: 2,
        nodes: [
          PYTHON_TRADE,
          {
            ...{ ...PYTHON_TRADE, tradeId: 'a930d427-2', orderId: 'b3eda7b5-2', side: 'SELL', offset: 'CLOSE' },
            ...{ price: 3550.5, tradingDay: '2020-01-17', tradedAtNanos: '1579226400000000000' },
            tradedAt: '2020-01-17T02:00:00.000Z',
          },
        ],
      },
      orders: {
        nodes: [
          PYTHON_ORDER,
          {
            ...{ ...PYTHON_ORDER, orderId: 'b3eda7b5-2', side: 'SELL', offset: 'CLOSE', status: 'CANCELLED' },
            ...{ volume: '3', filledVolume: '1', statusMessage: '已撤单', tradingDay: '2020-01-17' },
            createdAt: '2020-01-17T01:59:59.000Z',
          },
        ],
      },
      equityCurve: [
        { tradingDay: '2020-01-16', balance: 100096.5, available: 96850, margin: 3150, deposit: 100000, withdraw: 0 },
        { tradingDay: '2020-01-17', balance: 99500.5, available: 99500.5, margin: 0, deposit: 0, withdraw: 1000 },
        { tradingDay: '2020-01-20', balance: 99500.5, available: 99500.5, margin: 0, deposit: 0, withdraw: 0 },
      ],
      intradayEquity: [],
      // 99500.5 - 0 - (100000 - 1000); and 99500 - 100096, both rounded half to even.
      carry: [{ month: '2020-01-31', profit: 500.5 }],
      legacy: [{ month: '2020-01-31', profit: -596 }],
    });
  });

  it('measures performance without the money that moved', async () => {
    // The first day has a preBalance of 0 and so no return; then (99500.5 + 1000) / 100096.5 - 1, then 0.
    const r = 404 / 100096.5;
    const performance = (
      await accountAt('cta_rb_5min', '', `performance { ${await fieldsOf(quantaxis.desk, 'AccountPerformance')} }`)
    ).performance;
    expect(performance).toEqual({
      days: 3,
      totalReturn: expect.closeTo(r, 12),
      annualReturn: expect.closeTo((1 + r) ** 84 - 1, 10),
      annualVolatility: expect.closeTo((r / Math.SQRT2) * Math.sqrt(252), 12),
      sharpeRatio: expect.closeTo(Math.sqrt(126), 10),
      maxDrawdown: 0,
      winRate: 1,
      tradeCount: 2,
    });
    const later = await accountAt(
      'cta_rb_5min',
      '',
      'performance(start: "2020-01-18", end: "2020-01-20") { days tradeCount totalReturn sharpeRatio winRate }',
    );
    expect(later.performance).toEqual({ days: 1, tradeCount: 0, totalReturn: 0, sharpeRatio: null, winRate: null });
  });

  it('answers the settled days of QATrader: what it does not say is null', async () => {
    const fields = `${STATE} positions { ${POSITION} } trades { totalCount } orders { totalCount } equityCurve { tradingDay balance deposit }`;
    expect(await accountAt('133496', '', fields)).toEqual({
      ...{ ...UNTOLD_FIGURES, source: 'HISTORY', accountCookie: '133496', brokerName: 'simnow', currency: 'CNY' },
      ...{ connectionStatus: 'CLOSED', portfolio: { name: 'default' }, tradingDay: '2020-01-16' },
      ...{ updatedAt: '2020-01-16T12:59:01.118Z', preBalance: 999996.1, balance: 1003396.1, margin: 11050 },
      ...{ available: 992346.1, riskRatio: 0.011012600108770587, dayProfit: expect.closeTo(3400, 6) },
      positions: [
        {
          ...{ ...UNTOLD_VOLUMES, instrumentId: 'j2005', exchangeId: 'DCE', instrument: { code: 'J2005.DCE' } },
          ...{ volumeShort: 1, volumeShortHistory: 1, openPriceShort: 2023.5 },
        },
      ],
      ...{ trades: { totalCount: 0 }, orders: { totalCount: 0 } },
      equityCurve: [
        { tradingDay: '2020-01-15', balance: 999996.1, deposit: null },
        { tradingDay: '2020-01-16', balance: 1003396.1, deposit: null },
      ],
    });
  });

  it('answers the running state of QATrader, its settled days behind it and marks before them', async () => {
    const fields = `connectionStatus tradingDay updatedAt balance trades { nodes { ${TRADE} } } orders { nodes { ${ORDER} } }
      equityCurve { tradingDay balance } intradayEquity { at balance }
      some: intradayEquity(start: "2020-01-14T15:59:59Z", end: "2020-01-14T15:59:59.5Z") { balance }`;
    expect(await accountAt('133496', ', source: REALTIME', fields)).toEqual({
      ...{ connectionStatus: 'CONNECTED', tradingDay: '2020-01-17', updatedAt: '2020-01-17T01:15:30.500Z' },
      balance: 1003500.25,
      trades: {
        nodes: [
          {
            ...{ tradeId: '6', orderId: 'QAOTG_1', accountCookie: '133496', instrumentId: 'j2005', exchangeId: 'DCE' },
            ...{ side: 'SELL', offset: 'OPEN', price: 2023.5, volume: 1, commission: 11.2, tradingDay: '2020-01-17' },
            ...{ tradedAt: '2020-01-16T20:05:06.123Z', tradedAtNanos: NIGHT_NANOS },
          },
        ],
      },
      orders: {
        nodes: [
          {
            ...{ ...NEVER_LIVE, orderId: 'QAOTG_1', accountCookie: '133496', instrumentId: 'j2005', exchangeId: 'DCE' },
            ...{ side: 'SELL', offset: 'OPEN', type: 'LIMIT', timeInForce: 'GFD', status: 'PARTIALLY_FILLED' },
            ...{ price: '2023.5', volume: '2', filledVolume: '1', remainingVolume: '1', statusMessage: '部分成交' },
            ...{ tradingDay: '2020-01-17', createdAt: '2020-01-16T20:05:05.000Z' },
          },
        ],
      },
      equityCurve: [
        { tradingDay: '2020-01-13', balance: 1000000 },
        { tradingDay: '2020-01-14', balance: 1000000.5 },
        { tradingDay: '2020-01-15', balance: 999996.1 },
        { tradingDay: '2020-01-16', balance: 1003396.1 },
        { tradingDay: '2020-01-17', balance: 1003500.25 },
      ],
      intradayEquity: [
        { at: '2020-01-13T13:00:00.000Z', balance: 1000000 },
        { at: '2020-01-14T15:59:59.500Z', balance: 1000000.5 },
        { at: '2020-01-14T16:00:00.000Z', balance: 1000001.5 },
      ],
      some: [{ balance: 1000000.5 }],
    });
  });

  it('makes the days of a simulated account of its marks', async () => {
    const fields = 'equityCurve { tradingDay balance margin } intradayEquity { at balance }';
    expect(await accountAt('cta_rb_5min', ', source: REALTIME', fields)).toEqual({
      equityCurve: [
        { tradingDay: '2020-01-15', balance: 100010.25, margin: null },
        { tradingDay: '2020-01-16', balance: 100096.5, margin: 3150 },
      ],
      intradayEquity: [
        { at: '2020-01-15T01:31:00.250Z', balance: 100000 },
        { at: '2020-01-15T06:59:59.999Z', balance: 100010.25 },
        { at: '2020-01-16T02:30:00.112Z', balance: 100096.5 },
      ],
    });
  });

  it('answers a settled day of the Rust writer: bare keys, no exchange, the two conditions of an order swapped', async () => {
    const fields = `${STATE} positions { ${POSITION} } trades { nodes { ${TRADE} } } orders { nodes { ${ORDER} } }`;
    const id = '5f6c0f90-3801-11ea-8000-000000000001';
    expect(await accountAt('rs_rb', '', fields)).toEqual({
      ...{ ...PYTHON_STATE, source: 'HISTORY', accountCookie: 'rs_rb', brokerName: 'QASIM' },
      ...{ updatedAt: '2020-01-16T07:00:00.000Z', preBalance: 200000, staticBalance: 200000, deposit: 0 },
      ...{ withdrawQuota: 150000, closeProfit: 0, positionProfit: 187.75, floatProfit: 187.75, commission: 12.25 },
      ...{ balance: 200175.5, margin: 50175.5, available: 150000, riskRatio: 0, dayProfit: 175.5 },
      positions: [
        {
          ...{ ...UNTOLD_VOLUMES, instrumentId: 'rb2005', exchangeId: null, instrument: { code: 'RB2005.SHF' } },
          ...{ volumeLong: 4, volumeLongToday: 2, volumeLongHistory: 1, volumeLongFrozen: 1 },
          ...{ openPriceLong: 3480.25, lastPrice: 3490, margin: 50175.5 },
        },
      ],
      trades: {
        nodes: [
          {
            ...{ ...PYTHON_TRADE, tradeId: id, orderId: id, accountCookie: 'rs_rb', exchangeId: null },
            ...{ price: 3480.25, volume: 2, commission: 12.25, tradedAtNanos: '1579138200000000000' },
            tradedAt: '2020-01-16T01:30:00.000Z',
          },
        ],
      },
      orders: {
        nodes: [
          {
            ...{ ...PYTHON_ORDER, orderId: id, accountCookie: 'rs_rb', exchangeId: null, price: '3480.25' },
            ...{ volume: '2', filledVolume: '2', statusMessage: null, createdAt: '2020-01-16T01:30:00.000Z' },
          },
        ],
      },
    });
  });

  it('answers accounts and their positions as of past days: [] when flat, null when there is no such day', async () => {
    const fields =
      'tradingDay balance positions { instrumentId } past: positions(tradingDay: "2020-01-16") { instrumentId } none: positions(tradingDay: "2020-01-18") { instrumentId }';
    expect(await accountAt('cta_rb_5min', ', tradingDay: "2020-01-17"', fields)).toEqual({
      ...{ tradingDay: '2020-01-17', balance: 99500.5, positions: [], past: [{ instrumentId: 'rb2005' }], none: null },
    });
    expect(
      await accountAt('133496', ', source: REALTIME, tradingDay: "2020-01-15"', 'balance positions { id }'),
    ).toEqual({
      ...{ balance: 999996.1, positions: [] },
    });
    expect(await accountAt('133496', ', tradingDay: "2020-01-17"', 'balance')).toBeNull();
    expect(await accountAt('cta_rb_5min', ', tradingDay: "2020-01-18"', 'balance')).toBeNull();
  });

  it('lists the accounts of each source, and finds some of them by a part of their names', async () => {
    const answer = await quantaxis.data(`{
      history: accounts { totalCount nodes { accountCookie tradingDay } }
      running: accounts(source: REALTIME) { totalCount nodes { accountCookie tradingDay } }
      some: accounts(search: "RB") { nodes { accountCookie } }
      cta: accounts(source: HISTORY, portfolio: "cta", search: "rs") { totalCount nodes { accountCookie } }
      none: accounts(search: ".*") { totalCount } }`);
    expect(answer).toEqual({
      history: {
        totalCount: 3,
        nodes: [
          { accountCookie: '133496', tradingDay: '2020-01-16' },
          { accountCookie: 'cta_rb_5min', tradingDay: '2020-01-20' },
          { accountCookie: 'rs_rb', tradingDay: '2020-01-16' },
        ],
      },
      running: {
        totalCount: 2,
        nodes: [
          { accountCookie: '133496', tradingDay: '2020-01-17' },
          { accountCookie: 'cta_rb_5min', tradingDay: '2020-01-16' },
        ],
      },
      some: { nodes: [{ accountCookie: 'cta_rb_5min' }, { accountCookie: 'rs_rb' }] },
      cta: { totalCount: 1, nodes: [{ accountCookie: 'rs_rb' }] },
      none: { totalCount: 0 },
    });
  });

  it('sums portfolios over their accounts at their latest days, and carries each forward', async () => {
    const fields = `name source currency balance available margin floatProfit equityCurve { ${POINTS} } accounts { totalCount nodes { accountCookie } }`;
    const { portfolios, portfolio, running, none } = await quantaxis.data(`{
      portfolios { name } running: portfolios(source: REALTIME) { name balance }
      portfolio(name: "cta") { ${fields} } none: portfolio(name: "quantaxis") { name } }`);
    expect(portfolios).toEqual([{ name: 'cta' }, { name: 'default' }]);
    expect(running).toEqual([
      { name: 'cta', balance: 100096.5 },
      { name: 'default', balance: 1003500.25 },
    ]);
    expect(none).toBeNull();
    expect(portfolio).toEqual({
      ...{ name: 'cta', source: 'HISTORY', currency: 'CNY', balance: 299676, available: 249500.5, margin: 50175.5 },
      floatProfit: 287.75,
      equityCurve: [
        { tradingDay: '2020-01-16', balance: 300272, available: 246850, margin: 53325.5, deposit: 100000, withdraw: 0 },
        { tradingDay: '2020-01-17', balance: 299676, available: 249500.5, margin: 50175.5, deposit: 0, withdraw: 1000 },
        { tradingDay: '2020-01-20', balance: 299676, available: 249500.5, margin: 50175.5, deposit: 0, withdraw: 0 },
      ],
      accounts: { totalCount: 2, nodes: [{ accountCookie: 'cta_rb_5min' }, { accountCookie: 'rs_rb' }] },
    });
  });

  it('answers what an account holds now, what works of its orders, and one of them', async () => {
    const answer = await quantaxis.data(`{
      positions(accountCookie: "cta_rb_5min") { gateway accountCookie seq receivedAt position { ${POSITION} } }
      balances(accountCookie: "133496") { gateway accountCookie seq receivedAt currency total available }
      openOrders(accountCookie: "133496") { orderId status }
      done: openOrders(accountCookie: "cta_rb_5min") { orderId }
      order(accountCookie: "133496", orderId: "QAOTG_1") { ${ORDER} }
      settled: positions(accountCookie: "rs_rb") { position { instrumentId } }
      nobody: positions(accountCookie: "nobody") { seq } none: order(accountCookie: "133496", orderId: "6") { orderId } }`);
    expect(answer).toEqual({
      positions: [
        {
          ...{ gateway: null, accountCookie: 'cta_rb_5min', seq: 1, receivedAt: '2026-11-20T04:00:00.000Z' },
          position: PYTHON_POSITION,
        },
      ],
      balances: [
        {
          ...{ gateway: null, accountCookie: '133496', seq: 1, receivedAt: '2020-01-17T01:15:30.500Z' },
          ...{ currency: 'CNY', total: '1003500.25', available: '992346.1' },
        },
      ],
      openOrders: [{ orderId: 'QAOTG_1', status: 'PARTIALLY_FILLED' }],
      ...{ done: [], settled: [{ position: { instrumentId: 'rb2005' } }], nobody: null, none: null },
      order: expect.objectContaining({ orderId: 'QAOTG_1', status: 'PARTIALLY_FILLED', tradingDay: '2020-01-17' }),
    });
  });

  it('finds everything again by its id', async () => {
    const { account, portfolio } = await quantaxis.data(`{
      account(accountCookie: "cta_rb_5min", tradingDay: "2020-01-16") {
        id trades { nodes { id account { id tradingDay balance } } } orders { nodes { id } } positions { id } }
      portfolio(name: "cta") { id } }`);
    const [trade] = account.trades.nodes;
    expect(trade.account).toEqual({ id: account.id, tradingDay: '2020-01-16', balance: 100096.5 });
    const found = await quantaxis.data(
      `query ($account: ID!, $trade: ID!, $order: ID!, $portfolio: ID!) {
        account: node(id: $account) { id ... on Account { balance tradingDay } }
        trade: node(id: $trade) { id ... on Trade { tradedAtNanos } }
        order: node(id: $order) { id ... on Order { status } }
        portfolio: node(id: $portfolio) { id ... on Portfolio { balance } } }`,
      { account: account.id, trade: trade.id, order: account.orders.nodes[0].id, portfolio: portfolio.id },
    );
    expect(found).toEqual({
      account: { id: account.id, balance: 100096.5, tradingDay: '2020-01-16' },
      trade: { id: trade.id, tradedAtNanos: '1579141800112232960' },
      order: { id: account.orders.nodes[0].id, status: 'FILLED' },
      portfolio: { id: portfolio.id, balance: 299676 },
    });
  });

  it.each(['HISTORY', 'REALTIME'])(
    'answers every field that the schema has for accounts and portfolios of %s',
    async (source) => {
      const without = ['bars', 'etfPremium'];
      const account = await fieldsOf(quantaxis.desk, 'Account', { depth: 3, without });
      const portfolio = await fieldsOf(quantaxis.desk, 'Portfolio', { depth: 2, without });
      const { data, errors } = await quantaxis.desk.ask(
        `{ accounts(source: ${source}) { nodes { ${account} } } portfolios(source: ${source}) { ${portfolio} } }`,
      );
      expect(errors).toEqual([]);
      expect(data.accounts.nodes.length).toBeGreaterThan(1);
      expect(data.portfolios).toHaveLength(2);
    },
  );

  it('complains of nothing', () => {
    expect(quantaxis.desk.complaints).toEqual([]);
  });
});
