import { describe, expect, it } from 'vitest';
import { ACCOUNT_FIGURES, POSITION_FIGURES } from '../../src/domain/account.ts';
import { DataIssues } from '../../src/domain/data-issues.ts';
import { LOCAL_VIEWER, type Viewer } from '../../src/domain/viewer.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { createAccountLoaders } from '../../src/loaders/accounts.ts';
import { documentStore, type StoredDocument } from '../support/document-store.ts';
import { pythonDocument, pythonOrder, pythonPosition, pythonTrade } from '../support/qifi-documents.ts';

const TRADE_FIELDS = ['orderId', 'exchangeId', 'price', 'volume', 'commission', 'tradedAt', 'tradedAtNanos'];
const ORDER_FIELDS = ['exchangeId', 'price', 'volume', 'remainingVolume', 'createdAt'];
const execution = createExecution({ schema: buildSchema() });

function stored(_id: string, changes: object = {}): StoredDocument {
  return { ...pythonDocument(changes), _id };
}

interface Asked {
  readonly viewer?: Viewer;
  readonly onEnd?: (counts: object) => void;
}

/** What is answered of the documents, and what is told of those that cannot be read. */
async function ask(documents: readonly StoredDocument[], query: string, { viewer = LOCAL_VIEWER, onEnd }: Asked = {}) {
  const dataIssues = new DataIssues(onEnd);
  const store = documentStore('HISTORY', documents);
  const accounts = createAccountLoaders(store, viewer, { report: dataIssues.report });
  const document = execution.parse(query);
  expect(execution.validate(document)).toEqual([]);
  const contextValue = { viewer, dataIssues, loaders: { accounts }, gateways: [], now: () => 0 };
  const { data, errors = [], extensions } = await execution.execute({ document, contextValue });
  return { data: JSON.parse(JSON.stringify(data)), errors, extensions };
}

const accounts = (...names: string[]) => names.map((account_cookie) => stored(account_cookie, { account_cookie }));

const unreadable = (path: readonly (string | number)[], message: string, documentId: string) =>
  expect.objectContaining({
    path,
    message: `quantaxis.history ${documentId}: ${message}`,
    originalError: expect.objectContaining({
      code: 'DATA_INVALID',
      origin: { collection: 'quantaxis.history', documentId },
    }),
  });

