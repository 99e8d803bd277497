import { type Document, Double, Int32, Long } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeOnMongo } from '../support/mongo.ts';
import { insertShapes, pythonOrder, pythonState, pythonTrade } from '../support/quantaxis-database.ts';
import { openQuantaxis, type QuantaxisDesk } from '../support/quantaxis-desk.ts';

/** 2026-11-19 02:00:00 UTC, and so many nanoseconds later. */
const nanos = (later: number | bigint): Long => Long.fromString(String(1795053600000000000n + BigInt(later)));
const SECOND = 1_000_000_000n;

/** status, volume_orign, volume_left and last_msg of orders of 2, and what they mean: DIFF, Python, QAOrder, older rows. */
const STATUSES: readonly (readonly [unknown, number, string, string])[] = [
  ['ALIVE', 2, '已报', 'OPEN'],
  ['ALIVE', 1, '部分成交', 'PARTIALLY_FILLED'],
  ['queued', 2, '', 'OPEN'],
  ['new', 2, '', 'OPEN'],
  ['next', 2, '', 'OPEN'],
  ['success_part', 1, '', 'PARTIALLY_FILLED'],
  [new Int32(100), 2, '', 'OPEN'],
  [Long.fromNumber(203), 1, '', 'PARTIALLY_FILLED'],
  [new Double(300), 2, '', 'OPEN'],
  ['FINISHED', 0, '全部成交', 'FILLED'],
  ['FINISHED', 1, '已撤单', 'CANCELLED'],
  ['FINISHED', 2, 'CTP:报单被拒绝', 'REJECTED'],
  ['FINISHED', 2, '平仓位不足', 'REJECTED'],
  ['success_all', 0, '', 'FILLED'],
  ['200', 0, '', 'FILLED'],
  ['CANCEL', 0, '', 'CANCELLED'],
  ['CANCELLED', 1, '', 'CANCELLED'],
  ['cancel_all', 2, '', 'CANCELLED'],
  ['cancel_part', 1, '', 'CANCELLED'],
  [new Int32(400), 2, '', 'CANCELLED'],
  ['402', 1, '', 'CANCELLED'],
  ['failed', 2, '', 'REJECTED'],
  [new Int32(600), 2, '', 'REJECTED'],
  ['settled', 2, '', 'EXPIRED'],
  [new Int32(500), 2, '', 'EXPIRED'],
  ['on holiday', 2, '', 'UNKNOWN'],
];

const nameOf = (index: number): string => `o${String(index).padStart(2, '0')}`;
const byKey = (entries: readonly Document[], key: string): Document =>
  Object.fromEntries(entries.map((entry) => [entry[key], entry]));

const STATUS_ORDERS = STATUSES.map(([status, volume_left, last_msg], index) =>
  pythonOrder({
    ...{ order_id: nameOf(index), status, volume_left, last_msg, volume_orign: 2 },
    ...{ insert_date_time: nanos(SECOND * BigInt(index)), instrument_id: index % 2 === 0 ? 'rb2101' : 'au2102' },
  }),
);

/** Kinds of prices and conditions: price_type, time_condition, volume_condition, and what they mean. */
const KINDS: readonly (readonly [string, string, string, string | null, string | null, string | null])[] = [
  ['LIMIT', 'GFD', 'ANY', 'LIMIT', 'GFD', '3500.1'],
  ['LIMIT', 'IOC', 'ALL', 'LIMIT', 'FOK', '3500.1'],
  ['LIMIT', 'IOC', 'MIN', 'LIMIT', 'IOC', '3500.1'],
  ['LIMIT', 'GTC', 'ANY', 'LIMIT', 'GTC', '3500.1'],
  ['LIMIT', 'GTD', 'ANY', 'LIMIT', 'GTD', '3500.1'],
  ['LIMIT', 'AND', 'GFD', 'LIMIT', 'GFD', '3500.1'],
  ['ANY', 'IOC', 'ANY', 'MARKET', 'IOC', null],
  ['MARKET', 'GFD', 'ANY', 'MARKET', 'GFD', null],
  ['BEST', 'IOC', 'ANY', 'MARKET', 'IOC', null],
  ['FIVELEVEL', 'IOC', 'ANY', 'MARKET', 'IOC', null],
  ['FAK', '', '', 'LIMIT', 'IOC', '3500.1'],
  ['FOK', '', '', 'LIMIT', 'FOK', '3500.1'],
  ['STRICT', 'GFA', 'ANY', null, null, '3500.1'],
];
const KIND_ORDERS = KINDS.map(([price_type, time_condition, volume_condition], index) =>
  pythonOrder({
    ...{ order_id: nameOf(index), price_type, time_condition, volume_condition, limit_price: 3500.1 },
    insert_date_time: nanos(SECOND * BigInt(index)),
  }),
);

