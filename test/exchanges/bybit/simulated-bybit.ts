import { createHmac } from 'node:crypto';
import type {
  ReceivedRequest,
  SimulatedAccount,
  SimulatedAnswer,
  SimulatedFill,
  SimulatedOrder,
  SimulatedProtocol,
} from '../account/simulated-account.ts';
import { CREDENTIALS } from '../account/venue-desk.ts';
import { pushOf } from './account-frames.ts';

const hmac = (text: string): string => createHmac('sha256', CREDENTIALS.secret).update(text).digest('hex');
const STATUSES = { NEW: 'New', PARTIALLY_FILLED: 'PartiallyFilled', FILLED: 'Filled', CANCELED: 'Cancelled' } as const;

/** The spot market of Bybit as far as an account needs it, with the checks that the venue makes of signatures. */
export const SIMULATED_BYBIT: SimulatedProtocol = {
  hear(text, account) {
    const { op, args, req_id } = JSON.parse(text);
    const said = (answer: object): string[] => [JSON.stringify({ ...answer, op, conn_id: 'c' })];
    if (op === 'ping') return [JSON.stringify({ req_id, op: 'pong', args: ['1'], conn_id: 'c' })];
    if (op === 'subscribe') return said({ success: true, ret_msg: '', req_id });
    const [apiKey, expires, signature] = args;
    const isRight = apiKey === CREDENTIALS.apiKey && signature === hmac(`GET/realtime${expires}`);
    const isInTime = expires > account.clock.now();
    if (isRight && isInTime && account.acceptsLogin) return said({ success: true, ret_msg: '' });
    // It quotes what it was told, as no venue should.
    return said({ success: false, ret_msg: `Params Error: ${apiKey} ${signature}` });
  },

  // Executions come first or last, as on the venue's own socket.
  push(order, fill, account) {
    const ofOrder = pushOf('order.spot', [{ category: 'spot', ...orderRow(order) }]);
    const wallet = pushOf('wallet', [{ coin: [coinRow(String(1_000 + account.orders.length))] }]);
    if (fill === undefined) return [ofOrder, wallet];
    const execution = pushOf('execution.spot', [{ category: 'spot', ...executionRow(order, fill) }]);
    return order.fills.length % 2 === 0 ? [execution, ofOrder, wallet] : [ofOrder, execution, wallet];
  },

  answer(request, account) {
    if (request.path === '/v5/market/time') return ok(account, {});
    return refusalOf(request, account) ?? answerTo(request, account);
  },
};

const ok = ({ clock }: SimulatedAccount, result: object): SimulatedAnswer => ({
  status: 200,
  body: JSON.stringify({ retCode: 0, retMsg: 'OK', result, retExtInfo: {}, time: clock.now() }),
});
const refused = (retCode: number, retMsg: string): SimulatedAnswer => ({
  status: 200,
  body: JSON.stringify({ retCode, retMsg, result: {}, retExtInfo: {}, time: 1 }),
});

function refusalOf({ method, query, body, headers }: ReceivedRequest, account: SimulatedAccount) {
  const timestamp = String(headers['x-bapi-timestamp']);
  const window = String(headers['x-bapi-recv-window']);
  const signed = `${timestamp}${headers['x-bapi-api-key']}${window}${method === 'GET' ? query.toString() : body}`;
  if (headers['x-bapi-sign'] !== hmac(signed)) return refused(10_004, 'Error sign.');
  if (account.clock.now() - Number(timestamp) > Number(window)) return refused(10_002, 'The request time exceeds.');
  return undefined;
}