describe('a figure of a stored document that cannot be read', () => {
  it('is null with one error at its path that names the document, and blanks nothing beside it', async () => {
    const documents = accounts('a', 'b', 'c').with(
      1,
      stored('b', { account_cookie: 'b', accounts: { balance: Number.NaN, margin: 7 } }),
    );
    const { data, errors, extensions } = await ask(
      documents,
      '{ accounts { nodes { accountCookie balance margin } } }',
    );
    expect(data.accounts.nodes).toEqual([
      { accountCookie: 'a', balance: 100096.5, margin: 3150 },
      { accountCookie: 'b', balance: null, margin: 7 },
      { accountCookie: 'c', balance: 100096.5, margin: 3150 },
    ]);
    const message = 'accounts.balance: received NaN, wanted a number';
    expect(errors).toEqual([unreadable(['accounts', 'nodes', 1, 'balance'], message, 'b')]);
    expect(extensions).toBeUndefined();
  });

  it('is null in one point of a curve, whose other points stay', async () => {
    const days = ['2020-01-15', '2020-01-16', '2020-01-17'].map((trading_day, at) =>
      stored(trading_day, { trading_day, accounts: { balance: at, margin: at === 1 ? 'much' : at } }),
    );
    const { data, errors } = await ask(
      days,
      '{ account(accountCookie: "cta_rb_5min") { curve: equityCurve { tradingDay balance margin deposit } } }',
    );
    expect(data.account.curve).toEqual([
      { tradingDay: '2020-01-15', balance: 0, margin: 0, deposit: null },
      { tradingDay: '2020-01-16', balance: 1, margin: null, deposit: null },
      { tradingDay: '2020-01-17', balance: 2, margin: 2, deposit: null },
    ]);
    const message = 'accounts.margin: received "much", wanted a number';
    expect(errors).toEqual([unreadable(['account', 'curve', 1, 'margin'], message, '2020-01-16')]);
  });

  it('is null in positions, fills and orders', async () => {
    const positions = { a: pythonPosition({ last_price: Number.NaN }), b: pythonPosition({ instrument_id: 'hc2005' }) };
    const trades = { t: pythonTrade({ commission: {}, trade_date_time: 'noon' }) };
    const orders = { o: pythonOrder({ volume_left: Number.NaN, limit_price: true, price: null }) };
    const { data, errors } = await ask(
      [stored('x', { positions, trades, orders })],
      `{ account(accountCookie: "cta_rb_5min") {
        positions { instrumentId lastPrice margin }
        trades { nodes { price commission tradedAt tradedAtNanos } }
        orders { nodes { price volume filledVolume remainingVolume } }
      } }`,
    );
    expect(data.account).toEqual({
      positions: [
        { instrumentId: 'hc2005', lastPrice: 3510, margin: 3150 },
        { instrumentId: 'rb2005', lastPrice: null, margin: 3150 },
      ],
      trades: { nodes: [{ price: 3500, commission: null, tradedAt: null, tradedAtNanos: null }] },
      orders: { nodes: [{ price: null, volume: '1', filledVolume: null, remainingVolume: null }] },
    });
    const time = 'trades["t"].trade_date_time: received "noon", wanted nanoseconds since the epoch';
    const decimal = 'wanted a number of at most 64 digits';
    const at = (...path: (string | number)[]) => ['account', ...path];
    expect(errors).toHaveLength(6);
    expect(errors).toEqual(
      expect.arrayContaining([
        unreadable(at('positions', 1, 'lastPrice'), 'positions["a"].last_price: received NaN, wanted a number', 'x'),
        unreadable(
          at('trades', 'nodes', 0, 'commission'),
          'trades["t"].commission: received an object, wanted a number',
          'x',
        ),
        unreadable(at('trades', 'nodes', 0, 'tradedAt'), time, 'x'),
        unreadable(at('trades', 'nodes', 0, 'tradedAtNanos'), time, 'x'),
        unreadable(at('orders', 'nodes', 0, 'price'), `orders["o"].limit_price: received true, ${decimal}`, 'x'),
        unreadable(
          at('orders', 'nodes', 0, 'remainingVolume'),
          `orders["o"].volume_left: received NaN, ${decimal}`,
          'x',
        ),
      ]),
    );
  });

  it('is null of what an account says of itself', async () => {
    const document = stored('x', { broker_name: {}, portfolio: 1.5, updatetime: 7, accounts: { currency: true } });
    const { data, errors } = await ask(
      [document],
      '{ account(accountCookie: "cta_rb_5min") { brokerName currency updatedAt portfolio { name } } }',
    );
    expect(data.account).toEqual({ brokerName: null, currency: null, updatedAt: null, portfolio: null });
    expect(errors.map(({ path }) => path?.at(-1))).toEqual(['brokerName', 'currency', 'updatedAt', 'portfolio']);
  });

  it.each([
    ['positions', pythonPosition(), ['exchangeId', ...POSITION_FIGURES]],
    ['trades', pythonTrade(), TRADE_FIELDS],
    ['orders', pythonOrder(), ORDER_FIELDS],
  ])('has its error whichever field of %s it is', async (list, entry, fields) => {
    const identity = ['instrument_id', 'trade_id', 'direction', ...(list === 'orders' ? ['order_id'] : [])];
    const damaged = Object.keys(entry).flatMap((name) => (identity.includes(name) ? [] : [[name, {}]]));
    const document = stored('x', { [list]: { a: { ...entry, ...Object.fromEntries(damaged) } } });
    const selection = list === 'positions' ? `{ ${fields.join(' ')} }` : `{ nodes { ${fields.join(' ')} } }`;
    const query = `{ account(accountCookie: "cta_rb_5min") { list: ${list} ${selection} } }`;
    const { data, errors } = await ask([document], query);
    const [answered] = list === 'positions' ? data.account.list : data.account.list.nodes;
    expect(answered).toEqual(Object.fromEntries(fields.map((field) => [field, null])));
    expect(errors.map(({ path }) => path?.at(-1)).toSorted()).toEqual(fields.toSorted());
  });

  it('has its error whichever field of the account or its curve it is', async () => {
    const figures = [...ACCOUNT_FIGURES, 'currency', 'brokerName', 'updatedAt'];
    const names = Object.keys(Object(pythonDocument().accounts)).map((name) => [name, {}]);
    const changes = { broker_name: {}, updatetime: {}, accounts: Object.fromEntries(names) };
    const of = (fields: string) => `{ account(accountCookie: "cta_rb_5min") { ${fields} } }`;
    const account = await ask([stored('x', changes)], of(figures.join(' ')));
    expect(account.data.account).toEqual(Object.fromEntries(figures.map((figure) => [figure, null])));
    expect(account.errors.map(({ path }) => path?.at(-1)).toSorted()).toEqual(figures.toSorted());

    const points = stored('x', { ...changes, accounts: { ...changes.accounts, balance: 1 } });
    const curve = await ask([points], of('equityCurve { balance available margin deposit withdraw }'));
    const nothing = { available: null, margin: null, deposit: null, withdraw: null };
    expect(curve.data.account.equityCurve).toEqual([{ balance: 1, ...nothing }]);
    expect(curve.errors.map(({ path }) => path?.at(-1))).toEqual(Object.keys(nothing));
  });

  it('makes what is computed from it null without an error of its own', async () => {
    const accounts = { balance: 5, pre_balance: Number.NaN, deposit: 'x', margin: {}, currency: 'CNY' };
    const { data, errors } = await ask(
      [stored('x', { accounts })],
      `{ portfolio(name: "cta") { balance margin equityCurve { balance margin } }
         account(accountCookie: "cta_rb_5min") {
           dayProfit performance { days totalReturn } monthlyProfit { profit }
         } }`,
    );
    expect(data).toEqual({
      portfolio: { balance: 5, margin: null, equityCurve: [{ balance: 5, margin: null }] },
      account: { dayProfit: null, performance: { days: 1, totalReturn: null }, monthlyProfit: [{ profit: 0 }] },
    });
    expect(errors).toEqual([]);
  });

  it('is told of the balances of an account that no gateway carries', async () => {
    const store = [stored('x', { accounts: { balance: 5, available: Number.NaN, currency: 'CNY' } })];
    const { data, errors } = await ask(store, '{ balances(accountCookie: "cta_rb_5min") { total available } }');
    expect(data.balances).toEqual([{ total: '5', available: null }]);
    expect(errors.map(({ path }) => path)).toEqual([['balances', 0, 'available']]);
    const without = [stored('x', { accounts: { balance: Number.NaN, currency: 'CNY' } })];
    const answer = await ask(without, '{ balances(accountCookie: "cta_rb_5min") { total available } }');
    expect(answer.data.balances).toEqual([]);
    const samples = ['quantaxis.history x: accounts.balance: received NaN, wanted a number'];
    expect(answer.extensions).toEqual({ dataIssues: { dropped: 1, nulled: 0, samples } });
  });

  it('has an error of its own twenty times a response; all are counted', async () => {
    const documents = Array.from({ length: 30 }, (_, at) =>
      stored(`${at}`, { account_cookie: `a${at}`, accounts: { balance: Number.NaN, margin: at } }),
    );
    const told: object[] = [];
    const onEnd = (counts: object): void => void told.push(counts);
    const answer = await ask(documents, '{ accounts { nodes { balance margin } } }', { onEnd });
    expect(answer.data.accounts.nodes.map((node: { balance: unknown }) => node.balance)).toEqual(Array(30).fill(null));
    expect(answer.data.accounts.nodes.every((node: { margin: unknown }) => node.margin !== null)).toBe(true);
    expect(answer.errors).toHaveLength(20);
    expect(answer.extensions).toEqual({ dataIssues: { dropped: 0, nulled: 30, samples: [] } });
    expect(told).toEqual([{ dropped: 0, nulled: 30 }]);
  });
});