/** direction, offset and towards of fills, and what they mean. */
const DIRECTIONS: readonly (readonly [Document, string, string])[] = [
  [{ direction: 'BUY', offset: 'OPEN' }, 'BUY', 'OPEN'],
  [{ direction: 'SELL', offset: 'CLOSE' }, 'SELL', 'CLOSE'],
  [{ direction: 'SELL', offset: 'CLOSETODAY' }, 'SELL', 'CLOSE_TODAY'],
  [{ direction: 'BUY', offset: 'CLOSEYESTERDAY' }, 'BUY', 'CLOSE_YESTERDAY'],
  [{ direction: 'BUY', offset: undefined }, 'BUY', 'NONE'],
  [{ direction: 'BUY', offset: undefined, towards: 1 }, 'BUY', 'OPEN'],
  [{ direction: undefined, offset: undefined, towards: -1 }, 'SELL', 'CLOSE'],
  [{ direction: undefined, offset: undefined, towards: -3 }, 'SELL', 'CLOSE'],
  [{ direction: undefined, offset: undefined, towards: 4 }, 'BUY', 'CLOSE_TODAY'],
];
const DIRECTION_FILLS = DIRECTIONS.map(([changes], index) =>
  pythonTrade({ ...changes, trade_id: nameOf(index), trade_date_time: nanos(SECOND * BigInt(index)) }),
);

/** A fill whose nanoseconds no double tells from those of its neighbours. */
const close = (index: number, more: Document = {}): Document =>
  pythonTrade({ trade_id: String(index), trade_date_time: nanos(index), ...more });

function day(
  accountCookie: string,
  trading_day: string,
  { orders = [], trades = [] }: { orders?: Document[]; trades?: Document[] },
) {
  return pythonState(accountCookie, {
    ...{ trading_day, positions: {} },
    orders: byKey(orders, 'order_id'),
    trades: byKey(trades, 'trade_id'),
  });
}