function answerTo(request: ReceivedRequest, account: SimulatedAccount): SimulatedAnswer {
  const { method, path, query } = request;
  const body = method === 'POST' ? JSON.parse(request.body) : {};
  const list = (rows: readonly object[]): SimulatedAnswer => ok(account, { list: rows, nextPageCursor: '' });
  const isNamed = query.has('orderId') || query.has('orderLinkId');
  const named = account.find({ orderId: query.get('orderId'), clientOrderId: query.get('orderLinkId') });
  const isOpen = ({ status }: SimulatedOrder): boolean => status === 'NEW' || status === 'PARTIALLY_FILLED';
  const since = Number(query.get('startTime'));
  switch (`${method} ${path}`) {
    case 'POST /v5/order/create':
      return place(body, account);
    case 'POST /v5/order/cancel': {
      const order = account.find({ orderId: body.orderId, clientOrderId: body.orderLinkId });
      if (order === undefined || !account.cancel(order)) return refused(170_213, 'Order does not exist.');
      return ok(account, { orderId: order.orderId, orderLinkId: order.clientOrderId });
    }
    case 'GET /v5/order/realtime':
      // What has ended is in the history alone, so that both are asked.
      if (isNamed) return list(named !== undefined && isOpen(named) ? [orderRow(named)] : []);
      return list(account.orders.filter(isOpen).map(orderRow));
    case 'GET /v5/order/history': {
      const ended = account.orders.filter((order) => !isOpen(order));
      if (isNamed) return list(ended.filter((order) => order === named).map(orderRow));
      return list(ended.filter(({ createdAt }) => createdAt >= since).map(orderRow));
    }
    case 'GET /v5/execution/list':
      return list(
        account.orders.flatMap((order) =>
          order.fills.filter(({ at }) => at >= since).map((fill) => executionRow(order, fill)),
        ),
      );
    case 'GET /v5/account/wallet-balance':
      return list([{ accountType: 'UNIFIED', coin: [coinRow('1000')] }]);
    default:
      return { status: 404, body: '' };
  }
}

// biome-ignore lint/suspicious/noExplicitAny: what the client sent is what is tested
function place(body: any, account: SimulatedAccount): SimulatedAnswer {
  const { symbol, side, orderType, price = '0', qty, orderLinkId: clientOrderId } = body;
  if (account.find({ clientOrderId }) !== undefined) return refused(170_141, 'Duplicate clientOrderId');
  const order = account.place({
    ...{ clientOrderId, symbol, side: side === 'Buy' ? 'BUY' : 'SELL', price, volume: qty },
    type: orderType === 'Market' ? 'MARKET' : 'LIMIT',
  });
  if (order === undefined) return refused(170_131, 'Balance insufficient');
  return ok(account, { orderId: order.orderId, orderLinkId: clientOrderId });
}

function orderRow(order: SimulatedOrder): object {
  const { symbol, orderId, clientOrderId: orderLinkId, side, type, price, volume: qty, status, filled } = order;
  return {
    ...{ symbol, orderId, orderLinkId, price, qty, cumExecQty: filled, side: side === 'BUY' ? 'Buy' : 'Sell' },
    ...{ orderType: type === 'MARKET' ? 'Market' : 'Limit', timeInForce: 'GTC', marketUnit: 'baseCoin' },
    ...{ orderStatus: STATUSES[status], avgPrice: '', rejectReason: 'EC_NoError', cancelType: 'UNKNOWN' },
    ...{
      createdTime: String(order.createdAt),
      updatedTime: String(order.updatedAt),
      reduceOnly: false,
      positionIdx: 0,
    },
  };
}

function executionRow({ symbol, orderId, clientOrderId, side }: SimulatedOrder, fill: SimulatedFill): object {
  const { tradeId: execId, price: execPrice, volume: execQty, at } = fill;
  return {
    ...{ symbol, orderId, orderLinkId: clientOrderId, execId, execPrice, execQty, execTime: String(at) },
    ...{ side: side === 'BUY' ? 'Buy' : 'Sell', execFee: '0.01', feeCurrency: 'BNB', execType: 'Trade' },
  };
}

const coinRow = (equity: string): object => ({ coin: 'USDT', equity, walletBalance: equity, locked: '0' });