describe('what cannot be told of a stored document', () => {
  const nameless = { good: pythonPosition(), bad: pythonPosition({ instrument_id: null }) };

  it('is left out of its list and counted, with samples', async () => {
    const { data, errors, extensions } = await ask(
      [stored('x', { positions: nameless })],
      '{ account(accountCookie: "cta_rb_5min") { positions { instrumentId } } }',
    );
    expect(data.account.positions).toEqual([{ instrumentId: 'rb2005' }]);
    expect(errors).toEqual([]);
    const samples = ['quantaxis.history x: positions["bad"]: left out, it has no instrument_id'];
    expect(extensions).toEqual({ dataIssues: { dropped: 1, nulled: 0, samples } });
  });

  it('is counted in full and shown five times', async () => {
    const trades = Array.from({ length: 40 }, () => ({}));
    const told: object[] = [];
    const { extensions } = await ask(
      [stored('x', { trades })],
      '{ account(accountCookie: "cta_rb_5min") { trades { totalCount } } }',
      { onEnd: (counts) => void told.push(counts) },
    );
    expect(extensions).toMatchObject({ dataIssues: { dropped: 40, nulled: 0, samples: { length: 5 } } });
    expect(told).toEqual([{ dropped: 40, nulled: 0 }]);
  });

  it('is a day of a curve whose balance cannot be read', async () => {
    const days = ['2020-01-15', '2020-01-16', '2020-01-17'].map((trading_day, at) =>
      stored(trading_day, { trading_day, accounts: { balance: at === 1 ? Number.NaN : at } }),
    );
    const { data, errors, extensions } = await ask(
      days,
      '{ account(accountCookie: "cta_rb_5min") { equityCurve { balance } } }',
    );
    expect(data.account.equityCurve).toEqual([{ balance: 0 }, { balance: 2 }]);
    expect(errors).toEqual([]);
    expect(extensions).toMatchObject({ dataIssues: { dropped: 1 } });
  });

  it('is a row of nobody, of which only hears who sees every account', async () => {
    const documents = [...accounts('a', 'b'), stored('x', { account_cookie: { $gt: '' } })];
    const query = '{ accounts { totalCount } }';
    const everything = await ask(documents, query);
    expect(everything.data.accounts.totalCount).toBe(2);
    const samples = ['quantaxis.history x: account_cookie: received an object, wanted a name'];
    expect(everything.extensions).toEqual({ dataIssues: { dropped: 1, nulled: 0, samples } });
    const own = await ask(documents, query, { viewer: { ...LOCAL_VIEWER, accountPatterns: ['a*'] } });
    expect(own.data.accounts.totalCount).toBe(1);
    expect(own.extensions).toBeUndefined();
  });

  it('is nothing where all can be read: the answer says nothing of it', async () => {
    const told: object[] = [];
    const answer = await ask(accounts('a'), '{ accounts { nodes { balance positions { margin } } } }', {
      onEnd: (counts) => void told.push(counts),
    });
    expect(answer).toMatchObject({ errors: [], extensions: undefined });
    expect(told).toEqual([]);
  });
});
