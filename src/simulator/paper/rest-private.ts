import {
  ALL_FAILED,
  BALANCE_PATH,
  CANCEL_ORDER_PATH,
  CODES,
  FILLS_PATH,
  FINISHED_ORDERS_PATH,
  MOST_ROWS,
  OK,
  type OkxAccountRow,
  type OkxOrderAcknowledgement,
  type OkxPositionRow,
  OPEN_ORDERS_PATH,
  ORDER_PATH,
  POSITIONS_PATH,
  writeAnswer,
} from '../../exchanges/okx/account-dialect.ts';
import { isWorking, type PaperOrder } from './account-state.ts';
import type { Engine } from './engine.ts';
import type { PaperInstrument } from './instruments.ts';
import { isRefusal, type Refusal } from './order-check.ts';
import type { RestRequest, RestRoute } from './rest-request.ts';
import { fillRow, orderRow } from './rows.ts';

interface PrivateRoutesOptions {
  readonly engine: Engine;
  readonly instruments: ReadonlyMap<string, PaperInstrument>;
  readonly now: () => number;
  readonly positions: () => readonly OkxPositionRow[];
  readonly account: () => OkxAccountRow;
}

type Query = RestRequest['query'];

/** What is asked with a signature: https://www.okx.com/docs-v5/en/#order-book-trading-trade */
export function privateRoutes(options: PrivateRoutesOptions): [path: string, route: RestRoute][] {
  const { engine, now, positions, account } = options;
  return [
    [ORDER_PATH, signed('POST', (request) => placeOrder(request, options))],
    [CANCEL_ORDER_PATH, signed('POST', ({ body }) => cancelOrder(body, options))],
    [ORDER_PATH, signed('GET', ({ query }) => answerOrder(query, options))],
    [OPEN_ORDERS_PATH, signed('GET', ({ query }) => listOrders(query, engine.state.working.values(), options))],
    ...['', '-archive'].map((suffix): [string, RestRoute] => {
      return [`${FINISHED_ORDERS_PATH}${suffix}`, signed('GET', ({ query }) => listFinished(query, options))];
    }),
    ...['', '-history'].map((suffix): [string, RestRoute] => {
      return [`${FILLS_PATH}${suffix}`, signed('GET', ({ query }) => listFills(query, options))];
    }),
    [
      BALANCE_PATH,
      signed('GET', ({ query }) => {
        const wanted = query.get('ccy')?.split(',');
        const row = account();
        const details = row.details.filter(({ ccy }) => wanted?.includes(ccy) ?? true);
        return writeAnswer([{ ...row, uTime: String(now()), details }]);
      }),
    ],
    [
      POSITIONS_PATH,
      signed('GET', ({ query }) => {
        const rows = positions().filter((row) => isWanted(row, query));
        return writeAnswer(rows.filter(({ pos }) => pos !== '0'));
      }),
    ],
  ];
}

function signed(method: RestRoute['method'], answer: RestRoute['answer']): RestRoute {
  return { method, isPrivate: true, answer };
}

function placeOrder({ body, expiresAt }: RestRequest, { engine, now }: PrivateRoutesOptions): string {
  if (expiresAt !== undefined && !/^\d{1,16}$/.test(expiresAt)) {
    return writeAnswer([], CODES.badParameter, 'Parameter expTime error');
  }
  if (expiresAt !== undefined && now() > Number(expiresAt)) {
    return writeAnswer([], CODES.expired, 'Request expired: the time of expTime is past');
  }
  return acknowledge(engine.place(body), textOf(body.clOrdId), now());
}

function cancelOrder(body: RestRequest['body'], { engine, instruments, now }: PrivateRoutesOptions): string {
  const name = { ordId: textOf(body.ordId), clOrdId: textOf(body.clOrdId) };
  if (!instruments.has(textOf(body.instId))) {
    return acknowledge({ code: CODES.noSuchInstrument, msg: "Instrument ID doesn't exist." }, name.clOrdId, now());
  }
  if (name.ordId === '' && name.clOrdId === '') {
    return acknowledge({ code: CODES.noOrderId, msg: 'Either clOrdId or ordId is required' }, '', now());
  }
  const isElsewhere = engine.find(name)?.instId !== body.instId;
  const cancelled = isElsewhere ? { code: CODES.noSuchOrder, msg: 'Order does not exist' } : engine.cancel(name);
  return acknowledge(cancelled, name.clOrdId, now(), name.ordId);
}

