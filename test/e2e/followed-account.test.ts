import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accountStorePath } from '../../src/store/sqlite/paths.ts';
import { openSqliteAccountStore, type SqliteAccountStore } from '../../src/store/sqlite/sqlite-account-store.ts';
import { startDeskgraph, TEST_NOW, type TestDeskgraph } from '../support/deskgraph.ts';
import { connectSocket, type GraphQLSocket } from '../support/graphql-socket.ts';
import { runProgram } from '../support/process.ts';
import { decoded, pythonDocument, pythonOrder, pythonPosition, pythonTrade } from '../support/qifi-documents.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ORDERS = `subscription ($after: Cursor, $startAt: StreamStart! = SNAPSHOT) {
  orderEvents(accountCookie: "cta_rb_5min", after: $after, startAt: $startAt) {
    __typename
    ... on OrderEvent { cursor eventId seq kind at order { ...Whole } fill { tradeId price volume fee feeCurrency at } }
    ... on OrderSnapshot { cursor orders { ...Whole } }
    ... on StreamGap { reason }
  }
}
fragment Whole on Order {
  id orderId gateway symbol instrumentId exchangeId status statusMessage price volume filledVolume averagePrice tradingDay
}`;
const POSITIONS = `subscription { positionUpdates(accountCookie: "cta_rb_5min") {
  gateway accountCookie seq position { instrumentId exchangeId volumeLong lastPrice }
} }`;
const BALANCES = `subscription { balanceUpdates(accountCookie: "cta_rb_5min") { gateway seq currency total available } }`;

const nanos = (ms: number): object => ({ $numberLong: `${TEST_NOW + ms}232960` });
const inserted = { insert_date_time: nanos(0) };
const alive = (order_id: string): object =>
  pythonOrder({ ...inserted, order_id, status: 'ALIVE', volume_left: 1, last_msg: '已报' });
const filled = (order_id: string): object => pythonOrder({ ...inserted, order_id });
const trade = (trade_id: string, order_id: string): object =>
  pythonTrade({ trade_id, order_id, trade_date_time: nanos(5) });
const FLAT = { trading_day: '2026-11-20', orders: {}, trades: {}, positions: {} };

let folder: ReturnType<typeof temporaryFolder>;
let writer: SqliteAccountStore;
let desk: TestDeskgraph;
let socket: GraphQLSocket;

async function start(): Promise<void> {
  desk = await startDeskgraph({ folder: folder.path, environment: { DEMO: '0' } });
  socket = await connect();
}
const connect = () => connectSocket(Number(new URL(desk.url).port));
const write = (changes: object) =>
  writer.writeDocuments([decoded(pythonDocument({ ...FLAT, ...changes }), 'REALTIME')]);

/** The next result of the operation; fails when it is an error or the end. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into results whose shape the document decides
async function next(id: string): Promise<any> {
  const { type, payload } = await socket.next(id);
  expect([type, payload]).toEqual(['next', { data: expect.anything() }]);
  return Object.values(Object(payload).data)[0];
}

/** What the stream of orders tells next: `ACCEPTED o1`. */
async function told(id: string): Promise<string> {
  const { kind, order, fill } = await next(id);
  return [kind, order.orderId, ...(fill === null ? [] : [fill.tradeId])].join(' ');
}

beforeEach(async () => {
  folder = temporaryFolder();
  const data = join(folder.path, 'data');
  mkdirSync(data);
  writer = openSqliteAccountStore({ path: accountStorePath(data) });
  await write({});
  await start();
});
afterEach(async () => {
  socket.webSocket.terminate();
  await desk.close();
  writer.close();
  folder[Symbol.dispose]();
});

describe('a REALTIME account that no gateway carries', () => {
  it('is followed by its orders, positions and balances as another connection writes them, each change once', async () => {
    socket.subscribe('orders', ORDERS);
    socket.subscribe('positions', POSITIONS);
    socket.subscribe('balances', BALANCES);
    expect(await next('orders')).toMatchObject({ __typename: 'OrderSnapshot', orders: [] });
    expect(await next('balances')).toEqual({
      ...{ gateway: null, seq: 1, currency: 'CNY', total: '100096.5', available: '96850' },
    });

    await write({ orders: [alive('o')] });
    const accepted = await next('orders');
    expect(accepted).toMatchObject({ kind: 'ACCEPTED', seq: 1, at: '2026-11-20T04:00:00.000Z', fill: null });
    expect(accepted.order).toMatchObject({
      ...{ orderId: 'o', gateway: null, symbol: null, instrumentId: 'rb2005', exchangeId: 'SHFE', status: 'OPEN' },
      ...{ price: '3500', volume: '1', filledVolume: '0', statusMessage: '已报', tradingDay: '2026-11-20' },
    });

    await write({
      ...{ orders: [filled('o')], trades: [trade('t', 'o')], positions: { 'SHFE.rb2005': pythonPosition() } },
      accounts: { currency: 'CNY', balance: 99_000.1, available: 1 },
    });
    const end = await next('orders');
    expect(end).toMatchObject({ kind: 'FILLED', seq: 2, order: { status: 'FILLED', averagePrice: '3500' } });
    expect(end.fill).toEqual({
      ...{ tradeId: 't', price: '3500', volume: '1', fee: '3.5', feeCurrency: 'CNY', at: '2026-11-20T04:00:00.005Z' },
    });
    expect(await next('positions')).toEqual({
      ...{ gateway: null, accountCookie: 'cta_rb_5min', seq: 1 },
      position: { instrumentId: 'rb2005', exchangeId: 'SHFE', volumeLong: 1, lastPrice: 3510 },
    });
    expect(await next('balances')).toMatchObject({ seq: 2, total: '99000.1', available: '1' });

    await write({ accounts: { currency: 'CNY', balance: 99_000.1, available: 1 } });
    expect(await next('positions')).toMatchObject({ seq: 2, position: { instrumentId: 'rb2005', volumeLong: 0 } });
    expect(await socket.rest()).toEqual([]);
    expect(desk.complaints).toEqual([]);
  });

  it('tells nothing of a settlement that clears its maps', async () => {
    await write({ orders: [alive('o')] });
    socket.subscribe('orders', ORDERS);
    expect(await next('orders')).toMatchObject({ orders: [{ orderId: 'o', status: 'OPEN' }] });
    await write({ orders: [filled('o')], trades: [trade('t', 'o')] });
    expect(await told('orders')).toBe('FILLED o t');
    socket.subscribe('balances', BALANCES);
    await next('balances');
    const settled = { trading_day: '2026-11-23', accounts: { currency: 'CNY', balance: 1 } };
    await write(settled);
    expect(await next('balances')).toMatchObject({ total: '1' });
    await write({ ...settled, orders: [alive('next')] });
    expect(await told('orders')).toBe('ACCEPTED next');
    expect(await socket.rest()).toEqual([]);
  });

  it('is followed on by a client that was cut off, from its cursor', async () => {
    socket.subscribe('orders', ORDERS);
    await next('orders');
    await write({ orders: [alive('o1')] });
    const { cursor } = await next('orders');
    socket.webSocket.terminate();
    await write({ orders: [alive('o1'), alive('o2')] });
    await write({ orders: [filled('o1'), alive('o2')], trades: [trade('t1', 'o1')] });
    socket = await connect();
    socket.subscribe('again', ORDERS, { variables: { after: cursor } });
    const missed = [await told('again'), await told('again')];
    expect(missed.toSorted()).toEqual(['ACCEPTED o2', 'FILLED o1 t1']);
    await write({ orders: [filled('o1'), filled('o2')], trades: [trade('t1', 'o1'), trade('t2', 'o2')] });
    expect(await told('again')).toBe('FILLED o2 t2');
    socket.subscribe('all', ORDERS, { variables: { startAt: 'BEGINNING' } });
    const whole = [await next('all'), await next('all'), await next('all'), await next('all')];
    expect(whole.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(new Set(whole.map(({ eventId }) => eventId)).size).toBe(4);
    expect(await socket.rest()).toEqual([]);
  });

  it('is followed on over a restart, with what another process imported meanwhile', async () => {
    await write({ orders: [alive('o1')] });
    socket.subscribe('orders', ORDERS);
    const { cursor, orders } = await next('orders');
    expect(orders).toMatchObject([{ orderId: 'o1' }]);
    await desk.close();
    const document = { ...FLAT, orders: [filled('o1'), alive('o2')], trades: [trade('t1', 'o1')] };
    writeFileSync(join(folder.path, 'account.json'), JSON.stringify([pythonDocument(document)]));
    const { finished } = runProgram(['import', 'qifi', 'account.json', '--source', 'realtime'], {
      cwd: folder.path,
      environment: { DESKGRAPH_DATA: 'data' },
    });
    expect(await finished).toMatchObject({ exitCode: 0 });
    await start();
    socket.subscribe('orders', ORDERS, { variables: { after: cursor } });
    expect([await told('orders'), await told('orders')].toSorted()).toEqual(['ACCEPTED o2', 'FILLED o1 t1']);
    await desk.close();
    await start();
    socket.subscribe('again', ORDERS, { variables: { after: cursor } });
    expect([await told('again'), await told('again')].toSorted()).toEqual(['ACCEPTED o2', 'FILLED o1 t1']);
    expect(await socket.rest()).toEqual([]);
  });

  it('hears of what a process imports while it is followed', async () => {
    socket.subscribe('orders', ORDERS);
    await next('orders');
    writeFileSync(join(folder.path, 'account.json'), JSON.stringify(pythonDocument({ ...FLAT, orders: [alive('o')] })));
    const { finished } = runProgram(['import', 'qifi', 'account.json', '--source', 'realtime'], {
      cwd: folder.path,
      environment: { DESKGRAPH_DATA: 'data' },
    });
    expect(await told('orders')).toBe('ACCEPTED o');
    expect(await finished).toMatchObject({ exitCode: 0 });
  });

  it('has orders that can be asked for, as its state has them now', async () => {
    await write({ orders: [alive('o1'), alive('o2')] });
    socket.subscribe('orders', ORDERS);
    const { orders } = await next('orders');
    await write({ orders: [filled('o1'), alive('o2')] });
    const { data, errors } = await desk.ask(
      `query ($id: ID!) {
        openOrders(accountCookie: "cta_rb_5min") { orderId }
        order(accountCookie: "cta_rb_5min", orderId: "o1") { status }
        node(id: $id) { ... on Order { orderId gateway } }
      }`,
      { id: orders[0].id },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      openOrders: [{ orderId: 'o2' }],
      order: { status: 'FILLED' },
      node: { orderId: 'o1', gateway: null },
    });
  });

  it.each([
    ['orderEvents', '__typename'],
    ['positionUpdates', 'seq'],
    ['balanceUpdates', 'seq'],
  ])('has no %s when it has no REALTIME state or does not exist', async (field, selection) => {
    await writer.writeDocuments([decoded(pythonDocument({ account_cookie: 'settled' }))]);
    for (const name of ['settled', 'none', '{"$gt":""}']) {
      const account = JSON.stringify(name);
      socket.subscribe(name, `subscription { ${field}(accountCookie: ${account}) { ${selection} } }`);
      const { type, payload } = await socket.next(name);
      expect(type).toBe('error');
      expect(payload).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
    }
  });
});
