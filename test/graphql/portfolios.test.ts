import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeQifi } from '../../src/domain/qifi.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';

const qifi = (accountCookie: string, portfolio: string | undefined, accounts: object) => ({
  account_cookie: accountCookie,
  portfolio,
  trading_day: '2026-01-05',
  accounts: { balance: 100, pre_balance: 90, available: 50, margin: 10, float_profit: 1, currency: 'CNY', ...accounts },
});

describe('portfolios, over HTTP', () => {
  let folder: string;
  let server: TestDeskgraph;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'deskgraph-portfolios-'));
    const store = openSqliteAccountStore({ path: join(folder, 'accounts.sqlite') });
    const documents = [
      qifi('a-1', 'same', {}),
      qifi('a-2', 'same', { balance: 7 }),
      qifi('b-1', 'mixed', {}),
      qifi('b-2', 'mixed', { currency: 'USD' }),
      qifi('c-1', 'untold', { currency: undefined }),
      qifi('c-2', 'untold', { currency: undefined }),
      qifi('d-1', 'partly', {}),
      qifi('d-2', 'partly', { currency: undefined, available: undefined }),
      qifi('e-1', undefined, {}),
    ];
    const decoded = documents.map((document) => decodeQifi(document, 'HISTORY'));
    await store.writeDocuments(decoded.flatMap((each) => (each.kind === 'DECODED' ? [each.document] : [])));
    store.close();
    server = await startDeskgraph({ environment: { DESKGRAPH_DATA: folder } });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const figures = async (name: string) => {
    const { data, errors } = await server.ask(
      'query ($name: String!) { portfolio(name: $name) { currency balance available margin floatProfit equityCurve { balance } } }',
      { name },
    );
    expect(errors).toEqual([]);
    return data.portfolio;
  };

  it('sum what their accounts have in one currency', async () => {
    expect(await figures('same')).toEqual({
      currency: 'CNY',
      balance: 107,
      available: 100,
      margin: 20,
      floatProfit: 2,
      equityCurve: [{ balance: 107 }],
    });
  });

  it('sum nothing over two currencies', async () => {
    expect(await figures('mixed')).toEqual({
      currency: null,
      balance: null,
      available: null,
      margin: null,
      floatProfit: null,
      equityCurve: null,
    });
  });

  it('sum accounts that say no currency, and do not name one', async () => {
    expect(await figures('untold')).toMatchObject({ currency: null, balance: 200, equityCurve: [{ balance: 200 }] });
  });

  it('never let a figure that one account lacks pass for zero', async () => {
    expect(await figures('partly')).toMatchObject({ currency: 'CNY', balance: 200, available: null, margin: 20 });
  });

  it('are listed by name, and an account without one has none', async () => {
    const { data } = await server.ask('{ portfolios { name } account(accountCookie: "e-1") { portfolio { name } } }');
    expect(data.portfolios.map(({ name }: { name: string }) => name)).toEqual(['mixed', 'partly', 'same', 'untold']);
    expect(data.account).toEqual({ portfolio: null });
  });
});