function acknowledge(done: PaperOrder | Refusal, clOrdId: string, now: number, ordId = ''): string {
  const isRefused = isRefusal(done);
  const named = isRefused ? { ordId, clOrdId, tag: '' } : { ordId: done.ordId, clOrdId: done.clOrdId, tag: done.tag };
  const row: OkxOrderAcknowledgement = {
    ...named,
    ts: String(now),
    sCode: isRefused ? done.code : OK,
    sMsg: isRefused ? done.msg : '',
  };
  return isRefused ? writeAnswer([row], ALL_FAILED, 'All operations failed') : writeAnswer([row]);
}

function answerOrder(query: Query, { engine, instruments }: PrivateRoutesOptions): string {
  const order = engine.find({ ordId: query.get('ordId') ?? '', clOrdId: query.get('clOrdId') ?? '' });
  const instrument = instruments.get(order?.instId ?? '');
  if (order === undefined || instrument === undefined || query.get('instId') !== order.instId) {
    return writeAnswer([], CODES.noSuchOrder, 'Order does not exist');
  }
  return writeAnswer([orderRow(instrument, order, order.lastFill)]);
}

function listFinished(query: Query, options: PrivateRoutesOptions): string {
  if (query.get('instType') === undefined) {
    return writeAnswer([], CODES.badParameter, 'Parameter instType can not be empty');
  }
  const finished = options.engine.state.orders.values().filter((order) => !isWorking(order));
  return listOrders(query, finished, options);
}

function listOrders(query: Query, orders: Iterable<PaperOrder>, { instruments }: PrivateRoutesOptions): string {
  const rows = [...orders].flatMap((order) => {
    const instrument = instruments.get(order.instId);
    return instrument === undefined ? [] : [orderRow(instrument, order, order.lastFill)];
  });
  return writePage(query, rows, { id: ({ ordId }) => ordId, at: ({ cTime }) => cTime });
}

function listFills(query: Query, { engine, instruments }: PrivateRoutesOptions): string {
  const rows = engine.state.fills.flatMap((fill) => {
    const instrument = instruments.get(fill.instId);
    return instrument === undefined ? [] : [fillRow(instrument, fill)];
  });
  const ofOrder = rows.filter(({ ordId }) => (query.get('ordId') ?? ordId) === ordId);
  return writePage(query, ofOrder, { id: ({ billId }) => billId, at: ({ ts }) => ts });
}

interface PageKeys<Row> {
  /** Where pages start; rises with time. */
  readonly id: (row: Row) => string;
  /** Milliseconds since the epoch, as text. */
  readonly at: (row: Row) => string;
}

/** Newest first: older than `after`, newer than `before`, from `begin` through `end`. */
function writePage<Row extends { readonly instType: string; readonly instId: string }>(
  query: Query,
  rows: readonly Row[],
  { id, at }: PageKeys<Row>,
): string {
  const numbers = ['after', 'before', 'begin', 'end', 'limit'].map((name) => query.get(name));
  if (!numbers.every((text) => text === undefined || /^\d{1,20}$/.test(text))) {
    return writeAnswer([], CODES.badParameter, 'Parameter after, before, begin, end or limit error');
  }
  const [after, before, begin, end, limit = String(MOST_ROWS)] = numbers;
  if (limit === '0' || Number(limit) > MOST_ROWS) return writeAnswer([], CODES.badParameter, 'Parameter limit error');
  const page = rows.filter((row) => {
    const [rowId, rowAt] = [Number(id(row)), Number(at(row))];
    if (after !== undefined && rowId >= Number(after)) return false;
    if (before !== undefined && rowId <= Number(before)) return false;
    if (begin !== undefined && rowAt < Number(begin)) return false;
    return (end === undefined || rowAt <= Number(end)) && isWanted(row, query);
  });
  const newestFirst = page.toSorted((first, second) => Number(id(second)) - Number(id(first)));
  return writeAnswer(newestFirst.slice(0, Number(limit)));
}

function isWanted({ instType, instId }: { instType: string; instId: string }, query: Query): boolean {
  return (query.get('instType') ?? instType) === instType && (query.get('instId') ?? instId) === instId;
}

function textOf(received: unknown): string {
  return typeof received === 'string' ? received : '';
}