describeOnMongo('orders and fills of QUANTAXIS', (server) => {
  let quantaxis: QuantaxisDesk;
  beforeAll(async () => {
    quantaxis = await openQuantaxis(server, {
      fill: async ({ history, account, realtimeHistory }) => {
        await insertShapes(account, server, [
          day('statuses', '2026-11-19', { orders: STATUS_ORDERS }),
          day('kinds', '2026-11-19', { orders: KIND_ORDERS }),
          day('directions', '2026-11-19', { trades: DIRECTION_FILLS }),
        ]);
        await insertShapes(history, server, [
          // Fills out of their order, some of them in two rows; the smallest numbers begin anew with each day.
          day('pages', '2026-11-17', { trades: [7, 3, 5, 1].map((index) => close(index)) }),
          day('pages', '2026-11-18', { trades: [5, 9, 13].map((index) => close(index)) }),
          day('pages', '2026-11-19', {
            trades: [close(11), pythonTrade({ trade_id: '1', trade_date_time: nanos(15), instrument_id: 'au2102' })],
          }),
          // An order that was open overnight stands as its latest day has it.
          day('overnight', '2026-11-18', { orders: [pythonOrder({ status: 'ALIVE', volume_left: 1 })] }),
          day('overnight', '2026-11-19', { orders: [pythonOrder()] }),
        ]);
        await insertShapes(realtimeHistory, server, [day('pages', '20261120', { trades: [close(13), close(17)] })]);
      },
    });
  });
  afterAll(() => quantaxis[Symbol.asyncDispose]());

  const account = (accountCookie: string, fields: string, rest = '') =>
    quantaxis.data(`{ account(accountCookie: "${accountCookie}"${rest}) { ${fields} } }`).then((data) => data.account);

  it('read the statuses of all dialects', async () => {
    const { orders } = await account(
      'statuses',
      'orders { totalCount nodes { orderId status statusMessage } }',
      ', source: REALTIME',
    );
    expect(orders).toEqual({
      totalCount: STATUSES.length,
      nodes: STATUSES.map(([, , message, status], index) => ({
        ...{ orderId: nameOf(index), status, statusMessage: message === '' ? null : message },
      })),
    });
  });

  it('are narrowed by status, instrument and day, and what works of them is told apart', async () => {
    const { account: found, openOrders } = await quantaxis.data(`{
      account(accountCookie: "statuses", source: REALTIME) {
        rejected: orders(statuses: [REJECTED, EXPIRED]) { nodes { orderId } }
        gold: orders(instrumentId: "au2102", statuses: [OPEN]) { nodes { orderId } }
        day: orders(start: "2026-11-19", end: "2026-11-19", first: 0) { totalCount }
        before: orders(end: "2026-11-18") { totalCount } }
      openOrders(accountCookie: "statuses") { orderId } }`);
    const ids = (list: readonly { orderId: string }[]): string[] => list.map(({ orderId }) => orderId);
    expect(ids(found.rejected.nodes)).toEqual(['o11', 'o12', 'o21', 'o22', 'o23', 'o24']);
    expect(ids(found.gold.nodes)).toEqual(['o03']);
    expect(found.day.totalCount).toBe(26);
    expect(found.before.totalCount).toBe(0);
    const working = ['o00', 'o01', 'o02', 'o03', 'o04', 'o05', 'o06', 'o07', 'o08', 'o25'];
    expect(ids(openOrders)).toEqual(working);
  });

  it('are paged in both directions, in the order of their insertion', async () => {
    const page = 'totalCount nodes { orderId } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
    const ordersOf = async (args: string) =>
      (await account('statuses', `orders(${args}) { ${page} }`, ', source: REALTIME')).orders;
    const ids = ({ nodes }: { nodes: { orderId: string }[] }): string[] => nodes.map(({ orderId }) => orderId);
    const first = await ordersOf('first: 2');
    expect([ids(first), first.totalCount, first.pageInfo.hasPreviousPage]).toEqual([['o00', 'o01'], 26, false]);
    expect(ids(await ordersOf(`first: 2, after: "${first.pageInfo.endCursor}"`))).toEqual(['o02', 'o03']);
    const last = await ordersOf('last: 2');
    expect([ids(last), last.pageInfo.hasNextPage]).toEqual([['o24', 'o25'], false]);
    expect(ids(await ordersOf(`last: 2, before: "${last.pageInfo.startCursor}"`))).toEqual(['o22', 'o23']);
    // Of those that satisfy the filters.
    const cancelled = await ordersOf(`statuses: [CANCELLED], last: 1, before: "${last.pageInfo.startCursor}"`);
    expect([ids(cancelled), cancelled.totalCount]).toEqual([['o20'], 7]);
  });

  it('read the price types and conditions of all writers', async () => {
    const { orders } = await account('kinds', 'orders { nodes { type timeInForce price } }', ', source: REALTIME');
    expect(orders.nodes).toEqual(KINDS.map(([, , , type, timeInForce, price]) => ({ type, timeInForce, price })));
  });

  it('read directions and offsets, also where only one number says both', async () => {
    const { trades } = await account('directions', 'trades { nodes { tradeId side offset } }', ', source: REALTIME');
    expect(trades.nodes).toEqual(
      DIRECTIONS.map(([, side, offset], index) => ({ tradeId: nameOf(index), side, offset })),
    );
  });

  it('that were open overnight are listed once, as they stand in the end', async () => {
    const { orders } = await account('overnight', 'orders { nodes { status tradingDay filledVolume } }');
    expect(orders.nodes).toEqual([{ status: 'FILLED', tradingDay: '2026-11-19', filledVolume: '1' }]);
  });

  const FILLS = ['1', '3', '5', '7', '9', '11', '13', '1', '17'];

  it('are in time order to the nanosecond, each once however many rows and collections hold it', async () => {
    const fields = 'trades { totalCount nodes { tradeId tradedAtNanos tradingDay instrumentId } }';
    const { trades } = await account('pages', fields);
    expect(trades.totalCount).toBe(9);
    expect(trades.nodes.map(({ tradeId }: { tradeId: string }) => tradeId)).toEqual(FILLS);
    expect(trades.nodes.map((trade: { tradedAtNanos: string }) => trade.tradedAtNanos.slice(-3))).toEqual([
      ...['001', '003', '005', '007', '009', '011', '013', '015', '017'],
    ]);
    // The fill that two days hold is of the earlier one.
    expect(trades.nodes[2].tradingDay).toBe('2026-11-17');
    expect(trades.nodes[6].tradingDay).toBe('2026-11-18');
  });

  it('are narrowed by day and instrument', async () => {
    const found = await account(
      'pages',
      `days: trades(start: "2026-11-18", end: "2026-11-19") { totalCount nodes { tradeId } }
       gold: trades(instrumentId: "au2102") { totalCount nodes { tradeId tradingDay } }
       none: trades(instrumentId: "au.*") { totalCount }`,
    );
    expect(found.days.nodes.map(({ tradeId }: { tradeId: string }) => tradeId)).toEqual(['9', '11', '13', '1']);
    expect(found.gold).toEqual({ totalCount: 1, nodes: [{ tradeId: '1', tradingDay: '2026-11-19' }] });
    expect(found.none.totalCount).toBe(0);
  });

  const PAGE =
    'totalCount edges { cursor node { tradeId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  interface Page {
    readonly totalCount: number;
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly tradeId: string } }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  }
  const pageOf = async (rest: string): Promise<Page> => (await account('pages', `trades(${rest}) { ${PAGE} }`)).trades;
  const idsOf = ({ edges }: Page): string[] => edges.map(({ node }) => node.tradeId);

  it('are paged forwards and backwards, as Relay says', async () => {
    const forwards: string[] = [];
    for (let page = await pageOf('first: 4'); ; page = await pageOf(`first: 4, after: "${page.pageInfo.endCursor}"`)) {
      expect(page.totalCount).toBe(9);
      expect(page.pageInfo.hasPreviousPage).toBe(forwards.length > 0);
      forwards.push(...idsOf(page));
      if (!page.pageInfo.hasNextPage) break;
    }
    expect(forwards).toEqual(FILLS);
    const backwards: string[] = [];
    for (let page = await pageOf('last: 4'); ; page = await pageOf(`last: 4, before: "${page.pageInfo.startCursor}"`)) {
      expect(page.pageInfo.hasNextPage).toBe(backwards.length > 0);
      backwards.unshift(...idsOf(page));
      if (!page.pageInfo.hasPreviousPage) break;
    }
    expect(backwards).toEqual(FILLS);
  });

  it('keep their cursors while rows are added and taken away', async () => {
    const { history } = quantaxis.collections;
    const page = await pageOf('first: 5');
    const between = `after: "${page.edges[1]?.cursor}", before: "${page.edges[4]?.cursor}"`;
    expect(idsOf(await pageOf(between))).toEqual(['5', '7']);
    await insertShapes(history, server, [day('pages', '2026-11-16', { trades: [close(0), close(4), close(20)] })]);
    expect(idsOf(await pageOf(between))).toEqual(['4', '5', '7']);
    expect(idsOf(await pageOf(`last: 2, before: "${page.edges[0]?.cursor}"`))).toEqual(['0']);
    // The row that held the first cursor's fill.
    await history.deleteOne({ account_cookie: 'pages', trading_day: '2026-11-17' });
    expect(idsOf(await pageOf(between))).toEqual(['4', '5']);
    const after = await pageOf(`after: "${page.edges[4]?.cursor}"`);
    expect(idsOf(after)).toEqual(['11', '13', '1', '17', '20']);
    expect(after.totalCount).toBe(9);
  });
});
