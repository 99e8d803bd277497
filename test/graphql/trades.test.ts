import { join } from 'node:path';
import { expect, it } from 'vitest';
import { decodeQifi } from '../../src/domain/qifi.ts';
import { openSqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { startDeskgraph } from '../support/deskgraph.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

it('fills of one id and day in two instruments are two fills, each found again by its id', async () => {
  using folder = temporaryFolder();
  const fill = (instrumentId: string) => ({
    trade_id: '6',
    order_id: 'o',
    instrument_id: instrumentId,
    exchange_id: 'SHFE',
    direction: 'BUY',
    offset: 'OPEN',
    volume: 1,
    price: 2,
    trade_date_time: { $numberLong: '1579141800000000123' },
  });
  const decoded = decodeQifi(
    {
      account_cookie: 'a',
      trading_day: '2020-01-16',
      accounts: { balance: 1 },
      trades: { x: fill('rb2005'), y: fill('au2006') },
    },
    'HISTORY',
  );
  const store = openSqliteAccountStore({ path: join(folder.path, 'accounts.sqlite') });
  await store.writeDocuments(decoded.kind === 'DECODED' ? [decoded.document] : []);
  store.close();
  const server = await startDeskgraph({ environment: { DESKGRAPH_DATA: folder.path } });
  try {
    const { data } = await server.ask('{ account(accountCookie: "a") { trades { nodes { id instrumentId } } } }');
    const fills: { id: string; instrumentId: string }[] = data.account.trades.nodes;
    expect(fills.map(({ instrumentId }) => instrumentId)).toEqual(['au2006', 'rb2005']);
    for (const { id, instrumentId } of fills) {
      const found = await server.ask('query ($id: ID!) { node(id: $id) { id ... on Trade { instrumentId } } }', { id });
      expect(found.data.node).toEqual({ id, instrumentId });
    }
  } finally {
    await server.close();
  }
});
